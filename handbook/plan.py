"""A plan of steps → a timeline for a spreadsheet (xlsx) and for an agenda (ics)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from icalendar import Calendar, Event
from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from engine import deadlines
from handbook.effort import Planned

ABOVE, FIRST = 4, 5
"""The row of the headings, and the first row below it."""
COLUMNS = ("Fase", "Stap", "Wie", "Begint", "Uiterlijk klaar", "Termijn", "Duur van het werk", "Gedaan")
WIDTHS = (20, 34, 22, 13, 15, 12, 22, 9)
DAYS = "d mmm yyyy"


def xlsx(title: str, planned: Sequence[Planned], accent: str) -> bytes:
    """A timeline that moves along with the day in B2, each step as many days after it as the terms say."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    start = planned[0].begins
    sheet["A1"], sheet["A1"].font = title, Font(bold=True, size=14)
    sheet["A2"], sheet["B2"] = "Wij beginnen op", start
    sheet["C2"] = "Verander deze dag: alle dagen hieronder schuiven mee."
    sheet["B2"].number_format = DAYS
    sheet["B2"].alignment = Alignment(horizontal="left")
    months = (planned[-1].due - start).days // 30 + 1
    _head(sheet, months, accent)
    for row, each in enumerate(planned, FIRST):
        _row(sheet, row, each, start)
    last, final = FIRST + len(planned) - 1, get_column_letter(len(COLUMNS) + months)
    running = f"AND(I${ABOVE}<$E{FIRST},EDATE(I${ABOVE},1)>$D{FIRST})"
    fill = PatternFill(bgColor=accent.removeprefix("#"), fill_type="solid")
    rule = Rule(type="expression", formula=[running], dxf=DifferentialStyle(fill=fill))
    sheet.conditional_formatting.add(f"I{FIRST}:{final}{last}", rule)
    sheet.freeze_panes = f"C{FIRST}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{ABOVE}:{ABOVE}"
    book.properties.title, book.properties.language = title, "nl-NL"
    book.properties.creator = "Knooppunt"
    return _repeatable(book, start)


def _head(sheet: Worksheet, months: int, accent: str) -> None:
    fill = PatternFill(fgColor=accent.removeprefix("#"), fill_type="solid")
    heads = [*COLUMNS, "=$B$2", *(f"=EDATE($B$2,{month})" for month in range(1, months))]
    for column, words in enumerate(heads, 1):
        cell = sheet.cell(ABOVE, column, words)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), fill
        cell.number_format = "mmm yy" if column > len(COLUMNS) else "General"
        sheet.column_dimensions[get_column_letter(column)].width = [*WIDTHS, *(7,) * months][column - 1]


def _row(sheet: Worksheet, row: int, each: Planned, start: date) -> None:
    step = each.step
    term = deadlines.spoken(step.deadline.duration) if step.deadline else ""
    duration = step.element.properties.get("duur", "")
    who = " of ".join(role.name for role in step.roles)
    words = {1: step.phase, 2: step.title, 3: who, 6: term, 7: duration}
    for column, text in words.items():
        sheet.cell(row, column, text).data_type = "s"  # whatever a region calls a step, it is no formula
    for column, day in ((4, each.begins), (5, each.due)):
        cell = sheet.cell(row, column, f"=$B$2+{(day - start).days}")
        cell.number_format, cell.alignment = DAYS, Alignment(horizontal="left")


def ics(title: str, planned: Sequence[Planned], day: date) -> bytes:
    """The same in an agenda: a day on which to begin each step, and one on which it is due."""
    calendar = Calendar()
    calendar.add("prodid", "-//Knooppunt//handreiking//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("name", title)
    stamp = datetime.combine(day, time(12), UTC)
    for each in planned:
        who = " of ".join(role.name for role in each.step.roles)
        description = f"{each.step.phase}. Wie: {who}. Werk: {each.step.element.properties.get('duur', '')}."
        for word, on in (("Begin", each.begins), ("Uiterlijk klaar", each.due)):
            event = Event()
            event.add("uid", f"{word.split()[0].lower()}-{each.step.element.id}@knooppunt")
            event.add("dtstamp", stamp)
            event.add("dtstart", on)
            event.add("dtend", on + timedelta(days=1))
            event.add("summary", f"{word}: {each.step.title}")
            event.add("description", description)
            event.add("transp", "TRANSPARENT")  # it keeps nobody busy that day
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _repeatable(book: Workbook, day: date) -> bytes:
    """The file without the moment at which it was written."""
    book.properties.created = book.properties.modified = datetime.combine(day, time(12))
    stream, again = BytesIO(), BytesIO()
    book.save(stream)
    with ZipFile(stream) as given, ZipFile(again, "w", ZIP_DEFLATED) as archive:
        for name in given.namelist():
            archive.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), given.read(name), ZIP_DEFLATED)
    return again.getvalue()
