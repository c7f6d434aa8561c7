"""Whatever the engine does, the prover knew it could: random walks through the engine, followed in the token game."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import definitions, process
from engine.definitions import Definition
from engine.forms import Field
from engine.process import Model, OpenTask
from engine.proof.game import Game
from engine.proof.knowledge import given_by
from engine.proof.net import lay_out
from engine.proof.plan import whole
from engine.proof.steps import Open, State, Step
from engine.proof.tokens import MOST
from tests.engine import drawing
from tests.engine.drawing import (
    Case,
    again,
    boundary,
    call,
    cancel,
    catch,
    choice,
    conditional,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    link,
    message,
    node,
    on,
    some,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    times,
    way,
)

WORKFLOWS = Path(__file__).parents[2] / "workflows"
YES = '=antwoord = "ja"'
FORM = {
    "schemaVersion": 16,
    "type": "default",
    "id": "vraag",
    "components": [{"id": "antwoord", "type": "textfield", "key": "antwoord", "label": "Wat is het antwoord?"}],
}
FILES = {"vraag.form": json.dumps(FORM).encode()}


def ask(id: str, inside: str = "") -> str:
    """A step in which somebody answers."""
    return node("userTask", id, inside, camunda_formRef="vraag")


class Follower:
    """The token game beside a case: the states that it can be in, given all that was seen of it."""

    def __init__(self, definition: Definition) -> None:
        self.net = lay_out(definition)
        self.game = Game(self.net, whole(self.net))
        self.states = self._settled({state for _, state in self.game.begin()})

    def _settled(self, states: set[State]) -> set[State]:
        """All that these states come to by themselves, clocks included."""
        reached, waiting = set(states), list(states)
        while waiting:
            before = waiting.pop()
            for step, state in self.game.moves(before):
                if state not in reached and (not self.game.waits(before) or self._by_itself(step)):
                    reached.add(state)
                    waiting.append(state)
        return reached

    def _by_itself(self, step: Step) -> bool:
        what, *place = step[0]
        if what in ("klaar", "keer"):
            return self.net.definition.element(*place).kind not in ("userTask", "manualTask", "receiveTask")
        return what != "bericht"

    def took(self, what: str, process_id: str, element: str) -> None:
        """Somebody did this."""
        kinds = ("klaar", "keer") if what == "klaar" else (what,)
        self.states = self._settled(
            {
                state
                for before in self.states
                for step, state in self.game.moves(before)
                if any(o[0] in kinds and o[1:] == (process_id, element) for o in step[:3])
            }
        )

    def told(self, name: str) -> bool:
        """A message came; False where that is one more run at once than the prover looks at."""
        self.game.bounds.crowded = False
        self.states = self._settled(
            {
                state
                for before in self.states
                for step, state in self.game.moves(before)
                if any(o[0] == "bericht" and self._message(o[1], o[2]) == name for o in step[:3])
            }
        )
        return bool(self.states) or not self.game.bounds.crowded

    def waited(self) -> None:
        """Time passed."""
        self.states = self._settled(self.states)

    def _message(self, process_id: str, element: str) -> str:
        event = self.net.definition.element(process_id, element).event
        return event.name if event is not None else ""

    def sees(self, opened: Counter[tuple[str, str]], awaited: set[str], ended: bool) -> None:
        """Keep the states in which exactly this is open and nothing moves by itself."""
        known = {state for state in self.states if not state[0] or self.game.waits(state)}
        self.states = {s for s in known if self._fits(s, opened, awaited, ended)}
        assert self.states, f"the engine has {opened} {awaited} {ended}, the prover only {[*map(self._looks, known)]}"

    def _fits(self, state: State, opened: Counter[tuple[str, str]], awaited: set[str], ended: bool) -> bool:
        """Whether a state looks so. Where one run more is left out, so is the message that begins it."""
        self.game.bounds.crowded = False
        looks = self._looks(state)
        if self.game.bounds.crowded and looks[1] <= awaited:
            return (looks[0], looks[2]) == (opened, ended)
        return looks == (opened, awaited, ended)

    def _looks(self, state: State) -> tuple[Counter[tuple[str, str]], set[str], bool]:
        opened: Counter[tuple[str, str]] = Counter(self._open(state[0])) if state[0] else Counter()
        awaited = {
            self._message(o[1], o[2]) for step, _ in self.game.moves(state) for o in step[:3] if o[0] == "bericht"
        }
        return opened, awaited, not state[0]

    def _open(self, marking: Open) -> Iterator[tuple[str, str]]:
        for index, _, child in marking[1]:
            at = self.net.nodes[index]
            if at.element.kind in ("userTask", "manualTask"):
                yield from [at.place] * (len(child[1]) if len(child) == 2 else 1)
            else:
                for inside in child[1] if len(child) == 2 else (child,):
                    yield from self._open(inside) if inside else ()
        for _, inside in marking[2]:
            yield from self._open(inside) if inside else ()


def walk(model: Model, seed: int, steps: int, document: Mapping[str, Any]) -> int:
    """A case by chance; gives the number of steps that it took."""
    chance = random.Random(seed)  # noqa: S311
    case, follower = Case(model, **document), Follower(model.definition)
    for count in range(steps):
        opened = Counter((t.process, t.element) for t in case.outcome.open)
        if max(opened.values(), default=0) > MOST:
            return count  # more of one step at once than the prover looks at
        follower.sees(opened, set(case.awaits()), case.ended)
        moves: list[tuple[str, Any]] = [("taak", t) for t in case.outcome.open] * 6
        moves += [("bericht", name) for name in case.awaits()]
        moves += [("klok", case.outcome.due)] if case.outcome.due else []
        if not moves:
            return count
        what, chosen = chance.choice(moves)
        if what == "taak":
            case.press(chosen, **answers(model.definition, chosen, chance))
            follower.took("klaar", chosen.process, chosen.element)
        elif what == "bericht":
            case.send(chosen)
            if not follower.told(chosen):
                return count
        else:
            case.at(max(chosen, case.now))
            follower.waited()
    return steps


def answers(definition: Definition, chosen: OpenTask, chance: random.Random) -> dict[str, Any]:
    """What somebody might fill in."""
    form = definition.forms.get(definition.element(chosen.process, chosen.element).form)
    if form is None:
        return {}
    if form.id == "vraag":
        return {"antwoord": chance.choice(["ja", "nee", "anders"])}
    given = (f for f in form.input_fields() if f.required or f.type.computed or chance.random() < 0.7)
    return {item.key: _answer(item, chance) for item in given}


def _answer(item: Field, chance: random.Random) -> object:
    if item.expression is not None:  # nobody fills it in, but it is always one of what it can come to
        return chance.choice(sorted(given_by(item.expression.text, True)) or [None])
    if item.options:
        return chance.choice(item.options).value
    if item.kind in ("date", "datetime"):
        return f"2026-{chance.randint(3, 9):02}-10"
    if item.kind == "dynamiclist":
        return [{inner.key: _answer(inner, chance) for inner in item.fields} for _ in range(chance.randint(0, 2))]
    return {"number": 3, "checkbox": True, "checklist": []}.get(item.kind, "tekst")


MODELS: Mapping[str, tuple[str, ...]] = {
    "keuze en lus": (
        start(),
        choice("weer"),
        ask("a"),
        choice("v", default="weer"),
        end(),
        way("begin", "weer", "a", "v", "weer"),
        way("v", "klaar", when=YES),
    ),
    "splitsen en samenvoegen in een lus": (
        start(),
        choice("weer"),
        fork("s"),
        ask("a"),
        task("b"),
        fork("j"),
        choice("v", default="weer"),
        end(),
        way("begin", "weer", "s", "a", "j", "v", "weer"),
        way("s", "b", "j"),
        way("v", "klaar", when=YES),
    ),
    "randgebeurtenissen": (
        start(),
        task("a"),
        boundary("weg", "a", message("weg")),
        boundary("ook", "a", message("ook"), False),
        boundary("laat", "a", timer("Duration", "P1D"), False),
        task("b"),
        task("c"),
        task("d"),
        end(),
        end("k2"),
        end("k3"),
        end("k4"),
        way("begin", "a", "klaar"),
        way("weg", "b", "k2"),
        way("ook", "c", "k3"),
        way("laat", "d", "k4"),
    ),
    "einde dat alles stopt": (
        start(),
        fork("s"),
        task("a"),
        task("b"),
        end("stop", terminate()),
        end(),
        way("begin", "s", "a", "stop"),
        way("s", "b", "klaar"),
    ),
    "fout in een deelproces": (
        start(),
        sub(
            "d",
            start("db"),
            fork("ds"),
            task("a"),
            task("b"),
            end("mis", error("mis")),
            end("dk"),
            way("db", "ds", "a", "mis"),
            way("ds", "b", "dk"),
        ),
        boundary("gemist", "d", error("mis")),
        task("c"),
        end(),
        end("k2"),
        way("begin", "d", "klaar"),
        way("gemist", "c", "k2"),
    ),
    "escalatie die niet onderbreekt": (
        start(),
        sub("d", start("db"), task("a"), end("hoger", escalation("hoger")), way("db", "a", "hoger")),
        boundary("omhoog", "d", escalation("hoger"), False),
        task("c"),
        end(),
        end("k2"),
        way("begin", "d", "klaar"),
        way("omhoog", "c", "k2"),
    ),
    "onderbrekingen van een deelproces": (
        start(),
        sub(
            "d",
            start("db"),
            task("a"),
            task("b"),
            end("dk"),
            way("db", "a", "b", "dk"),
            handler("h1", on("stop", message("stop")), task("c"), end("h1k"), way("stop", "c", "h1k")),
            handler("h2", on("naast", message("naast"), False, "ja"), task("e"), end("h2k"), way("naast", "e", "h2k")),
            handler(
                "h3",
                on("eens", message("eens"), False, "nee"),
                task("f"),
                end("kwijt", escalation("kwijt")),
                way("eens", "f", "kwijt"),
            ),
            handler(
                "h4", on("kwijt_start", escalation("kwijt")), task("g"), end("h4k"), way("kwijt_start", "g", "h4k")
            ),
        ),
        task("z"),
        end(),
        way("begin", "d", "z", "klaar"),
    ),
    "wachten op het eerste": (
        start(),
        node("eventBasedGateway", "g"),
        catch("m", message("m")),
        catch("t", timer("Duration", "P2D")),
        task("a"),
        task("b"),
        end(),
        end("k2"),
        way("begin", "g", "m", "a", "klaar"),
        way("g", "t", "b", "k2"),
    ),
    "een keer per regel": (
        start(),
        task("a", each("=lijst", "regel")),
        sub("d", each("=lijst", "regel", sequential=True), start("db"), task("b"), end("dk"), way("db", "b", "dk")),
        task("c", times("2")),
        end(),
        way("begin", "a", "d", "c", "klaar"),
    ),
    "per regel tot het genoeg is": (
        start(),
        ask("a", each("=lijst", "regel", until=YES)),
        end(),
        way("begin", "a", "klaar"),
    ),
    "een nieuwe ronde": (
        start(),
        node("startEvent", "weer", message("heropenen")),
        ask("a"),
        task("b"),
        choice("v", default="d"),
        sub("d", start("db"), ask("c"), end("dk"), way("db", "c", "dk")),
        end(),
        handler("h", on("hb", message("m")), task("hs"), end("hk"), way("hb", "hs", "hk")),
        way("begin", "a", "v", "d", "klaar"),
        way("weer", "b", "d"),
        way("v", "klaar", when=YES),
    ),
    "ontvangen met een klok": (
        start(),
        node("receiveTask", "r", messageRef="m"),
        boundary("laat", "r", timer("Duration", "P1D")),
        task("b"),
        end(),
        end("k2"),
        way("begin", "r", "klaar"),
        way("laat", "b", "k2"),
    ),
    "vragen over een antwoord": (
        start(),
        ask("a"),
        choice("v", default="w"),
        choice("w", default="klaar"),
        task("b"),
        task("c"),
        end(),
        end("k2"),
        end("k3"),
        way("begin", "a", "v", "w", "klaar"),
        way("v", "b", when=YES),
        way("b", "k2"),
        way("w", "c", when='=antwoord != "ja" and antwoord != "nee"'),
        way("c", "k3"),
    ),
    "een sprong": (
        start(),
        ask("a"),
        choice("v", default="weg"),
        throw("weg", link("ver")),
        throw("terug", link("weer")),
        catch("hier", link("ver")),
        catch("daar", link("weer")),
        choice("w"),
        task("b"),
        end(),
        way("begin", "w", "a", "v", "weg"),
        way("v", "terug", when=YES),
        way("daar", "w"),
        way("hier", "b", "klaar"),
    ),
    "voorwaarden": (
        start(),
        fork("s"),
        sub(
            "d",
            start("db"),
            ask("a"),
            task("b"),
            end("dk"),
            way("db", "a", "b", "dk"),
            handler("h", on("ho", conditional(YES), False), task("c"), end("hk"), way("ho", "c", "hk")),
        ),
        boundary("rand", "d", conditional('=antwoord = "nee"')),
        task("n"),
        node("eventBasedGateway", "g"),
        catch("m", conditional(YES)),
        catch("t", message("t")),
        task("e"),
        end(),
        end("k2"),
        end("k3"),
        way("begin", "s", "d", "klaar"),
        way("rand", "n", "k2"),
        way("s", "g", "m", "e", "k3"),
        way("g", "t", "e"),
    ),
    "een klok die terugkomt naast een deelproces": (
        start(),
        sub(
            "d",
            start("db"),
            task("a"),
            task("b"),
            end("dk"),
            way("db", "a", "b", "dk"),
            handler(
                "h", on("ho", timer("Cycle", "R3/P1D"), False), task("c"), task("e"), end("hk"),
                way("ho", "c", "e", "hk"),
            ),
        ),
        end(),
        way("begin", "d", "klaar"),
    ),
    "een lusteken": (
        start(),
        ask("a", again('=antwoord = "nee"')),
        boundary("weg", "a", message("weg")),
        task("b", again(YES, most="3", first=True)),
        task("c", again(most="2")),
        end(),
        end("k2"),
        way("begin", "a", "b", "c", "klaar"),
        way("weg", "k2"),
    ),
    "een lusteken om een deelproces": (
        start(),
        sub(
            "d",
            again('=loopCounter < 2 or antwoord = "nee"', first=True),
            start("db"),
            fork("s"),
            ask("a"),
            task("b"),
            end("dk"),
            end("op", escalation("op")),
            way("db", "s", "a", "dk"),
            way("s", "b", "op"),
        ),
        boundary("ook", "d", escalation("op"), False),
        task("c"),
        end(),
        end("k2"),
        way("begin", "d", "klaar"),
        way("ook", "c", "k2"),
    ),
    "een bericht per keer": (
        start(),
        node("receiveTask", "r", again("=loopCounter < 2"), messageRef="m"),
        task("b"),
        end(),
        way("begin", "r", "b", "klaar"),
    ),
    "een of meer": (
        start(),
        ask("a"),
        some("f", default="d"),
        task("b"),
        task("c"),
        task("d"),
        some("j"),
        task("z"),
        end(),
        way("begin", "a", "f", "d", "j", "z", "klaar"),
        way("f", "b", when='=antwoord != "nee"'),
        way("f", "c", when=YES),
        way("b", "j"),
        way("c", "j"),
    ),
    "een of meer in een lus": (
        start(),
        choice("w"),
        ask("a"),
        some("f", default="c"),
        task("b"),
        task("c"),
        some("j"),
        choice("v", default="klaar"),
        end(),
        way("begin", "w", "a", "f", "c", "j", "v", "klaar"),
        way("f", "b", when='=antwoord != "nee"'),
        way("b", "j"),
        way("v", "w", when=YES),
    ),
    "een tak die elders uitkomt": (
        start(),
        fork("s"),
        ask("a"),
        choice("v", default="j"),
        task("b"),
        some("j"),
        task("c"),
        some("j2"),
        task("d"),
        end(),
        way("begin", "s", "a", "v", "j", "c", "j2", "d", "klaar"),
        way("v", "j2", when=YES),
        way("s", "b", "j"),
    ),
    "een klok naar een samenkomst": (
        start(),
        fork("s"),
        task("a"),
        boundary("ook", "a", timer("Duration", "P1D"), False),
        task("x"),
        task("b"),
        boundary("weg", "b", message("weg")),
        some("j"),
        task("c"),
        end(),
        way("begin", "s", "a", "j", "c", "klaar"),
        way("ook", "x", "j"),
        way("s", "b", "j"),
        way("weg", "j"),
    ),
    "een samenkomst die weer splitst": (
        start(),
        fork("s"),
        ask("a"),
        task("b"),
        some("m", default="c"),
        task("c"),
        task("d"),
        some("j"),
        end(),
        way("begin", "s", "a", "m", "c", "j", "klaar"),
        way("s", "b", "m"),
        way("m", "d", when=YES),
        way("d", "j"),
    ),
    "een lus in een van twee takken": (
        start(),
        fork("s"),
        choice("w"),
        ask("a"),
        choice("v", default="j"),
        task("t"),
        task("b"),
        some("j"),
        task("c"),
        end(),
        way("begin", "s", "w", "a", "v", "j", "c", "klaar"),
        way("v", "t", when=YES),
        way("t", "w"),
        way("s", "b", "j"),
    ),
    "een samenkomst waar niet op alles wordt gewacht": (
        start(),
        fork("s"),
        task("a"),
        ask("b"),
        choice("v", default="w"),
        choice("w"),
        task("d"),
        some("j"),
        task("c"),
        end(),
        way("begin", "s", "a", "w", "j", "c", "klaar"),
        way("s", "b", "v", "w"),
        way("v", "d", when=YES),
        way("d", "j"),
    ),
    "twee die op elkaar wachten": (
        start(),
        fork("s"),
        task("a"),
        task("b"),
        some("m"),
        some("n"),
        choice("k", default="klaar"),
        choice("l", default="k2"),
        end(),
        end("k2"),
        way("begin", "s", "a", "m", "k", "klaar"),
        way("s", "b", "n", "l", "k2"),
        way("k", "n", when=YES),
        way("l", "m", when=YES),
    ),
    "pijlen met een voorwaarde uit een stap": (
        start(),
        ask("a"),
        task("b"),
        task("c"),
        some("j"),
        end(),
        way("begin", "a"),
        way("a", "b", when=YES),
        way("a", "c"),
        way("b", "j", "klaar"),
        way("c", "j"),
    ),
    "een of meer in een deelproces": (
        start(),
        sub(
            "d",
            start("db"),
            ask("a"),
            some("f", default="c"),
            task("b"),
            task("c"),
            some("j"),
            end("dk"),
            way("db", "a", "f", "c", "j", "dk"),
            way("f", "b", when=YES),
            way("b", "j"),
            handler("h", on("ho", message("ho"), False), task("n"), end("hk"), way("ho", "n", "hk")),
        ),
        boundary("stop", "d", message("stop")),
        task("e"),
        end(),
        end("k2"),
        way("begin", "d", "klaar"),
        way("stop", "e", "k2"),
    ),
    "een transactie die wordt geannuleerd": (
        start(),
        node(
            "transaction",
            "d",
            start("db")
            + fork("s")
            + task("a")
            + task("b")
            + end("niet", cancel())
            + end("dk")
            + way("db", "s", "a", "niet")
            + way("s", "b", "dk"),
        ),
        boundary("weg", "d", cancel()),
        task("c"),
        task("z"),
        end(),
        end("k2"),
        way("begin", "d", "z", "klaar"),
        way("weg", "c", "k2"),
    ),
    "een laatste stap die een voorwaarde waar maakt": (
        start(),
        sub(
            "d",
            start("db"),
            ask("a"),
            end("dk"),
            way("db", "a", "dk"),
            handler("h", on("ho", conditional(YES), False), task("c"), end("hk"), way("ho", "c", "hk")),
        ),
        boundary("rand", "d", conditional('=antwoord = "nee"')),
        task("n"),
        task("z"),
        end(),
        end("k2"),
        way("begin", "d", "z", "klaar"),
        way("rand", "n", "k2"),
    ),
    "een deelproces zonder begin": (
        start(),
        sub("d", task("a"), task("b"), task("c"), some("j"), way("b", "j"), way("c", "j")),
        task("z"),
        end(),
        way("begin", "d", "z", "klaar"),
    ),
}  # fmt: skip
LIST = {"lijst": [{"id": "1"}, {"id": "2"}]}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("document", [{}, LIST], ids=["leeg", "twee"])
def test_every_step_of_the_engine_is_one_that_the_prover_knows(name: str, document: Mapping[str, Any]) -> None:
    model = drawing.model(*MODELS[name], files=FILES)
    took = [walk(model, seed, 12, document) for seed in range(25)]
    assert sum(took) or not document


def test_a_called_process_is_part_of_the_game() -> None:
    inside = start("ib") + task("a") + boundary("ook", "a", message("ook"), False) + task("n") + end("ik") + end("il")
    inside += way("ib", "a", "ik") + way("ook", "n", "il")
    model = drawing.model(
        start(), call("roep", "binnen"), boundary("weg", "roep", message("ook")), task("b"), end(), end("k2"),
        way("begin", "roep", "klaar"), way("weg", "b", "k2"), called={"binnen": inside},
    )  # fmt: skip
    for seed in range(25):
        walk(model, seed, 10, {})


@pytest.mark.parametrize("root", ["casus", "opzetten"])
def test_the_prover_follows_the_engine_through_the_reference_process(root: str) -> None:
    model = process.compile_model(definitions.load(WORKFLOWS, root, "zuid-limburg"))
    took = [walk(model, seed, 60, {"gemeente": "kerkrade"}) for seed in range(20)]
    assert sum(took) > 250
