"""Keep what was handed over from one Knooppunt to another."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=True),
        sa.Column("municipality", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_handover_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["origin"], ["case_file.id"], name="fk_handover_origin", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("case_id", name="pk_handover"),
    )
    op.create_index("ix_handover_origin", "handover", ["origin"])
    op.create_table(
        "handed",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_handed_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_handed"),
    )
    op.create_index("ix_handed_case_id", "handed", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_handed_case_id", "handed")
    op.drop_table("handed")
    op.drop_index("ix_handover_origin", "handover")
    op.drop_table("handover")
