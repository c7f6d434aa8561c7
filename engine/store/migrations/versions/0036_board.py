"""Boards over all families: with each agreement and meeting its municipality, what one must be able to read to know an
agreement, what is new by its moment, and when somebody opened the own start page.
"""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BOARDS = {"agreement": "by_date", "meeting": "date"}
OF_CASE = "(SELECT municipality FROM case_file WHERE case_file.id = {table}.case_id)"
# what the open task that follows an agreement shows, is what is agreed and more
OF_TASK = """
INSERT INTO agreement_need (case_id, item, purpose, kind, person, actor)
SELECT DISTINCT task.case_id, task.item, task_need.purpose, task_need.kind, task_need.person, task_need.actor
FROM task
JOIN task_need ON task_need.task_id = task.id
JOIN agreement ON agreement.case_id = task.case_id AND agreement.item = task.item
WHERE task.status = 'open' AND task.circle = ''
"""
# what nobody follows any more is known to its own organisation, until somebody corrects it
CLOSED = """
INSERT INTO agreement_need (case_id, item, purpose, kind, person, actor)
SELECT agreement.case_id, agreement.item, 'delen', '', '', '' FROM agreement
WHERE NOT EXISTS (
    SELECT 1 FROM agreement_need AS n WHERE n.case_id = agreement.case_id AND n.item = agreement.item
)
"""


def upgrade() -> None:
    for table, day in BOARDS.items():
        op.add_column(table, sa.Column("municipality", sa.Text(), nullable=False, server_default=""))
        op.execute(f"UPDATE {table} SET municipality = {OF_CASE.format(table=table)}")  # noqa: S608 - names of ours
        op.create_index(f"ix_{table}_board", table, ["municipality", "status", day, "id"])
    op.create_index("ix_agreement_organisation", "agreement", ["organisation", "status", "by_date", "id"])
    op.create_index("ix_event_at", "event", ["at", "id"])
    op.create_table(
        "agreement_need",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False, server_default=""),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_agreement_need_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_need"),
    )
    op.create_index("ix_agreement_need_case_id", "agreement_need", ["case_id"])
    op.execute(OF_TASK)
    op.execute(CLOSED)
    op.create_table(
        "sitting",
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sitting_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_sitting"),
    )


def downgrade() -> None:
    op.drop_table("sitting")
    op.drop_table("agreement_need")
    op.drop_index("ix_event_at", "event")
    op.drop_index("ix_agreement_organisation", "agreement")
    for table in BOARDS:
        op.drop_index(f"ix_{table}_board", table)
        op.drop_column(table, "municipality")
