"""Signing up a family without an account: a professional who knows it, or the family itself in its own words.

No case begins by it. The Knooppunt team is told that there is one; whoever of them takes it reads it, calls, and makes
a signal of it by the ordinary start of the process, or settles it with a reason. Then what was told is forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine import deadlines, store
from engine.cases.context import Context
from engine.definitions import Settings
from engine.errors import ConflictError, InvalidDataError, NotFoundError
from engine.store.signups import Signup
from engine.words import Answer, Ground, Register, Relation, Seen, SignupBy, SignupOutcome

PROCESS = "casus"
RECEIPT = "ontvangst"
"""The term of a region within which who signals hears that it came in."""
MOST_WAITING = 200
"""So many wait in a municipality at most: what comes in faster than people can call is no help to anybody."""

UNKNOWN = "Deze aanmelding is er niet, of is al afgehandeld."
FULL = "Er wachten hier nu te veel aanmeldingen. Bel ons: dan helpen we je meteen verder."
SMALLEST_NUMBER = 8
"""So many digits has a phone number at least."""


class Wrong(StrEnum):
    """What may be wrong with an answer; a page says it in the language that is read."""

    MISSING = "mist"
    LONG = "te_lang"
    NO_NUMBER = "geen_nummer"
    NO_CHOICE = "geen_keuze"


@dataclass(frozen=True)
class Question:
    """A question of a sign-up: how long an answer may be, whether one is needed, and from what is chosen, if from
    anything. Of a `phone` the digits count.
    """

    key: str
    most: int
    needed: bool = False
    choices: tuple[str, ...] = ()
    phone: bool = False


PREGNANT, YOUNG_CHILD, PARTNER = "zwanger", "jong_kind", "partner_zwanger"
OTHER_WORK = "ander_werk"
KINDS = (
    "verloskundige",
    "kraamzorg",
    "jgz",
    "huisarts",
    "ziekenhuis",
    "maatschappelijk_werk",
    "kinderopvang",
    OTHER_WORK,
)
"""Who signals, but for the last as the first step of the process asks it."""

NAME, PHONE, WORDS = "naam", "telefoon", "woorden"
STORY = "signaal"
"""The question of the first step in which one writes what one saw or heard."""

QUESTIONS: Mapping[SignupBy, tuple[Question, ...]] = {
    SignupBy.FAMILY: (
        Question(NAME, 80, needed=True),
        Question(PHONE, 40, needed=True, phone=True),
        Question("bellen", 200),
        Question("inspreken", 3, choices=(Answer.YES, Answer.NO)),
        Question("situatie", 20, needed=True, choices=(PREGNANT, YOUNG_CHILD, PARTNER)),
        Question(WORDS, 1000, needed=True),
        Question("taal", 60),
    ),
    SignupBy.PROFESSIONAL: (
        Question("weet_het", 3, needed=True, choices=(Answer.YES,)),
        Question("melder", 80, needed=True),
        Question("werk", 40, needed=True, choices=KINDS),
        Question("organisatie", 80),
        Question("eigen_telefoon", 40, needed=True, phone=True),
        Question(NAME, 80, needed=True),
        Question(PHONE, 40, phone=True),
        Question("bellen", 200),
        Question("zwanger", 3, needed=True, choices=(Answer.YES, Answer.NO)),
        Question(WORDS, 1000, needed=True),
        Question("taal", 60),
    ),
}
"""What is asked, in its order."""


def wrong(by: SignupBy, answers: Mapping[str, str]) -> Mapping[str, Wrong]:
    """What is wrong with these answers, by the key of the question."""
    looked = ((question.key, _wrong(question, answers.get(question.key, "").strip())) for question in QUESTIONS[by])
    return {key: problem for key, problem in looked if problem is not None}


def _wrong(question: Question, answer: str) -> Wrong | None:
    if not answer:
        return Wrong.MISSING if question.needed else None
    if len(answer) > question.most:
        return Wrong.LONG
    if question.choices and answer not in question.choices:
        return Wrong.NO_CHOICE
    if question.phone and sum(letter.isdigit() for letter in answer) < SMALLEST_NUMBER:
        return Wrong.NO_NUMBER
    return None


@dataclass(frozen=True)
class Incoming:
    """What somebody sends: `form` names the one form that it came with, so that sending twice makes one, and `code`
    tells from then on how far it is.
    """

    municipality: str
    by: SignupBy
    language: str
    answers: Mapping[str, str]
    form: str
    code: str


def receive(tx: store.Transaction, new: Incoming, now: datetime) -> None:
    """Keep a sign-up for the team of a municipality. Raises InvalidDataError where its answers don't fit, and
    ConflictError where too many wait there.
    """
    if wrong(new.by, new.answers):
        raise InvalidDataError("Kijk na wat je hebt ingevuld.")
    if store.signups.count(tx, [new.municipality]) >= MOST_WAITING:
        raise ConflictError(FULL)
    texts = {question.key: new.answers.get(question.key, "").strip() for question in QUESTIONS[new.by]}
    kept = {key: answer for key, answer in texts.items() if answer}
    row = Signup(0, new.municipality, new.by, new.language, now, kept, "", None, None)
    store.signups.add(tx, row, new.form, new.code)


def places(ctx: Context) -> frozenset[str]:
    """The municipalities of which the actor is one of the Knooppunt team: who oversees the families there."""
    return frozenset(place for process, place in ctx.sight.overseen if process == PROCESS)


def number_waiting(ctx: Context) -> int:
    """How many sign-ups are not settled where the actor is one of the team."""
    here = places(ctx)
    return store.signups.count(ctx.tx, here) if here else 0


def waiting(ctx: Context) -> Sequence[Signup]:
    """The sign-ups that are not settled; nothing of what they tell. Raises NotFoundError for who is in no team."""
    here = places(ctx)
    if not here:
        raise NotFoundError("Aanmeldingen komen binnen bij het Knooppuntteam. Daar hoor je niet bij.")
    return store.signups.waiting(ctx.tx, here)


def receipt(regions: Iterable[Settings], municipality: str) -> str:
    """Within which term a sign-up is answered there, as the region writes it; "" where it says nothing."""
    here = (
        each.deadlines[RECEIPT].duration
        for each in regions
        if municipality in each.municipalities and RECEIPT in each.deadlines
    )
    return next(here, "")


def due(regions: Iterable[Settings], row: Signup) -> datetime | None:
    """By when a sign-up is to be answered."""
    term = receipt(regions, row.municipality)
    return deadlines.due(row.at, term) if term else None


def take(ctx: Context, id: int) -> None:
    """Take a sign-up to read it and call; also over from a colleague of the team who has it."""
    row = _one(ctx, id, lock=True)
    store.signups.take(ctx.tx, row.id, ctx.actor.id, ctx.now)


def read(ctx: Context, id: int) -> Signup:
    """The sign-up that the actor has taken. Raises NotFoundError for anybody else."""
    return _read(ctx, id)


def _read(ctx: Context, id: int, *, lock: bool = False) -> Signup:
    row = _one(ctx, id, lock=lock)
    if row.taken_by != ctx.actor.id:
        raise NotFoundError(UNKNOWN)
    ctx.looks.shows(0, row.municipality, Ground.HAVING, {Seen.SIGNUP})
    return row


def settle(ctx: Context, id: int, outcome: SignupOutcome) -> None:
    """Say what came of a sign-up of which no signal is made. What it told is forgotten."""
    store.signups.settle(ctx.tx, _read(ctx, id, lock=True).id, outcome, None, ctx.now)


def became(ctx: Context, id: int, case_id: int) -> None:
    """A signal was made of a sign-up. What it told is forgotten: what matters stands in the signal."""
    store.signups.settle(ctx.tx, _read(ctx, id, lock=True).id, SignupOutcome.SIGNAL, case_id, ctx.now)


def as_signal(row: Signup) -> Mapping[str, object]:
    """The answers with which the first step of the process begins."""
    given, parents = row.answers, [{"relatie": Relation.MOTHER}]
    own = row.by == SignupBy.FAMILY
    if own and given.get("situatie") == PARTNER:
        parents.append({"relatie": Relation.OTHER_PARENT})
    pregnant = {PREGNANT: Answer.YES, YOUNG_CHILD: Answer.NO}.get(given.get("situatie", ""), given.get("zwanger", ""))
    return {
        "gezin_naam": given.get(NAME, ""),
        Register.FAMILY: parents,
        "signaal_datum": row.at.astimezone(deadlines.ZONE).date().isoformat(),
        "signaal_bron": SignupBy.FAMILY if own else _source(given),
        "zwanger": pregnant,
        "gezin_erbij": Answer.YES,
        STORY: "\n\n".join(filter(None, (given.get(WORDS, ""), _contact(row)))),
    }


def _source(given: Mapping[str, str]) -> str:
    return "" if given.get("werk") == OTHER_WORK else given.get("werk", "")


def _contact(row: Signup) -> str:
    """Whom to call and how: the phone numbers stand nowhere else once the sign-up is settled."""
    given = row.answers
    lines = (
        ("Bellen", given.get(PHONE, "")),
        ("Wanneer", given.get("bellen", "")),
        ("Bericht inspreken mag", given.get("inspreken", "")),
        ("Taal", given.get("taal", "")),
        ("Doorgegeven door", ", ".join(filter(None, map(given.get, ("melder", "organisatie", "eigen_telefoon"))))),
    )
    return "\n".join(f"{name}: {answer}" for name, answer in lines if answer)


def _one(ctx: Context, id: int, *, lock: bool = False) -> Signup:
    row = store.signups.one(ctx.tx, id, lock=lock)
    if row is None or row.settled_at is not None or row.municipality not in places(ctx):
        raise NotFoundError(UNKNOWN)
    return row
