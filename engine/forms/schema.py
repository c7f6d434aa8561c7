"""A form → JSON Schema 2020-12, for those who send answers by the JSON API."""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.forms.kinds import MAX_ROWS, Field, Holds
from engine.forms.model import ROW_ID, Form, inputs


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
    return {
        "type": "object",
        "properties": {field.key: _field_schema(field) for field in inputs(fields)},
        "required": [field.key for field in _always(fields) if field.required],
        "additionalProperties": False,
    }


def _always(fields: Sequence[Field]) -> Iterator[Field]:
    """Walk over the questions that no condition can hide."""
    for field in fields:
        if field.hide is None and field.type.holds is Holds.PARTS:
            yield from _always(field.fields)
        elif field.hide is None and field.type.asks:
            yield field


def _field_schema(field: Field) -> dict[str, Any]:
    own = _list_schema(field) if field.type.holds is Holds.ROWS else field.type.schema(field)
    said = " ".join((field.description, *(demand.sentence for demand in field.demands))).strip()
    schema = {"title": field.label, "description": said, **own}
    return {key: value for key, value in schema.items() if value not in (None, "")}


def _list_schema(field: Field) -> dict[str, Any]:
    row = _object_schema(field.fields)
    row["properties"] = {"id": {"type": "string", "pattern": f"^{ROW_ID.pattern}$"}, **row["properties"]}
    return {"type": "array", "maxItems": MAX_ROWS, "minItems": 1 if field.required else None, "items": row}
