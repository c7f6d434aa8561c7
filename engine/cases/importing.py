"""Bringing in running families from somebody's own list: each row starts a case by the ordinary first step.

Nothing is inserted: a row is the answers of that step, checked by its form and given to `start`. How far a family is,
the process itself decides by what the row says: who talked with the family already, comes at the step in which consent
is recorded, with whatever lies signed on paper still to be entered there. So nothing opens to anybody by it.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import forms, store
from engine.cases.asking import BEGUN_AS, working_as
from engine.cases.context import Context
from engine.cases.moves import start, start_form
from engine.cases.signups import PROCESS
from engine.cases.views import StartForm
from engine.errors import ConflictError, InvalidDataError
from engine.forms import Field
from engine.words import Answer, Register, Relation, RoleId

MOST_ROWS = 100
LONGEST = 2000
"""How many characters a cell holds at most."""

KEY, PLACE, PHASE, ASKS = "sleutel", "gemeente", "fase", "wie vraagt toestemming"
NEW, ON_PAPER, RUNNING = "nieuw signaal", "toestemming op papier", "lopend plan"
PHASES: Mapping[str, str] = {NEW: Answer.NO, ON_PAPER: Answer.YES}
"""How far a family may be, with what that says of whether somebody talked with it."""
TALKED = "gezin_erbij"

NO_PLAN = (
    f"Een {RUNNING} kan niet uit een lijst komen: wie er ja zei en wie wat doet, moet iemand zelf vastleggen. Kies "
    f"“{ON_PAPER}”, leg daarna het ja vast, en neem het plan over bij het overleg."
)
FORMULA = "Dit lijkt een formule. Plak alleen waarden."
BSN = "Dit lijkt een burgerservicenummer. Gebruik een eigen nummer, zoals 1, 2, 3."


@dataclass(frozen=True)
class Column:
    """A column of the list: which question it answers (`gezin.0.naam` for one of a row), and whether it is needed."""

    name: str
    question: str = ""
    needed: bool = False


COLUMNS = (
    Column(KEY, needed=True),
    Column(PLACE, needed=True),
    Column(PHASE, needed=True),
    Column("naam", "gezin_naam", needed=True),
    Column("naam moeder", "gezin.0.naam"),
    Column("leeftijd moeder", "gezin.0.leeftijd", needed=True),
    Column("gezag moeder", "gezin.0.gezag"),
    Column("naam andere ouder", "gezin.1.naam"),
    Column("leeftijd andere ouder", "gezin.1.leeftijd"),
    Column("gezag andere ouder", "gezin.1.gezag"),
    Column("datum signaal", "signaal_datum", needed=True),
    Column("wie gaf het signaal", "signaal_bron"),
    Column(ASKS, RoleId.AANMELDER),
    Column("zwanger", "zwanger", needed=True),
    Column("weken zwanger", "zwangerschapsduur_weken"),
    Column("geboren op", "geboortedatum"),
    Column("signaal", "signaal", needed=True),
)
"""The columns, in the order of the example that one begins with."""
_BY_QUESTION = {column.question: column.name for column in COLUMNS if column.question}


@dataclass(frozen=True)
class Checked:
    """One row: its line in the list, what it is called there, what is wrong with it by column, and, where nothing is,
    the answers with which its case starts. A row that was brought in before is `there` already.
    """

    line: int
    key: str
    name: str
    place: str
    phase: str
    problems: tuple[tuple[str, str], ...] = ()
    there: bool = False
    answers: Mapping[str, Any] | None = None


def check(ctx: Context, text: str) -> tuple[Checked, ...]:
    """Look at each row of a list, as it is copied from a spreadsheet or stands in a CSV file. Writes nothing.

    Raises InvalidDataError where it is no such list.
    """
    rows = _rows(text)
    firsts: dict[str, StartForm] = {}
    checked = []
    seen: set[str] = set()
    for line, cells in rows:
        each = _checked(ctx, line, cells, firsts)
        mark = _mark(ctx, each.place, each.key)
        if each.key and mark in seen:
            twice = (KEY, f"“{each.key}” staat twee keer in de lijst. Geef elke regel een eigen nummer.")
            each = Checked(line, each.key, each.name, each.place, each.phase, (*each.problems, twice))
        seen.add(mark)
        checked.append(each)
    return tuple(checked)


def bring_in(ctx: Context, text: str) -> int:
    """Start a case for each row that isn't there yet; how many. All or none: raises InvalidDataError where a row is
    wrong, ConflictError where another brings in the same list now.
    """
    checked = check(ctx, text)
    if any(row.problems for row in checked):
        raise InvalidDataError("Er klopt nog iets niet. Er is niets ingevoerd.")
    new = [row for row in checked if not row.there and row.answers is not None]
    for row in new:
        started = start(ctx, PROCESS, row.place, row.answers or {})
        if not store.imports.add(ctx.tx, _mark(ctx, row.place, row.key), started.case_id):
            raise ConflictError("Deze lijst wordt net ook door een ander ingevoerd. Er is nu niets dubbel ingevoerd.")
    return len(new)


def example() -> str:
    """A list with one invented family, to begin with."""
    row = (
        "1", "Kerkrade", ON_PAPER, "Gezin Zonnebloem", "", "16 jaar of ouder", "Ja", "", "", "", "5-1-2026",
        "Verloskundige", "", "Ja", "20", "", "Zij vraagt hulp met geld.",
    )  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([[column.name for column in COLUMNS], row])
    return text.getvalue()


def _rows(text: str) -> Sequence[tuple[int, Mapping[str, str]]]:
    lines = text.lstrip("\ufeff").strip("\r\n")
    first = lines.partition("\n")[0]
    delimiter = next((mark for mark in ("\t", ";") if mark in first), ",")
    table = list(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter))
    names = [" ".join(cell.split()).lower() for cell in table[0]] if table else []
    missing = [column.name for column in COLUMNS if column.needed and column.name not in names]
    unknown = [name for name in names if name and name not in {column.name for column in COLUMNS}]
    if missing or unknown:
        sentences = [f"Deze kolommen ontbreken: {', '.join(missing)}." if missing else ""]
        sentences.append(f"Deze kolommen kennen we niet: {', '.join(unknown)}." if unknown else "")
        raise InvalidDataError(
            " ".join(filter(None, (*sentences, "Begin met het voorbeeld: daar staan alle kolommen in.")))
        )
    rows = [
        (line, dict(zip(names, (cell.strip() for cell in cells), strict=False)))
        for line, cells in enumerate(table[1:], 2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows or len(rows) > MOST_ROWS:
        raise InvalidDataError(f"Zet er één tot {MOST_ROWS} gezinnen in, elk op een eigen regel onder de kolomnamen.")
    return rows


def _checked(ctx: Context, line: int, cells: Mapping[str, str], firsts: dict[str, StartForm]) -> Checked:
    problems = dict(_odd(cells))
    places = {
        word: id
        for settings in ctx.library.regions(ctx.tx)
        for id, name in settings.municipalities.items()
        for word in (id, name.casefold())
    }
    place = places.get(cells.get(PLACE, "").casefold(), "")
    if not place:
        problems.setdefault(PLACE, "Deze gemeente kennen we hier niet.")
    elif place not in firsts:
        firsts[place] = start_form(ctx, PROCESS, place)
    first = firsts.get(place)
    if first is not None and not first.context.get(BEGUN_AS):
        problems[PLACE] = "In deze gemeente heb jij geen rol waarmee je een signaal invoert."
    row = Checked(line, cells.get(KEY, ""), cells.get("naam", ""), place, cells.get(PHASE, "").casefold())
    if first is not None and PLACE not in problems:
        try:
            answers = forms.validate(first.form, _answers(ctx, row, cells, first), first.context)
        except InvalidDataError as error:
            of_form = {_BY_QUESTION.get(key, KEY): sentence for key, sentence in error.fields.items()}
            problems = of_form | problems
        if not problems:
            there = store.imports.there(ctx.tx, _mark(ctx, place, row.key))
            return Checked(line, row.key, row.name, place, row.phase, (), there, answers)
    return Checked(line, row.key, row.name, place, row.phase, tuple(problems.items()))


def _odd(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a row whatever its questions are."""
    for column in COLUMNS:
        cell = cells.get(column.name, "")
        if column.needed and not cell:
            yield column.name, "Vul dit in."
        elif cell.startswith(("=", "@", "\t")):
            yield column.name, FORMULA
        elif len(cell) > LONGEST:
            yield column.name, f"Maak dit korter: hoogstens {LONGEST} tekens."
    if _is_bsn(cells.get(KEY, "")):
        yield KEY, BSN
    phase = cells.get(PHASE, "").casefold()
    if phase == RUNNING:
        yield PHASE, NO_PLAN
    elif phase and phase not in PHASES:
        yield PHASE, f"Kies “{NEW}” of “{ON_PAPER}”."


def _is_bsn(text: str) -> bool:
    digits = text.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 9):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def _answers(ctx: Context, row: Checked, cells: Mapping[str, str], first: StartForm) -> Mapping[str, object]:
    fields = {field.key: field for field in first.form.input_fields()}
    within = {part.key: part for part in fields[Register.FAMILY].fields} if Register.FAMILY in fields else {}
    parents: list[dict[str, object]] = [{"relatie": Relation.MOTHER}, {"relatie": Relation.OTHER_PARENT}]
    answers: dict[str, object] = {TALKED: PHASES.get(row.phase, Answer.NO)}
    for column in COLUMNS:
        cell = cells.get(column.name, "")
        if not cell or not column.question:
            continue
        if column.name == ASKS:
            answers[column.question] = _person(ctx, row.place, cell)
        elif column.question.startswith(f"{Register.FAMILY}."):
            _, number, key = column.question.split(".")
            parents[int(number)][key] = _value(within.get(key), cell)
        else:
            answers[column.question] = _value(fields.get(column.question), cell)
    answers[Register.FAMILY] = [parent for parent in parents if parent["relatie"] == Relation.MOTHER or len(parent) > 1]
    return answers


def _person(ctx: Context, place: str, name: str) -> str:
    people = {person.name.casefold(): person.id for person in working_as(ctx, RoleId.AANMELDER, place)}
    return people.get(name.casefold(), name)


_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def _value(field: Field | None, cell: str) -> object:
    """What a cell answers: of what is chosen the value of the words that stand there, else the text itself."""
    if field is not None:
        options = {option.label.casefold(): option.value for option in field.options}
        if cell.casefold() in options:
            return options[cell.casefold()]
        if field.type.holds is forms.Holds.NUMBER and cell.isdecimal():
            return int(cell)
    day = _DAY.fullmatch(cell)
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else cell


def _mark(ctx: Context, place: str, key: str) -> str:
    """By what a row is known again: who brings it in numbers the own list, and learns nothing of another's."""
    return hashlib.sha256(f"{ctx.actor.id}\n{place}\n{' '.join(key.split()).casefold()}".encode()).hexdigest()
