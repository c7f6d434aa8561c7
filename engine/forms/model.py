"""A form, which of its parts are shown, and what can be chosen there."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine import feel
from engine.forms.kinds import Field, Holds, Option

PEOPLE = "mensen()"
"""The key of the context under which the engine passes who may be chosen: role → list of {value, label}."""

RELATIVES = "betrokkenen()"
"""The key under which it passes who of the family may be chosen: relation → list of {value, label}."""

PLACES = "knooppunten()"
"""The key under which it passes the Knooppunten of other municipalities: what `kies_knooppunt` asks for → list of
{value, label}.
"""

TOPICS = "onderwerpen()"
"""The key under which it passes the topics of the sociale kaart: list of {value, label}."""

CHOOSES_TOPIC, MISSED = "kies_onderwerp", "gemist"
"""The property of a question that offers those topics, and what it says where for those chosen nothing fitted."""

CHOOSES_PLACE, CHOOSES_TEAM = "gemeente", "organisatie"
"""What `kies_knooppunt` says: one chooses the municipality, or besides others an organisation of a team there."""

EVERY_RELATION = "alle"
"""What `kies_betrokkene` says where anybody of the family may be chosen; else it names relations."""

GATE = "poort"
"""The key under which what is computed sees whether these answers let the case go on, at a step that asks consent."""

CHILD_GATE = "poort_kind"
"""The key under which it sees whether with these answers a partner may know how a child does."""

ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What names a row of a list."""


@dataclass(frozen=True)
class Form:
    """A form by its id, the stem of its file."""

    id: str
    fields: tuple[Field, ...]

    def keys(self) -> tuple[str, ...]:
        """The fields of the document that it writes."""
        return tuple(field.key for field in self.input_fields())

    def input_fields(self) -> tuple[Field, ...]:
        """Everything that has an answer, groups opened; a list is one field."""
        return self._inputs

    def input_field(self, key: str) -> Field | None:
        """The first of those whose answer goes there."""
        return self._by_key.get(key)

    @cached_property
    def _inputs(self) -> tuple[Field, ...]:
        return tuple(inputs(self.fields))

    @cached_property
    def _by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in reversed(self._inputs)}


def inputs(fields: Sequence[Field]) -> Sequence[Field]:
    """Everything that has an answer, groups opened."""
    opened: list[Field] = []
    for field in fields:
        if field.type.asks:
            opened.append(field)
        elif field.fields:  # no list, which has an answer itself
            opened.extend(inputs(field.fields))
    return opened


def visible(form: Form, context: Mapping[str, object]) -> tuple[Field, ...]:
    """Keep what is not hidden while the document and the answers so far are `context`.

    A question that is hidden counts as not answered, so a question that depends on it follows. Rows of a list
    have answers of their own: see `visible_in_row`.
    """
    return shown(form.fields, context)


def visible_in_row(listed: Field, row: Mapping[str, object], context: Mapping[str, object]) -> tuple[Field, ...]:
    """Keep what is not hidden in one row of a list; conditions see the row before the document."""
    return shown(listed.fields, {**context, **row})


def shown(fields: Sequence[Field], context: Mapping[str, object]) -> tuple[Field, ...]:
    """Keep the fields that are not hidden."""
    keys = {field.key for field in inputs(fields)}
    hidden: set[str] = set()
    kept: tuple[Field, ...] = ()
    for _ in range(len(keys) + 1):  # each round may hide what depends on the round before
        seen = {**context, **dict.fromkeys(hidden)}
        kept = _unhidden(fields, seen | _computed(fields, seen, hidden))
        now_hidden = keys - {field.key for field in inputs(kept)}
        if now_hidden <= hidden:
            break
        hidden |= now_hidden
    return kept


def computed(fields: Sequence[Field], context: Mapping[str, object]) -> dict[str, object]:
    """Give what follows from the answers in `context`, for the fields that are shown; one may follow from another."""
    hidden = {field.key for field in inputs(fields)} - {field.key for field in inputs(shown(fields, context))}
    return _computed(fields, {**context, **dict.fromkeys(hidden)}, hidden)


def _computed(fields: Sequence[Field], context: Mapping[str, object], hidden: Collection[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for field in inputs(fields):
        if field.expression is not None and field.key not in hidden:
            values[field.key] = feel.to_json(field.expression.evaluate({**context, **values}))
    return values


def _unhidden(fields: Sequence[Field], context: Mapping[str, object]) -> tuple[Field, ...]:
    kept = []
    for field in fields:
        if field.hide is None or field.hide.evaluate(context) is not True:
            opened = field.type.holds is Holds.PARTS
            kept.append(replace(field, fields=_unhidden(field.fields, context)) if opened else field)
    return tuple(kept)


def options(field: Field, context: Mapping[str, object]) -> tuple[Option, ...]:
    """Give the answers that can be chosen here: those of the form, of an expression, the people of a role, those of
    the family who stand in a relation, topics of the sociale kaart, or Knooppunten elsewhere; these may stand beside
    others.
    """
    own, elsewhere = _own_options(field, context), context.get(PLACES)
    if "kies_knooppunt" in field.properties and isinstance(elsewhere, Mapping):
        there = read_options(elsewhere.get(field.properties["kies_knooppunt"]))
        return own + tuple(option for option in there if option.value not in {known.value for known in own})
    return own


def _own_options(field: Field, context: Mapping[str, object]) -> tuple[Option, ...]:
    if field.people:
        people = context.get(PEOPLE)
        given = [people.get(role) for role in field.people] if isinstance(people, Mapping) else []
        return tuple(dict.fromkeys(option for choices in given for option in read_options(choices)))
    if "kies_betrokkene" in field.properties:
        return _relatives(field.properties["kies_betrokkene"], context.get(RELATIVES))
    if CHOOSES_TOPIC in field.properties:
        return read_options(context.get(TOPICS))
    if field.options_expression:
        expression = feel.read(field.options_expression)
        return read_options(expression.evaluate(context)) if isinstance(expression, feel.Expression) else ()
    return field.options


def _relatives(asked: str, family: object) -> tuple[Option, ...]:
    if not isinstance(family, Mapping):
        return ()
    relations = family if asked == EVERY_RELATION else [name.strip() for name in asked.split(",")]
    return tuple(option for relation in relations for option in read_options(family.get(relation)))


def read_options(items: object) -> tuple[Option, ...]:
    """Take a list of {value, label}, or of plain texts, as answers to choose from; leave out what is neither."""
    choices = []
    for item in items if isinstance(items, (list, tuple)) else ():
        if isinstance(item, str):
            choices.append(Option(item, item))
        elif isinstance(item, Mapping) and isinstance(item.get("value"), str):
            properties = item.get("properties")
            data_kind = str(properties.get("gegevens", "")) if isinstance(properties, Mapping) else ""
            choices.append(Option(item["value"], str(item.get("label") or item["value"]), data_kind))
    return tuple(choices)
