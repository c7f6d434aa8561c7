"""The sociale kaart: who helps with what, as sheets of CSV that a region keeps, and as what it means.

Three sheets: subjects that a family may need help with (onderwerpen), interventions with their windows (interventies),
and organisations (organisaties). Each is a list of columns from which all else follows: what may stand in a cell, how a
database keeps it, what a page asks. `workflows/sociale-kaart/` holds what is so everywhere; a sheet of the same name in
a region's folder stands in its place. A new database begins with them; from then on the house keeps its own, and no
version of a process is bound to them.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.definitions.model import Settings
from engine.errors import DefinitionError, InvalidDataError, Problem
from engine.words import Answer, Audience, Certainty, Domain

FOLDER = "sociale-kaart"
RULE = "sociale_kaart"
BETWEEN = ", "
BESIDE = " | "
"""Between the people to call, of each of whom a cell says who it is, the number and when: `; ` stands between those."""

KEY = re.compile(r"[a-z0-9_]{1,80}")
MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
LINK = re.compile(r"https?://[^\s<>\"(){}]+")
PHONE = re.compile(r"\+?[\d ()-]{3,20}")
SPAN = re.compile(r"(\d{1,2})-(\d{1,2})")
LONGEST = 1000
WAIT = 104
"""The longest waiting time that we believe, in weeks."""

BIRTH, YEAR = 42, 12
"""The last week of a pregnancy; the months in a year."""

AUDIENCES = {Audience.PREGNANT: "zwangeren", Audience.PARENT: "ouders", Audience.CHILD: "kinderen"}


class Sheet(StrEnum):
    """The files of a sociale kaart, by their names without `.csv`."""

    TOPICS = "onderwerpen"
    INTERVENTIONS = "interventies"
    ORGANISATIONS = "organisaties"


@dataclass(frozen=True)
class Contact:
    """Somebody to call: the function, never a name of a person; the number; on which days and hours."""

    function: str
    phone: str
    hours: str = ""


@dataclass(frozen=True)
class Span:
    """From which week of pregnancy or month of the child's life something is for, to which; both count."""

    first: int
    last: int


@dataclass(frozen=True)
class Subject:
    """An onderwerp: what a family may need help with. `question` is what one may ask oneself; `means` what it is;
    `words` what else people call it.
    """

    id: str
    name: str
    question: str = ""
    means: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intervention:
    """Something that is done in the same way everywhere, such as VoorZorg: for whom, in which weeks of pregnancy and
    months of the child's life, on which terms; and from where we know that, or that we assume it.
    """

    id: str
    name: str
    topics: tuple[str, ...]
    audience: tuple[str, ...]
    does: str
    weeks: Span | None = None
    months: Span | None = None
    terms: str = ""
    costs: str = ""
    source: str = ""
    address: str = ""
    read_on: str = ""
    certainty: str = Certainty.ASSUMED

    @property
    def is_fact(self) -> bool:
        """Whether it was read where `source` says."""
        return self.certainty == Certainty.FACT

    @property
    def window(self) -> str:
        """In which part of a pregnancy and of a child's life it fits, in words; "" where nobody said."""
        parts = []
        if self.weeks is not None and self.weeks.first == 0:
            last = self.weeks.last
            parts.append("tijdens de zwangerschap" if last >= BIRTH else f"tot en met {last} weken zwanger")
        elif self.weeks is not None:
            parts.append(f"vanaf {self.weeks.first} weken zwanger")
        if self.months is not None and self.months.last == 0:
            parts.append("in de eerste weken na de bevalling")
        elif self.months is not None:
            begins = f"van {_age(self.months.first)} " if self.months.first else ""
            parts.append(f"{begins}tot je kind {_age(self.months.last)} is")
        return " en ".join(parts)


@dataclass(frozen=True)
class Listing:
    """An organisation on the sociale kaart. `municipalities` empty means the whole region; `is_first` that it is open
    to everybody without a decision of somebody else (voorliggend); `waiting` is in weeks, None where nobody knows.
    """

    id: str
    name: str
    kind: str
    domain: str
    municipalities: tuple[str, ...]
    topics: tuple[str, ...]
    interventions: tuple[str, ...]
    audience: tuple[str, ...]
    contacts: tuple[Contact, ...]
    mail: str
    website: str
    does: str
    does_not: str
    is_first: bool
    way_in: str
    waiting: int | None
    costs: str
    languages: tuple[str, ...]
    source: str
    checked_on: date | None

    def works_in(self, municipality: str) -> bool:
        """Whether it helps people of a municipality."""
        return not self.municipalities or municipality in self.municipalities

    @property
    def soon(self) -> str:
        """How soon somebody is helped, in words."""
        if self.waiting is None:
            return "Vraag hoelang het duurt."
        if self.waiting == 0:
            return "Meteen"
        return f"Binnen ongeveer {'een week' if self.waiting == 1 else f'{self.waiting} weken'}"

    @property
    def for_whom(self) -> str:
        """Whom it helps, in words."""
        *others, last = (AUDIENCES[word] for word in Audience if word in self.audience)
        return f"{', '.join(others)} en {last}" if others else last


@dataclass(frozen=True)
class SocialeKaart:
    """All of it, of one region."""

    topics: tuple[Subject, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    organisations: tuple[Listing, ...] = ()

    def rows(self, sheet: Sheet) -> "tuple[Row, ...]":
        """What stands on one of its sheets."""
        sheets: dict[Sheet, tuple[Row, ...]] = {
            Sheet.TOPICS: self.topics,
            Sheet.INTERVENTIONS: self.interventions,
            Sheet.ORGANISATIONS: self.organisations,
        }
        return sheets[sheet]

    def helping(self, municipality: str, topic: str) -> tuple[Listing, ...]:
        """Who helps people of a municipality with this: first who is open to everybody, of those first whose own work
        it is (the first topic that they name), and then who has time soonest.
        """
        here = [each for each in self.organisations if topic in each.topics and each.works_in(municipality)]
        return tuple(sorted(here, key=lambda each: (not each.is_first, each.topics[0] != topic, *_soonest(each))))

    def fitting(self, topic: str) -> tuple[Intervention, ...]:
        """The interventions for this, in the order of the sheet."""
        return tuple(each for each in self.interventions if topic in each.topics)


def _soonest(listing: Listing) -> tuple[int, str]:
    return WAIT if listing.waiting is None else listing.waiting, listing.name


def _age(months: int) -> str:
    if months % YEAR == 0:
        return f"{months // YEAR} jaar"
    return f"{months // YEAR},5 jaar" if months % YEAR == YEAR // 2 and months > YEAR else f"{months} maanden"


# --- cells -----------------------------------------------------------------------------------------------------


def _text(cell: str) -> str:
    if len(cell) > LONGEST:
        raise ValueError(f"Dit zijn {len(cell)} tekens. Kort het in tot hoogstens {LONGEST}.")
    return cell


def _key(cell: str) -> str:
    if not KEY.fullmatch(cell):
        raise ValueError(f"'{cell}' is geen kenmerk. Gebruik kleine letters, cijfers en _, zoals schuldhulp_stad.")
    return cell


def _names(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in _text(cell).split(",") if (name := part.strip())))


def _mail(cell: str) -> str:
    if cell and not MAIL.fullmatch(cell):
        raise ValueError(f"'{cell}' is geen mailadres. Schrijf het zoals naam@organisatie.nl.")
    return cell


def _link(cell: str) -> str:
    if cell and not LINK.fullmatch(cell):
        raise ValueError(f"'{cell}' is geen adres van een site. Schrijf het zoals https://organisatie.nl.")
    return cell


def contacts_in(cell: str) -> tuple[Contact, ...]:
    """Whom a cell of the sociale kaart names to call."""
    return tuple(_contact(part.strip()) for part in _text(cell).split(BESIDE.strip()) if part.strip())


def _contact(part: str) -> Contact:
    function, *rest = (each.strip() for each in part.split(";"))
    if not function or not rest or len(rest) > 2 or not PHONE.fullmatch(rest[0]):
        raise ValueError(
            f"'{part}' zegt niet wie je belt. Schrijf: functie; telefoonnummer; wanneer. Voor nog iemand zet je daar | "
            "achter."
        )
    return Contact(function, *rest)


def _weeks(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal()) or int(cell) > WAIT:
        raise ValueError(f"'{cell}' is geen aantal weken. Schrijf een getal van 0 tot {WAIT}, of laat de cel leeg.")
    return int(cell)


def _span(cell: str) -> Span | None:
    if not cell:
        return None
    hit = SPAN.fullmatch(cell)
    if hit is None or int(hit[1]) > int(hit[2]):
        raise ValueError(f"'{cell}' is geen periode. Schrijf van en tot en met, zoals 16-28, of laat de cel leeg.")
    return Span(int(hit[1]), int(hit[2]))


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        raise ValueError(f"'{cell}' is geen datum. Schrijf jaar-maand-dag, zoals 2026-11-01.") from None


def _yes_no(cell: str) -> bool:
    if cell not in ("", *Answer):
        raise ValueError(f"'{cell}' is geen antwoord. Schrijf {Answer.YES} of {Answer.NO}.")
    return cell == Answer.YES


def _written(value: Any) -> str:
    """A value as a cell says it."""
    match value:
        case None:
            return ""
        case bool():
            return Answer.YES if value else Answer.NO
        case date():
            return value.isoformat()
        case Span():
            return f"{value.first}-{value.last}"
        case Contact():
            return "; ".join(part for part in (value.function, value.phone, value.hours) if part)
        case tuple():
            between = BESIDE if value and isinstance(value[0], Contact) else BETWEEN
            return between.join(map(_written, value))
    return str(value)


@dataclass(frozen=True)
class Cell:
    """One column of a sheet: what it is called there, and in rows and tables. `read` raises ValueError with a sentence
    for what can't be; `words` are all that may stand there, one or several.
    """

    name: str
    field: str
    read: Callable[[str], Any] = _text
    required: bool = False
    words: tuple[str, ...] = ()


CELLS: Mapping[Sheet, tuple[Cell, ...]] = {
    Sheet.TOPICS: (
        Cell("kenmerk", "id", _key, required=True),
        Cell("naam", "name", required=True),
        Cell("vraag", "question"),
        Cell("uitleg", "means"),
        Cell("zoekwoorden", "words", _names),
    ),
    Sheet.INTERVENTIONS: (
        Cell("kenmerk", "id", _key, required=True),
        Cell("naam", "name", required=True),
        Cell("onderwerpen", "topics", _names, required=True),
        Cell("voor_wie", "audience", _names, required=True, words=tuple(Audience)),
        Cell("doet", "does", required=True),
        Cell("zwanger_weken", "weeks", _span),
        Cell("kind_maanden", "months", _span),
        Cell("voorwaarden", "terms"),
        Cell("kosten", "costs"),
        Cell("bron", "source"),
        Cell("adres", "address", _link),
        Cell("gelezen", "read_on"),
        Cell("zekerheid", "certainty", required=True, words=tuple(Certainty)),
    ),
    Sheet.ORGANISATIONS: (
        Cell("kenmerk", "id", _key, required=True),
        Cell("naam", "name", required=True),
        Cell("soort", "kind", required=True),
        Cell("domein", "domain", required=True, words=tuple(Domain)),
        Cell("gemeenten", "municipalities", _names),
        Cell("onderwerpen", "topics", _names, required=True),
        Cell("interventies", "interventions", _names),
        Cell("voor_wie", "audience", _names, required=True, words=tuple(Audience)),
        Cell("bellen", "contacts", contacts_in),
        Cell("mail", "mail", _mail),
        Cell("site", "website", _link),
        Cell("doet", "does", required=True),
        Cell("doet_niet", "does_not"),
        Cell("voorliggend", "is_first", _yes_no),
        Cell("aanmelden", "way_in"),
        Cell("wachttijd_weken", "waiting", _weeks),
        Cell("kosten", "costs"),
        Cell("talen", "languages", _names),
        Cell("bron", "source"),
        Cell("nagekeken", "checked_on", _day),
    ),
}
KINDS: Mapping[Sheet, type[Any]] = {
    Sheet.TOPICS: Subject,
    Sheet.INTERVENTIONS: Intervention,
    Sheet.ORGANISATIONS: Listing,
}


Row = Subject | Intervention | Listing


def made(sheet: Sheet, cells: Mapping[str, Any]) -> Any:
    """What a row means, its cells by field. Raises InvalidDataError with a sentence for each column that is wrong."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in CELLS[sheet]:
        cell = cells.get(column.field, "")
        try:
            values[column.field] = column.read(cell)
        except ValueError as error:
            wrong[column.name] = str(error)
            continue
        if column.required and not cell:
            wrong[column.name] = "Deze cel is leeg. Hier moet iets staan."
        elif column.words:
            wrong |= _strange(column.name, "Dit woord", _names(cell), column.words)
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    return KINDS[sheet](**values)


def cells_of(row: Row) -> dict[str, str]:
    """The cells of a row, by field."""
    return {column.field: _written(getattr(row, column.field)) for column in CELLS[sheet_of(row)]}


def sheet_of(row: Row) -> Sheet:
    """On which sheet a row stands."""
    return next(sheet for sheet, kind in KINDS.items() if isinstance(row, kind))


# --- sheets ----------------------------------------------------------------------------------------------------


def load(root: Path, region: str, settings: Settings) -> SocialeKaart:
    """The sociale kaart with which a region begins, from the files. Raises DefinitionError with all that is wrong."""
    files: dict[Sheet, tuple[str, bytes]] = {}
    for sheet in Sheet:
        for folder in (f"regios/{region}/{FOLDER}", FOLDER):
            path = root / folder / f"{sheet}.csv"
            if path.is_file():
                files[sheet] = path.relative_to(root).as_posix(), path.read_bytes()
                break
    return read(files, settings)


def read(
    files: Mapping[Sheet, tuple[str, bytes]], settings: Settings, before: SocialeKaart | None = None
) -> SocialeKaart:
    """What sheets say, each with its name and content, on top of what there was `before`: a row of the same kenmerk
    stands in its place. Raises DefinitionError with a sentence for each cell that is wrong, by line and column.
    """
    before = before or SocialeKaart()
    problems: list[Problem] = []
    rows = {sheet: {each.id: each for each in before.rows(sheet)} for sheet in Sheet}
    places: dict[Sheet, dict[str, int]] = {sheet: {} for sheet in Sheet}
    for sheet, (name, content) in files.items():
        for line, cells in _lines(sheet, name, content):
            if sheet is Sheet.ORGANISATIONS:
                cells = _completed(cells, settings)
            try:
                row = made(sheet, cells)
            except InvalidDataError as error:
                problems += [_problem(name, line, column, said) for column, said in error.fields.items()]
                continue
            if row.id in places[sheet]:
                said = f"'{row.id}' staat ook op regel {places[sheet][row.id]}. Een kenmerk staat één keer in een blad."
                problems.append(_problem(name, line, "kenmerk", said))
            rows[sheet][row.id], places[sheet][row.id] = row, line
    whole = SocialeKaart(*(tuple(rows[sheet].values()) for sheet in Sheet))  # type: ignore[arg-type]
    for sheet, (name, _) in files.items():
        for id, line in places[sheet].items():
            wrong = unknown(rows[sheet][id], whole, settings)
            problems += [_problem(name, line, column, said) for column, said in wrong.items()]
    if problems:
        raise DefinitionError(problems)
    return whole


def unknown(row: Row, whole: SocialeKaart, settings: Settings) -> dict[str, str]:
    """What a row names that isn't there, a sentence by column."""
    wrong: dict[str, str] = {}
    if not isinstance(row, Subject):
        wrong |= _strange("onderwerpen", "Dit onderwerp", row.topics, [topic.id for topic in whole.topics])
    if isinstance(row, Listing):
        interventions = [each.id for each in whole.interventions]
        wrong |= _strange("interventies", "Deze interventie", row.interventions, interventions)
        wrong |= _strange("gemeenten", "Deze gemeente", row.municipalities, settings.municipalities)
        partner = settings.organisations.get(row.id)
        if partner is not None and partner.kind != row.kind:
            wrong["soort"] = f"De soort is '{partner.kind}'. Die verandert alleen in regio.yaml."
        elif partner is None:
            wrong |= _strange("soort", "Deze soort", [row.kind], kinds(settings))
    return wrong


def kinds(settings: Settings) -> dict[str, str]:
    """The kinds of organisation that may stand on a sociale kaart, with what they are called."""
    return {**settings.lists.get("soorten_organisaties", {}), **settings.lists.get("soorten_sociale_kaart", {})}


def write(sheet: Sheet, rows: Iterable[Row]) -> str:
    """A sheet as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in CELLS[sheet])
    writer.writerows(cells_of(row).values() for row in rows)
    return text.getvalue()


def _strange(column: str, what: str, named: Iterable[str], known: Collection[str]) -> dict[str, str]:
    strange = next((name for name in named if name not in known), None)
    if strange is None:
        return {}
    return {column: f"{what} is er niet: '{strange}'. Kies uit: {BETWEEN.join(known) or 'nog niets'}."}


def _completed(cells: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """A row of an organisation with what regio.yaml says of it where a cell is empty."""
    partner = settings.organisations.get(cells["id"])
    if partner is None:
        return dict(cells)
    known = {"name": partner.name, "kind": partner.kind, "domain": partner.domain}
    places = BETWEEN.join(partner.municipalities)
    return {name: cell or {**known, "municipalities": places}.get(name, "") for name, cell in cells.items()}


def _problem(file: str, line: int, column: str, said: str) -> Problem:
    return Problem(file, f"regel {line}, kolom {column}", RULE, said)


def _lines(sheet: Sheet, name: str, content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a sheet, each with the number of its first line, cells by field."""
    fields = {column.name: column.field for column in CELLS[sheet]}
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(name, 1, "Dit bestand is geen tekst in UTF-8. Bewaar het als 'CSV UTF-8'.") from error
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    line = 1
    try:
        columns = next(rows, [])
        if sorted(columns) != sorted(fields):
            raise _refuse(name, 1, f"De eerste regel moet deze kolommen noemen: {BETWEEN.join(fields)}.")
        while True:
            line = rows.line_num + 1
            row = next(rows, None)
            if row is None:
                return
            if row and len(row) != len(fields):
                raise _refuse(name, line, f"Hier staan {len(row)} cellen. Het moeten er {len(fields)} zijn.")
            if row:
                yield line, {fields[column]: cell.strip() for column, cell in zip(columns, row, strict=True)}
    except csv.Error as error:
        raise _refuse(name, line, "Hier klopt een aanhalingsteken niet.") from error


def _refuse(name: str, line: int, said: str) -> DefinitionError:
    return DefinitionError([Problem(name, f"regel {line}", RULE, said)])
