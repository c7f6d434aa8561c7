"""Each rule of the standard with a drawing that breaks it, and one beside it that does not.

The ids are those under which BPMNspector lists the rules.
"""

import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from lxml import etree

from engine import definitions
from engine.definitions import standard
from tests.engine.drawing import (
    FORMAL,
    NAMESPACES,
    again,
    boundary,
    call,
    cancel,
    catch,
    choice,
    conditional,
    diagram,
    end,
    error,
    escalation,
    fork,
    handler,
    link,
    message,
    node,
    on,
    signal,
    start,
    sub,
    task,
    terminate,
    timer,
    times,
    way,
)

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
S, E, A, B = start(), end(), task("a"), task("b")
STRAIGHT = S + A + E + way("begin", "a", "klaar")
STOP = end("e") + way("s", "e")  # where what starts at `s` ends
COMPENSATE = "<bpmn:compensateEventDefinition />"


# --- parts that only stand here --------------------------------------------------------------------------------


def throw(id: str, what: str) -> str:
    return node("intermediateThrowEvent", id, what)


def flow(source: str, target: str, inside: str = "", **attributes: str) -> str:
    told = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{source}_{target}" {ends}{told}>{inside}</bpmn:sequenceFlow>'


def letter(source: str, target: str) -> str:
    return f'<bpmn:messageFlow id="brief" sourceRef="{source}" targetRef="{target}" />'


def pools(inside: str, **attributes: str) -> str:
    return node("collaboration", "samen", inside, **attributes)


def note(id: str = "n") -> str:
    return f'<bpmn:textAnnotation id="{id}"><bpmn:text>let op</bpmn:text></bpmn:textAnnotation>'


def straight(x: str, id: str = "x") -> str:
    """A drawing whose one step is this."""
    return S + x + E + way("begin", id, "klaar")


def edged(edge: str, at: str = A) -> str:
    """A drawing with something on the edge of a step, which ends at `e`."""
    return S + at + E + way("begin", "a", "klaar") + edge + STOP


def raced(*targets: str, more: str = "") -> str:
    """An event-based gateway before `x` and `y`."""
    ways = way("begin", "g") + way("g", "x", "klaar") + way("g", "y", "klaar")
    return S + node("eventBasedGateway", "g") + "".join(targets) + E + ways + more


def data(side: str, id: str = "d", **attributes: str) -> str:
    told = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:data{side} id="{id}"{told} />'


def specification(*items: str, sets: str = "") -> str:
    """What goes in and out of a step, each of it in a set."""
    listed = ""
    for side in ("Input", "Output"):
        refs = re.findall(rf'<bpmn:data{side} id="(\w+)"', "".join(items))
        told = "".join(f"<bpmn:data{side}Refs>{ref}</bpmn:data{side}Refs>" for ref in refs)
        listed += f"<bpmn:{side.lower()}Set>{told}</bpmn:{side.lower()}Set>"
    return f"<bpmn:ioSpecification>{''.join(items)}{sets or listed}</bpmn:ioSpecification>"


def moved(side: str, source: str, target: str, inside: str = "") -> str:
    ends = f"<bpmn:sourceRef>{source}</bpmn:sourceRef>{inside}<bpmn:targetRef>{target}</bpmn:targetRef>"
    return f'<bpmn:data{side}Association id="gaat">{ends}</bpmn:data{side}Association>'


def kept(id: str = "o", item: str = "tekst", **attributes: str) -> str:
    return node("dataObject", id, itemSubjectRef=item, **attributes)


ITEMS = (
    '<bpmn:itemDefinition id="tekst" structureRef="string" /><bpmn:itemDefinition id="getal" structureRef="int" />'
    '<bpmn:itemDefinition id="lijst" structureRef="string" isCollection="true" />'
    '<bpmn:message id="brief_in" itemRef="tekst" /><bpmn:message id="brief_uit" itemRef="tekst" />'
    '<bpmn:interface id="loket"><bpmn:operation id="vraag"><bpmn:inMessageRef>brief_in</bpmn:inMessageRef>'
    "<bpmn:outMessageRef>brief_uit</bpmn:outMessageRef></bpmn:operation></bpmn:interface>"
)


def service(*items: str, sets: str = "") -> str:
    return straight(node("serviceTask", "x", specification(*items, sets=sets), operationRef="vraag"))


def carries(kind: str, *items: str, sets: str = "") -> str:
    return straight(node(kind, "x", specification(*items, sets=sets), messageRef="brief_in"))


def listing(side: str, *refs: str, more: str = "") -> str:
    told = "".join(f"<bpmn:data{side}Refs>{ref}</bpmn:data{side}Refs>" for ref in refs)
    return f"<bpmn:{side.lower()}Set>{told}{more}</bpmn:{side.lower()}Set>"


def also(tag: str, text: str) -> str:
    return f"<bpmn:{tag}>{text}</bpmn:{tag}>"


def several(item: str) -> str:
    inside = also("loopDataInputRef", "o") + node("inputDataItem", "een", itemSubjectRef=item)
    return f"<bpmn:multiInstanceLoopCharacteristics>{inside}</bpmn:multiInstanceLoopCharacteristics>"


def gives(item: str) -> str:
    inside = (
        also("loopCardinality", "=3")
        + also("loopDataOutputRef", "o")
        + node("outputDataItem", "een", itemSubjectRef=item)
    )
    return f"<bpmn:multiInstanceLoopCharacteristics>{inside}</bpmn:multiInstanceLoopCharacteristics>"


def undoes(arrow: str) -> str:
    """A step that another step undoes."""
    edge = node("boundaryEvent", "r", COMPENSATE, attachedToRef="a")
    return STRAIGHT + edge + node("userTask", "u", isForCompensation="true") + arrow


def association(source: str, target: str) -> str:
    return f'<bpmn:association id="lijn" sourceRef="{source}" targetRef="{target}" />'


def clocked(*times_: str) -> str:
    told = "".join(f"<bpmn:time{kind} {FORMAL}>{text}</bpmn:time{kind}>" for kind, text in (t.split() for t in times_))
    return straight(catch("x", f"<bpmn:timerEventDefinition>{told}</bpmn:timerEventDefinition>"))


def gate(id: str, direction: str) -> str:
    return node("parallelGateway", id, gatewayDirection=direction)


def role(inside: str) -> str:
    return straight(task("x", node("potentialOwner", "wie", inside)))


RESOURCE = '<bpmn:resource id="iemand" name="iemand" />'
NAMED = also("resourceRef", "iemand")
SOUGHT = "<bpmn:resourceAssignmentExpression />"
BOUND = '<bpmn:resourceParameterBinding parameterRef="p" />'
OTHER = '<bpmn:process id="ander" isExecutable="true">{}</bpmn:process>'
TWO_POOLS = node("participant", "wij", processRef="proef") + node("participant", "zij")
OWN = OTHER.format(start("s2") + task("t2") + end("e2") + way("s2", "t2", "e2"))
FORK2 = S + A + B + end("e1") + end("e2")

# rule: what breaks it, what stands beside the process then, what does not, what stands beside that
RULES: dict[str, tuple[str, str, str, str]] = {}


def rule(ids: str, broken: str, kept: str, beside: str = "", kept_beside: str | None = None) -> None:
    for id in ids.split("/"):
        assert id not in RULES
        RULES[id] = (broken, beside, kept, beside if kept_beside is None else kept_beside)


# --- the rules -------------------------------------------------------------------------------------------------

rule("EXT006/EXT022", STRAIGHT + note() + flow("a", "n"), STRAIGHT + note())
rule("EXT007/EXT021", STRAIGHT + note() + flow("n", "a"), STRAIGHT + note())
rule("EXT008", STRAIGHT + note(), STRAIGHT + note(), pools(TWO_POOLS + letter("zij", "n")), pools(TWO_POOLS))
rule("EXT009", STRAIGHT + note(), STRAIGHT + note(), pools(TWO_POOLS + letter("n", "zij")), pools(TWO_POOLS))
rule(
    "EXT010",
    straight(sub("x", start("s"), end("e", error("zonder")), way("s", "e"))),
    straight(sub("x", start("s"), end("e", error("met")), way("s", "e"))),
    '<bpmn:error id="zonder" /><bpmn:error id="met" errorCode="F1" />',
)
rule(
    "EXT011",
    S + end("klaar", escalation("zonder")) + way("begin", "klaar"),
    S + end("klaar", escalation("met")) + way("begin", "klaar"),
    '<bpmn:escalation id="zonder" /><bpmn:escalation id="met" escalationCode="F1" />',
)
CHOICE = S + choice("k", "b") + A + B + end("e1") + end("e2") + way("begin", "k", "b", "e2") + way("a", "e1")
rule(
    "EXT012",
    CHOICE + flow("k", "a", also("conditionExpression", "als het mag")),
    CHOICE + flow("k", "a", also("conditionExpression", "=x")),
)
rule(
    "EXT013",
    CHOICE + flow("k", "a", f"<bpmn:conditionExpression {FORMAL} />"),
    CHOICE + flow("k", "a", f"<bpmn:conditionExpression {FORMAL}>=x</bpmn:conditionExpression>"),
)
rule(
    "EXT014",
    CHOICE + flow("k", "a", f'<bpmn:conditionExpression {FORMAL} language="geen taal">=x</bpmn:conditionExpression>'),
    CHOICE + flow("k", "a", f'<bpmn:conditionExpression {FORMAL} language="feel">=x</bpmn:conditionExpression>'),
)
SPLIT = way("begin", "f", "a", "e1") + way("f", "b", "e2")
rule("EXT017", FORK2 + gate("f", "Converging") + SPLIT, FORK2 + gate("f", "Diverging") + SPLIT)
JOIN = S + fork("f") + A + B + E + way("begin", "f", "a", "j", "klaar") + way("f", "b", "j")
rule("EXT018", JOIN + gate("j", "Diverging"), JOIN + gate("j", "Converging"))
rule("EXT019", JOIN + gate("j", "Mixed"), JOIN + gate("j", "Unspecified"))
rule("EXT020/EXT077", STRAIGHT + kept(item="lijst"), STRAIGHT + kept(item="lijst", isCollection="true"), ITEMS)
rule("EXT023", STRAIGHT.replace("<bpmn:userTask", '<bpmn:userTask listed="no"'), STRAIGHT)
rule("EXT024", S + A + E + flow("begin", "a", isImmediate="false") + way("a", "klaar"), STRAIGHT)
rule("EXT025", S + A + E + way("begin", "a") + way("a", "klaar", when="=x"), STRAIGHT)
rule("EXT026", CHOICE.replace("k_b", "a_e1", 1) + way("k", "a", when="=x"), CHOICE + way("k", "a", when="=x"))
CHOREOGRAPHY = node("choreography", "dans", isClosed="true")
rule(
    "EXT027", STRAIGHT, STRAIGHT,
    CHOREOGRAPHY + node("globalConversation", "praat", also("choreographyRef", "dans"), isClosed="true"),
    CHOREOGRAPHY + node("collaboration", "praat", also("choreographyRef", "dans"), isClosed="true"),
)  # fmt: skip
rule(
    "EXT033", STRAIGHT, STRAIGHT,
    CHOREOGRAPHY + pools(also("choreographyRef", "dans")),
    CHOREOGRAPHY + pools(also("choreographyRef", "dans"), isClosed="true"),
)  # fmt: skip
MANY = '<bpmn:participant id="zij"><bpmn:participantMultiplicity minimum="{}" maximum="{}" /></bpmn:participant>'
rule("EXT029", STRAIGHT, STRAIGHT, pools(MANY.format(-1, 2)), pools(MANY.format(0, 2)))
rule("EXT030", STRAIGHT, STRAIGHT, pools(MANY.format(3, 2)), pools(MANY.format(2, 2)))
rule("EXT031", STRAIGHT, STRAIGHT, pools(TWO_POOLS + letter("a", "wij")), pools(TWO_POOLS + letter("a", "zij")))
rule(
    "EXT032", STRAIGHT, STRAIGHT,
    node("globalConversation", "praat", node("conversation", "c")),
    node("globalConversation", "praat", node("participant", "zij")),
)  # fmt: skip
PUBLIC = '<bpmn:process id="ander" processType="Public" isExecutable="{}" />'
rule("EXT035", STRAIGHT, STRAIGHT, PUBLIC.format("true"), PUBLIC.format("false"))
rule("EXT036", STRAIGHT + node("choreographyTask", "c"), STRAIGHT)
rule("EXT037", straight(node("userTask", "x", startQuantity="0")), straight(node("userTask", "x", startQuantity="2")))
rule(
    "EXT038",
    straight(node("userTask", "x", completionQuantity="0")),
    straight(node("userTask", "x", completionQuantity="2")),
)
rule("EXT039/EXT040", role(NAMED + SOUGHT), role(NAMED), RESOURCE)
rule(
    "EXT041", role(SOUGHT + BOUND), role(NAMED + BOUND),
    RESOURCE.replace(" />", '><bpmn:resourceParameter id="p" /></bpmn:resource>'),
)  # fmt: skip
D, UIT = data("Input", itemSubjectRef="tekst"), data("Output", "u", itemSubjectRef="tekst")
OUT = data("Output", itemSubjectRef="tekst")
NUMBER = data("Input", itemSubjectRef="getal")
rule("EXT042", straight(node("serviceTask", "x", operationRef="vraag")), service(D, UIT), ITEMS)
TWO_OUT = listing("Input", "d") + listing("Output", "u") + listing("Output", "u")
rule("EXT043", service(D, UIT, sets=TWO_OUT), service(D, UIT), ITEMS)
rule("EXT044", service(NUMBER, UIT), service(D, UIT), ITEMS)
rule("EXT045", service(D, data("Output", "u", itemSubjectRef="getal")), service(D, UIT), ITEMS)
TWO_IN = listing("Input", "d") + listing("Input", "d") + listing("Output")
rule("EXT046", carries("sendTask", D, sets=TWO_IN), carries("sendTask", D), ITEMS)
rule("EXT047", carries("sendTask", D, data("Input", "d2", itemSubjectRef="tekst")), carries("sendTask", D), ITEMS)
rule("EXT048", carries("sendTask", NUMBER), carries("sendTask", D), ITEMS)
rule(
    "EXT049",
    straight(node("receiveTask", "x", messageRef="m", instantiate="true")),
    node("receiveTask", "x", messageRef="m", instantiate="true") + E + way("x", "klaar"),
)
TWO_SETS = listing("Input") + listing("Output", "d") + listing("Output", "d")
rule("EXT050", carries("receiveTask", OUT, sets=TWO_SETS), carries("receiveTask", OUT), ITEMS)
rule("EXT051", carries("receiveTask", OUT, UIT), carries("receiveTask", OUT), ITEMS)
rule("EXT052", carries("receiveTask", data("Output")), carries("receiveTask", OUT), ITEMS)
rule(
    "EXT053",
    straight(node("scriptTask", "x", also("script", "1"))),
    straight(node("scriptTask", "x", also("script", "1"), scriptFormat="text/x")),
)
rule("EXT054/EXT055", straight(task("x", again("=y") + times("3"))), straight(task("x", again("=y"))))
rule(
    "EXT056", straight(sub("x", start("s"), STOP, node("choreographyTask", "c"))), straight(sub("x", start("s"), STOP))
)
HANDLER = handler("h", on("s", message("m")), STOP)
rule("EXT057", STRAIGHT + HANDLER + flow("a", "h"), STRAIGHT + HANDLER)
rule(
    "EXT058",
    STRAIGHT + handler("h", on("s", message("m")), on("s2", message("m")), STOP, way("s2", "e")),
    STRAIGHT + HANDLER,
)
rule("EXT059", STRAIGHT + handler("h", on("s", error("f"), interrupting=False), STOP), STRAIGHT + HANDLER)
rule(
    "EXT060",
    straight(node("transaction", "x", start("s") + STOP, method="zomaar wat")),
    straight(node("transaction", "x", start("s") + STOP, method="##Compensate")),
)
rule("EXT061", straight(node("adHocSubProcess", "x")), straight(node("adHocSubProcess", "x", A)))
rule(
    "EXT062",
    straight(node("adHocSubProcess", "x", A + E)).replace(E, end("e9"), 1),
    straight(node("adHocSubProcess", "x", A)),
)
CALLED = OTHER.format(specification(D) + start("s2") + task("t2") + end("e2") + way("s2", "t2", "e2"))
rule(
    "EXT063",
    straight(call("x", "ander")),
    straight(call("x", "ander", specification(data("Input", "d9", itemSubjectRef="tekst")))),
    ITEMS + CALLED,
)
SERVED = OTHER.format(
    also("supportedInterfaceRef", "loket") + specification(D, UIT) + "{}" + start("s2") + task("t2") + end("e2")
    + way("s2", "t2", "e2")
)  # fmt: skip
BINDING = '<bpmn:ioBinding operationRef="vraag" inputDataRef="d" outputDataRef="u" />'
rule("EXT064", STRAIGHT, STRAIGHT, ITEMS + SERVED.format(""), ITEMS + SERVED.format(BINDING))
rule(
    "EXT065", STRAIGHT, STRAIGHT,
    ITEMS + SERVED.replace('id="u" itemSubjectRef="tekst"', 'id="u" itemSubjectRef="getal"').format(BINDING),
    ITEMS + SERVED.format(BINDING),
)  # fmt: skip
rule("EXT067", straight(task("x", "<bpmn:multiInstanceLoopCharacteristics />")), straight(task("x", times("3"))))
LISTED = kept(item="lijst", isCollection="true")
rule("EXT068", straight(task("x", several("tekst"))), straight(task("x", several("tekst"))) + LISTED, ITEMS)
rule("EXT069", straight(task("x", gives("getal"))) + LISTED, straight(task("x", gives("tekst"))) + LISTED, ITEMS)
rule("EXT070", straight(task("x", several("getal"))) + LISTED, straight(task("x", several("tekst"))) + LISTED, ITEMS)
STATE = '<bpmn:dataState name="af" />'
rule(
    "EXT076",
    STRAIGHT
    + kept()
    + f'<bpmn:dataObjectReference id="r" dataObjectRef="o" name="plan">{STATE}</bpmn:dataObjectReference>',
    STRAIGHT
    + kept()
    + f'<bpmn:dataObjectReference id="r" dataObjectRef="o" name="o [af]">{STATE}</bpmn:dataObjectReference>',
    ITEMS,
)
rule(
    "EXT078",
    CHOICE + way("k", "a", when="=x").replace("><", '><bpmn:property id="p" /><', 1),
    STRAIGHT + '<bpmn:property id="p" />',
)
rule("EXT079", straight(sub("x", specification(D), start("s"), STOP)), straight(task("x", specification(D))), ITEMS)
FROM = data("Input", "van", itemSubjectRef="tekst") + data("Output", "naar", itemSubjectRef="tekst")
rule(
    "EXT080",
    specification(FROM) + straight(task("x", specification(OUT) + moved("Output", "d", "van"))),
    specification(FROM) + straight(task("x", specification(OUT) + moved("Output", "d", "naar"))),
    ITEMS,
)
rule(
    "EXT082",
    specification(FROM) + straight(task("x", specification(D) + moved("Input", "naar", "d"))),
    specification(FROM) + straight(task("x", specification(D) + moved("Input", "van", "d"))),
    ITEMS,
)
WHOLE = data("Input", itemSubjectRef="lijst", isCollection="true")
rule(
    "EXT081",
    straight(task("x", specification(data("Input", itemSubjectRef="lijst")))),
    straight(task("x", specification(WHOLE))),
    ITEMS,
)
rule(
    "EXT083",
    straight(task("x", specification(data("Output", itemSubjectRef="lijst")))),
    straight(task("x", specification(WHOLE.replace("Input", "Output")))),
    ITEMS,
)
BOTH_SIDES = specification(D, UIT)


def sets(inside: str) -> str:
    return straight(task("x", specification(D, UIT, sets=inside)))


EACH = listing("Input", "d") + listing("Output", "u")
rule("EXT084", sets(listing("Input") + listing("Output", "u")), sets(EACH), ITEMS)
rule("EXT088", sets(listing("Input", "d") + listing("Output")), sets(EACH), ITEMS)
for _side, _id, _optional, _executing in (("Input", "d", "EXT085", "EXT086"), ("Output", "u", "EXT089", "EXT090")):
    _other = listing("Output", "u") if _side == "Input" else listing("Input", "d")
    for _tag, _rule in ((f"optional{_side}Refs", _optional), (f"whileExecuting{_side}Refs", _executing)):
        rule(
            _rule,
            sets(listing(_side, _id) + listing(_side, more=also(_tag, _id)) + _other),
            sets(listing(_side, _id, more=also(_tag, _id)) + _other),
            ITEMS,
        )
PAIRED = '<bpmn:inputSet id="i"><bpmn:dataInputRefs>d</bpmn:dataInputRefs>{}</bpmn:inputSet>'
PAIRED += '<bpmn:outputSet id="j"><bpmn:dataOutputRefs>u</bpmn:dataOutputRefs>{}</bpmn:outputSet>'
rule(
    "EXT087",
    sets(PAIRED.format(also("outputSetRefs", "j"), "")),
    sets(PAIRED.format(also("outputSetRefs", "j"), also("inputSetRefs", "i"))),
    ITEMS,
)
rule(
    "EXT091",
    straight(task("x", specification(NUMBER) + moved("Input", "o", "d"))) + kept(),
    straight(task("x", specification(D) + moved("Input", "o", "d"))) + kept(),
    ITEMS,
)
MORE = also("sourceRef", "o2")
rule(
    "EXT092",
    straight(task("x", specification(D) + moved("Input", "o", "d", MORE))) + kept() + kept("o2"),
    straight(task("x", specification(D) + moved("Input", "o", "d"))) + kept() + kept("o2"),
    ITEMS,
)
rule(
    "EXT093",
    straight(catch("x", OUT + message("m") + signal("z"))),
    straight(catch("x", OUT + UIT + message("m") + signal("z"))),
    ITEMS,
)
rule(
    "EXT094",
    straight(catch("x", data("Output", itemSubjectRef="getal") + message("brief_in"))),
    straight(catch("x", OUT + message("brief_in"))),
    ITEMS,
)
rule(
    "EXT095",
    straight(
        throw("x", '<bpmn:signalEventDefinition id="roep" signalRef="z" />')
        + catch("y", also("eventDefinitionRef", "roep"))
    )
    + way("x", "y", "klaar"),
    straight(throw("x", '<bpmn:signalEventDefinition id="roep" signalRef="z" />')),
)
rule("EXT096", STRAIGHT + way("a", "begin"), STRAIGHT)
rule("EXT097", A + E + way("a", "klaar"), STRAIGHT)
rule("EXT098", node("startEvent", "begin", error("f")) + A + E + way("begin", "a", "klaar"), STRAIGHT)
BY_LETTER = OTHER.format(node("startEvent", "s2", message("m")) + task("t2") + end("e2") + way("s2", "t2", "e2"))
rule("EXT099", straight(call("x", "ander")), straight(call("x", "ander")), BY_LETTER, OWN)
rule("EXT100", straight(sub("x", node("startEvent", "s", message("m")), STOP)), straight(sub("x", start("s"), STOP)))
rule("EXT101/EXT151", S + A + E + start("los") + way("begin", "a", "klaar"), STRAIGHT)
rule("EXT102", STRAIGHT, STRAIGHT, pools(TWO_POOLS + letter("begin", "zij")), pools(TWO_POOLS + letter("a", "zij")))
BEGINS = node("startEvent", "begin", message("m")) + A + E + way("begin", "a", "klaar")
rule("EXT103", STRAIGHT, BEGINS, pools(TWO_POOLS + letter("zij", "begin")))
rule("EXT104", STRAIGHT + B + way("klaar", "b") + end("e1") + way("b", "e1"), STRAIGHT)
rule("EXT105", S + A + way("begin", "a"), STRAIGHT)
CANCELS = start("s") + end("e", cancel()) + way("s", "e")
rule("EXT106", straight(sub("x", CANCELS)), straight(node("transaction", "x", CANCELS)))
rule("EXT107", STRAIGHT + end("los"), STRAIGHT)
rule("EXT108", STRAIGHT, STRAIGHT, pools(TWO_POOLS + letter("zij", "klaar")), pools(TWO_POOLS + letter("zij", "a")))
rule(
    "EXT109", STRAIGHT, S + A + end("klaar", message("m")) + way("begin", "a", "klaar"),
    pools(TWO_POOLS + letter("klaar", "zij")),
)  # fmt: skip
rule("EXT110/EXT147", edged(boundary("s", "a", terminate())), edged(boundary("s", "a", message("m"))))
rule(
    "EXT111/EXT120",
    edged(boundary("s", "a", cancel())),
    edged(boundary("s", "a", cancel()), node("transaction", "a", start("s3") + end("e3") + way("s3", "e3"))),
)
rule(
    "EXT112",
    edged(boundary("s", "a", message("m"))) + B + way("begin", "b", "s"),
    edged(boundary("s", "a", message("m"))),
)
rule("EXT113", STRAIGHT + boundary("s", "a", message("m")), edged(boundary("s", "a", message("m"))))
rule("EXT114", undoes(association("r", "u")) + end("e") + way("r", "e"), undoes(association("r", "u")))
rule("EXT143", undoes(""), undoes(association("r", "u")))
rule("EXT144", undoes(association("r", "a")), undoes(association("r", "u")))
rule("EXT145", undoes(association("r", "u")) + end("e") + way("u", "e"), undoes(association("r", "u")))
rule("EXT115", STRAIGHT + throw("t", "") + way("t", "klaar"), straight(throw("x", "")))
rule("EXT116", STRAIGHT + throw("t", "") + way("a", "t"), straight(throw("x", "")))
JUMP = S + throw("weg", link("l")) + catch("hier", link("l")) + E + way("begin", "weg") + way("hier", "klaar")
rule("EXT117", JUMP + way("weg", "klaar"), JUMP)
rule("EXT118/EXT125", JUMP.replace(link("l"), link("nergens"), 1), JUMP)
rule("EXT124", JUMP.replace(link("l"), link("nergens"), 1), JUMP)
LANDS_INSIDE = sub("x", start("s"), E, way("s", "klaar"), catch("hier", link("l")), end("e9"), way("hier", "e9"))
rule(
    "EXT126",
    S + throw("weg", link("l")) + LANDS_INSIDE + end("e8") + way("begin", "weg") + way("x", "e8"),
    JUMP,
)
rule(
    "EXT119",
    straight(throw("x", message("m"))),
    straight(catch("x", message("m"))),
    pools(TWO_POOLS + letter("zij", "x")),
)
rule("EXT121", node("startEvent", "begin", COMPENSATE) + A + E + way("begin", "a", "klaar"), STRAIGHT)
rule("EXT122", straight(catch("x", COMPENSATE)), straight(catch("x", message("m"))))
rule("EXT123", straight(catch("x", conditional(""))), straight(catch("x", conditional("=y"))))
rule("EXT127", straight(catch("x", "<bpmn:messageEventDefinition />")), straight(catch("x", message("m"))))
rule("EXT129", clocked("Date 2026-03-02", "Duration P1D"), clocked("Date 2026-03-02"))
rule("EXT130", clocked("Cycle R3/P1D", "Duration P1D"), clocked("Cycle R3/P1D"))
rule("EXT131", clocked("Date 2026-03-02", "Duration P1D"), clocked("Duration P1D"))
rule("EXT132", clocked("Date straks"), clocked("Date 2026-03-02T09:00:00"))
rule("EXT133", clocked("Cycle vaak"), clocked("Cycle R3/P1D"))
rule("EXT134", clocked("Duration lang"), clocked("Duration PT1H"))
rule("EXT135", straight(fork("x")), STRAIGHT)
M, N = catch("x", message("m")), catch("y", message("m2"))
rule("EXT136", S + node("eventBasedGateway", "g") + M + E + way("begin", "g", "x", "klaar"), raced(M, N))
rule(
    "EXT137",
    raced(M, N).replace(
        'targetRef="x">', f'targetRef="x"><bpmn:conditionExpression {FORMAL}>=y</bpmn:conditionExpression>'
    ),
    raced(M, N),
)
rule("EXT138", raced(M, task("y")), raced(M, N))
RECEIVE = node("receiveTask", "y", messageRef="m2")
TIMED = catch("x", timer("Duration", "P1D"))
rule("EXT139", raced(M, RECEIVE), raced(TIMED, RECEIVE))
rule("EXT140", raced(TIMED, RECEIVE, more=boundary("s", "y", signal("z")) + STOP), raced(TIMED, RECEIVE))
rule("EXT141", raced(M, N, more=A + way("begin", "a", "y")), raced(M, N))
FIRST = node("eventBasedGateway", "g", instantiate="true") + M + N + E + way("g", "x", "klaar") + way("g", "y", "klaar")
rule("EXT142", FIRST + S + way("begin", "g"), FIRST)
rule("EXT146", S + end("klaar", timer("Duration", "P1D")) + way("begin", "klaar"), STRAIGHT)
rule("EXT148", straight(catch("x", error("f"))), straight(catch("x", signal("z"))))
rule("EXT149", straight(throw("x", timer("Duration", "P1D"))), straight(throw("x", signal("z"))))
rule("EXT150", STRAIGHT + B + way("b", "klaar"), STRAIGHT)
rule("EXT152", STRAIGHT + way("a", "t2"), STRAIGHT, OWN)
rule(
    "REF", straight(catch("x", '<bpmn:messageEventDefinition messageRef="iets" />')), straight(catch("x", message("m")))
)
rule("plek", STRAIGHT.replace(A, task("a", B)), STRAIGHT)
rule("id", STRAIGHT + '<bpmn:dataObject id="a" />', STRAIGHT + '<bpmn:dataObject id="o" />')


# --- the tests -------------------------------------------------------------------------------------------------


def broken_by(body: str, beside: str) -> set[str]:
    """The rules that a file breaks; what its elements say of their own arrows is filled in, but where it says no."""
    named = set(re.findall(r'<bpmn:(?:message|signal|error|escalation) id="(\w+)"', beside))
    content = diagram("proef", body).decode()
    for name in named:
        content = re.sub(rf'<bpmn:(message|signal|error|escalation) id="{name}"[^>]*/>', "", content, count=1)
    content = content.replace("<bpmn:process", beside + "<bpmn:process", 1)
    if 'messageRef="iets"' in content:
        content = content.replace('<bpmn:message id="iets" name="iets" />', "")
    assert NAMESPACES in content
    root = etree.fromstring(content)
    for tag, end_ in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        for arrow in root.iter(f"{BPMN}sequenceFlow"):
            for held in root.iterfind(f".//*[@id='{arrow.get(end_)}']"):
                if held.attrib.pop("listed", "") != "no":
                    etree.SubElement(held, f"{BPMN}{tag}").text = arrow.get("id")
    found = definitions.breaches(etree.tostring(root), "proef.bpmn")
    return {id for problem in found for id in problem.rule.split("/")}


@pytest.mark.parametrize("id", RULES)
def test_a_drawing_that_breaks_a_rule_is_told_so(id: str) -> None:
    broken, beside, _, _ = RULES[id]
    assert id in broken_by(broken, beside)


@pytest.mark.parametrize("id", RULES)
def test_a_drawing_beside_it_that_keeps_the_rule_is_not(id: str) -> None:
    _, _, kept_, beside = RULES[id]
    assert id not in broken_by(kept_, beside)


def test_each_rule_that_is_checked_has_a_drawing_that_breaks_it() -> None:
    folder = Path(standard.__file__).parent
    said = "".join((folder / name).read_text() for name in ("standard.py", "standard_data.py"))
    assert set(re.findall(r"EXT\d{3}", said)) - {"EXT001"} <= RULES.keys()
