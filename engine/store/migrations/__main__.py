"""Write a migration from what the tables have become: `python -m engine.store.migrations "Add a column …"`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from engine.store.database import MIGRATIONS, Database, migrations


def write(message: str, folder: Path = MIGRATIONS) -> Path:
    """Add to the migrations in `folder` the one that leads from the newest of them to `engine.store.tables`.

    Its number follows theirs. Whoever asked reads it over: a column that got another name looks like two changes.
    """
    versions = folder / "versions"
    numbers = [int(file.name[:4]) for file in versions.glob("[0-9]*.py")]
    with TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/knooppunt.sqlite")
        database.migrate(folder)
        with database.writing() as connection:
            config = migrations(connection, folder)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message, autogenerate=True, rev_id=f"{max(numbers, default=0) + 1:04}")
        database.close()
    return max(versions.glob("[0-9]*.py"))


if __name__ == "__main__":
    write(" ".join(sys.argv[1:]))
