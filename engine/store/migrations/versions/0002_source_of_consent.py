"""Which step recorded a consent, so that a correction of that step takes its place."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent", sa.Column("source", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("consent", "source")  # not in a batch: SQLite would take the organisations of a consent along
