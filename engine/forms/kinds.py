"""The parts of a form and their kinds: one record for each kind, from which all else follows.

By its record a part is read from form-js, its answer is checked and described as JSON Schema, pages and terminal ask
for it, and the handbook names it. A new kind is a member, a record, and a way to read its answer where none here fits.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from engine import feel
from engine.feel.patterns import compile_pattern

MAX_ROWS = 200
MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_NUMBER = 10**15
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""What no text holds: it can't be shown, and halves of characters nothing can write."""


class FieldKind(StrEnum):
    """A part of a form. A member is also the word of form-js, but for date and time, which it has as subtypes."""

    TEXT = "text"
    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SELECT = "select"
    RADIO = "radio"
    CHECKLIST = "checklist"
    CHECKBOX = "checkbox"
    GROUP = "group"
    LIST = "dynamiclist"
    EXPRESSION = "expression"


class Holds(StrEnum):
    """What an answer is."""

    NOTHING = "nothing"  # it asks nothing
    PARTS = "parts"  # it asks nothing itself, its parts do
    ROWS = "rows"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    COMPUTED = "computed"  # nobody is asked: it follows from the other answers


class Control(StrEnum):
    """How a page asks for it."""

    TEXT = "text"
    GROUP = "group"
    LIST = "list"
    LINE = "line"
    AREA = "area"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOXES = "checkboxes"
    CHECKBOX = "checkbox"
    COMPUTED = "computed"


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen. Choosing it may say another kind of data than its question does."""

    value: str
    label: str
    data_kind: str = ""


@dataclass(frozen=True)
class Demand:
    """What an answer must meet beside its kind: refused with `sentence` where `condition` (FEEL) is false. What can't
    be told yet, since an answer that it asks for is missing, refuses nothing.
    """

    condition: feel.Expression
    sentence: str


@dataclass(frozen=True)
class Field:
    """One part of a form: a question, a text to read, or a group or list of parts.

    `key` is the field of the case's document that the answer goes to, or of a row inside a list.
    """

    id: str
    key: str
    kind: FieldKind
    label: str = ""
    description: str = ""
    text: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    demands: tuple[Demand, ...] = ()
    options: tuple[Option, ...] = ()
    options_expression: str = ""
    hide: feel.Expression | None = None
    expression: feel.Expression | None = None
    default: object = None
    fields: tuple["Field", ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def type(self) -> "FieldType":
        """What is so of every part of its kind."""
        return FIELD_TYPES[self.kind]

    @cached_property
    def people(self) -> tuple[str, ...]:
        """The roles of the people whom it lets choose from (`kies_persoon`)."""
        return tuple(role for role in map(str.strip, self.properties.get("kies_persoon", "").split(",")) if role)

    @property
    def never_shown(self) -> bool:
        """Whether it is hidden whatever the answers are."""
        return self.hide is not None and not self.hide.names and self.hide.evaluate({}) is True


class WrongAnswerError(ValueError):
    """One answer is wrong; the text is the sentence to show."""


def _unread(field: Field, answer: object, options: Sequence[Option]) -> object:
    raise NotImplementedError  # rows are read one by one, and what asks nothing has no answer


def _as_text(posted: Sequence[str]) -> object:
    return (posted[-1] if posted else "") or None


def _no_schema(field: Field) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class FieldType:
    """One kind of part.

    `properties` are those that form-js writes at it and that mean something here, `validations` the checks. `name` is
    what people call its answer, `missing` the sentence where a required one lacks, `input` and `short` how a line is
    asked in HTML, `hint` what the terminal says. `read` gives a clean answer or raises WrongAnswerError, `posted`
    makes one of what a web form sent, `schema` describes it; rows are left to who knows the parts.
    """

    kind: FieldKind
    holds: Holds
    control: Control
    properties: frozenset[str]
    validations: frozenset[str] = frozenset({"required"})
    name: str = ""
    missing: str = "Vul {} in."
    input: str = "text"
    short: bool = False
    hint: str = ""
    read: Callable[[Field, object, Sequence[Option]], object] = _unread
    posted: Callable[[Sequence[str]], object] = _as_text
    schema: Callable[[Field], dict[str, Any]] = _no_schema

    @property
    def days(self) -> bool:
        """Whether its answer is a day, or begins with one."""
        return self.holds in (Holds.DAY, Holds.MOMENT)

    @property
    def form_js(self) -> str:
        """The type by which form-js knows it."""
        moments = (Holds.DAY, Holds.TIME, Holds.MOMENT)
        return FieldKind.DATETIME if self.holds in moments else self.kind

    @cached_property
    def asks(self) -> bool:
        """Whether it has an answer, that somebody gives or that follows from others."""
        return self.holds not in (Holds.NOTHING, Holds.PARTS)

    @property
    def computed(self) -> bool:
        """Whether its answer follows from the others, so that nobody is asked."""
        return self.holds is Holds.COMPUTED

    @property
    def chosen(self) -> bool:
        """Whether its answer is among those that it offers."""
        return self.holds in (Holds.CHOICE, Holds.CHOICES)

    @property
    def begins_with(self) -> type | tuple[type, ...]:
        """What an answer that stands there beforehand must be."""
        if self.holds is Holds.NUMBER:
            return (int, float)
        return {Holds.CHOICES: list, Holds.YES_NO: bool}.get(self.holds, str)


# --- answers ---------------------------------------------------------------------------------------------------


def named(field: Field) -> str:
    """A question as a sentence names it."""
    return f"“{field.label or field.key}”"


def _read_text(field: Field, answer: object, options: Sequence[Option]) -> str | None:
    if answer is None:
        return None
    if not isinstance(answer, str):
        raise WrongAnswerError(f"Schrijf bij {named(field)} een gewone tekst.")
    text = CONTROL.sub("", answer.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        return None
    if field.kind is FieldKind.TEXTFIELD and "\n" in text:
        raise WrongAnswerError(f"Houd het antwoord bij {named(field)} op één regel.")
    limit = _longest(field)
    if len(text) > limit:
        raise WrongAnswerError(
            f"Maak het antwoord bij {named(field)} korter: het is {len(text)} tekens en mag er {limit} zijn."
        )
    if field.min_length is not None and len(text) < field.min_length:
        raise WrongAnswerError(f"Schrijf bij {named(field)} iets meer: minstens {field.min_length} tekens.")
    if field.pattern and not _matches(field.pattern, text):
        hint = f" {field.description}" if field.description else ""
        raise WrongAnswerError(f"Kijk {named(field)} na: het antwoord heeft niet de goede vorm.{hint}")
    return text


def _longest(field: Field) -> int:
    return field.max_length or (MAX_LINE if field.kind is FieldKind.TEXTFIELD else MAX_TEXT)


def _matches(pattern: str, text: str) -> bool:
    compiled = compile_pattern(pattern)
    return compiled.fits(text) and compiled.compiled.search(text) is not None


def _read_number(field: Field, answer: object, options: Sequence[Option]) -> int | float | None:
    if _blank(answer):
        return None
    number = _number(answer)
    if number is None:
        raise WrongAnswerError(f"Vul bij {named(field)} een getal in, bijvoorbeeld 12 of 12,5.")
    if field.minimum is not None and number < field.minimum:
        raise WrongAnswerError(f"Vul bij {named(field)} een getal van {_plain(field.minimum)} of hoger in.")
    if field.maximum is not None and number > field.maximum:
        raise WrongAnswerError(f"Vul bij {named(field)} een getal van {_plain(field.maximum)} of lager in.")
    return int(number) if number == int(number) else float(number)


def _blank(answer: object) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


_NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,10})?", re.ASCII)  # "1e99999" would take a day to write out


def _number(answer: object) -> int | float | None:
    """Read a number, or the text of one as people write it in the Netherlands; 15 digits at most."""
    if isinstance(answer, str):
        text = answer.strip()
        return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return None
    return answer if abs(answer) < MAX_NUMBER else None


def _posted_number(posted: Sequence[str]) -> object:
    """What is no number stays text, so that it can be refused and shown again."""
    text = _as_text(posted)
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text.replace(",", "."))
    return int(number) if number == number.to_integral_value() else float(number)


def _plain(value: float) -> str:
    return f"{value:g}".replace(".", ",") if abs(value) < 10**6 else f"{value:.0f}"


def _moment(read: Callable[[str], str | None], example: str) -> Callable[[Field, object, Sequence[Option]], object]:
    """A reader of days, times or both."""

    def reader(field: Field, answer: object, options: Sequence[Option]) -> str | None:
        if _blank(answer):
            return None
        moment = read(answer.strip()) if isinstance(answer, str) else None
        if moment is None:
            raise WrongAnswerError(f"Vul bij {named(field)} {example}.")
        return moment

    return reader


_DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?", re.ASCII)


def _date_text(text: str) -> str | None:
    """Read 2026-03-31, or 31-3-2026 from a browser without a date picker; years far off are typing errors."""
    dutch = _DUTCH_DATE.fullmatch(text)
    iso = f"{dutch[3]}-{int(dutch[2]):02}-{int(dutch[1]):02}" if dutch else text
    day = feel.parse_date(iso) if len(iso) == 10 else None
    return iso if day is not None and date(1900, 1, 1) <= day < date(2200, 1, 1) else None


def _time_text(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2])).isoformat("minutes")


def _datetime_text(text: str) -> str | None:
    words, _, clock = text.replace("T", " ").partition(" ")
    day, moment = _date_text(words), _time_text(clock.strip())
    return None if day is None or moment is None else f"{day}T{moment}"


def _read_choice(field: Field, answer: object, options: Sequence[Option]) -> str | None:
    if answer is None or answer == "":
        return None
    if answer not in {option.value for option in options} if isinstance(answer, str) else True:
        raise WrongAnswerError(f"Kies bij {named(field)} een van de antwoorden die er staan.")
    return str(answer)


def _read_choices(field: Field, answer: object, options: Sequence[Option]) -> list[str]:
    given = [answer] if isinstance(answer, str) else [] if answer is None else answer
    if not isinstance(given, (list, tuple)) or not all(isinstance(value, str) for value in given):
        raise WrongAnswerError(f"Kruis bij {named(field)} antwoorden aan die er staan.")
    wanted = {value for value in given if value}  # a page sends one empty answer along, so that none can be told
    offered = [option.value for option in options]
    if not wanted <= set(offered):
        raise WrongAnswerError(f"Kruis bij {named(field)} alleen antwoorden aan die er staan.")
    return [value for value in offered if value in wanted]


def _read_yes_no(field: Field, answer: object, options: Sequence[Option]) -> bool:
    given = [value for value in answer if value] if isinstance(answer, (list, tuple)) else [answer]
    if not given or given[0] in (None, "", False, "false"):
        return False
    if len(given) == 1 and given[0] in (True, "true", "on", "ja"):
        return True
    raise WrongAnswerError(f"Kruis {named(field)} aan of laat het leeg.")


# --- JSON Schema -----------------------------------------------------------------------------------------------


def _or_null(name: str, field: Field) -> str | list[str]:
    return name if field.required else [name, "null"]


def _text_schema(field: Field) -> dict[str, Any]:
    least = max(field.min_length or 0, 1) if field.required else field.min_length
    limits = {"minLength": least, "maxLength": _longest(field), "pattern": field.pattern}
    return {"type": _or_null("string", field), **limits}


def _number_schema(field: Field) -> dict[str, Any]:
    return {"type": _or_null("number", field), "minimum": field.minimum, "maximum": field.maximum}


def _moment_schema(**form: str) -> Callable[[Field], dict[str, Any]]:
    return lambda field: {"type": _or_null("string", field), **form}


def _choice_schema(field: Field) -> dict[str, Any]:
    values: list[str | None] = [option.value for option in field.options]
    return {
        "type": _or_null("string", field),
        "enum": [*values, *([] if field.required else [None])] if values else None,
    }


def _choices_schema(field: Field) -> dict[str, Any]:
    values = [option.value for option in field.options]
    items = {"type": "string", "enum": values} if values else {"type": "string"}
    return {"type": "array", "uniqueItems": True, "minItems": 1 if field.required else None, "items": items}


def _yes_no_schema(field: Field) -> dict[str, Any]:
    return {"type": "boolean", "const": True if field.required else None}


# --- the records -----------------------------------------------------------------------------------------------

_COMMON = frozenset({"id", "type", "conditional", "properties", "layout"})
_QUESTION = _COMMON | {"key", "label", "description", "validate", "defaultValue"}
_MOMENT = _QUESTION | {
    "subtype", "dateLabel", "timeLabel", "use24h", "timeInterval", "timeSerializingFormat", "disallowPassedDates",
}  # fmt: skip
_CHOICE = _QUESTION | {"values", "valuesExpression"}
_PARTS = _COMMON | {"label", "description", "components", "showOutline", "verticalAlignment"}
_ROWS = _PARTS | {
    "path", "validate", "isRepeating", "allowAddRemove", "defaultRepetitions", "disableCollapse", "nonCollapsedItems",
}  # fmt: skip

FIELD_TYPES: Mapping[FieldKind, FieldType] = {
    record.kind: record
    for record in (
        FieldType(FieldKind.TEXT, Holds.NOTHING, Control.TEXT, _COMMON | {"text"}),
        FieldType(
            FieldKind.TEXTFIELD, Holds.TEXT, Control.LINE, _QUESTION | {"appearance"},
            validations=frozenset({"required", "minLength", "maxLength", "pattern"}),
            name="korte tekst",
            read=_read_text,
            schema=_text_schema,
        ),
        FieldType(
            FieldKind.TEXTAREA, Holds.TEXT, Control.AREA, _QUESTION,
            validations=frozenset({"required", "minLength", "maxLength"}),
            name="langere tekst",
            read=_read_text,
            schema=_text_schema,
        ),
        FieldType(
            FieldKind.NUMBER, Holds.NUMBER, Control.LINE, _QUESTION | {"appearance", "increment"},
            validations=frozenset({"required", "min", "max"}),
            name="getal",
            short=True,
            hint="getal",
            read=_read_number,
            posted=_posted_number,
            schema=_number_schema,
        ),
        FieldType(
            FieldKind.DATE, Holds.DAY, Control.LINE, _MOMENT,
            name="datum",
            input="date",
            short=True,
            hint="datum, zoals 2026-03-02",
            read=_moment(_date_text, "een datum in die bestaat, bijvoorbeeld 31-3-2026"),
            schema=_moment_schema(format="date"),
        ),
        FieldType(
            FieldKind.TIME, Holds.TIME, Control.LINE, _MOMENT,
            name="tijd",
            input="time",
            short=True,
            hint="tijd, zoals 09:30",
            read=_moment(_time_text, "een tijd in, bijvoorbeeld 09:30"),
            schema=_moment_schema(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        ),
        FieldType(
            FieldKind.DATETIME, Holds.MOMENT, Control.LINE, _MOMENT,
            name="datum en tijd",
            input="datetime-local",
            short=True,
            hint="datum en tijd, zoals 2026-03-02T09:30",
            read=_moment(_datetime_text, "een datum en een tijd in, bijvoorbeeld 31-3-2026 09:30"),
            schema=_moment_schema(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"),
        ),
        FieldType(
            FieldKind.SELECT, Holds.CHOICE, Control.SELECT, _CHOICE | {"searchable"},
            name="één keuze uit een lijst",
            missing="Kies een antwoord bij {}.",
            hint="nummer",
            read=_read_choice,
            schema=_choice_schema,
        ),
        FieldType(
            FieldKind.RADIO, Holds.CHOICE, Control.RADIO, _CHOICE,
            name="één keuze",
            missing="Kies een antwoord bij {}.",
            hint="nummer",
            read=_read_choice,
            schema=_choice_schema,
        ),
        FieldType(
            FieldKind.CHECKLIST, Holds.CHOICES, Control.CHECKBOXES, _CHOICE,
            name="één of meer keuzes",
            missing="Kruis minstens één antwoord aan bij {}.",
            hint="nummers met komma's ertussen",
            read=_read_choices,
            posted=lambda posted: [text for text in posted if text],
            schema=_choices_schema,
        ),
        FieldType(
            FieldKind.CHECKBOX, Holds.YES_NO, Control.CHECKBOX, _QUESTION,
            name="aanvinken",
            missing="Kruis aan: {}.",
            hint="j of n",
            read=_read_yes_no,
            posted=bool,
            schema=_yes_no_schema,
        ),
        FieldType(FieldKind.GROUP, Holds.PARTS, Control.GROUP, _PARTS, name="onderdeel"),
        FieldType(
            FieldKind.LIST, Holds.ROWS, Control.LIST, _ROWS,
            name="lijst met regels",
            missing="Voeg minstens één regel toe bij {}.",
        ),
        FieldType(
            FieldKind.EXPRESSION, Holds.COMPUTED, Control.COMPUTED,
            _COMMON | {"key", "label", "description", "expression", "computeOn"},
            validations=frozenset(),
            name="volgt vanzelf uit de antwoorden",
            schema=lambda field: {"readOnly": True},
        ),
    )
}  # fmt: skip
"""Every kind with its record."""

FORM_JS: Mapping[str, FieldType] = {record.form_js: record for record in FIELD_TYPES.values()}
"""What form-js calls them; a moment by any of its subtypes."""
