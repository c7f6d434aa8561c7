"""A step that is called as in the reference process does there what it does here: who does it, when, and what it says.

Spelregels ask for a step by what it says of itself, and prove nothing of who does it otherwise, or later. What differs
with a reason (`reden`) is a choice of the region.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine import deadlines
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.words import Answer

Noted = Mapping[str, Mapping[str, Any]]

_SAME = "Wat heet als in het voorbeeldproces, betekent wat het daar betekent, of er staat waarom niet."
_WHY_NOT = "zeg bij deze stap waarom het bij jullie anders is (eigenschap 'reden')."
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
    "Teken het terug zoals in het voorbeeldproces, of zeg waarom het bij jullie anders is (eigenschap 'reden' bij de "
    "stap waar het op zat, of bij het proces).",
    wrong="",
    right="",
)

SAID = (
    *("register", "doel", "kring", "toewijzen", "deelt", "namens", "voor_soort", "voor_elke", "blijft", "soort"),
    *("stand", "regelt", "organisatie", "spoed_als", "stuurt", "stopt_delen", "opent_bij", "overslaan", "voor_wie"),
)
"""What a step says of itself that means something; its name, phase, texts and how long it takes are free."""
_TERMS = ("termijn", "termijn_spoed")


def steps(definition: Definition, noted: Noted) -> Iterator[Finding]:
    """Where a step means something else than in the reference, without a reason; `noted` is of `step_promises`."""
    for name, promise in noted.items():
        id, _, part = name.partition(".")
        process = definition.processes.get(id)
        if process is None:
            continue
        element = process.elements.get(part)
        if element is None:
            yield from _missing(process, part, promise)
        elif element.kind == promise["is"] and not element.reason:
            yield from _other(definition, process, element, promise)
            yield from _later(definition, process, element, promise)


def _missing(process: Process, id: str, promise: Mapping[str, Any]) -> Iterator[Finding]:
    """What followed an event and is gone, where that on which it stood is still there; another id may say the same."""
    host, where = process.elements.get(promise.get("aan", "")), promise.get("aan", "")
    if "gebeurt" not in promise or (where and host is None):
        return
    others = (e for e in process.elements.values() if e.kind == promise["is"] and e.attached_to == where)
    if any(_happens(other) == promise["gebeurt"] for other in others):
        return
    if not process.properties.get("reden") and not (host is not None and host.reason):
        place = f"Op '{host.title}'" if host is not None else f"In '{process.title}'"
        message = f"{place} ontbreekt '{promise['naam']}' ({id}). In het voorbeeldproces staat dat er."
        yield REACTION.breach(process.file, host.id if host is not None else process.id, message)


def _other(definition: Definition, process: Process, element: Element, promise: Mapping[str, Any]) -> Iterator[Finding]:
    was, given = set(promise.get("rollen", ())), set(_roles(element))
    now = given & definition.settings.roles.keys()  # of a role that does not exist it is told elsewhere
    if was != now and (now or not given):
        there = _listed(was) or "iedereen die het dossier kent"
        message = f"'{element.title}' is voor {_listed(now) or 'iedereen die het dossier kent'}."
        yield WHO.at(process, element, f"{message} In het voorbeeldproces is dat {there}.")
    said, says = promise.get("zegt", {}), _says(element)
    for part in SAID:
        if said.get(part, "") != says.get(part, "") and not (part == "overslaan" and part not in says):
            there, here = (
                f"'{part}: {text}'" if text else f"geen '{part}'" for text in (said.get(part), says.get(part))
            )
            message = f"Bij '{element.title}' staat {here}. In het voorbeeldproces staat daar {there}."
            yield STEP.at(process, element, message)
    if promise.get("onderbreekt") not in (None, element.interrupting):
        does = "onderbreekt" if element.interrupting else "onderbreekt niet meer"
        message = f"'{element.title}' {does} wat er gaande is. In het voorbeeldproces is dat andersom."
        yield STEP.at(process, element, message)
    if promise.get("aan", element.attached_to) != element.attached_to:
        yield STEP.at(process, element, f"'{element.title}' zit op een andere stap dan in het voorbeeldproces.")


def _later(definition: Definition, process: Process, element: Element, promise: Mapping[str, Any]) -> Iterator[Finding]:
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
            yield LATER.at(process, element, f"{message}({term['duur']}).")


def longer(here: str, there: str) -> bool:
    """Whether one term can be over later than another; of what can't be counted it is told elsewhere."""
    return deadlines.valid(here) and deadlines.valid(there) and not deadlines.no_later(here, there)


def _happens(element: Element) -> list[str]:
    event = element.event
    return [event.kind, event.name, event.expression] if event is not None else []


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
    parent = process.elements.get(element.parent)
    handles = element.kind == Kind.START_EVENT and parent is not None and parent.by_event
    reacts = handles or element.kind == Kind.BOUNDARY_EVENT
    says, roles = _says(element), _roles(element)
    if not (reacts or says or roles):
        return None
    promise: dict[str, Any] = {"is": element.kind}
    if roles:
        promise["rollen"] = sorted(roles)
    if says:
        promise["zegt"] = says
    for part in _TERMS:
        if term := definition.settings.deadlines.get(element.properties.get(part, "")):
            promise[part] = {"is": term.id, "duur": term.duration}
    if reacts:
        promise |= {"gebeurt": _happens(element), "naam": element.title, "onderbreekt": element.interrupting}
    if element.attached_to:
        promise["aan"] = element.attached_to
    return promise
