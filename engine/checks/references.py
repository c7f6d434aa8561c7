"""What a diagram names must exist: forms, tables, roles, deadlines, registers, and the properties that we read."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from engine.checks.records import followed, records, skipped
from engine.checks.region import region
from engine.checks.reopening import reopening
from engine.checks.rows import in_item, repeated, rows
from engine.checks.rule import Change, Finding, Mend, Rule, Severity, Topic
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.definitions.registers import REGISTERS, STATED
from engine.likeness import certain, choice, meant
from engine.words import Answer, Relation

STEP = frozenset(
    {"termijn", "termijn_spoed", "fase", "duur", "register", "deelt", "doel", "soort", "stand", "namens", "regelt"}
    | {
        "toewijzen",
        "organisatie",
        "spoed_als",
        "stuurt",
        "voor_soort",
        "stopt_delen",
        "kring",
        "overslaan",
        "opent_bij",
        "reden",
        "anders",
    }
)
WHY = frozenset({"reden", "anders"})
TOLD = frozenset({"titel", "uitleg"}) | WHY
BUTTON = TOLD | {"rollen", "vaker", "voor_wie"}
AGAIN = frozenset({"blijft"})
"""What the start of a new round of a case says besides."""
ROWS = frozenset({"voor_elke"}) | WHY  # where it can't stand, the first gate tells
KNOWN: Mapping[str, frozenset[str]] = {
    Kind.USER_TASK: STEP,
    Kind.CALL_ACTIVITY: frozenset({"fase"}) | WHY,
    Kind.BUSINESS_RULE_TASK: WHY,
    Kind.SUB_PROCESS: WHY,
    Kind.EXCLUSIVE_GATEWAY: WHY,
    Kind.END_EVENT: WHY,
    Kind.START_EVENT: BUTTON,
    Kind.BOUNDARY_EVENT: BUTTON,
    Kind.INTERMEDIATE_CATCH_EVENT: TOLD | {"rollen", "regelt"},
    Kind.RECEIVE_TASK: TOLD | {"rollen", "regelt"},
}
OF_PROCESS = frozenset({"fase", "over", "titel"}) | WHY
VALUES: Mapping[str, frozenset[str]] = {
    "deelt": frozenset(Answer),
    "vaker": frozenset(Answer),
    "voor_wie": frozenset(Relation),
    "stopt_delen": frozenset(Answer),
    "overslaan": frozenset(Answer),
    "namens": frozenset({"ouders"}),
    "register": frozenset(REGISTERS),
    **STATED,
}
SEVERAL = frozenset({"voor_wie"})
"""The properties that may have several of their values, with a comma between them."""


_WHY = "Wat een stap nodig heeft, moet er zijn. Anders stopt een casus juist daar."
_KEPT = "begin > bellen > klaar"

FORM = Rule(
    "formulier",
    Topic.REFERENCES,
    "Elke taak van een mens heeft een formulier, en dat bestaat.",
    _WHY,
    "Kies een formulier dat er is, of voeg het toe.",
    wrong="begin > bellen > klaar\nbellen: camunda:formRef=vraagjes",
    right=_KEPT,
)
ROLE = Rule(
    "rol",
    Topic.REFERENCES,
    "Elke taak is voor een rol, en elke rol die een diagram noemt, staat in regio.yaml.",
    "Zonder rol die bestaat, kan niemand de taak doen.",
    "Kies een rol uit regio.yaml.",
    wrong="begin > bellen > klaar\nbellen: camunda:candidateGroups=begelijder",
    right=_KEPT,
)
TERM = Rule(
    "termijn",
    Topic.REFERENCES,
    "Elke taak heeft een termijn, en die staat in regio.yaml.",
    "Zonder termijn ziet niemand het als een stap blijft liggen.",
    "Kies bij 'termijn' een termijn uit regio.yaml.",
    wrong="begin > bellen > bezoeken > klaar\nbellen: $termijn=",
    right="begin > bellen > bezoeken > klaar",
)
TABLE = Rule(
    "beslistabel",
    Topic.REFERENCES,
    "De beslistabel die een stap gebruikt, bestaat.",
    _WHY,
    "Zet het DMN-bestand naast het diagram, of kies een tabel die er is.",
    wrong="begin > bellen > wegen > klaar\nwegen: businessRuleTask camunda:decisionRef=advies",
    right={
        "proef.bpmn": "begin > bellen > wegen > klaar\nwegen: businessRuleTask camunda:decisionRef=advies",
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
)
PROPERTY = Rule(
    "eigenschap",
    Topic.REFERENCES,
    "Elke eigenschap bij een stap is er een die Knooppunt leest, met een waarde die iets betekent.",
    "Een eigenschap die niemand leest, telt niet mee, en dat merkt niemand.",
    "Kies een eigenschap uit de lijst in de modeler, of haal haar weg.",
    wrong="begin > bellen > klaar\nbellen: $termein=kort",
    right=_KEPT,
)
PHASE = Rule(
    "fase",
    Topic.REFERENCES,
    "Elke taak hoort bij een fase die bestaat.",
    "De spelregels en het overzicht kijken naar de fase. Een stap zonder fase zien ze niet.",
    "Vul bij 'fase' de naam van de fase in.",
    wrong="begin > bellen > klaar\nbellen: $fase=profe",
    right=_KEPT,
)
ROUND = Rule(
    "aanroep_rond",
    Topic.WAYS,
    "Geen diagram roept zichzelf aan, ook niet langs een omweg.",
    "Een diagram dat zichzelf aanroept, houdt misschien nooit op. Zo'n casus komt niet tot een einde.",
    "Teken een lus met een keuze en een pijl terug. Dan ziet iedereen waar het ophoudt.",
    wrong="begin > bellen > opnieuw > klaar\nopnieuw: callActivity calledElement=proef",
    right='begin > weer? > bellen > nog_eens?\nweer: name=""\nnog_eens >ja [=wil = "ja"]> weer\nnog_eens >nee*> klaar',
    unprovable=True,
)


def references(definition: Definition, process: Process) -> tuple[Finding, ...]:
    """Forms, roles and deadlines that a process names and that do not exist: without these no case can run."""
    return tuple(finding for task in process.user_tasks for finding in _needed(definition, process, task))


def _needed(definition: Definition, process: Process, task: Element) -> Iterator[Finding]:
    settings, name = definition.settings, task.title
    if not task.form:
        advice = "Kies er een, of maak van de stap een handmatige taak."
        yield FORM.at(process, task, f"'{name}' heeft geen formulier.", advice)
    elif task.form not in definition.forms:
        message = f"Het formulier '{task.form}' bij '{name}' bestaat niet."
        mend = _certain(task.id, Change.SET, "camunda:formRef", task.form, definition.forms)
        yield FORM.at(process, task, message, meant(task.form, definition.forms, FORM.advice), mend=mend)
    for role in task.roles:
        if role not in settings.roles:
            message = f"De rol '{role}' bij '{name}' bestaat niet in regio.yaml."
            yield ROLE.at(process, task, message, meant(role, settings.roles, ROLE.advice))
    if not task.roles:
        yield ROLE.at(process, task, f"'{name}' heeft geen rol: niemand kan deze taak doen.")
    for part in ("termijn", "termijn_spoed"):
        term = task.properties.get(part, "")
        if term and term not in settings.deadlines:
            message = f"De termijn '{term}' bij '{name}' bestaat niet in regio.yaml."
            advice = meant(term, settings.deadlines, "Kies een termijn uit regio.yaml.")
            mend = _certain(task.id, Change.SET, part, term, settings.deadlines)
            yield TERM.at(process, task, message, advice, mend=mend)


def _certain(id: str, change: Change, part: str, written: str, names: Collection[str]) -> Mend | None:
    """The mend that puts the one name there that can have been meant; None where there is doubt."""
    name = certain(written, names)
    return Mend(id, change, part, name) if name else None


def details(definition: Definition, process: Process, decisions: frozenset[str]) -> tuple[Finding, ...]:
    """What else a process names: tables, registers, properties. A case would run, but not as it was meant."""
    many = repeated(definition)
    findings: list[Finding] = []
    for name in process.properties.keys() - OF_PROCESS:
        message = f"Bij het proces '{process.title}' staat de eigenschap '{name}'. Die wordt niet gelezen."
        findings.append(PROPERTY.breach(process.file, process.id, message, meant(name, OF_PROCESS, PROPERTY.advice)))
    for element in process.elements.values():
        findings.extend(_properties(process, element))
        if element.kind == Kind.BUSINESS_RULE_TASK and element.decision and element.decision not in decisions:
            message = f"De beslistabel '{element.decision}' bij '{element.title}' bestaat niet."
            mend = _certain(element.id, Change.SET, "camunda:decisionRef", element.decision, decisions)
            findings.append(
                TABLE.at(process, element, message, meant(element.decision, decisions, TABLE.advice), mend=mend)
            )
        form = definition.forms.get(element.form)
        findings.extend(records(process, element, form, process.id in many or in_item(process, element)))
        if element.kind == Kind.USER_TASK:
            findings.extend(_owner(definition, process, element))
        if element.kind == Kind.CALL_ACTIVITY:
            findings.extend(_other_phase(definition, process, element))
        for role in element.tellers if element.event is not None else ():
            if role not in definition.settings.roles:
                message = f"De rol '{role}' bij '{element.title}' bestaat niet in regio.yaml."
                advice = meant(role, definition.settings.roles, "Gebruik een rol die in regio.yaml staat.")
                findings.append(ROLE.at(process, element, message, advice))
    return tuple(findings)


def whole(definition: Definition) -> tuple[Finding, ...]:
    """What concerns no single diagram: deadlines, roles and lists."""
    return (*region(definition), *rows(definition), *reopening(definition), *followed(definition), *skipped(definition))


def recursion(definition: Definition) -> tuple[Finding, ...]:
    """Diagrams that call themselves, at once or by way of others."""
    findings = []
    for process in definition.processes.values():
        for element in process.elements.values():
            way = _way(definition, element.called, process.id) if element.kind == Kind.CALL_ACTIVITY else ()
            if way:
                round_trip = " → ".join((process.id, *way))
                message = f"'{element.title}' roept langs een omweg zijn eigen diagram aan ({round_trip})."
                if len(way) == 1:
                    message = f"'{element.title}' roept het diagram aan waar hij zelf in staat."
                advice = "Teken een lus met een keuze en een pijl terug. Dan ziet iedereen waar het ophoudt."
                findings.append(ROUND.at(process, element, message, advice))
    return tuple(findings)


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
    told_only = TOLD | AGAIN if element == process.reopening else TOLD if process.rows_at(element) else None
    allowed = told_only or KNOWN.get(element.kind, frozenset()) | ROWS
    for name, value in element.properties.items():
        if name not in allowed:
            message = f"Bij '{element.title}' staat de eigenschap '{name}'. Die wordt niet gelezen."
            mend = _certain(element.id, Change.RENAME, name, name, allowed - element.properties.keys())
            yield PROPERTY.at(process, element, message, meant(name, allowed, PROPERTY.advice), mend=mend)
        elif name in VALUES and not VALUES[name].issuperset(value.split(",") if name in SEVERAL else (value,)):
            message = f"Bij '{element.title}' is '{name}' gelijk aan '{value}'. Dat betekent niets."
            mend = _certain(element.id, Change.SET, name, value, VALUES[name])
            yield PROPERTY.at(process, element, message, choice(value, VALUES[name]), mend=mend)


def _owner(definition: Definition, process: Process, task: Element) -> Iterator[Finding]:
    properties = task.properties
    if not properties.get("termijn"):
        message = f"'{task.title}' heeft geen termijn: niemand ziet het als deze stap blijft liggen."
        yield TERM.at(process, task, message, "Kies bij 'termijn' een termijn uit regio.yaml.")
    if bool(properties.get("spoed_als")) is not bool(properties.get("termijn_spoed")):
        message = f"Bij '{task.title}' horen 'spoed_als' en 'termijn_spoed' bij elkaar, maar een van de twee ontbreekt."
        advice = "Vul ze allebei in, of haal ze allebei weg. Anders heeft de stap bij spoed geen termijn."
        yield TERM.at(process, task, message, advice)
    if not properties.get("fase"):
        message = f"Bij '{task.title}' staat niet bij welke fase de stap hoort."
        yield PHASE.at(process, task, message, "Vul bij 'fase' de naam van de fase in.", Severity.WARNING)
    elif properties["fase"] not in phases(definition):
        message = f"De fase '{properties['fase']}' bij '{task.title}' bestaat niet."
        listed = ", ".join(sorted(phases(definition)))
        advice = meant(properties["fase"], phases(definition), f"Kies uit: {listed}.")
        mend = _certain(task.id, Change.SET, "fase", properties["fase"], phases(definition))
        yield PHASE.at(process, task, message, advice, mend=mend)


def _other_phase(definition: Definition, process: Process, call: Element) -> Iterator[Finding]:
    """A call that stands for one phase and leads to the steps of another."""
    called = definition.processes.get(call.called)
    inside = (
        {task.properties.get("fase") or task.process for task in called.user_tasks} if called is not None else set()
    )
    if inside and call.properties.get("fase", call.called) not in {call.called, *inside}:
        message = f"'{call.title}' hoort bij de fase '{call.properties['fase']}', maar roept '{call.called}' aan."
        advice = "Kies het diagram van deze fase, of verander de fase."
        yield PHASE.at(process, call, message, advice, Severity.WARNING)


def phases(definition: Definition) -> frozenset[str]:
    """The phases that steps may belong to: each diagram, and what a call, a diagram or several steps say that it is."""
    named = Counter(t.properties.get("fase", "") for p in definition.processes.values() for t in p.user_tasks)
    ids = {*definition.processes, *(name for name, steps in named.items() if steps > 1)}
    for process in definition.processes.values():
        ids.add(process.properties.get("fase", ""))
        ids |= {e.properties.get("fase", "") for e in process.elements.values() if e.kind == Kind.CALL_ACTIVITY}
    return frozenset(ids - {""})
