"""Agreements and meetings over all families, and what is new there, as one person may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from engine import forms, store
from engine.access import CaseFacts
from engine.cases import reminding
from engine.cases.asking import form_of, working_as
from engine.cases.circles import circles
from engine.cases.context import Context
from engine.cases.following import contacted
from engine.cases.views import Some
from engine.definitions import Definition, Element, Organisation
from engine.errors import InvalidDataError
from engine.feel import FeelError
from engine.forms import Field, Option
from engine.store.board import Agreed, Asking, Board, Led, Met, News, Wanted
from engine.store.following import LastContact
from engine.store.tasks import Step, Waiting
from engine.words import (
    AgreementStatus,
    BoardList,
    Contact,
    Ground,
    Happening,
    MeetingStatus,
    Reached,
    Register,
    RoleId,
    Seen,
)

WEEK = timedelta(days=6)
"""What is called this week: today and the six days after it."""

FIRST = timedelta(days=7)
"""So long back is told what is new to who opens the start page for the first time."""

TELLS = (
    Happening.STARTED,
    Happening.COMPLETED,
    Happening.TAKEN_BACK,
    Happening.CORRECTED,
    Happening.MESSAGE,
    Happening.WITHDRAWN,
    Happening.REOPENED,
    Happening.SKIPPED,
    Happening.JOINED,
    Happening.HANDED_OVER,
)
"""What is news to others: who takes a task or gives it back is not."""


@dataclass(frozen=True)
class Answers:
    """By which question of its form a step hears how an agreement stands: the answers that complete it at once, and
    those after which it asks more.
    """

    key: str
    at_once: tuple[Option, ...]
    asking: tuple[Option, ...]


@dataclass(frozen=True)
class AgreementLine:
    """An agreement on the board, with the open tasks that follow it as far as this person sees them. `answers` are
    those of the first that this person may do. Who `follows` the case reads when somebody was last in touch.
    """

    agreed: Agreed
    steps: tuple[Waiting, ...]
    organisation: Organisation
    answers: Answers | None = None
    follows: bool = False
    contact: LastContact | None = None

    @property
    def doer(self) -> Waiting | None:
        """The task of somebody of the organisation whose agreement it is."""
        return next((step for step in self.steps if step.assignee_works_at == self.organisation.id), None)

    @property
    def step(self) -> Waiting | None:
        """The task to go on with: one's own, or else the first."""
        return next((step for step in self.steps if step.doable), next(iter(self.steps), None))


@dataclass(frozen=True)
class Reminded:
    """How many people are mailed, and the organisations where nobody can be."""

    people: int
    silent: tuple[str, ...]


@dataclass(frozen=True)
class MeetingLine:
    """A meeting on the board, with what is still to be done before it as far as this person sees it."""

    met: Met
    steps: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class Boards:
    """The boards of one person, each looked through in one request by the same ways."""

    ctx: Context

    @cached_property
    def _agreements(self) -> Board:
        return store.board.of_agreements(self.ctx.tx, self.ctx.sight)

    @cached_property
    def _meetings(self) -> Board:
        return store.board.of_meetings(self.ctx.tx, self.ctx.sight)

    @cached_property
    def organisations(self) -> Mapping[str, Organisation]:
        """Every organisation of every region here, by id."""
        regions = self.ctx.library.regions(self.ctx.tx)
        return {id: each for region in regions for id, each in region.organisations.items()}

    def agreements(self, wanted: Wanted, number: int, offset: int = 0) -> Some[AgreementLine]:
        """Some of the agreements that are asked for, in the order of their day."""
        ctx = self.ctx
        some = Some.of(store.board.agreements(ctx.tx, ctx.sight, self._agreements, wanted, number + 1, offset), number)
        self._shown({(row.case_id, row.municipality) for row in some.rows if row.guarded}, Register.AGREEMENT)
        items = {(row.case_id, row.item) for row in some.rows}
        by_row: dict[tuple[int, str], list[Waiting]] = {}
        for step in store.tasks.steps(ctx.tx, ctx.sight, {id for id, _ in items}, of_rows=True):
            by_row.setdefault((step.case_id, step.item), []).append(step)
        followed = {row.case_id for row in some.rows if self._follows(row)}
        contacts = store.following.last_contacts(ctx.tx, followed)
        lines = [
            replace(
                self._line(row, by_row.get((row.case_id, row.item), ())),
                follows=row.case_id in followed,
                contact=contacts.get((row.case_id, row.item)) if row.case_id in followed else None,
            )
            for row in some.rows
        ]
        return Some(tuple(lines), some.more)

    def counted(self, several: Mapping[str, Wanted]) -> Mapping[str, int]:
        """How many agreements each of these asks for holds, up to `store.board.MOST`."""
        return store.board.counted(self.ctx.tx, self._agreements, several)

    def meetings(self, status: MeetingStatus, number: int, *, week: bool = False) -> Some[MeetingLine]:
        """The first meetings that are to come, or of the last week and to come; or the last that were held."""
        ctx, planned = self.ctx, status == MeetingStatus.PLANNED
        days = (ctx.today, ctx.today + WEEK) if week else (None, None)
        some = Some.of(store.board.meetings(ctx.tx, ctx.sight, self._meetings, status, number + 1, *days), number)
        self._shown({(row.case_id, row.municipality) for row in some.rows if row.guarded}, Register.MEETING)
        ids = {row.case_id for row in some.rows} if planned else set()
        before = store.tasks.steps(ctx.tx, ctx.sight, ids, of_rows=False)
        lines = (MeetingLine(row, tuple(s for s in before if s.case_id == row.case_id)) for row in some.rows)
        return Some(tuple(lines), some.more)

    def asking(self, number: int) -> Some[Asking]:
        """The first meetings for which is asked who can when."""
        some = Some.of(store.board.asking(self.ctx.tx, self.ctx.sight, number + 1), number)
        self._shown({(row.case_id, row.municipality) for row in some.rows if row.guarded}, Register.MEETING)
        return some

    def plans(self, row: Asking) -> bool:
        """Whether the actor is who plans a meeting."""
        return row.municipality in {place for _, place in self.ctx.sight.overseen}

    def news(self, since: datetime, number: int) -> Some[News]:
        """What others did since a moment, the newest first; nothing of a circle, which is told where it goes on."""
        ctx = self.ctx
        most = 3 * number
        rows = store.board.news(ctx.tx, ctx.sight, since, TELLS, most)
        while len(ordinary := [row for row in rows if self._ordinary(row)]) <= number and len(rows) == most:
            most *= 4  # what happens in circles takes no place on the list: one would see by that that it does
            rows = store.board.news(ctx.tx, ctx.sight, since, TELLS, most)
        some = Some.of(ordinary, number)
        self._shown({(row.case_id, row.municipality) for row in some.rows if row.guarded}, Seen.LISTED)
        return some

    def name_of(self, row: News) -> str:
        """What the step or message of some news is called, as its diagram has it; "" where it names none."""
        definition = self.ctx.library.model(self.ctx.tx, row.version_id).definition
        elements = (step for place in definition.processes.values() for step in place.elements.values())
        if row.message:
            called = (e.properties.get("titel", "") for e in elements if e.event and e.event.name == row.message)
            return next((title for title in called if title), "")
        step = definition.processes[row.process].elements.get(row.element) if row.process else None
        return step.name if step else ""

    def remind(self, ids: Sequence[int]) -> Reminded:
        """Let who has something to do for these agreements be mailed, each person once however many they are, and keep
        with each that it was. Of those that this person doesn't follow nothing is done.
        """
        ctx, silent = self.ctx, set[str]()
        lines = [line for line in self.agreements(Wanted(ids=tuple(ids)), len(ids)).rows if line.follows]
        receivers = [self._receivers(line) for line in lines]
        to = reminding.ask(ctx.tx, set[str]().union(*receivers), ctx.now)
        for line, people in zip(lines, receivers, strict=True):
            if people.isdisjoint(to):
                silent.add(line.organisation.name)
            else:
                agreed = line.agreed
                contacted(ctx, agreed.case_id, Contact.MAILED, Reached.SENT, ctx.today, item=agreed.item)
        return Reminded(len(to), tuple(sorted(silent)))

    def _receivers(self, line: AgreementLine) -> set[str]:
        """Who has a task that follows an agreement; where nobody has, those who work at its organisation there."""
        having = {step.assignee for step in line.steps if step.assignee} - {self.ctx.actor.id}
        if having:
            return having
        there = working_as(self.ctx, RoleId.CORE_PARTNER, line.agreed.municipality)
        return {person.id for person in there if person.organisation == line.organisation.id}

    @cached_property
    def led(self) -> Mapping[int, Led]:
        """The families that the actor leads as casusregisseur, by the number of their case."""
        return {each.case_id: each for each in store.board.led(self.ctx.tx, self.ctx.sight, store.board.KNOWN)}

    def _follows(self, row: Agreed) -> bool:
        """Whether this person reads what happens in the case: who keeps the overview there, and who leads it."""
        return row.municipality in {place for _, place in self.ctx.sight.overseen} or row.case_id in self.led

    def families(self, number: int) -> tuple[tuple[Led, Step | None], ...]:
        """The first of the families that the actor leads, each with its most urgent step."""
        some = tuple(self.led.values())[:number]
        steps = store.tasks.next_steps(self.ctx.tx, self.ctx.sight, [each.case_id for each in some]) if some else {}
        self._shown({(each.case_id, each.municipality) for each in some if each.guarded}, Seen.LISTED)
        return tuple((each, steps.get(each.case_id)) for each in some)

    def _ordinary(self, row: News) -> bool:
        drawn = circles(self.ctx.library.model(self.ctx.tx, row.version_id).definition)
        outside = CaseFacts("", row.municipality)
        return drawn.hides(outside, row.process, row.element, row.item, row.message) is None

    def _shown(self, families: set[tuple[int, str]], part: str) -> None:
        """What stands on a board is known by what the family said, and so is its place there."""
        overseen = {place for _, place in self.ctx.sight.overseen}
        for case_id, municipality in families:
            listed = part == Seen.LISTED and municipality in overseen
            self.ctx.looks.shows(case_id, municipality, Ground.OVERVIEW if listed else Ground.CONSENT, {part})

    def _line(self, row: Agreed, steps: Sequence[Waiting]) -> AgreementLine:
        organisation = self.organisations.get(row.organisation) or Organisation(row.organisation, row.organisation)
        line = AgreementLine(row, tuple(steps), organisation)
        step = line.step
        if step is None or not step.doable:
            return line
        definition = self.ctx.library.model(self.ctx.tx, step.version_id).definition
        return replace(line, answers=heard_by(definition, definition.element(step.process, step.element)))


def lists_of(today: date, organisation: str = "") -> Mapping[str, Wanted]:
    """What each list of agreements asks for, of one organisation or of all."""
    lists = {
        BoardList.LATE: Wanted(until=today - timedelta(days=1)),
        BoardList.WEEK: Wanted(since=today, until=today + WEEK),
        BoardList.WAITING: Wanted(statuses=(AgreementStatus.WAITING,)),
        BoardList.ALL: Wanted(),
        BoardList.DONE: Wanted(statuses=(AgreementStatus.DONE,), newest_first=True),
    }
    return {name: replace(wanted, organisation=organisation) for name, wanted in lists.items()}


def heard_by(definition: Definition, element: Element) -> Answers | None:
    """By which question a step hears how an agreement stands; None where it doesn't ask that."""
    return _heard_by(definition, element.process, element.id)


@lru_cache(maxsize=256)
def _heard_by(definition: Definition, process: str, id: str) -> Answers | None:
    form = form_of(definition, definition.element(process, id))
    question = next((f for f in form.input_fields() if f.properties.get("register") == "status" and f.options), None)
    if question is None or any(f.hide is None and f.required for f in form.input_fields() if f is not question):
        return None
    at_once = tuple(option for option in question.options if _suffices(form, question, option))
    return Answers(question.key, at_once, tuple(option for option in question.options if option not in at_once))


def _suffices(form: forms.Form, question: Field, option: Option) -> bool:
    """Whether a step asks nothing more that must be answered, once this is."""
    try:
        forms.validate(form, {question.key: option.value}, {})
    except (InvalidDataError, FeelError):
        return False
    return True
