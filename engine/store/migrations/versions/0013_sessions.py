"""Keep since when somebody is signed in, when they were last there and by which way they came in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("DELETE FROM session")  # of these nobody knows since when; who was signed in does so once more
    with op.batch_alter_table("session") as batch:
        batch.add_column(sa.Column("begun_at", MOMENT, nullable=False))
        batch.add_column(sa.Column("seen_at", MOMENT, nullable=False))
        batch.add_column(sa.Column("way", sa.Text(), server_default="", nullable=False))
        batch.create_index("ix_session_person_id", ["person_id"])


def downgrade() -> None:
    with op.batch_alter_table("session") as batch:
        batch.drop_index("ix_session_person_id")
        batch.drop_column("way")
        batch.drop_column("seen_at")
        batch.drop_column("begun_at")
