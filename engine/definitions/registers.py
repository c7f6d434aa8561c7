"""The typed registers that a step may fill: one record for each, from which all else follows.

A register is a class whose fields are its columns, and a `RegisterType` that says what else is so of it. By these the
store makes, fills and reads its table, the check holds forms and steps to it, and the pages name it. Columns that
neither a form nor a step fills (`item`, `source`) are the store's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from engine.definitions.model import Element
from engine.forms import ABOUT, KIND, ROW, Form, Holds
from engine.words import (
    AgeClass,
    AgreementStatus,
    Answer,
    Authority,
    KnownData,
    MeetingStatus,
    Purpose,
    Register,
    Relation,
    Reply,
)


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    LIST = "list"
    DAY = "day"
    YES_NO = "yes_no"


class Filing(StrEnum):
    """What an entry does to the rows that stand in its register."""

    STEP = "step"  # each time that a step is done makes a row; a correction changes the last one of the same step
    ITEM = "item"  # what stands in a list of a form is a row, and stays one by its id, whichever step changes it
    CONSENT = "consent"  # every answer stays; the newest about the same thing counts
    MEETING = "meeting"  # a planned meeting is held in the same row


@dataclass(frozen=True)
class Column:
    """One column: `name` is what a form calls it, or a step where it is `of_step`; `field` what rows and tables do.

    Where there are `words`, only these mean something. `otherwise` stands in a new row where nothing was said. What is
    kept `apart` has rows of its own, so that a query finds a case by one of them.
    """

    name: str
    field: str
    kind: ColumnKind
    required: bool = False
    words: tuple[str, ...] = ()
    of_step: bool = False
    otherwise: str = ""
    apart: bool = False


Day = date | None
_KINDS = {str: ColumnKind.TEXT, tuple[str, ...]: ColumnKind.LIST, Day: ColumnKind.DAY, bool: ColumnKind.YES_NO}


def _asked(name: str, **more: Any) -> Any:
    """A column that a question of a form fills."""
    return field(metadata={"name": name, **more})


def _said(name: str, **more: Any) -> Any:
    """A column that a property of the step fills."""
    return field(metadata={"name": name, "of_step": True, **more})


@dataclass(frozen=True)
class FamilyRow:
    """Somebody of the family, or who has authority over one of them; `item` is the id of the row in the case's
    document, by which later answers name this person. A name may be left out: naming somebody is processing them.
    """

    item: str
    relation: str = _asked("relatie", required=True, words=tuple(Relation))
    age: str = _asked("leeftijd", words=tuple(AgeClass))
    name: str = _asked("naam")
    authority: str = _asked("gezag", words=tuple(Authority))
    over: tuple[str, ...] = _asked("gezag_over")


@dataclass(frozen=True)
class ConsentRow:
    """What one person said about one organisation, for the purpose of the step. `yes` and `no` are the kinds of data
    that this means (`engine.consent`); the rest is evidence for who has to account for it.
    """

    person: str = _asked("persoon", required=True)
    organisation: str = _asked("organisatie", required=True)
    reply: str = _asked("antwoord", required=True, words=tuple(Reply))
    named: tuple[str, ...] = _asked("soorten")
    outcome: str = _asked("besluit", words=tuple(Answer))
    date: Day = _asked("datum")
    form: str = _asked("vorm")
    language: str = _asked("taal")
    interpreter: str = _asked("tolk")
    alone: str = _asked("alleen")
    copy: str = _asked("afschrift")
    purpose: str = _said("doel", required=True, words=tuple(Purpose), otherwise=Purpose.SHARING)
    on_behalf_of: str = _said("namens")


@dataclass(frozen=True)
class MeetingRow:
    """One meeting, planned or held."""

    date: Day = _asked("datum", required=True)
    time: str = _asked("tijd")
    place: str = _asked("plaats")
    present: tuple[str, ...] = _asked("aanwezig")
    parents_present: str = _asked("ouders_aanwezig")
    absence_reason: str = _asked("reden_afwezig")
    kind: str = _said(
        "soort", required=True, words=("voorbespreking", "knooppuntoverleg"), otherwise="knooppuntoverleg"
    )
    status: str = _said("stand", required=True, words=tuple(MeetingStatus), otherwise=MeetingStatus.PLANNED)


@dataclass(frozen=True)
class AgreementRow:
    """One agreement; `item` is the id of its row in the case's document. `bridging` is what the family gets, and from
    whom, while it waits for it.
    """

    item: str
    what: str = _asked("wat", required=True)
    organisation: str = _asked("wie", required=True)
    by_date: Day = _asked("voor_wanneer", required=True)
    person: str = _asked("persoon")
    goal: str = _asked("doel")
    assignment: str = _asked("opdracht")
    status: str = _asked("status", words=tuple(AgreementStatus), otherwise=AgreementStatus.OPEN)
    remark: str = _asked("toelichting")
    bridging: str = _asked("overbrugging")

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        waits = self.status in (AgreementStatus.OPEN, AgreementStatus.WAITING)
        return waits and self.by_date is not None and self.by_date < today


@dataclass(frozen=True)
class DisclosureRow:
    """What was shared with whom, on which ground; `source` is the process/element that says so, `item` its row."""

    source: str
    item: str
    recipients: tuple[str, ...] = _asked("aan", required=True)
    what: str = _asked("wat", required=True)
    ground: str = _asked("grond", required=True)
    channel: str = _asked("kanaal")
    date: Day = _asked("datum")


@dataclass(frozen=True)
class EvaluationRow:
    """One evaluation with the family."""

    outcome: str = _asked("uitkomst", required=True)
    date: Day = _asked("datum")
    goals_met: str = _asked("doelen_behaald")
    heard: str = _asked("gehoord")
    remark: str = _asked("toelichting")


@dataclass(frozen=True)
class SafetyRow:
    """One step in the safety file that `item` is the row of."""

    item: str
    step: str = _asked("stap", required=True, words=("1", "2", "3", "4", "5", "terugkoppeling"))
    content: str = _asked("inhoud", required=True)
    decision: str = _asked("besluit")
    consulted: str = _asked("overlegd_met")
    date: Day = _asked("datum")
    informed: str = _asked("geinformeerd")


@dataclass(frozen=True)
class RegisterType:
    """One register: the class of its rows, its table, and what the pages call it.

    Of what is `evidence` the store keeps who recorded it and when: who has to account for it is asked that. What is
    `free` nobody may answer beforehand: a family or a professional chooses it. Each row of a register that `says` a
    kind of data says that of the person whom it names, so that the questions need not. What stands on a `board` is
    looked through over all families, by where and by when: with each row stands the municipality of its case.
    """

    id: Register
    table: str
    row: type[Any]
    title: str
    filing: Filing = Filing.STEP
    evidence: bool = False
    free: bool = False
    says: str = ""
    board: str = ""
    """The column of the day by which its rows stand on a board."""

    def marks(self, form: Form) -> dict[str, dict[str, str]]:
        """By column what the questions that fill it say and about whom, where that follows from the register."""
        if not self.says:
            return {}
        lists = [part for part in form.input_fields() if part.type.holds is Holds.ROWS]
        person = {part.properties.get("register"): part.key for rows in lists for part in rows.fields}.get("persoon")
        about = {column.name: person or ROW if self.filing is Filing.CONSENT else ROW for column in self.columns}
        for part in form.input_fields():
            if part.properties.get("register") in about and person:
                about[part.properties["register"]] = f"{lists[0].key}.{person}"
        return {column: {KIND: self.says, ABOUT: whom} for column, whom in about.items()}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that a form or a step fills, in the order of the class."""
        return tuple(
            Column(field=part.name, kind=_KINDS[part.type], **part.metadata)
            for part in fields(self.row)
            if part.metadata
        )

    @property
    def required(self) -> tuple[str, ...]:
        """What a form must ask, or a row says nothing."""
        return tuple(column.name for column in self.columns if column.required and not column.of_step)

    @property
    def names(self) -> tuple[str, ...]:
        """All that a form may fill, what it must fill first."""
        asked = (column.name for column in self.columns if not column.of_step)
        return tuple(dict.fromkeys((*self.required, *asked)))

    @property
    def stated(self) -> tuple[str, ...]:
        """What a step must say of itself, or a row means nothing."""
        return tuple(column.name for column in self.columns if column.required and column.of_step)


@dataclass(frozen=True)
class Entry:
    """One row for a register: `values` by the column names that forms use, `item` the id of the list row it came
    from, `properties` those of the task (doel, soort, stand, namens), `source` the step that it came from. What
    `corrects` an answer of that moment takes the place of what the same step gave before. `yes` and `no` are the kinds
    of data that an answer to a request for consent means.
    """

    register: str
    values: Mapping[str, Any]
    properties: Mapping[str, str]
    item: str = ""
    source: str = ""
    corrects: datetime | None = None
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


def entries(
    element: Element, form: Form, answers: Mapping[str, Any], document: Mapping[str, Any], item: str
) -> tuple[Entry, ...]:
    """What a completed form gives its register: a row for each row of its list, else one row. `document` is what the
    case knows with the answers laid over it, or the row of a list that the step is about, which has the id `item`.
    """
    register = element.properties.get("register", "")
    if register not in REGISTERS:
        return ()
    single: dict[str, Any] = {}
    rows: list[Entry] = []
    for part in form.input_fields():
        if part.type.holds is Holds.ROWS:
            columns = {f.properties["register"]: f.key for f in part.fields if "register" in f.properties}
            for row in document.get(part.key) or () if columns and part.key in answers else ():
                values = {column: row.get(key) for column, key in columns.items()}
                rows.append(Entry(register, values, element.properties, str(row.get("id", ""))))
        elif "register" in part.properties and part.key in answers:  # what was not asked stays as it is
            single[part.properties["register"]] = answers.get(part.key)
    if not rows and any(value not in (None, "", []) for value in single.values()):
        rows = [Entry(register, {}, element.properties, item)]
    return tuple(replace(row, values={**single, **row.values}, source=source_of(element)) for row in rows)


def source_of(element: Element) -> str:
    """How a register names the step that it has something from."""
    return f"{element.process}/{element.id}"


REGISTERS: Mapping[str, RegisterType] = {
    register.id: register
    for register in (
        RegisterType(Register.FAMILY, "relative", FamilyRow, "Het gezin", Filing.ITEM, says=KnownData.CONTACT),
        RegisterType(Register.AGREEMENT, "agreement", AgreementRow, "Afspraken", Filing.ITEM, board="by_date"),
        RegisterType(Register.MEETING, "meeting", MeetingRow, "Overleg", Filing.MEETING, board="date"),
        RegisterType(Register.DISCLOSURE, "disclosure", DisclosureRow, "Wat is gedeeld", evidence=True),
        RegisterType(Register.EVALUATION, "evaluation", EvaluationRow, "Evaluatie"),
        RegisterType(
            Register.CONSENT, "consent", ConsentRow, "Toestemming", Filing.CONSENT, True, True, says=KnownData.PLAN
        ),
        RegisterType(Register.SAFETY, "safety", SafetyRow, "Veiligheid", evidence=True, free=True),
    )
}
"""Every register by its id, in the order in which a page shows them."""

STATED: Mapping[str, frozenset[str]] = {
    column.name: frozenset(column.words)
    for register in REGISTERS.values()
    for column in register.columns
    if column.of_step and column.words
}
"""What a step says for a register, and the words that it may say it in."""
