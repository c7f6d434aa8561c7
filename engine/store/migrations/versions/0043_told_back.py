"""How far who signalled has heard how it goes. Of signals that run by now no beginning is told any more."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participant", sa.Column("told", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE participant SET told = 'bezig' WHERE role = 'aanmelder'")


def downgrade() -> None:
    op.drop_column("participant", "told")
