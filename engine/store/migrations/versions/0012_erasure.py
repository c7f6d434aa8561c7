"""Keep what went when a case was erased."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("basis", sa.String(20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(80), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_case_id", "erasure", ["case_id"])
    op.create_index("ix_erasure_municipality", "erasure", ["municipality"])


def downgrade() -> None:
    op.drop_index("ix_erasure_municipality", "erasure")
    op.drop_index("ix_erasure_case_id", "erasure")
    op.drop_table("erasure")
