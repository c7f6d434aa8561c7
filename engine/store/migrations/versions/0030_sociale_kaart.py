"""The sociale kaart: subjects, interventions, and what organisations do; how often a zorgpad is opened."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TOPIC = ("name", "question", "means", "words")
INTERVENTION = (
    "name", "topics", "audience", "does", "weeks", "months", "terms", "costs", "source", "address", "read_on",
    "certainty",
)  # fmt: skip
LISTING = (
    "domain", "municipalities", "topics", "interventions", "audience", "contacts", "mail", "website", "does",
    "does_not", "is_first", "way_in", "waiting", "costs", "languages", "source", "checked_on",
)  # fmt: skip


def upgrade() -> None:
    of_organisation = sa.ForeignKeyConstraint(
        ["region", "id"], ["organisation.region", "organisation.id"], name="fk_listing_region", ondelete="CASCADE"
    )
    for table, cells, others in (
        ("topic", TOPIC, ()),
        ("intervention", INTERVENTION, ()),
        ("listing", LISTING, (of_organisation,)),
    ):
        op.create_table(
            table,
            sa.Column("region", sa.String(80), nullable=False),
            sa.Column("id", sa.String(80), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            *(sa.Column(cell, sa.Text(), nullable=False, server_default="") for cell in cells),
            *others,
            sa.PrimaryKeyConstraint("region", "id", name=f"pk_{table}"),
        )
    keys = ("region", "municipality", "topic")
    op.create_table(
        "pathway_view",
        *(sa.Column(key, sa.String(80), nullable=False) for key in keys),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*keys, "month", name="pk_pathway_view"),
    )


def downgrade() -> None:
    for table in ("pathway_view", "listing", "intervention", "topic"):
        op.drop_table(table)
