"""Signing up a family without an account."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signup",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sending", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("municipality", sa.String(80), nullable=False),
        sa.Column("by", sa.String(20), nullable=False),
        sa.Column("language", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("taken_by", sa.String(80), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name="fk_signup_taken_by", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_signup_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_signup"),
        sa.UniqueConstraint("sending", name="uq_signup_sending"),
        sa.UniqueConstraint("code", name="uq_signup_code"),
        sqlite_autoincrement=True,
    )
    for columns in (["settled_at"], ["case_id"], ["municipality", "settled_at"]):
        op.create_index(f"ix_signup_{'_'.join(columns)}", "signup", columns)


def downgrade() -> None:
    op.drop_table("signup")
