"""Spelregels: what a region wants to hold on every path. Reading them, and watching a path for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.definitions import Element
from engine.definitions.kinds import LISTENS, WORK, EventKind, Kind
from engine.errors import DefinitionError, Problem
from engine.proof import knowledge
from engine.proof.net import Net
from engine.proof.plan import Place, Watched, conditions, fields_of
from engine.proof.tokens import SEVERAL, Occurrence, Step

KINDS: Mapping[str, tuple[str, ...]] = {
    "existence": ("a",),
    "absence": ("a",),
    "precedence": ("a", "b"),
    "response": ("a", "b"),
    "succession": ("a", "b"),
    "not-succession": ("a", "b"),
    "availability": ("a", "b"),
    "every": ("a",),
}
"""The kinds of rules, each with the selectors that it needs. `every` looks at the drawing, all others at paths;
`availability` looks there at what can come next, wherever a case waits.
"""

_EVENTS = frozenset({"bericht", "klok", "melding", "onderbreking", "einde"})


@dataclass(frozen=True)
class Selector:
    """Points at steps: all aspects must fit; an aspect with several values fits with one of them.

    Aspects: id, pijl (flow id), proces, type (BPMN kind), rol (nobody but these may do it), lijst (it is done for
    each item of a list, or turns out to be for none), bericht, melding, klok, onderbreking, einde, vult (columns of
    the register that the form fills, with their fixed value), antwoord, niet; all others are properties.
    """

    aspects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fills: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple["Selector", ...] = ()
    answers: frozenset[str] = frozenset()

    @property
    def told(self) -> str:
        """The same as somebody wrote it, on one line."""
        parts = [f"{name}: {' of '.join(values)}" for name, values in self.aspects.items()]
        parts += [
            f"vult {name}" if "*" in values else f"vult {name} {' of '.join(values)}"
            for name, values in self.fills.items()
        ]
        return ", ".join([*parts, *([f"antwoord: {' of '.join(sorted(self.answers))}"] if self.answers else [])])


@dataclass(frozen=True)
class Rule:
    """One spelregel; `expires` undoes an `a` that came before (for precedence), `unless` excuses a `b`.

    `has` are the properties and `fills` the columns of its register that an `every` rule asks of each step.
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
    reason: str = ""
    source: str = ""
    mandatory: bool = True
    may_be_absent: bool = False


# --- reading ---------------------------------------------------------------------------------------------------

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
        "reden",
        "bron",
        "verplicht",
        "mag_ontbreken",
    }
)


def read_rules(content: bytes, file: str) -> tuple[Rule, ...]:
    """The rules of a spelregels.yaml. Raises DefinitionError with everything that is wrong."""
    try:
        raw = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError: a day that no calendar has
        raise DefinitionError([Problem(file, "", "spelregels", "Dit bestand is geen leesbare YAML.")]) from error
    entries = raw.get("spelregels") if isinstance(raw, dict) else raw
    if not isinstance(entries, list):
        raise DefinitionError([Problem(file, "", "spelregels", "Schrijf onder 'spelregels:' een lijst met regels.")])
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
    for name in ("id", "naam", "reden"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            yield f"'{name}' ontbreekt."
    if str(entry.get("id")) in taken:
        yield "dit id komt twee keer voor."
    unknown = sorted(str(key) for key in entry if key not in _FIELDS)
    if unknown:
        yield f"{', '.join(unknown)} ken ik niet. Kies uit {', '.join(sorted(_FIELDS))}."
    kind = entry.get("soort")
    if kind not in KINDS:
        yield f"soort '{kind}' bestaat niet. Kies uit {', '.join(KINDS)}."
        return
    for name in KINDS[str(kind)]:
        if not entry.get(name):
            yield f"bij soort {kind} hoort ook '{name}'."
    for name in ("a", "b", "tenzij", "vervalt"):
        yield from (f"{name}: {text}" for given in _listed(entry.get(name)) for text in _wrong_selector(given))
    yield from _wrong_words(entry, str(kind))


def _wrong_words(entry: Mapping[str, Any], kind: str) -> Iterator[str]:
    for name in ("verplicht", "mag_ontbreken"):
        if name in entry and _text(entry[name]) not in ("ja", "nee"):
            yield f"'{name}' is ja of nee."
    asked = [*_listed(entry.get("heeft")), *_listed(entry.get("vult"))]
    if kind == "every" and not (asked and all(isinstance(item, str) and item for item in asked)):
        yield "bij soort every hoort 'heeft' met eigenschappen zoals rol of termijn, of 'vult' met kolommen."
    if "vervalt" in entry and kind != "precedence":
        yield "'vervalt' hoort alleen bij soort precedence."
    if kind == "availability" and any(isinstance(b, dict) and "bericht" not in b for b in _listed(entry.get("b"))):
        yield "bij soort availability wijst 'b' een bericht aan, zoals {bericht: toestemming_ingetrokken}."


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
        reason=entry["reden"].strip(),
        source=str(entry.get("bron", "")),
        mandatory=_text(entry.get("verplicht", "ja")) == "ja",
        may_be_absent=_text(entry.get("mag_ontbreken", "nee")) == "ja",
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
            if key not in ("vult", "antwoord", "niet")
        },
        fills={str(key): tuple(_text(item) for item in _listed(value)) for key, value in fills.items()},
        excluded=_selectors(given.get("niet")),
        answers=frozenset(_text(item) for item in _listed(given.get("antwoord"))),
    )


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _text(value: Any) -> str:
    return {True: "ja", False: "nee"}[value] if isinstance(value, bool) else str(value)


# --- what a selector points at ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """What a selector points at in one net: occurrences, or answers to what was asked in `places`."""

    places: frozenset[Place] = frozenset()
    flows: frozenset[Place] = frozenset()
    end: bool = False
    none: bool = False
    """Whether it points at the moment that `places` turn out to be for no item at all."""
    keys: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether it points at nothing."""
        return not (self.places or self.flows or self.end) or bool(self.answers and not self.keys)


def find(net: Net, selector: Selector) -> Target:
    """What a selector points at."""
    if "einde" in selector.aspects and selector.aspects["einde"] == ("ja",):
        return Target(end=True)
    if "pijl" in selector.aspects:
        return Target(flows=frozenset(_flows(net, selector)))
    places = frozenset((e.process, e.id) for s in net.scopes for e in net.elements(s.index) if fits(net, selector, e))
    if not selector.answers:
        return Target(places, none=selector.aspects.get("lijst") == ("leeg",))
    asked = _gateway_keys(net)
    written = frozenset().union(*(fields_of(net, net.definition.element(*place)) for place in places))
    return Target(places, keys=written & asked, answers=selector.answers)


def _gateway_keys(net: Net) -> frozenset[str]:
    return frozenset(
        atom.key
        for node in net.nodes
        for _, text in conditions(node)
        for atom in knowledge.atoms(knowledge.formula(text))
        if isinstance(atom, knowledge.Is)
    )


def _flows(net: Net, selector: Selector) -> Iterator[Place]:
    for process in net.definition.processes.values():
        for flow in process.flows.values():
            right = "proces" not in selector.aspects or _fit(process.id, selector.aspects["proces"])
            if right and _fit(flow.id, selector.aspects["pijl"]):
                yield process.id, flow.id


def fits(net: Net, selector: Selector, element: Element) -> bool:
    """Whether a selector points at an element. Properties point at work that is done, never at what holds it."""
    aspects = selector.aspects
    if element.kind not in WORK and not (_EVENTS | {"id", "type"}) & set(aspects):
        return False
    return (
        all(_aspect(element, name, values) for name, values in aspects.items())
        and all(_fills(net, element, column, values) for column, values in selector.fills.items())
        and not any(fits(net, excluded, element) for excluded in selector.excluded)
    )


def _aspect(element: Element, name: str, values: tuple[str, ...]) -> bool:
    match name:
        case "id":
            return _fit(element.id, values)
        case "proces":
            return _fit(element.process, values)
        case "type":
            return _fit(element.kind, values)
        case "lijst":
            return element.loop is not None
        case "rol":
            return bool(element.roles) and all(_fit(role, values) for role in element.roles)
        case "fase":
            return _fit(element.properties.get("fase") or element.process, values)
        case _ if name in _EVENTS:
            return _happens(element, name, values)
        case _:
            only_forms = (
                name == "register" and element.kind != Kind.USER_TASK
            )  # nothing else gives a register something
            return not only_forms and _fit(element.properties.get(name, ""), values)


def _happens(element: Element, name: str, values: tuple[str, ...]) -> bool:
    """Whether an aspect of events fits."""
    event = element.event
    if name == "einde":
        return element.kind == Kind.END_EVENT and _fit(element.id, values)
    if name == "onderbreking":
        starts = element.kind in (Kind.START_EVENT, Kind.BOUNDARY_EVENT) and element.event_kind != EventKind.NONE
        return starts and _fit("ja" if element.interrupting else "nee", values)
    catches = element.kind in (Kind.START_EVENT, Kind.BOUNDARY_EVENT, Kind.INTERMEDIATE_CATCH_EVENT, Kind.RECEIVE_TASK)
    kinds = {"bericht": ("message",), "melding": ("escalation", "error"), "klok": ("timer",)}[name]
    return catches and event is not None and event.kind in kinds and (_fit(event.name, values) or name == "klok")


def _fit(value: str, wanted: tuple[str, ...]) -> bool:
    return value in wanted or (bool(value) and "*" in wanted)


def _fills(net: Net, element: Element, column: str, values: tuple[str, ...]) -> bool:
    form = net.definition.forms.get(element.form)
    if form is None:
        return False
    inputs = [*form.input_fields(), *(inner for item in form.input_fields() for inner in item.fields)]
    return any(
        item.properties.get("register") == column and ("*" in values or str(item.default) in values)
        for item in inputs
        if not item.never_shown
    )


# --- watching --------------------------------------------------------------------------------------------------

Watch = tuple[str, frozenset[str]]
"""What is remembered of a path for one rule: the phase that the rule is in, and which answers were asked for."""


@dataclass
class Monitor:
    """Watches one path for one rule. A watch is the tuple (phase, answers that were asked)."""

    net: Net
    rule: Rule
    targets: dict[str, tuple[Target, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = {"a": self.rule.a, "b": self.rule.b, "unless": self.rule.unless, "expires": self.rule.expires}
        self.targets = {name: tuple(find(self.net, one) for one in part) for name, part in parts.items()}
        every = [target for targets in self.targets.values() for target in targets]
        self.points: dict[Occurrence, frozenset[str]] = {}
        self.asks = {key: self._askers(key) for target in every for key in target.keys}
        self.watched = Watched(
            frozenset(place for target in every for place in target.places),
            frozenset(place for target in every for place in target.flows),
            frozenset(self.asks),
        )
        self.writers = {
            (e.process, e.id): found
            for node in self.net.nodes
            for e in [node.element]
            if (found := fields_of(self.net, e) & self.watched.keys)
        }
        self._point()

    def _askers(self, key: str) -> frozenset[Place]:
        return frozenset(
            place
            for targets in self.targets.values()
            for target in targets
            if key in target.keys
            for place in target.places
            if key in fields_of(self.net, self.net.definition.element(*place))
        )

    def _point(self) -> None:
        """Which parts of the rule each occurrence fits."""
        found: dict[Occurrence, set[str]] = {}
        for part, targets in self.targets.items():
            for target in targets:
                if target.end:
                    found.setdefault(("einde", self.net.definition.id, ""), set()).add(part)
                if target.answers:
                    continue  # see _told
                for process, id in target.places:
                    element = self.net.definition.element(process, id)
                    happens = ("aantal", process, f"{id}:0") if target.none else (_moment(element), process, id)
                    found.setdefault(happens, set()).add(part)
                for flow in target.flows:
                    found.setdefault(("pijl", *flow), set()).add(part)
        self.points = {occurrence: frozenset(parts) for occurrence, parts in found.items()}

    @property
    def silent(self) -> tuple[Selector, ...]:
        """What the rule speaks of and the diagrams don't have. What excuses a step may be missing: that is stricter."""
        given = {"a": self.rule.a, "b": self.rule.b, "expires": self.rule.expires}
        pairs = [pair for part, those in given.items() for pair in zip(those, self.targets[part], strict=True)]
        return tuple(selector for selector, target in pairs if target.empty)

    @property
    def idle(self) -> bool:
        """Whether nothing in the diagrams calls for this rule, so that it can't be broken."""
        calls = {"precedence": ("b",), "response": ("a",)}.get(self.rule.kind, KINDS[self.rule.kind])
        return any(all(target.empty for target in self.targets[part]) for part in calls)

    @property
    def every_wait(self) -> bool:
        """Whether each moment at which a case waits matters, so that none may be passed at once."""
        return self.rule.kind == "availability"

    def begin(self) -> Watch:
        """The watch over a path on which nothing happened yet."""
        return ("start", frozenset())

    def over(self, watch: Watch) -> bool:
        """Whether whatever comes can't break the rule any more."""
        phase = watch[0]
        if self.rule.kind == "existence":
            return phase == "met"
        return self.rule.kind in ("precedence", "absence") and phase == "met" and not self.rule.expires

    def follow(self, watch: Watch, step: Step, ended: bool) -> tuple[Watch, Occurrence | None]:
        """The watch after a step, and the occurrence that breaks the rule, if one does."""
        phase, asked = watch
        end: Occurrence = ("einde", self.net.definition.id, "")
        for occurrence in (*step, end) if ended else step:
            what, *place = occurrence
            if what == "klaar" and (place[0], place[1]) in self.writers:
                asked = self._asked(asked, (place[0], place[1]))
            parts = self.points.get(occurrence)
            if what == "weet" and place[0] in asked:
                parts = self._told(place[0], frozenset(place[1].split(SEVERAL)))
                if parts or SEVERAL not in place[1]:
                    asked -= {place[0]}  # an answer is told once, at the first gateway that knows it
            if parts:
                phase, broken = self._turn(phase, parts)
                if broken:
                    return (phase, asked), occurrence
        if ended and self._owes(phase):
            return (phase, asked), end
        return (phase, asked), None

    def missed(self, watch: Watch, ways: Iterable[Step]) -> Occurrence | None:
        """What must be able to come now but can't, where a case waits and these steps can follow."""
        if not self.every_wait or watch[0] != "after":
            return None
        places = sorted(place for target in self.targets["b"] for place in target.places)
        if not places or any("b" in self.points.get(occurrence, ()) for step in ways for occurrence in step):
            return None
        return ("kan_niet", *places[0])

    def _told(self, key: str, answers: frozenset[str]) -> frozenset[str]:
        """Which parts of the rule an answer fits."""
        return frozenset(
            part
            for part, targets in self.targets.items()
            if any(key in target.keys and answers <= target.answers for target in targets)
        )

    def _asked(self, asked: frozenset[str], place: Place) -> frozenset[str]:
        """An answer counts where it was given at a step that the rule points at, and not written over since."""
        keys = self.writers[place]
        return (asked - keys) | frozenset(key for key in keys if place in self.asks[key])

    def _owes(self, phase: str) -> bool:
        if self.rule.kind == "existence":
            return phase != "met"
        return self.rule.kind in ("response", "succession") and phase == "owing"

    def _turn(self, phase: str, parts: frozenset[str]) -> tuple[str, bool]:
        """The next phase, and whether the rule is broken."""
        turn: Callable[[str, frozenset[str]], tuple[str, bool]] = _TURNS[self.rule.kind]
        return turn(phase, parts)


def _existence(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    return ("met", False) if parts & {"a", "unless"} else (phase, False)


def _absence(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return "met", False
    return phase, "a" in parts and phase != "met"


def _precedence(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if "expires" in parts:
        phase = "start"
    if "b" in parts and phase != "met":
        return phase, True
    return ("met", False) if parts & {"a", "unless"} else (phase, False)


def _response(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if parts & {"b", "unless"}:
        phase = "paid"
    return ("owing", False) if "a" in parts else (phase, False)


def _succession(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return "paid", False
    if "b" in parts:
        if phase == "start":
            return phase, True
        phase = "paid"
    return ("owing", False) if "a" in parts else (phase, False)


def _not_succession(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return "start", False
    if "b" in parts and phase == "after":
        return phase, True
    return ("after", False) if "a" in parts else (phase, False)


def _availability(phase: str, parts: frozenset[str]) -> tuple[str, bool]:
    if parts & {"b", "unless"}:
        return "start", False
    return ("after", False) if "a" in parts else (phase, False)


_TURNS: Mapping[str, Callable[[str, frozenset[str]], tuple[str, bool]]] = {
    "existence": _existence,
    "absence": _absence,
    "precedence": _precedence,
    "response": _response,
    "succession": _succession,
    "not-succession": _not_succession,
    "availability": _availability,
}


def _moment(element: Element) -> str:
    """When an element has happened: work when it is done, a group of steps when it begins, an event when it comes."""
    if element.kind in (Kind.CALL_ACTIVITY, Kind.SUB_PROCESS, Kind.TRANSACTION):
        return "begin"
    if element.event is not None and element.kind in LISTENS:
        return {"message": "bericht", "timer": "klok", "none": "klaar"}.get(element.event.kind, "melding")
    return "klaar"


# --- rules about the drawing -----------------------------------------------------------------------------------


def lacking(net: Net, rule: Rule) -> Iterator[tuple[Element, str]]:
    """The steps that lack what an `every` rule asks of them, each with what it lacks."""
    for element in meant(net, rule):
        yield from ((element, name) for name in rule.has if not _has(net, element, name))
        for column in rule.fills:
            if not _fills(net, element, column, ("*",)):
                yield element, f"vraag die '{column}' vult"


def meant(net: Net, rule: Rule) -> tuple[Element, ...]:
    """The steps that an `every` rule is about."""
    nodes = [node.element for scope in net.scopes for node in scope.nodes.values()]
    return tuple(element for element in nodes if any(fits(net, selector, element) for selector in rule.a))


def _has(net: Net, element: Element, name: str) -> bool:
    """Whether an element has a property; a role and a deadline must exist too."""
    settings = net.definition.settings
    if name == "rol":
        return any(role in settings.roles for role in element.roles)
    given = element.properties.get(name, "")
    return given in settings.deadlines if name == "termijn" else bool(given)
