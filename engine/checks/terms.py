"""Deadlines that a region gives under a name that nothing asks for: typed wrong, they don't count."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from engine.checks.region import terms_in_use
from engine.checks.rule import Change, Finding, Mend, Rule, Topic
from engine.definitions import Definition
from engine.definitions.settings import mapping
from engine.likeness import certain, meant

FIELDS = frozenset({"duur", "vanaf", "bron", "uitleg", "reden", "anders"})


UNUSED = Rule(
    "termijn_ongebruikt",
    Topic.REFERENCES,
    "Elke termijn in regio.yaml wordt door een stap of een klok gebruikt, en elk woord erbij wordt gelezen.",
    "Een termijn onder een verkeerde naam telt niet: de stap houdt dan de oude.",
    "Verander de naam, of haal hem weg.",
    wrong={"regio.yaml": "termijnen: {kort: P14D, korrt: P21D}"},
    right={"regio.yaml": "termijnen: {kort: P21D}"},
)


def terms(content: bytes, general: bytes, definitions: Iterable[Definition], file: str) -> tuple[Finding, ...]:
    """What a regio.yaml says under `termijnen` that no process uses, where `general` doesn't know it either."""
    used = frozenset().union(*(terms_in_use(definition) for definition in definitions))
    names = frozenset(used | _termijnen(general).keys())
    return tuple(_strange(_termijnen(content), names if content != general else used, file))


def _termijnen(content: bytes) -> Mapping[str, Any]:
    given = mapping(content, "regio.yaml").get("termijnen")
    return {str(name): value for name, value in given.items()} if isinstance(given, dict) else {}


def _strange(given: Mapping[str, Any], names: frozenset[str], file: str) -> Iterator[Finding]:
    for name, value in given.items():
        if name not in names:
            message = f"Geen stap gebruikt de termijn '{name}'. Wat daar staat, telt dus niet."
            near = certain(name, names - given.keys())
            yield _told(
                file, name, message, name, names, Mend("termijnen", Change.RENAME, name, near) if near else None
            )
        for part in map(str, value if isinstance(value, dict) else ()):
            if part not in FIELDS:
                message = f"Bij de termijn '{name}' staat '{part}'. Dat wordt niet gelezen."
                near = certain(part, FIELDS - {*map(str, value)})
                mend = Mend(f"termijnen.{name}", Change.RENAME, part, near) if near else None
                yield _told(file, name, message, part, FIELDS, mend)


def _told(
    file: str, name: str, message: str, written: str, names: Collection[str], mend: Mend | None = None
) -> Finding:
    return UNUSED.breach(file, f"termijnen.{name}", message, meant(written, names, UNUSED.advice), mend=mend)
