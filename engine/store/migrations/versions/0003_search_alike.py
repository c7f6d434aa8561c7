"""Texts as they are searched, without capitals and accents; and jobs that keep failing are found at once."""

import sqlalchemy as sa
from alembic import op

from engine.store.database import folded

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CASE = sa.table("case_file", sa.column("id"), sa.column("title"), sa.column("search"))
TASK = sa.table("task", *(sa.column(name) for name in ("id", "title", "subject", "status", "search")))


def upgrade() -> None:
    for name in ("case_file", "task"):
        op.add_column(name, sa.Column("search", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_job_attempts"), "job", ["attempts"], unique=False)
    connection = op.get_bind()
    cases = connection.execute(sa.select(CASE.c.id, CASE.c.title)).all()
    _fill(connection, CASE, [{"number": case.id, "text": folded(case.title)} for case in cases])
    opened = connection.execute(sa.select(TASK.c.id, TASK.c.title, TASK.c.subject).where(TASK.c.status == "open")).all()
    _fill(connection, TASK, [{"number": t.id, "text": folded(f"{t.title}\n{t.subject}")} for t in opened])


def _fill(connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, object]]) -> None:
    if rows:
        change = sa.update(table).where(table.c.id == sa.bindparam("number"))
        connection.execute(change.values(search=sa.bindparam("text")), rows)


def downgrade() -> None:
    op.drop_index(op.f("ix_job_attempts"), table_name="job")
    for name in ("task", "case_file"):  # not in a batch: SQLite would take all that hangs on a case along
        op.drop_column(name, "search")
