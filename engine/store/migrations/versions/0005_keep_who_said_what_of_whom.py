"""What each person of a family said of each organisation, what that opens, and what each step answered.

A consent used to be one answer to a list of organisations. Who it was that said it, and to which kinds of data, can't
be known from that, so no consent is carried over, there or back. A case that stands here already stays, closed: until
the family is asked anew nobody reads more of it than that it exists.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_STEP = ("disclosure", "evaluation", "safety")


def upgrade() -> None:
    op.drop_table("consent_organisation")
    op.drop_table("consent")
    _create(
        "consent",
        *(_text(name) for name in ("person", "organisation", "reply")),
        sa.Column("named", sa.JSON(), nullable=False),
        _text("outcome"),
        sa.Column("date", sa.Date(), nullable=True),
        *(_text(name) for name in ("form", "language", "interpreter", "alone", "copy", "purpose", "on_behalf_of")),
        _text("source"),
        sa.Column("yes", sa.JSON(), nullable=False),
        sa.Column("no", sa.JSON(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("replaced_at", Moment(), nullable=True),
        *_recorded("consent"),
    )
    _create(
        "relative",
        *(_text(name) for name in ("relation", "age", "name", "authority")),
        sa.Column("over", sa.JSON(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.UniqueConstraint("case_id", "item", name=op.f("uq_relative_case_id_item")),
    )
    _create(
        "answer",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        _text("item"),
        sa.Column("at", Moment(), nullable=False),
        _person("answer", "actor"),
        _person("answer", "corrector"),
        _text("purpose"),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
    )
    op.create_index(op.f("ix_answer_actor"), "answer", ["actor"], unique=False)
    op.create_table(
        "opening",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_opening_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "organisation", "purpose", "kind", "person", name=op.f("pk_opening")),
    )
    op.create_index("ix_opening_organisation_case_id", "opening", ["organisation", "case_id"], unique=False)
    op.create_table(
        "task_need",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        _text("actor"),
        _text("organisation"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_need_task_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_need")),
    )
    op.create_index(op.f("ix_task_need_task_id"), "task_need", ["task_id"], unique=False)
    op.add_column("case_file", sa.Column("guarded", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("case_file", sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("named", "named_by"):
        op.add_column("case_file", _text(name))
    op.drop_column("case_file", "shared")
    op.add_column("task", _text("sorts"))
    op.execute(sa.text("UPDATE task SET sorts = ','"))
    op.add_column("session", _text("hat"))
    op.add_column("task", _text("circle"))
    op.execute(sa.text("UPDATE task SET circle = 'veiligheid' WHERE safety"))
    op.drop_column("task", "safety")
    for name in BY_STEP:
        op.add_column(name, _text("item"))


def downgrade() -> None:
    op.drop_column("session", "hat")
    for name in BY_STEP:
        op.drop_column(name, "item")
    op.add_column("task", sa.Column("safety", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE task SET safety = true WHERE circle <> ''"))
    op.drop_column("task", "circle")
    op.drop_column("task", "sorts")
    op.add_column("case_file", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("named_by", "named", "agreed", "guarded"):
        op.drop_column("case_file", name)
    for name in ("task_need", "opening", "answer", "relative", "consent"):
        op.drop_table(name)
    _create(
        "consent",
        *(_text(name) for name in ("person", "relation", "purpose")),
        sa.Column("given", sa.Boolean(), nullable=False),
        *(_text(name) for name in ("ground", "form", "on_behalf_of", "source")),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        *_recorded("consent"),
    )
    op.create_table(
        "consent_organisation",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_consent_organisation_consent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("consent_id", "organisation", name=op.f("pk_consent_organisation")),
    )
    op.create_index(
        op.f("ix_consent_organisation_organisation"), "consent_organisation", ["organisation"], unique=False
    )


def _create(name: str, *columns: sa.Column[Any] | sa.UniqueConstraint) -> None:
    """A table whose rows hang on a case."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f(f"fk_{name}_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _person(table: str, name: str) -> sa.Column[str]:
    key = sa.ForeignKey("person.id", name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, sa.String(length=80), key, nullable=True)


def _recorded(table: str) -> tuple[sa.Column[Any], ...]:
    return sa.Column("recorded_at", Moment(), nullable=False), _person(table, "recorded_by")
