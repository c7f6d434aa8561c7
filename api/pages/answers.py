"""Between a web form and the answers of a `Form`: names like `afspraken.0.wat` both ways, nothing typed gets lost.

Names that begin with an underscore belong to the page, all others to the form.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.pages import wording
from api.request import KEY
from engine import forms
from engine.forms import Field, Form, Holds, Option
from engine.words import Answer

ADD_ROW = "_rij_erbij"
DROP_ROW = "_rij_weg"
SHOWN = "_getoond"
VERSION = "_versie"
BEGAN = "_begon"
STEP = "_stap"
BACK = "_terug"
MUNICIPALITY = "_gemeente"
SIGNUP = "_aanmelding"
REASON = "_reden"
BASIS = "_basis"
SPEAKER = "_wie"
TURN = "_aan_het_woord"
SOUGHT = "_organisatie_zoeken"
ADDED = "_organisatie_erbij"
READ = "_teruggelezen"
TALK_NAMES = frozenset({SPEAKER, TURN, SOUGHT, ADDED, READ})
PAGE_NAMES = TALK_NAMES | {
    ADD_ROW, DROP_ROW, SHOWN, VERSION, BEGAN, STEP, BACK, MUNICIPALITY, SIGNUP, REASON, BASIS, KEY, "csrf_token",
}  # fmt: skip

ROW_CHANGED = "Een regel die jij weghaalde, is intussen veranderd. Hij staat er weer. Haal hem weg als dat nog klopt."
ROW_GONE = "Een regel die jij aanpaste, is intussen weggehaald. Hij staat nu onderaan. Haal hem weg als dat beter is."

Posted = Iterable[tuple[str, str]]


def place(name: str) -> str:
    """The id in the page of an input, a list or a row."""
    return f"veld-{name}".replace(".", "-").replace("_", "-")


@dataclass(frozen=True)
class Row:
    """One row of a list: its place, the id that the engine gave it (or ""), and its controls."""

    name: str
    number: int
    id: str
    controls: tuple["Control", ...]


@dataclass(frozen=True)
class Control:
    """One field as the page shows it: `name` in the request, the value to show, what is wrong with it."""

    field: Field
    name: str = ""
    value: object = None
    error: str = ""
    text: str = ""
    options: tuple[Option, ...] = ()
    controls: tuple["Control", ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def id(self) -> str:
        """The id of the input in the page; that of the first choice where there are several."""
        return place(self.name or self.field.id)

    @property
    def folded(self) -> bool:
        """Whether its form lets a group stay closed until somebody opens it."""
        return self.field.properties.get("ingeklapt") == Answer.YES

    @property
    def wrong(self) -> bool:
        """Whether something in a group has to be mended."""
        return any(part.error for part in _flat(self.controls))

    @property
    def typed(self) -> str:
        """The value as it stands in a text box."""
        if isinstance(self.value, float | Decimal):
            return f"{self.value:f}".rstrip("0").rstrip(".").replace(".", ",")
        return "" if self.value is None else str(self.value)

    @property
    def chosen(self) -> frozenset[str]:
        """The values that are ticked or selected."""
        if isinstance(self.value, list | tuple):
            return frozenset(str(item) for item in self.value)
        return frozenset() if self.value is None else frozenset({str(self.value)})


# --- from the request ------------------------------------------------------------------------------------------


def decode(form: Form, posted: Posted) -> dict[str, object]:
    """Read what was posted. What is no number or date stays text, so that it can be refused and shown again.

    A field that was not on the page is left out; one that the form doesn't know is kept, for the engine to refuse.
    """
    values: dict[str, list[str]] = {}
    for name, value in posted:
        values.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
    shown = frozenset(" ".join(values.get(SHOWN, ())).split())
    answers = _read(form.fields, "", values, shown)
    unknown = {name: texts[-1] for name, texts in values.items() if name not in PAGE_NAMES}
    return answers | unknown


def _read(
    fields: Iterable[Field], prefix: str, values: dict[str, list[str]], shown: frozenset[str]
) -> dict[str, object]:
    answers: dict[str, object] = {}
    for field in fields:
        name = prefix + field.key
        if field.type.holds is Holds.PARTS:
            answers |= _read(field.fields, prefix, values, shown)
        elif field.type.holds is Holds.ROWS:
            rows = [_read_row(field, f"{name}.{i}.", values, shown) for i in _places(name, values)]
            if rows or name in shown:
                answers[field.key] = rows
        elif field.type.computed:
            values.pop(name, None)
        elif field.type.asks and (name in values or name in shown):
            answers[field.key] = field.type.posted(values.pop(name, []))
    return answers


def _read_row(field: Field, prefix: str, values: dict[str, list[str]], shown: frozenset[str]) -> dict[str, object]:
    given = values.pop(prefix + "id", [""])[-1]
    row = _read(field.fields, prefix, values, shown)
    return {"id": given, **row} if given else row


def _places(name: str, values: Mapping[str, list[str]]) -> list[int]:
    tails = (key.removeprefix(name + ".").split(".")[0] for key in values if key.startswith(name + "."))
    return sorted({int(tail) for tail in tails if tail.isdecimal() and len(tail) < 5})


def seen_version(posted: Posted) -> int | None:
    """The version of the task that was on the page."""
    text = dict(posted).get(VERSION, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def began_with(posted: Posted) -> dict[str, object] | None:
    """What the questions on the page began with; None where the page doesn't tell."""
    try:
        values = json.loads(dict(posted).get(BEGAN, ""))
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def basis(values: Mapping[str, object]) -> str:
    """Names the answers that a page began with, so that it is known whether they are still the same."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def way_back(posted: Posted, otherwise: str) -> str:
    """The page that the form was on, if it is one of ours."""
    path = dict(posted).get(BACK, "")
    return path if re.fullmatch(r"/(?![/\\])[^\s\\]*", path) else otherwise


# --- rows ------------------------------------------------------------------------------------------------------


def change_rows(answers: dict[str, object], posted: Posted) -> str:
    """Add or drop the row that a button asks for; gives the name of the row or list to go to, "" without such."""
    for name, value in posted:
        path, _, place = value.rpartition(".")
        if name == ADD_ROW and isinstance(rows := answers.setdefault(value, []), list):
            rows.append({})
            return f"{value}.{len(rows) - 1}"
        rows = answers.get(path)
        if name == DROP_ROW and isinstance(rows, list) and place.isdecimal() and int(place) < len(rows):
            del rows[int(place)]
            return path
    return ""


def without_empty_rows(form: Form, answers: Mapping[str, object]) -> dict[str, object]:
    """Leave out rows in which nobody typed anything: a form always offers one."""
    kept = dict(answers)
    for field in form.input_fields():
        rows = answers.get(field.key)
        if field.type.holds is Holds.ROWS and isinstance(rows, list):
            kept[field.key] = [row for row in rows if row.get("id") or not _is_empty(field, row)]
    return kept


def _inputs(listed: Field) -> tuple[Field, ...]:
    return Form("", listed.fields).input_fields()


def _is_empty(field: Field, row: Mapping[str, object]) -> bool:
    offered = {inner.key: inner.default for inner in _inputs(field)}
    return all(value in (None, "", [], False) or value == offered.get(key) for key, value in row.items())


# --- to the page -----------------------------------------------------------------------------------------------


def controls(
    form: Form,
    values: Mapping[str, object],
    context: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
) -> tuple[Control, ...]:
    """What the page shows: the fields that these values leave visible, with values, choices and errors."""
    seen = {**context, **values}
    return _controls(forms.visible(form, seen), "", values, seen | forms.computed(form.fields, seen), errors or {})


def _controls(
    fields: Iterable[Field],
    prefix: str,
    values: Mapping[str, object],
    context: Mapping[str, object],
    errors: Mapping[str, str],
) -> tuple[Control, ...]:
    return tuple(_control(field, prefix, values, context, errors) for field in fields)


def _control(
    field: Field,
    prefix: str,
    values: Mapping[str, object],
    context: Mapping[str, object],
    errors: Mapping[str, str],
) -> Control:
    if field.type.holds is Holds.NOTHING:
        return Control(field, text=wording.filled(field.text, context))
    if field.type.holds is Holds.PARTS:
        return Control(field, controls=_controls(field.fields, prefix, values, context, errors))
    if field.type.computed:
        return Control(field, text=wording.answer(field, context.get(field.key)))
    name = prefix + field.key
    value = values.get(field.key, field.default)
    error = errors.get(name, "")
    if field.type.holds is Holds.ROWS:
        return Control(field, name, error=error, rows=_rows(field, name, value, context, errors))
    return Control(field, name, value, error, options=forms.options(field, context))


def _rows(
    field: Field, name: str, value: object, context: Mapping[str, object], errors: Mapping[str, str]
) -> tuple[Row, ...]:
    items = value if isinstance(value, list) and value else [{}]
    rows = []
    for number, item in enumerate(items):
        row = f"{name}.{number}"
        around = {**context, **dict.fromkeys(inner.key for inner in _inputs(field)), **item}
        seen = forms.visible_in_row(field, item, around)
        inner = _controls(seen, row + ".", item, around | forms.computed(field.fields, around), errors)
        rows.append(Row(row, number + 1, str(item.get("id", "")), inner))
    return tuple(rows)


def asked(
    form: Form,
    values: Mapping[str, object],
    context: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    go: str = "",
    notice: str = "",
    began: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """What a template with the fields of a form needs; `go` names the row or list that the eye should go to, `began`
    is what the questions began with, where that must be known when they are answered.
    """
    shown = controls(form, values, context, errors)
    return {
        "shown": shown,
        "began": "" if began is None else _begin(shown, began),
        "names": names(shown),
        "conditional": _has_conditions(form.fields),
        "problems": summary(shown, errors or {}),
        "go": place(go) if go else "",
        "notice": notice,
        "talk": None,
    }


def _begin(shown: Iterable[Control], began: Mapping[str, object]) -> str:
    """What the questions that are shown began with, as text: of rows no more than is asked of them."""
    values = {}
    for control in _flat(shown):
        value = began.get(control.field.key, control.field.default)
        if control.field.type.holds is Holds.ROWS and isinstance(value, list):
            keys = {"id", *(inner.key for inner in _inputs(control.field))}
            value = [{key: row[key] for key in row if key in keys} for row in value if isinstance(row, dict)]
        values[control.field.key] = value
    return json.dumps(values, separators=(",", ":"))


def _has_conditions(fields: Iterable[Field]) -> bool:
    return any(field.hide or field.type.computed or _has_conditions(field.fields) for field in fields)


def clashing(form: Form, clashes: Mapping[str, object], context: Mapping[str, object]) -> dict[str, str]:
    """What to say at each question that somebody else answered meanwhile, by its name."""
    sentences = {}
    for name, value in clashes.items():
        key, _, inner = name.partition(".")
        field = next(asked for asked in form.input_fields() if asked.key == key)
        if inner:
            field = next(asked for asked in _inputs(field) if asked.key == inner.partition(".")[2])
            sentences[name] = _now(field, value, context)
        elif field.type.holds is not Holds.ROWS:
            sentences[name] = _now(field, value, context)
        else:
            sentences[name] = ROW_CHANGED if value else ROW_GONE
    return sentences


def _now(field: Field, value: object, context: Mapping[str, object]) -> str:
    return f"Iemand veranderde dit intussen. Nu staat er: {wording.answer(field, value, forms.options(field, context))}"


def names(shown: Iterable[Control]) -> tuple[str, ...]:
    """The names of all inputs on the page, for the hidden field that says what was shown."""
    inputs: list[str] = []
    for control in shown:
        if control.name:
            inputs.append(control.name)
        inputs += names(control.controls)
        for row in control.rows:
            inputs += names(row.controls)
    return tuple(inputs)


def not_yet_shown(form: Form, answers: Mapping[str, object], context: Mapping[str, object], posted: Posted) -> bool:
    """Whether these answers open questions that were not on the page: without JavaScript nobody saw them."""
    shown = {name for key, value in posted if key == SHOWN for name in value.split()}
    now = {control.name for control in _flat(controls(form, answers, context))}
    return bool(shown) and not now <= shown


def _flat(shown: Iterable[Control]) -> Iterable[Control]:
    for control in shown:
        yield from _flat(control.controls) if control.controls else ((control,) if control.name else ())


def summary(shown: Iterable[Control], errors: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The errors in the order of the page, each with the id of its input; "" where it has none."""
    places: dict[str, str] = {}
    _collect(shown, places)
    ordered = [(places[name], errors[name]) for name in places if name in errors]
    return (*ordered, *(("", text) for name, text in errors.items() if name not in places))


def _collect(shown: Iterable[Control], places: dict[str, str]) -> None:
    for control in shown:
        if control.name:
            places[control.name] = control.id
        _collect(control.controls, places)
        for row in control.rows:
            _collect(row.controls, places)


def said(
    form: Form, answers: Mapping[str, object], context: Mapping[str, object], names: Iterable[Option] = ()
) -> tuple[tuple[str, str], ...]:
    """Question and answer in words, for reading; `names` are of whom could be chosen, where the context lacks them."""
    lines: list[tuple[str, str]] = []
    for field in form.input_fields():
        value = answers.get(field.key)
        if field.type.holds is Holds.ROWS:
            for number, row in enumerate(value if isinstance(value, list) else [], start=1):
                lines.append((f"{field.label} {number}".strip(), _row_said(field, row, context, names)))
        elif field.label and field.key in answers:
            lines.append((field.label, wording.answer(field, value, _labels(field, context, names))))
    return tuple(lines)


def worded(field: Field, value: object, context: Mapping[str, object]) -> str:
    """One answer in words."""
    return wording.answer(field, value, _labels(field, context, ()))


def _labels(field: Field, context: Mapping[str, object], names: Iterable[Option]) -> tuple[Option, ...]:
    offered = forms.options(field, context)
    return (*names, *offered) if field.options_expression or field.people else offered


def _row_said(field: Field, row: Mapping[str, object], context: Mapping[str, object], names: Iterable[Option]) -> str:
    return "\n".join(
        f"{inner.label.rstrip('?:')}: {wording.answer(inner, row[inner.key], _labels(inner, context, names))}"
        for inner in _inputs(field)
        if inner.label and row.get(inner.key) not in (None, "", [])
    )
