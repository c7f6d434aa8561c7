"""A form → JSON Schema 2020-12, for those who send answers by the JSON API."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from engine.forms.model import MAX_LINE, MAX_ROWS, MAX_TEXT, ROW_ID, Field, Form, inputs


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
        "properties": {item.key: _field_schema(item) for item in inputs(fields)},
        "required": [item.key for item in _always(fields) if item.required],
        "additionalProperties": False,
    }


def _always(fields: Sequence[Field]) -> Iterator[Field]:
    """Walk over the questions that no condition can hide."""
    for item in fields:
        if item.hide is None and item.kind == "group":
            yield from _always(item.fields)
        elif item.hide is None and item.kind != "text":
            yield item


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
    row["properties"] = {"id": {"type": "string", "pattern": f"^{ROW_ID.pattern}$"}, **row["properties"]}
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
