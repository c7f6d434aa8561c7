"""What was proved once in this run, for tests of what is told around a proof; those of the prover don't use it."""

import fcntl
import hashlib
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from engine import proof
from engine.definitions import Definition, Settings
from engine.proof import Finding, Rule, Verdict

RUN_FOLDER = "KNOOPPUNT_TEST_RUN"
"""The variable that names the folder which all processes of this run share."""

_prove, _sound = proof.prove, proof.sound
_answers: dict[str, dict[str, Any]] = {}


@contextmanager
def remembering() -> Iterator[None]:
    """Let the prover look at each drawing, with each rule, the first time in this run only."""
    with patch.object(proof, "prove", _proved), patch.object(proof, "sound", _unsound):
        yield


@contextmanager
def trusting() -> Iterator[None]:
    """Let nothing be proved at all, for tests of what is told about something else than the ways of a drawing."""
    with patch.object(proof, "prove", lambda *_: ()), patch.object(proof, "sound", lambda _: ()):
        yield


def _proved(definition: Definition, rules: Iterable[Rule]) -> tuple[Verdict, ...]:
    bare, asked = _bare(definition), {_words(rule): rule for rule in rules}
    answers = _answered(bare, asked, lambda new: _prove(bare, [asked[words] for words in new]))
    return tuple(answers[words] for words in asked)


def _unsound(definition: Definition) -> tuple[Finding, ...]:
    bare = _bare(definition)
    findings: tuple[Finding, ...] = _answered(bare, ["sound"], lambda _: [_sound(bare)])["sound"]
    return findings


def _answered(
    bare: Definition, questions: Iterable[str], prove: Callable[[list[str]], Iterable[Any]]
) -> Mapping[str, Any]:
    """What is known of a drawing: by this process, by another one that asked before, or because it is proved now."""
    key = hashlib.sha256(_words(bare).encode()).hexdigest()
    known = _answers.setdefault(key, {})
    if not known.keys() >= set(questions):
        file = Path(os.environ[RUN_FOLDER]) / f"{key}.proof"
        with file.open("a+b") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)  # who asks of the same drawing meanwhile waits
            kept.seek(0)
            with suppress(EOFError):
                while True:
                    known |= pickle.load(kept)  # noqa: S301 - written just now, by this run
            new = [question for question in questions if question not in known]
            if new:
                answers = dict(zip(new, prove(new), strict=True))
                pickle.dump(answers, kept)
                known |= answers
    return known


def _words(value: object) -> str:
    """What a value is, in words that are the same in each process: those of a set come in another order in each."""
    if is_dataclass(value):
        return f"{type(value).__name__}({','.join(_words(getattr(value, field.name)) for field in fields(value))})"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{_words(key)}:{_words(part)}' for key, part in value.items())}}}"
    if isinstance(value, Set):
        return f"{{{','.join(sorted(map(_words, value)))}}}"
    if isinstance(value, (tuple, list)):
        return f"({','.join(map(_words, value))})"
    return "" if callable(value) else repr(value)  # how an expression is reckoned follows from its text


def _bare(definition: Definition) -> Definition:
    """What the prover may see of a definition: were it to read more, it would not find that here."""
    settings = Settings("", "", roles=definition.settings.roles, deadlines=definition.settings.deadlines)
    return replace(definition, version="", settings=settings, files={}, overridden=frozenset())
