"""Circles in which nobody is left who may act."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "empty_circle",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("circle", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_empty_circle_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "circle", name="pk_empty_circle"),
    )


def downgrade() -> None:
    op.drop_table("empty_circle")
