"""What the prover has to tell: cases that get stuck, steps that nobody reaches, and spelregels that are broken."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from engine import proof
from engine.checks.finding import Finding, name_of
from engine.checks.rule import Severity
from engine.definitions import Definition, Process, Settings
from engine.definitions.kinds import ACTIVITIES, SUB_PROCESSES, EventKind, Kind
from engine.errors import DefinitionError, Problem

RULES = "spelregels.yaml"
OF_REGION = "spelregels.regio.yaml"
"""What a region adds; the rules that hold everywhere go on holding beside it."""

_ADVICE: Mapping[str, str] = {
    "vast": "Loop de weg na die hieronder staat, en geef hem een pijl naar een einde.",
    "rondje": "Geef de lus een uitgang naar een einde.",
    "nooit": "Verbind hem zo dat een casus er kan komen, of haal hem weg.",
    "dubbel": "",
    "fout": "Vang de fout op aan de rand van het deelproces, of gebruik een gewoon einde.",
    "te_groot": "Knip dit deel in twee diagrammen. Dan kan elk deel wel worden nagegaan.",
}
_NOWHERE = "Zet de stap terug, zoals in het voorbeeldproces, of geef hem weer de kenmerken die de regel aanwijst."
_UNDECIDED = "Knip dit deel in kleinere diagrammen. Dan kan het wel worden nagegaan."


def soundness(definition: Definition) -> tuple[Finding, ...]:
    """Dead ends, dead steps and endless rounds, each with a way to get there."""
    return tuple(
        Finding(
            definition.processes[found.process].file,
            found.element,
            found.rule,
            found.message,
            Severity.ERROR,  # also where it can't be decided: what isn't proved doesn't run
            name_of(definition.processes[found.process], found.element),
            _ADVICE.get(found.rule, ""),
            _places(definition, found.marked),
            found.story,
        )
        for found in proof.sound(definition)
    )


def spelregels(definition: Definition) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
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
    found = [_silence(definition, message, verdict) for message, verdict in lost.items()]
    told = [v for v in verdicts if v.outcome != proof.HOLDS and not lost.keys() & _messages(v.rule)]
    return (*found, *(_verdict(definition, verdict, own) for verdict in told)), tuple(problems)


def _messages(rule: proof.Rule) -> frozenset[str]:
    """The messages that a rule rests on."""
    return frozenset(name for one in (*rule.a, *rule.b) for name in one.aspects.get("bericht", ()) if name != "*")


def _lost(definition: Definition, verdicts: Iterable[proof.Verdict]) -> Mapping[str, proof.Verdict]:
    """The messages that nothing listens to, each with the worst verdict on a rule that rests on it."""
    events = [e.event for p in definition.processes.values() for e in p.elements.values() if e.event is not None]
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
    return Finding(
        process.file,
        process.id,
        "spelregel",
        f"In dit proces luistert niets meer naar het bericht '{message}'.",
        Severity.ERROR if verdict.refused else Severity.WARNING,
        process.name,
        f"Zet de gebeurtenis terug, zoals in het voorbeeldproces. {verdict.rule.reason}",
    )


def _verdict(definition: Definition, verdict: proof.Verdict, own: Collection[str]) -> Finding:
    """A broken rule; one that points at nothing is told where a step is gone, or in the file of the region's `own`."""
    place = _last(definition, verdict)
    if not place[0] and verdict.rule.id not in own:
        place = (definition.id, definition.id)
    process = definition.processes.get(place[0])
    source = f" Bron: {verdict.rule.source}." if verdict.rule.source else ""
    others = {proof.NOWHERE: _NOWHERE, proof.UNDECIDED: _UNDECIDED}
    return Finding(
        process.file if process else OF_REGION,
        place[1],
        "spelregel",
        verdict.message,
        Severity.ERROR if verdict.refused else Severity.WARNING,
        name_of(process, place[1]),
        f"{verdict.rule.reason}{source} {others.get(verdict.outcome) or proof.KINDS[verdict.rule.kind].mend}",
        _places(definition, verdict.marked),
        verdict.story,
    )


def _last(definition: Definition, verdict: proof.Verdict) -> tuple[str, str]:
    """Where a rule is broken: the last element of the path, or the first that lacks something."""
    for step in reversed(verdict.path):
        for _, process, id in reversed(step):
            known = definition.processes.get(process)
            if known is not None and (id in known.elements or id in known.flows):
                return process, id
    return next(((process, min(ids)) for process, ids in verdict.marked.items() if ids), ("", verdict.rule.id))


def _places(definition: Definition, marked: Mapping[str, frozenset[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((definition.processes[p].file, id) for p, ids in sorted(marked.items()) for id in sorted(ids))


def by_itself(process: Process) -> Definition:
    """A diagram without its surroundings, to be played: what it calls, and tasks of any kind, are steps."""
    steps = (ACTIVITIES - SUB_PROCESSES) - {Kind.USER_TASK, Kind.RECEIVE_TASK}
    elements = {
        id: replace(element, kind=Kind.MANUAL_TASK, event=None) if element.kind in steps else element
        for id, element in process.elements.items()
    }
    return Definition(process.id, "", Settings("", ""), {process.id: replace(process, elements=elements)}, {}, {})
