"""What was changed of who helps with what, and how often nothing that fits was found."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listing_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("region", sa.String(80), nullable=False),
        sa.Column("listing", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["person.id"], name="fk_listing_event_actor", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_listing_event"),
    )
    op.create_index("ix_listing_event_region_listing", "listing_event", ["region", "listing"])
    keys = ("region", "municipality", "topic")
    op.create_table(
        "gap",
        *(sa.Column(key, sa.String(80), nullable=False) for key in keys),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*keys, "month", name="pk_gap"),
    )


def downgrade() -> None:
    op.drop_table("gap")
    op.drop_table("listing_event")
