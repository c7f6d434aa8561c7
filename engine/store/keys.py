"""Ways in of one's own: passkeys, codes for who lost them, and the challenge that a key has to answer.

Of a code and of what names a challenge only a hash is kept; of a key what it signs can be held against.
"""

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store.database import Transaction, known_text
from engine.store.tables import challenge, identity, passkey, person, recovery_code

CODES = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of what a code is made: nothing that looks like something else."""

ANSWERED_WITHIN = timedelta(minutes=5)
LONGEST_ID = 1364
"""The longest name of a key, of 1023 bytes (WebAuthn), as it is kept."""


@dataclass(frozen=True)
class Passkey:
    """One key of somebody. `sign_count` counts its signatures, where it counts; `used_at` is when it last signed in."""

    id: str
    person_id: str
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


# --- passkeys --------------------------------------------------------------------------------------------------


def add(tx: Transaction, id: str, person_id: str, public_key: bytes, sign_count: int, name: str, now: datetime) -> bool:
    """Keep a new key of somebody; False where it is known already."""
    if one(tx, id) is not None:
        return False
    values = {"public_key": b64encode(public_key).decode(), "sign_count": sign_count, "name": name, "created_at": now}
    tx.execute(sa.insert(passkey).values(id=id, person_id=person_id, **values))
    return True


def one(tx: Transaction, id: str) -> Passkey | None:
    """The key of this id, of somebody who works here now."""
    mine = sa.and_(passkey.c.id == known_text(id), person.c.ended_at.is_(None))
    row = tx.execute(sa.select(passkey).join(person).where(mine).with_for_update(of=passkey)).first()
    return _read(row) if row is not None else None


def of_person(tx: Transaction, person_id: str) -> tuple[Passkey, ...]:
    """The keys of somebody, the oldest first."""
    query = sa.select(passkey).where(passkey.c.person_id == person_id).order_by(passkey.c.created_at, passkey.c.id)
    return tuple(_read(row) for row in tx.execute(query))


def _read(row: sa.Row[tuple[object, ...]]) -> Passkey:
    return Passkey(
        row.id, row.person_id, b64decode(row.public_key), row.sign_count, row.name, row.created_at, row.used_at
    )


def signed(tx: Transaction, id: str, sign_count: int, now: datetime) -> None:
    """A key signed somebody in."""
    tx.execute(sa.update(passkey).where(passkey.c.id == id).values(sign_count=sign_count, used_at=now))


def call(tx: Transaction, person_id: str, id: str, name: str) -> None:
    """Give one of the own keys another name."""
    mine = sa.and_(passkey.c.id == known_text(id), passkey.c.person_id == person_id)
    tx.execute(sa.update(passkey).where(mine).values(name=known_text(name)))


def remove(tx: Transaction, person_id: str, id: str) -> bool:
    """Take away one of the own keys; False where there is none of that id."""
    mine = sa.and_(passkey.c.id == known_text(id), passkey.c.person_id == person_id)
    return tx.execute(sa.delete(passkey).where(mine)).rowcount == 1


def known_elsewhere(tx: Transaction, person_id: str) -> bool:
    """Whether somebody also comes in by a provider."""
    return tx.execute(sa.select(identity.c.issuer).where(identity.c.person_id == person_id)).first() is not None


def forget(tx: Transaction, person_id: str) -> bool:
    """Take away all keys and codes of somebody; whether there were any."""
    tables = (passkey, recovery_code)
    return sum(tx.execute(sa.delete(table).where(table.c.person_id == person_id)).rowcount for table in tables) > 0


# --- codes -----------------------------------------------------------------------------------------------------


def renew_codes(tx: Transaction, person_id: str) -> tuple[str, ...]:
    """Give somebody new codes; those that were left count no more. Nobody can read them again."""
    tx.execute(sa.delete(recovery_code).where(recovery_code.c.person_id == person_id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(16)) for _ in range(CODES)]
    tx.execute(sa.insert(recovery_code), [{"hash": _hash(code), "person_id": person_id} for code in codes])
    return tuple("-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes)


def use_code(tx: Transaction, code: str) -> str:
    """Whose code this is, which counts no more from now on; "" where it is nobody's who works here."""
    bare = "".join(letter for letter in code.upper() if letter in LETTERS)
    mine = recovery_code.c.hash == _hash(bare)
    whose = sa.select(recovery_code.c.person_id).join(person).where(mine, person.c.ended_at.is_(None))
    person_id = tx.execute(whose).scalar()
    if person_id is None or tx.execute(sa.delete(recovery_code).where(mine)).rowcount != 1:
        return ""
    return str(person_id)


def codes_left(tx: Transaction, person_id: str) -> int:
    """How many codes of somebody count still."""
    mine = recovery_code.c.person_id == person_id
    return int(tx.execute(sa.select(sa.func.count()).select_from(recovery_code).where(mine)).scalar_one())


# --- what a key has to answer ----------------------------------------------------------------------------------


def ask(tx: Transaction, purpose: str, now: datetime) -> tuple[str, bytes]:
    """Ask a key something, for one purpose; gives what a browser brings along with the answer, and what is asked."""
    tx.execute(sa.delete(challenge).where(challenge.c.expires_at <= now))
    token, value = secrets.token_urlsafe(32), secrets.token_bytes(32)
    values = {"purpose": purpose, "value": b64encode(value).decode(), "expires_at": now + ANSWERED_WITHIN}
    tx.execute(sa.insert(challenge).values(id=_hash(token), **values))
    return token, value


def asked(tx: Transaction, token: str, purpose: str, now: datetime) -> bytes | None:
    """What a key was asked for this purpose; None where that was not, is too long ago, or was answered already."""
    mine = sa.and_(challenge.c.id == _hash(token), challenge.c.purpose == purpose, challenge.c.expires_at > now)
    value = tx.execute(sa.select(challenge.c.value).where(mine)).scalar()
    if value is None or tx.execute(sa.delete(challenge).where(mine)).rowcount != 1:
        return None
    return b64decode(value)
