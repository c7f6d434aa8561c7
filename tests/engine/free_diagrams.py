"""Random diagrams in which nothing depends on anything else, so that what the prover takes as free really is.

Each gateway, loop and number of times has a question of its own, asked right before it is read.
"""

import json
from functools import cache
from typing import Any

from engine.process import Model
from tests.engine import drawing
from tests.engine.drawing import (
    again,
    boundary,
    call,
    cancel,
    catch,
    choice,
    conditional,
    each,
    end,
    enough,
    error,
    escalation,
    fork,
    handler,
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
from tests.engine.test_random_diagrams import Grammar

CONDITIONS = 2
"""So many conditions at most are waited for in one diagram: each doubles the ways to answer any question."""


class Free(Grammar):
    """Draws a diagram by chance. With `shared` the same few messages are waited for at many places.

    With `mixed` something may be thrown at the moment that a condition becomes true: the prover takes either first.
    """

    def __init__(self, seed: int, shared: bool = False, mixed: bool = False) -> None:
        super().__init__(seed)
        self.shared, self.mixed = shared, mixed
        self.forms: dict[str, bytes] = {}
        self.called: dict[str, str] = {}
        self.row_of = ""  # the loop item that is at hand where we draw
        self.conditions = 0
        about = self.chance.choice(["lijsten", "voorwaarden", "meldingen"])
        self.lists = about == "lijsten"  # without conditions: what is answered about a row makes none true
        self.throws = mixed or about != "voorwaarden"
        self.most_conditions = 0 if self.lists else CONDITIONS if mixed or about == "voorwaarden" else 0
        self.many = False  # whether what we draw is open several times at once: nobody says to which a message goes

    def model(self, depth: int = 2) -> Model:
        """The diagram, ready to run."""
        self.lists = self.lists and depth < 2  # a step that is open twice would take the rows of the one from the other
        first, last = self.block(depth)
        parts = (start(), *self.parts, *self.events(), end(), way("begin", first), way(last, "klaar"))
        return drawing.model(*parts, files=self.forms, called=self.called)

    def block(self, depth: int) -> tuple[str, str]:
        kinds = [self.row, self.either, self.both, self.several, self.loose, self.again, self.inside, self.first]
        more = [self.inside, self.elsewhere, self.single, *([self.thrown, self.transacted] if self.throws else [])]
        return self.chance.choice([*kinds, *more] if depth else [self.single])(depth - 1)

    # questions

    def question(self, *keys: str, id: str = "", inside: str = "", must: bool = False, **attributes: str) -> str:
        """Add a step in which these keys are answered; `must`: with yes or no."""
        id = id or self.name("v")
        field: dict[str, Any] = {"type": "radio", "validate": {"required": True}} if must else {"type": "textfield"}
        options = [{"value": answer, "label": answer} for answer in ("ja", "nee")]
        field |= {"values": options} if must else {}
        fields = [{**field, "id": key, "key": key, "label": key} for key in keys]
        form = {"schemaVersion": 16, "type": "default", "id": id, "components": fields}
        self.forms[f"{id}.form"] = json.dumps(form).encode()
        self.parts.append(node("userTask", id, inside, camunda_formRef=id, **attributes))
        return id

    def key(self, kind: str = "k") -> tuple[str, str]:
        """A new key, and how an expression reads it here."""
        key = self.name(kind)
        return key, f"{self.row_of}.{key}" if self.row_of else key

    def yes(self) -> tuple[str, str]:
        """A new key, and the condition that its answer is yes."""
        key, read = self.key()
        return key, f'={read} = "ja"'

    # steps

    def single(self, _depth: int) -> tuple[str, str]:
        kind = self.chance.choice(["", "", "times", "each", "again"])
        if kind == "again":
            return self.looped()
        first, mark, item = self.number(kind)
        id = self.name("t")
        around, self.row_of = self.row_of, item
        if mark and self.chance.random() < 0.4:
            key, condition = self.yes()
            self.question(key, id=id, inside=mark.replace("</bpmn:multi", f"{enough(condition)}</bpmn:multi"))
        else:
            self.parts.append(task(id, mark))
        self.row_of = around
        return self.led(first, id)

    def led(self, first: str, id: str) -> tuple[str, str]:
        """An activity with what is asked before it, and perhaps something on its edge."""
        last = self.edge(id) if self.chance.random() < 0.4 else id
        if first:
            self.parts.append(way(first, id))
        return first or id, last

    def number(self, kind: str) -> tuple[str, str, str]:
        """For how many an activity is done: the question before it, its mark, and the item that it has at hand."""
        together = self.chance.random() < 0.5
        if kind == "each" and self.lists and not (self.row_of or self.many):
            key = self.name("rijen")
            return self.question(key), each(f"={key}", "regel", sequential=not together), "regel"
        if kind in ("times", "each"):
            key, read = self.key("aantal")
            return self.question(key), times(f"={read}", sequential=not together), self.row_of
        return "", "", self.row_of

    def looped(self) -> tuple[str, str]:
        """A step with a loop sign."""
        key, condition = self.yes()
        before = self.chance.random() < 0.5
        first = self.question(key) if before else ""
        id = self.question(key, inside=again(condition, first=before))
        return self.led(first, id)

    # blocks

    def either(self, depth: int) -> tuple[str, str]:
        key, condition = self.yes()
        split, join, must = self.name("k"), self.name("s"), self.chance.random() < 0.3
        question = self.question(key, must=must)
        (one, one_out), (other, other_out) = self.block(depth), self.block(depth)
        joins = self.chance.choice([choice, some])
        self.parts += [choice(split, default="" if must else one), joins(join), way(question, split)]
        self.parts += [way(split, other, when=condition), way(one_out, join), way(other_out, join)]
        self.parts.append(way(split, one, when=condition.replace("ja", "nee") if must else ""))
        return question, join

    def several(self, depth: int) -> tuple[str, str]:
        join = self.name("o")
        keys, conditions = zip(*(self.yes() for _ in range(self.chance.randint(1, 2))), strict=True)
        blocks = [self.block(depth) for _ in range(len(keys) + 1)]
        default = blocks[0][0]
        if self.chance.random() < 0.3:
            split = question = self.name("v")
            self.question(*keys, id=split, default=f"{split}_{default}")
        else:
            question, split = self.question(*keys), self.name("f")
            self.parts += [some(split, default), way(question, split)]
        self.parts += [some(join), way(split, default)]
        self.parts += [way(split, first, when=c) for (first, _), c in zip(blocks[1:], conditions, strict=True)]
        self.parts += [way(last, join) for _, last in blocks]
        return question, join

    def loose(self, depth: int) -> tuple[str, str]:
        around, self.parts = self.parts, []
        id, begin, done = self.name("d"), self.name("b"), self.name("e")
        key, condition = self.yes()
        split, gate, question = self.name("f"), self.name("k"), self.question(key)
        (first, first_out), (second, second_out), (third, third_out) = (self.block(depth) for _ in range(3))
        soon, late = self.name("o"), self.name("o")
        self.parts += [fork(split), choice(gate, default=soon), some(soon), some(late)]
        self.parts += [
            way(split, first),
            way(first_out, question, gate, soon, third),
            way(split, second),
            way(second_out, soon),
        ]
        self.parts += [way(gate, late, when=condition), way(third_out, late), way(begin, split), way(late, done)]
        self.parts = [*around, sub(id, start(begin), *self.parts, end(done))]
        return id, id

    def first(self, depth: int) -> tuple[str, str]:
        gate, join, begun = self.name("g"), self.name("s"), self.name("t")
        self.parts += [task(begun), node("eventBasedGateway", gate), choice(join), way(begun, gate)]
        for _ in range(2):
            event, what, (first, last) = self.name("c"), self.event_kind(), self.block(depth)
            self.parts += [catch(event, what), way(gate, event, first), way(last, join)]
        return begun, join

    def again(self, depth: int) -> tuple[str, str]:
        key, condition = self.yes()
        back, split, out = self.name("w"), self.name("k"), self.name("t")
        first, last = self.block(depth)
        question = self.question(key)
        self.parts += [choice(back), choice(split, default=out), task(out), way(back, first)]
        self.parts += [way(last, question, split, out), way(split, back, when=condition)]
        return back, out

    # what has an inside

    def scope(self, depth: int, mark: str, item: str) -> str:
        """Add a sub-process with a block inside."""
        id, begin, done = self.name("d"), self.name("b"), self.name("e")
        around, row_of, many = self.parts, self.row_of, self.many
        self.parts, self.row_of, self.many = [], item or row_of, many or 'isSequential="false"' in mark
        first, last = self.block(depth)
        drawn = [mark, start(begin), *self.parts, end(done), way(begin, first), way(last, done), *self.events()]
        self.parts, self.row_of, self.many = [*around, sub(id, *drawn)], row_of, many
        return id

    def events(self) -> list[str]:
        """Perhaps some event sub-processes for the scope that is being drawn."""
        return [self.event() for _ in range(self.chance.choice([0, 0, 1, 2]))]

    def inside(self, depth: int) -> tuple[str, str]:
        first, mark, item = self.number(self.chance.choice(["", "", "times", "each"]))
        return self.led(first, self.scope(depth, mark, item))

    def elsewhere(self, depth: int) -> tuple[str, str]:
        """A process that is called, its own events included."""
        first, mark, _ = self.number(self.chance.choice(["", "", "times"]))
        id, begin, done = self.name("p"), self.name("b"), self.name("e")
        around, many = self.parts, self.many
        self.parts, self.many = [], many or 'isSequential="false"' in mark
        head, last = self.block(depth)
        drawn = [start(begin), *self.parts, end(done), way(begin, head), way(last, done), *self.events()]
        self.called[id] = "".join(drawn)
        self.parts, self.many = [*around, call(f"roep_{id}", id, mark)], many
        return self.led(first, f"roep_{id}")

    def thrown(self, depth: int) -> tuple[str, str]:
        """A sub-process out of which something is thrown beside its flow, perhaps caught inside, on its edge or not."""
        kind, name = self.chance.choice(["fout", "melding", "melding", "einde"]), self.name("melding")
        what = {"fout": error(name), "melding": escalation(name), "einde": terminate()}[kind]
        inner, id = [self.throwing(depth, what, kind == "melding" and self.chance.random() < 0.5)], self.name("d")
        if kind != "einde" and self.chance.random() < 0.4:
            inner.append(self.caught(what, kind == "fout" or self.chance.random() < 0.5))
        self.parts.append(sub(id, *inner, *self.events()))
        if self.chance.random() < 0.3:  # one more around it, through which it passes on its way
            inside, begin, done = id, self.name("b"), self.name("e")
            id = self.name("d")
            flow = way(begin, inside, done)
            self.parts[-1] = sub(id, start(begin), self.parts[-1], end(done), flow, *self.events())
        if kind == "einde" or (kind == "melding" and self.chance.random() < 0.3):
            return id, id
        any_ = error("").replace(' errorRef=""', "")
        edge = self.chance.choice([what, any_]) if kind == "fout" else what
        return id, self.edge(id, edge, kind == "fout" or self.chance.random() < 0.5)

    def throwing(self, depth: int, what: str, halfway: bool) -> str:
        """The flow of a scope in which something is thrown beside a block: at an end or half-way."""
        around, self.parts = self.parts, []
        begin, split, step, done, out = (self.name(kind) for kind in "bftee")
        first, last = self.block(depth)
        drawn = [start(begin), fork(split), *self.parts, end(done), way(begin, split, first), way(last, done)]
        if halfway:
            thrower, after = self.name("g"), self.name("t")
            drawn += [throw(thrower, what), task(after), end(out), way(split, step, thrower, after, out)]
        else:
            drawn += [end(out, what), way(split, step, out)]
        self.parts = around
        return "".join([*drawn, task(step)])

    def transacted(self, depth: int) -> tuple[str, str]:
        """A transaction that may be cancelled."""
        id = self.name("d")
        self.parts.append(node("transaction", id, "".join([self.throwing(depth, cancel(), False), *self.events()])))
        return id, self.edge(id, cancel(), True)

    # events

    def event_kind(self, repeats: bool = False) -> str:
        """What may come at some moment."""
        kinds = ["klok"] if self.many else ["bericht", "bericht", "klok"]
        kinds += ["voorwaarde"] * (self.conditions < self.most_conditions and not self.many)
        kind = self.chance.choice(kinds)
        if kind == "voorwaarde":
            self.conditions += 1
            return conditional(f"=waar{self.conditions}")
        if kind == "klok":
            return timer("Cycle", "R/P3D") if repeats and self.chance.random() < 0.5 else timer("Duration", "P3D")
        return message(self.chance.choice(["bericht_a", "bericht_b"]) if self.shared else self.name("bericht"))

    def event(self) -> str:
        interrupts = self.chance.random() < 0.5
        return self.caught(self.event_kind(not interrupts), interrupts)

    def caught(self, what: str, interrupts: bool) -> str:
        """An event sub-process."""
        id, begin, step, done = self.name("h"), self.name("b"), self.name("t"), self.name("e")
        begins = on(begin, what, interrupts, "" if interrupts else self.chance.choice(["ja", "nee"]))
        return handler(id, begins, task(step), end(done), way(begin, step, done))

    def edge(self, at: str, what: str = "", interrupts: bool | None = None) -> str:
        interrupts = self.chance.random() < 0.5 if interrupts is None else interrupts
        event, step = self.name("r"), self.name("t")
        what = what or self.event_kind(not interrupts)
        if interrupts:
            join = self.name("s")
            self.parts += [boundary(event, at, what), task(step), choice(join), way(event, step, join), way(at, join)]
            return join
        done = self.name("e")
        self.parts += [boundary(event, at, what, False), task(step), end(done), way(event, step, done)]
        return at


@cache
def free(seed: int, depth: int = 1, shared: bool = False, mixed: bool = False) -> Model:
    """The diagram of one seed."""
    return Free(seed, shared, mixed).model(depth)
