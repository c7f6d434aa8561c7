"""What a step asks and what it may show: its form, the people to choose from, what its texts and conditions see."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine import access, consent, deadlines, feel, forms, process, store
from engine.access import Person
from engine.cases.context import Context
from engine.consent import Family
from engine.definitions import Definition, Element
from engine.errors import NotFoundError
from engine.forms import Form
from engine.process import Model
from engine.words import Noted, Phase, Relation, RoleId

TELLER, DAY, ABOUT = (noted.removeprefix("_") for noted in (Noted.TELLER, Noted.DAY, Noted.ABOUT))
"""What is asked before something is told, and kept of it in the history: by whom it was told, when it happened, and for
whom of the family.
"""

BEGUN_AS = "begonnen_als"
"""Under what a case keeps in which role somebody began it."""

INVITES = "aan_tafel"
"""The property by which a question says that the organisations chosen there sit at the table."""

_SHOWN = re.compile(r"\{\{\s*(\w+)\s*\}\}")  # a value that a text of a form shows


def form_of(definition: Definition, element: Element) -> Form:
    """The form of a step; an empty one where it has none."""
    return definition.forms.get(element.form) or Form(element.id, ())


def title_key(definition: Definition) -> str:
    """The question whose answer a case is called by."""
    return definition.root.properties.get("titel", "gezin_naam")


def keys_of(form: Form) -> tuple[str, ...]:
    """The fields of the document that a form writes."""
    return form.keys()


def people_for(ctx: Context, form: Form, municipality: str) -> dict[str, Any]:
    """The people that a form lets choose from, by the role that it asks for, the Knooppunten elsewhere and the topics
    of the sociale kaart, as its context wants them.
    """
    asked = {role for field in form.input_fields() for role in field.people}
    others: dict[str, Any] = {}
    if _chooses(form, "kies_knooppunt"):
        others = {forms.PLACES: consent.elsewhere(ctx.library.regions(ctx.tx), municipality)}
    if _chooses(form, forms.CHOOSES_TOPIC):
        regions = (each.region for each in ctx.library.regions(ctx.tx) if municipality in each.municipalities)
        kaart = store.sociale_kaart.of_region(ctx.tx, next(regions, ""))
        others[forms.TOPICS] = [{"value": topic.id, "label": topic.name} for topic in kaart.topics]
    if not asked:
        return others
    return others | {
        forms.PEOPLE: {
            role: [
                {"value": p.id, "label": f"{p.name} ({p.function})" if p.function else p.name}
                for p in working_as(ctx, role, municipality)
            ]
            for role in asked
        }
    }


def working_as(ctx: Context, role: str, municipality: str) -> tuple[Person, ...]:
    """Those who have a role in a municipality."""
    roles = ctx.library.roles(ctx.tx, [municipality])
    people = store.people.everyone(ctx.tx, municipality)
    return tuple(p for p in people if (role, municipality) in access.held_roles(p, roles))


def _chooses(form: Form, what: str) -> bool:
    parts = (part for field in form.input_fields() for part in (field, *field.fields))
    return any(what in part.properties for part in parts)


def relatives_for(family: Family, names: Mapping[str, str]) -> dict[str, Any]:
    """The people of the family that a form lets choose from, by relation; `names` are those that may be known by id."""
    relatives: dict[str, list[dict[str, str]]] = {}
    for relative in family:
        label = names.get(relative.id) or RELATIONS.get(relative.relation, relative.relation)
        relatives.setdefault(relative.relation, []).append({"value": relative.id, "label": label})
    return {forms.RELATIVES: relatives}


RELATIONS: Mapping[str, str] = {
    Relation.MOTHER: "De moeder",
    Relation.OTHER_PARENT: "De andere ouder",
    Relation.CHILD: "Het kind",
    Relation.GUARDIAN: "De voogd",
    Relation.PARENT_OF_MOTHER: "De ouder van de moeder",
}


def context_of(model: Model, document: Mapping[str, Any], item: str, form: Form, now: datetime) -> dict[str, Any]:
    """What a form sees: of the document, and of the loop item's fields over it, only what it asks for or names; and
    the time.
    """
    row = process.find_item(document, item) if item else None
    values = {**document, **(row or {})}
    asked = {key: values[key] for key in named(form.fields) if key in values}
    return asked | {"regio": model.region(document)} | deadlines.clock(now)


def shown_names(form: Form, document: Mapping[str, Any], item: str) -> set[str]:
    """The names of all values that a step shows: what its form asks or names, and what its row is called by."""
    row = process.find_item(document, item) if item else None
    called = name_of_row(row or {})
    return named(form.fields) | ({called} if called else set())


def name_of_row(row: Mapping[str, Any]) -> str:
    """The key of what a row is called by: its first text, but not who told it or when."""
    texts = (key for key, value in row.items() if key != "id" and isinstance(value, str) and value)
    return next((key for key in texts if not key.endswith(tuple(Noted))), "")


def named_in_texts(fields: Iterable[forms.Field]) -> set[str]:
    """The names of the values that the texts of a form show."""
    return {name for field in fields for name in (*_SHOWN.findall(field.text), *named_in_texts(field.fields))}


def named(fields: Iterable[forms.Field]) -> set[str]:
    """The names that questions write, and that their conditions, demands, options and texts read."""
    names: set[str] = set()
    for field in fields:
        names |= {field.key, *_SHOWN.findall(field.text)} | named(field.fields)
        options = feel.read(field.options_expression) if field.options_expression else ""
        for expression in (field.hide, field.expression, options, *(demand.condition for demand in field.demands)):
            if isinstance(expression, feel.Expression):
                names |= expression.names | expression.item_names
    return names


def is_safety(element: Element) -> bool:
    """Whether a step belongs to the safety file."""
    return Phase.SAFETY in (element.process, element.properties.get("fase"))


def circle_of(element: Element, item: str) -> str:
    """The circle (kring) outside which nobody knows that a step exists, by the role in which one takes part in it; ""
    where there is none. Each safety file is its teller's alone: the row that it is about names it. Other circles are
    those of whom a question lets choose: `kring` names it, and what is done for a row has one for each row.
    """
    if is_safety(element):
        return safety_role(item)
    return circle_role(element.properties["kring"], item) if "kring" in element.properties else ""


def circle_role(question: str, item: str) -> str:
    """The role in which those take part in a circle whom this question let choose, of a row or of none."""
    return f"{RoleId.CIRCLE}:{question}:{item}" if item else f"{RoleId.CIRCLE}:{question}"


def safety_role(item: str) -> str:
    """The role in which one takes part in the safety file of this row; a file that belongs to no row has it bare."""
    return f"{RoleId.SAFETY}:{item}" if item else RoleId.SAFETY


def known_element(definition: Definition, process_id: str, element_id: str) -> Element:
    """One element of a definition; NotFoundError where it does not exist."""
    try:
        return definition.element(process_id, element_id)
    except KeyError as error:
        raise NotFoundError("Deze stap bestaat niet in dit dossier.") from error
