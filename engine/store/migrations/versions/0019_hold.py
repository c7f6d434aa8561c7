"""Keep a case longer than its term where somebody has to, and erase it sooner where its family asks."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("erasure", sa.Column("confirmed_by", sa.String(80), nullable=True))
    op.create_table(
        "hold",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_hold_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_hold_by"),
        sa.PrimaryKeyConstraint("case_id", name="pk_hold"),
    )
    op.create_table(
        "erasure_request",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("confirmed_by", sa.String(80), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_erasure_request_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_erasure_request_by"),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name="fk_erasure_request_confirmed_by"),
        sa.PrimaryKeyConstraint("case_id", name="pk_erasure_request"),
    )


def downgrade() -> None:
    op.drop_table("erasure_request")
    op.drop_table("hold")
    with op.batch_alter_table("erasure") as table:
        table.drop_column("confirmed_by")
