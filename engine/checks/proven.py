"""What the prover has to tell: cases that get stuck, steps that nobody reaches, and spelregels that are broken."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from engine import proof
from engine.checks.finding import from_problem, name_of
from engine.checks.rule import Finding, Rule, Severity, Topic, rule_of
from engine.definitions import Definition, Element, Event, Process, Settings
from engine.definitions.kinds import ACTIVITIES, SUB_PROCESSES, EventKind, Kind
from engine.errors import DefinitionError, Problem
from engine.likeness import likely

RULES = "spelregels.yaml"
OF_REGION = "spelregels.regio.yaml"
"""What a region adds; the rules that hold everywhere go on holding beside it."""

_BEFORE = """
spelregels:
- id: eerst_bellen
  naam: Eerst bellen, dan helpen
  soort: precedence
  a: {id: bellen}
  b: {id: helpen}
  reden: Er wordt eerst met het gezin gesproken.
  bron: aanname
"""
_WAY = "Een casus die vastloopt, blijft liggen zonder dat iemand iets te doen krijgt. Dan wacht een gezin voor niets."

STUCK = Rule(
    "vast",
    Topic.WAYS,
    "Elke casus kan bij een einde komen.",
    _WAY,
    "Loop de weg na die hieronder staat, en geef hem een pijl naar een einde.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > samen+ > klaar\nwil_het >nee*> later > samen',
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > samen? > klaar\n'
    'wil_het >nee*> later > samen\nsamen: name=""',
)
ENDLESS = Rule(
    "rondje",
    Topic.WAYS,
    "Elke lus heeft een uitgang.",
    _WAY,
    "Geef de lus een uitgang naar een einde.",
    wrong='begin > vragen > wil_het?\nwil_het >ja [=wil = "ja"]> weer? > bellen > weer\n'
    'wil_het >nee*> klaar\nweer: name=""',
    right='begin > weer? > bellen > nog_eens?\nweer: name=""\nnog_eens >ja [=wil = "ja"]> weer\nnog_eens >nee*> klaar',
)
NEVER = Rule(
    "nooit",
    Topic.WAYS,
    "Bij elke stap kan een casus komen.",
    "Een stap waar niemand komt, staat wel in de handreiking. Wie hem leest, rekent op iets dat nooit gebeurt.",
    "Verbind hem zo dat een casus er kan komen, of haal hem weg.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > wil_nog?\nwil_het >nee*> klaar_zonder\n'
    "helpen: manualTask\n"
    'wil_nog >nee [=wil = "nee"]> later > klaar_later\nwil_nog >ja*> klaar',
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    silenced_by=frozenset({"geen_pijl_erin", "geen_pijl_naar_einde", "geen_pijl_naar_rondje"}),
)
TWICE = Rule(
    "dubbel",
    Topic.WAYS,
    "Een stap wordt niet twee keer begonnen doordat twee wegen tegelijk bij hem aankomen.",
    "Wie een taak twee keer krijgt, weet niet welke telt.",
    "Voeg de wegen eerst samen met een plusteken.",
    wrong="begin > bellen > samen+ > een > bezoeken > klaar\nsamen > twee > bezoeken",
    right="begin > bellen > samen+ > een > weer+ > bezoeken > klaar\nsamen > twee > weer",
)
UNCAUGHT = Rule(
    "fout",
    Topic.WAYS,
    "Een einde met een fout wordt ergens opgevangen.",
    "Een fout die niemand opvangt, stopt de hele casus.",
    "Vang de fout op aan de rand van het deelproces, of gebruik een gewoon einde.",
    wrong="begin > bellen > klaar\nklaar: endEvent error=mislukt",
    right="begin > bellen > klaar",
)
UNDECIDED = Rule(
    "te_groot",
    Topic.WAYS,
    "Een diagram is klein genoeg om alle wegen na te gaan.",
    "Wat niet is na te gaan, mag geen gezin raken.",
    "Knip dit deel in twee diagrammen. Dan kan elk deel wel worden nagegaan.",
    wrong="",
    right="",
)
SPELREGEL = Rule(
    "spelregel",
    Topic.SPELREGELS,
    "Elke spelregel geldt op elke weg door het diagram.",
    "Spelregels beschermen gezinnen. Ze gelden op elke weg door het diagram, ook op een weg die je zelden neemt.",
    "Verander het diagram zo dat de regel op elke weg geldt.",
    wrong={"spelregels.yaml": _BEFORE, "proef.bpmn": "begin > helpen > bellen > klaar"},
    right={"spelregels.yaml": _BEFORE, "proef.bpmn": "begin > bellen > helpen > klaar"},
)
_ANSWERED = 'begin > bellen > wil_het?\nwil_het >nee*> klaar_zonder\nwil_het >ja [=wil = "ja"]> helpen > klaar'
WHICH = Rule(
    "spelregel_vraag",
    Topic.SPELREGELS,
    "Een spelregel over een antwoord zegt bij welke vraag dat antwoord hoort.",
    "Op een formulier staan meer vragen. Een ja op een andere vraag telt anders mee, en dan klopt de regel niet.",
    "Noem in de regel bij 'vult' de kolom van het register, of bij 'vraag' de sleutel van de vraag.",
    wrong={"spelregels.yaml": _BEFORE.replace("bellen}", "bellen, antwoord: ja}"), "proef.bpmn": _ANSWERED},
    right={"spelregels.yaml": _BEFORE.replace("bellen}", "bellen, vraag: wil, antwoord: ja}"), "proef.bpmn": _ANSWERED},
)
_NOWHERE = "Zet de stap terug, zoals in het voorbeeldproces, of geef hem weer de kenmerken die de regel aanwijst."
_UNDECIDED = "Knip dit deel in kleinere diagrammen. Dan kan het wel worden nagegaan."


def soundness(definition: Definition) -> tuple[Finding, ...]:
    """Dead ends, dead steps and endless rounds, each with a way to get there."""
    return tuple(
        rule_of(finding.rule).breach(
            definition.processes[finding.process].file,
            finding.element,
            finding.message,
            name=name_of(definition.processes[finding.process], finding.element),
            places=_places(definition, finding.marked),
            story=finding.story,
        )
        for finding in proof.sound(definition)
    )


def spelregels(definition: Definition) -> tuple[Finding, ...]:
    """The rules that a definition breaks, those that can't be decided, and what is wrong in the rules themselves."""
    rules: list[proof.Rule] = []
    problems: list[Problem] = []
    own: set[str] = set()
    for file in (RULES, OF_REGION):
        if file in definition.files:
            try:
                read = proof.read_rules(definition.files[file], file)
                rules += read
                own |= {rule.id for rule in read if file == OF_REGION}
            except DefinitionError as error:
                problems += error.problems
    verdicts = proof.prove(definition, rules) if rules else ()
    lost = _lost(definition, verdicts)
    silences = [_silence(definition, message, verdict) for message, verdict in lost.items()]
    vague = proof.vague(definition, rules)
    broken = [v for v in verdicts if v.outcome != proof.HOLDS and not lost.keys() & _messages(v.rule)]
    unread = (from_problem(problem, {}) for problem in problems)
    breaches = (_verdict(definition, verdict, own) for verdict in broken if verdict.rule.id not in vague)
    unclear = (_which(definition, rule, vague[rule.id]) for rule in rules if rule.id in vague)
    return (*silences, *unclear, *breaches, *unread)


def _which(definition: Definition, rule: proof.Rule, step: Element) -> Finding:
    """A rule that doesn't say which answer it means, told at a step that asks for more than one."""
    return WHICH.at(
        definition.processes[step.process],
        step,
        f"De spelregel '{rule.name}' zegt niet bij welke vraag van '{step.title}' het antwoord hoort.",
        severity=Severity.ERROR if rule.mandatory else Severity.WARNING,
    )


def _messages(rule: proof.Rule) -> frozenset[str]:
    """The messages that a rule rests on."""
    return frozenset(
        name for selector in (*rule.a, *rule.b) for name in selector.aspects.get("bericht", ()) if name != "*"
    )


def _lost(definition: Definition, verdicts: Iterable[proof.Verdict]) -> Mapping[str, proof.Verdict]:
    """The messages that nothing listens to, each with the worst verdict on a rule that rests on it."""
    events = [
        e.event
        for p in definition.processes.values()
        for e in p.elements.values()
        if e.event is not None and not p.rows_at(e)
    ]
    heard = {part.name for event in events for part in (event.parts or (event,)) if part.kind == EventKind.MESSAGE}
    lost: dict[str, proof.Verdict] = {}
    for verdict in verdicts:
        for message in _messages(verdict.rule) - heard if verdict.outcome != proof.HOLDS else ():
            if message not in lost or verdict.refused > lost[message].refused:
                lost[message] = verdict
    return lost


def _silence(definition: Definition, message: str, verdict: proof.Verdict) -> Finding:
    """A message without an event, told on the diagram that still speaks of it, or else on the first."""
    speaks = re.compile(rf"""name=["']{re.escape(message)}["']""".encode())
    processes = [p for p in definition.processes.values() if speaks.search(definition.files[p.file])]
    process = (processes or [definition.root])[0]
    return SPELREGEL.breach(
        process.file,
        process.id,
        f"In dit proces luistert niets meer naar het bericht '{message}'.",
        name=process.name,
        advice=f"Zet de gebeurtenis terug, zoals in het voorbeeldproces. {verdict.rule.reason}",
        severity=Severity.ERROR if verdict.refused else Severity.WARNING,
    )


def _verdict(definition: Definition, verdict: proof.Verdict, own: Collection[str]) -> Finding:
    """A broken rule; one that points at nothing is told where a step is gone, or in the file of the region's `own`."""
    place = _last(definition, verdict)
    if not place[0] and verdict.rule.id not in own:
        place = (definition.id, definition.id)
    process = definition.processes.get(place[0])
    source = f" Bron: {verdict.rule.source}." if verdict.rule.source else ""
    meant = _meant(definition, verdict.rule)
    others = {proof.NOWHERE: _NOWHERE, proof.UNDECIDED: _UNDECIDED}
    mend = others.get(verdict.outcome) or proof.KINDS[verdict.rule.kind].mend
    return SPELREGEL.breach(
        process.file if process else OF_REGION,
        place[1],
        verdict.message,
        name=name_of(process, place[1]),
        advice=f"{meant}{verdict.rule.reason}{source} {mend}",
        severity=Severity.ERROR if verdict.refused else Severity.WARNING,
        places=_places(definition, verdict.marked),
        story=verdict.story,
    )


def _meant(definition: Definition, rule: proof.Rule) -> str:
    """The name that somebody meant who wrote one in a rule that nothing has; "" where all stand there or none is like
    it.
    """
    for word, names in _written(definition, rule):
        if word not in names and (near := likely(word, {*names} - {""})):
            return f"De regel zegt '{word}', en dat is er niet. Bedoelde je '{near}'? "
    return ""


def _written(definition: Definition, rule: proof.Rule) -> Iterator[tuple[str, Collection[str]]]:
    """The names by which a rule points at steps, each with those that there are."""
    elements = [element for process in definition.processes.values() for element in process.elements.values()]
    questions = [field for form in definition.forms.values() for field in form.input_fields()]
    asked = [*questions, *(inner for question in questions for inner in question.fields)]
    columns = {question.properties.get("register", "") for question in asked}
    heard = {element.event.name for element in elements if element.event is not None}
    named = {
        "id": {element.id for element in elements},
        "einde": {element.id for element in elements},
        "pijl": {id for process in definition.processes.values() for id in process.flows},
        "proces": {*definition.processes},
        "fase": {*definition.processes},
        "type": {str(element.kind) for element in elements},
        "rol": {*definition.settings.roles},
        "bericht": heard,
        "melding": heard,
    }
    for name, value in ((name, value) for element in elements for name, value in element.properties.items()):
        named.setdefault(name, set()).add(value)
    for selector in (*rule.a, *rule.b, *rule.expires):
        yield from ((name, named) for name in selector.aspects if name not in named)
        yield from ((value, named.get(name, ())) for name, values in selector.aspects.items() for value in values)
        yield from ((column, columns) for column in selector.fills)
        yield from ((key, {question.key for question in asked}) for key in selector.questions)


def _last(definition: Definition, verdict: proof.Verdict) -> tuple[str, str]:
    """Where a rule is broken: the last element of the path, or the first that lacks something."""
    for step in reversed(verdict.path):
        for _, process, id in reversed(step):
            drawn = definition.processes.get(process)
            if drawn is not None and (id in drawn.elements or id in drawn.flows):
                return process, id
    return next(((process, min(ids)) for process, ids in verdict.marked.items() if ids), ("", verdict.rule.id))


def _places(definition: Definition, marked: Mapping[str, frozenset[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((definition.processes[p].file, id) for p, ids in sorted(marked.items()) for id in sorted(ids))


def by_itself(process: Process) -> Definition:
    """A diagram without its surroundings, to be played: what it calls, and tasks of any kind, are steps, and what
    another process would start it by is a plain start.
    """
    triggers = process.triggers - {process.reopening.id if process.reopening is not None else ""}
    elements = {id: _plain(element, id in triggers) for id, element in process.elements.items()}
    return Definition(process.id, "", Settings("", ""), {process.id: replace(process, elements=elements)}, {}, {})


def _plain(element: Element, triggers: bool) -> Element:
    if element.kind == Kind.START_EVENT and triggers:
        return replace(element, event=Event(EventKind.NONE))
    if element.kind in (ACTIVITIES - SUB_PROCESSES) - {Kind.USER_TASK, Kind.RECEIVE_TASK}:
        return replace(element, kind=Kind.MANUAL_TASK, event=None)
    return element
