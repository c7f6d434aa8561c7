"""What a step asks and what it may show: its form, the people to choose from, what its texts and conditions see."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine import access, feel, forms, process, store
from engine.cases.context import Context
from engine.definitions import Definition, Element
from engine.errors import NotFoundError
from engine.forms import Form
from engine.process import Model
from engine.words import Phase

_SHOWN = re.compile(r"\{\{\s*(\w+)\s*\}\}")  # a value that a text of a form shows


def form_of(definition: Definition, element: Element) -> Form:
    """The form of a step; an empty one where it has none."""
    return definition.forms.get(element.form) or Form(element.id, ())


def keys_of(form: Form) -> tuple[str, ...]:
    """The fields of the document that a form writes."""
    return form.keys()


def people_for(ctx: Context, form: Form, municipality: str) -> dict[str, Any]:
    """The people that a form lets choose from, by the role that it asks for, as its context wants them."""
    asked = {f.properties["kies_persoon"] for f in form.input_fields() if "kies_persoon" in f.properties}
    if not asked:
        return {}
    roles = ctx.library.roles(ctx.tx, [municipality])
    people = store.people.everyone(ctx.tx, municipality)
    return {
        forms.PEOPLE: {
            role: [
                {"value": p.id, "label": f"{p.name} ({p.function})" if p.function else p.name}
                for p in people
                if (role, municipality) in access.held_roles(p, roles)
            ]
            for role in asked
        }
    }


def context_of(model: Model, document: Mapping[str, Any], item: str, form: Form) -> dict[str, Any]:
    """What a form sees: of the document, and of the loop item's fields over it, only what it asks for or names."""
    row = process.find_item(document, item) if item else None
    values = {**document, **(row or {})}
    return {key: values[key] for key in _named(form.fields) if key in values} | {"regio": model.region(document)}


def _named(fields: Iterable[forms.Field]) -> set[str]:
    """The names that questions write, and that their conditions, options and texts read."""
    names: set[str] = set()
    for field in fields:
        names |= {field.key, *_SHOWN.findall(field.text)} | _named(field.fields)
        options = feel.read(field.options_expression) if field.options_expression else ""
        for expression in (field.hide, field.expression, options):
            if isinstance(expression, feel.Expression):
                names |= expression.names | expression.item_names
    return names


def shown_document(definition: Definition, element: Element, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document as a step may use it: what the safety file asked is for its own steps only."""
    if is_safety(element):
        return document
    private = _safety_keys(definition)
    return {key: value for key, value in document.items() if key not in private}


def _safety_keys(definition: Definition) -> frozenset[str]:
    """The keys that steps of the safety file write."""
    steps = (e for place in definition.processes.values() for e in place.user_tasks if is_safety(e))
    return frozenset(key for element in steps for key in keys_of(form_of(definition, element)))


def is_safety(element: Element) -> bool:
    """Whether a step belongs to the safety file."""
    return Phase.SAFETY in (element.process, element.properties.get("fase"))


def known_element(definition: Definition, process_id: str, element_id: str) -> Element:
    """One element of a definition; NotFoundError where it does not exist."""
    try:
        return definition.element(process_id, element_id)
    except KeyError as error:
        raise NotFoundError("Deze stap bestaat niet in dit dossier.") from error
