"""The worklist: one row for each task that waits for a person, written with the move that opened it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import CHOSEN, Need, Sight, TaskFacts
from engine.errors import NotFoundError
from engine.store.answers import readable
from engine.store.case_files import NO_TASK, known_to, name_begins, of_circle, of_number, overseen, shown_title
from engine.store.database import Transaction, folded, known_number, known_text
from engine.store.memory import asked_once, changing
from engine.store.searching import FEW, among, beginnings, begins, forget_subjects, keep_subjects, narrowed, words_of
from engine.store.tables import (
    FAR,
    OPEN,
    Order,
    Place,
    case_file,
    draft,
    opening,
    participant,
    person,
    task,
    task_need,
    task_role,
    word,
)
from engine.words import RoleId, TaskList, TaskStatus


@dataclass(frozen=True)
class TaskRow:
    """One task of a case. `roles` are those who may do it; `revision` changes when somebody takes or gives it;
    `for_nobody` says that nobody of those may read what it shows.
    """

    id: int
    case_id: int
    key: str
    root: str
    process: str
    element: str
    item: str
    title: str
    subject: str
    phase: str
    municipality: str
    organisation: str
    sorts: frozenset[str]
    circle: str
    for_nobody: bool
    opened_at: datetime
    deadline: datetime | None
    assignee: str
    status: str
    revision: int
    ended_by: str
    roles: frozenset[str] = frozenset()
    needs: frozenset[Need] = frozenset()
    drawn_deadline: datetime | None = None

    @property
    def safety(self) -> bool:
        """Whether it belongs to a safety file."""
        return self.circle.partition(":")[0] == RoleId.SAFETY

    @property
    def facts(self) -> TaskFacts:
        """What access to this task rests on."""
        return TaskFacts(self.roles, self.organisation, self.assignee, self.circle, self.sorts, self.needs)


@dataclass(frozen=True)
class Line:
    """One line of a worklist; `claimable` says that nobody has it and that it waits for this person's role;
    `for_nobody`, to who keeps the overview, that the family has to be asked before anybody may do it.
    """

    task_id: int
    case_id: int
    case_title: str
    title: str
    subject: str
    phase: str
    process: str
    element: str
    roles: tuple[str, ...]
    municipality: str
    deadline: datetime | None
    assignee: str
    assignee_name: str
    revision: int
    claimable: bool
    for_nobody: bool
    circle: str = ""
    guarded: bool = True


@dataclass(frozen=True)
class Filter:
    """Which tasks to list, in which order; `kind` is a TaskList, and anything else is those of the person. `assignee`
    is who has the task, `NOBODY` where nobody has, `organisation` for which that person works.
    """

    kind: str = TaskList.MINE
    search: str = ""
    phase: str = ""
    municipality: str = ""
    limit: int = 25
    after: Place | None = None
    assignee: str = ""
    organisation: str = ""
    order: str = Order.DATE


NOBODY = "-"
"""Who has a task that nobody has, as a filter names it: no person is called this."""


@dataclass(frozen=True)
class Waiting:
    """An open task of a case, as a board over families shows it: of which row it is, of which version of the diagrams,
    and whether this person may do it as it stands (`doable`).
    """

    task_id: int
    case_id: int
    item: str
    version_id: str
    process: str
    element: str
    title: str
    phase: str
    deadline: datetime | None
    assignee: str
    assignee_name: str
    assignee_works_at: str
    revision: int
    doable: bool


MOST = 100
"""So many are counted at most: nobody reads on, and counting all would look at all."""


SORTED = 1_000
"""So many tasks at most, the most urgent ones, are put in another order than that of their deadlines: for that they are
all read.
"""


@dataclass(frozen=True)
class Listing:
    """Lines of one page, where the `next` goes on if there are more, and how many the list and each list holds, up to
    `MOST`. `cut` says that more than `SORTED` were to be put in order, and the rest was left out; `common` that the
    words searched for are so common that they were looked for among the `FEW` most urgent tasks of each place alone.
    """

    lines: tuple[Line, ...]
    next: Place | None
    total: int
    counts: Mapping[str, int] = field(default_factory=dict)
    cut: bool = False
    common: bool = False


@asked_once(task, task_role, task_need)
def open_tasks(tx: Transaction, case_id: int) -> tuple[TaskRow, ...]:
    """The open tasks of one case, oldest first."""
    return _rows(tx, _OPEN_OF, {"case": case_id})


def waiting_in(tx: Transaction, municipalities: Iterable[str], people: Iterable[str]) -> tuple[TaskRow, ...]:
    """The open tasks in these municipalities that wait for somebody who may read what they show, or that one of these
    people has; those of a case together. What is known to a circle only is none of them.
    """
    needed = sa.exists(sa.select(1).where(task_need.c.task_id == task.c.id))
    free = sa.and_(task.c.assignee.is_(None), needed)
    theirs = task.c.assignee.in_(list(people))
    here = task.c.municipality.in_(sorted(municipalities))
    rows = _read(tx, sa.and_(OPEN, task.c.circle == "", here, sa.or_(free, theirs)))
    return tuple(sorted(rows, key=lambda row: row.case_id))


def of_people(tx: Transaction, people: Iterable[str], most: int) -> tuple[TaskRow, ...]:
    """The open tasks that these people have and of which others may know; at most so many, the most urgent first."""
    theirs = sa.and_(OPEN, task.c.circle == "", task.c.assignee.in_(sorted(people)))
    order = task.c.due_at, task.c.id
    ids = list(tx.execute(sa.select(task.c.id).where(theirs).order_by(*order).limit(most)).scalars())
    by_id = {row.id: row for row in _read(tx, task.c.id.in_(ids))} if ids else {}
    return tuple(by_id[id] for id in ids)


def one(tx: Transaction, id: int) -> TaskRow:
    """One task, open or not. Raises NotFoundError."""
    rows = _rows(tx, _ONE, {"task": known_number(id)})
    if not rows:
        raise NotFoundError(NO_TASK)
    return rows[0]


def in_case(tx: Transaction, case_id: int, id: int) -> TaskRow:
    """The same, of a task of this case."""
    return next((row for row in open_tasks(tx, case_id) if row.id == id), None) or one(tx, id)


def _read(tx: Transaction, where: sa.ColumnElement[bool]) -> tuple[TaskRow, ...]:
    """Tasks with their roles and what they show, in one query."""
    return _rows(tx, _WITH_ALL.where(where))


def _rows(tx: Transaction, query: sa.Select[Any], asked: Mapping[str, Any] | None = None) -> tuple[TaskRow, ...]:
    return tuple(_row(row) for row in tx.execute(query, asked))


# what stands between the parts of a need, and between needs: no name of anything holds these
_PART, _WHOLE = "\x1f", "\x1e"
_OF = task_need.c
_NEED = (
    _OF.purpose + _PART + _OF.kind + _PART + _OF.person + _PART + _OF.actor + _PART + _OF.organisation
)  # as `Need` has them
_ROLES = (
    sa.select(sa.func.aggregate_strings(task_role.c.role, _WHOLE))
    .where(task_role.c.task_id == task.c.id)
    .scalar_subquery()
    .label("roles")
)
_NEEDS = (
    sa.select(sa.func.aggregate_strings(_NEED, _WHOLE))
    .where(task_need.c.task_id == task.c.id)
    .scalar_subquery()
    .label("needs")
)

_WITH_ALL = sa.select(task, _ROLES, _NEEDS).order_by(task.c.id)
# built once, as the others that each completed task asks
_OPEN_OF = _WITH_ALL.where(task.c.case_id == sa.bindparam("case"), OPEN)
_ONE = _WITH_ALL.where(task.c.id == sa.bindparam("task"))


def _split(joined: str | None) -> frozenset[str]:
    """What one column holds the whole of, such as the roles of a task."""
    return frozenset((joined or "").split(_WHOLE)) - {""}


def _row(row: Any) -> TaskRow:
    values = row._asdict()
    values.pop("due_at")
    values.pop("given_at")
    values["roles"] = _split(row.roles)
    values["needs"] = frozenset(Need(*need.split(_PART)) for need in _split(row.needs))
    values["assignee"] = values["assignee"] or ""
    values["ended_by"] = values["ended_by"] or ""
    values["sorts"] = frozenset(values["sorts"].strip(",").split(",")) - {""}
    return TaskRow(**values)


_ADD = sa.insert(task).returning(task.c.id)
_ADD_ROLES = sa.insert(task_role)


def add(tx: Transaction, rows: Iterable[tuple[Mapping[str, Any], Iterable[str]]]) -> list[int]:
    """Open tasks: the columns of each, and its roles. Gives their ids."""
    ids: list[int] = []
    roles: list[dict[str, Any]] = []
    for values, names in rows:
        sorts = "".join(f",{sort}" for sort in sorted(values.get("sorts", ()))) + ","
        due = {"due_at": values.get("deadline") or FAR}
        row = {"status": TaskStatus.OPEN, "revision": 1, **due, **values, "sorts": sorts}
        id = int(tx.execute(_ADD, row).scalar_one())
        ids.append(id)
        keep_subjects(tx, {id: values.get("subject", "")}, values["case_id"])
        roles.extend({"task_id": id, "role": name} for name in sorted(set(names)))
    if roles:
        tx.execute(_ADD_ROLES, roles)
    return ids


_FOR_NOBODY = sa.update(task).where(task.c.id == sa.bindparam("task"))


def for_nobody(tx: Transaction, id: int, nobody: bool) -> None:
    """Keep whether nobody may do a task, since nobody who might may read what it shows."""
    tx.execute(_FOR_NOBODY, {"task": id, "for_nobody": nobody})


@dataclass(frozen=True)
class Unasked:
    """A task that nobody may do until the family is asked, with its case as this person sees it; `agreed` says that the
    family lets that case go on, so that it can be asked anew.
    """

    task_id: int
    title: str
    case_id: int
    case_title: str
    agreed: bool
    municipality: str


def unasked(tx: Transaction, seen: Sight) -> tuple[Unasked, ...]:
    """The open tasks that nobody may do, in the cases that this person keeps the overview of; the oldest first."""
    if not seen.overseen:
        return ()
    query = (
        sa.select(task.c.id, task.c.title, task.c.case_id, shown_title(seen), case_file.c.agreed, task.c.municipality)
        .join(case_file, case_file.c.id == task.c.case_id)
        .where(task.c.for_nobody, OPEN, task.c.circle == "", overseen(seen))
    )
    return tuple(Unasked(*row) for row in tx.execute(query.order_by(task.c.id)))


def let_do(tx: Transaction, id: int, roles: Iterable[str]) -> None:
    """Let these roles do a task too."""
    (row,) = _read(tx, task.c.id == id)
    fresh = sorted(set(roles) - row.roles)
    if fresh:
        tx.execute(sa.insert(task_role), [{"task_id": id, "role": role} for role in fresh])


_DROP_DRAFTS = sa.delete(draft).where(draft.c.task_id.in_(sa.bindparam("ids", expanding=True)))
_END = sa.update(task).where(task.c.id.in_(sa.bindparam("ids", expanding=True)))


def end(tx: Transaction, rows: Iterable[TaskRow], status: TaskStatus, by: str | None) -> None:
    """End tasks of one case, as completed or lapsed. Only open ones are searched, and what somebody typed for them
    goes.
    """
    ended = tuple(rows)
    chosen = {row.id: row.subject for row in ended}
    if chosen:
        tx.execute(_DROP_DRAFTS, {"ids": list(chosen)})
        with changing(tx, open_tasks, ended[0].case_id) as known:  # the others stay as they are
            tx.execute(_END, {"ids": list(chosen), "status": status, "ended_by": by})
            known[:] = [tuple(row for row in waiting if row.id not in chosen) for waiting in known]
    if any(chosen.values()):
        forget_subjects(tx, word.c.task_id.in_(chosen))


def reopen(
    tx: Transaction, id: int, assignee: str | None, deadline: datetime | None, drawn: datetime | None = None
) -> None:
    """Let a task be open again, as it was."""
    (row,) = _read(tx, task.c.id == id)
    if row.status != TaskStatus.OPEN:
        keep_subjects(tx, {id: row.subject}, row.case_id)
    again = {"status": TaskStatus.OPEN, "ended_by": None, "deadline": deadline, "due_at": deadline or FAR}
    changed = {**again, "assignee": assignee, "drawn_deadline": drawn, "revision": task.c.revision + 1}
    tx.execute(sa.update(task).where(task.c.id == id).values(changed))


_ASSIGN = (
    sa.update(task)
    .where(task.c.id == sa.bindparam("task"))
    .values(assignee=sa.bindparam("person"), given_at=sa.bindparam("now"), revision=task.c.revision + 1)
)


def assign(tx: Transaction, id: int, person_id: str | None, now: datetime) -> None:
    """Give a task to a person, or to nobody."""
    tx.execute(_ASSIGN, {"task": id, "person": person_id, "now": now})


def move_deadline(tx: Transaction, id: int, deadline: datetime | None, drawn: datetime | None = None) -> None:
    """Move the deadline of an open task; where it isn't the one that it has by the drawing, that is `drawn`."""
    values = {"deadline": deadline, "due_at": deadline or FAR, "drawn_deadline": drawn}
    tx.execute(sa.update(task).where(task.c.id == id).values(values))


@dataclass(frozen=True)
class Step:
    """A step that waits in a case: in which phase, until when, and who has it, or else the roles that may do it."""

    title: str
    phase: str
    deadline: datetime | None
    assignee: str
    assignee_name: str
    roles: tuple[str, ...]


def next_steps(tx: Transaction, seen: Sight, case_ids: Sequence[int]) -> Mapping[int, Step]:
    """The most urgent step that waits in each of these cases, as far as this person may know of it; what is known to a
    circle only is none of them.
    """
    known = sa.and_(among(task.c.case_id, case_ids), OPEN, task.c.circle == "", seen_by(seen))
    query = sa.select(task, person.c.name.label("assignee_name"), _ROLES)
    rows = tx.execute(query.outerjoin(person, person.c.id == task.c.assignee).where(known))
    steps: dict[int, Step] = {}
    for r in sorted(rows, key=lambda row: (row.due_at, row.id)):
        roles = tuple(sorted(_split(r.roles)))
        step = Step(r.title, r.phase, r.deadline, r.assignee or "", r.assignee_name or "", roles)
        steps.setdefault(r.case_id, step)
    return steps


def listing(tx: Transaction, seen: Sight, chosen: Filter, now: datetime) -> Listing:
    """The open tasks that a person sees in one list, most urgent first. Reads no case's state."""
    visible = seen_by(seen)
    within: dict[str, sa.ColumnElement[bool]] = {  # what puts a task in each list
        TaskList.MINE: _mine(seen),
        TaskList.ROLE: sa.and_(task.c.assignee.is_(None), _candidate(seen)),
        TaskList.LATE: sa.and_(task.c.due_at < now, visible),
        TaskList.ALL: visible,
    }
    base, few = _filtered(tx, chosen, seen)
    common = bool(chosen.search) and not few
    lists = _Lists(within, base, _joined(chosen), {} if few else _drives(tx, seen, chosen), FEW if common else None)
    some: Sequence[int] = tx.execute(lists.first(TaskList.ALL, MOST)).scalars().all()
    if len(some) < MOST:  # these are all that any list can hold
        lists = _Lists(within, among(task.c.id, some), task, {})
    counts = lists.counted(tx) | {TaskList.ALL: len(some)}
    kind = chosen.kind if chosen.kind in within else TaskList.MINE
    # first which, then what: to sort whole rows, of which nearly all fall off the page, would take far longer
    ordered = _by_date if chosen.order == Order.DATE else _by_text
    rest, cut = ordered(tx, lists, kind, chosen, seen)
    on_page = rest[: chosen.limit]
    claimable = _claimable(seen, kind)
    query = (
        sa.select(
            task,
            shown_title(seen),
            case_file.c.guarded,
            person.c.name.label("assignee_name"),
            claimable,
            sa.and_(task.c.for_nobody, overseen(seen)).label("unasked"),
            sa.case((readable(seen), task.c.subject), else_="").label("shown_subject"),
            _ROLES,
        )
        .select_from(_WHOSE)
        .where(task.c.id.in_(on_page))
    )
    rows = sorted(tx.execute(query), key=lambda row: on_page.index(row.id))
    more = Place(rows[-1].due_at, rows[-1].id) if len(rest) > chosen.limit and rows else None
    return Listing(tuple(map(_line, rows)), more, counts[kind], counts, cut, common)


_WHOSE = task.join(case_file, case_file.c.id == task.c.case_id).outerjoin(person, person.c.id == task.c.assignee)


def _line(r: Any) -> Line:
    return Line(
        r.id,
        r.case_id,
        r.case_title,
        r.title,
        r.shown_subject,
        r.phase,
        r.process,
        r.element,
        tuple(sorted(_split(r.roles))),
        r.municipality,
        r.deadline,
        r.assignee or "",
        r.assignee_name or "",
        r.revision,
        bool(r.claimable),
        bool(r.unasked),
        r.circle,
        r.guarded,
    )


def _by_date(tx: Transaction, lists: "_Lists", kind: str, chosen: Filter, seen: Sight) -> tuple[Sequence[int], bool]:
    """The ids of a page and one more, the most urgent first."""
    return tx.execute(lists.first(kind, chosen.limit + 1, chosen.after)).scalars().all(), False


def _by_text(tx: Transaction, lists: "_Lists", kind: str, chosen: Filter, seen: Sight) -> tuple[Sequence[int], bool]:
    """The same in the order of what a line shows, and whether more tasks were left out. A page goes on after a task,
    wherever that stands by now: what it is called stands in no address.
    """
    ids = list(tx.execute(lists.first(kind, SORTED + 1)).scalars())
    before = chosen.after.id if chosen.after else 0
    text = {Order.FAMILY: shown_title(seen), Order.STEP: task.c.title, Order.PERSON: person.c.name}[Order(chosen.order)]
    query = sa.select(task.c.id, task.c.due_at, text.label("text")).select_from(_WHOSE)
    rows = tx.execute(query.where(among(task.c.id, [*ids[:SORTED], before]))).all()
    places = {row.id: (row.text is None, folded(row.text or ""), row.due_at, row.id) for row in rows}
    start = places.get(before, ())
    later = (id for id in ids[:SORTED] if places[id] > start)
    return sorted(later, key=lambda id: places[id])[: chosen.limit + 1], len(ids) > SORTED


def _claimable(seen: Sight, kind: str) -> sa.ColumnElement[bool]:
    """Whether a task on a page of a list can be taken from there: what the list ROLE shows."""
    if kind in (TaskList.MINE, TaskList.ROLE):
        return sa.literal(kind == TaskList.ROLE).label("claimable")
    return sa.and_(task.c.assignee.is_(None), _candidate(seen)).label("claimable")


@dataclass(frozen=True)
class _Lists:
    """The lists of one person: what puts a task in each (`within`), what has to hold of all (`base`), and by which
    conditions each list is looked through: for each there is an index that has its tasks in order, and what is in the
    list meets one of them at least. So however many tasks there are, looked at are the first of each; of each no more
    than `most`, where that is given.
    """

    within: Mapping[str, sa.ColumnElement[bool]]
    base: sa.ColumnElement[bool]
    table: sa.FromClause
    drives: Mapping[str, Sequence[sa.ColumnElement[bool]]]
    most: int | None = None

    def first(self, kind: str, number: int, after: Place | None = None) -> sa.Select[Any]:
        """The ids of the first tasks of a list, or of those that come after a place in it; most urgent first."""
        parts, rest = [], sa.true() if after is None else sa.tuple_(task.c.due_at, task.c.id) > after
        for drive in self.drives.get(kind, ()) or (sa.true(),):
            base = sa.and_(self.base, *self._near(drive, rest))
            some = (
                sa.select(task.c.id, task.c.due_at).select_from(self.table).where(drive, rest, base, self.within[kind])
            )
            parts.append(some.order_by(task.c.due_at, task.c.id).limit(number).subquery())
        met = sa.union(*(sa.select(part.c.id, part.c.due_at) for part in parts)).subquery()
        return sa.select(met.c.id).order_by(met.c.due_at, met.c.id).limit(number)

    def _near(self, *where: sa.ColumnElement[bool]) -> Iterator[sa.ColumnElement[bool]]:
        """That a task is due no later than the first `most` of those that meet this, so that a search ends there."""
        if self.most is not None:
            first = sa.select(task.c.due_at).where(OPEN, *where).order_by(task.c.due_at, task.c.id)
            last = first.limit(1).offset(self.most).correlate(None).scalar_subquery()
            yield task.c.due_at <= sa.func.coalesce(last, sa.literal(FAR, task.c.due_at.type))

    def counted(self, tx: Transaction) -> dict[str, int]:
        """How many tasks each list but the widest holds; no more than `MOST` are looked for, however many there are."""
        narrow = [kind for kind in self.within if kind != TaskList.ALL]
        some = (self.first(kind, MOST).subquery() for kind in narrow)
        columns = [sa.select(sa.func.count()).select_from(few).scalar_subquery() for few in some]
        return dict(zip(narrow, tx.execute(sa.select(*columns)).one(), strict=True))


KNOWN = 1_000
"""Of so many cases at most, that somebody takes part in or that an organisation knows, the tasks are looked up."""


def _drives(tx: Transaction, seen: Sight, chosen: Filter) -> Mapping[str, Sequence[sa.ColumnElement[bool]]]:
    """By what the lists of a person are looked through: the places where one has a role for all cases, what one has
    oneself, what one takes part in, and what the own organisation may know.
    """
    own = {place for _, place in seen.overseen} | _places(seen)
    asked = {chosen.municipality} if chosen.municipality else own | seen.partner_in
    drives = [task.c.municipality == place for place in sorted(asked & own)]
    part = sa.select(participant.c.case_id).where(participant.c.person_id == seen.person)
    drives += _near(tx, part, [_takes_part(seen)])
    does = _has_role(RoleId.CORE_PARTNER)
    if partner := [sa.and_(task.c.municipality == place, does) for place in sorted(asked & seen.partner_in - own)]:
        drives += _near(tx, sa.select(opening.c.case_id).where(opening.c.organisation == seen.organisation), partner)
    mine = task.c.assignee == seen.person
    if chosen.assignee not in ("", NOBODY):
        return dict.fromkeys(TaskList, (task.c.assignee == known_text(chosen.assignee),))
    return {
        TaskList.MINE: (mine,),
        TaskList.ROLE: drives,
        TaskList.LATE: (*drives, mine),
        TaskList.ALL: (*drives, mine),
    }


def _near(
    tx: Transaction, cases: sa.Select[tuple[int]], many: Sequence[sa.ColumnElement[bool]]
) -> Sequence[sa.ColumnElement[bool]]:
    """By what to look through the tasks of these cases: by `many` where they are many."""
    number = len(tx.execute(cases.distinct().limit(KNOWN + 1)).all())
    if number > KNOWN:
        return many
    return [task.c.case_id.in_(cases)] if number else []


def _joined(chosen: Filter) -> sa.FromClause:
    return task.join(case_file, case_file.c.id == task.c.case_id) if chosen.search else task


def _filtered(tx: Transaction, chosen: Filter, seen: Sight) -> tuple[sa.ColumnElement[bool], bool]:
    """What has to hold of a task in any list, whoever may see it; and whether that leaves few to look through."""
    conditions, few = [OPEN], None
    if chosen.search:
        typed, titles = beginnings(chosen.search), _titles(tx)
        few = narrowed(tx, typed, lambda beginning: _perhaps(beginning, titles))
        conditions.append(sa.true() if few is None else among(task.c.id, few))
        conditions += [_begins(seen, beginning, titles) for beginning in typed]
    if chosen.phase:
        conditions.append(task.c.phase == known_text(chosen.phase))
    if chosen.municipality:
        conditions.append(task.c.municipality == known_text(chosen.municipality))
    if chosen.assignee:
        nobody = chosen.assignee == NOBODY
        conditions.append(task.c.assignee.is_(None) if nobody else task.c.assignee == known_text(chosen.assignee))
    if chosen.organisation:
        working = sa.select(person.c.id).where(person.c.organisation == known_text(chosen.organisation))
        conditions.append(task.c.assignee.in_(working))
    return sa.and_(*conditions), few is not None


_FIRST = sa.select(sa.func.min(task.c.title).label("title")).where(OPEN).cte("titles", recursive=True)
_NEXT = sa.select(sa.func.min(task.c.title)).where(OPEN, task.c.title > _FIRST.c.title).scalar_subquery()
_ALL = _FIRST.union_all(sa.select(_NEXT).where(_FIRST.c.title.is_not(None)))
_TITLES = sa.select(_ALL.c.title).where(_ALL.c.title.is_not(None))  # one step along the index for each


def _titles(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """What open tasks are called, each with its words: as many as diagrams have steps, however many tasks there are."""
    return {title: words_of(title) for title in tx.execute(_TITLES).scalars()}


def _called(beginning: str, titles: Mapping[str, frozenset[str]]) -> list[str]:
    return [title for title, words in titles.items() if any(own.startswith(beginning) for own in words)]


def _perhaps(beginning: str, titles: Mapping[str, frozenset[str]]) -> Iterator[sa.Select[Any]]:
    """The open tasks of which a word begins so, whoever may find it."""
    of_case = sa.or_(word.c.task_id.is_(None), word.c.task_id == task.c.id)
    worded = sa.select(task.c.id).join(word, word.c.case_id == task.c.case_id)
    yield worded.where(begins(word.c.word, beginning), of_case, OPEN)
    if called := _called(beginning, titles):
        yield sa.select(task.c.id).where(task.c.title.in_(called), OPEN)
    numbered = of_number(task.c.case_id, beginning)
    if numbered is not None:
        yield sa.select(task.c.id).where(numbered, OPEN)


def _begins(seen: Sight, beginning: str, titles: Mapping[str, frozenset[str]]) -> sa.ColumnElement[bool]:
    """Whether a word of a task, of what it is about, or of its case begins so, as this person sees them: what somebody
    may not read must not be confirmed.
    """
    about = sa.select(1).where(word.c.task_id == task.c.id, begins(word.c.word, beginning))
    ways = [sa.and_(sa.exists(about.correlate_except(word)), readable(seen)), name_begins(seen, beginning)]
    if called := _called(beginning, titles):
        ways.insert(0, task.c.title.in_(called))
    return sa.or_(*ways)


_CASE_OF_TASK = case_file.alias("case_of_task")


def _of_case(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether this is so of the case of a task."""
    case = sa.select(1).where(_CASE_OF_TASK.c.id == task.c.case_id, condition)
    return sa.exists(case.correlate_except(_CASE_OF_TASK))


def _takes_part(seen: Sight, *roles: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    mine = sa.and_(participant.c.case_id == task.c.case_id, participant.c.person_id == seen.person)
    return sa.exists(sa.select(1).where(mine, *roles).correlate_except(participant))


def _known(seen: Sight) -> sa.ColumnElement[bool]:
    return known_to(seen.organisation, task.c.case_id)


def _has_role(*roles: str) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(1).where(task_role.c.task_id == task.c.id, task_role.c.role.in_(roles)))


def _candidate(seen: Sight) -> sa.ColumnElement[bool]:
    """The same rule as access.is_candidate, as part of a query; about tasks that nobody has."""
    by_place: dict[str, set[str]] = {}
    for role, municipality in seen.held:
        if role in (RoleId.CORE_PARTNER, *CHOSEN):
            continue
        by_place.setdefault(municipality, set()).add(role)
    ways = [
        sa.and_(task.c.municipality == place, _has_role(*sorted(roles))) for place, roles in sorted(by_place.items())
    ]
    ways.append(_in_a_role_of_the_case(seen))
    ways += [
        sa.and_(task.c.root == process, task.c.municipality == place, _has_role(role))
        for process, place, role in _merged(seen)
    ]
    if seen.partner_in:
        ways.append(
            sa.and_(
                task.c.municipality.in_(seen.partner_in),
                task.c.organisation.in_(("", seen.organisation)),
                _has_role(RoleId.CORE_PARTNER),
                _known(seen),
            )
        )
    fitting_sort = sa.or_(task.c.sorts == ",", task.c.sorts.contains(f",{seen.sort},", autoescape=True))
    return sa.or_(
        sa.and_(task.c.circle == "", sa.or_(*ways), fitting_sort, readable(seen)),
        sa.and_(task.c.circle != "", _in_its_circle(seen)),
    )


def _in_its_circle(seen: Sight) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(1).where(
            participant.c.case_id == task.c.case_id,
            participant.c.person_id == seen.person,
            participant.c.role == task.c.circle,
        )
    )


def _in_a_role_of_the_case(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether this person takes part in the case in a role of the task; as casusregisseur only while the case is known
    to the own organisation, where a family decides that.
    """
    bound = sa.and_(participant.c.role == RoleId.CASUSREGISSEUR, sa.not_(_known_or_unguarded(seen)))
    return sa.and_(
        _takes_part(seen, participant.c.role != RoleId.CORE_PARTNER),
        sa.exists(
            sa.select(1)
            .select_from(participant.join(task_role, task_role.c.role == participant.c.role))
            .where(
                task_role.c.task_id == task.c.id,
                participant.c.case_id == task.c.case_id,
                participant.c.person_id == seen.person,
                participant.c.role != RoleId.CORE_PARTNER,
                sa.not_(bound),
            )
        ),
    )


def _merged(seen: Sight) -> list[tuple[str, str, str]]:
    """The roles chosen per case that this person has in all of them: (process, municipality, role)."""
    return [
        (process, place, role)
        for process, place in sorted(seen.overseen)
        for role in CHOSEN
        if (role, place) in seen.held
    ]


def _places(seen: Sight) -> set[str]:
    """Where this person has a role for all cases."""
    return {place for role, place in seen.held if role not in (RoleId.CORE_PARTNER, *CHOSEN)}


def _mine(seen: Sight) -> sa.ColumnElement[bool]:
    """The tasks that this person has, as long as all that they show may be read."""
    ways = [
        _of_case(sa.and_(_CASE_OF_TASK.c.guarded, sa.not_(_CASE_OF_TASK.c.agreed))),
        task.c.municipality.in_(sorted(_places(seen))),
        _takes_part(
            seen, participant.c.role.not_in((RoleId.CORE_PARTNER, RoleId.CASUSREGISSEUR)), sa.not_(of_circle())
        ),
        sa.and_(_takes_part(seen, participant.c.role == RoleId.CASUSREGISSEUR), _known_or_unguarded(seen)),
        *(sa.and_(task.c.root == process, task.c.municipality == place) for process, place, _ in _merged(seen)),
    ]
    if seen.partner_in:
        ways.append(sa.and_(task.c.municipality.in_(seen.partner_in), _known(seen)))
    return sa.and_(task.c.assignee == seen.person, sa.or_(task.c.circle != "", sa.and_(readable(seen), sa.or_(*ways))))


def _known_or_unguarded(seen: Sight) -> sa.ColumnElement[bool]:
    return sa.or_(_known(seen), _of_case(sa.not_(_CASE_OF_TASK.c.guarded)))


def seen_by(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether a person sees an open task, as part of a query."""
    ways = [
        sa.and_(task.c.root == process, task.c.municipality == place, task.c.circle == "")
        for process, place in sorted(seen.overseen)
    ]
    return sa.or_(*ways, _mine(seen), _candidate(seen))


def steps(tx: Transaction, seen: Sight, cases: Collection[int], *, of_rows: bool) -> tuple[Waiting, ...]:
    """The open tasks of these cases that a person sees, most urgent first: those that follow a row of a list, or the
    others. Of a circle there are none among them.
    """
    own = sa.and_(task.c.assignee == seen.person, _mine(seen))
    for_others = _of_case(sa.or_(_CASE_OF_TASK.c.agreed, sa.not_(_CASE_OF_TASK.c.guarded)))
    stands_for = [
        sa.and_(task.c.root == process, task.c.municipality == place) for process, place in sorted(seen.overseen)
    ]
    free = sa.or_(_candidate(seen), sa.and_(sa.or_(sa.false(), *stands_for), for_others, readable(seen)))
    doable = sa.or_(own, sa.and_(task.c.assignee.is_(None), free)).label("doable")
    of_row = task.c.item != "" if of_rows else task.c.item == ""
    columns = ("id", "case_id", "item", "process", "element", "title", "phase", "deadline", "assignee", "revision")
    query = (
        sa.select(
            *(task.c[name] for name in columns),
            case_file.c.version_id,
            person.c.name.label("assignee_name"),
            person.c.organisation.label("works_at"),
            doable,
        )
        .select_from(
            task.join(case_file, case_file.c.id == task.c.case_id).outerjoin(person, person.c.id == task.c.assignee)
        )
        .where(task.c.case_id.in_(sorted(cases)), OPEN, task.c.circle == "", of_row, seen_by(seen))
        .order_by(task.c.due_at, task.c.id)
    )
    return tuple(
        Waiting(
            r.id,
            r.case_id,
            r.item,
            r.version_id,
            r.process,
            r.element,
            r.title,
            r.phase,
            r.deadline,
            r.assignee or "",
            r.assignee_name or "",
            r.works_at or "",
            r.revision,
            bool(r.doable),
        )
        for r in (tx.execute(query) if cases else ())
    )
