"""Find the reasons that somebody gave in all cases."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_actor_kind", "event", ["actor", "kind"])


def downgrade() -> None:
    op.drop_index("ix_event_actor_kind", "event")
