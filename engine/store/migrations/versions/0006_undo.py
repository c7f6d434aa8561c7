"""What stood in a case before its newest act, for as long as who did it may undo that."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "undo",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_undo_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_undo_person")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_undo")),
    )
    op.create_index(op.f("ix_undo_until"), "undo", ["until"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_undo_until"), table_name="undo")
    op.drop_table("undo")
