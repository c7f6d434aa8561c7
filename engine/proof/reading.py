"""Spelregels: what a region wants to hold on every path, as its file tells it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine import deadlines
from engine.definitions.yaml_text import read_yaml
from engine.errors import DefinitionError, Problem
from engine.likeness import choice
from engine.proof.rule_kinds import KINDS, RuleKind
from engine.words import Answer


@dataclass(frozen=True)
class Selector:
    """Points at steps: all aspects must fit; an aspect with several values fits with one of them.

    Aspects: id, pijl (flow id), proces, type (BPMN kind), rol (nobody but these may do it), lijst (it is done for
    each item of a list, or turns out to be for none), bericht, melding, klok, onderbreking, einde, vult (columns of
    the register that the form fills, with their fixed value), antwoord, niet; all others are properties.
    `answers` are those to the question of the one column that is named without a value, or to one of `questions` by
    its key; in rows of a list of some row, or of `every_row`.
    """

    aspects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple["Selector", ...] = ()
    answers: frozenset[str] = frozenset()
    questions: tuple[str, ...] = ()
    every_row: bool = False

    @property
    def told(self) -> str:
        """The same as somebody wrote it, on one line."""
        parts = [f"{name}: {' of '.join(values)}" for name, values in self.aspects.items()]
        parts += [
            f"vult {name}" if "*" in values else f"vult {name} {' of '.join(values)}"
            for name, values in self.fills.items()
        ]
        parts += [f"vraag {' of '.join(self.questions)}"] if self.questions else []
        return ", ".join([*parts, *([f"antwoord: {' of '.join(sorted(self.answers))}"] if self.answers else [])])


@dataclass(frozen=True)
class Rule:
    """One spelregel; `expires` undoes an `a` that came before (for precedence), `unless` excuses a `b`.

    `kind` is the name of one of `rule_kinds`. `has` are the properties and `fills` the columns of its register that an
    `every` rule asks of each step; its term may last `at_most` and `at_least` so long: a term, or the name of one.
    `may_be_absent` says that it is no finding where `a` or `b` points at nothing.
    """

    id: str
    name: str
    kind: str
    a: tuple[Selector, ...]
    b: tuple[Selector, ...] = ()
    unless: tuple[Selector, ...] = ()
    expires: tuple[Selector, ...] = ()
    has: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()
    at_most: str = ""
    at_least: str = ""
    reason: str = ""
    source: str = ""
    mandatory: bool = True
    may_be_absent: bool = False


_NAME = re.compile(r"[a-z][a-z0-9_]*")

SOME, EVERY = "some", "every"
"""Of which rows of a list an answer is meant."""

_OF_ONE_KIND = {name: kind.name for kind in KINDS.values() for name in kind.may_have}
_FIELDS = frozenset(
    {
        "id",
        "naam",
        "soort",
        "a",
        "b",
        "tenzij",
        "vervalt",
        "heeft",
        "vult",
        "hoogstens",
        "minstens",
        "reden",
        "bron",
        "verplicht",
        "mag_ontbreken",
    }
)


@lru_cache(maxsize=16)
def read_rules(content: bytes, file: str) -> tuple[Rule, ...]:
    """The rules of a spelregels.yaml. Raises DefinitionError with everything that is wrong."""
    raw = read_yaml(content, file)
    entries = raw.get("spelregels") if isinstance(raw, dict) else raw
    if not isinstance(entries, list):
        raise DefinitionError(
            [
                Problem(
                    file,
                    "",
                    "spelregels",
                    "Onder 'spelregels:' staat geen lijst met regels. Zet voor elke regel een streepje.",
                )
            ]
        )
    problems: list[Problem] = []
    rules: list[Rule] = []
    for number, entry in enumerate(entries, start=1):
        wrong = list(_wrong(entry, {rule.id for rule in rules}))
        where = str(entry.get("id", number)) if isinstance(entry, dict) else str(number)
        problems += [Problem(file, where, "spelregels", f"Spelregel {where}: {text}") for text in wrong]
        if not wrong:
            rules.append(_rule(entry))
    if problems:
        raise DefinitionError(problems)
    return tuple(rules)


def _wrong(entry: Any, taken: set[str]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "dit is geen regel. Schrijf id, naam, soort, a en de rest elk op een eigen regel."
        return
    unknown = sorted(str(key) for key in entry if key not in _FIELDS)
    if unknown:
        listed = ", ".join(f"'{name}'" for name in unknown)
        yield f"hier staat {listed}, en dat wordt niet gelezen. {choice(unknown[0], _FIELDS)}"
    for name in ("id", "naam", "reden"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            yield f"'{name}' ontbreekt."
    if str(entry.get("id")) in taken:
        yield "dit id komt twee keer voor."
    kind = KINDS.get(str(entry.get("soort")))
    if kind is None:
        yield f"soort '{entry.get('soort')}' bestaat niet. {choice(str(entry.get('soort')), KINDS)}"
        return
    for name in kind.needs:
        if not entry.get(name):
            yield f"bij soort {kind.name} hoort ook '{name}'."
    for name in ("a", "b", "tenzij", "vervalt"):
        yield from (f"{name}: {text}" for given in _listed(entry.get(name)) for text in _wrong_selector(given))
    yield from _wrong_words(entry, kind)


def _wrong_words(entry: Mapping[str, Any], kind: RuleKind) -> Iterator[str]:
    for name in ("verplicht", "mag_ontbreken"):
        if name in entry and _text(entry[name]) not in tuple(Answer):
            yield f"'{name}' is ja of nee."
    if kind.one_of:
        asked = [item for name in kind.one_of for item in _listed(entry.get(name))]
        if not (asked and all(isinstance(item, str) and item for item in asked)):
            yield (
                f"bij soort {kind.name} hoort 'heeft' met eigenschappen zoals rol of termijn, 'vult' met kolommen, "
                "of 'hoogstens' of 'minstens' met een termijn."
            )
    for name in ("hoogstens", "minstens"):
        if name in entry and not (deadlines.valid(str(entry[name])) or _NAME.fullmatch(str(entry[name]))):
            yield f"'{name}' is een termijn, zoals 2 werkdagen of P14D, of de naam van een termijn in regio.yaml."
    for name in sorted(entry.keys() & _OF_ONE_KIND.keys()):
        if name not in kind.may_have:
            yield f"'{name}' hoort alleen bij soort {_OF_ONE_KIND[name]}."
    if kind.tells and any(isinstance(b, dict) and "bericht" not in b for b in _listed(entry.get("b"))):
        yield f"bij soort {kind.name} wijst 'b' een bericht aan, zoals {{bericht: toestemming_ingetrokken}}."


def _wrong_selector(given: Any) -> Iterator[str]:
    if not isinstance(given, dict) or not given:
        yield "schrijf een of meer kenmerken, zoals {register: toestemming}."
        return
    if "vult" in given and not isinstance(given["vult"], (dict, list, str)):
        yield "'vult' is een kolom van het register, of kolommen met hun vaste waarde."
    for inner in _listed(given.get("niet")):
        yield from _wrong_selector(inner)
    if any(not isinstance(item, (str, bool)) for item in _listed(given.get("antwoord"))):
        yield "'antwoord' is een antwoord, zoals ja, of een lijst van antwoorden."
    if any(name in given and "antwoord" not in given for name in ("vraag", "regels")):
        yield "'vraag' en 'regels' horen bij een 'antwoord'."
    if given.get("regels", SOME) not in (SOME, EVERY):
        yield f"'regels' is {SOME}, als een regel genoeg is, of {EVERY}, als het voor elke regel zo moet zijn."


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        name=entry["naam"],
        kind=entry["soort"],
        a=_selectors(entry.get("a")),
        b=_selectors(entry.get("b")),
        unless=_selectors(entry.get("tenzij")),
        expires=_selectors(entry.get("vervalt")),
        has=tuple(_text(item) for item in _listed(entry.get("heeft"))),
        fills=tuple(_text(item) for item in _listed(entry.get("vult"))),
        at_most=str(entry.get("hoogstens", "")),
        at_least=str(entry.get("minstens", "")),
        reason=entry["reden"].strip(),
        source=str(entry.get("bron", "")),
        mandatory=_text(entry.get("verplicht", Answer.YES)) == Answer.YES,
        may_be_absent=_text(entry.get("mag_ontbreken", Answer.NO)) == Answer.YES,
    )


def _selectors(given: Any) -> tuple[Selector, ...]:
    return tuple(_selector(item) for item in _listed(given))


def _selector(given: Mapping[str, Any]) -> Selector:
    fills = given.get("vult", {})
    if not isinstance(fills, dict):
        fills = dict.fromkeys(_listed(fills), "*")
    return Selector(
        aspects={
            str(key): tuple(_text(item) for item in _listed(value))
            for key, value in given.items()
            if key not in ("vult", "antwoord", "vraag", "regels", "niet")
        },
        fills={str(key): tuple(_text(item) for item in _listed(value)) for key, value in fills.items()},
        excluded=_selectors(given.get("niet")),
        answers=frozenset(_text(item) for item in _listed(given.get("antwoord"))),
        questions=tuple(_text(item) for item in _listed(given.get("vraag"))),
        every_row=given.get("regels") == EVERY,
    )


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _text(value: Any) -> str:
    return str(Answer.YES if value else Answer.NO) if isinstance(value, bool) else str(value)
