"""Answers: given text or JSON → clean values, or a sentence in Dutch for every question that is not right
yet.
"""

from collections.abc import Collection, Mapping, Sequence

from engine.errors import InvalidDataError
from engine.forms.kinds import CONTROL, MAX_ROWS, Field, FieldType, Holds, WrongAnswerError, named
from engine.forms.model import Form, computed, inputs, options, shown, visible_in_row


def validate(
    form: Form,
    answers: Mapping[str, object],
    context: Mapping[str, object],
    stood: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Check answers and give them clean: numbers as numbers, dates as ISO text, texts trimmed.

    Raises InvalidDataError with a sentence for every field that is wrong, all at once. Answers to hidden
    questions are left out. A question that is not among the answers is left alone (unless it is required);
    one that is emptied comes back as None, [] or false. What follows from the answers is computed from the clean
    ones, whatever was given for it. A row of a dynamiclist keeps its `id` and what the document knows of that row.

    What an answer must meet beside its kind is asked where something that decides it changed: `stood` is what a step
    that is corrected answered before; a row is compared with how it stood. Else a day that was still to come when it
    was written would be refused once it passed.
    """
    errors: dict[str, str] = {}
    _refuse_unknown(answers, form.keys(), "", errors)
    kept = shown(form.fields, {**context, **answers})
    clean = _answers(kept, answers, context, "", errors, stood)
    around = {**context, **dict.fromkeys(_unknown(form.fields, kept, "", errors))}
    clean |= computed(form.fields, {**around, **clean})
    _refuse_demands(kept, clean, around, stood, "", errors)
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
            name = CONTROL.sub("", key)
            errors[f"{prefix}{name}"] = f"Dit formulier heeft geen vraag met de naam “{name[:60]}”."


def _answers(
    fields: Sequence[Field],
    answers: Mapping[str, object],
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
    stood: Mapping[str, object] | None = None,
) -> dict[str, object]:
    clean: dict[str, object] = {}
    for field in sorted(inputs(fields), key=lambda field: field.type.holds is Holds.ROWS):  # rows see the answers
        if field.type.computed or (field.key not in answers and not field.required):
            continue
        try:
            if field.type.holds is Holds.ROWS:
                around, before = {**context, **clean}, {**context, **(stood or {})}
                clean[field.key] = _rows(field, answers.get(field.key), around, before, f"{prefix}{field.key}", errors)
            else:
                clean[field.key] = _answer(field, answers.get(field.key), context)
        except WrongAnswerError as problem:
            errors[f"{prefix}{field.key}"] = str(problem)
    return clean


def _answer(field: Field, answer: object, context: Mapping[str, object]) -> object:
    clean = field.type.read(field, answer, options(field, context))
    if field.required and clean in (None, [], False):
        raise WrongAnswerError(_missing(field))
    return clean


def _missing(field: Field) -> str:
    if field.label.endswith("?") and field.type.missing == FieldType.missing:
        return f"Geef antwoord op de vraag {named(field)}."
    return field.type.missing.format(named(field))


def _rows(
    field: Field,
    answer: object,
    context: Mapping[str, object],
    stood: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
) -> list[dict[str, object]]:
    given = [] if answer in (None, "") else answer
    if not isinstance(given, (list, tuple)) or len(_mappings(given)) != len(given):
        raise WrongAnswerError(f"Vul bij {named(field)} een lijst met regels in.")
    if len(given) > MAX_ROWS:
        raise WrongAnswerError(f"Bij {named(field)} passen hoogstens {MAX_ROWS} regels.")
    of_itself = {"id", *(part.key for part in inputs(field.fields) if part.type.computed)}
    standing = {str(row.get("id")): row for row in _mappings(context.get(field.key))}
    earlier = {str(row.get("id")): {**stood, **row} for row in _mappings(stood.get(field.key))}
    rows: list[dict[str, object]] = []
    seen: set[str] = set()
    for index, row in enumerate(given):
        if any(_filled(value) for key, value in row.items() if key not in of_itself):
            before = standing.get(str(row["id"])) if row.get("id") else {}
            rows.append(
                _row(field, row, before, context, f"{prefix}.{index}.", errors, earlier.get(str(row.get("id"))))
            )
            _refuse_twin(rows[-1].get("id"), seen, f"{prefix}.{index}.id", errors)
    if field.required and not rows:
        raise WrongAnswerError(_missing(field))
    return rows


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def _filled(value: object) -> bool:
    """An empty row, as a page offers one, is no row."""
    if isinstance(value, (list, tuple)):
        return any(_filled(item) for item in value)
    return value is not None and value is not False and (not isinstance(value, str) or bool(value.strip()))


def _row(
    field: Field,
    row: Mapping[str, object],
    before: Mapping[str, object] | None,
    context: Mapping[str, object],
    prefix: str,
    errors: dict[str, str],
    stood: Mapping[str, object] | None,
) -> dict[str, object]:
    keys = [part.key for part in inputs(field.fields)]
    _refuse_unknown(row, [*keys, "id"], prefix, errors)
    around = {**context, **dict.fromkeys(keys), **(before or {})}
    kept = visible_in_row(field, row, around)
    clean = _answers(kept, row, around, prefix, errors)
    around |= dict.fromkeys(_unknown(field.fields, kept, prefix, errors))
    clean |= computed(field.fields, {**around, **clean})
    _refuse_demands(kept, clean, around, stood, prefix, errors)
    name = row.get("id")
    if name in (None, ""):
        return clean
    if before is None:  # an id of another list would make two things one
        errors[f"{prefix}id"] = f"Een regel bij {named(field)} is niet te herkennen. Laad de pagina opnieuw."
    return {**(before or {}), "id": name, **clean}


def _unknown(fields: Sequence[Field], kept: Sequence[Field], prefix: str, errors: Mapping[str, str]) -> set[str]:
    """The questions that are not asked, or answered wrongly: nothing can be told by them."""
    asked = {field.key for field in inputs(kept)}
    return {field.key for field in inputs(fields) if field.key not in asked or f"{prefix}{field.key}" in errors}


def _refuse_demands(
    fields: Sequence[Field],
    clean: Mapping[str, object],
    context: Mapping[str, object],
    stood: Mapping[str, object] | None,
    prefix: str,
    errors: dict[str, str],
) -> None:
    """Refuse answers that don't meet what their questions demand; what `stood` so already is not asked again."""
    seen = {**context, **clean}
    for field in inputs(fields):
        for demand in field.demands if clean.get(field.key) is not None else ():
            names = demand.condition.names | {field.key}
            same = stood is not None and all(stood.get(name, context.get(name)) == seen.get(name) for name in names)
            if not same and demand.condition.evaluate(seen) is False:
                errors.setdefault(f"{prefix}{field.key}", demand.sentence)


def _refuse_twin(name: object, seen: set[str], place: str, errors: dict[str, str]) -> None:
    if isinstance(name, str):
        if name in seen:
            errors[place] = "Deze regel staat er twee keer. Laad de pagina opnieuw."
        seen.add(name)
