from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from engine.store.tables import Moment, metadata


def _written(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """How a column type of our own stands in a migration that is written for us; False leaves it to Alembic."""
    if kind != "type" or not isinstance(item, Moment):
        return False
    autogen.imports.add("from engine.store.tables import Moment")
    return "Moment()"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_written,
)
with context.begin_transaction():
    context.run_migrations()
