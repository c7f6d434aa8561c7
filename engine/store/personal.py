"""Where personal data of a family stands: the one list, by which it is erased.

Every column of every table is in it: it says something of a family, or it says nothing of one and why. A test holds the
list to the tables, so that a new column can't be forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.definitions.registers import REGISTERS
from engine.store.case_files import CaseRow
from engine.store.database import Transaction
from engine.store.keeping import Request
from engine.store.tables import case_file, erasure, look, look_case, metadata, registers, sending, task
from engine.words import Basis, Erased, Register


class Whose(StrEnum):
    """Whose a row of a place is: what somebody who asks for it is shown of it (inzage)."""

    MARKED = "about"  # each answer says of whom it is, by the marks of its question
    PERSON = "person"  # the row is of the person that it names
    CASE = "case"  # of the case as a whole: its days
    WORDS = "words"  # what somebody wrote, in which anybody may be named: read before it goes along
    SAME = "same"  # what stands in another place too, or follows from it
    WORKERS = "workers"  # who works at it, and what they keep for themselves
    CIRCLE = "circle"  # what only a circle knows: whoever acts in it gives it


@dataclass(frozen=True)
class Place:
    """A table in which something of a family stands: in these columns. The `rest` are numbers, moments, and the words
    of diagrams. Its rows are those of a case by the column `hangs`, of the table itself or of the task that it names.
    """

    table: sa.Table
    says: frozenset[str]
    rest: frozenset[str]
    whose: Whose
    hangs: str = "case_id"

    def rows_of(self, case_id: int) -> sa.ColumnElement[bool]:
        """Whether a row is one of a case, as part of a query."""
        column = self.table.c[self.hangs]
        if self.hangs == "task_id":
            return column.in_(sa.select(task.c.id).where(task.c.case_id == case_id))
        return column == case_id

    def rows_among(self, cases: sa.Select[tuple[int]]) -> sa.ColumnElement[bool]:
        """Whether a row is of one of these cases, as part of a query."""
        column = self.table.c[self.hangs]
        if self.hangs == "task_id":
            return column.in_(sa.select(task.c.id).where(task.c.case_id.in_(cases)))
        return column.in_(cases)


def _place(name: str, says: str, rest: str, whose: Whose, hangs: str = "case_id") -> Place:
    return Place(metadata.tables[name], frozenset(says.split()), frozenset(rest.split()), whose, hangs)


_WHOSE = {
    Register.FAMILY: Whose.PERSON,
    Register.CONSENT: Whose.PERSON,
    Register.DISCLOSURE: Whose.WORDS,
    Register.SAFETY: Whose.CIRCLE,
}
"""Whose the rows of a register are; those of the others are answers of steps, and stand there."""


def _register(id: str) -> Place:
    """The table of a register: what its record names says something, and who the row is about."""
    fields = {column.field for column in REGISTERS[id].columns if not column.apart}
    more = {"item", "municipality", "yes", "no", "recorded_by", "recorded_at"}
    table = registers[id]
    names = frozenset(table.c.keys())
    return Place(
        table,
        names & (fields | more),
        names & {"id", "case_id", "source", "rank", "replaced_at"},
        _WHOSE.get(Register(id), Whose.SAME),
    )


PLACES: tuple[Place, ...] = (
    _place(
        "case_file",
        "title search end_reason named named_by document state started_at round_at began_at ended_at paused_at "
        "paused_until agreed "
        "municipality",
        "id version_id process status guarded",
        Whose.CASE,
        "id",
    ),
    _place("participant", "person_id role since told", "case_id", Whose.WORKERS),
    _place(
        "task",
        "title subject item organisation circle assignee ended_by given_at opened_at deadline drawn_deadline due_at "
        "municipality",
        "id case_id key root process element phase sorts for_nobody status revision",
        Whose.SAME,
    ),
    _place("word", "word person writer", "case_id task_id kind", Whose.SAME),
    _place("task_role", "role", "task_id", Whose.WORKERS, "task_id"),
    _place("task_need", "purpose kind person actor organisation", "id task_id", Whose.SAME, "task_id"),
    _place("agreement_need", "item purpose kind person actor", "id case_id", Whose.SAME),
    _place("event", "at actor kind item detail", "id case_id process element", Whose.WORDS),
    _place("answer", "item at actor corrector purpose values about", "id case_id process element", Whose.MARKED),
    _place("note", "at writer text", "id case_id", Whose.WORDS),
    _place("opening", "organisation purpose kind person", "case_id", Whose.PERSON),
    _place("handover", "municipality at", "case_id origin", Whose.CASE),
    _place("handed", "said_at question answer kind about", "id case_id", Whose.MARKED),
    _place("empty_circle", "circle organisation at", "case_id", Whose.CIRCLE),
    _place("draft", "person_id form at", "id case_id task_id address", Whose.WORKERS),
    _place("undo", "person rows", "case_id until event", Whose.SAME),
    _place("answer_link", "person_id made_at used_at", "hash kind subject case_id expires_at", Whose.WORKERS),
    _place(
        "signup",
        "municipality by language at answers taken_by taken_at settled_at outcome",
        "id sending code case_id",
        Whose.CASE,
    ),
    _place("imported", "mark", "case_id", Whose.SAME),
    _place("hold", "by at reason until", "case_id", Whose.CASE),
    _place("erasure_request", "by at confirmed_by due_at", "case_id", Whose.CASE),
    _place("job", "due_at", "id kind unique_key case_id attempts last_error", Whose.SAME),
    _place(
        "access_request",
        "relation asker asked_on identity recorded_by recorded_at person ended_at ended_by outcome",
        "id case_id passed",
        Whose.CASE,
    ),
    _place(
        "planning",
        "state slot_id minutes place at_home video interpreter made_by made_at",
        "id case_id uid sequence",
        Whose.CASE,
    ),
    _place("slot", "at", "id case_id planning_id", Whose.CASE),
    _place("guest", "organisation person_id", "id case_id planning_id invited", Whose.CASE),
    _place("slot_answer", "answer", "case_id slot_id guest_id", Whose.WORKERS),
    *map(_register, REGISTERS),
)
"""What hangs on a case and goes with it."""

NOTHING: Mapping[str, str] = {
    "version": "Wat een regio tekent en schrijft; over geen gezin.",
    "organisation": "Hoe een organisatie heet en te bereiken is.",
    "listing": "Wat een organisatie doet en voor wie: de sociale kaart.",
    "listing_event": "Wat er veranderde op de sociale kaart, en wie van wie hier werkt dat deed.",
    "gap": "Hoe vaak iemand die hier werkt bij een onderwerp niets vond dat past; niet voor wie.",
    "figure": "Wat er van een kwartaal is getoond: aantallen van tien gezinnen of meer.",
    "topic": "Waarbij iemand hulp kan zoeken: de onderwerpen van de sociale kaart.",
    "intervention": "Wat er landelijk aan hulp is: de interventies van de sociale kaart.",
    "pathway_view": "Hoe vaak een zorgpad in een maand is geopend; niet door wie.",
    "person": "Wie hier werkt; geen gezin.",
    "appointment": "Wie hier werkt, in welke rol.",
    "person_event": "Wat er is veranderd aan wie hier werkt, door wie en waarom.",
    "proposal": "Wie is voorgesteld voor een rol.",
    "absence": "Wanneer iemand die hier werkt er niet is, en wie er dan waarneemt.",
    "session": "Wie er is aangemeld.",
    "sitting": "Wanneer iemand die hier werkt de eigen startpagina opende; niet wat daar stond.",
    "identity": "Als wie iemand die hier werkt zich aanmeldt.",
    "invitation": "Wie is uitgenodigd om hier te werken.",
    "passkey": "Met welke sleutel iemand die hier werkt zich aanmeldt.",
    "recovery_code": "Codes voor wie de sleutel kwijt is; alleen wat ervan te controleren valt.",
    "challenge": "Wat een sleutel gevraagd is, vijf minuten lang.",
    "reminder": "Wanneer wie hier werkt voor het laatst een mail kreeg over wat er wacht, en hoe vaak die dat wil.",
    "letter": "Mail die nog weg moet, aan wie hier werkt: welke tekst, en nooit iets van een gezin.",
    "sending": "Wat twee keer is verstuurd: sleutels, en nummers van dossiers en taken, een dag lang; gaat mee met het "
    "dossier.",
    "erasure": "Wat er is gewist: een nummer, dagen en aantallen.",
    "saved_list": "Welke filters en kolommen iemand die hier werkt bewaarde, en nooit een zoekwoord.",
    "look": "Wie keek, wanneer, in welke rol en langs welke weg; blijft als een dossier is gewist.",
    "look_case": "In welk dossier, op welke grond en naar welk soort deel; van de inhoud niets.",
    "look_anchor": "Tot welke schakel het inkijklog is opgeschoond: nummers, dagen en een aantal.",
    "alarm": "Wat opviel bij wie er keek: wie, op welke dag, hoe vaak; niet bij welk gezin.",
    "clock": "De klok van de demo.",
}
"""The tables in which nothing of a family stands, with why."""


def erasable() -> tuple[str, ...]:
    """The names of the tables of which rows go: when a case is erased, or when looks are old."""
    return (*(place.table.name for place in PLACES), sending.name, look.name, look_case.name)


def erase(tx: Transaction, case_id: int) -> dict[str, int]:
    """Erase a case with every row that hangs on it, and what was sent of it; gives how many rows went, by table."""
    gone = counts(tx, case_id)
    sent = sa.delete(sending).where(sa.or_(*_names(tx, case_id)))
    gone[sending.name] = tx.execute(sent).rowcount
    tx.execute(sa.delete(case_file).where(case_file.c.id == case_id))
    return gone


def counts(tx: Transaction, case_id: int) -> dict[str, int]:
    """How many rows of a case there are, by table."""
    return {
        place.table.name: tx.execute(
            sa.select(sa.func.count()).select_from(place.table).where(place.rows_of(case_id))
        ).scalar_one()
        for place in PLACES
    }


def _names(tx: Transaction, case_id: int) -> Iterator[sa.ColumnElement[bool]]:
    """How an answer that was kept of a sending may name a case or one of its tasks: as an address, or in JSON."""
    tasks = tx.execute(sa.select(task.c.id).where(task.c.case_id == case_id)).scalars()
    for address in (f"/casus/{case_id}", *(f"/taken/{id}" for id in tasks)):
        yield sending.c.answer == address
        yield from (sending.c.answer.startswith(f"{address}{after}") for after in "/#?")
    yield from (sending.c.answer.contains(f'"caseId":{case_id}{after}') for after in ",}")


def note(
    tx: Transaction, case: CaseRow, what: Erased, rows: Mapping[str, int], asked: Request | None, now: datetime
) -> None:
    """Keep that something was erased of a case: when, how much, and who asked and confirmed it where its term was not
    over yet; nothing of what.
    """
    values = {
        "case_id": case.id,
        "process": case.process,
        "municipality": case.municipality,
        "started_at": case.started_at,
        "ended_at": case.ended_at,
        "what": what,
        "basis": Basis.REQUEST if asked else Basis.TERM,
        "at": now,
        "by": asked.by if asked else None,
        "confirmed_by": asked.confirmed_by if asked else None,
        "rows": {table: number for table, number in rows.items() if number},
    }
    tx.execute(sa.insert(erasure).values(values))
