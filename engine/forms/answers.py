"""Answers: given text or JSON → clean values, or a sentence in Dutch for every question that is not right
yet.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time

from engine import feel
from engine.errors import InvalidDataError
from engine.feel.patterns import compile_pattern
from engine.forms.model import (
    MAX_LINE,
    MAX_NUMBER,
    MAX_ROWS,
    MAX_TEXT,
    Field,
    Form,
    inputs,
    options,
    shown,
    visible_in_row,
)


def validate(form: Form, answers: Mapping[str, object], context: Mapping[str, object]) -> dict[str, object]:
    """Check answers and give them clean: numbers as numbers, dates as ISO text, texts trimmed.

    Raises InvalidDataError with a sentence for every field that is wrong, all at once. Answers to hidden
    questions are left out. A question that is not among the answers is left alone (unless it is required);
    one that is emptied comes back as None, [] or false. A row of a dynamiclist keeps its `id` and what the
    document knows of that row.
    """
    errors: dict[str, str] = {}
    _refuse_unknown(answers, form.keys(), "", errors)
    kept = shown(form.fields, {**context, **answers})
    clean = _answers(kept, answers, context, "", errors)
    if errors:
        raise InvalidDataError(_summary(errors), errors)
    return clean


def _summary(errors: Mapping[str, str]) -> str:
    if len(errors) == 1:
        return "Eén antwoord klopt nog niet. Verbeter het en verstuur het formulier opnieuw."
    return f"{len(errors)} antwoorden kloppen nog niet. Verbeter ze en verstuur het formulier opnieuw."


def _refuse_unknown(answers: Mapping[str, object], keys: Collection[str], prefix: str, errors: dict[str, str]) -> None:
    for key in answers:
        if key not in keys:
            name = _CONTROL.sub("", key)
            errors[f"{prefix}{name}"] = f"Dit formulier heeft geen vraag met de naam “{name[:60]}”."


def _answers(
    fields: Sequence[Field],
    answers: Mapping[str, object],
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
) -> dict[str, object]:
    clean: dict[str, object] = {}
    for item in inputs(fields):
        given = item.key in answers
        if not given and not item.required:
            continue
        try:
            if item.kind == "dynamiclist":
                clean[item.key] = _rows(item, answers.get(item.key), context, f"{prefix}{item.key}", errors)
            else:
                clean[item.key] = _answer(item, answers.get(item.key), context)
        except _WrongAnswerError as problem:
            errors[f"{prefix}{item.key}"] = str(problem)
    return clean


class _WrongAnswerError(ValueError):
    """One answer is wrong; the text is the sentence to show."""


def _answer(item: Field, answer: object, context: Mapping[str, object]) -> object:
    found = _READERS[item.kind](item, answer, context)
    if item.required and found in (None, [], False):
        raise _WrongAnswerError(_missing(item))
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
        raise _WrongAnswerError(f"Schrijf bij {_named(item)} een gewone tekst.")
    found = _CONTROL.sub("", answer.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not found:
        return None
    if item.kind == "textfield" and "\n" in found:
        raise _WrongAnswerError(f"Houd het antwoord bij {_named(item)} op één regel.")
    limit = item.max_length or (MAX_LINE if item.kind == "textfield" else MAX_TEXT)
    if len(found) > limit:
        raise _WrongAnswerError(
            f"Maak het antwoord bij {_named(item)} korter: het is {len(found)} tekens en mag er {limit} zijn."
        )
    if item.min_length is not None and len(found) < item.min_length:
        raise _WrongAnswerError(f"Schrijf bij {_named(item)} iets meer: minstens {item.min_length} tekens.")
    if item.pattern and not _matches(item.pattern, found):
        hint = f" {item.description}" if item.description else ""
        raise _WrongAnswerError(f"Kijk {_named(item)} na: het antwoord heeft niet de goede vorm.{hint}")
    return found


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # and halves of characters, which nothing can write


def _matches(pattern: str, text: str) -> bool:
    compiled = compile_pattern(pattern)
    return compiled.fits(text) and compiled.compiled.search(text) is not None


def _number_answer(item: Field, answer: object, _: Mapping[str, object]) -> int | float | None:
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return None
    found = _number(answer)
    if found is None:
        raise _WrongAnswerError(f"Vul bij {_named(item)} een getal in, bijvoorbeeld 12 of 12,5.")
    if item.minimum is not None and found < item.minimum:
        raise _WrongAnswerError(f"Vul bij {_named(item)} een getal van {_plain(item.minimum)} of hoger in.")
    if item.maximum is not None and found > item.maximum:
        raise _WrongAnswerError(f"Vul bij {_named(item)} een getal van {_plain(item.maximum)} of lager in.")
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
        raise _WrongAnswerError(f"Vul bij {_named(item)} {_EXAMPLES[item.kind]}.")
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
        raise _WrongAnswerError(f"Kies bij {_named(item)} een van de antwoorden die er staan.")
    return str(answer)


def _checklist_answer(item: Field, answer: object, context: Mapping[str, object]) -> list[str]:
    given = [answer] if isinstance(answer, str) else [] if answer is None else answer
    if not isinstance(given, (list, tuple)) or not all(isinstance(value, str) for value in given):
        raise _WrongAnswerError(f"Kruis bij {_named(item)} antwoorden aan die er staan.")
    wanted = {value for value in given if value}  # a page sends one empty answer along, so that none can be told
    known = [option.value for option in options(item, context)]
    if not wanted <= set(known):
        raise _WrongAnswerError(f"Kruis bij {_named(item)} alleen antwoorden aan die er staan.")
    return [value for value in known if value in wanted]


def _checkbox_answer(item: Field, answer: object, _: Mapping[str, object]) -> bool:
    given = [value for value in answer if value] if isinstance(answer, (list, tuple)) else [answer]
    if not given or given[0] in (None, "", False, "false"):
        return False
    if len(given) == 1 and given[0] in (True, "true", "on", "ja"):
        return True
    raise _WrongAnswerError(f"Kruis {_named(item)} aan of laat het leeg.")


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
        raise _WrongAnswerError(f"Vul bij {_named(item)} een lijst met regels in.")
    if len(given) > MAX_ROWS:
        raise _WrongAnswerError(f"Bij {_named(item)} passen hoogstens {MAX_ROWS} regels.")
    known = {str(row.get("id")): row for row in _mappings(context.get(item.key))}
    found: list[dict[str, object]] = []
    seen: set[str] = set()
    for index, row in enumerate(given):
        if any(_filled(value) for key, value in row.items() if key != "id"):
            before = known.get(str(row["id"])) if row.get("id") else {}
            found.append(_row(item, row, before, context, f"{prefix}.{index}.", errors))
            _refuse_twin(found[-1].get("id"), seen, f"{prefix}.{index}.id", errors)
    if item.required and not found:
        raise _WrongAnswerError(_missing(item))
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
    before: Mapping[str, object] | None,
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
) -> dict[str, object]:
    keys = [part.key for part in inputs(item.fields)]
    _refuse_unknown(row, [*keys, "id"], prefix, errors)
    around = {**context, **dict.fromkeys(keys), **(before or {})}
    clean = _answers(visible_in_row(item, row, around), row, around, prefix, errors)
    name = row.get("id")
    if name in (None, ""):
        return clean
    if before is None:  # an id of another list would make two things one
        errors[f"{prefix}id"] = f"Een regel bij {_named(item)} is niet te herkennen. Laad de pagina opnieuw."
    return {**(before or {}), "id": name, **clean}


def _refuse_twin(name: object, seen: set[str], place: str, errors: dict[str, str]) -> None:
    if isinstance(name, str):
        if name in seen:
            errors[place] = "Deze regel staat er twee keer. Laad de pagina opnieuw."
        seen.add(name)
