"""What of a case somebody may read: each value as the step said it that wrote it, and about whom.

The document of a case holds what counts now, without saying from where. Who may read a value follows from the step that
wrote it last: what its question says, about whom, for which purpose, and who answered.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine import access, forms, process
from engine.access import CaseFacts, Need, Sight
from engine.cases.asking import circle_of, form_of
from engine.consent import HANDED
from engine.definitions import Definition, Element
from engine.forms import Field, FieldKind, Holds
from engine.store.answers import Answered
from engine.store.searching import Found
from engine.words import KnownData, Purpose


def purpose_of(element: Element) -> str:
    """For which purpose a step asks what it asks: what it wrote is open under that one."""
    return element.properties.get("doel", Purpose.SHARING)


@dataclass(frozen=True)
class Source:
    """Where a value comes from: what a step answered to this question, under this name, and in which circle ("" where
    it was in none).
    """

    answered: Answered
    field: Field
    name: str
    circle: str


@dataclass(frozen=True)
class Value:
    """One value that a case knows: `key` of the document, and of a list the id of the row and the part of it. It has no
    source where no step answered it. `agreed_by` is the organisation whose agreement the row is, or "".
    """

    key: str
    answer: Any
    source: Source | None
    row: str = ""
    part: str = ""
    agreed_by: str = ""


@dataclass(frozen=True)
class Known:
    """What a case knows, with where it comes from."""

    definition: Definition
    document: Mapping[str, Any]
    answers: tuple[Answered, ...]

    @cached_property
    def _latest(self) -> dict[tuple[str, str], Answered]:
        """By the row that a step was about ("" for none) and its question who answered that last."""
        return {(answered.item, key): answered for answered in self.answers for key in answered.values}

    @cached_property
    def _columns(self) -> dict[str, dict[str, Field]]:
        """Of each list what a row of it was asked by the step that wrote it, by the name of that part."""
        lists = ((key, self._field(self._latest.get(("", key)), key)) for key in self.document)
        return {key: _by_part(listed) for key, listed in lists if listed and listed.type.holds is Holds.ROWS}

    def values(self, keys: Iterable[str], item: str = "") -> Iterator[Value]:
        """The values that these names mean in a step: of the row that it is about, or else of the document."""
        row = process.find_item(self.document, item) if item else None
        for key in keys:
            if row is not None and row.get(key) not in (None, "", []):
                yield self._part(self._list_of(item), row, key)
            elif self.document.get(key) not in (None, "", []):
                yield from self._whole(key)

    def _whole(self, key: str) -> Iterator[Value]:
        answered = self._latest.get(("", key))
        answer = self.document[key]
        field = self._field(answered, key)
        if answered is None or field is None:
            yield Value(key, answer, None)
        elif field.type.holds is Holds.ROWS:
            for row in forms.rows_of(answer):
                yield from (self._part(key, row, part) for part in self._columns[key] if part in row)
                yield from self._beside(key, row)
        else:
            yield Value(key, answer, self._source(answered, field, key))

    def _beside(self, key: str, row: Mapping[str, Any]) -> Iterator[Value]:
        """What steps about one row wrote into it besides."""
        for name in row:
            if name != "id" and name not in self._columns[key] and (str(row.get("id")), name) in self._latest:
                yield self._part(key, row, name)

    def _part(self, key: str, row: Mapping[str, Any], part: str) -> Value:
        """A part of a row: as a step about the row answered it, or the step that wrote the list."""
        id = str(row.get("id", ""))
        own, whole = self._latest.get((id, part)), self._latest.get(("", key))
        columns = self._columns.get(key, {})
        agreed_by = _agreed_by(columns, row)
        if own is not None and (whole is None or own.id > whole.id):
            field = self._field(own, part)
            source = self._source(own, field, part) if field else None
        else:
            field = columns.get(part)
            source = self._source(whole, field, f"{key}.{id}.{part}") if whole and field else None
        return Value(key, row[part], source, id, part, agreed_by)

    def found(self) -> Iterator[Found]:
        """The names, numbers and days of the family by which a case is found: each of one person, and as a step wrote
        it that works together with that person.
        """
        for value in self.values(self.document):
            source = value.source
            if source is None or source.circle or not _is_found(source.field):
                continue
            mark = _mark(source, value.answer)
            if source.answered.purpose == Purpose.SHARING and len(mark.about) == 1:
                (person,) = mark.about
                yield Found(str(value.answer), mark.kind, person, source.answered.actor)

    @property
    def last_is_found(self) -> bool:
        """Whether the step that answered last asks for something by which a case is found."""
        last = self.answers[-1] if self.answers else None
        if last is None or last.process not in self.definition.processes:
            return False
        element = self.definition.processes[last.process].elements.get(last.element)
        asked = form_of(self.definition, element).input_fields() if element else ()
        return any(_is_found(part) for field in asked for part in (field, *forms.inputs(field.fields)))

    def row(self, item: str) -> Iterator[Value]:
        """The values of one row of a list, also of a round before this: those the case knows no more."""
        row = process.find_item(self.document, item)
        if row is None:
            yield from self._former(item)
            return
        listed = self._list_of(item)
        yield from (self._part(listed, row, key) for key in row if key != "id")

    def _former(self, item: str) -> Iterator[Value]:
        """The values of a row as the step said them that wrote it last."""
        for answered in reversed(self.answers):
            for key, rows in answered.values.items():
                row = next((row for row in forms.rows_of(rows) if row.get("id") == item), None)
                listed = self._field(answered, key) if row is not None else None
                if row is not None and listed is not None:
                    columns = _by_part(listed)
                    for name, part in columns.items():
                        if name in row:
                            source = self._source(answered, part, f"{key}.{item}.{name}")
                            yield Value(key, row[name], source, item, name, _agreed_by(columns, row))
                    return

    def _list_of(self, item: str) -> str:
        """The list of the document that a row stands in."""
        return next(
            (key for key, rows in self.document.items() if any(row.get("id") == item for row in forms.rows_of(rows))),
            "",
        )

    def _source(self, answered: Answered, field: Field, name: str) -> Source:
        element = self.definition.element(answered.process, answered.element)
        return Source(answered, field, name, circle_of(element, answered.item))

    def _field(self, answered: Answered | None, key: str) -> Field | None:
        if answered is None or answered.process not in self.definition.processes:
            return None
        element = self.definition.processes[answered.process].elements.get(answered.element)
        if element is None:
            return None
        return form_of(self.definition, element).input_field(key)

    def needs(self, values: Iterable[Value]) -> frozenset[Need]:
        """What one must be able to read to see all of these values."""
        return frozenset(need for value in values for need in _needs(value))

    def readable(self, seen: Sight, facts: CaseFacts, values: Iterable[Value]) -> dict[str, Any]:
        """As much of these values as somebody may read, by the keys of the document or of the row."""
        kept: dict[str, Any] = {}
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for value in values:
            answer = _shown(seen, facts, value)
            if answer in (None, "", []):
                continue
            if value.part:
                rows.setdefault((value.key, value.row), {"id": value.row})[value.part] = answer
            else:
                kept[value.key] = answer
        for (key, _), row in rows.items():
            kept.setdefault(key, []).append(row)
        return kept

    def last(self, element: Element, item: str) -> Answered | None:
        """What a step answered last, about this row of a list."""
        step = (element.process, element.id, item)
        mine = (a for a in reversed(self.answers) if (a.process, a.element, a.item) == step and a.purpose != HANDED)
        return next(mine, None)

    def reads_whole(self, seen: Sight, facts: CaseFacts, answered: Answered, element: Element) -> bool:
        """Whether somebody may read all that a step answered."""
        every = {key for key, value in answered.values.items() if value not in (None, "", [])}
        readable = self.of_step(seen, facts, answered, element)
        return all(readable.get(key) == answered.values[key] for key in every)

    def of_step(self, seen: Sight, facts: CaseFacts, answered: Answered, element: Element) -> dict[str, Any]:
        """As much of what a step answered as somebody may read."""
        if circle := circle_of(element, answered.item):
            return dict(answered.values) if circle in facts.circles else {}
        writers = (answered.actor,)

        def reads(mark: forms.Mark) -> bool:
            return access.reads(seen, facts, mark.kind, mark.about, answered.purpose, writers)

        return forms.readable(form_of(self.definition, element), answered.values, answered.about, reads)


def _is_found(field: Field) -> bool:
    """Whether a case is found by what is answered here: a short text on how to know or reach somebody, or a day."""
    if field.properties.get(forms.ABOUT) == forms.PROCESS:
        return False
    reached = field.properties.get(forms.KIND) == KnownData.CONTACT and field.kind is FieldKind.TEXTFIELD
    return reached or field.kind is FieldKind.DATE


def _by_part(listed: Field) -> dict[str, Field]:
    """What a row of a list is asked, by the name of that part, in the order of the form."""
    columns: dict[str, Field] = {}
    for part in forms.inputs(listed.fields):
        columns.setdefault(part.key, part)
    return columns


def _agreed_by(columns: Mapping[str, Field], row: Mapping[str, Any]) -> str:
    """The organisation that a row of agreements is of."""
    said = (name for name, part in columns.items() if part.properties.get("register") == "wie")
    return next((str(row.get(name) or "") for name in said), "")


def _choices(source: Source, answer: Any) -> list[Any]:
    """An answer in the pieces that may be of different kinds."""
    several = source.field.type.holds is Holds.CHOICES and isinstance(answer, list)
    return list(answer) if several else [answer]


def _mark(source: Source, choice: Any) -> forms.Mark:
    return forms.mark(source.field, source.answered.about.get(source.name, ()), choice)


def _needs(value: Value) -> Iterator[Need]:
    if value.source is None or value.source.circle:  # what was said in a circle is shown in that circle alone
        return
    answered = value.source.answered
    for choice in _choices(value.source, value.answer):
        mark = _mark(value.source, choice)
        if mark == forms.OF_PROCESS:
            continue
        for person in mark.about or {""}:
            yield Need(answered.purpose, mark.kind, person, answered.actor, value.agreed_by)


def _shown(seen: Sight, facts: CaseFacts, value: Value) -> Any:
    """A value as far as somebody may read it; what no step answered says nothing of a person."""
    source = value.source
    if source is not None and source.circle:
        return value.answer if source.circle in facts.circles or source.answered.actor == seen.person else None
    if source is None or (value.agreed_by and access.knows_agreement(seen, facts, value.agreed_by)):
        return value.answer
    kept = [choice for choice in _choices(source, value.answer) if _reads(seen, facts, source, choice)]
    return (
        kept if isinstance(value.answer, list) and source.field.type.holds is Holds.CHOICES else next(iter(kept), None)
    )


def _reads(seen: Sight, facts: CaseFacts, source: Source, choice: Any) -> bool:
    mark, answered = _mark(source, choice), source.answered
    if mark == forms.OF_PROCESS:
        return True
    return access.reads(seen, facts, mark.kind, mark.about, answered.purpose, (answered.actor,))
