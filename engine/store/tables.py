"""All tables. Personal data of a family stands in rows that hang on `case_file` and go when it goes."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.definitions.registers import REGISTERS, Column, ColumnKind, Filing, RegisterType
from engine.definitions.sociale_kaart import CELLS, Sheet
from engine.words import Register, TaskStatus

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC. Naive ones are refused: a deadline without a zone is a deadline that shifts."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC; SQLite keeps no zone, so it gets the naive form."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """From UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_BEGIN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Place(NamedTuple):
    """Where a page of a list ended: the next goes on after it, whatever came or went meanwhile. As a text it may stand
    in an address.
    """

    at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that a text names; None where it names none."""
        ticks, _, id = text.partition("-")
        if not (text.isascii() and ticks.isdecimal() and id.isdecimal() and len(id) < 10):
            return None
        try:
            return cls(_BEGIN + int(ticks[:20]) * _TICK, int(id))
        except OverflowError:
            return None

    def __str__(self) -> str:
        return f"{(self.at - _BEGIN) // _TICK}-{self.id}"


class Order(StrEnum):
    """In which order a list stands, as its address names it: by its dates, or by what a line shows."""

    DATE = "termijn"
    FAMILY = "gezin"
    STEP = "stap"
    PERSON = "wie"


NEVER_AGAIN = True
"""What people send back a number of gives none out twice: SQLite would, once the newest rows are deleted, and who still
has the page of what is gone would decide about something else.
"""


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _case(index: bool = True) -> sa.Column[int]:
    return sa.Column(
        "case_id", sa.Integer, sa.ForeignKey("case_file.id", ondelete="CASCADE"), nullable=False, index=index
    )


def _text(name: str, **kwargs: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="", **kwargs)


version = sa.Table(
    "version",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("published_at", Moment, nullable=False, index=True),
    sa.Column("files", sa.LargeBinary, nullable=False),
    _text("mark"),  # another one whenever this is published or an organisation of its region changes
)

# An organisation as a house knows it: what its region last said of its name, and what a beheerder made of that.
organisation = sa.Table(
    "organisation",
    metadata,
    sa.Column("region", sa.String(80), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    _text("name"),
    _text("published"),  # the name that the region gave
    _text("sort"),
    _text("phone"),
    _text("mail"),
    sa.Column("ended_at", Moment),
    sa.Column("changed_by", sa.ForeignKey("person.id", ondelete="SET NULL")),
    sa.Column("changed_at", Moment),
)


def _sheet(name: str, sheet: Sheet, *others: Any, but: Collection[str] = ()) -> sa.Table:
    """A sheet of the sociale kaart of each region: its cells as they are written there, and in which order."""
    cells = [cell.field for cell in CELLS[sheet] if cell.field not in ("id", *but)]
    return sa.Table(
        name,
        metadata,
        sa.Column("region", sa.String(80), primary_key=True),
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        *map(_text, cells),
        *others,
    )


def _tally(name: str, count: str) -> sa.Table:
    """A count by municipality, topic and month."""
    keys = (sa.Column(key, sa.String(80), primary_key=True) for key in ("region", "municipality", "topic"))
    month = sa.Column("month", sa.String(7), primary_key=True)
    return sa.Table(name, metadata, *keys, month, sa.Column(count, sa.Integer, nullable=False))


topic = _sheet("topic", Sheet.TOPICS)
intervention = _sheet("intervention", Sheet.INTERVENTIONS)

# What an organisation does for whom. How it is called, and what kind it is, stands with the organisation.
listing = _sheet(
    "listing",
    Sheet.ORGANISATIONS,
    sa.ForeignKeyConstraint(["region", "id"], ["organisation.region", "organisation.id"], ondelete="CASCADE"),
    but=("name", "kind"),
)

# What was changed of a listing: for each cell what it was and what it became.
listing_event = sa.Table(
    "listing_event",
    metadata,
    _id(),
    sa.Column("region", sa.String(80), nullable=False),
    sa.Column("listing", sa.String(80), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.ForeignKey("person.id", ondelete="SET NULL")),  # nobody: the command line
    sa.Column("cells", sa.JSON, nullable=False),
    sa.Index("ix_listing_event_region_listing", "region", "listing"),
)

# How often the zorgpad of a topic was opened in a month, whoever did.
pathway_view = _tally("pathway_view", "views")

# How often somebody who works here found nothing that fits with a topic, for whichever family.
gap = _tally("gap", "times")

# What was shown of a quarter: counts of ten families or more.
figure = sa.Table(
    "figure",
    metadata,
    sa.Column("municipality", sa.String(80), primary_key=True),
    sa.Column("quarter", sa.String(7), primary_key=True),
    sa.Column("shown", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),
    _text("name"),
    _text("organisation"),
    _text("function"),
    _text("mail"),
    _text("phone"),
    _text("working_days"),  # names of days between commas
    sa.Column("ended_at", Moment),  # since when this person does nothing here any more
)

# When somebody opened the own start page last, and since when that tells what is new.
sitting = sa.Table(
    "sitting",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("since", Moment, nullable=False),
)

appointment = sa.Table(
    "appointment",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("municipality", sa.Text, primary_key=True),
)

# What was changed about somebody who works here, in which municipality, by whom, and why.
person_event = sa.Table(
    "person_event",
    metadata,
    _id(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.ForeignKey("person.id")),  # nobody: the command line
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    _text("municipality", index=True),
    sa.Column("detail", sa.JSON, nullable=False),
)

# Who is put forward for a role that oversees: somebody else than who proposed it decides.
proposal = sa.Table(
    "proposal",
    metadata,
    _id(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("proposer", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("municipality", sa.Text, nullable=False),
    _text("reason"),
    sa.UniqueConstraint("person_id", "role", "municipality"),
    sqlite_autoincrement=NEVER_AGAIN,
)

# When somebody is away, both days included, and who stands in. Why is nobody's business.
absence = sa.Table(
    "absence",
    metadata,
    _id(),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("deputy_id", sa.ForeignKey("person.id"), index=True),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),  # to the minute
    sa.Column("expires_at", Moment, nullable=False, index=True),
    _text("way"),  # the provider by which somebody came in
    _text("hat"),  # as what this person acts, where one can be more than one thing
)

# Who somebody is at a provider: issuer and subject, and nothing else, say so.
identity = sa.Table(
    "identity",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
)

# By which mail address somebody is known who signs in for the first time.
invitation = sa.Table(
    "invitation",
    metadata,
    _id(),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("mail", sa.Text, nullable=False, index=True),
    sa.Column("mark", sa.String(32), nullable=False, server_default="", index=True),  # of which its link is made
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)

# Keys by which people sign in, each at most of one person, and what it signs can be held against.
passkey = sa.Table(
    "passkey",
    metadata,
    sa.Column("id", sa.String(1400), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    _text("name"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
)

# Codes for who lost their keys, each once; a row goes when it is used.
recovery_code = sa.Table(
    "recovery_code",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
)

# What a key was asked and did not answer yet.
challenge = sa.Table(
    "challenge",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(120), nullable=False),
    sa.Column("value", sa.String(120), nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

sending = sa.Table(
    "sending",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("mark", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False, server_default="0"),
    _text("answer"),
    sa.Column("at", Moment, nullable=False, index=True),
)

case_file = sa.Table(
    "case_file",
    metadata,
    _id(),
    sa.Column("version_id", sa.ForeignKey("version.id"), nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("municipality", sa.Text, nullable=False),
    _text("title"),
    _text("search"),  # the title as it is held against those of others: `folded`
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("round_at", Moment),  # when its newest round began, where it was reopened
    sa.Column("began_at", Moment),  # one of these two: the order of lists
    sa.Column("ended_at", Moment),
    _text("end_reason"),
    sa.Column("paused_at", Moment),  # since when it stands still, and until when at most
    sa.Column("paused_until", Moment),
    # whether what a family says decides who may know, and whether the gate of its consent is open now
    sa.Column("guarded", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("agreed", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("named"),  # whom of the family the title names, and who wrote that
    _text("named_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Index("ix_case_file_municipality_status", "municipality", "status"),
    sa.Index("ix_case_file_began_at", "began_at", "id"),
    sa.Index("ix_case_file_status_began_at", "status", "began_at", "id"),
)

participant = sa.Table(
    "participant",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True, index=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    _text("told"),  # how far who signalled has heard how it goes
)

task = sa.Table(
    "task",
    metadata,
    _id(),
    _case(index=False),
    sa.Column("key", sa.String(32), nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    _text("item"),
    _text("title"),
    _text("subject"),
    _text("phase"),
    sa.Column("municipality", sa.Text, nullable=False),
    _text("organisation"),
    _text("sorts"),  # the kinds of organisation whose people may do it, each between commas
    _text("circle"),  # the role without which nobody knows of it
    # whether nobody who may do it may read what it shows, so that the family has to be asked
    sa.Column("for_nobody", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("deadline", Moment),
    sa.Column("due_at", Moment),  # the deadline, or `FAR` where there is none: the order of lists
    sa.Column("assignee", sa.ForeignKey("person.id")),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("ended_by", sa.ForeignKey("person.id")),
    sa.Column("drawn_deadline", Moment),  # the deadline by the drawing, where somebody moved it
    sa.Column("given_at", Moment),  # since when who has it does, where it went from hand to hand
    # nearly all tasks have ended; lists are about the open ones
    sa.Index("ix_task_case_id_status", "case_id", "status"),
    sqlite_autoincrement=NEVER_AGAIN,
)

OPEN = task.c.status == sa.literal_column(f"'{TaskStatus.OPEN}'")
"""Whether a task is open, written out: an index that holds the open ones alone is used for no other question."""

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""When a task is due that has no deadline."""

sa.Index("ix_task_open", task.c.due_at, task.c.id, sqlite_where=OPEN, postgresql_where=OPEN)
for _name, *_first in (  # by what a list is looked through
    ("assignee", "assignee"), ("municipality", "municipality"), ("phase", "municipality", "phase"), ("title", "title"),
):  # fmt: skip
    _order = (*(task.c[column] for column in _first), task.c.due_at, task.c.id)
    sa.Index(f"ix_task_open_{_name}", *_order, sqlite_where=OPEN, postgresql_where=OPEN)

# Each word by which a case is found, and each open task by what it is about: `engine.store.searching`. `kind` and
# `person` say what has to be open to who finds it, but to who wrote it.
word = sa.Table(
    "word",
    metadata,
    _case(index=False),
    sa.Column("task_id", sa.ForeignKey("task.id", ondelete="CASCADE"), index=True),  # none: of the name of the case
    # in the order of its bytes, so that an index tells what begins with something
    sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
    _text("kind"),
    _text("person"),
    _text("writer"),
    sa.Index("ix_word_word_case_id", "word", "case_id"),
    sa.Index("ix_word_case_id_word", "case_id", "word"),
)

task_role = sa.Table(
    "task_role",
    metadata,
    sa.Column("task_id", sa.ForeignKey("task.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
)

event = sa.Table(
    "event",
    metadata,
    _id(),
    _case(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.ForeignKey("person.id")),
    sa.Column("kind", sa.String(20), nullable=False),
    _text("process"),
    _text("element"),
    _text("item"),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("ix_event_actor_kind", "actor", "kind"),  # the reasons that somebody gave
    sa.Index("ix_event_at", "at", "id"),  # what is new
)


def _column(column: Column) -> sa.Column[Any]:
    if column.kind is ColumnKind.TEXT:
        return _text(column.field)
    if column.kind is ColumnKind.DAY:
        return sa.Column(column.field, sa.Date)
    return sa.Column(column.field, sa.JSON if column.kind is ColumnKind.LIST else sa.Boolean, nullable=False)


def _register(register: RegisterType) -> sa.Table:
    """The table of a register: what forms and steps fill, and what the store adds to find its rows again."""
    parts: list[sa.Column[Any] | sa.UniqueConstraint | sa.Index] = [
        _column(column) for column in register.columns if not column.apart
    ]
    if register.filing in (Filing.STEP, Filing.CONSENT):
        parts.append(_text("source"))
    if register.filing is Filing.STEP:
        parts.append(_text("item"))  # the row of a list that the step was about
    if register.filing is Filing.ITEM:
        parts += [sa.Column("item", sa.Text, nullable=False), sa.UniqueConstraint("case_id", "item")]
    if register.filing is Filing.CONSENT:
        parts += [
            sa.Column("yes", sa.JSON, nullable=False),
            sa.Column("no", sa.JSON, nullable=False),
            sa.Column("rank", sa.Integer, nullable=False),  # the order in which answers count
            sa.Column("replaced_at", Moment),  # since then a correction counts in its stead, or a new round began
        ]
    if register.evidence:
        parts += [
            sa.Column("recorded_at", Moment, nullable=False),
            sa.Column("recorded_by", sa.ForeignKey("person.id")),
        ]
    if register.board:
        parts.append(_text("municipality"))
        parts.append(sa.Index(f"ix_{register.table}_board", "municipality", "status", register.board, "id"))
    return sa.Table(register.table, metadata, _id(), _case(), *parts)


registers: dict[str, sa.Table] = {id: _register(register) for id, register in REGISTERS.items()}
"""The table of each register, by its id."""

agreement, consent, meeting = (registers[id] for id in (Register.AGREEMENT, Register.CONSENT, Register.MEETING))
sa.Index("ix_agreement_organisation", agreement.c.organisation, agreement.c.status, agreement.c.by_date, agreement.c.id)

# What one must be able to read to know an agreement of another organisation: as each step said what is agreed.
agreement_need = sa.Table(
    "agreement_need",
    metadata,
    _id(),
    _case(),
    _text("item"),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    _text("actor"),
)

# What the family's answers open, as `engine.consent` computed it when one of them or the family changed last.
opening = sa.Table(
    "opening",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("organisation", sa.String(80), primary_key=True),
    sa.Column("purpose", sa.String(20), primary_key=True),
    sa.Column("kind", sa.String(40), primary_key=True),
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Index("ix_opening_organisation_case_id", "organisation", "case_id"),
)

# What each step answered, and about whom each answer is. What stands in the case's document is what counts now.
answer = sa.Table(
    "answer",
    metadata,
    _id(),
    _case(),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    _text("item"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.ForeignKey("person.id")),
    sa.Column("corrector", sa.ForeignKey("person.id")),
    _text("purpose"),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
    sa.Index("ix_answer_actor_id", "actor", "id"),  # what somebody wrote, the last first
)

# What somebody added to a case beside its steps: the own words of who wrote it.
note = sa.Table(
    "note",
    metadata,
    _id(),
    _case(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("writer", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
)

# A case that began because another one was handed over to the Knooppunt of this municipality, and from which that was.
handover = sa.Table(
    "handover",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("origin", sa.ForeignKey("case_file.id", ondelete="SET NULL"), index=True),
    _text("municipality"),  # where it came from
    sa.Column("at", Moment, nullable=False),
)

# What was handed over with it: an answer as it stood there, what it says and about whom.
handed = sa.Table(
    "handed",
    metadata,
    _id(),
    _case(),
    sa.Column("said_at", Moment, nullable=False),
    _text("question"),
    sa.Column("answer", sa.JSON, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("about", sa.JSON, nullable=False),
)

# A circle in which nobody is left who may act, and for which organisation the last one did: two people appoint another.
empty_circle = sa.Table(
    "empty_circle",
    metadata,
    _case(index=False),
    sa.Column("circle", sa.String(200), nullable=False),
    sa.Column("organisation", sa.String(80), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.PrimaryKeyConstraint("case_id", "circle"),
)

# What one must be able to read to do an open task: each kind of data about each person that its form shows. Who wrote
# it (`actor`), or whose agreement it is (`organisation`), reads it anyway.
task_need = sa.Table(
    "task_need",
    metadata,
    _id(),
    sa.Column("task_id", sa.ForeignKey("task.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    _text("actor"),
    _text("organisation"),
)

# What stood in a case before its newest act, for as long as who did it may undo that: nobody reads it otherwise.
draft = sa.Table(
    "draft",
    metadata,
    _id(),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), index=True),
    sa.Column("task_id", sa.ForeignKey("task.id", ondelete="CASCADE"), index=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("form", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.UniqueConstraint("person_id", "address"),
)

# Somebody without an account asks for help with a family. What was told goes once it is settled; the row stays as long
# as its code tells how it went.
signup = sa.Table(
    "signup",
    metadata,
    _id(),
    sa.Column("sending", sa.String(64), nullable=False, unique=True),  # a hash: the same form, sent twice, is one
    sa.Column("code", sa.String(64), nullable=False, unique=True),  # a hash
    sa.Column("municipality", sa.String(80), nullable=False),
    sa.Column("by", sa.String(20), nullable=False),
    _text("language"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
    sa.Column("taken_by", sa.ForeignKey("person.id", ondelete="SET NULL")),
    sa.Column("taken_at", Moment),
    sa.Column("settled_at", Moment, index=True),
    _text("outcome"),
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), index=True),
    sa.Index("ix_signup_municipality_settled_at", "municipality", "settled_at"),
    sqlite_autoincrement=NEVER_AGAIN,
)

# A list as somebody chose it, for oneself or for who has a role in a municipality.
saved_list = sa.Table(
    "saved_list",
    metadata,
    _id(),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    sa.Column("role", sa.String(80), nullable=False, server_default=""),
    sa.Column("municipality", sa.String(80), nullable=False, server_default=""),
    sa.Column("page", sa.String(20), nullable=False),
    _text("name"),
    _text("query"),
    sa.Index("ix_saved_list_role_municipality", "role", "municipality"),
    sqlite_autoincrement=NEVER_AGAIN,
)

# Which rows of somebody's own list became a case: a hash of the number in that list.
imported = sa.Table(
    "imported",
    metadata,
    sa.Column("mark", sa.String(64), primary_key=True),
    _case(),
)

undo = sa.Table(
    "undo",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("until", Moment, nullable=False, index=True),
    sa.Column("event", sa.Integer, nullable=False),  # the newest event before the act
    sa.Column("rows", sa.Text, nullable=False),
)

job = sa.Table(
    "job",
    metadata,
    _id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("unique_key", sa.String(120), nullable=False, unique=True),
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), index=True),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", index=True),
    _text("last_error"),  # for who runs the house: which kind of error keeps a job from being done
)

# Mail that has yet to leave: which text, to whom. `mark` is what names it to its receiver, at each attempt the same.
letter = sa.Table(
    "letter",
    metadata,
    _id(),
    sa.Column("unique_key", sa.String(120), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("template", sa.String(40), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("mark", sa.String(32), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    _text("last_error"),
)

# When somebody was last mailed what waits, and whether that is to be only what is late.
reminder = sa.Table(
    "reminder",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("only_late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("sent_at", Moment),
)

# What somebody may answer by a link, once and until a moment: of the link itself only a hash is kept. `subject` is what
# it is about, by the number that its kind knows it by; who has no account here is no person.
answer_link = sa.Table(
    "answer_link",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id", ondelete="CASCADE"), index=True),
    _case(),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("used_at", Moment),
)

# A meeting that is planned: its moments, who is asked, and what each answers. What was held stands in the register.
planning = sa.Table(
    "planning",
    metadata,
    _id(),
    _case(),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("uid", sa.String(40), nullable=False, unique=True),  # names it in every calendar
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("slot_id", sa.Integer),  # which moment was chosen
    sa.Column("minutes", sa.Integer, nullable=False),
    _text("place"),
    sa.Column("at_home", sa.Boolean, nullable=False),
    _text("video"),
    sa.Column("interpreter", sa.Boolean, nullable=False),
    sa.Column("made_by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)


def _planning() -> sa.Column[int]:
    return sa.Column("planning_id", sa.ForeignKey("planning.id", ondelete="CASCADE"), nullable=False, index=True)


slot = sa.Table("slot", metadata, _id(), _case(), _planning(), sa.Column("at", Moment, nullable=False))

guest = sa.Table(
    "guest",
    metadata,
    _id(),
    _case(),
    _planning(),
    _text("organisation"),
    sa.Column("person_id", sa.ForeignKey("person.id"), index=True),
    sa.Column("invited", sa.Integer),  # the sequence with which an invitation went
)

slot_answer = sa.Table(
    "slot_answer",
    metadata,
    _case(),
    sa.Column("slot_id", sa.ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("guest_id", sa.ForeignKey("guest.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("answer", sa.String(20), nullable=False),
)

# What keeps a case from being erased when its term is over, and what lets it be erased before.
hold = sa.Table(
    "hold",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("until", Moment, nullable=False),
)

erasure_request = sa.Table(
    "erasure_request",
    metadata,
    sa.Column("case_id", sa.ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("confirmed_by", sa.ForeignKey("person.id")),
    sa.Column("due_at", Moment),
)

# What somebody of a family asks to see of what is kept about that person, until it was given.
access_request = sa.Table(
    "access_request",
    metadata,
    _id(),
    _case(),
    sa.Column("relation", sa.String(20), nullable=False),
    _text("asker"),
    sa.Column("asked_on", sa.Date, nullable=False),
    _text("identity"),  # how it was checked who asks
    sa.Column("recorded_by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    _text("person"),
    sa.Column("passed", sa.JSON, nullable=False),  # marks of the pieces that were read and may go along
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.ForeignKey("person.id")),
    _text("outcome"),
)

# What is left of what was erased: that it was there, and how many rows went, table by table. It says nothing of a
# family, and hangs on no case.
erasure = sa.Table(
    "erasure",
    metadata,
    _id(),
    sa.Column("case_id", sa.Integer, nullable=False, index=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("municipality", sa.Text, nullable=False, index=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("basis", sa.String(20), nullable=False),
    sa.Column("at", Moment, nullable=False),
    # nobody where the term was over; people may go, and what they did stays
    sa.Column("by", sa.String(80)),
    sa.Column("confirmed_by", sa.String(80)),
    sa.Column("rows", sa.JSON, nullable=False),
)

# Who looked at which family. No key leads from here to a case or a person: these rows outlive both.
look = sa.Table(
    "look",
    metadata,
    _id(),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("person_id", sa.String(80), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("verb", sa.String(20), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("case_count", sa.Integer, nullable=False),
    # its place in the chain of hashes, once the worker put it there, with the hash before it and its own
    sa.Column("number", sa.Integer, unique=True),
    sa.Column("previous", sa.String(64)),
    sa.Column("chain", sa.String(64)),
    sa.Index("ix_look_person_id_at", "person_id", "at"),
)

# Up to which link old looks went out of the chain, with the hash of the last of these: there it goes on.
look_anchor = sa.Table(
    "look_anchor",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("chain", sa.String(64), nullable=False),
    sa.Column("removed", sa.Integer, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# What stood out in who looked, on which day and how often; of which family isn't told. It outlives both.
alarm = sa.Table(
    "alarm",
    metadata,
    _id(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("person_id", sa.String(80), nullable=False),
    sa.Column("municipality", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("seen_by", sa.String(80)),
    sa.Column("seen_at", Moment),
    sa.Column("seen_number", sa.Integer, nullable=False, server_default="0"),  # how many it were when it was read
    _text("note"),
    sa.UniqueConstraint("kind", "person_id", "municipality", "day"),
)

look_case = sa.Table(
    "look_case",
    metadata,
    sa.Column("look_id", sa.ForeignKey("look.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("case_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("municipality", sa.Text, primary_key=True),
    sa.Column("ground", sa.String(20), primary_key=True),
    sa.Column("parts", sa.Text, nullable=False),
    sa.Index("ix_look_case_case_id", "case_id"),
)

clock = sa.Table(
    "clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ahead_seconds", sa.Integer, nullable=False),
)
