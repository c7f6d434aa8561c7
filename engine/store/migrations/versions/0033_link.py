"""What somebody may answer by a link, without signing in."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_link",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("person_id", sa.String(80), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_answer_link_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_answer_link_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_answer_link"),
    )
    for column in ("person_id", "case_id", "expires_at"):
        op.create_index(f"ix_answer_link_{column}", "answer_link", [column])


def downgrade() -> None:
    op.drop_table("answer_link")
