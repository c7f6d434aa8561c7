"""Reading YAML by hand: what a file holds, or what is wrong with it on which line."""

import json
import re
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

import yaml

from engine.definitions.markup import refuse
from engine.errors import DefinitionError

_SHOWN = 60
_INDENT = "Laat wat bij elkaar hoort even ver inspringen, met spaties."
_QUOTE = "Zet die tekst tussen aanhalingstekens."
_FAULTS = (
    (
        "escape",
        "",
        "Op regel {line} staat een \\ met een teken dat er niet bij kan: {shown}. Schrijf \\\\ voor een \\.",
    ),
    ("constructor", "", f"Op regel {{line}} begint een tekst met een uitroepteken: {{shown}}. {_QUOTE}"),
    ("alias", "", f"Op regel {{line}} staat een * die nergens bij hoort: {{shown}}. {_QUOTE}"),
    ("", "anchor", f"Op regel {{line}} staat een * of & die nergens bij hoort: {{shown}}. {_QUOTE}"),
    (
        "",
        "quoted scalar",
        "Op regel {began} begint een tekst met een aanhalingsteken dat nergens sluit: {shown}. Zet er een achter.",
    ),
    (
        "",
        "flow",
        "Wat op regel {began} met {opened} begint, sluit niet goed: bij regel {line} ontbreekt een komma of {closed}. "
        "Zet er {closed} achter, en een komma tussen de delen.",
    ),
    (
        "mapping values are not allowed",
        "",
        "Op regel {line} staat een dubbele punt waar die niet kan: {shown}. Zet een tekst met een dubbele punt tussen "
        "aanhalingstekens, of kijk de inspringing na.",
    ),
    (
        "expected ':'",
        "",
        "Op regel {began} ontbreekt een dubbele punt: {shown}. Schrijf 'naam: waarde', met een spatie na de dubbele "
        "punt.",
    ),
    (
        "cannot start any token",
        "",
        f"Op regel {{line}} begint een tekst met een teken dat daar niet kan: {{shown}}. {_QUOTE}",
    ),
    ("", "", f"Op regel {{line}} gaat het mis: {{shown}} hoort niet bij de regels ervoor. {_INDENT}"),
)
"""What the parser says (of a problem, of where it began) → what is told."""


class _Constructor(yaml.constructor.SafeConstructor):
    """Makes plain values, and lets no name stand twice: the first would count for nothing without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                line = key.start_mark.line + 1
                if key.value in lines:
                    first = f"De naam '{key.value}' staat op regel {lines[key.value]}, en nog eens op regel {line}"
                    raise _SaidError(f"{first}: de eerste telt dan niet. Voeg ze samen, of haal er een weg.")
                lines[key.value] = line
        return super().construct_mapping(node, deep)


def _day(loader: Any, node: Any) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        message = f"Op regel {node.start_mark.line + 1} staat '{node.value}', en die dag bestaat niet."
        raise _SaidError(f"{message} Kijk de datum na.") from error


class _Loader(_Constructor, yaml.SafeLoader):
    """Says what is wrong in the words of `_FAULTS`."""


class _Quick(_Constructor, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads seven times as fast where libyaml came along, but finds other words, and not for all: see `_quickly`."""


for _loader in (_Loader, _Quick):
    _loader.add_constructor("tag:yaml.org,2002:timestamp", _day)

_UNCLOSED = re.compile(r"""\s*(?:- )?[\w-]+:\s+(?:"[^"]*|'[^']*)$""")
"""A line on which a text begins with a quote that the line doesn't close: in a file that is wrong, where it began."""

_DEEPEST = 1_000
"""How many parts may lie in each other where libyaml reads, which at some ten times that runs out of stack."""


class _SaidError(ValueError):
    """What is wrong, in words that may be told."""


def read_yaml(content: bytes, file: str) -> Any:
    """What a YAML file holds; DefinitionError, with the line, where it can't be read."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"Op regel {line} staat een letter die niet te lezen is. Sla het bestand op als UTF-8."
        raise _unreadable(file, message) from error
    try:
        return _load(text)
    except _SaidError as error:
        raise _unreadable(file, str(error)) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"Op regel {line} staat een onzichtbaar teken dat niet kan. Typ die regel opnieuw."
        raise _unreadable(file, message) from error
    except yaml.YAMLError as error:
        raise _unreadable(file, _fault(error, text)) from error
    except (ValueError, RecursionError) as error:
        message = "Dit bestand is geen leesbare YAML: het zit te diep in elkaar. Maak er minder lagen van."
        raise _unreadable(file, message) from error


def _load(text: str) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(text, object_pairs_hook=_once_each, parse_float=_not_here, parse_constant=_not_here)
    if _quickly(text):
        with suppress(yaml.YAMLError, ValueError):
            return yaml.load(text, _Quick)  # noqa: S506 - it constructs what a SafeLoader does
    return yaml.load(text, _Loader)  # noqa: S506 - it is a SafeLoader


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Settings that were laid over each other are JSON, and so YAML: Python reads that far faster, and the same but for
    a name that stands there twice.
    """
    if len(pairs) != len(entries := dict(pairs)):
        raise ValueError
    return entries


def _not_here(number: str) -> float:
    raise ValueError(number)  # YAML reads some of these as text


def _quickly(text: str) -> bool:
    """Whether libyaml may read a text: it takes tabs and marks that we refuse, and nothing too deep, indented or in
    brackets.
    """
    longest = max(map(len, text.splitlines()), default=0)
    return not {"\t", "\ufeff"} & set(text) and max(longest, text.count("[") + text.count("{")) <= _DEEPEST


def _unreadable(file: str, message: str) -> DefinitionError:
    return refuse(file, "", "yaml", message)


def _fault(error: yaml.YAMLError, text: str) -> str:
    """What is wrong, on which line, and what to do."""
    problem, context = (str(getattr(error, name, "") or "") for name in ("problem", "context"))
    line = _line(error, "problem_mark")
    began = _line(error, "context_mark") or line
    lines = [*text.splitlines(), ""]
    tabbed = [n for n in (line, began) if "\t" in _indent(lines[min(n, len(lines)) - 1])]
    if tabbed or "\\t" in problem:
        return f"Op regel {(*tabbed, line)[0]} staat een tab waar spaties horen. {_INDENT}"
    if unclosed := [n for n, text_ in enumerate(lines[:line], 1) if _UNCLOSED.match(text_)]:
        line = began = unclosed[-1]
        problem, context = "", "quoted scalar"
    said = next(said for p, c, said in _FAULTS if p in problem and c in context)
    in_list = "sequence" in context or ("node" in context and text.rfind("[") > text.rfind("{"))
    opened = "[" if in_list else "{"
    shown = _shown(lines[min(began if "{began}" in said else line, len(lines)) - 1])
    return said.format(line=line, began=began, shown=shown, opened=opened, closed={"[": "]", "{": "}"}[opened])


def _line(error: yaml.YAMLError, name: str) -> int:
    """The line of a mark, from 1; 0 where there is none."""
    mark = getattr(error, name, None)
    return mark.line + 1 if mark is not None else 0


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shown(line: str) -> str:
    """A line between quotes, cut to what fits in a sentence."""
    plain = line.strip()
    return f"“{plain if len(plain) <= _SHOWN else plain[:_SHOWN] + '…'}”"
