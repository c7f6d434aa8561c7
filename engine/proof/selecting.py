"""What a spelregel points at in a definition: the elements, flows and answers that a selector means."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine import deadlines
from engine.definitions import Element
from engine.definitions.kinds import AWAITS, CODED, EMBEDDED, LISTENS, WORK, EventKind, Kind, TimerKind
from engine.proof import answers, knowledge, steps
from engine.proof.answers import Heard
from engine.proof.knowledge import Atom, Is
from engine.proof.net import Net, Scope
from engine.proof.plan import Place, conditions, fields_of
from engine.proof.reading import Rule, Selector
from engine.words import Answer

_CAUGHT = {
    "bericht": frozenset({EventKind.MESSAGE}),
    "melding": CODED,
    "klok": frozenset({EventKind.TIMER}),
}
_MOMENTS = {EventKind.MESSAGE: steps.MESSAGE, EventKind.TIMER: steps.CLOCK, EventKind.NONE: steps.DONE}
_OF_STEPS = frozenset({"termijn", "termijn_spoed"})
_NAMED = re.compile(r"\bregio\.termijnen\.(\w+)")
_SPELLED = re.compile(r"""duration\(\s*"([^"]*)"\s*\)""")
_EVENTS = frozenset({"bericht", "klok", "melding", "onderbreking", "einde"})


@dataclass(frozen=True)
class Target:
    """What a selector points at in one net: occurrences, or answers to what was asked in `places`."""

    places: frozenset[Place] = frozenset()
    flows: frozenset[Place] = frozenset()
    end: bool = False
    none: bool = False
    """Whether it points at the moment that `places` turn out to be for no item at all."""
    asks: bool = False
    """Whether it points at an answer that is given in `places`, and not at these."""
    hears: frozenset[tuple[Place, Heard]] = frozenset()
    """Where it is asked, and what a gateway may hear then that says that it is this answer."""

    @property
    def empty(self) -> bool:
        """Whether it points at nothing."""
        return not (self.places or self.flows or self.end) or (self.asks and not self.hears)

    @property
    def keys(self) -> frozenset[str]:
        """What is remembered of the answers."""
        return frozenset(heard.key for _, heard in self.hears)

    def says(self, key: str, answers: frozenset[str]) -> bool:
        """Whether it is so for certain when one of these is heard; more than one step may ask for it."""
        enough = [heard.answers for _, heard in self.hears if heard.key == key]
        return bool(enough) and all(answers <= those for those in enough)


def find(net: Net, selector: Selector) -> Target:
    """What a selector points at."""
    if selector.aspects.get("einde") == (Answer.YES,):
        return Target(end=True)
    if "pijl" in selector.aspects:
        return Target(flows=frozenset(_flows(net, selector)))
    places = frozenset((e.process, e.id) for s in net.scopes for e in _elements(s, net) if fits(net, selector, e))
    if not selector.answers:
        none = selector.aspects.get("lijst") == ("leeg",)
        return Target(places - _never_empty(net) if none else places, none=none)
    atoms = _atoms(net)
    hears = frozenset((place, heard) for place in places for heard in _heard(net, selector, place, atoms))
    return Target(places, asks=True, hears=hears)


def _never_empty(net: Net) -> frozenset[Place]:
    """What runs for rows of lists that no step writes, so that none ever turns out to be empty."""
    handlers = (handler for scope in net.scopes for handler in scope.handlers)
    return frozenset(handler.place for handler in handlers if handler.rows and handler.rows not in net.written)


def _heard(net: Net, selector: Selector, place: Place, atoms: Iterable[Atom]) -> Iterator[Heard]:
    element = net.definition.element(*place)
    form = net.definition.forms.get(element.form)
    if form is not None:
        yield from answers.heard(form, selector, atoms)
    else:  # what a table gives
        fields = fields_of(net, element)
        keys = {atom.key for atom in atoms if isinstance(atom, Is)} & fields
        yield from (Heard(key, key, selector.answers) for key in keys)


def _elements(scope: Scope, net: Net) -> Iterator[Element]:
    """What stands in a scope, with what runs there for each row of a list."""
    yield from net.elements(scope.index)
    yield from (handler.element for handler in scope.handlers if handler.rows)


def _atoms(net: Net) -> frozenset[Atom]:
    """All that gateways ask for."""
    texts = {text for node in net.nodes for _, text in conditions(node)}
    return frozenset(atom for text in texts for atom in knowledge.atoms(knowledge.formula(text)))


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
        and (not selector.questions or _asks(net, element, selector))
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
            return element.loop is not None or (element.by_event and bool(element.for_each))
        case "rol":
            return bool(element.roles) and all(_fit(role, values) for role in element.roles)
        case "fase":
            return _fit(element.properties.get("fase") or element.process, values)
        case _ if name in _EVENTS:
            return _happens(element, name, values)
        case _:
            fills = name != "register" or element.kind == Kind.USER_TASK  # nothing else gives a register something
            return fills and _fit(element.properties.get(name, ""), values)


def _asks(net: Net, element: Element, selector: Selector) -> bool:
    """Whether a step asks the question that a selector names."""
    form = net.definition.forms.get(element.form)
    return form is not None and bool(answers.meant(form, selector))


def _happens(element: Element, name: str, values: tuple[str, ...]) -> bool:
    """Whether an aspect of events fits."""
    event = element.event
    if name == "einde":
        return element.kind == Kind.END_EVENT and _fit(element.id, values)
    if name == "onderbreking":
        starts = element.kind in (Kind.START_EVENT, Kind.BOUNDARY_EVENT) and element.event_kind != EventKind.NONE
        return starts and _fit(Answer.YES if element.interrupting else Answer.NO, values)
    if event is None or element.kind not in LISTENS | AWAITS or event.kind not in _CAUGHT[name]:
        return False
    return name == "klok" or _fit(event.name, values)


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


def moment(element: Element) -> str:
    """When an element has happened: work when it is done, a group of steps when it begins, an event when it comes."""
    if element.kind in EMBEDDED or element.kind == Kind.CALL_ACTIVITY:
        return steps.BEGUN
    if element.event is not None and element.kind in LISTENS:
        return _MOMENTS.get(element.event.kind, steps.SIGNAL)
    return steps.DONE


def unsure(net: Net, element: Element) -> bool:
    """Whether a message is for people to tell, and it is not certain that there is somebody who may."""
    heard = element.event is not None and element.event.kind == EventKind.MESSAGE
    return heard and bool(element.tellers) and net.tellers.isdisjoint(element.tellers)


def several_asked(net: Net, rule: Rule) -> Element | None:
    """A step that asks for more than one of the answers that a rule may mean, so that it doesn't say which."""
    selectors = [s for s in (*rule.a, *rule.b, *rule.unless, *rule.expires) if s.answers]
    elements = [element for scope in net.scopes for element in _elements(scope, net)] if selectors else []
    for selector in selectors:
        for element in elements:
            form = net.definition.forms.get(element.form)
            if form is not None and fits(net, selector, element) and len(answers.meant(form, selector)) > 1:
                return element
    return None


# --- rules about the drawing -----------------------------------------------------------------------------------


def lacking(net: Net, rule: Rule) -> Iterator[tuple[Element, str]]:
    """The steps that lack what an `every` rule asks of them, each with what it lacks."""
    for element in meant(net, rule):
        yield from ((element, name) for name in rule.has if not _has(net, element, name))
        for column in rule.fills:
            if not _fills(net, element, column, ("*",)):
                yield element, f"vraag die '{column}' vult"
        if rule.at_most and not _lasts(net, element, rule.at_most, most=True):
            yield element, f"termijn van hoogstens {rule.at_most}"
        if rule.at_least and not _lasts(net, element, rule.at_least, most=False):
            yield element, f"termijn van minstens {rule.at_least}"


def meant(net: Net, rule: Rule) -> tuple[Element, ...]:
    """The steps that an `every` rule is about."""
    elements = {(e.process, e.id): e for scope in net.scopes for e in _elements(scope, net)}
    return tuple(element for element in elements.values() if any(fits(net, selector, element) for selector in rule.a))


def _has(net: Net, element: Element, name: str) -> bool:
    """Whether an element has a property; a role and a deadline must exist too."""
    settings = net.definition.settings
    if name == "rol":
        return any(role in settings.roles for role in element.roles)
    given = element.properties.get(name, "")
    return given in settings.deadlines if name == "termijn" else bool(given)


def _lasts(net: Net, element: Element, bound: str, most: bool) -> bool:
    """Whether the terms of a step or a clock are known, and none lasts longer than a bound, or shorter. What is asked
    of a step in haste counts too; a term that counts from an answer may end at any moment.
    """
    known = net.definition.settings.deadlines
    bound = known[bound].duration if bound in known else bound
    terms = list(_terms(net, element))
    try:
        return bool(terms) and all(deadlines.no_later(*((term, bound) if most else (bound, term))) for term in terms)
    except ValueError:  # no term, or one that ends after every calendar
        return False


def _terms(net: Net, element: Element) -> Iterator[str]:
    """How long the terms of a step last, or those that a clock names; "" for one that nobody knows beforehand."""
    known = net.definition.settings.deadlines
    if element.event is None:
        for name in _OF_STEPS & element.properties.keys():
            deadline = known.get(element.properties[name])
            yield deadline.duration if deadline is not None and not deadline.follows_answer else ""
        return
    text = element.event.expression
    names = _NAMED.findall(text)
    yield from (known[name].duration if name in known else "" for name in names)
    yield from _SPELLED.findall(text)
    if element.event.timer is TimerKind.DURATION and not text.startswith("="):
        yield text
