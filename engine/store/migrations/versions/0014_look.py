"""Keep who looked at which family."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("case_count", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("previous", sa.String(64)),
        sa.Column("chain", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
        sa.UniqueConstraint("number", name="uq_look_number"),
    )
    op.create_index("ix_look_at", "look", ["at"])
    op.create_index("ix_look_person_id_at", "look", ["person_id", "at"])
    op.create_table(
        "look_case",
        sa.Column("look_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(20), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["look_id"], ["look.id"], name="fk_look_case_look_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("look_id", "case_id", "municipality", "ground", name="pk_look_case"),
    )
    op.create_index("ix_look_case_case_id", "look_case", ["case_id"])


def downgrade() -> None:
    op.drop_table("look_case")
    op.drop_table("look")
