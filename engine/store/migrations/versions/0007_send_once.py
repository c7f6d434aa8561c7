"""Know for a day what was sent, so that sending twice makes one."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sending"),
    )
    op.create_index("ix_sending_at", "sending", ["at"])


def downgrade() -> None:
    op.drop_index("ix_sending_at", "sending")
    op.drop_table("sending")
