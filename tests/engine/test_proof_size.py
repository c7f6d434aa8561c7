"""What grows in width is proved in seconds: many questions, branches and handlers are not multiplied by each other.

The bounds are three times what is meant, in processor time, so that a slow machine stays within them.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from engine import definitions, proof
from engine.definitions import Definition
from engine.proof import Rule, Selector
from tests.engine import drawing
from tests.engine.drawing import choice, end, node, start, task, way
from tests.engine.test_proof import judged, pick, rule


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """So much processor time is meant."""
    before = time.process_time()
    yield
    assert time.process_time() - before < 3 * seconds


def question(id: str, key: str) -> bytes:
    """A form with one question that must be answered with yes or no."""
    values = [{"value": value, "label": value.title()} for value in ("ja", "nee")]
    field: dict[str, object] = {"id": key, "type": "radio", "key": key, "label": "Is dit zo?", "values": values}
    field |= {"validate": {"required": True}}
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": [field]}).encode()


def questions(count: int, *more: str, read_again: int = 0) -> Definition:
    """So many questions in a row, each read by a gateway at once, and some of them once more at the end."""
    parts, files, row = [start(), end(), *more], {"regio.yaml": drawing.SETTINGS}, ["begin"]
    for number in [*range(count), *range(read_again)]:
        again = len(row) > count
        split, join, step = (f"{name}{len(row)}" for name in ("splits", "samen", "stap"))
        if not again:
            files[f"vraag{number}.form"] = question(f"vraag{number}", f"antwoord{number}")
            parts += [node("userTask", f"vraag{number}", camunda_formRef=f"vraag{number}")]
            parts += [way(f"vraag{number}", split), way(row[-1], f"vraag{number}")]
        else:
            parts.append(way(row[-1], split))
        parts += [choice(split, default=join), task(step), choice(join), way(split, join), way(step, join)]
        parts.append(way(split, step, when=f'=antwoord{number} = "ja"'))
        row.append(join)
    parts.append(way(row[-1], "klaar"))
    return definitions.assemble("proef", "", {"proef.bpmn": drawing.diagram("proef", *parts), **files})


def test_answers_are_forgotten_after_their_last_reader() -> None:
    definition = questions(100)
    yes = (Selector({"id": ("vraag50",)}, answers=frozenset({"ja"})),)
    with within(2):
        assert proof.sound(definition) == ()
        assert judged(definition, rule("precedence", "vraag0", "stap100")).outcome == "holds"
        assert judged(definition, Rule("r", "r", "precedence", yes, pick("stap51"), reason="D.")).outcome == "holds"
        assert judged(definition, Rule("r", "r", "precedence", yes, pick("stap52"), reason="D.")).outcome == "broken"


def test_an_answer_that_is_read_again_later_is_not_forgotten() -> None:
    definition = questions(6, read_again=3)
    assert judged(definition, rule("precedence", "stap2", "stap8")).outcome == "holds"
    assert judged(definition, rule("precedence", "stap2", "stap7")).outcome == "broken"
