"""Forms: form-js JSON → frozen fields; what to show, which answers are right, and the JSON Schema of them.

A form is data. It can't run code: conditions and options are FEEL, and a text may show a value by its plain name
(`{{gezin_naam}}`) alone. What form-js offers beyond this profile is refused by name when the file is read.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import PurePosixPath
from typing import Any

from engine import feel
from engine.errors import DefinitionError, InvalidDataError, Problem
from engine.feel.patterns import PatternError, compile_pattern

PEOPLE = "mensen()"
"""The key of the context under which the engine passes who may be chosen: role → list of {value, label}."""

MAX_FILE = 300_000
MAX_ROWS = 200
MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_NUMBER = 10**15


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One part of a form: a question, a text to read, or a group or list of parts.

    `kind` is text, textfield, textarea, number, date, time, datetime, select, radio, checklist, checkbox, group or
    dynamiclist. `key` is the field of the case's document that the answer goes to, or of a row inside a dynamiclist.
    """

    id: str
    key: str
    kind: str
    label: str = ""
    description: str = ""
    text: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    options: tuple[Option, ...] = ()
    options_expression: str = ""
    hide: feel.Expression | None = None
    default: object = None
    fields: tuple["Field", ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form by its id, the stem of its file."""

    id: str
    fields: tuple[Field, ...]

    def keys(self) -> tuple[str, ...]:
        """The fields of the document that it writes."""
        return tuple(item.key for item in self.input_fields())

    def input_fields(self) -> tuple[Field, ...]:
        """Everything that takes an answer, groups opened; a dynamiclist is one field."""
        return tuple(_inputs(self.fields))


def _inputs(fields: Sequence[Field]) -> Iterator[Field]:
    for item in fields:
        if item.kind == "group":
            yield from _inputs(item.fields)
        elif item.kind != "text":
            yield item


# Showing


def visible(form: Form, context: Mapping[str, object]) -> tuple[Field, ...]:
    """Keep what is not hidden while the document and the answers so far are `context`.

    A question that is hidden counts as not answered, so a question that depends on it follows. Rows of a list have
    answers of their own: see `visible_in_row`.
    """
    return _shown(form.fields, context)


def visible_in_row(
    listed: Field, row: Mapping[str, object], context: Mapping[str, object]
) -> tuple[Field, ...]:
    """Keep what is not hidden in one row of a dynamiclist; conditions see the row before the document."""
    return _shown(listed.fields, {**context, **row})


def _shown(fields: Sequence[Field], context: Mapping[str, object]) -> tuple[Field, ...]:
    keys = {item.key for item in _inputs(fields)}
    hidden: set[str] = set()
    kept: tuple[Field, ...] = ()
    for _ in range(len(keys) + 1):  # each round may hide what depends on the round before
        kept = _unhidden(fields, {**context, **dict.fromkeys(hidden)})
        now_hidden = keys - {item.key for item in _inputs(kept)}
        if now_hidden <= hidden:
            break
        hidden |= now_hidden
    return kept


def _unhidden(fields: Sequence[Field], context: Mapping[str, object]) -> tuple[Field, ...]:
    kept = []
    for item in fields:
        if item.hide is None or item.hide.evaluate(context) is not True:
            kept.append(
                replace(item, fields=_unhidden(item.fields, context)) if item.kind == "group" else item
            )
    return tuple(kept)


def options(item: Field, context: Mapping[str, object]) -> tuple[Option, ...]:
    """Give the answers that can be chosen here: those of the form, of an expression, or the people of a role."""
    role = item.properties.get("kies_persoon")
    if role:
        people = context.get(PEOPLE)
        return _options(people.get(role)) if isinstance(people, Mapping) else ()
    if item.options_expression:
        found = feel.read(item.options_expression)
        return _options(found.evaluate(context)) if isinstance(found, feel.Expression) else ()
    return item.options


def _options(items: object) -> tuple[Option, ...]:
    found = []
    for item in items if isinstance(items, (list, tuple)) else ():
        if isinstance(item, str):
            found.append(Option(item, item))
        elif isinstance(item, Mapping) and isinstance(item.get("value"), str):
            found.append(Option(item["value"], str(item.get("label") or item["value"])))
    return tuple(found)


# Answering


def validate(form: Form, answers: Mapping[str, object], context: Mapping[str, object]) -> dict[str, object]:
    """Check answers and give them clean: numbers as numbers, dates as ISO text, texts trimmed.

    Raises InvalidDataError with a sentence for every field that is wrong, all at once. Answers to hidden questions
    are left out. A question that is not among the answers is left alone (unless it is required); one that is emptied
    comes back as None, [] or false. A row of a dynamiclist keeps its `id` and what the document knows of that row.
    """
    errors: dict[str, str] = {}
    _refuse_unknown(answers, form.keys(), "", errors)
    shown = _shown(form.fields, {**context, **answers})
    clean = _answers(shown, answers, context, "", errors)
    if errors:
        raise InvalidDataError(_summary(errors), errors)
    return clean


def _summary(errors: Mapping[str, str]) -> str:
    if len(errors) == 1:
        return "Eén antwoord klopt nog niet. Verbeter het en verstuur het formulier opnieuw."
    return f"{len(errors)} antwoorden kloppen nog niet. Verbeter ze en verstuur het formulier opnieuw."


def _refuse_unknown(
    answers: Mapping[str, object], keys: Collection[str], prefix: str, errors: dict[str, str]
) -> None:
    for key in answers:
        if key not in keys:
            errors[f"{prefix}{key}"] = f"Dit formulier heeft geen vraag met de naam “{str(key)[:60]}”."


def _answers(
    fields: Sequence[Field],
    answers: Mapping[str, object],
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
) -> dict[str, object]:
    clean: dict[str, object] = {}
    for item in _inputs(fields):
        given = item.key in answers
        if not given and not item.required:
            continue
        try:
            if item.kind == "dynamiclist":
                clean[item.key] = _rows(item, answers.get(item.key), context, f"{prefix}{item.key}", errors)
            else:
                clean[item.key] = _answer(item, answers.get(item.key), context)
        except _WrongAnswer as problem:
            errors[f"{prefix}{item.key}"] = str(problem)
    return clean


class _WrongAnswer(ValueError):
    """One answer is wrong; the text is the sentence to show."""


def _answer(item: Field, answer: object, context: Mapping[str, object]) -> object:
    found = _READERS[item.kind](item, answer, context)
    if item.required and found in (None, [], False):
        raise _WrongAnswer(_missing(item))
    return found


def _missing(item: Field) -> str:
    if item.kind == "checkbox":
        return f"Kruis aan: {_named(item)}."
    if item.kind in {"select", "radio"}:
        return f"Kies een antwoord bij {_named(item)}."
    if item.kind == "checklist":
        return f"Kruis minstens één antwoord aan bij {_named(item)}."
    if item.kind == "dynamiclist":
        return f"Voeg minstens één regel toe bij {_named(item)}."
    if item.label.endswith("?"):
        return f"Geef antwoord op de vraag {_named(item)}."
    return f"Vul {_named(item)} in."


def _named(item: Field) -> str:
    return f"“{item.label or item.key}”"


def _text_answer(item: Field, answer: object, _: Mapping[str, object]) -> str | None:
    if answer is None:
        return None
    if not isinstance(answer, str):
        raise _WrongAnswer(f"Schrijf bij {_named(item)} een gewone tekst.")
    found = _CONTROL.sub("", answer.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not found:
        return None
    if item.kind == "textfield" and "\n" in found:
        raise _WrongAnswer(f"Houd het antwoord bij {_named(item)} op één regel.")
    limit = item.max_length or (MAX_LINE if item.kind == "textfield" else MAX_TEXT)
    if len(found) > limit:
        raise _WrongAnswer(
            f"Maak het antwoord bij {_named(item)} korter: het is {len(found)} tekens en mag er {limit} zijn."
        )
    if item.min_length is not None and len(found) < item.min_length:
        raise _WrongAnswer(f"Schrijf bij {_named(item)} iets meer: minstens {item.min_length} tekens.")
    if item.pattern and not _matches(item.pattern, found):
        hint = f" {item.description}" if item.description else ""
        raise _WrongAnswer(f"Kijk {_named(item)} na: het antwoord heeft niet de goede vorm.{hint}")
    return found


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _matches(pattern: str, text: str) -> bool:
    compiled = compile_pattern(pattern)
    return compiled.fits(text) and compiled.compiled.search(text) is not None


def _number_answer(item: Field, answer: object, _: Mapping[str, object]) -> int | float | None:
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return None
    found = _number(answer)
    if found is None:
        raise _WrongAnswer(f"Vul bij {_named(item)} een getal in, bijvoorbeeld 12 of 12,5.")
    if item.minimum is not None and found < item.minimum:
        raise _WrongAnswer(f"Vul bij {_named(item)} een getal van {_plain(item.minimum)} of hoger in.")
    if item.maximum is not None and found > item.maximum:
        raise _WrongAnswer(f"Vul bij {_named(item)} een getal van {_plain(item.maximum)} of lager in.")
    return int(found) if found == int(found) else float(found)


def _number(answer: object) -> int | float | None:
    """Read a number, or the text of one as people write it in the Netherlands; 15 digits at most."""
    if isinstance(answer, str):
        text = answer.strip().replace(",", ".")
        return float(text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", text, re.ASCII) else None
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return None
    return answer if abs(answer) < MAX_NUMBER else None


def _plain(value: float) -> str:
    return f"{value:g}".replace(".", ",") if abs(value) < 10**6 else f"{value:.0f}"


def _moment_answer(item: Field, answer: object, _: Mapping[str, object]) -> str | None:
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return None
    found = _MOMENTS[item.kind](answer.strip()) if isinstance(answer, str) else None
    if found is None:
        raise _WrongAnswer(f"Vul bij {_named(item)} {_EXAMPLES[item.kind]}.")
    return found


_EXAMPLES = {
    "date": "een datum in die bestaat, bijvoorbeeld 31-3-2026",
    "time": "een tijd in, bijvoorbeeld 09:30",
    "datetime": "een datum en een tijd in, bijvoorbeeld 31-3-2026 09:30",
}
_DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?", re.ASCII)


def _date_text(text: str) -> str | None:
    """Read 2026-03-31, or 31-3-2026 from a browser without a date picker; years far off are typing errors."""
    dutch = _DUTCH_DATE.fullmatch(text)
    iso = f"{dutch[3]}-{int(dutch[2]):02}-{int(dutch[1]):02}" if dutch else text
    found = feel.parse_date(iso) if len(iso) == 10 else None
    return iso if found is not None and date(1900, 1, 1) <= found < date(2200, 1, 1) else None


def _time_text(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2])).isoformat("minutes")


def _datetime_text(text: str) -> str | None:
    day, _, clock = text.replace("T", " ").partition(" ")
    found, moment = _date_text(day), _time_text(clock.strip())
    return None if found is None or moment is None else f"{found}T{moment}"


_MOMENTS: dict[str, Callable[[str], str | None]] = {
    "date": _date_text,
    "time": _time_text,
    "datetime": _datetime_text,
}


def _choice_answer(item: Field, answer: object, context: Mapping[str, object]) -> str | None:
    if answer is None or answer == "":
        return None
    if answer not in {option.value for option in options(item, context)} if isinstance(answer, str) else True:
        raise _WrongAnswer(f"Kies bij {_named(item)} een van de antwoorden die er staan.")
    return str(answer)


def _checklist_answer(item: Field, answer: object, context: Mapping[str, object]) -> list[str]:
    given = [answer] if isinstance(answer, str) else [] if answer is None else answer
    if not isinstance(given, (list, tuple)) or not all(isinstance(value, str) for value in given):
        raise _WrongAnswer(f"Kruis bij {_named(item)} antwoorden aan die er staan.")
    wanted = {
        value for value in given if value
    }  # a page sends one empty answer along, so that none can be told
    known = [option.value for option in options(item, context)]
    if not wanted <= set(known):
        raise _WrongAnswer(f"Kruis bij {_named(item)} alleen antwoorden aan die er staan.")
    return [value for value in known if value in wanted]


def _checkbox_answer(item: Field, answer: object, _: Mapping[str, object]) -> bool:
    given = [value for value in answer if value] if isinstance(answer, (list, tuple)) else [answer]
    if not given or given[0] in (None, "", False, "false"):
        return False
    if len(given) == 1 and given[0] in (True, "true", "on", "ja"):
        return True
    raise _WrongAnswer(f"Kruis {_named(item)} aan of laat het leeg.")


_READERS: dict[str, Callable[[Field, object, Mapping[str, object]], object]] = {
    "textfield": _text_answer,
    "textarea": _text_answer,
    "number": _number_answer,
    "date": _moment_answer,
    "time": _moment_answer,
    "datetime": _moment_answer,
    "select": _choice_answer,
    "radio": _choice_answer,
    "checklist": _checklist_answer,
    "checkbox": _checkbox_answer,
}


def _rows(
    item: Field, answer: object, context: Mapping[str, object], prefix: str, errors: dict[str, str]
) -> list[dict[str, object]]:
    given = [] if answer in (None, "") else answer
    if not isinstance(given, (list, tuple)) or len(_mappings(given)) != len(given):
        raise _WrongAnswer(f"Vul bij {_named(item)} een lijst met regels in.")
    if len(given) > MAX_ROWS:
        raise _WrongAnswer(f"Bij {_named(item)} passen hoogstens {MAX_ROWS} regels.")
    known = {str(row.get("id")): row for row in _mappings(context.get(item.key))}
    found: list[dict[str, object]] = []
    seen: set[str] = set()
    for index, row in enumerate(given):
        if any(_filled(value) for key, value in row.items() if key != "id"):
            before = known.get(str(row.get("id")), {}) if row.get("id") else {}
            found.append(_row(item, row, before, context, f"{prefix}.{index}.", errors))
            _refuse_twin(found[-1].get("id"), seen, f"{prefix}.{index}.id", errors)
    if item.required and not found:
        raise _WrongAnswer(_missing(item))
    return found


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def _filled(value: object) -> bool:
    """An empty row, as a page offers one, is no row."""
    if isinstance(value, (list, tuple)):
        return any(_filled(item) for item in value)
    return value is not None and value is not False and (not isinstance(value, str) or bool(value.strip()))


def _row(
    item: Field,
    row: Mapping[str, object],
    before: Mapping[str, object],
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
) -> dict[str, object]:
    inputs = tuple(_inputs(item.fields))
    keys = [part.key for part in inputs]
    _refuse_unknown(row, [*keys, "id"], prefix, errors)
    around = {**context, **dict.fromkeys(keys), **before}
    clean = _answers(visible_in_row(item, row, around), row, around, prefix, errors)
    name = row.get("id")
    if name in (None, ""):
        return clean
    if not isinstance(name, str) or not _ROW_ID.fullmatch(name):
        errors[f"{prefix}id"] = f"Een regel bij {_named(item)} is niet te herkennen. Laad de pagina opnieuw."
    return {**before, "id": name, **clean}


_ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _refuse_twin(name: object, seen: set[str], place: str, errors: dict[str, str]) -> None:
    if isinstance(name, str):
        if name in seen:
            errors[place] = "Deze regel staat er twee keer. Laad de pagina opnieuw."
        seen.add(name)


# JSON Schema


def json_schema(form: Form) -> dict[str, Any]:
    """Describe the answers as JSON Schema 2020-12.

    A question that can be hidden is never required here: whether it is, depends on the other answers.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": form.id,
        **_object_schema(form.fields),
    }


def _object_schema(fields: Sequence[Field]) -> dict[str, Any]:
    always = {item.key for item in _inputs([item for item in fields if item.hide is None])}
    inputs = list(_inputs(fields))
    return {
        "type": "object",
        "properties": {item.key: _field_schema(item) for item in inputs},
        "required": [
            item.key for item in inputs if item.required and item.hide is None and item.key in always
        ],
        "additionalProperties": False,
    }


def _field_schema(item: Field) -> dict[str, Any]:
    schema = {"title": item.label, "description": item.description, **_TYPE_SCHEMAS[item.kind](item)}
    return {key: value for key, value in schema.items() if value not in (None, "")}


def _text_schema(item: Field) -> dict[str, Any]:
    least = max(item.min_length or 0, 1) if item.required else item.min_length
    limit = item.max_length or (MAX_LINE if item.kind == "textfield" else MAX_TEXT)
    return {"type": _type("string", item), "minLength": least, "maxLength": limit, "pattern": item.pattern}


def _choice_schema(item: Field) -> dict[str, Any]:
    values: list[str | None] = [option.value for option in item.options]
    return {
        "type": _type("string", item),
        "enum": [*values, *([] if item.required else [None])] if values else None,
    }


def _checklist_schema(item: Field) -> dict[str, Any]:
    values = [option.value for option in item.options]
    items = {"type": "string", "enum": values} if values else {"type": "string"}
    return {"type": "array", "uniqueItems": True, "minItems": 1 if item.required else None, "items": items}


def _list_schema(item: Field) -> dict[str, Any]:
    row = _object_schema(item.fields)
    row["properties"] = {"id": {"type": "string", "pattern": f"^{_ROW_ID.pattern}$"}, **row["properties"]}
    return {"type": "array", "maxItems": MAX_ROWS, "minItems": 1 if item.required else None, "items": row}


def _type(name: str, item: Field) -> str | list[str]:
    return name if item.required else [name, "null"]


_TYPE_SCHEMAS: dict[str, Callable[[Field], dict[str, Any]]] = {
    "textfield": _text_schema,
    "textarea": _text_schema,
    "number": lambda item: {"type": _type("number", item), "minimum": item.minimum, "maximum": item.maximum},
    "date": lambda item: {"type": _type("string", item), "format": "date"},
    "time": lambda item: {"type": _type("string", item), "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "datetime": lambda item: {
        "type": _type("string", item),
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
    },
    "select": _choice_schema,
    "radio": _choice_schema,
    "checklist": _checklist_schema,
    "checkbox": lambda item: {"type": "boolean", "const": True if item.required else None},
    "dynamiclist": _list_schema,
}


# Reading


def read(content: bytes, file: str) -> Form:
    """Read a form-js file; DefinitionError with every problem where it is outside the profile."""
    reader = _Reader(file)
    form = reader.form(content)
    if reader.problems or form is None:
        raise DefinitionError(reader.problems)
    return form


_COMMON = {"id", "type", "conditional", "properties", "layout"}
_QUESTION = {*_COMMON, "key", "label", "description", "validate", "defaultValue"}
_KNOWN: dict[str, set[str]] = {
    "text": {*_COMMON, "text"},
    "textfield": {*_QUESTION, "appearance"},
    "textarea": _QUESTION,
    "number": {*_QUESTION, "appearance", "increment"},
    "datetime": {
        *_QUESTION,
        "subtype",
        "dateLabel",
        "timeLabel",
        "use24h",
        "timeInterval",
        "timeSerializingFormat",
    },
    "select": {*_QUESTION, "values", "valuesExpression", "searchable"},
    "radio": {*_QUESTION, "values", "valuesExpression"},
    "checklist": {*_QUESTION, "values", "valuesExpression"},
    "checkbox": _QUESTION,
    "group": {*_COMMON, "label", "description", "components", "showOutline", "verticalAlignment"},
    "dynamiclist": {
        *_COMMON,
        "label",
        "description",
        "path",
        "components",
        "validate",
        "showOutline",
        "verticalAlignment",
        "isRepeating",
        "allowAddRemove",
        "defaultRepetitions",
        "disableCollapse",
        "nonCollapsedItems",
    },
}
_VALIDATIONS = {
    "textfield": {"required", "minLength", "maxLength", "pattern"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
}
_ALLOWED = ", ".join(_KNOWN)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TAKEN = {
    "regio",
    "item",
    "id",
    "true",
    "false",
    "null",
    "and",
    "or",
    "not",
    "in",
    "if",
    "then",
    "else",
    "for",
    "return",
}
_TAKEN |= {"some", "every", "satisfies", "between", "instance", "function"}
_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.S)
_MARKUP = re.compile(r"<[A-Za-z/!?]|javascript:|data:text", re.I)


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.ids: set[str] = set()

    def problem(self, element: str, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, element, rule, message))

    def form(self, content: bytes) -> Form | None:
        raw = self._json(content)
        if raw is None:
            return None
        name = raw.get("id")
        if not isinstance(name, str) or name != PurePosixPath(self.file).stem:
            self.problem(
                "", "formulier_id", "Geef het formulier als id de naam van het bestand, zonder “.form”."
            )
        if raw.get("type", "default") != "default":
            self.problem(
                "", "formulier_soort", "Dit is geen formulier van form-js: “type” moet “default” zijn."
            )
        fields = self._fields(raw.get("components"), set(), depth=0)
        if not any(True for _ in _inputs(fields)) and not self.problems:
            self.problem(
                "", "formulier_leeg", "In dit formulier staat geen enkele vraag. Voeg er minstens één toe."
            )
        return Form(str(name), fields)

    def _json(self, content: bytes) -> dict[str, Any] | None:
        if len(content) > MAX_FILE:
            self.problem(
                "",
                "formulier_groot",
                "Dit bestand is te groot voor een formulier. Verdeel het over meer stappen.",
            )
            return None
        try:
            raw = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as problem:
            line = f" op regel {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
            self.problem("", "formulier_json", f"Dit bestand is geen leesbare JSON: het gaat mis{line}.")
            return None
        if not isinstance(raw, dict):
            self.problem("", "formulier_json", "Dit bestand is geen formulier van form-js.")
            return None
        return raw

    def _fields(self, components: object, keys: set[str], depth: int) -> tuple[Field, ...]:
        if not isinstance(components, list):
            self.problem(
                "",
                "formulier_vorm",
                "Hier ontbreekt “components”: de lijst met onderdelen van het formulier.",
            )
            return ()
        if depth > 5:
            self.problem(
                "", "formulier_diep", "Groepen zitten te diep in elkaar. Houd het bij een paar lagen."
            )
            return ()
        found = (self._field(component, keys, depth) for component in components)
        return tuple(item for item in found if item is not None)

    def _field(self, raw: object, keys: set[str], depth: int) -> Field | None:
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not raw["id"]:
            self.problem(
                "",
                "onderdeel_id",
                "Een onderdeel van dit formulier heeft geen id. Geef elk onderdeel een eigen id.",
            )
            return None
        name, kind = raw["id"], raw.get("type")
        if name in self.ids:
            self.problem(
                name, "onderdeel_id", f"Het id “{name}” komt twee keer voor. Geef elk onderdeel een eigen id."
            )
        self.ids.add(name)
        if kind not in _KNOWN:
            self.problem(
                name,
                "onderdeel_soort",
                f"Knooppunt kent het onderdeel “{kind}” van form-js niet. Kies uit: {_ALLOWED}.",
            )
            return None
        self._refuse_properties(raw, name, kind)
        rules = self._rules(raw, name, kind)
        subtype = self._subtype(raw, name) if kind == "datetime" else kind
        return Field(
            id=name,
            key=self._key(raw, name, kind, keys),
            kind=subtype,
            label=self._label(raw, name, kind),
            description=self._plain_text(raw, name, "description"),
            text=self._markdown(raw, name) if kind == "text" else "",
            required=rules.get("required") is True,
            minimum=self._amount(rules, "min", name),
            maximum=self._amount(rules, "max", name),
            min_length=self._length(rules, "minLength", name),
            max_length=self._length(rules, "maxLength", name),
            pattern=self._pattern(rules, name),
            options=self._static_options(raw, name),
            options_expression=self._options_expression(raw, name, kind),
            hide=self._hide(raw, name),
            default=self._default(raw, name, subtype),
            fields=self._parts(raw, kind, keys, depth),
            properties=self._properties(raw, name),
        )

    def _parts(self, raw: dict[str, Any], kind: str, keys: set[str], depth: int) -> tuple[Field, ...]:
        if kind == "group":
            return self._fields(raw.get("components"), keys, depth + 1)
        if kind == "dynamiclist":
            return self._fields(raw.get("components"), set(), depth + 1)
        return ()

    def _refuse_properties(self, raw: dict[str, Any], name: str, kind: str) -> None:
        for key in sorted(set(raw) - _KNOWN[kind]):
            self.problem(
                name,
                "onderdeel_eigenschap",
                f"Knooppunt kent bij “{kind}” de eigenschap “{key}” niet. Haal haar weg.",
            )
        if raw.get("allowAddRemove") is False or raw.get("isRepeating") is False:
            self.problem(
                name, "onderdeel_eigenschap", "In een lijst moet je regels kunnen toevoegen en weghalen."
            )

    def _rules(self, raw: dict[str, Any], name: str, kind: str) -> dict[str, Any]:
        rules = raw.get("validate", {})
        if not isinstance(rules, dict):
            self.problem(name, "controle", "“validate” moet een groep met controles zijn.")
            return {}
        for key in sorted(set(rules) - _VALIDATIONS.get(kind, {"required"})):
            self.problem(
                name, "controle", f"Knooppunt kent bij “{kind}” de controle “{key}” niet. Haal haar weg."
            )
        if not isinstance(rules.get("required", False), bool):
            self.problem(name, "controle", "“required” is true of false.")
        return rules

    def _amount(self, rules: dict[str, Any], key: str, name: str) -> float | None:
        value = rules.get(key)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        self.problem(name, "controle", f"Bij de controle “{key}” hoort een getal.")
        return None

    def _length(self, rules: dict[str, Any], key: str, name: str) -> int | None:
        value = rules.get(key)
        if value is None or (type(value) is int and 0 <= value <= MAX_TEXT):
            return value
        self.problem(name, "controle", f"Bij de controle “{key}” hoort een heel getal van 0 tot {MAX_TEXT}.")
        return None

    def _pattern(self, rules: dict[str, Any], name: str) -> str:
        pattern = rules.get("pattern") or ""
        try:
            compile_pattern(str(pattern))
        except PatternError:
            self.problem(
                name,
                "controle",
                "Dit patroon is niet te lezen of kan te lang duren. Schrijf het eenvoudiger,"
                " zonder herhaling of keuze binnen een herhaling.",
            )
            return ""
        return str(pattern)

    def _subtype(self, raw: dict[str, Any], name: str) -> str:
        subtype = raw.get("subtype")
        if subtype in ("date", "time", "datetime"):
            return str(subtype)
        self.problem(name, "onderdeel_soort", "Kies bij “subtype”: date, time of datetime.")
        return "date"

    def _key(self, raw: dict[str, Any], name: str, kind: str, keys: set[str]) -> str:
        if kind in ("text", "group"):
            return ""
        key = raw.get("path" if kind == "dynamiclist" else "key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self.problem(
                name,
                "veldnaam",
                "Geef dit onderdeel een veldnaam van kleine letters, cijfers en _, zoals gezin_naam.",
            )
            return name
        if key in _TAKEN:
            self.problem(
                name, "veldnaam", f"De naam “{key}” heeft al een andere betekenis. Kies een andere veldnaam."
            )
        if key in keys:
            self.problem(
                name, "veldnaam", f"Het veld “{key}” staat twee keer in dit formulier. Laat er één staan."
            )
        keys.add(key)
        return key

    def _label(self, raw: dict[str, Any], name: str, kind: str) -> str:
        """In form-js a moment has its label under another name."""
        key = next((key for key in ("label", "dateLabel", "timeLabel") if raw.get(key)), "label")
        found = self._plain_text(raw, name, key)
        if not found and kind not in ("text", "group"):
            self.problem(name, "tekst", "Dit onderdeel heeft geen vraag of opschrift (“label”).")
        return found

    def _plain_text(self, raw: dict[str, Any], name: str, key: str) -> str:
        value = raw.get(key) or ""
        if not isinstance(value, str) or value.startswith("=") or "{{" in value:
            self.problem(
                name, "tekst", f"Schrijf bij “{key}” gewone tekst, zonder = vooraan en zonder {{{{…}}}}."
            )
            return ""
        return " ".join(value.split())

    def _markdown(self, raw: dict[str, Any], name: str) -> str:
        value = raw.get("text") or ""
        if not isinstance(value, str) or value.startswith("="):
            self.problem(
                name, "tekst", "Schrijf gewone tekst. Een waarde toon je met haar veldnaam: {{gezin_naam}}."
            )
            return ""
        for inside in _TEMPLATE.findall(value):
            if not _KEY.fullmatch(inside.strip()):
                self.problem(
                    name,
                    "tekst",
                    f"Tussen {{{{ en }}}} kan alleen een veldnaam staan, zoals gezin_naam; niet “{inside.strip()[:40]}”.",
                )
        if _MARKUP.search(value):
            self.problem(name, "tekst", "Schrijf de tekst in Markdown, zonder HTML.")
        return value

    def _static_options(self, raw: dict[str, Any], name: str) -> tuple[Option, ...]:
        values = raw.get("values", [])
        found = _options(values)
        wrong = (
            not isinstance(values, list)
            or len(found) != len(values)
            or len({item.value for item in found}) != len(found)
        )
        if wrong or any(not item.value for item in found):
            self.problem(name, "antwoorden", "Geef elk antwoord een eigen “value” (tekst) en een “label”.")
        return found

    def _options_expression(self, raw: dict[str, Any], name: str, kind: str) -> str:
        expression = raw.get("valuesExpression", "")
        properties = raw.get("properties")
        person = isinstance(properties, dict) and "kies_persoon" in properties
        sources = bool(raw.get("values")) + bool(expression) + person
        if kind in ("select", "radio", "checklist") and sources != 1:
            self.problem(
                name,
                "antwoorden",
                "Geef de antwoorden op één manier: “values”, “valuesExpression” of “kies_persoon”.",
            )
        if person and kind != "select":
            self.problem(name, "antwoorden", "Een persoon kies je met een “select”.")
        return expression if self._expression(expression, name, "antwoorden") is not None else ""

    def _hide(self, raw: dict[str, Any], name: str) -> feel.Expression | None:
        conditional = raw.get("conditional") or {}
        if not isinstance(conditional, dict) or set(conditional) - {"hide"}:
            self.problem(name, "voorwaarde", "Bij “conditional” kan alleen “hide” staan.")
            return None
        return self._expression(conditional.get("hide", ""), name, "voorwaarde")

    def _expression(self, text: object, name: str, rule: str) -> feel.Expression | None:
        if not text:
            return None
        if not isinstance(text, str) or not text.startswith("="):
            self.problem(name, rule, 'Zet een = voor de expressie, bijvoorbeeld =zwanger != "ja".')
            return None
        try:
            return feel.parse(text[1:].strip())
        except feel.FeelError as problem:
            self.problem(name, rule, f"De expressie “{text[:80]}” klopt niet. {problem.message}")
            return None

    def _default(self, raw: dict[str, Any], name: str, kind: str) -> object:
        value = raw.get("defaultValue")
        if value is None or isinstance(value, _DEFAULTS.get(kind, str)):
            return value
        self.problem(name, "beginwaarde", "De beginwaarde (“defaultValue”) past niet bij dit soort vraag.")
        return None

    def _properties(self, raw: dict[str, Any], name: str) -> dict[str, str]:
        properties = raw.get("properties", {})
        if not isinstance(properties, dict) or not all(
            isinstance(value, str) for value in properties.values()
        ):
            self.problem(name, "eigenschappen", "Bij “properties” horen namen met een tekst.")
            return {}
        return properties


_DEFAULTS: dict[str, type | tuple[type, ...]] = {"number": (int, float), "checklist": list, "checkbox": bool}
