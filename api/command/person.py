"""`knooppunt person`: who works here, listed, as CSV and from it, and who stops, by whoever runs the installation."""

import argparse
import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from api.command.migrate import configured, opened
from engine import store
from engine.access import Appointment, Person
from engine.cases import Context, Library, staff
from engine.errors import InvalidDataError, KnooppuntError
from engine.store.staff import Employee
from engine.words import RoleId

COLUMNS = ("kenmerk", "naam", "organisatie", "functie", "mail", "telefoon", "werkdagen", "rollen")
FIELDS = {"rol": "rollen"}
"""What a column is called where the question of a form has another name."""


def run(chosen: argparse.Namespace) -> int:
    """Do what the verb says; 1 where a file holds something that can't be, and then nothing is changed."""
    with (
        closing(opened(configured(chosen))) as database,
        database.connection(writes=chosen.what in ("import", "end")) as tx,
    ):
        ctx = at_the_console(tx)
        if chosen.what == "import":
            return _import(ctx, chosen)
        if chosen.what == "end":
            return _end(ctx, chosen)
        everybody = staff.employees(ctx, staff.Search())
        if chosen.what == "list":
            for each in everybody:
                print(f"{each.person.id}\t{each.person.name}\t{_roles(each)}")
            return 0
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(each) for each in everybody)
    return 0


def at_the_console(tx: store.Transaction) -> Context:
    """Whoever runs the installation, as beheerder of every municipality here."""
    library = Library()
    places = (place for region in library.regions(tx) for place in region.municipalities)
    appointments = tuple(Appointment(RoleId.BEHEERDER, place) for place in places)
    if not appointments:
        raise InvalidDataError("Hier is nog geen regio gepubliceerd. Doe eerst: knooppunt publish REGIO.")
    return Context(tx, library, Person("", "De opdrachtregel", appointments=appointments), datetime.now(UTC))


def _roles(employee: Employee) -> str:
    return " ".join(f"{a.municipality}/{a.role}" for a in employee.person.appointments)


def _row(employee: Employee) -> tuple[str, ...]:
    who = employee.person
    days = " ".join(employee.working_days)
    return who.id, who.name, who.organisation, who.function, employee.mail, employee.phone, days, _roles(employee)


def _end(ctx: Context, chosen: argparse.Namespace) -> int:
    """Let somebody stop, everywhere."""
    reason = chosen.reden.strip()
    ended = staff.end(ctx, chosen.subject, chosen.collega, chosen.aandachtsfunctionaris, reason)
    ctx.tx.commit()
    print(f"{chosen.subject} is gestopt. Naar de collega: {ended.handed}. Zoekt een uitvoerder: {ended.waiting}.")
    return 0


def _import(ctx: Context, chosen: argparse.Namespace) -> int:
    """Add and change the people of a file, all or nobody; what a line doesn't name stays as it is."""
    if not chosen.subject or not chosen.reden.strip():
        raise InvalidDataError("Noem een bestand, en met --reden waarom je dit verandert.")
    kinds: Counter[str] = Counter()

    def write(row: dict[str, str]) -> None:
        if row["kenmerk"]:
            staff.change(ctx, row["kenmerk"], _wanted(row), chosen.reden.strip())
        else:
            staff.add(ctx, _wanted(row), chosen.reden.strip())
        kinds["changed" if row["kenmerk"] else "added"] += 1

    return carried_out(ctx, chosen, COLUMNS, write, lambda: f"Nieuw: {kinds['added']}. Nagelopen: {kinds['changed']}.")


def carried_out(
    ctx: Context,
    chosen: argparse.Namespace,
    columns: tuple[str, ...],
    write: Callable[[dict[str, str]], None],
    done: Callable[[], str],
) -> int:
    """Carry out each row of the file that was chosen, or none: 1 where something is wrong, each told by its line and
    column. With `--proef` nothing is kept. `done` says what was done.
    """
    wrong: list[str] = []
    for number, row in rows(content(Path(chosen.subject)), columns):
        try:
            write(row)
        except KnooppuntError as error:
            fields = error.fields if isinstance(error, InvalidDataError) else {}
            wrong += [f"Regel {number}, kolom {FIELDS.get(name, name)}: {text}" for name, text in fields.items()]
            wrong += [] if fields else [f"Regel {number}: {error.message}"]
    if wrong or chosen.proef:
        ctx.tx.rollback()
    else:
        ctx.tx.commit()
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        print("Er is niets veranderd.", file=sys.stderr)
        return 1
    print(f"{done()}{' Dit was een proef: er is niets veranderd.' if chosen.proef else ''}")
    return 0


def content(file: Path) -> bytes:
    """What a file holds. Raises InvalidDataError where it can't be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidDataError(f"Het bestand {file} is niet te lezen. Klopt het pad?") from error


def rows(content: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a file with these columns, each with its number. InvalidDataError where it is no such file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDataError("Dit bestand is geen tekst in UTF-8. Bewaar het als 'CSV UTF-8'.") from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=separator, strict=True)
    if sorted(reader.fieldnames or ()) != sorted(columns):
        raise InvalidDataError(f"De eerste regel moet deze kolommen noemen: {', '.join(columns)}.")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise InvalidDataError(
                    f"Regel {reader.line_num}: er staan niet {len(columns)} kolommen. Tel de komma's."
                )
            yield reader.line_num, {name: row[name].strip() for name in columns}
    except csv.Error as error:
        raise InvalidDataError(f"Regel {reader.line_num}: hier klopt een aanhalingsteken niet.") from error


def _wanted(row: Mapping[str, str]) -> staff.Wanted:
    pairs = [pair.partition("/") for pair in row["rollen"].split()]
    return staff.Wanted(
        row["naam"],
        row["organisatie"],
        row["functie"],
        row["mail"],
        row["telefoon"],
        tuple(row["werkdagen"].split()),
        frozenset(Appointment(role, place) for place, _, role in pairs),
    )
