"""Days of registers as days, also when a consent was given; and no columns that nobody reads."""

from datetime import date

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DATED = ("disclosure", "evaluation", "meeting", "safety")
LONG_AGO = sa.text("'1970-01-01 00:00:00'")


def upgrade() -> None:
    op.add_column("consent", sa.Column("date", sa.Date(), nullable=True))
    for name in DATED:
        op.add_column(name, sa.Column("day", sa.Date(), nullable=True))
        table = sa.table(name, sa.column("id"), sa.column("date", sa.Text()), sa.column("day", sa.Date()))
        written = op.get_bind().execute(sa.select(table.c.id, table.c.date).where(table.c.date != "")).all()
        for row in written:
            op.execute(sa.update(table).where(table.c.id == row.id).values(day=_day(row.date)))
        op.drop_column(name, "date")
        op.alter_column(name, "day", new_column_name="date")
    for name, column in (
        ("agreement", "changed_at"),
        ("case_file", "revision"),
        ("evaluation", "recorded_at"),
        ("task", "ended_at"),
    ):
        op.drop_column(name, column)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def downgrade() -> None:
    op.add_column("task", sa.Column("ended_at", Moment(), nullable=True))
    op.add_column("evaluation", sa.Column("recorded_at", Moment(), server_default=LONG_AGO, nullable=False))
    op.add_column("case_file", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("agreement", sa.Column("changed_at", Moment(), server_default=LONG_AGO, nullable=False))
    for name in DATED:
        op.alter_column(name, "date", new_column_name="day")
        op.add_column(name, sa.Column("date", sa.Text(), server_default="", nullable=False))
        table = sa.table(name, sa.column("date", sa.Text()), sa.column("day", sa.Date()))
        op.execute(sa.update(table).where(table.c.day.is_not(None)).values(date=sa.cast(table.c.day, sa.Text())))
        op.drop_column(name, "day")
    op.drop_column("consent", "date")
