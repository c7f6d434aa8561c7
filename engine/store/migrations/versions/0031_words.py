"""Searching by words: one row for each word of a name, and of what an open task is about; and lists in an order that an
index has.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.database import folded
from engine.store.searching import words_of
from engine.store.tables import Moment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

AT_ONCE = 5_000
OPEN = sa.text("status = 'open'")
NAMES = ("id", "title", "guarded", "named", "named_by")
CASE = sa.table("case_file", *(sa.column(name) for name in NAMES))
TASK = sa.table("task", *(sa.column(name) for name in ("id", "case_id", "title", "subject", "status", "search")))
DUE = sa.table("task", sa.column("deadline", Moment()), sa.column("due_at", Moment()))
BEGAN = sa.table("case_file", *(sa.column(name, Moment()) for name in ("round_at", "started_at", "began_at")))
BEFORE = {"open": (), "open_assignee": ("assignee",), "open_municipality": ("municipality",)}
FRESH = {**BEFORE, "open_phase": ("municipality", "phase"), "open_title": ("title",)}
FAR = datetime(9999, 12, 31, tzinfo=UTC)


def upgrade() -> None:
    kept = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    word = op.create_table(
        "word",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("word", kept, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in ("kind", "person", "writer")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_word_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_word_task_id", ondelete="CASCADE"),
    )
    connection = op.get_bind()
    words = _words(connection)
    while rows := list(islice(words, AT_ONCE)):
        connection.execute(sa.insert(word), rows)
    op.create_index("ix_word_task_id", "word", ["task_id"])
    op.create_index("ix_word_word_case_id", "word", ["word", "case_id"])
    op.create_index("ix_word_case_id_word", "word", ["case_id", "word"])
    op.drop_column("task", "search")
    _order()


def _order() -> None:
    """When a task is due and a case began, as lists have them in order."""
    for table, name in (("task", "due_at"), ("case_file", "began_at")):
        op.add_column(table, sa.Column(name, Moment(), nullable=True))
    op.execute(sa.update(DUE).values(due_at=sa.func.coalesce(DUE.c.deadline, sa.literal(FAR, Moment()))))
    op.execute(sa.update(BEGAN).values(began_at=sa.func.coalesce(BEGAN.c.round_at, BEGAN.c.started_at)))
    _indexes(BEFORE, FRESH, "due_at")
    op.create_index("ix_case_file_began_at", "case_file", ["began_at", "id"])
    op.create_index("ix_case_file_status_began_at", "case_file", ["status", "began_at", "id"])


def _indexes(before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]], order: str) -> None:
    """The indexes of open tasks, made anew in this order."""
    for name in before:
        op.drop_index(f"ix_task_{name}", "task")
    for name, first in after.items():
        columns = [*first, order, "id"]
        op.create_index(f"ix_task_{name}", "task", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def _words(connection: sa.Connection) -> Iterator[Mapping[str, Any]]:
    """The words of the names of all cases, each with what opens it, and of what open tasks are about."""
    for case in connection.execute(sa.select(CASE)).all():
        opens = {"kind": "contact" if case.guarded else "", "person": "", "writer": ""}
        if case.guarded:
            opens |= {"person": case.named, "writer": case.named_by}
        if not case.guarded or case.named or case.named_by:
            yield from _rows(case.title, {"case_id": case.id, "task_id": None, **opens})
    about = sa.select(TASK.c.id, TASK.c.case_id, TASK.c.subject).where(TASK.c.status == "open", TASK.c.subject != "")
    for task in connection.execute(about).all():
        yield from _rows(
            task.subject, {"case_id": task.case_id, "task_id": task.id, "kind": "", "person": "", "writer": ""}
        )


def _rows(text: str, values: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return ({**values, "word": own} for own in sorted(words_of(text)))


def downgrade() -> None:
    for name in ("began_at", "status_began_at"):
        op.drop_index(f"ix_case_file_{name}", "case_file")
    _indexes(FRESH, BEFORE, "deadline")
    op.drop_column("task", "due_at")
    op.drop_column("case_file", "began_at")
    op.add_column("task", sa.Column("search", sa.Text(), server_default="", nullable=False))
    connection = op.get_bind()
    opened = connection.execute(sa.select(TASK.c.id, TASK.c.title, TASK.c.subject).where(TASK.c.status == "open")).all()
    if opened:
        change = sa.update(TASK).where(TASK.c.id == sa.bindparam("number")).values(search=sa.bindparam("text"))
        connection.execute(change, [{"number": t.id, "text": folded(f"{t.title}\n{t.subject}")} for t in opened])
    op.drop_table("word")
