"""`knooppunt person`: who works here, listed, added and changed, as CSV and from it, and who stops, by whoever runs the
installation.
"""

import argparse
import csv
import io
import sys
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
        database.connection(writes=chosen.what not in ("list", "export")) as tx,
    ):
        ctx = at_the_console(tx)
        if (writes := {"import": _import, "add": _add, "change": _change, "end": _end}.get(chosen.what)) is not None:
            return writes(ctx, chosen)
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


def _add(ctx: Context, chosen: argparse.Namespace) -> int:
    """Add the person that the options describe."""
    row = {name: str(getattr(chosen, name) or "").strip() for name in COLUMNS[1:]}
    if (same := _same(ctx, {"kenmerk": "", **row})) is not None:
        raise InvalidDataError(f"{same.person.name} ({same.person.id}) werkt hier al. Gebruik: person change.")
    return _carried_out(ctx, chosen, row, lambda: staff.add(ctx, _wanted(row), chosen.reden.strip()))


def _change(ctx: Context, chosen: argparse.Namespace) -> int:
    """Change what the options name of a person; the rest stays."""
    before = dict(zip(COLUMNS, _row(staff.employee(ctx, chosen.subject)), strict=True))
    row = {
        name: known if (new := getattr(chosen, name, None)) is None else new.strip() for name, known in before.items()
    }

    def write() -> str:
        staff.change(ctx, chosen.subject, _wanted(row), chosen.reden.strip())
        return str(chosen.subject)

    return _carried_out(ctx, chosen, row, write)


def _carried_out(ctx: Context, chosen: argparse.Namespace, row: Mapping[str, str], write: Callable[[], str]) -> int:
    """Do what is asked of one person and tell how that person is known from then on: 1 where something is wrong."""
    try:
        id = write()
    except InvalidDataError as error:
        ctx.tx.rollback()
        for name, text in error.fields.items():
            print(f"--{FIELDS.get(name, name)}: {text}", file=sys.stderr)
        return 1
    ctx.tx.commit()
    print(f"{row['naam']} ({id}) is {'toegevoegd' if chosen.what == 'add' else 'veranderd'}.")
    return 0


def _import(ctx: Context, chosen: argparse.Namespace) -> int:
    """Add and change the people of a file, all or nobody, and say of each which; what no line names stays as it is."""
    if not chosen.subject or not chosen.reden.strip():
        raise InvalidDataError("Noem een bestand, en met --reden waarom je dit verandert.")
    done: dict[str, str] = {}

    def write(row: dict[str, str]) -> None:
        same = _same(ctx, row)
        if same is not None and same.person.id in done:
            raise InvalidDataError(f"{same.person.name} ({same.person.id}) staat al eerder in dit bestand.")
        if same is None:
            done[staff.add(ctx, _wanted(row), chosen.reden.strip())] = f"{row['naam']}: nieuw"
            return
        id, changed = same.person.id, _changed(same, row)
        if changed:
            staff.change(ctx, id, _wanted(row), chosen.reden.strip())
        done[id] = f"{row['naam']} ({id}): {'veranderd: ' + ', '.join(changed) if changed else 'bleef gelijk'}"

    return carried_out(ctx, chosen, COLUMNS, write, lambda: "\n".join((*done.values(), f"Nagelopen: {len(done)}.")))


def _same(ctx: Context, row: Mapping[str, str]) -> Employee | None:
    """Whom a line is about: by its id, else by its mail address; None for somebody new. Raises NotFoundError where
    nobody has that id, InvalidDataError where it can't be told.
    """
    if row["kenmerk"]:
        return staff.employee(ctx, row["kenmerk"])
    everybody = staff.employees(ctx, staff.Search())
    if row["mail"]:
        same = [each for each in everybody if each.mail.lower() == row["mail"].lower()]
        ids = " en ".join(each.person.id for each in same)
        wrong = f"Dit mailadres hebben {ids}. Zet er het kenmerk bij." if len(same) > 1 else ""
        field = "mail"
    else:
        same = [
            each
            for each in everybody
            if (each.person.name, each.person.organisation) == (row["naam"], row["organisatie"])
        ]
        wrong = (
            f"Zo iemand werkt hier al ({same[0].person.id}). Zet er een mailadres of het kenmerk bij." if same else ""
        )
        field = "naam"
    if wrong:
        raise InvalidDataError(wrong, {field: wrong})
    return same[0] if same else None


def _changed(before: Employee, row: Mapping[str, str]) -> tuple[str, ...]:
    """The columns in which a line says something else of somebody than is known."""
    known = dict(zip(COLUMNS, _row(before), strict=True))
    listed = ("werkdagen", "rollen")
    return tuple(
        name
        for name in COLUMNS[1:]
        if (set(known[name].split()) != set(row[name].split()) if name in listed else known[name] != row[name])
    )


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
