"""Meetings that are planned: their moments, who is asked, and what each answers."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planning",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("uid", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer()),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("at_home", sa.Boolean(), nullable=False),
        sa.Column("video", sa.Text(), server_default="", nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_planning_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_planning_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_planning"),
        sa.UniqueConstraint("uid", name="uq_planning_uid"),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("planning_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_slot_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["planning_id"], ["planning.id"], name="fk_slot_planning_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
    )
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("planning_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(80)),
        sa.Column("invited", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_guest_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["planning_id"], ["planning.id"], name="fk_guest_planning_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_guest_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_guest"),
    )
    op.create_table(
        "slot_answer",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_slot_answer_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_slot_answer_slot_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name="fk_slot_answer_guest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slot_id", "guest_id", name="pk_slot_answer"),
    )
    for table, column in (
        ("planning", "case_id"), ("slot", "case_id"), ("slot", "planning_id"), ("guest", "case_id"),
        ("guest", "planning_id"), ("guest", "person_id"), ("slot_answer", "case_id"), ("slot_answer", "guest_id"),
    ):  # fmt: skip
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table in ("slot_answer", "guest", "slot", "planning"):
        op.drop_table(table)
