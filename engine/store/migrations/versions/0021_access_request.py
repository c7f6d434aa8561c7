"""What people of a family ask to see of what is kept about them."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("asker", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("identity", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("ended_by", sa.String(80)),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_access_request_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name="fk_access_request_recorded_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name="fk_access_request_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
    )
    op.create_index("ix_access_request_case_id", "access_request", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_access_request_case_id", "access_request")
    op.drop_table("access_request")
