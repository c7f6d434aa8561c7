"""Asking the Knooppunt for help with a family: public, for a family and for who knows one; and where the team reads it.

Nobody signs in for it and no cookie is set. What is sent comes with the mark of the form that it was typed in: by it
a machine that sends without reading is slowed down, and the same form sent twice makes one. A code tells how far it is.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi.responses import HTMLResponse, RedirectResponse

from api.limits import Limit
from api.pages import signup_words
from api.pages.page import Page
from api.pages.signup_words import DUTCH, WORDS, Said, Words
from api.request import Routes
from engine import store
from engine.cases import signups
from engine.cases.signups import Incoming, Question
from engine.definitions import Settings
from engine.definitions.sociale_kaart import Contact
from engine.errors import ConflictError, InvalidDataError
from engine.words import SignupBy, SignupOutcome

HOME = "/hulp-vragen"
ADDRESSES: Mapping[SignupBy, str] = {SignupBy.FAMILY: f"{HOME}/zelf", SignupBy.PROFESSIONAL: f"{HOME}/voor-gezin"}
STATUS = f"{HOME}/status"
LIST = "/aanmeldingen"
LANGUAGE, MARK, TRAP, PLACE, CODE = "taal_pagina", "_formulier", "_leeg", "gemeente", "code"

SENDS = 10
"""So often a minute may one internet address send something, or ask by a code."""
SOONEST, LATEST = timedelta(seconds=3), timedelta(hours=12)
"""Within how long a form comes back that somebody read and filled in."""
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that is taken for something else."""
LENGTH, GROUP = 12, 4

OUTCOMES: Mapping[SignupOutcome, str] = {
    SignupOutcome.HELPED: "Geholpen met raad; meer is niet nodig",
    SignupOutcome.ELSEWHERE: "Naar een ander die beter past",
    SignupOutcome.NOT_REACHED: "Niet bereikt, ook niet na drie keer bellen",
    SignupOutcome.NOT_WANTED: "Het gezin wil dit niet",
    SignupOutcome.DOUBLE: "Dit gezin is er al",
    SignupOutcome.NONE: "Dit is geen aanmelding",
}

routes = Routes(anybody=True, include_in_schema=False)
staff = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """A question as the form shows it."""

    key: str
    said: Said
    needed: bool
    most: int
    answer: str = ""
    error: str = ""


# --- for anybody ------------------------------------------------------------------------------------------------


@routes.get(HOME)
def choose(page: Page) -> HTMLResponse:
    """Choose how: for oneself, for a family that one knows, or to see how far it is."""
    if (wait := page.too_often()) is not None:
        return wait
    return _render(page, "signup.html", _language(page))


@routes.get(ADDRESSES[SignupBy.FAMILY])
@routes.get(ADDRESSES[SignupBy.PROFESSIONAL])
def fill_in(page: Page) -> HTMLResponse:
    """An empty form."""
    if (wait := page.too_often()) is not None:
        return wait
    return _form(page, {PLACE: page.request.query_params.get(PLACE, "")}, {}, _mark(page))


@routes.post(ADDRESSES[SignupBy.FAMILY])
@routes.post(ADDRESSES[SignupBy.PROFESSIONAL])
def send(page: Page) -> HTMLResponse:
    """Keep what was filled in, and tell the code by which one sees how far it is."""
    if (wait := page.too_often(_senders(page))) is not None:
        return wait
    given, words, by = dict(page.form), WORDS[_language(page)], _by(page)
    mark = given.get(MARK, "")
    errors = _errors(words, by, given, _regions(page))
    if errors:
        return _form(page, given, errors, mark if _age(page, mark) is not None else _mark(page))
    if notice := _odd(page, words, given):
        return _form(page, given, {}, mark if notice == words.quick else _mark(page), notice)
    code = _code(page, mark)
    incoming = Incoming(given[PLACE], by, _language(page), given, mark, code)
    try:
        signups.receive(page.tx, incoming, page.now)
    except ConflictError:
        return _form(page, given, {}, _mark(page), words.full)
    shown = "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    sent = words.sent.format(term=_term(page, words, given[PLACE]))
    return _render(page, "signup_sent.html", _language(page), code=shown, place=given[PLACE], sent=sent)


@routes.get(STATUS)
def ask_status(page: Page) -> HTMLResponse:
    """Where one fills in a code."""
    if (wait := page.too_often()) is not None:
        return wait
    return _render(page, "signup_status.html", _language(page), state="", unknown=False)


@routes.post(STATUS)
def tell_status(page: Page) -> HTMLResponse:
    """How far a sign-up is, and nothing else of it."""
    if (wait := page.too_often(_senders(page))) is not None:
        return wait
    code = "".join(letter for letter in dict(page.form).get(CODE, "").upper() if letter.isalnum())
    row = store.signups.of_code(page.tx, code) if len(code) == LENGTH else None
    words = WORDS[_language(page)]
    state = words.states[row.state].format(term=_term(page, words, row.municipality)) if row is not None else ""
    return _render(page, "signup_status.html", _language(page), 200 if row else 404, state=state, unknown=row is None)


def _term(page: Page, words: Words, place: str) -> str:
    """By when the team gets in touch, as its region says it: the list of the team counts by the same term."""
    number = signups.receipt(page.house.library.regions(page.tx), place).removesuffix(" werkdagen")
    return words.within.format(number=number) if number.isdecimal() else words.soon


def _render(page: Page, template: str, language: str, status: int = 200, **values: object) -> HTMLResponse:
    regions = _regions(page)
    place = str(values.pop("place", "") or page.request.query_params.get(PLACE, ""))
    here = next((each for each in regions if place in each.municipalities), None)
    other = next(each for each in WORDS if each != language)
    return page.render(
        template,
        status,
        here="hulp-vragen",
        settings=here or page.settings,
        region=here or (page.settings if len(regions) == 1 else None),
        words=WORDS[language],
        language=language,
        other=other,
        addresses=ADDRESSES,
        asked_place=place if here else "",
        numbers=_numbers(page, (here,) if here else regions, place if here else ""),
        By=SignupBy,
        **values,
    )


def _numbers(page: Page, regions: tuple[Settings, ...], place: str) -> Mapping[str, tuple[str, Contact]]:
    """Whom to call by the name of the municipality, of one or of all: an organisation of its Knooppunt team, and the
    first number that it has. A municipality whose team has none isn't there.
    """
    teams = [
        (name, each)
        for region in regions
        for id, name in region.municipalities.items()
        if place in ("", id)
        for each in region.organisations.values()
        if id in each.team
    ]
    contacts = store.sociale_kaart.to_call(page.tx, {each.id for _, each in teams})
    numbers: dict[str, tuple[str, Contact]] = {}
    for name, each in teams:
        if (contact := next(iter(contacts.get(each.id, ())), None)) is not None:
            numbers.setdefault(name, (each.name, contact))
    return numbers


def _form(page: Page, given: Mapping[str, str], errors: Mapping[str, str], mark: str, notice: str = "") -> HTMLResponse:
    by, language = _by(page), _language(page)
    words = WORDS[language]
    form = words.forms[by]
    places = {id: name for each in _regions(page) for id, name in each.municipalities.items()}
    only = next(iter(places)) if len(places) == 1 else ""
    questions = [
        Asked(
            each.key, form.questions[each.key], each.needed, each.most, given.get(each.key, ""),
            errors.get(each.key, ""),
        )
        for each in signups.QUESTIONS[by]
    ]  # fmt: skip
    return _render(
        page,
        "signup_form.html",
        language,
        422 if errors else 200,
        form=form,
        by=by,
        address=ADDRESSES[by],
        questions=questions,
        places=places,
        chosen=given.get(PLACE, "") or only,
        place_error=errors.get(PLACE, ""),
        problems=tuple(errors.items()),
        mark=mark,
        notice=notice,
    )


def _errors(words: Words, by: SignupBy, given: Mapping[str, str], regions: tuple[Settings, ...]) -> Mapping[str, str]:
    places = {place for each in regions for place in each.municipalities}
    missing = {} if given.get(PLACE, "") in places else {PLACE: words.no_place}
    asked: Mapping[str, Question] = {each.key: each for each in signups.QUESTIONS[by]}
    said = words.forms[by].questions
    wrong = signups.wrong(by, given)
    return missing | {
        key: words.wrong[why].format(label=said[key].label, most=asked[key].most) for key, why in wrong.items()
    }


def _odd(page: Page, words: Words, given: Mapping[str, str]) -> str:
    """What is said to whoever sends as a machine does; it is never lost, since a person may do so too."""
    if given.get(TRAP, ""):
        return words.trapped
    age = _age(page, given.get(MARK, ""))
    if age is None or age > LATEST:
        return words.stale
    return words.quick if age < SOONEST else ""


def _by(page: Page) -> SignupBy:
    return next(by for by, address in ADDRESSES.items() if address == page.request.url.path)


def _language(page: Page) -> str:
    asked = dict(page.form).get(LANGUAGE, "") or page.request.query_params.get("taal", "")
    return asked if asked in WORDS else DUTCH


def _regions(page: Page) -> tuple[Settings, ...]:
    return page.house.library.regions(page.tx)


def _senders(page: Page) -> Limit:
    limit: Limit = page.request.app.state.senders
    return limit


def _mark(page: Page) -> str:
    """The mark of a new form: when it was asked for, a number of its own, and a seal that only this house can make."""
    plain = f"{int(page.now.timestamp())}.{secrets.token_urlsafe(9)}"
    return f"{plain}.{_seal(page, plain)}"


def _age(page: Page, mark: str) -> timedelta | None:
    """How long ago the form was asked for that came back with this mark; None where this house didn't give it out."""
    plain, _, seal = mark.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(page, plain).encode()):
        return None
    return page.now - datetime.fromtimestamp(int(plain.partition(".")[0]), UTC)


def _seal(page: Page, plain: str) -> str:
    return hmac.new(page.house.seal, f"aanmelding:{plain}".encode(), hashlib.sha256).hexdigest()[:32]


def _code(page: Page, mark: str) -> str:
    """The code of what comes with a form: the same when it is sent again, and not to be guessed."""
    number = int.from_bytes(hmac.new(page.house.seal, f"code:{mark}".encode(), hashlib.sha256).digest())
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


# --- for the Knooppunt team -------------------------------------------------------------------------------------


@staff.get(LIST)
def waiting(page: Page) -> HTMLResponse:
    """What came in and isn't settled: when, from what sort of person and who has it; nothing of what it tells."""
    rows = signups.waiting(page.ctx)
    names = store.people.names(page.tx, {row.taken_by for row in rows} - {""})
    regions = page.house.library.regions(page.tx)
    by_when = {row.id: signups.due(regions, row) for row in rows}
    return page.render("signups.html", here="aanmeldingen", rows=rows, by_when=by_when, names=names, By=SignupBy)


@staff.post("/aanmeldingen/{number}/pakken")
def take(page: Page, number: int) -> RedirectResponse:
    """Take one, and read it."""
    signups.take(page.ctx, number)
    return page.redirect(f"{LIST}/{number}", "Deze aanmelding staat op jouw naam. Bel zo snel als je kunt.")


@staff.get("/aanmeldingen/{number}")
def show(page: Page, number: int) -> HTMLResponse:
    """All that one tells, to who has taken it."""
    row = signups.read(page.ctx, number)
    asked = WORDS[DUTCH].forms[row.by].questions
    lines = [
        (said.label, said.choices.get(answer, answer))
        for key, said in asked.items()
        if (answer := row.answers.get(key))
    ]
    phones = [row.answers[key] for key in (signups.PHONE, "eigen_telefoon") if key in row.answers]
    return page.render(
        "signups_one.html",
        here="aanmeldingen",
        row=row,
        told=lines,
        phones=phones,
        outcomes=OUTCOMES,
        own=row.by == SignupBy.FAMILY,
        english=row.language == signup_words.ENGLISH,
        error="",
    )


@staff.post("/aanmeldingen/{number}/afronden")
def settle(page: Page, number: int) -> RedirectResponse:
    """Settle one of which no signal is made."""
    outcome = dict(page.form).get("uitkomst", "")
    if outcome not in OUTCOMES:
        raise InvalidDataError("Kies wat er met deze aanmelding is gebeurd.")
    signups.settle(page.ctx, number, SignupOutcome(outcome))
    return page.redirect(LIST, "De aanmelding is afgerond. Wat erin stond, is gewist.")
