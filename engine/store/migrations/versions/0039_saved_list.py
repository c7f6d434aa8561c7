"""Lists that somebody kept; and running cases are found by the names of their families too."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.searching import words_of

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

AT_ONCE = 5_000
CASE = sa.table("case_file", *(sa.column(name) for name in ("id", "guarded", "status", "round_at")))
FAMILY = sa.table("relative", *(sa.column(name) for name in ("case_id", "item", "name")))
NAMES = ("case_id", "word", "kind", "person", "writer")
WORD = sa.table("word", *(sa.column(name) for name in NAMES))


def upgrade() -> None:
    op.create_table(
        "saved_list",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(80), nullable=True),
        *(sa.Column(name, sa.String(80), nullable=False, server_default="") for name in ("role", "municipality")),
        sa.Column("page", sa.String(20), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in ("name", "query")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_list_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_list"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_list_person_id", "saved_list", ["person_id"])
    op.create_index("ix_saved_list_role_municipality", "saved_list", ["role", "municipality"])
    op.drop_index("ix_answer_actor", "answer")
    op.create_index("ix_answer_actor_id", "answer", ["actor", "id"])
    words = _names(op.get_bind())
    while rows := list(islice(words, AT_ONCE)):
        op.get_bind().execute(sa.insert(WORD), rows)


def _names(connection: sa.Connection) -> Iterator[Mapping[str, Any]]:
    """The words of the names of families, for whom they are open to. Who wrote them finds them from the next step on,
    as everybody numbers and days.
    """
    runs = sa.and_(CASE.c.status == "lopend", CASE.c.guarded, CASE.c.round_at.is_(None))
    query = sa.select(FAMILY).join(CASE, CASE.c.id == FAMILY.c.case_id).where(runs, FAMILY.c.name != "")
    for row in connection.execute(query).all():
        opens = {"kind": "contact", "person": row.item, "writer": ""}
        yield from ({"case_id": row.case_id, "word": own, **opens} for own in sorted(words_of(row.name)))


def downgrade() -> None:
    op.drop_index("ix_answer_actor_id", "answer")
    op.create_index("ix_answer_actor", "answer", ["actor"])
    op.drop_table("saved_list")
