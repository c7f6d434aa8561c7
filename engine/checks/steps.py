"""A step that is called as in the reference process does there what it does here: who does it, when, and what it says.

Spelregels ask for a step by what it says of itself, and prove nothing of who does it otherwise, or later. What differs
with a reason is a choice of the region: `anders` names what differs, and `reden` says why. What is not named there is
not excused, also not when it came to differ later.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine import deadlines, proof
from engine.checks.course import Ways, course, course_promise
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import EventKind, Kind
from engine.words import Answer

Noted = Mapping[str, Mapping[str, Any]]

_SAME = "Wat heet als in het voorbeeldproces, betekent wat het daar betekent, of er staat waarom niet."
_WHY_NOT = "noem bij deze stap wat bij jullie anders is (eigenschap 'anders') en zeg waarom ('reden')."
_OWN = "Zet het terug zoals in het voorbeeldproces"

WHO = Rule(
    "stap_wie_anders",
    Topic.PRIVACY,
    f"{_SAME} Een stap en een knop houden hun rollen.",
    "Wie een stap mag doen, leest wat daarvoor nodig is. En is een rol weg, dan doet wie het gezin verwacht het niet.",
    f"{_OWN}, of {_WHY_NOT}",
    wrong="",
    right="",
)
LATER = Rule(
    "stap_later",
    Topic.REFERENCES,
    f"{_SAME} Een stap is niet later klaar.",
    "Op een termijn rekent een gezin. Wordt die stil langer, dan wacht het zonder dat iemand daarvoor koos.",
    f"Kies een termijn die niet langer is, of {_WHY_NOT}",
    wrong="",
    right="",
)
STEP = Rule(
    "stap_anders",
    Topic.REFERENCES,
    f"{_SAME} Een stap houdt wat zij vastlegt, deelt en regelt, en voor wie zij is.",
    "Registers, toestemming en spelregels rusten op wat een stap van zichzelf zegt.",
    f"{_OWN}, of {_WHY_NOT} Doet de stap iets heel anders? Geef haar dan een eigen id.",
    wrong="",
    right="",
)
REACTION = Rule(
    "reactie_weg",
    Topic.WAYS,
    f"{_SAME} Wat daar op een gebeurtenis volgt, is er nog.",
    "Anders gebeurt er niets als een gezin zich terugtrekt, als er gevaar is of als een stap te lang duurt.",
    "Teken het terug zoals in het voorbeeldproces, of noem bij de stap waar het op zat, of bij het proces, wat er weg "
    "is (eigenschap 'anders') en zeg waarom ('reden').",
    wrong="",
    right="",
)
GONE = Rule(
    "stap_weg",
    Topic.WAYS,
    "Een stap van het voorbeeldproces is er nog, eventueel onder een andere naam, of er staat waarom niet.",
    "Elke stap doet iets voor een gezin of voor wie helpt. Valt hij stil weg, dan merkt niemand wat er ontbreekt.",
    "Teken de stap terug, of noem bij het proces zijn id (eigenschap 'anders') en zeg waarom ('reden').",
    wrong="",
    right="",
)

SAID = (
    *("register", "doel", "kring", "toewijzen", "deelt", "namens", "voor_soort", "voor_elke", "blijft", "soort"),
    *("stand", "regelt", "organisatie", "spoed_als", "stuurt", "stopt_delen", "opent_bij", "overslaan", "voor_wie"),
)
"""What a step says of itself that means something; its name, phase, texts and how long it takes are free."""
_TERMS = ("termijn", "termijn_spoed")
_TERM = "regio.termijnen."


def steps(definition: Definition, noted: Noted) -> Iterator[Finding]:
    """Where a step means something else than in the reference, without a reason; `noted` is of `step_promises`."""
    forms = frozenset(promise["formulier"] for promise in noted.values() if "formulier" in promise)
    certain = proof.certain(definition.forms.values())
    ways: dict[tuple[str, str], Ways] = {}
    for name, promise in noted.items():
        id, _, part = name.partition(".")
        process = definition.processes.get(id)
        if process is None:
            continue
        element = process.elements.get(part)
        if element is None:
            yield from _missing(process, part, promise)
            continue
        if element.kind == promise["is"]:
            differing = (*_other(definition, element, promise, forms), *_later(definition, element, promise))
            for rule, what, message in differing:
                if not element.says_why(what):
                    advice = f"{_OWN}, of zet bij deze stap 'anders: {what}' en bij 'reden' waarom."
                    yield rule.at(process, element, message, advice)
        elif promise["is"] == Kind.USER_TASK and not element.says_why("taak"):
            yield STEP.at(process, element, f"'{element.title}' is geen taak meer die iemand doet.")
        if "eerst" in promise or "daarna" in promise or "leidt" in promise:
            place = (id, element.parent)
            around = ways[place] = ways.get(place) or Ways(process, element.parent)
            yield from course(around, element, promise, certain)


def _missing(process: Process, id: str, promise: Mapping[str, Any]) -> Iterator[Finding]:
    """What followed an event, or a task, and is gone, where that on which it stood is still there; another id may do
    the same.
    """
    host, where = process.elements.get(promise.get("aan", "")), promise.get("aan", "")
    if process.says_why(id) or (host is not None and host.says_why(id)):
        return
    if "formulier" in promise and all(task.form != promise["formulier"] for task in process.user_tasks):
        message = f"In '{process.title}' ontbreekt de stap '{promise['naam']}' ({id})."
        advice = f"Teken de stap terug, of zet bij het proces 'anders: {id}' en bij 'reden' waarom."
        yield GONE.breach(process.file, process.id, message, advice, name=process.name)
    if "gebeurt" not in promise or (where and host is None):
        return
    others = (e for e in process.elements.values() if e.kind == promise["is"] and e.attached_to == where)
    if not any(_happens(other) == promise["gebeurt"] for other in others):
        place = f"Op '{host.title}'" if host is not None else f"In '{process.title}'"
        message = f"{place} ontbreekt '{promise['naam']}' ({id}). In het voorbeeldproces staat dat er."
        advice = f"Teken het terug, of zet daar 'anders: {id}' en bij 'reden' waarom."
        yield REACTION.breach(process.file, host.id if host is not None else process.id, message, advice)


Difference = tuple[Rule, str, str]
"""The rule that is broken, what `anders` has to name for it, and what is told."""


def _other(
    definition: Definition, element: Element, promise: Mapping[str, Any], forms: Collection[str]
) -> Iterator[Difference]:
    was, given = set(promise.get("rollen", ())), set(_roles(element))
    now = given & definition.settings.roles.keys()  # of a role that does not exist it is told elsewhere
    if was != now and (now or not given):
        there = _listed(was) or "iedereen die het dossier kent"
        message = f"'{element.title}' is voor {_listed(now) or 'iedereen die het dossier kent'}."
        yield WHO, "rollen", f"{message} In het voorbeeldproces is dat {there}."
    said, says = promise.get("zegt", {}), _says(element)
    for part in SAID:
        if said.get(part, "") != says.get(part, "") and not (part == "overslaan" and part not in says):
            there, here = (
                f"'{part}: {text}'" if text else f"geen '{part}'" for text in (said.get(part), says.get(part))
            )
            message = f"Bij '{element.title}' staat {here}. In het voorbeeldproces staat daar {there}."
            yield STEP, part, message
    if promise.get("onderbreekt") not in (None, element.interrupting):
        does = "onderbreekt" if element.interrupting else "onderbreekt niet meer"
        message = f"'{element.title}' {does} wat er gaande is. In het voorbeeldproces is dat andersom."
        yield STEP, "onderbreekt", message
    if promise.get("aan", element.attached_to) != element.attached_to:
        yield STEP, "plek", f"'{element.title}' zit op een andere stap dan in het voorbeeldproces."
    if promise.get("vak", element.parent) != element.parent:
        yield STEP, "plek", f"'{element.title}' staat in een ander vak dan in het voorbeeldproces."
    if promise.get("formulier", element.form) != element.form and element.form in forms:
        message = f"'{element.title}' heeft het formulier van een andere stap ('{element.form}')."
        yield STEP, "formulier", f"{message} In het voorbeeldproces is dat '{promise['formulier']}'."
    for what, text in _texts(element).items() if promise.get("onderbreekt") in (None, element.interrupting) else ():
        if promise.get(what, "") != text:
            yield STEP, what, f"'{element.title}' {_DIFFERS[what]} dan in het voorbeeldproces."


def _later(definition: Definition, element: Element, promise: Mapping[str, Any]) -> Iterator[Difference]:
    """Terms under another name than that of the reference; a longer one under the same name is told of regio.yaml."""
    for part in _TERMS:
        term, here = promise.get(part), element.properties.get(part, "")
        if term is None or here == term["is"]:
            continue
        known = definition.settings.deadlines.get(here)
        if known is None and part == "termijn":
            continue  # that a step has no term, or one that does not exist, is told elsewhere
        if known is None or longer(known.duration, term["duur"]):
            now = f"'{here}' ({known.duration})" if known is not None else "er niet meer"
            message = f"De {part} van '{element.title}' is {now}. In het voorbeeldproces is dat '{term['is']}' "
            yield LATER, part, f"{message}({term['duur']})."
    clock, text = promise.get("klok"), _clock(element)
    if clock is not None and text and text != clock["is"]:
        here, there = _lasts(definition, text), clock.get("duur", "")
        if not (here and there) or longer(here, there):
            message = f"De klok van '{element.title}' staat anders dan in het voorbeeldproces."
            yield LATER, "klok", f"{message} Daar staat: {clock['is']}."


def longer(here: str, there: str) -> bool:
    """Whether one term can be over later than another; of what can't be counted it is told elsewhere."""
    return deadlines.valid(here) and deadlines.valid(there) and not deadlines.no_later(here, there)


def _happens(element: Element) -> list[str]:
    event = element.event
    return [event.kind, event.name, event.expression] if event is not None else []


_DIFFERS = {
    "einde": "eindigt anders",
    "lijst": "gaat over een andere lijst",
    "vaker": "kan vaker of minder vaak komen",
}


def _texts(element: Element) -> dict[str, str]:
    return {"einde": _ends(element), "lijst": _listing(element), "vaker": _once(element)}


def _ends(element: Element) -> str:
    """How an end ends more than its own way: what it throws or stops; "" for all else."""
    event = element.event
    plain = event is None or event.kind == EventKind.NONE or element.kind != Kind.END_EVENT
    return "" if plain or event is None else f"{event.kind} {event.name}".strip()


def _listing(element: Element) -> str:
    """The list for each row of which an activity is done."""
    return " ".join(element.loop.collection.split()) if element.loop is not None else ""


def _once(element: Element) -> str:
    """That what lets the flow be may come only once."""
    return str(Answer.NO) if not element.interrupting and element.properties.get("vaker") == Answer.NO else ""


def _clock(element: Element) -> str:
    event = element.event
    return " ".join(event.expression.split()) if event is not None and event.kind == EventKind.TIMER else ""


def _lasts(definition: Definition, text: str) -> str:
    """The duration of a clock, where it is written or the name of a term; "" where it is computed."""
    named = text.removeprefix("=").strip()
    if not text.startswith("="):
        return text
    term = definition.settings.deadlines.get(named.removeprefix(_TERM)) if named.startswith(_TERM) else None
    return term.duration if term is not None else ""


def _roles(element: Element) -> tuple[str, ...]:
    return element.roles if element.kind == Kind.USER_TASK else element.tellers


def _says(element: Element) -> dict[str, str]:
    """What an element says that means something; a no says as much as nothing."""
    given = {part: element.properties.get(part, "") for part in SAID}
    return {part: text for part, text in given.items() if text not in ("", Answer.NO)}


def _listed(roles: set[str]) -> str:
    return ", ".join(f"'{role}'" for role in sorted(roles))


def step_promises(definition: Definition) -> dict[str, dict[str, Any]]:
    """What is to be noted of the steps of a reference process, by `process.step`."""
    return {
        f"{process.id}.{element.id}": promise
        for process in definition.processes.values()
        for element in process.elements.values()
        if (promise := _promise(definition, process, element)) is not None
    }


def _promise(definition: Definition, process: Process, element: Element) -> dict[str, Any] | None:
    promise = {
        **{what: text for what, text in _texts(element).items() if text},
        **course_promise(Ways(process, element.parent), element),
        **_reacts(process, element),
    }
    if roles := _roles(element):
        promise["rollen"] = sorted(roles)
    if says := _says(element):
        promise["zegt"] = says
    for part in _TERMS:
        if term := definition.settings.deadlines.get(element.properties.get(part, "")):
            promise[part] = {"is": term.id, "duur": term.duration}
    if element.kind == Kind.USER_TASK:
        promise |= {"formulier": element.form, "naam": element.title}
    if clock := _clock(element):
        promise["klok"] = {"is": clock, "duur": _lasts(definition, clock)}
    return {"is": element.kind, **promise} if promise else None


def _reacts(process: Process, element: Element) -> dict[str, Any]:
    """What is to be noted of what follows an event: where it stands, and what happens there."""
    if element.by_event:
        return {"vak": element.parent}
    parent = process.elements.get(element.parent)
    handles = element.kind == Kind.START_EVENT and parent is not None and parent.by_event
    if not (handles or element.kind == Kind.BOUNDARY_EVENT):
        return {}
    place = {"aan": element.attached_to} if element.attached_to else {}
    return {"gebeurt": _happens(element), "naam": element.title, "onderbreekt": element.interrupting, **place}
