"""Plays example cases with people: each action is a use case by somebody who may do it.

The demo is filled by it, and tests bring cases by it to where they begin.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from engine import access, cases, deadlines, process, scenarios, store, worker
from engine.access import Appointment, Person
from engine.cases import Context, EventRow, Library
from engine.errors import ConflictError, NotAllowedError, NotFoundError
from engine.scenarios import Action, Player
from engine.store.tasks import TaskRow
from engine.words import Happening, Teller, Verb

REASON = "Het gezin vertelde het eerst anders."
NOT_NEEDED = "Wij kennen elkaar al."


class Rehearsal(Player):
    """One case that is played, and its clock."""

    def __init__(self, library: Library, now: datetime, process: str, municipality: str) -> None:
        self.library, self.now = library, now
        self.process, self.municipality = process, municipality
        self.case_id = 0

    @abstractmethod
    def transaction(self, writes: bool) -> AbstractContextManager[store.Transaction]:
        """The transaction of one use case: what raises in it is undone whole."""

    @abstractmethod
    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """Who act, in the order in which they are asked."""

    # how it stands, whoever looks

    def rows(self) -> tuple[TaskRow, ...]:
        """The open tasks."""
        with self.transaction(writes=False) as tx:
            return store.tasks.open_tasks(tx, self.case_id)

    def row(self, element: str, subject: str = "") -> TaskRow:
        """The one open task of this element, about this row of a list. Raises ConflictError where it is not one."""
        rows = [row for row in self.rows() if row.element == element and subject in ("", row.subject)]
        if len(rows) != 1:
            raise ConflictError(f"'{element}' staat {len(rows)} keer open.")
        return rows[0]

    def document(self) -> Mapping[str, Any]:
        """What the case knows."""
        with self.transaction(writes=False) as tx:
            return store.case_files.read(tx, self.case_id, None).document

    def history(self) -> tuple[EventRow, ...]:
        """All that happened."""
        with self.transaction(writes=False) as tx:
            return store.case_files.history(tx, self.case_id)

    # who does it

    @contextmanager
    def as_(self, person: str, writes: bool = True) -> Iterator[Context]:
        """Somebody at work, in one transaction."""
        with self.transaction(writes) as tx:
            yield Context(tx, self.library, store.people.one(tx, person), self.now)

    def who(self, row: TaskRow) -> str:
        """Who has a task, or else the first who may complete it, those in whose role it is before others. Raises
        NotAllowedError where nobody may.
        """
        if row.assignee:
            return row.assignee
        with self.transaction(writes=False) as tx:
            case = store.case_files.read(tx, row.case_id, None)
            in_turn = sorted(self.people(tx), key=lambda p: row.roles.isdisjoint(a.role for a in p.appointments))
            for person in in_turn:
                seen = Context(tx, self.library, person, self.now).sight
                if Verb.COMPLETE in access.may(seen, store.case_files.facts(tx, case, seen), row.facts):
                    return person.id
        raise NotAllowedError(f"Niemand mag '{row.element}' doen.")

    def somebody(self, do: Callable[[Context], object]) -> None:
        """Let the first do it who is not refused. Raises NotAllowedError where all are."""
        with self.transaction(writes=False) as tx:
            people = self.people(tx)
        for person in people:
            try:
                with self.transaction(writes=True) as tx:
                    do(Context(tx, self.library, person, self.now))
            except (NotAllowedError, NotFoundError):
                continue
            return
        raise NotAllowedError("Niemand mag dit.")

    # what happens

    def start(self, answers: Mapping[str, Any], by: str = "") -> int:
        """Start the case, by this person or the first who may; gives its id."""

        def begin(ctx: Context) -> None:
            self.case_id = cases.start(ctx, self.process, self.municipality, answers).case_id

        if by:
            with self.as_(by) as ctx:
                begin(ctx)
        else:
            self.somebody(begin)
        return self.case_id

    def holding(self, role: str) -> str:
        """The first who has a role here."""
        with self.transaction(writes=False) as tx:
            return next(p.id for p in self.people(tx) if Appointment(role, self.municipality) in p.appointments)

    def do(self, element: str, answers: Mapping[str, Any] | None = None, by: str = "", subject: str = "") -> None:
        """Complete an open task."""
        row = self.row(element, subject)
        person = by or self.who(row)
        clean = scenarios.keep_rows(answers or {}, self.document())
        with self.as_(person) as ctx:
            cases.complete(ctx, row.id, clean, row.revision)

    def wait(self, term: str) -> int:
        """Let time pass; gives the number of jobs that were done."""
        return self.wait_until(deadlines.after(self.now, term))

    def wait_until(self, moment: datetime) -> int:
        """Let time pass until a moment; gives the number of jobs that were done."""
        self.now = moment
        done = 0
        while self.step():
            done += 1
        return done

    def step(self) -> bool:
        """One turn of the worker."""
        with self.transaction(writes=True) as tx:
            return worker.step(tx, self.library, self.now)

    # the actions of an example

    def on_task(self, action: Action) -> None:
        """Start the case with the first task, complete each later one."""
        if self.case_id:
            self.do(action.name, action.answers, subject=str(next(iter(action.item.values()), "")))
        elif action.by:
            self.start(action.answers, self.holding(action.by))
        else:
            self.start(action.answers)

    def on_wait(self, term: str) -> None:
        """Let time pass."""
        self.wait(term)

    def on_message(self, action: Action) -> None:
        """Let somebody tell it."""
        self.somebody(lambda ctx: cases.message(ctx, self.case_id, action.name, self.told(ctx, action.name)))

    def told(self, ctx: cases.Context, name: str) -> dict[str, object]:
        """What who tells it answers: that it was seen today, and is so for all whom it may be for."""
        option = next((option for option in cases.case(ctx, self.case_id).messages if option.name == name), None)
        if option is None:
            return {}
        asked = {field.key: field for field in cases.questions(ctx, self.case_id, option).fields}
        everybody = [choice.value for choice in asked["voor"].options] if "voor" in asked else []
        day = self.now.astimezone(deadlines.ZONE).date().isoformat()
        said: dict[str, object] = {"van": Teller.SELF, "op": day, "voor": everybody}
        return {key: answer for key, answer in said.items() if key in asked}

    def on_skipping(self, action: Action) -> None:
        """Let who may do an open task skip it."""
        row = self.row(action.name, str(next(iter(action.item.values()), "")))
        with self.as_(self.who(row)) as ctx:
            cases.skip(ctx, row.id, NOT_NEEDED)

    def on_reopening(self, reason: str) -> None:
        """Let somebody of the Knooppunt team reopen it."""
        self.somebody(lambda ctx: cases.reopen(ctx, self.case_id, reason))

    def on_correction(self, action: Action) -> None:
        """Let who did the step correct it."""
        document = self.document()
        item = scenarios.row_meant(document, action.item)
        step = (Happening.COMPLETED, action.name, item)
        done = next(
            (event for event in reversed(self.history()) if (event.kind, event.element, event.item) == step), None
        )
        if done is None:
            raise ConflictError(f"'{action.name}' is nog niet gedaan.")
        source = (process.find_item(document, item) or {}) if item else document
        before = {key: source[key] for key in done.detail["velden"] if source.get(key) is not None}
        with self.as_(done.actor) as ctx:
            answers = {**before, **scenarios.keep_rows(action.answers, document)}
            cases.correct(ctx, self.case_id, done.process, done.element, answers, REASON, item)
