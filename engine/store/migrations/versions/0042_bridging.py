"""What a family gets while it waits for what was agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("bridging", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("agreement", "bridging")
