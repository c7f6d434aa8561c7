"""What stood out in who looked."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_by", sa.String(80)),
        sa.Column("seen_at", Moment()),
        sa.Column("seen_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sa.UniqueConstraint(
            "kind", "person_id", "municipality", "day", name="uq_alarm_kind_person_id_municipality_day"
        ),
    )


def downgrade() -> None:
    op.drop_table("alarm")
