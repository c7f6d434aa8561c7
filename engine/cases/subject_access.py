"""What is kept about one person of a family, for that person to see (inzage, AVG 15).

Two people do it, so that neither reads a family by wishing to. Who keeps the overview speaks with who asks, checks who
that is and records it, and sees nothing by it. The functionaris of the municipality then reads what is about that one
person, and gives it. What is about somebody else too, and what somebody wrote in own words, is left out until the
functionaris read it. Nothing of a circle is in it, and nothing tells whether there is one: whoever asks is always sent
on to who would have to answer that.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from engine import access, deadlines, forms, process, store
from engine.access import Person
from engine.cases import retention
from engine.cases.asking import context_of, form_of, people_for, relatives_for
from engine.cases.circles import Circles, circles
from engine.cases.context import Context
from engine.cases.locks import lock_case
from engine.cases.overview import Looked, who_looked
from engine.cases.watching import watched
from engine.consent import HANDED, Opening, Relative
from engine.definitions import Definition, Element, Settings
from engine.definitions.registers import DisclosureRow
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.forms import Field, Form, Holds
from engine.forms.kinds import FieldKind
from engine.process import Model
from engine.store.answers import Answered
from engine.store.case_files import CaseRow, EventRow
from engine.store.notes import GIVEN
from engine.store.registers import Said
from engine.store.subject_access import AccessRequest
from engine.words import AccessOutcome, CaseStatus, Ground, Happening, KnownData, Part, Register, Relation

ANSWER_WITHIN = "P1M"
"""How soon somebody gets to see it (AVG 12 lid 3)."""

OPEN_FOR = "P3M"
"""How long it may be worked at: that month, and two more where it is much (AVG 12 lid 3). Who asks later asks anew."""

LONGEST = 500
_NOBODY = access.CaseFacts("", "")
"""What access rests on for who takes part in nothing."""


# --- recording -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recording:
    """A case in which somebody may be recorded to ask it, and what was asked there before."""

    case_id: int
    title: str
    ended: bool
    asked: tuple[AccessRequest, ...]
    names: Mapping[str, str]


def recording(ctx: Context, case_id: int) -> Recording:
    """The case in which the actor records what somebody asks. Raises NotFoundError where the actor doesn't know it,
    NotAllowedError where it isn't this person's to record.
    """
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    _refuse(ctx, case, ctx.facts(case))
    asked = store.subject_access.of_case(ctx.tx, case_id)
    names = store.people.names(ctx.tx, {each.recorded_by for each in asked})
    title = store.case_files.title(ctx.tx, case_id, ctx.sight)
    return Recording(case_id, title, case.status != CaseStatus.RUNNING, asked, names)


def _refuse(ctx: Context, case: CaseRow, facts: access.CaseFacts) -> None:
    if not access.oversees(ctx.sight, facts) or not case.guarded or case.status == CaseStatus.REMOVED:
        raise NotAllowedError("Een vraag om inzage legt vast wie het overzicht heeft in deze gemeente.")


def record_access(ctx: Context, case_id: int, relation: str, asker: str, asked_on: date | None, identity: str) -> None:
    """Record who asks, whom of the family it is about, since when and how was checked who that is. Raises
    InvalidDataError where one of these is missing.
    """
    case, facts, _ = lock_case(ctx, case_id)
    _refuse(ctx, case, facts)
    wrong = {}
    if relation not in tuple(Relation):
        wrong["over"] = "Kies over wie het gaat."
    if not asker.strip() or len(asker) > LONGEST:
        wrong["wie"] = "Schrijf op wie het vraagt."
    if asked_on is None or asked_on > ctx.now.astimezone(deadlines.ZONE).date():
        wrong["dag"] = "Kies de dag waarop het is gevraagd: vandaag of eerder."
    if not identity.strip() or len(identity) > LONGEST:
        wrong["identiteit"] = "Schrijf op hoe je weet dat dit echt die persoon is."
    if wrong or asked_on is None:
        raise InvalidDataError("Er ontbreekt nog iets.", wrong)
    store.subject_access.add(
        ctx.tx, case_id, relation, asker.strip(), asked_on, identity.strip(), ctx.actor.id, ctx.now
    )
    ctx.happened(case_id, {"kind": Happening.ACCESS_ASKED})


# --- preparing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """What has to be read before it goes along. `mark` is of this text: who reads another one reads anew. It is about
    `others` too, or in the own words of who wrote it; `former` was corrected since.
    """

    mark: str
    values: Mapping[str, Any]
    others: bool
    former: bool = False


@dataclass(frozen=True)
class Written:
    """What one step answered about this person: for certain in `values`, and what has to be read first."""

    element: Element
    at: datetime
    writer: str
    form: Form
    context: Mapping[str, Any]
    values: Mapping[str, Any]
    pieces: tuple[Piece, ...]

    def given(self, passed: Collection[str]) -> "Written":
        """The same with what was read and may go along among what is certain."""
        values = {**self.values}
        for piece in self.pieces:
            if piece.mark in passed and not piece.former:
                values = _laid_over(values, piece.values)
        former = tuple(piece for piece in self.pieces if piece.mark in passed and piece.former)
        return replace(self, values=values, pieces=former)


@dataclass(frozen=True)
class Words:
    """What somebody wrote beside the steps, in which anybody may be named; `what` is of which kind that is."""

    mark: str
    what: str
    at: datetime | None
    writer: str
    text: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """What is kept about one person. `relative` is None until somebody chose whom of the `family` it is about."""

    request: AccessRequest
    case: CaseRow
    settings: Settings
    family: tuple[Relative, ...]
    relative: Relative | None
    written: tuple[Written, ...] = ()
    words: tuple[Words, ...] = ()
    said: tuple[Said, ...] = ()
    opened: frozenset[Opening] = frozenset()
    looked: tuple[Looked, ...] = ()
    planned: datetime | None = None
    people: Mapping[str, Person] = field(default_factory=dict)

    def given(self) -> "Dossier":
        """What goes along: what is certain, and what was read first and may."""
        passed = self.request.passed
        written = (each.given(passed) for each in self.written)
        words = tuple(each for each in self.words if each.mark in passed)
        return replace(self, written=tuple(e for e in written if e.values or e.pieces), words=words)

    @property
    def unread(self) -> int:
        """How many pieces are left out as it stands."""
        marks = {piece.mark for each in self.written for piece in each.pieces} | {each.mark for each in self.words}
        return len(marks - set(self.request.passed))


def access_requests(ctx: Context) -> tuple[AccessRequest, ...]:
    """What was asked in the municipalities that the actor watches over. Raises NotAllowedError where that is none."""
    places = watched(ctx.actor)
    if not places:
        raise NotAllowedError("Een inzage maakt de functionaris gegevensbescherming klaar.")
    return store.subject_access.in_places(ctx.tx, places)


def _mine(ctx: Context, id: int) -> AccessRequest:
    asked = store.subject_access.one(ctx.tx, id)
    if asked is None or asked.municipality not in watched(ctx.actor):
        raise NotFoundError("Deze vraag om inzage is er niet, of is niet voor jou.")
    if asked.ended_at is not None or not open_until(asked) > ctx.now:
        raise ConflictError("Deze inzage is klaar, of de tijd ervoor is voorbij. Vraagt iemand opnieuw? Leg het vast.")
    return asked


def open_until(asked: AccessRequest) -> datetime:
    """Until when a request may be worked at."""
    return deadlines.after(asked.recorded_at, OPEN_FOR)


def due(asked: AccessRequest) -> datetime:
    """When who asks has to have it."""
    return deadlines.after(datetime.combine(asked.asked_on, time(12), deadlines.ZONE), ANSWER_WITHIN)


def prepared(ctx: Context, id: int) -> Dossier:
    """What is kept about whom a request is about. Raises NotFoundError where it isn't the actor's, ConflictError where
    it was ended.
    """
    asked = _mine(ctx, id)
    case = store.case_files.read(ctx.tx, asked.case_id, None)
    ctx.looks.shows(case.id, case.municipality, Ground.ACCESS, {Register.FAMILY})
    model = ctx.library.model(ctx.tx, case.version_id)
    settings = ctx.library.settings(ctx.tx, model)
    family = store.registers.family(ctx.tx, case.id)
    relative = next((each for each in family if each.id == asked.person), None)
    bare = Dossier(asked, case, settings, family, relative)
    return _filled(ctx, model, bare, relative) if relative else bare


def _filled(ctx: Context, model: Model, bare: Dossier, relative: Relative) -> Dossier:
    case, person = bare.case, relative.id
    parts = {Part.ANSWERS, Part.HISTORY, Register.CONSENT, Register.DISCLOSURE}
    ctx.looks.shows(case.id, case.municipality, Ground.ACCESS, parts)
    hidden = circles(model.definition)
    mine = tuple(
        said
        for said in store.registers.ever_said(ctx.tx, case.id)
        if said.consent.person == person and not _in_circle(hidden, said.source)
    )
    written = tuple(_written(ctx, model, case, bare.family, relative))
    words = tuple(_words(ctx, model.definition, case, person))
    writers = {*(each.writer for each in written), *(each.writer for each in words)} - {""}
    return replace(
        bare,
        written=written,
        words=words,
        said=mine,
        opened=frozenset(o for o in store.registers.opened(ctx.tx, case.id) if o.person == person),
        looked=who_looked(ctx, case.id, bare.settings, person, mine),
        planned=retention.planned(ctx.tx, ctx.library, case),
        people={each.id: each for each in store.people.known(ctx.tx, writers)},
    )


def _in_circle(hidden: Circles, source: str, item: str = "") -> bool:
    place, _, element = source.partition("/")
    return hidden.hides(_NOBODY, place, element, item) is not None


def _written(
    ctx: Context, model: Model, case: CaseRow, family: tuple[Relative, ...], relative: Relative
) -> Iterator[Written]:
    """What the steps answered about somebody, but for those of a circle."""
    hidden, definition = circles(model.definition), model.definition
    history = store.case_files.history(ctx.tx, case.id)
    names = relatives_for(family, {relative.id: relative.name})
    for answered in store.answers.of_case(ctx.tx, case.id):
        if answered.purpose == HANDED or _in_circle(hidden, f"{answered.process}/{answered.element}", answered.item):
            continue
        element = definition.element(answered.process, answered.element)
        form = form_of(definition, element)
        certain, unsure = _parted(form, answered, relative.id)
        values = forms.only(form, answered.values, certain)
        pieces = [
            Piece(_mark(answered.id, name, part), part, others)
            for name, others in unsure.items()
            if (part := forms.only(form, answered.values, {name}))
        ]
        pieces += _former(history, answered, form, {*certain, *unsure})
        if values or pieces:
            context = context_of(model, {process.PLACE: case.municipality, **answered.values}, "", form, ctx.now)
            context |= people_for(ctx, form, case.municipality) | names
            yield Written(element, answered.at, answered.actor, form, context, values, tuple(pieces))


def _parted(form: Form, answered: Answered, person: str) -> tuple[set[str], dict[str, bool]]:
    """The names of the answers that are about a person and nobody else, and of those that have to be read first, each
    with whether it is about others too.
    """
    certain: set[str] = set()
    unsure: dict[str, bool] = {}
    for name, question, answer in forms.leaves(form, answered.values):
        about = set(answered.about.get(name, ()))
        if answer in (None, "", []) or (about and person not in about):
            continue
        if _is_free(question) or about - {person}:
            unsure[name] = bool(about - {person})
        elif about:
            certain.add(name)
    return certain, unsure


def _is_free(question: Field) -> bool:
    """Whether somebody answers in own words, so that anybody may be named."""
    story = question.properties.get(forms.KIND) == KnownData.STORY
    return story or (question.type.holds is Holds.TEXT and question.kind is FieldKind.TEXTAREA)


def _former(history: tuple[EventRow, ...], answered: Answered, form: Form, names: Collection[str]) -> Iterator[Piece]:
    """What stood there before it was corrected: read first, since it says no more about whom it is."""
    step = (Happening.CORRECTED, answered.process, answered.element, answered.item)
    for event in history:
        if (event.kind, event.process, event.element, event.item) == step and event.at >= answered.at:
            for key, (was, _) in event.detail.get("was", {}).items():
                mine = any(name == key or name.startswith(f"{key}.") for name in names)
                if mine and was not in (None, "", []):
                    yield Piece(_mark(event.id, key, was), {key: was}, others=False, former=True)


def _words(ctx: Context, definition: Definition, case: CaseRow, person: str) -> Iterator[Words]:
    """What was written beside the steps, handed over or told to others."""
    hidden = circles(definition)
    for note in store.notes.of_case(ctx.tx, case.id):
        yield Words(_mark("note", note.at, note.text), "note", note.at, note.writer, note.text)
    for event in store.case_files.history(ctx.tx, case.id):
        reason = event.detail.get("reden") if event.kind in GIVEN else None
        if reason and hidden.hides(_NOBODY, event.process, event.element, event.item) is None:
            yield Words(_mark("event", event.id, reason), event.kind, event.at, event.actor, reason)
    for row in store.registers.rows(ctx.tx, case.id, DisclosureRow):
        if row.ground != Register.SAFETY and not _in_circle(hidden, row.source, row.item):
            day = datetime.combine(row.date, time(12), deadlines.ZONE) if row.date else None
            yield Words(_mark("told", row.source, row.what), Register.DISCLOSURE, day, "", row.what, row.recipients)
    for handed in store.handovers.rows(ctx.tx, case.id):
        if person in handed.about:
            text = f"{handed.question}: {handed.answer}"
            yield Words(_mark("handed", handed.question, text), HANDED, handed.said_at, "", text)


def _mark(*what: object) -> str:
    return hashlib.sha256(json.dumps(what, default=str, sort_keys=True).encode()).hexdigest()[:16]


def _laid_over(values: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with others beside them; rows of a list by their ids."""
    for key, answer in more.items():
        rows = {row.get("id"): dict(row) for row in forms.rows_of(values.get(key))}
        for row in forms.rows_of(answer):
            rows.setdefault(row.get("id"), {}).update(row)
        values = {**values, key: list(rows.values()) if forms.rows_of(answer) else answer}
    return values


def choose_person(ctx: Context, id: int, person: str) -> None:
    """It is about this one of the family. Raises InvalidDataError where there is no such."""
    asked = _mine(ctx, id)
    if person not in {each.id for each in store.registers.family(ctx.tx, asked.case_id)}:
        raise InvalidDataError("Kies over wie het gaat.", {"persoon": "Kies over wie het gaat."})
    store.subject_access.choose(ctx.tx, id, person)


def pass_pieces(ctx: Context, id: int, marks: Collection[str]) -> None:
    """These pieces were read and may go along; those that are not named stay out."""
    known = prepared(ctx, id)
    every = {piece.mark for each in known.written for piece in each.pieces} | {each.mark for each in known.words}
    store.subject_access.pass_(ctx.tx, id, every & set(marks))


def end_access(ctx: Context, id: int, outcome: str) -> None:
    """It was given, or it was not; nobody reads it from now on. Raises InvalidDataError for another outcome."""
    asked = _mine(ctx, id)
    if outcome not in tuple(AccessOutcome):
        raise InvalidDataError("Kies hoe het is afgelopen.", {"uitkomst": "Kies hoe het is afgelopen."})
    store.case_files.lock(ctx.tx, asked.case_id, None)
    store.subject_access.end(ctx.tx, id, ctx.actor.id, outcome, ctx.now)
    ctx.looks.shows(asked.case_id, asked.municipality, Ground.ACCESS, {Register.FAMILY})
    ctx.happened(asked.case_id, {"kind": Happening.ACCESS_ENDED})
