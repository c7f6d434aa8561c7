"""When somebody was last mailed what waits, and since when who has a task does."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("only_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_reminder_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_reminder"),
    )
    op.add_column("task", sa.Column("given_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "given_at")
    op.drop_table("reminder")
