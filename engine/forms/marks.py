"""What each answer of a form says, and about whom: the marks `gegevens` and `over` of its questions.

From them follows what of an answer somebody may read. Nothing here knows who may: it is told by a predicate.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.forms.kinds import Field, Holds
from engine.forms.model import Form, inputs
from engine.words import Relation

KIND = "gegevens"
ABOUT = "over"
PROCESS = "proces"
"""What is `over` this says nothing of a person."""

Meant = Callable[[str], Collection[str]]
"""The ids of the people of the family whom a relation means."""

About = Mapping[str, Sequence[str]]
"""For each answer by its name (`key`, or `list.row.key`) the ids of those whom it is about."""


@dataclass(frozen=True)
class Mark:
    """What one answer says: a kind of data about these people. Without a kind it says nothing of a person."""

    kind: str
    about: frozenset[str] = frozenset()


OF_PROCESS = Mark("")
UNMARKED = "?"

Reads = Callable[[Mark], bool]


def about(form: Form, answers: Mapping[str, Any], meant: Meant, before: About | None = None) -> dict[str, list[str]]:
    """About whom each answer is that says something of a person; [] where nobody is known. What a relation meant when
    it was answered `before`, it means still: what was said of a child before its birth stays its mother's.
    """
    people: dict[str, list[str]] = {}
    for field, values, row, name in _leaves(form, answers):
        if field.properties.get(ABOUT) != PROCESS:
            meant_then = partial(_as_before, before[name]) if before and before.get(name) else meant
            people[name] = sorted(_people(field, values, row, meant_then))
    return people


def leaves(form: Form, answers: Mapping[str, Any]) -> Iterable[tuple[str, Field, Any]]:
    """Each answer of a form by its name, with its question."""
    for field, values, _, name in _leaves(form, answers):
        yield name, field, values[field.key]


def only(form: Form, answers: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The answers of these names, and of a list the rows of which something is left."""
    kept: dict[str, Any] = {}
    for field in form.input_fields():
        if field.type.holds is Holds.ROWS:
            rows = [_only_parts(field, row, names) for row in rows_of(answers.get(field.key))]
            if left := [row for row in rows if row.keys() - {"id"}]:
                kept[field.key] = left
        elif field.key in names and field.key in answers:
            kept[field.key] = answers[field.key]
    return kept


def _only_parts(field: Field, row: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {key: part for key, part in row.items() if key == "id" or name_of(field.key, row, key) in names}


def _as_before(people: Collection[str], relation: str) -> Collection[str]:
    """Whom a relation meant when it was answered, whoever stands in it now."""
    return people


def _leaves(form: Form, answers: Mapping[str, Any]) -> Iterable[tuple[Field, Mapping[str, Any], str, str]]:
    """Each question that was answered, with the answers beside it, the id of its row, and its name."""
    for field in form.input_fields():
        if field.type.holds is Holds.ROWS:
            for row in rows_of(answers.get(field.key)):
                for part in inputs(field.fields):
                    if part.key in row:
                        around = {**answers, **row}
                        yield part, around, str(row.get("id", "")), name_of(field.key, row, part.key)
        elif field.key in answers:
            yield field, answers, "", field.key


def name_of(key: str, row: Mapping[str, Any], part: str) -> str:
    """The name of an answer in a row of a list."""
    return f"{key}.{row.get('id', '')}.{part}"


def rows_of(answer: object) -> list[Mapping[str, Any]]:
    """The rows of a list as they were answered."""
    return [row for row in answer if isinstance(row, Mapping)] if isinstance(answer, list) else []


def _people(field: Field, values: Mapping[str, Any], row: str, meant: Meant) -> set[str]:
    """Whom the words of `over` mean: the person of the row itself, those chosen by a question, or a relation."""
    people: set[str] = set()
    for word in (word.strip() for word in field.properties.get(ABOUT, "").split(",")):
        listed, _, part = word.partition(".")
        if word == ROW:
            people |= {row}
        elif part:
            people |= {str(other.get(part)) for other in rows_of(values.get(listed)) if other.get(part)}
        elif word in values and word not in tuple(Relation):  # a relation means that, whatever a question is called
            chosen = values[word]
            people |= set(chosen) if isinstance(chosen, list) else {chosen} if chosen else set()
        elif word:  # somebody who is meant and not known could still be told of: then it is open to nobody
            people |= set(meant(word)) or {NOBODY}
    return people


NOBODY = ""
"""Who stands for somebody that is meant but not known of: what is about this person too opens to no one."""

ROW = "regel()"
"""What a question of the register of the family is about: the person of its own row."""


def marked(form: Form, implied: Mapping[str, Mapping[str, str]], otherwise: Mapping[str, str]) -> Form:
    """The form with the marks that its questions need not bear: those `implied` by the column of a register that they
    fill, and what holds for all others that bear none.
    """

    def with_marks(field: Field) -> Field:
        if field.type.holds in (Holds.PARTS, Holds.ROWS):
            return replace(field, fields=tuple(map(with_marks, field.fields)))
        if not field.type.asks or KIND in field.properties or ABOUT in field.properties:
            return field
        own = implied.get(field.properties.get("register", ""), otherwise)
        return replace(field, properties={**field.properties, **own})

    return replace(form, fields=tuple(map(with_marks, form.fields)))


def readable(form: Form, answers: Mapping[str, Any], people: About, reads: Reads) -> dict[str, Any]:
    """As much of the answers as somebody may read; a row of which nothing is left goes, but an own one stays whole."""
    kept: dict[str, Any] = {}
    for field in form.input_fields():
        if field.key not in answers:
            continue
        if field.type.holds is Holds.ROWS:
            rows = [_readable_row(field, row, people, reads) for row in rows_of(answers[field.key])]
            if left := [row for row in rows if row.keys() - {"id"}]:
                kept[field.key] = left
        else:
            answer = _readable(field, answers[field.key], people.get(field.key, ()), reads)
            if answer not in (None, "", []):
                kept[field.key] = answer
    return kept


def _readable_row(field: Field, row: Mapping[str, Any], people: About, reads: Reads) -> dict[str, Any]:
    kept = {"id": row["id"]} if "id" in row else {}
    for part in inputs(field.fields):
        if part.key in row:
            answer = _readable(part, row[part.key], people.get(name_of(field.key, row, part.key), ()), reads)
            if answer not in (None, "", []):
                kept[part.key] = answer
    return kept


def _readable(field: Field, answer: Any, people: Collection[str], reads: Reads) -> Any:
    if field.type.holds is Holds.CHOICES and isinstance(answer, list):
        return [choice for choice in answer if reads(mark(field, people, choice))]
    return answer if reads(mark(field, people, answer)) else None


def mark(field: Field, people: Collection[str], answer: object = None) -> Mark:
    """What an answer to a question says. A question that bears no mark is about nobody known, so that nobody reads it
    but who wrote it. An option that was chosen may bear a mark of its own.
    """
    if field.properties.get(ABOUT) == PROCESS:
        return OF_PROCESS
    own = next((option.data_kind for option in field.options if option.value == answer and option.data_kind), "")
    return Mark(own or field.properties.get(KIND, UNMARKED), frozenset(people))
