"""FEEL text → a tree of frozen nodes, or a FeelError that says where it stops and what to write instead."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from engine.errors import KnooppuntError
from engine.feel.functions import FUNCTIONS, Function
from engine.feel.patterns import FLAGS, PatternError, compile_pattern
from engine.feel.values import parse_at, parse_number

MAX_TEXT = 5_000
MAX_DEPTH = 100
PARTIAL = "partial"
"""The name under which the body of a `for` finds what it gave so far."""


class FeelError(KnooppuntError):
    """An expression that can't be read or may not go on; `position` counts characters from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of an expression: its kind, what it says by itself, and the pieces below it.

    `size` counts the nodes from here down, `depth` the levels; both are bounded.
    """

    kind: str
    at: int
    value: Any = None
    parts: tuple["Node", ...] = ()
    size: int = 1
    depth: int = 1


def parse_expression(text: str) -> Node:
    """Read one expression."""
    return _parse(text, "start")


def parse_tests(text: str) -> Node:
    """Read the unary tests of a decision cell; `-` and an empty cell fit everything."""
    if text.strip() in {"", "-"}:
        return Node("tests", 0)
    return _parse(text, "unary")


def _parse(text: str, start: str) -> Node:
    if len(text) > MAX_TEXT:
        raise FeelError(
            f"Deze expressie is te lang ({len(text)} tekens). Schrijf er een van hoogstens {MAX_TEXT} tekens."
        )
    try:
        return _parser().parse(text, start=start)  # type: ignore[return-value]  # the transformer makes Nodes
    except UnexpectedInput as problem:
        raise _explain(text, problem) from problem


@cache
def _parser() -> Lark:
    spaced = sorted((name for name in FUNCTIONS if " " in name), key=len, reverse=True)
    words = "|".join(name.replace(" ", r"\s+") for name in spaced)
    grammar = files(__package__).joinpath("feel.lark").read_text("utf-8")
    return Lark(
        f"{grammar}\nBUILTIN.3: /({words})(?=\\s*\\()/\n",
        parser="lalr",
        lexer="basic",
        start=["start", "unary"],
        transformer=_Builder(),
        propagate_positions=False,
    )


def _node(kind: str, at: int, value: Any, parts: Sequence[Node]) -> Node:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise FeelError("Deze expressie zit te diep in elkaar. Verdeel haar over meer stappen.", at)
    return Node(kind, at, value, tuple(parts), 1 + sum(part.size for part in parts), depth)


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.S)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "'": "'"}


def _unquote(token: Token) -> str:
    def replaced(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "uU" and len(code) > 1:
            return chr(int(code[1:], 16)) if int(code[1:], 16) < 0x110000 else "\ufffd"
        return _ESCAPED.get(code, match[0])

    text = _ESCAPE.sub(replaced, token[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # \ud83d\ude00 is one character


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Builds the nodes while the parser reduces, so that no tree of the parser's own is ever walked."""

    def start(self, body: Node) -> Node:
        return body

    def unary(self, body: Node) -> Node:
        return body

    def number(self, token: Token) -> Node:
        return Node("literal", token.start_pos or 0, parse_number(token))

    def string(self, token: Token) -> Node:
        return Node("literal", token.start_pos or 0, _unquote(token))

    def constant(self, token: Token) -> Node:
        return Node("literal", token.start_pos or 0, {"true": True, "false": False, "null": None}[token])

    def at_literal(self, token: Token) -> Node:
        at = token.start_pos or 0
        _within_calendar(token[2:-1], at)
        value = parse_at(token[2:-1])
        if value is None:
            raise FeelError(
                f"{token} is geen datum, tijd of duur. Schrijf bijvoorbeeld"
                ' @"2026-03-01", @"09:30:00", @"2026-03-01T09:30:00" of @"P14D".',
                at,
            )
        return Node("literal", at, value)

    def name(self, token: Token) -> Node:
        return Node("name", token.start_pos or 0, str(token))

    def path(self, source: Node, key: Token) -> Node:
        return _node("path", key.start_pos or 0, " ".join(key.split()), [source])

    def filter(self, source: Node, test: Node) -> Node:
        return _node("filter", test.at, None, [source, test])

    def choice(self, condition: Node, yes: Node, no: Node) -> Node:
        return _node("choice", condition.at, None, [condition, yes, no])

    def iterator(self, name: Token, source: Node) -> Node:
        return _node("iterator", name.start_pos or 0, str(name), [source])

    def steps(self, low: Node, high: Node) -> Node:
        return _node("steps", low.at, None, [low, high])

    def iterators(self, *nodes: Node) -> tuple[Node, ...]:
        return nodes

    def loop(self, iterators: tuple[Node, ...], body: Node) -> Node:
        return _node("loop", body.at, None, [*iterators, body])

    def quantified(self, word: Token, iterators: tuple[Node, ...], body: Node) -> Node:
        return _node("quantified", word.start_pos or 0, str(word), [*iterators, body])

    def disjunction(self, *parts: Node) -> Node:
        return _node("or", parts[0].at, None, parts)

    def conjunction(self, *parts: Node) -> Node:
        return _node("and", parts[0].at, None, parts)

    def compare(self, left: Node, sign: Token, right: Node) -> Node:
        return _node("compare", sign.start_pos or 0, str(sign), [left, right])

    def between(self, value: Node, low: Node, high: Node) -> Node:
        return _node("between", value.at, None, [value, low, high])

    def within(self, value: Node, tests: Node) -> Node:
        return _node("within", value.at, None, [value, tests])

    def test(self, sign: Token, operand: Node) -> Node:
        return _node("test", sign.start_pos or 0, str(sign), [operand])

    def alternatives(self, *tests: Node) -> Node:
        return _node("tests", tests[0].at, None, tests)

    def tests(self, *tests: Node) -> Node:
        return _node("tests", tests[0].at, None, tests)

    def negated(self, tests: Node) -> Node:
        return _node("negated", tests.at, None, [tests])

    def instance(self, value: Node, token: Token) -> Node:
        kind = " ".join(token.split()[2:])
        if kind not in TYPES:
            raise FeelError(f"Het type “{kind}” bestaat niet. Kies uit: {', '.join(TYPES)}.", token.start_pos or 0)
        return _node("instance", value.at, kind, [value])

    def arithmetic(self, left: Node, sign: Token, right: Node) -> Node:
        return _node("arithmetic", sign.start_pos or 0, str(sign), [left, right])

    def negative(self, sign: Token, value: Node) -> Node:
        return _node("negative", sign.start_pos or 0, None, [value])

    def interval(self, opening: Token, low: Node, high: Node, closing: Token) -> Node:
        return _node("interval", opening.start_pos or 0, (opening == "[", closing == "]"), [low, high])

    def argument_name(self, *words: Token) -> Token:
        return words[0].update(value=" ".join(words))

    def named(self, name: Token, value: Node) -> Node:
        return _node("named", name.start_pos or 0, str(name), [value])

    def arguments(self, *nodes: Node) -> tuple[Node, ...]:
        return nodes

    def ordering(self, first: Token, second: Token, body: Node) -> Node:
        return _node("ordering", first.start_pos or 0, (str(first), str(second)), [body])

    def call(self, name: Token, arguments: tuple[Node, ...] | None = None) -> Node:
        at = name.start_pos or 0
        word = " ".join(name.split())
        function = FUNCTIONS.get(word)
        if function is None:
            raise FeelError(_unknown_function(word), at)
        given = _in_place(function, arguments or (), at)
        if not function.accepts(len(given)):
            raise FeelError(f"De functie {word} krijgt {function.wants()}, maar hier {_count(len(given))}.", at)
        _look_over(function, given)
        return _node("call", at, function, given)

    def list(self, items: tuple[Node, ...] | None = None) -> Node:
        return _node("list", items[0].at if items else 0, None, items or ())

    def entry(self, key: Token, value: Node) -> Node:
        return _node("entry", key.start_pos or 0, _unquote(key) if key.type == "STRING" else str(key), [value])

    def entries(self, *nodes: Node) -> tuple[Node, ...]:
        keys: set[str] = set()
        for node in nodes:
            if node.value in keys:
                raise FeelError(f"“{node.value}” staat hier twee keer. Geef elk deel een eigen naam.", node.at)
            keys.add(node.value)
        return nodes

    def context(self, entries: tuple[Node, ...] | None = None) -> Node:
        return _node("context", entries[0].at if entries else 0, None, entries or ())


TYPES = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
    "list",
    "context",
    "Any",
)


def _in_place(function: Function, arguments: Sequence[Node], at: int) -> Sequence[Node]:
    """Put arguments with a name in the place of that name; what is left out between them is null."""
    named = [node for node in arguments if node.kind == "named"]
    if not named:
        return arguments
    if len(named) < len(arguments):
        raise FeelError(f"Geef bij {function.name} alle waarden een naam, of geen.", at)
    places = {}
    for node in named:
        place = function.place(node.value)
        if place is None:
            known = ", ".join(function.names).replace("|", " of ") or "geen"
            raise FeelError(f"De functie {function.name} kent “{node.value}” niet. Kies uit: {known}.", node.at)
        places[place] = node.parts[0]
    missing = [place for place in range(function.least) if place not in places]
    if missing or len(places) < len(named):
        said = function.names[missing[0]] if missing else named[-1].value
        raise FeelError(f"De functie {function.name} krijgt “{said}” {'niet' if missing else 'twee keer'}.", at)
    return [places.get(place) or Node("literal", at) for place in range(max(places) + 1)]


_FAR = "Knooppunt rekent met de jaren 1 tot en met 9999. Schrijf een jaar van vier cijfers."
_OUTSIDE_CALENDAR = re.compile(r"-\d{4,9}-\d\d-\d\d|\d{5,9}-\d\d-\d\d", re.ASCII)
_TOO_FINE = re.compile(r"\d\d:\d\d:\d\d\.\d{6}\d*[1-9]", re.ASCII)


def _within_calendar(text: str, at: int) -> None:
    """Refuse a moment that the standard knows and we can't hold: it would be null, or another one."""
    if _OUTSIDE_CALENDAR.match(text):
        raise FeelError(_FAR, at)
    if _TOO_FINE.search(text):
        raise FeelError("Knooppunt rekent tot op een miljoenste seconde. Schrijf hoogstens zes decimalen.", at)


def _look_over(function: Function, given: Sequence[Node]) -> None:
    """Refuse what stands in the text of a call and can't be: a moment out of our calendar, a pattern we don't read."""
    texts = [node.value if node.kind == "literal" and isinstance(node.value, str) else None for node in given]
    if function.name == "date" and len(given) == 3:
        _within_years(given[0])
    elif function.name in {"date", "time", "date and time"} and texts[0] is not None:
        _within_calendar(texts[0], given[0].at)
    elif function.name in {"matches", "replace", "split"} and texts[1] is not None:
        place = function.place("flags")
        flags = texts[place] if place is not None and place < len(texts) else None
        if flags is not None and set(flags) - FLAGS.keys():
            raise FeelError(f"De vlag “{flags}” kent Knooppunt niet. Kies uit {', '.join(FLAGS)}.", given[-1].at)
        _readable(texts[1], flags or "", given[1].at)


def _within_years(year: Node) -> None:
    number = (year.parts[0] if year.kind == "negative" else year).value
    if isinstance(number, Decimal) and (number > MAXYEAR or year.kind == "negative"):
        raise FeelError(_FAR, year.at)


def _readable(pattern: str, flags: str, at: int) -> None:
    try:
        compile_pattern(pattern, flags)
    except PatternError as problem:
        message = (
            f"Het patroon “{pattern}” leest Knooppunt niet: het klopt niet of kan te lang duren. Schrijf het zonder"
            " herhaling binnen een herhaling, zonder verwijzing terug en zonder vooruitkijken."
        )
        raise FeelError(message, at) from problem


def _count(count: int) -> str:
    return "één waarde" if count == 1 else f"{count} waarden"


def _unknown_function(word: str) -> str:
    near = difflib.get_close_matches(word, FUNCTIONS, n=1)
    hint = f" Bedoel je {near[0]}(…)?" if near else ""
    return f"De functie “{word}” bestaat niet.{hint}"


_HINTS = (
    (re.compile(r"=="), "Schrijf = om te vergelijken."),
    (re.compile(r"&&?"), "Schrijf and tussen twee voorwaarden."),
    (re.compile(r"\|\|?"), "Schrijf or tussen twee voorwaarden."),
    (re.compile(r"<>"), "Schrijf != voor “is niet gelijk aan”."),
    (re.compile(r"!"), "Schrijf not(…) om iets om te keren, of != voor “is niet gelijk aan”."),
    (re.compile(r"['‘’“”„]"), 'Schrijf tekst tussen rechte dubbele aanhalingstekens: "ja".'),
    (re.compile(r"[$#]?\{"), "Schrijf alleen de naam van het veld, zonder ${…} of {{…}}."),
    (re.compile(r"\][^\[\]]*\.\."), "Schrijf (1..5) voor een bereik zonder de grenzen zelf."),
    (re.compile(r";"), "Schrijf komma's tussen de delen; een expressie is één regel zonder puntkomma."),
    (re.compile(r"function\b"), "Schrijf function(a, b) … alleen als tweede deel van sort(lijst, …)."),
    (
        re.compile(r"(en|of|niet|als|dan|anders)\b"),
        "Schrijf and, or, not(…), if … then … else …; FEEL kent geen Nederlandse woorden.",
    ),
    (
        re.compile(r"(AND|OR|NOT|IF|THEN|ELSE|IN)\b"),
        "Schrijf and, or, not, if, then, else en in met kleine letters.",
    ),
    (
        re.compile(r"[^\W\d]\w*"),
        "Schrijf een veldnaam zonder spaties (met _ ertussen), en een tekst tussen aanhalingstekens.",
    ),
)


def _explain(text: str, problem: UnexpectedInput) -> FeelError:
    """Turn the parser's stop into a sentence for somebody who draws, not programs."""
    token = problem.token if isinstance(problem, UnexpectedToken) else None
    if token is not None and token.type == "$END":
        if not text.strip():
            return FeelError('Hier staat nog geen expressie. Schrijf bijvoorbeeld toestemming_gegeven = "ja".')
        return FeelError("De expressie houdt te vroeg op. Maak haar af of sluit het haakje.", len(text))
    at: int = problem.pos_in_stream or 0  # type: ignore[redundant-expr]  # lark says it is never None
    if text[max(at - 1, 0) : at + 1] in {"==", "<>"}:
        at -= 1
    rest = text[at:]
    if rest.startswith('"'):
        if isinstance(problem, UnexpectedCharacters):
            return FeelError("Deze tekst heeft geen einde. Sluit haar met een dubbel aanhalingsteken.", at)
        return FeelError(f"Bij teken {at + 1} staat een tekst op een plek waar die niet kan.", at)
    hint = next(
        (hint for pattern, hint in _HINTS if pattern.match(rest)),
        "Kijk of er een haakje, komma of teken te veel staat.",
    )
    shown = re.match(r"\w+|\W", rest)
    return FeelError(f"Bij teken {at + 1} klopt “{shown[0] if shown else rest[:1]}” niet. {hint}", at)


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression looks up in the context; inside a filter a name may be a field of the item instead."""

    names: frozenset[str]
    item_names: frozenset[str]
    paths: frozenset[str]


def find_names(node: Node) -> Names:
    """Collect the free names of an expression."""
    search = _Search()
    search.visit(node, frozenset(), filtered=False)
    return Names(frozenset(search.names), frozenset(search.item_names - search.names), frozenset(search.paths))


class _Search:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.item_names: set[str] = set()
        self.paths: set[str] = set()

    def visit(self, node: Node, bound: frozenset[str], *, filtered: bool) -> None:
        if node.kind in {"name", "path"}:
            self._name(node, bound, filtered=filtered)
        elif node.kind == "filter":
            self.visit(node.parts[0], bound, filtered=filtered)
            self.visit(node.parts[1], bound | {"item"}, filtered=True)
        elif node.kind in {"loop", "quantified", "context"}:
            self._in_turn(node, bound, filtered=filtered)
        else:
            inner = bound | set(node.value) if node.kind == "ordering" else bound
            for part in node.parts:
                self.visit(part, inner, filtered=filtered)

    def _in_turn(self, node: Node, bound: frozenset[str], *, filtered: bool) -> None:
        """Each part gives a name that the parts after it may use."""
        for part in node.parts:
            if node.kind == "loop" and part is node.parts[-1]:
                bound |= {PARTIAL}
            self.visit(part, bound, filtered=filtered)
            if part.kind in {"iterator", "entry"}:
                bound |= {part.value}

    def _name(self, node: Node, bound: frozenset[str], *, filtered: bool) -> None:
        steps: list[str] = []
        while node.kind == "path":
            steps.append(node.value)
            node = node.parts[0]
        if node.kind != "name":
            self.visit(node, bound, filtered=filtered)
        elif node.value not in bound and node.value != "?":
            (self.item_names if filtered else self.names).add(node.value)
            if not filtered:
                self.paths.add(".".join([node.value, *reversed(steps)]))
