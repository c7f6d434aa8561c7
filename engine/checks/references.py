"""What a diagram names must exist: forms, tables, roles, deadlines, registers, and the properties that we read."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from engine.checks.finding import Finding
from engine.checks.records import followed, records
from engine.checks.region import region
from engine.checks.rule import Severity
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.definitions.registers import REGISTERS, STATED
from engine.errors import Problem

STEP = frozenset(
    {"termijn", "termijn_spoed", "fase", "duur", "register", "deelt", "doel", "soort", "stand", "namens", "regelt"}
    | {"toewijzen", "organisatie", "spoed_als", "stuurt"}
)
BUTTON = frozenset({"titel", "uitleg", "rollen", "vaker"})
KNOWN: Mapping[str, frozenset[str]] = {
    Kind.USER_TASK: STEP,
    Kind.CALL_ACTIVITY: frozenset({"fase"}),
    Kind.START_EVENT: BUTTON,
    Kind.BOUNDARY_EVENT: BUTTON,
}
VALUES: Mapping[str, frozenset[str]] = {
    "deelt": frozenset({"ja", "nee"}),
    "vaker": frozenset({"ja", "nee"}),
    "namens": frozenset({"ouders"}),
    "register": frozenset(REGISTERS),
    **STATED,
}


def references(definition: Definition, process: Process) -> tuple[Problem, ...]:
    """Forms, roles and deadlines that a process names and that do not exist: without these no case can run."""
    found: list[Problem] = []
    settings = definition.settings
    for task in process.user_tasks:
        name = task.name or task.id
        if not task.form:
            told = f"'{name}' heeft geen formulier. Kies er een, of maak van de stap een handmatige taak."
            found.append(Problem(process.file, task.id, "formulier", told))
        elif task.form not in definition.forms:
            told = f"Het formulier '{task.form}' bij '{name}' bestaat niet."
            advice = _meant(task.form, definition.forms, "Kies een formulier dat er is, of voeg het toe.")
            found.append(Problem(process.file, task.id, "formulier", f"{told} {advice}"))
        for role in task.roles:
            if role not in settings.roles:
                told = f"De rol '{role}' bij '{name}' bestaat niet in regio.yaml."
                advice = _meant(role, settings.roles, "Kies een rol uit regio.yaml.")
                found.append(Problem(process.file, task.id, "rol", f"{told} {advice}"))
        if not task.roles:
            told = f"'{name}' heeft geen rol: niemand kan deze taak doen. Kies een rol uit regio.yaml."
            found.append(Problem(process.file, task.id, "rol", told))
        for term in (task.properties.get("termijn", ""), task.properties.get("termijn_spoed", "")):
            if term and term not in settings.deadlines:
                told = f"De termijn '{term}' bij '{name}' bestaat niet in regio.yaml."
                advice = _meant(term, settings.deadlines, "Kies een termijn uit regio.yaml.")
                found.append(Problem(process.file, task.id, "termijn", f"{told} {advice}"))
    return tuple(found)


def _meant(written: str, known: Collection[str], advice: str) -> str:
    """Advice on a name that does not exist, which begins with the one that is most like it."""
    near = get_close_matches(written, sorted(known), 1, 0.6)
    return f"Bedoelde je '{near[0]}'? {advice}" if near else advice


def details(definition: Definition, process: Process, decisions: frozenset[str]) -> tuple[Finding, ...]:
    """What else a process names: tables, registers, properties. A case would run, but not as it was meant."""
    looped = _called_in_loops(definition)
    found: list[Finding] = []
    for element in process.elements.values():
        found.extend(_properties(process, element))
        if element.kind == Kind.BUSINESS_RULE_TASK and element.decision and element.decision not in decisions:
            message = f"De beslistabel '{element.decision}' bij '{_title(element)}' bestaat niet."
            advice = "Zet het DMN-bestand naast het diagram, of kies een tabel die er is."
            found.append(_told(process, element, "beslistabel", message, advice))
        form = definition.forms.get(element.form)
        found.extend(records(process, element, form, process.id in looped or element.loop is not None))
        if element.kind == Kind.USER_TASK:
            found.extend(_owner(definition, process, element))
        if element.kind == Kind.CALL_ACTIVITY:
            found.extend(_other_phase(definition, process, element))
        roles = element.properties.get("rollen", "") if element.event is not None else ""
        for role in (r.strip() for r in roles.split(",")):
            if role and role not in definition.settings.roles:
                message = f"De rol '{role}' bij '{_title(element)}' bestaat niet in regio.yaml."
                advice = _meant(role, definition.settings.roles, "Gebruik een rol die in regio.yaml staat.")
                found.append(_told(process, element, "rol", message, advice))
    return tuple(found)


def whole(definition: Definition) -> tuple[Finding, ...]:
    """What concerns no single diagram: deadlines, roles, and files that nothing uses."""
    return (*region(definition), *followed(definition), *_unused(definition))


def recursion(definition: Definition) -> tuple[Finding, ...]:
    """Diagrams that call themselves, at once or by way of others."""
    found = []
    for process in definition.processes.values():
        for element in process.elements.values():
            way = _way(definition, element.called, process.id) if element.kind == Kind.CALL_ACTIVITY else ()
            if way:
                round_trip = " → ".join((process.id, *way))
                message = f"'{_title(element)}' roept langs een omweg zijn eigen diagram aan ({round_trip})."
                if len(way) == 1:
                    message = f"'{_title(element)}' roept het diagram aan waar hij zelf in staat."
                advice = "Teken een lus met een keuze en een pijl terug. Dan ziet iedereen waar het ophoudt."
                found.append(_told(process, element, "aanroep_rond", message, advice))
    return tuple(found)


def _way(definition: Definition, start: str, goal: str) -> tuple[str, ...]:
    """The diagrams called one after another from `start` until `goal`, () where it is never called."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while waiting:
        way = waiting.pop(0)
        if way[-1] == goal:
            return way
        process = definition.processes.get(way[-1])
        for element in process.elements.values() if process else ():
            if element.kind == Kind.CALL_ACTIVITY and element.called not in seen:
                seen.add(element.called)
                waiting.append((*way, element.called))
    return ()


def _properties(process: Process, element: Element) -> Iterator[Finding]:
    known = KNOWN.get(element.kind, STEP | BUTTON)
    for name, value in element.properties.items():
        if name not in known:
            near = get_close_matches(name, sorted(known), 1, 0.7)
            meant = f"Bedoelde je '{near[0]}'? " if near else ""
            message = f"Bij '{_title(element)}' staat de eigenschap '{name}'. Die wordt niet gelezen."
            advice = f"{meant}Kies een eigenschap uit de lijst in de modeler, of haal haar weg."
            yield _told(process, element, "eigenschap", message, advice, Severity.WARNING)
        elif name in VALUES and value not in VALUES[name]:
            message = f"Bij '{_title(element)}' is '{name}' gelijk aan '{value}'. Dat betekent niets."
            yield _told(process, element, "eigenschap", message, f"Kies uit: {', '.join(sorted(VALUES[name]))}.")


def _owner(definition: Definition, process: Process, task: Element) -> Iterator[Finding]:
    told = task.properties
    if not told.get("termijn"):
        message = f"'{_title(task)}' heeft geen termijn: niemand ziet het als deze stap blijft liggen."
        yield _told(process, task, "termijn", message, "Kies bij 'termijn' een termijn uit regio.yaml.")
    if bool(told.get("spoed_als")) is not bool(told.get("termijn_spoed")):
        message = (
            f"Bij '{_title(task)}' horen 'spoed_als' en 'termijn_spoed' bij elkaar, maar een van de twee ontbreekt."
        )
        advice = "Vul ze allebei in, of haal ze allebei weg. Anders heeft de stap bij spoed geen termijn."
        yield _told(process, task, "termijn", message, advice)
    if not told.get("fase"):
        message = f"Bij '{_title(task)}' staat niet bij welke fase de stap hoort."
        yield _told(process, task, "fase", message, "Vul bij 'fase' de naam van de fase in.", Severity.WARNING)
    elif told["fase"] not in phases(definition):
        message = f"De fase '{told['fase']}' bij '{_title(task)}' bestaat niet."
        choice = ", ".join(sorted(phases(definition)))
        advice = f"De spelregels en het overzicht kijken naar de fase. Kies uit: {choice}."
        yield _told(process, task, "fase", message, advice)


def _other_phase(definition: Definition, process: Process, call: Element) -> Iterator[Finding]:
    """A call that stands for one phase and leads to the steps of another."""
    called = definition.processes.get(call.called)
    inside = (
        {task.properties.get("fase") or task.process for task in called.user_tasks} if called is not None else set()
    )
    if inside and call.properties.get("fase", call.called) not in {call.called, *inside}:
        message = f"'{_title(call)}' hoort bij de fase '{call.properties['fase']}', maar roept '{call.called}' aan."
        advice = "Kies het diagram van deze fase, of verander de fase."
        yield _told(process, call, "fase", message, advice, Severity.WARNING)


def phases(definition: Definition) -> frozenset[str]:
    """The phases that steps may belong to: each diagram, and what a call, a diagram or several steps say that it is."""
    named = Counter(t.properties.get("fase", "") for p in definition.processes.values() for t in p.user_tasks)
    found = {*definition.processes, *(name for name, steps in named.items() if steps > 1)}
    for process in definition.processes.values():
        found.add(process.properties.get("fase", ""))
        found |= {e.properties.get("fase", "") for e in process.elements.values() if e.kind == Kind.CALL_ACTIVITY}
    return frozenset(found - {""})


def _called_in_loops(definition: Definition) -> frozenset[str]:
    """The diagrams that are called once for each item of a list, with what they call themselves."""
    found: set[str] = set()
    waiting = [e.called for p in definition.processes.values() for e in p.elements.values() if e.loop and e.called]
    while waiting:
        id = waiting.pop()
        process = definition.processes.get(id)
        if process is not None and id not in found:
            found.add(id)
            waiting.extend(e.called for e in process.elements.values() if e.called)
    return frozenset(found)


def _unused(definition: Definition) -> Iterator[Finding]:
    """Files beside the diagrams that no diagram asks for: often a name that was typed wrong elsewhere."""
    asked = {t.form for p in definition.processes.values() for t in p.user_tasks}
    for name in sorted(definition.files):
        stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if (name.endswith(".bpmn") and stem not in definition.processes) or (
            name.endswith(".form") and stem not in asked
        ):
            kind = "diagram" if name.endswith(".bpmn") else "formulier"
            told = f"Het {kind} '{stem}' wordt nergens gebruikt."
            yield Finding(name, "", "los_bestand", told, Severity.TIP, "", "Haal het weg, of verwijs ernaar.")


def _told(
    process: Process, element: Element, rule: str, message: str, advice: str, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(process.file, element.id, rule, message, severity, element.name, advice)


def _title(element: Element) -> str:
    return element.name or element.id
