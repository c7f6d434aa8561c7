"""What the prover has to tell: cases that get stuck, steps that nobody reaches, and spelregels that are broken."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine import proof
from engine.checks.finding import Finding, Severity, name_of
from engine.definitions import Definition, Process, Settings
from engine.definitions.markup import TASKS
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
    for file in (RULES, OF_REGION):
        if file in definition.files:
            try:
                rules += proof.read_rules(definition.files[file], file)
            except DefinitionError as error:
                problems += error.problems
    verdicts = proof.prove(definition, rules) if rules else ()
    return tuple(f for verdict in verdicts for f in _verdict(definition, verdict)), tuple(problems)


def _verdict(definition: Definition, verdict: proof.Verdict) -> Iterator[Finding]:
    if verdict.outcome == proof.HOLDS:
        return
    place = _last(definition, verdict)
    process = definition.processes.get(place[0])
    source = f" Bron: {verdict.rule.source}." if verdict.rule.source else ""
    yield Finding(
        process.file if process else RULES,
        place[1],
        "spelregel",
        verdict.message,
        Severity.ERROR if verdict.refused else Severity.WARNING,
        name_of(process, place[1]),
        f"{verdict.rule.reason}{source} Teken de weg zo dat dit altijd klopt.",
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
    steps = TASKS - {"userTask", "receiveTask"}
    elements = {
        id: replace(element, kind="manualTask", event=None) if element.kind in steps else element
        for id, element in process.elements.items()
    }
    return Definition(process.id, "", Settings("", ""), {process.id: replace(process, elements=elements)}, {}, {})
