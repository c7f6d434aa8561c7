"""Indexes that hold open tasks alone, in the order in which lists show them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
FRESH = {"open": (), "open_assignee": ("assignee",), "open_municipality": ("municipality",)}


def upgrade() -> None:
    op.drop_index("ix_task_assignee_status", "task")
    op.drop_index("ix_task_status_municipality_deadline", "task")
    for name, first in FRESH.items():
        columns = [*first, "deadline", "id"]
        op.create_index(f"ix_task_{name}", "task", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for name in FRESH:
        op.drop_index(f"ix_task_{name}", "task")
    op.create_index("ix_task_assignee_status", "task", ["assignee", "status"])
    op.create_index("ix_task_status_municipality_deadline", "task", ["status", "municipality", "deadline"])
