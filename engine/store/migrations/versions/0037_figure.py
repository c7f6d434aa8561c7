"""What was shown of a quarter."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("municipality", sa.String(80), nullable=False),
        sa.Column("quarter", sa.String(7), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "quarter", name="pk_figure"),
    )


def downgrade() -> None:
    op.drop_table("figure")
