"""Everything that lasts: the only place with SQL. A transaction is given to each function; only its owner commits."""

from engine.store import (
    answers,
    case_files,
    handovers,
    identities,
    jobs,
    looks,
    notes,
    people,
    personal,
    registers,
    sendings,
    sessions,
    staff,
    tasks,
    undo,
    versions,
)
from engine.store.database import Database, Transaction, damage

__all__ = [
    "Database",
    "Transaction",
    "answers",
    "case_files",
    "damage",
    "handovers",
    "identities",
    "jobs",
    "looks",
    "notes",
    "people",
    "personal",
    "registers",
    "sendings",
    "sessions",
    "staff",
    "tasks",
    "undo",
    "versions",
]
