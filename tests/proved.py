"""What was proved once in this process, for tests of what is told around a proof; those of the prover don't use it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from engine import proof
from engine.definitions import Definition, Settings
from engine.proof import Finding, Rule, Verdict

_verdicts: dict[tuple[str, str], Verdict] = {}
_findings: dict[str, tuple[Finding, ...]] = {}
_prove, _sound = proof.prove, proof.sound


@contextmanager
def remembering() -> Iterator[None]:
    """Let the prover look at each drawing, with each rule, the first time only."""
    with patch.object(proof, "prove", _proved), patch.object(proof, "sound", _unsound):
        yield


def _proved(definition: Definition, rules: Iterable[Rule]) -> tuple[Verdict, ...]:
    bare, asked = _bare(definition), {repr(rule): rule for rule in rules}
    drawing = repr(bare)
    new = {words: rule for words, rule in asked.items() if (drawing, words) not in _verdicts}
    for words, verdict in zip(new, _prove(bare, new.values()), strict=True):
        _verdicts[drawing, words] = verdict
    return tuple(_verdicts[drawing, words] for words in asked)


def _unsound(definition: Definition) -> tuple[Finding, ...]:
    bare = _bare(definition)
    drawing = repr(bare)
    if drawing not in _findings:
        _findings[drawing] = _sound(bare)
    return _findings[drawing]


def _bare(definition: Definition) -> Definition:
    """What the prover may see of a definition: were it to read more, it would not find that here."""
    settings = Settings("", "", roles=definition.settings.roles, deadlines=definition.settings.deadlines)
    return replace(definition, version="", settings=settings, files={}, overridden=frozenset())
