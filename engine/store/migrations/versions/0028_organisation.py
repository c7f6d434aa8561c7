"""Organisations as a house knows them."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("region", sa.String(80), nullable=False),
        sa.Column("id", sa.String(80), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")
            for name in ("name", "published", "sort", "phone", "mail")
        ),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("changed_by", sa.String(80), nullable=True),
        sa.Column("changed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_organisation_changed_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("region", "id", name="pk_organisation"),
    )

    op.add_column("version", sa.Column("mark", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("version", "mark")
    op.drop_table("organisation")
