"""What others wrote while somebody filled in a form: kept where both fit, told where they clash.

Three values of one question decide: what the form showed, what the case knows by now, and what the person answered.
Who left a question as it was shown did not answer it, so what others wrote stands. Rows of a list are the same row
by their id, and each of their questions is looked at by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms.kinds import Field, Holds
from engine.forms.model import Form, inputs, visible


@dataclass(frozen=True)
class Merged:
    """Answers laid over what the case knows by now. `clashes` holds by its name (`afspraken.0.wat`) what stands now
    in each field where an answer would overwrite it; the name of a list stands for a row of it that is in question.
    """

    answers: dict[str, Any]
    clashes: Mapping[str, Any]


def merge(
    form: Form,
    answers: Mapping[str, Any],
    shown: Mapping[str, Any],
    now: Mapping[str, Any],
    context: Mapping[str, Any],
) -> Merged:
    """Lay answers to a form that showed `shown` over what the case knows now; `context` is what its conditions see."""
    clashes: dict[str, Any] = {}
    return Merged(_merged(form, answers, shown, now, context, "", clashes), clashes)


def _merged(
    form: Form,
    answers: Mapping[str, Any],
    shown: Mapping[str, Any],
    now: Mapping[str, Any],
    context: Mapping[str, Any],
    prefix: str,
    clashes: dict[str, Any],
) -> dict[str, Any]:
    merged = dict(answers)
    left: dict[str, Any] = {}  # what others wrote where this person left what was shown
    for field in form.input_fields():
        if field.key not in answers or field.type.computed:
            continue
        name, given = prefix + field.key, answers[field.key]
        before, newer = _offered(field, shown), _offered(field, now)
        if _same(before, newer) or _same(given, newer):
            continue
        rows = [_by_id(value) for value in (given, before, newer)] if field.type.holds is Holds.ROWS else [None]
        if None not in rows and not prefix:
            around = {**context, **answers}
            merged[field.key] = _merged_rows(field, given or [], before or [], newer or [], around, name, clashes)
        elif _same(given, before):
            left[field.key] = newer
        else:
            clashes[name] = newer
    hiding = _hiding(form, answers, shown, left, context)
    clashes.update({prefix + key: left[key] for key in hiding})
    return merged | {key: newer for key, newer in left.items() if key not in hiding}


def _hiding(
    form: Form,
    answers: Mapping[str, Any],
    shown: Mapping[str, Any],
    left: Mapping[str, Any],
    context: Mapping[str, Any],
) -> frozenset[str]:
    """Which newer answers decide whether a question is asked, where one that was answered here would be asked no more:
    what is not asked is not kept.
    """
    own = [f for f in form.input_fields() if f.key in answers and not _same(answers[f.key], _offered(f, shown))]
    around = {**context, **answers}
    before, after = ({f.key for f in inputs(visible(form, {**around, **more}))} for more in ({}, left))
    lost = any(field.key in before - after for field in own)
    return _deciding(form.fields) & left.keys() if lost else frozenset()


def _deciding(fields: Iterable[Field]) -> frozenset[str]:
    """The questions on which it depends which questions are asked."""
    names: frozenset[str] = frozenset()
    for field in fields:
        names |= field.hide.names if field.hide else frozenset()
        names |= _deciding(field.fields) if field.type.holds is Holds.PARTS else frozenset()
    return names


def _merged_rows(
    field: Field,
    given: list[dict[str, Any]],
    before: list[dict[str, Any]],
    newer: list[dict[str, Any]],
    context: Mapping[str, Any],
    name: str,
    clashes: dict[str, Any],
) -> list[dict[str, Any]]:
    """The rows as they stand now with what this person changed, took away and added."""
    form = Form(field.id, field.fields)
    asked = [field for field in form.input_fields() if not field.type.computed]
    keys = {"id", *(part.key for part in asked)}
    own, shown = _by_id(given) or {}, _by_id(before) or {}
    merged: list[dict[str, Any]] = []
    for id, row in (_by_id(newer) or {}).items():
        row = {key: value for key, value in row.items() if key in keys}
        if id in own:
            place = f"{name}.{len(merged)}."
            merged.append(_merged(form, own[id], shown.get(id, {}), row, context, place, clashes))
        elif id not in shown:
            merged.append(row)  # somebody added it
        elif not _same_rows(asked, shown[id], row):
            clashes[name] = row  # taken away here, and changed there: it comes back to be looked at
            merged.append(row)
    standing = {str(row["id"]) for row in merged}
    for row in given:
        id = str(row.get("id") or "")
        if id in standing:
            continue
        if id and id in shown and _same_answers(asked, shown[id], row):
            continue  # somebody took it away, and it was only shown here
        if id:
            clashes[name] = None  # taken away there, and changed here: it stays as a row of its own
        merged.append({key: value for key, value in row.items() if key != "id"})
    return merged


def _offered(field: Field, values: Mapping[str, Any]) -> Any:
    value = values.get(field.key)
    return field.default if value is None else value


def _by_id(value: object) -> dict[str, dict[str, Any]] | None:
    """The rows of a list that have an id; None where this is no list of rows."""
    if value is None:
        return {}
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return None
    return {str(row["id"]): row for row in value if row.get("id")}


def _same_rows(asked: Iterable[Field], row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(_same(_offered(field, row), _offered(field, other)) for field in asked)


def _same_answers(asked: Iterable[Field], shown: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return all(_same(_offered(field, shown), row[field.key]) for field in asked if field.key in row)


def _same(value: Any, other: Any) -> bool:
    try:
        return bool(_plain(value) == _plain(other))
    except RecursionError:
        return False  # no answer is nested as deeply as this


def _plain(value: Any) -> Any:
    """A value without what makes no difference to a reader: how a line ends, in which order boxes were ticked."""
    if value is None or value is False or value in ("", []):
        return None
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, list):
        plain = [_plain(item) for item in value]
        return sorted(plain) if all(isinstance(item, str) for item in plain) else plain
    if isinstance(value, dict):
        return {key: text for key, item in value.items() if (text := _plain(item)) is not None}
    return value
