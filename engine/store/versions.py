"""Published versions of a region's definitions; a version never changes."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import case_file, version


@dataclass(frozen=True)
class Version:
    """One published version, without its files."""

    id: str
    process: str
    region: str
    published_at: datetime
    mark: str


def publish(
    tx: Transaction,
    id: str,
    process: str,
    region: str,
    files: Mapping[str, bytes],
    overridden: frozenset[str],
    now: datetime,
) -> None:
    """Keep a version and make it the one that new cases of its process start with."""
    packed = {name: base64.b64encode(content).decode() for name, content in files.items()}
    blob = zlib.compress(json.dumps({"files": packed, "overridden": sorted(overridden)}).encode())
    fresh = {"published_at": now, "mark": uuid4().hex}
    if tx.execute(sa.update(version).where(version.c.id == id).values(fresh)).rowcount == 0:
        row = {"id": id, "process": process, "region": region, "files": blob}
        tx.execute(sa.insert(version).values(**row, **fresh))


def mark(tx: Transaction, region: str) -> None:
    """Let whoever keeps what a region publishes see that something else of it changed: what is read of its versions
    has another mark from now on.
    """
    tx.execute(sa.update(version).where(version.c.region == region).values(mark=uuid4().hex))


_CURRENT = sa.select(
    version.c.id, version.c.process, version.c.region, version.c.published_at, version.c.mark
).order_by(version.c.published_at)


@asked_once(version)
def current(tx: Transaction) -> tuple[Version, ...]:
    """The version that new cases start with, for every process of every region."""
    newest: dict[tuple[str, str], Version] = {}
    for row in tx.execute(_CURRENT):
        newest[(row.region, row.process)] = Version(*row)
    return tuple(newest.values())


def of_region(tx: Transaction, region: str) -> tuple[Version, ...]:
    """All that a region published, the newest first."""
    rows = tx.execute(_CURRENT.where(version.c.region == region))
    return tuple(reversed([Version(*row) for row in rows]))


@asked_once(version, case_file)
def in_use(tx: Transaction, municipality: str) -> tuple[str, ...]:
    """The versions by which cases of a municipality run, the newest last."""
    used = sa.select(case_file.c.version_id).where(case_file.c.municipality == municipality)
    query = sa.select(version.c.id).where(version.c.id.in_(used)).order_by(version.c.published_at)
    return tuple(tx.execute(query).scalars())


def files(tx: Transaction, id: str) -> tuple[str, str, dict[str, bytes], frozenset[str]]:
    """Process, region, files and overridden paths of a version. Raises NotFoundError."""
    row = tx.execute(sa.select(version).where(version.c.id == id)).first()
    if row is None:
        raise NotFoundError("Deze versie van het diagram bestaat niet.")
    raw = json.loads(zlib.decompress(row.files))
    unpacked = {name: base64.b64decode(content) for name, content in raw["files"].items()}
    return row.process, row.region, unpacked, frozenset(raw["overridden"])
