"""Keep how to reach who works here, what was changed about them, and who is put forward for what."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("mail", "phone", "working_days"):
        op.add_column("person", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("ended_at", MOMENT))
    op.create_table(
        "person_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(80)),
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("municipality", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person_event"),
        sa.ForeignKeyConstraint(["actor"], ["person.id"], name="fk_person_event_actor"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_event_person_id", ondelete="CASCADE"),
    )
    op.create_index("ix_person_event_person_id", "person_event", ["person_id"])
    op.create_index("ix_person_event_municipality", "person_event", ["municipality"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("proposer", sa.String(80), nullable=False),
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.ForeignKeyConstraint(["proposer"], ["person.id"], name="fk_proposal_proposer", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_proposal_person_id", ondelete="CASCADE"),
        sa.UniqueConstraint("person_id", "role", "municipality", name="uq_proposal_person_id_role_municipality"),
    )


def downgrade() -> None:
    op.drop_table("proposal")
    op.drop_table("person_event")
    for name in ("ended_at", "working_days", "phone", "mail"):
        op.drop_column("person", name)
