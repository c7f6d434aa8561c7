"""Say when the newest round of a case began that was reopened."""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("round_at", Moment()))


def downgrade() -> None:
    op.drop_column("case_file", "round_at")
