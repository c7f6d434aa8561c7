"""Keep what somebody adds to a case beside its steps."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("writer", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_note_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["writer"], ["person.id"], name="fk_note_writer"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_case_id", "note", ["case_id"])
    op.create_index("ix_note_writer", "note", ["writer"])


def downgrade() -> None:
    op.drop_index("ix_note_writer", "note")
    op.drop_index("ix_note_case_id", "note")
    op.drop_table("note")
