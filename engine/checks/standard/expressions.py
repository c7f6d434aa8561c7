"""What is filled in for the computer to work out: conditions, numbers and times."""

import re
from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Change, Mend, Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, holder_of, owner_of, quoted
from engine.definitions.kinds import FLOW_NODES, Kind
from engine.definitions.markup import NAMES, kind_of, text_of

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FORMAL = 'xsi:type="tFormalExpression"'
_WORKED_OUT = "De computer leest wat hier staat. Wat leeg is of niet te lezen, kan hij niet uitrekenen."
_CHOICE = 'begin > k? >*> klaar\na > klaar2\n<sequenceFlow id="f" sourceRef="k" targetRef="a">{}</sequenceFlow>'
_CONDITION = "begin > x > klaar\nx: intermediateCatchEvent <conditionalEventDefinition>{}</conditionalEventDefinition>"
_OF_KIND = frozenset({"soort"})

EMPTY = Rule(
    "leeg_gelaten",
    Topic.DIALECT,
    "Een voorwaarde, tijd of aantal is ingevuld.",
    why=_WORKED_OUT,
    advice="Vul het in, of haal het weg.",
    message="Bij {name} is een voorwaarde, tijd of aantal leeg gelaten.",
    wrong=_CHOICE.format(f"<conditionExpression {_FORMAL} />"),
    right=_CHOICE.format(f"<conditionExpression {_FORMAL}>=x</conditionExpression>"),
    silenced_by=frozenset({"klok", "gebeurtenis", "meervoud", "lus"}) | _OF_KIND,
    unprovable=True,
    standard=("EXT013",),
)
EMPTY_CONDITION = Rule(
    "voorwaarde_leeg",
    Topic.DIALECT,
    "Een rondje dat op een voorwaarde wacht, heeft er een.",
    why=_WORKED_OUT,
    advice="Schrijf op waarop wordt gewacht, met een = ervoor.",
    message="Het rondje {name} wacht op een voorwaarde die leeg is.",
    wrong=_CONDITION.format(f"<condition {_FORMAL} />"),
    right=_CONDITION.format(f"<condition {_FORMAL}>=y</condition>"),
    silenced_by=frozenset({"klok", "gebeurtenis", "meervoud", "lus"}) | _OF_KIND,
    unprovable=True,
    standard=("EXT013", "EXT123"),
)
NOT_FEEL = Rule(
    "geen_feel",
    Topic.DIALECT,
    "Wat moet worden uitgerekend, is als FEEL geschreven.",
    why=_WORKED_OUT,
    advice='Zet er een = voor, en schrijf het als FEEL, zoals =besluit = "ja".',
    message="Bij {name} staat '{text}', en dat is niet als FEEL geschreven.",
    wrong=_CHOICE.format("<conditionExpression>als het mag</conditionExpression>"),
    right=_CHOICE.format("<conditionExpression>=x</conditionExpression>"),
    silenced_by=frozenset({"feel", "taal", "klok", "meervoud", "lus"}) | _OF_KIND,
    unprovable=True,
    standard=("EXT012",),
)
CONDITION_NOT_FEEL = Rule(
    "voorwaarde_geen_feel",
    Topic.DIALECT,
    "De voorwaarde waarop een rondje wacht, is als FEEL geschreven.",
    why=_WORKED_OUT,
    advice='Zet er een = voor, en schrijf het als FEEL, zoals =besluit = "ja".',
    message="Het rondje {name} wacht op '{text}', en dat is niet als FEEL geschreven.",
    wrong=_CONDITION.format("<condition>als het mag</condition>"),
    right=_CONDITION.format("<condition>=y</condition>"),
    silenced_by=frozenset({"feel", "taal", "klok", "meervoud", "lus"}) | _OF_KIND,
    unprovable=True,
    standard=("EXT012", "EXT123"),
)
NO_LANGUAGE = Rule(
    "taal_van_voorwaarde",
    Topic.DIALECT,
    "De taal van een voorwaarde is een taal die bestaat.",
    why=_WORKED_OUT,
    advice="Haal de taal weg, of kies FEEL.",
    message="Bij {name} is '{text}' ingevuld als taal, en die bestaat niet.",
    wrong=_CHOICE.format(f'<conditionExpression {_FORMAL} language="geen taal">=x</conditionExpression>'),
    right=_CHOICE.format(f'<conditionExpression {_FORMAL} language="feel">=x</conditionExpression>'),
    silenced_by=frozenset({"taal"}),
    unprovable=True,
    standard=("EXT014",),
)

_CLOCKS = ("timeDate", "timeCycle", "timeDuration")
_EXPRESSIONS = (
    *_CLOCKS,
    "conditionExpression",
    "condition",
    "activationCondition",
    "completionCondition",
    "loopCardinality",
    "loopCondition",
    "messagePath",
    "dataPath",
    "transformation",
    "from",
    "to",
)
_PATHS = ("messagePath", "dataPath")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")


def expressions(drawing: Drawing) -> Iterator[Breach]:
    """Expressions are written for a machine, and not empty."""
    for node in drawing.all(*_EXPRESSIONS):
        owner, text = _shown_at(node), text_of(node)
        of_event = kind_of(node) == "condition"
        if not text:
            default = kind_of(node) == "conditionExpression" and owner.get("id") in drawing.defaults
            mend = Mend(owner.get("id"), Change.REMOVE, "conditionExpression") if default else None
            yield Breach(EMPTY_CONDITION if of_event else EMPTY, owner, mend=mend)
        elif not _is_readable(node, text):
            yield Breach(CONDITION_NOT_FEEL if of_event else NOT_FEEL, owner, {"text": quoted(node)})
        if not _URI.fullmatch(node.get("language", "")):
            yield Breach(NO_LANGUAGE, owner, {"text": node.get("language")})


def _shown_at(node: Any) -> Any:
    """The flow or flow node that an expression belongs to, else the innermost thing that it stands in."""
    holder = holder_of(node)
    return holder if kind_of(holder) in FLOW_NODES | {"sequenceFlow"} else owner_of(node)


def _is_readable(node: Any, text: str) -> bool:
    """Whether a text is marked as an expression, or read by us without that: a time, a number, a path."""
    if node.get(_XSI_TYPE, "").endswith("tFormalExpression") or text.startswith("="):
        return True
    return kind_of(node) in (*_CLOCKS, *_PATHS) or (kind_of(node) == "loopCardinality" and text.isdecimal())


# --- other languages -------------------------------------------------------------------------------------------

NO_WAY_OF_CANCELLING = Rule(
    "manier_van_annuleren",
    Topic.DIALECT,
    "De manier waarop een transactie annuleert, is een manier die bestaat.",
    why="Zo weet niemand wat er bij annuleren wordt teruggedraaid.",
    advice="Haal de manier van annuleren weg.",
    message="Bij de transactie {name} is '{text}' geen manier van annuleren.",
    wrong='begin > x > klaar\nx: transaction method="zomaar wat"\n[x]\nbegin2 > einde',
    right="begin > x > klaar\nx: transaction method=##Compensate\n[x]\nbegin2 > einde",
    unprovable=True,
    standard=("EXT060",),
)
NO_SCRIPT_LANGUAGE = Rule(
    "taal_van_script",
    Topic.STANDARD,
    "Bij een script staat in welke taal het is.",
    why="Wat de computer niet kan lezen, kan hij niet doen.",
    advice="Maak er een gebruikerstaak van of een beslistabel.",
    message="Bij {name} staat niet in welke taal het script is.",
    wrong="begin > x > klaar\nx: scriptTask <script>1</script>",
    right="begin > x > klaar\nx: scriptTask scriptFormat=text/x <script>1</script>",
    silenced_by=_OF_KIND,
    unprovable=True,
    standard=("EXT053",),
)


def languages(drawing: Drawing) -> Iterator[Breach]:
    """How a transaction cancels and a script is written."""
    for node in drawing.all(Kind.TRANSACTION):
        if not _URI.fullmatch(node.get("method", "")):
            yield Breach(NO_WAY_OF_CANCELLING, node, {"text": node.get("method")})
    for node in drawing.all(Kind.SCRIPT_TASK):
        if node.find("bpmn:script", NAMES) is not None and not node.get("scriptFormat"):
            yield Breach(NO_SCRIPT_LANGUAGE, node)


CHECKS = (expressions, languages)
