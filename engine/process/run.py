"""What one move of a case can see and leaves behind: the document, the clock, decisions and the trace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine import deadlines, decisions, feel
from engine.decisions import Decision
from engine.definitions import Element, Event, Loop
from engine.definitions.kinds import EMBEDDED, WORK, EventKind, Kind, LoopKind, TimerKind
from engine.errors import ConflictError, ProcessError
from engine.words import Passage

STEPS = WORK | EMBEDDED | {Kind.CALL_ACTIVITY}
"""What takes a case time, and may be broken off."""


@dataclass(frozen=True)
class Note:
    """Something that happened to an element; `item` is the loop item's id."""

    process: str
    element: str
    what: Passage
    item: str = ""


class Run:
    """One move of one case. Takes the place of SpiffWorkflow's script engine, so it is what every task can reach.

    It evaluates FEEL over the document, the loop items around the task, and `regio`; nothing else is in sight.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        now: datetime,
        region: Mapping[str, Any],
        tables: Mapping[str, Decision],
        begin: str = "",
    ) -> None:
        self.document: dict[str, Any] = dict(document)
        self.now = now  # the moment of each event, while a clock that is late catches up …
        self.until = now  # … until the moment that it really is
        self.region = region
        self.tables = tables
        self.begin = begin  # the start whose event came, "" where somebody starts the case
        self.skipped: Any = None  # the task that somebody skips, by its id
        self.old: frozenset[str] = frozenset()  # the rows of rounds before this, for which nothing begins any more
        self.earlier: list[Any] = []  # the workflows of rounds before this, as far as something of them still goes on
        self.sent: list[tuple[str, str]] = []  # messages and signals that leave the case, as kind and name
        self.fault = ""  # the code of the error that ended the case
        self.alarm = False  # whether an event on an edge was just set off: it goes before all else
        self.changed = True  # whether clocks and conditions have to be looked at again
        self.notes: list[Note] = []
        self.flows: list[tuple[str, str]] = []

    def note(self, element: Element, what: Passage, task: Any) -> None:
        """Keep for the case's history that something happened to an element."""
        if what is not Passage.BROKEN_OFF or element.kind in STEPS:
            self.notes.append(Note(element.process, element.id, what, item_of(task)))

    # expressions

    def context(self, task: Any) -> Mapping[str, Any]:
        """What an expression at this task can see."""
        items = [(variable, find_item(self.document, id)) for variable, id in reversed(items_around(task))]
        seen = dict(self.document)  # one flat mapping: expressions look many names up in it
        for variable, row in items:
            if not variable:
                seen.update(row or {})
        around = {variable: item for variable, item in items if variable}
        return {**seen, "regio": self.region, **deadlines.clock(self.now), **around}

    def evaluate(self, task: Any, text: str, counts: Mapping[str, int] | None = None) -> Any:
        """The value of an expression (`=…`), or the literal text; `counts` are names that it sees besides.

        Raises ProcessError where it can't be evaluated.
        """
        expression = feel.read(text)
        if isinstance(expression, str):
            return expression
        names: dict[str, Any] = dict(counts or {})
        if "loopCounter" in expression.names and (counter := counter_of(task)) is not None:
            names.setdefault("loopCounter", counter)
        try:
            return expression.evaluate({**self.context(task), **names})
        except feel.FeelError as error:
            element = getattr(task.task_spec, "element", None)
            raise ProcessError(error.message, element.id if element is not None else "") from error

    def decide(self, element: Element, task: Any) -> None:
        """Let the decision table of a business rule task write its outcome into the document."""
        table = self.tables.get(element.decision)
        if table is None:
            raise ProcessError(f"De beslistabel '{element.decision}' bestaat niet.", element.id)
        counter = {} if (number := counter_of(task)) is None else {"loopCounter": number}
        outcome = decisions.decide(table, {**self.context(task), **counter})
        self.write(item_of(task), {element.result or element.decision: feel.to_json(outcome)})
        self.changed = True

    # loop items

    def write(self, item: str, values: Mapping[str, Any]) -> None:
        """Lay values over the document, or over one item of a list in it."""
        self.document = laid_over(self.document, item, values)

    def items(self, task: Any, element: Element) -> list[str]:
        """The ids of the items that a multi-instance activity runs over."""
        loop = element.loop or Loop(LoopKind.PARALLEL)
        if loop.cardinality:
            count = self.evaluate(task, loop.cardinality)
            number = int(count) if str(count).isdigit() else -1
            if not 0 <= number <= 1000:
                raise ProcessError(
                    f"'{element.name}' moet een aantal keer gebeuren, maar dat is geen getal.", element.id
                )
            return [str(index) for index in range(1, number + 1)]
        rows = self.evaluate(task, loop.collection)
        if rows is None:
            return []
        if not isinstance(rows, list) or not all(isinstance(i, Mapping) and i.get("id") for i in rows):
            raise ProcessError(f"'{element.name}' gaat over een lijst, maar die lijst is er niet.", element.id)
        return [str(item["id"]) for item in rows]

    def rows(self, key: str) -> list[str]:
        """The ids of the rows that stand in a list of the document; none where it is not there."""
        rows = self.document.get(key)
        return (
            [str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")]
            if isinstance(rows, list)
            else []
        )

    def item(self, id: str) -> Mapping[str, Any] | None:
        """The row with this id, in whichever list of the document it stands."""
        return find_item(self.document, id)

    # time

    def due(self, task: Any, element: Element) -> datetime | None:
        """When the timer of an element goes off; None while its date is not known."""
        event = element.event or Event(EventKind.TIMER)
        value = self.evaluate(task, event.expression)
        if event.timer == TimerKind.DATE:
            return _moment(value, element)
        text = str(feel.to_json(value)) if value is not None else ""
        if event.timer == TimerKind.CYCLE:
            text = _cycle(text, element)[1]
        try:
            return deadlines.after(self.now, text)
        except ValueError as error:
            raise ProcessError(f"Bij '{element.title}' staat geen duur maar '{text}'.", element.id) from error

    def next_round(self, task: Any, element: Element, left: int | None, skip: bool) -> tuple[int, str | None]:
        """How often a clock that repeats goes off after this time, and when; `left` is how often it did count on.

        A missed round is not made up for, where it may be skipped.
        """
        event = element.event or Event(EventKind.TIMER)
        times, text = _cycle(str(self.evaluate(task, event.expression)), element)
        left = (times if left is None else left) - 1
        due = deadlines.after(self.now, text)
        while skip and left != 0 and due <= self.until:
            left, due = left - 1, deadlines.after(due, text)
        return left, due.isoformat() if left != 0 else None


def items_around(task: Any) -> list[tuple[str, str]]:
    """The loop items that a task stands in, innermost first: name of the variable and id of the item. The variable is
    "" where an event sub-process runs for a row: the fields of that are seen as those of the document.
    """
    top = task.workflow.top_workflow
    items: list[tuple[str, str]] = []
    current: Any = task
    while current is not None:
        row, id = current.internal_data.get("row"), current.internal_data.get("item")
        if row is not None:
            items.append(("", row))
        elif id is not None and current.task_spec.variable:  # a mere number of times has no item to write in
            items.append((current.task_spec.variable, id))
        current = _standing(top, current.workflow.parent_task_id)
    return items


def counter_of(task: Any) -> int | None:
    """Which time this is of the innermost step around a task that is done a number of times; None where none is."""
    top, current = task.workflow.top_workflow, task
    while current is not None:
        if "round" in current.internal_data:
            return int(current.internal_data["round"])
        if "item" in current.internal_data:
            return None if current.task_spec.variable else int(current.internal_data["item"])
        current = _standing(top, current.workflow.parent_task_id)
    return None


def item_of(task: Any) -> str:
    """The id of the innermost loop item that a task is about, or ""."""
    around = items_around(task)
    return around[0][1] if around else ""


def _standing(top: Any, task_id: Any) -> Any:
    """The task with this id, or None where it was taken from its tree already."""
    return next((w.tasks[task_id] for w in (top, *top.subprocesses.values()) if task_id in w.tasks), None)


def laid_over(document: Mapping[str, Any], item: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A document with values laid over it, or over the row of a list in it that has this id. Raises ConflictError where
    there is none.
    """
    if not item:
        return {**document, **values}
    for key, rows in document.items():
        if isinstance(rows, list) and any(isinstance(row, dict) and row.get("id") == item for row in rows):
            changed = [{**row, **values} if isinstance(row, dict) and row.get("id") == item else row for row in rows]
            return {**document, key: changed}
    raise ConflictError("Dat waar deze taak over gaat, staat niet meer in het dossier.")


def find_item(document: Mapping[str, Any], id: str) -> dict[str, Any] | None:
    """The row of a list in the document that has this id."""
    for value in document.values():
        if isinstance(value, list):
            for row in value:
                if isinstance(row, dict) and row.get("id") == id:
                    return row
    return None


def _moment(value: object, element: Element) -> datetime | None:
    if isinstance(value, str):
        value = feel.parse_datetime(value) or feel.parse_date(value)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=deadlines.ZONE)
    if isinstance(value, date):
        # a moment that is only a day has come when that day begins
        return deadlines.end_of_day(value - timedelta(days=1)) + timedelta(seconds=1)
    raise ProcessError(f"Bij '{element.title}' staat geen datum.", element.id)


_CYCLE = re.compile(r"R([1-9]\d*|)/(.+)")


def _cycle(text: str, element: Element) -> tuple[int, str]:
    """How often (-1 is without end) and how long between."""
    match = _CYCLE.fullmatch(text)
    if match is None or not deadlines.valid(match[2]) or not any(figure in match[2] for figure in "123456789"):
        raise ProcessError(f"Bij '{element.title}' staat geen herhaling zoals R3/P7D.", element.id)
    return int(match[1]) if match[1] else -1, match[2]
