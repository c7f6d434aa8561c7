"""Which rows of somebody's own list were brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_imported_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mark", name="pk_imported"),
    )
    op.create_index("ix_imported_case_id", "imported", ["case_id"])


def downgrade() -> None:
    op.drop_table("imported")
