"""Since when a case stands still, and which deadline a task would have had."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("paused_at", Moment(), nullable=True))
    op.add_column("case_file", sa.Column("paused_until", Moment(), nullable=True))
    op.add_column("task", sa.Column("drawn_deadline", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "drawn_deadline")
    op.drop_column("case_file", "paused_until")
    op.drop_column("case_file", "paused_at")
