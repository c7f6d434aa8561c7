"""Asks every address of the application as everybody who works there, and holds what comes back against the rules.

`ROUTES` says of each address how to ask it about a case. An address that it lacks is an error: nobody would look there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from engine.store.looks import Shown
from engine.store.tasks import TaskRow
from engine.words import Look
from tests.oracle import process, rules
from tests.oracle.generate import STAFF, Done, LookRow, World
from tests.oracle.process import STEPS
from tests.oracle.rules import Sight, Staff, Token
from tests.oracle.visiting import Response

REFUSED = frozenset({403, 404})
UNKNOWN = frozenset({404})
OPENED = frozenset({200})


@dataclass(frozen=True)
class Ask:
    """One question to the application: at which address, sent as what, and whether it may be answered.

    `sight` is what the rules say of the verb; MAY leaves the status alone. `refusals` are the answers to who may not.
    `searched` is the word that was looked for, which the page repeats. `form` says that it shows a form with all its
    choices, so that a choice that stands there need not be an answer.
    """

    method: str
    address: str
    sight: Sight = Sight.MAY
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    refusals: frozenset[int] = UNKNOWN
    allowed: frozenset[int] = OPENED
    searched: str = ""
    choices: bool = False


Asks = Callable[["Survey", Staff], Iterable[Ask]]


@dataclass
class Survey:
    """What was found out about one case at one moment."""

    world: World
    moment: str
    cells: int = 0
    _found: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _memory: dict[str, Mapping[str, Sight]] = field(default_factory=dict)

    def run(self) -> None:
        """Ask everything as everybody."""
        for person in STAFF.values():
            met = self.met(person)
            for token in self._expected(person, Sight.MUST):
                if token.text not in met:
                    self._tell(person, "(nowhere)", f"locked out of {_described(token)}")
        self._look_behind()
        self._ask_for()
        self._stand_in()
        self._take_along()

    def _ask_for(self) -> None:
        """“Each open task has somebody who may do it and read all that it shows; where that fails, the procesregisseur
        gets "toestemming vragen"”: each who keeps the overview, and nobody else.
        """
        for row in self.world.rows():
            step = STEPS[row.element]
            work = self.world.work(step, row)
            able = max(rules.does(self.world.file, person, work) for person in STAFF.values())
            if step.secret or step.chosen or able is Sight.MAY or row.assignee:
                continue
            for person in STAFF.values():
                self.cells += 1
                page = self.world.browser(person.id).get("/werk").text
                shown = f'<li><a class="utrecht-link utrecht-link--html-a" href="/taken/{row.id}">' in page
                asked = able is Sight.NEVER and rules.is_team(self.world.file, person)
                listed = self.world.browser(person.id).get("/v1/tasks?list=alle").json()["tasks"]
                if shown is not asked or asked is not any(t["forNobody"] for t in listed if t["id"] == row.id):
                    self._tell(person, "/werk", f"{'is' if shown else 'is not'} told to ask for {row.element}")

    def _stand_in(self) -> None:
        """“the deputy finds it in the own list”, as far as that person may take it over; and nobody else does."""
        for row in self.world.rows():
            for person in STAFF.values():
                self.cells += 1
                sight = rules.takes_over(self.world.file, person, self.world.work(STEPS[row.element], row))
                forms = self.world.browser(person.id).get("/werk").text.split("<form")
                offered = any(f"/taken/{row.id}/claim" in form and "Neem over" in form for form in forms)
                if sight is not Sight.MAY and offered is not (sight is Sight.MUST):
                    self._tell(person, "/werk", f"{'is' if offered else 'is not'} offered {row.element} to take over")

    def _take_along(self) -> None:
        """“An extract per partner with only what consent opens for that organisation”, by whomever it is given."""
        file = self.world.file
        person = next((p for p in STAFF.values() if rules.overview(file, p) is not Sight.NEVER), None)
        if person is None:
            return
        for organisation in process.SORTS:
            self.cells += 1
            address = f"/casus/{self.world.case}/verslag/{organisation}"
            page = self.world.browser(person.id).get(address)
            paper = page.text.partition("<article")[2].partition("</article>")[0].lower()
            for token in file.tokens:
                if token.text in paper and rules.given_to(file, organisation, token) is Sight.NEVER:
                    self._tell(person, "/casus/…/verslag", f"gives {organisation} {_described(token)}")

    def _look_behind(self) -> None:
        """“No copy survives erasure: not in jobs … or engine state”."""
        with self.world.database.reading() as tx:
            rows = [*tx.execute(sa.text("select * from job")), *tx.execute(sa.text("select state from case_file"))]
        for token in self.world.file.tokens:
            self.cells += 1
            if any(token.text in str(value) for row in rows for value in row):
                self._tell(self.world.file.staff[token.writer], "(tables)", f"copy of {_described(token)}")

    def met(self, person: Staff, where: Iterable[tuple[str, str]] = ()) -> set[str]:
        """All words that somebody comes upon, at any address or at these."""
        words: set[str] = set()
        for route in sorted(where or ROUTES):
            words.update(*(self.look(person, route[1], ask) for ask in ROUTES[route](self, person)))
        return words

    def look(self, person: Staff, path: str, ask: Ask) -> set[str]:
        """Ask one thing as somebody, and hold the answer to the rules; the words that stand in it."""
        before = self.world.looks()
        response = self._send(person, ask)
        self._check_status(person, path, ask, response)
        words = set()
        text = (response.text + response.location).lower()
        for word, sight in self._sights(person).items():
            self.cells += 1
            if word == ask.searched or (ask.choices and word in process.TICKS) or word not in text:
                continue
            words.add(word)
            if sight is Sight.NEVER:
                self._tell(person, path, f"leaks {_described(self._token(word))} ({ask.method} {ask.address})")
        self._check_log(person, path, ask, response, words, self.world.looks(before[-1].id if before else 0))
        return words

    def _check_log(
        self, person: Staff, path: str, ask: Ask, response: Response, words: set[str], rows: Sequence[LookRow]
    ) -> None:
        """“Every look at a family is a row in the look-log: who, when, in which role, on what ground, which part; one
        row per answer”: what holds a word of a family, or refuses its case, is written down as that; what shows
        nothing of a case names none.
        """
        self.cells += 1
        case, place = self.world.case, f"({ask.method} {ask.address})"
        named = [shown for row in rows for shown in row.shown if shown.case_id == case]
        asked = re.search(rf"/(casus|cases|wat-ik-schreef)/{case}\b|/(taken|tasks)/\d", ask.address)
        if len(rows) > 1:
            self._tell(person, path, f"writes {len(rows)} looks {place}")
        if any((row.person_id, row.role) != (person.who, ",".join(sorted(person.roles))) for row in rows):
            self._tell(person, path, f"writes down who looked otherwise than it was {place}")
        if response.status in REFUSED and asked:
            if not named or any(row.verb != Look.REFUSED for row in rows):
                self._tell(person, path, f"refuses without writing it down {place}")
        elif words and (not any(shown.ground and shown.parts for shown in named) or rows[0].verb == Look.REFUSED):
            self._tell(person, path, f"shows something without writing it down {place}")
        elif response.status == 200 and named and not words and not self._names_case(response):
            self._tell(person, path, f"writes down a look at nothing {place}")
        self._check_circles(person, path, place, named, words)

    def _check_circles(self, person: Staff, path: str, place: str, named: Sequence[Shown], words: set[str]) -> None:
        """“Kring: only those named know that the step exists”: what is shown of one is written down apart, and of who
        is in none nothing is.
        """
        apart = {shown.parts for shown in named if shown.ground == "kring"}
        tokens = [token for token in self.world.file.tokens if token.text in words]
        for token in tokens:
            kind = "veiligheid" if token.secret else "kring" if token.chosen else ""
            if kind and not any(kind in parts.split(",") for parts in apart):
                self._tell(person, path, f"shows a circle and writes it down as something else {place}")
        if any(part in ("veiligheid", "kring") for s in named if s.ground != "kring" for part in s.parts.split(",")):
            self._tell(person, path, f"names a circle beside the rest {place}")

    def _send(self, person: Staff, ask: Ask) -> Response:
        browser = self.world.browser(person.id)
        if ask.form is None:
            return browser.request(ask.method, ask.address, ask.json)
        response = browser.post(ask.address, ask.form)
        while response.status == 303 and ask.searched:  # what was searched for stands on the next page
            response = browser.get(response.location)
        return response

    def _check_status(self, person: Staff, path: str, ask: Ask, response: Response) -> None:
        status = response.status
        if status >= 500:
            self._tell(person, path, f"fails with {status} ({ask.method} {ask.address})")
        if ask.sight is Sight.NEVER and status not in ask.refusals:
            self._tell(person, path, f"may not, but gets {status} ({ask.method} {ask.address})")
        if ask.sight is Sight.MUST and status not in ask.allowed:
            self._tell(person, path, f"may, but gets {status} ({ask.method} {ask.address})")
        if ask.searched and self._finds_case(response) and self._sights(person)[ask.searched] is Sight.NEVER:
            self._tell(person, path, f"finds the case by {_described(self._token(ask.searched))}")

    def _finds_case(self, response: Response) -> bool:
        places = rf'/casus/{self.world.case}\b|"caseId":\s*{self.world.case}\b|/taken/\d'
        return re.search(places, response.text) is not None

    def _names_case(self, response: Response) -> bool:
        number = rf"/wat-ik-schreef/{self.world.case}\b|(Signaal|[Dd]ossier) {self.world.case}\b"
        return self._finds_case(response) or re.search(number, response.text) is not None

    # what the rules say

    def _sights(self, person: Staff) -> Mapping[str, Sight]:
        if person.id not in self._memory:
            sights: dict[str, Sight] = {}
            for token in self.world.file.tokens:
                sight = rules.reads(self.world.file, person, token)
                sights[token.text] = max(sight, sights.get(token.text, Sight.NEVER))
            self._memory[person.id] = sights
        return self._memory[person.id]

    def _expected(self, person: Staff, sight: Sight) -> list[Token]:
        sights = self._sights(person)
        return [token for token in self.world.file.tokens if sights[token.text] is sight]

    def _token(self, word: str) -> Token:
        return next(token for token in self.world.file.tokens if token.text == word)

    def _tell(self, person: Staff, path: str, what: str) -> None:
        where = (path, f"[{self.moment}, {self.world.file.phase}] {what}")
        people = self._found.setdefault(where, [])
        if person.id not in people:
            people.append(person.id)

    @property
    def wrong(self) -> list[str]:
        """What is wrong, each with whom it was found by."""
        return [f"{', '.join(people)} at {path}: {what}" for (path, what), people in self._found.items()]

    def knows(self, person: Staff) -> Sight:
        """Whether this person knows of the case."""
        return rules.knows(self.world.file, person)


def _described(token: Token) -> str:
    about = ",".join(sorted(token.about)) or ("the process" if token.process else "nobody known")
    return f"{token.text} ({token.step}: {token.kind} about {about}, {token.purpose}, by {token.writer})"


# --- how each address is asked about a case --------------------------------------------------------------------


def _plain(*addresses: str) -> Asks:
    """Addresses that belong to no case and are the same for all: one of a few asks them each time."""
    return lambda survey, person: (Ask("GET", a) for a in addresses if survey.world.random.random() < 0.2)


def _list(whole: str, *others: str) -> Asks:
    """A list: all of it, and one of the others."""
    return lambda survey, person: (Ask("GET", a) for a in (whole, survey.world.random.choice(others)))


def _watching(address: str) -> Asks:
    """“a *functionaris* role that reads the log and not the file”, and nobody else reads it."""

    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        if survey.world.random.random() < 0.2 or "functionaris" in person.roles:
            sight = Sight.MUST if "functionaris" in person.roles else Sight.NEVER
            yield Ask("GET", address, sight, refusals=REFUSED)

    return asks


def _nowhere(address: str) -> Asks:
    """What nobody asked for doesn't open to anybody."""
    return lambda survey, person: (Ask("GET", address, Sight.NEVER, refusals=UNKNOWN),)


def _never_asked(survey: Survey, person: Staff) -> Iterable[Ask]:
    """An address that changes something: it is tried by who may not, under `attempts`."""
    return ()


PLACES = frozenset({process.HERE, process.THERE})
"""The municipalities of the region where the case is."""


def _house(address: str, allowed: Callable[[Staff], Sight]) -> Asks:
    """A page of who runs the house: on none of them stands anything of a family."""
    return lambda survey, person: (Ask("GET", address, allowed(person), refusals=frozenset({403})),)


def _colleague(address: str) -> Asks:
    """A page about somebody who works where the case is: of the beheerder there."""

    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        yield Ask("GET", address, rules.runs_here(survey.world.file, person), refusals=REFUSED)

    return asks


def _absences(survey: Survey, person: Staff) -> Iterator[Ask]:
    """When somebody is away: that person knows, and the beheerder where the case is."""
    sight = Sight.MUST if person.id == "mies" else rules.runs_here(survey.world.file, person)
    yield Ask("GET", "/v1/people/mies/absences", sight, refusals=REFUSED)


def _organisation(address: str) -> Asks:
    """A page about an organisation of the region where the case is: of who is beheerder in that region."""
    return lambda survey, person: (Ask("GET", address, rules.runs_region(PLACES, person), refusals=REFUSED),)


def _case(template: str) -> Asks:
    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        yield Ask("GET", template.format(case=survey.world.case), survey.knows(person))

    return asks


def _words(survey: Survey) -> list[str]:
    """What is searched for: the name of the family, of one of its people, or something of what was written."""
    tokens, random = survey.world.file.tokens, survey.world.random
    step = random.choice(["gezin_naam", "gezin", ""])
    return [random.choice([t.text for t in tokens if t.step == step or not step])]


def _search(address: str, **more: str) -> Asks:
    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        for word in _words(survey):
            yield Ask("POST", address, form={"zoek": word, **more}, searched=word)

    return asks


def _search_api(survey: Survey, person: Staff) -> Iterator[Ask]:
    for word in _words(survey):
        yield Ask("POST", "/v1/tasks/search", json={"list": "alle", "search": word}, searched=word)


def _task_sight(survey: Survey, person: Staff, row: TaskRow) -> Sight:
    """Whether a task opens: certainly to who may do it, and never to who doesn't know the case or the circle."""
    step = STEPS[row.element]
    does = rules.does(survey.world.file, person, survey.world.work(step, row))
    if step.secret:
        return does
    if step.chosen:
        knows = rules.does(survey.world.file, person, survey.world.work(step))
        return Sight.NEVER if knows is Sight.NEVER else Sight.MAY if does is Sight.NEVER else does
    if does is Sight.MUST or survey.knows(person) is Sight.NEVER:
        return does
    return Sight.MAY  # who keeps the overview sees that it waits


def _tasks(template: str, form: Mapping[str, str] | None = None) -> Asks:
    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        for row in survey.world.rows():
            sight = _task_sight(survey, person, row)
            address = template.format(task=row.id)
            yield Ask("GET" if form is None else "POST", address, sight, form=form, choices=True)

    return asks


def _message(survey: Survey, person: Staff) -> Iterator[Ask]:
    for name in (survey.world.random.choice(["verkennen_nodig", "toestemming_ingetrokken"]), "acute_onveiligheid"):
        sight = Sight.NEVER if survey.knows(person) is Sight.NEVER else Sight.MAY
        yield Ask("GET", f"/casus/{survey.world.case}/bericht/{name}", sight)


def _following(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.follows(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/contact", sight, refusals=_hidden(survey, person))


def _postponing(survey: Survey, person: Staff) -> Iterator[Ask]:
    """A task is postponed by who may do it or give it to somebody; who doesn't know of it doesn't learn of it here."""
    for row in survey.world.rows():
        sight = min(_task_sight(survey, person, row), Sight.MAY)
        yield Ask("GET", f"/taken/{row.id}/uitstellen", sight)


def _pausing(survey: Survey, person: Staff) -> Iterator[Ask]:
    """Pausing is of who follows the case."""
    sight = rules.follows(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/pauze", sight, refusals=_hidden(survey, person))


def _closing(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.closes(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/sluiten", sight, refusals=_hidden(survey, person))


def _planning(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.plans(survey.world.file, person)
    address = f"/casus/{survey.world.case}/overleg/plannen"
    yield Ask("GET", address, sight, refusals=_hidden(survey, person))


def _no_sitting(survey: Survey, person: Staff) -> Iterator[Ask]:
    yield Ask("GET", f"/casus/{survey.world.case}/overleg", Sight.NEVER)


def _reports(survey: Survey, person: Staff) -> Iterator[Ask]:
    """Who gives what came of a meeting is who reads all that the family agreed to, as with its overview."""
    sight, place = rules.overview(survey.world.file, person), f"/casus/{survey.world.case}/verslag"
    yield Ask("GET", place, sight, refusals=_hidden(survey, person))


def _report(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight, place = rules.overview(survey.world.file, person), f"/casus/{survey.world.case}/verslag"
    for receiver in ("gezin", sorted(process.SORTS)[survey.cells % len(process.SORTS)]):
        yield Ask("GET", f"{place}/{receiver}", sight, refusals=_hidden(survey, person))


def _reopening(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.reopens(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/heropenen", sight, refusals=_hidden(survey, person))


def _keeping(survey: Survey, person: Staff) -> Iterator[Ask]:
    """Who keeps name and dates of what ended decides how long it stays, as who reopens it does."""
    sight = rules.reopens(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/vergeten", sight, refusals=_hidden(survey, person))


def _access(survey: Survey, person: Staff) -> Iterator[Ask]:
    """Who keeps the overview records who asks to see it, whether or not it runs, and learns nothing by it."""
    sight = Sight.MUST if rules.is_team(survey.world.file, person) else Sight.NEVER
    yield Ask("GET", f"/casus/{survey.world.case}/inzage", sight, refusals=_hidden(survey, person))


def _removing(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.removes(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/verwijderen", sight, refusals=_hidden(survey, person))


def _joining(survey: Survey, person: Staff) -> Iterator[Ask]:
    """With itself, since there is no other case: nobody may."""
    case = survey.world.case
    yield Ask("GET", f"/casus/{case}/samenvoegen/{case}", Sight.NEVER, refusals=UNKNOWN)


def notes(survey: Survey, person: Staff) -> Sight:
    """Who wrote adds a late letter whatever may be read; so does the team, of a case that has ended."""
    file = survey.world.file
    every = (*survey.world.before, *survey.world.done)
    writers = {*(done.writer for done in every), *(token.writer for token in file.tokens)} - {""}
    if person.who in {file.staff[writer].who for writer in writers} and not rules.is_apart(person):
        return Sight.MUST
    return Sight.MUST if rules.is_team(file, person) and file.phase is rules.Phase.CLOSED else Sight.NEVER


def _noting(survey: Survey, person: Staff) -> Iterator[Ask]:
    yield Ask("GET", f"/wat-ik-schreef/{survey.world.case}/later", notes(survey, person))


def _taking_back(survey: Survey, person: Staff) -> Iterator[Ask]:
    sight = rules.takes_back(survey.world.file, person)
    yield Ask("GET", f"/casus/{survey.world.case}/intrekken", sight, refusals=_hidden(survey, person))


def _taken_back(survey: Survey, person: Staff) -> Iterator[Ask]:
    """What would lapse, of one person of the family or of one organisation."""
    sight = rules.takes_back(survey.world.file, person)
    somebody = survey.world.random.choice(sorted(survey.world.file.family))
    wish = survey.world.random.choice([{"wie": somebody}, {"organisatie": "heuvelkind"}, {}])
    refusals = _hidden(survey, person)
    yield Ask("POST", f"/casus/{survey.world.case}/intrekken/vooraf", sight, form=wish, refusals=refusals)


def _copies(survey: Survey, person: Staff) -> Iterator[Ask]:
    """The sheet of each of the family."""
    for relative in sorted(survey.world.file.family):
        sight = rules.copies(survey.world.file, person, relative)
        yield Ask("GET", f"/casus/{survey.world.case}/afschrift/{relative}", sight)


def _overviews(survey: Survey, person: Staff) -> Iterator[Ask]:
    """What each of the family may be told: who looked, who was told what, to what that person said yes."""
    for relative in sorted(survey.world.file.family):
        sight = rules.overview(survey.world.file, person)
        yield Ask("GET", f"/casus/{survey.world.case}/overzicht-gezin/{relative}", sight)


def _hidden(survey: Survey, person: Staff) -> frozenset[int]:
    """How somebody is refused: who doesn't know the case is told that there is none."""
    return UNKNOWN if survey.knows(person) is Sight.NEVER else REFUSED


def _correction(survey: Survey, done: Done) -> str:
    item = f"?item={done.item}" if done.item else ""
    return f"/casus/{survey.world.case}/corrigeren/casus/{done.step.id}{item}"


def corrects(survey: Survey, person: Staff, step: str) -> Sight:
    """Whether somebody may correct what a step answered; where it was done more often, the page may choose which."""
    every = [done for done in survey.world.done if done.step.id == step]
    sights = [
        rules.corrects(survey.world.file, person, survey.world.work(done.step), done.writer, done.tokens)
        if not done.step.secret and not done.step.chosen
        else (Sight.MAY if done.writer == person.id or person.who in survey.world.file.lost else Sight.NEVER)
        for done in every
    ]
    return sights[0] if len(set(sights)) == 1 else Sight.MAY


def _corrections(form: Mapping[str, str] | None = None, tail: str = "") -> Asks:
    def asks(survey: Survey, person: Staff) -> Iterator[Ask]:
        steps = {done.step.id: done for done in survey.world.done}
        for id_, done in steps.items():
            sight = corrects(survey, person, id_)
            if not done.tokens:
                sight = min(sight, Sight.MAY)  # what somebody said may be said anew instead; or it says of nobody
            refusals = _hidden(survey, person)
            method = "GET" if form is None else "POST"
            yield Ask(method, _correction(survey, done) + tail, sight, form=form, refusals=refusals, choices=True)

    return asks


def _to_hand_out(survey: Survey, person: Staff) -> Iterator[Ask]:
    """Each open task apart: who may not know of it is told that there is none."""
    for row in survey.world.rows():
        sight = min(_task_sight(survey, person, row), Sight.MAY)
        yield Ask("POST", "/werk/doorgeven/kiezen", sight, form={"taak": str(row.id)}, refusals=REFUSED, choices=True)


ROUTES: dict[tuple[str, str], Asks] = {
    ("GET", "/"): _plain("/"),
    ("GET", "/werk"): _list(
        "/werk?lijst=alle",
        "/werk?lijst=mijn",
        "/werk?lijst=rol",
        "/werk?lijst=te-laat",
        "/werk?lijst=alle&volgorde=gezin",
        "/werk?lijst=alle&volgorde=wie",
        "/werk?lijst=alle&wie=-",
    ),
    ("GET", "/werk.csv"): _list("/werk.csv?lijst=alle", "/werk.csv?lijst=rol&volgorde=gezin"),
    ("GET", "/casus.csv"): _list("/casus.csv?stand=alle", "/casus.csv?stand=lopend&kolommen=regie-stap"),
    ("POST", "/werk/doorgeven/kiezen"): _to_hand_out,
    ("POST", "/werk/doorgeven"): _never_asked,
    ("GET", "/lijsten"): _plain("/lijsten"),
    ("POST", "/lijsten"): _never_asked,
    ("POST", "/lijsten/{id}"): _never_asked,
    ("POST", "/lijsten/{id}/weg"): _never_asked,
    ("POST", "/werk"): _search("/werk", lijst="alle"),
    ("POST", "/werk/klok"): _never_asked,
    ("GET", "/vandaag"): _list("/vandaag", "/vandaag"),
    ("GET", "/afspraken"): _list(
        "/afspraken?welke=openstaand", "/afspraken?welke=te_laat&groep=gezin", "/afspraken?welke=afgelopen"
    ),
    ("POST", "/afspraken/herinner"): _never_asked,
    ("GET", "/overleggen"): _list("/overleggen", "/overleggen"),
    ("GET", "/casus"): _list(
        "/casus?stand=alle",
        "/casus?stand=lopend",
        "/casus?stand=klaar",
        "/casus?stand=gesloten",
        "/casus?volgorde=gezin",
        "/casus?stand=alle&volgorde=stap",
        "/casus?fase=intake",
        "/casus?regie=jet",
    ),
    ("POST", "/casus"): _search("/casus", stand="alle"),
    ("GET", "/casus/{case_id}"): _case("/casus/{case}"),
    ("GET", "/casus/{case_id}/afdruk"): _case("/casus/{case}/afdruk"),
    ("GET", "/casus/{case_id}/bericht/{name}"): _message,
    ("POST", "/casus/{case_id}/bericht/{name}"): _never_asked,
    ("POST", "/casus/{case_id}/ongedaan"): _never_asked,
    ("GET", "/casus/{case_id}/pauze"): _pausing,
    ("POST", "/casus/{case_id}/pauze"): _never_asked,
    ("GET", "/taken/{task_id}/uitstellen"): _postponing,
    ("POST", "/taken/{task_id}/uitstellen"): _never_asked,
    ("GET", "/casus/{case_id}/contact"): _following,
    ("POST", "/casus/{case_id}/contact"): _never_asked,
    ("GET", "/casus/{case_id}/sluiten"): _closing,
    ("POST", "/casus/{case_id}/sluiten"): _never_asked,
    ("GET", "/casus/{case_id}/overleg/plannen"): _planning,
    ("POST", "/casus/{case_id}/overleg/plannen"): _never_asked,
    ("POST", "/casus/{case_id}/overleg/antwoord"): _never_asked,
    ("POST", "/casus/{case_id}/overleg/kiezen"): _never_asked,
    ("POST", "/casus/{case_id}/overleg/uitnodigen"): _never_asked,
    ("POST", "/casus/{case_id}/overleg/afzeggen"): _never_asked,
    # no step of the drawing here records a meeting: what its screen shows is what its tasks do
    ("GET", "/casus/{case_id}/overleg"): _no_sitting,
    ("POST", "/casus/{case_id}/overleg"): _never_asked,
    ("POST", "/casus/{case_id}/overleg/formulier"): _never_asked,
    ("GET", "/casus/{case_id}/verslag"): _reports,
    ("GET", "/casus/{case_id}/verslag/{receiver}"): _report,
    ("POST", "/casus/{case_id}/verslag/{receiver}"): _never_asked,
    # nobody is asked here when to meet: what who is asked reads stands in tests/api/test_planning.py
    ("GET", "/momenten/{meeting_id}"): _nowhere("/momenten/1"),
    ("POST", "/momenten/{meeting_id}"): _never_asked,
    ("GET", "/casus/{case_id}/heropenen"): _reopening,
    ("POST", "/casus/{case_id}/heropenen"): _never_asked,
    ("GET", "/casus/{case_id}/vergeten"): _keeping,
    ("POST", "/casus/{case_id}/vergeten"): _never_asked,
    ("GET", "/casus/{case_id}/inzage"): _access,
    ("POST", "/casus/{case_id}/inzage"): _never_asked,
    ("POST", "/toezicht/opgevallen/{id}"): _never_asked,
    ("GET", "/toezicht/verwerkingen"): _watching("/toezicht/verwerkingen"),
    ("GET", "/toezicht/verwerkingen/csv"): _watching("/toezicht/verwerkingen/csv"),
    ("GET", "/toezicht/bewaren"): _watching("/toezicht/bewaren"),
    ("GET", "/toezicht/inzage"): _watching("/toezicht/inzage"),
    # nobody asked to see anything here: what is given to whom does stands in tests/api/test_subject_access.py
    ("GET", "/toezicht/inzage/{access_id}"): _nowhere("/toezicht/inzage/1"),
    ("GET", "/toezicht/inzage/{access_id}/blad"): _nowhere("/toezicht/inzage/1/blad"),
    ("GET", "/toezicht/inzage/{access_id}/json"): _nowhere("/toezicht/inzage/1/json"),
    ("POST", "/toezicht/inzage/{access_id}"): _never_asked,
    ("POST", "/v1/cases/{case_id}/rounds"): _never_asked,
    ("GET", "/casus/{case_id}/verwijderen"): _removing,
    ("POST", "/casus/{case_id}/verwijderen"): _never_asked,
    ("GET", "/casus/{case_id}/samenvoegen/{other_id}"): _joining,
    ("POST", "/casus/{case_id}/samenvoegen/{other_id}"): _never_asked,
    ("GET", "/casus/{case_id}/corrigeren/{process}/{element}"): _corrections(),
    ("POST", "/casus/{case_id}/corrigeren/{process}/{element}/formulier"): _corrections({}, "/formulier"),
    ("POST", "/casus/{case_id}/corrigeren/{process}/{element}"): _never_asked,
    ("GET", "/casus/{case_id}/intrekken"): _taking_back,
    ("GET", "/casus/{case_id}/afschrift/{person}"): _copies,
    ("GET", "/casus/{case_id}/overzicht-gezin/{person}"): _overviews,
    ("POST", "/casus/{case_id}/intrekken"): _never_asked,
    ("POST", "/casus/{case_id}/intrekken/vooraf"): _taken_back,
    ("POST", "/v1/cases/{case_id}/withdrawals"): _never_asked,
    ("POST", "/werken-als"): _never_asked,
    ("POST", "/concept"): _never_asked,
    ("POST", "/concept/weg"): _never_asked,
    ("GET", "/wat-ik-schreef/{case_id}/later"): _noting,
    ("POST", "/wat-ik-schreef/{case_id}/later"): _never_asked,
    ("GET", "/wat-ik-schreef"): _list("/wat-ik-schreef", "/wat-ik-schreef?na=3"),
    ("GET", "/taken/{task_id}"): _tasks("/taken/{task}"),
    ("POST", "/taken/{task_id}/formulier"): _tasks("/taken/{task}/formulier", {}),
    ("POST", "/taken/{task_id}"): _never_asked,
    ("POST", "/taken/{task_id}/claim"): _never_asked,
    ("POST", "/taken/{task_id}/release"): _never_asked,
    ("POST", "/taken/{task_id}/overslaan"): _never_asked,
    ("POST", "/v1/tasks/{task_id}/skip"): _never_asked,
    ("POST", "/taken/{task_id}/reassign"): _never_asked,
    ("GET", "/toezicht"): _watching("/toezicht"),
    ("GET", "/toezicht/csv"): _watching("/toezicht/csv"),
    ("GET", "/signaal"): _plain("/signaal"),
    ("GET", "/signaal/overleggen"): _plain("/signaal/overleggen"),
    ("POST", "/signaal/formulier"): _never_asked,
    ("POST", "/signaal"): _never_asked,
    ("GET", "/opzetten"): _never_asked,
    ("POST", "/opzetten/formulier"): _never_asked,
    ("POST", "/opzetten"): _never_asked,
    ("GET", "/beheer"): _house("/beheer", rules.runs),
    ("GET", "/beheer/mensen/nieuw"): _house("/beheer/mensen/nieuw", rules.runs),
    ("POST", "/beheer/mensen/nieuw"): _never_asked,
    ("GET", "/beheer/mensen/{id}"): _colleague("/beheer/mensen/mila"),
    ("POST", "/beheer/mensen/{id}"): _never_asked,
    ("GET", "/beheer/mensen/{id}/stoppen"): _colleague("/beheer/mensen/mila/stoppen"),
    ("POST", "/beheer/mensen/{id}/stoppen"): _never_asked,
    ("GET", "/beheer/mensen/{id}/afwezig"): _colleague("/beheer/mensen/mies/afwezig"),
    ("POST", "/beheer/mensen/{id}/afwezig"): _never_asked,
    ("GET", "/beheer/organisaties"): _house("/beheer/organisaties", rules.runs),
    ("GET", "/beheer/organisaties/{region}/{id}"): _organisation(f"/beheer/organisaties/{process.REGION}/heuvelkind"),
    ("POST", "/beheer/organisaties/{region}/{id}"): _never_asked,
    ("POST", "/beheer/organisaties/{region}/{id}/stand"): _never_asked,
    ("GET", "/beheer/kaart"): _house("/beheer/kaart", rules.runs),
    ("GET", "/beheer/kaart/{region}/{id}"): _organisation(f"/beheer/kaart/{process.REGION}/heuvelkind"),
    ("POST", "/beheer/kaart/{region}/{id}"): _never_asked,
    ("POST", "/beheer/kaart/{region}/{id}/nagekeken"): _never_asked,
    ("GET", "/beheer/kaart/{region}/blad/{sheet}/{id}"): _organisation(
        f"/beheer/kaart/{process.REGION}/blad/organisaties/nieuw"
    ),
    ("POST", "/beheer/kaart/{region}/blad/{sheet}/{id}"): _never_asked,
    ("POST", "/beheer/kaart/{region}/blad/{sheet}/{id}/stoppen"): _never_asked,
    ("GET", "/beheer/voorstellen"): _house("/beheer/voorstellen", rules.approves),
    ("POST", "/beheer/voorstellen"): _never_asked,
    ("POST", "/beheer/voorstellen/{id}"): _never_asked,
    # a link opens nothing to who is signed in: what it shows to who has it stands in tests/api/test_answering.py
    ("GET", "/antwoord/{token}"): _nowhere("/antwoord/onbekend"),
    ("POST", "/antwoord/{token}"): _never_asked,
    ("POST", "/antwoord/{token}/formulier"): _never_asked,
    ("POST", "/afmelden"): _never_asked,
    ("GET", "/aanmelden"): _plain("/aanmelden"),
    ("POST", "/aanmelden"): _never_asked,
    ("GET", "/mijn"): _plain("/mijn"),
    ("GET", "/mijn/afwezig"): _plain("/mijn/afwezig"),
    ("POST", "/mijn/afwezig"): _never_asked,
    ("POST", "/mijn/sessies"): _never_asked,
    ("POST", "/mijn/mail"): _never_asked,
    ("GET", "/regio.css"): _plain("/regio.css"),
    ("GET", "/hulp-vragen"): _plain("/hulp-vragen"),
    ("GET", "/hulp-vragen/zelf"): _plain("/hulp-vragen/zelf"),
    ("POST", "/hulp-vragen/zelf"): _never_asked,  # anybody may, and nobody is told anything of a family by it
    ("GET", "/hulp-vragen/voor-gezin"): _plain("/hulp-vragen/voor-gezin"),
    ("POST", "/hulp-vragen/voor-gezin"): _never_asked,
    ("GET", "/hulp-vragen/status"): _plain("/hulp-vragen/status"),
    ("POST", "/hulp-vragen/status"): _never_asked,
    ("GET", "/aanmeldingen"): _plain("/aanmeldingen"),
    ("POST", "/aanmeldingen/{number}/pakken"): _never_asked,
    ("GET", "/aanmeldingen/{number}"): _nowhere("/aanmeldingen/1"),
    ("POST", "/aanmeldingen/{number}/afronden"): _never_asked,
    ("GET", "/werkwijze"): _plain("/werkwijze"),  # what a process says, of no case
    ("GET", "/werkwijze/{version}"): _nowhere("/werkwijze/onbekend"),
    ("GET", "/werkwijze/{version}/{process}/{element}"): _nowhere("/werkwijze/onbekend/casus/begin"),
    ("GET", "/invoeren"): _plain("/invoeren"),  # what is typed there comes from who types it
    ("POST", "/invoeren"): _never_asked,
    ("GET", "/invoeren/voorbeeld.csv"): _plain("/invoeren/voorbeeld.csv"),
    ("GET", "/cijfers"): _plain("/cijfers"),  # counts, which name no family
    ("GET", "/cijfers/{name}"): _plain("/cijfers/cijfers.csv"),
    ("GET", "/zorgpaden"): _plain("/zorgpaden"),
    ("GET", "/zorgpaden/cijfers"): _plain("/zorgpaden/cijfers"),
    ("GET", "/zorgpaden/{municipality}"): _plain(f"/zorgpaden/{process.HERE}"),
    (
        "POST",
        "/zorgpaden/{municipality}/{topic}/niets",
    ): _never_asked,  # everybody who works here may: it is of no family
    ("GET", "/zorgpaden/{municipality}/{topic}"): _plain(f"/zorgpaden/{process.HERE}/geld"),
    ("POST", "/demo/klok"): _never_asked,
    ("GET", "/healthz"): _plain("/healthz"),
    ("GET", "/readyz"): _plain("/readyz"),
    ("GET", "/metrics"): _plain("/metrics"),
    ("MOUNTED", "/static"): _never_asked,
    ("GET", "/v1/openapi.json"): _plain("/v1/openapi.json"),
    ("GET", "/v1/tasks"): _list(
        "/v1/tasks?list=alle", "/v1/tasks?list=mijn", "/v1/tasks?list=rol", "/v1/tasks?list=te-laat"
    ),
    ("POST", "/v1/tasks/search"): _search_api,
    ("GET", "/v1/tasks/{task_id}"): _tasks("/v1/tasks/{task}"),
    ("POST", "/v1/tasks/{task_id}/claim"): _never_asked,
    ("POST", "/v1/tasks/{task_id}/release"): _never_asked,
    ("POST", "/v1/tasks/{task_id}/complete"): _never_asked,
    ("GET", "/v1/cases"): _list("/v1/cases", "/v1/cases?status=lopend", "/v1/cases?status=gesloten"),
    ("POST", "/v1/cases"): _never_asked,
    ("GET", "/v1/cases/{case_id}"): _case("/v1/cases/{case}"),
    ("POST", "/v1/cases/{case_id}/messages"): _never_asked,
    ("POST", "/v1/cases/{case_id}/undo"): _never_asked,
    ("POST", "/v1/cases/{case_id}/removal"): _never_asked,
    ("POST", "/v1/cases/{case_id}/join"): _never_asked,
    ("POST", "/v1/cases/{case_id}/notes"): _never_asked,
    ("GET", "/v1/notes"): _list("/v1/notes", "/v1/notes"),
    ("POST", "/v1/tasks/{task_id}/assignee"): _never_asked,
    ("POST", "/v1/cases/{case_id}/closure"): _never_asked,
    ("GET", "/v1/people"): _house("/v1/people", rules.runs),
    ("POST", "/v1/people"): _never_asked,
    ("GET", "/v1/people/{person_id}"): _colleague("/v1/people/mila"),
    ("POST", "/v1/people/{person_id}"): _never_asked,
    ("POST", "/v1/people/{person_id}/end"): _never_asked,
    ("GET", "/v1/people/{person_id}/absences"): _absences,
    ("POST", "/v1/people/{person_id}/absences"): _never_asked,
    ("POST", "/v1/people/{person_id}/absences/{absence_id}/end"): _never_asked,
    ("GET", "/v1/proposals"): _house("/v1/proposals", rules.approves),
    ("POST", "/v1/proposals"): _never_asked,
    ("POST", "/v1/proposals/{proposal_id}/decision"): _never_asked,
    ("GET", "/v1/vacancies"): _house("/v1/vacancies", rules.approves),
    ("POST", "/v1/cases/{case_id}/access-requests"): _never_asked,
    ("GET", "/v1/access-requests"): _watching("/v1/access-requests"),
    ("GET", "/v1/access-requests/{access_id}"): _nowhere("/v1/access-requests/1"),
    ("GET", "/v1/access-requests/{access_id}/copy"): _nowhere("/v1/access-requests/1/copy"),
    ("POST", "/v1/access-requests/{access_id}/person"): _never_asked,
    ("POST", "/v1/access-requests/{access_id}/passed"): _never_asked,
    ("POST", "/v1/access-requests/{access_id}/outcome"): _never_asked,
    ("GET", "/v1/definitions"): _plain("/v1/definitions"),
    ("GET", "/v1/definitions/{region}/{process}"): _plain(f"/v1/definitions/{process.REGION}/casus"),
}
"""Each address of the application, and how it is asked. What changes something is tried apart, by `attempts`."""


DEMO = {("POST", "/aanmelden"), ("POST", "/demo/klok")}
"""The addresses that only a demo has."""

EARNEST = {
    ("GET", "/aanmelden/terug"),
    ("GET", "/aanmelden/{id}"),
    ("GET", "/aanmelden/sleutel"),
    ("POST", "/aanmelden/sleutel"),
    ("POST", "/aanmelden/sleutel/begin"),
    ("POST", "/aanmelden/code"),
    ("GET", "/uitnodiging/{token}"),
    ("POST", "/uitnodiging/{token}"),
    ("POST", "/uitnodiging/{token}/begin"),
    ("POST", "/mijn/sleutels"),
    ("POST", "/mijn/sleutels/begin"),
    ("POST", "/mijn/codes"),
    ("POST", "/beheer/mensen/{id}/uitnodiging"),
}
"""The addresses that a demo has not. They show how one comes in, one's own keys, or that somebody is invited: nothing
that a case holds.
"""

READING = tuple(
    ("GET", path)
    for path in (
        "/vandaag",
        "/werk",
        "/afspraken",
        "/casus",
        "/casus/{case_id}",
        "/wat-ik-schreef",
        "/v1/tasks",
        "/v1/cases/{case_id}",
    )
)
"""Where somebody reads."""


def addresses(app: FastAPI) -> set[tuple[str, str]]:
    """Every address that the application answers, with its method; `MOUNTED` and its name for folders of files."""
    return set(_addresses(app.routes))


MOUNTED = "MOUNTED"


def _addresses(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Route):
            yield from ((method, route.path) for method in route.methods or () if method != "HEAD")
        elif isinstance(route, Mount):
            yield MOUNTED, route.path
        else:
            yield from _addresses(route.original_router.routes)  # type: ignore[attr-defined] # of FastAPI, included


# --- what somebody may not do ----------------------------------------------------------------------------------


def attempts(survey: Survey) -> None:
    """Try each verb as everybody who may not: it is refused, in a way that tells no more than they know."""
    for person in STAFF.values():
        attempt(survey, person)


def attempt(survey: Survey, person: Staff) -> None:
    """Try each verb as somebody who may not."""
    for path, ask in _forbidden(survey, person):
        survey.cells += 1
        survey.look(person, path, ask)


def _forbidden_house(survey: Survey, person: Staff) -> Iterator[tuple[str, Ask]]:
    no = partial(Ask, "POST", sight=Sight.NEVER, refusals=REFUSED)
    if rules.runs_here(survey.world.file, person) is Sight.NEVER:
        wanted = {"naam": "Wie dan ook", "rol": f"{person.home}/procesregisseur", "reden": "omdat"}
        if rules.runs(person) is Sight.NEVER:
            yield "POST …/nieuw", no("/beheer/mensen/nieuw", form=wanted)
            yield "POST /v1/people", no("/v1/people", json={"name": "Wie dan ook", "reason": "omdat"})
        yield "POST …/mensen", no("/beheer/mensen/vera", form=wanted)
        yield "POST …/stoppen", no("/beheer/mensen/vera/stoppen", form={"reden": "omdat"})
        yield "POST /v1/…/vera", no("/v1/people/vera", json={"name": "Vera", "reason": "omdat"})
        yield "POST /v1/…/end", no("/v1/people/vera/end", json={"reason": "omdat"})
        if person.who != "vera":
            away = {"van": "2027-01-01", "tot": "2027-01-02"}
            yield "POST …/afwezig", no("/beheer/mensen/vera/afwezig", form=away)
            away = {"first": "2027-01-01", "last": "2027-01-02"}
            yield "POST /v1/…/absences", no("/v1/people/vera/absences", json=away)
    if rules.runs_region(PLACES, person) is Sight.NEVER:
        place = f"/beheer/organisaties/{process.REGION}/heuvelkind"
        yield "POST …/organisaties", no(place, form={"naam": "Anders"})
        yield "POST …/stand", no(f"{place}/stand", form={"stand": "gestopt"})
        listing = f"/beheer/kaart/{process.REGION}/heuvelkind"
        yield "POST …/kaart", no(listing, form={"does": "Iets anders."})
        yield "POST …/nagekeken", no(f"{listing}/nagekeken", form={})
        sheet = f"/beheer/kaart/{process.REGION}/blad"
        yield "POST …/blad", no(f"{sheet}/onderwerpen/nieuw", form={"name": "Iets anders"})
        yield "POST …/stoppen", no(f"{sheet}/organisaties/heuvelkind/stoppen", form={})
    if rules.approves(person) is Sight.NEVER:
        yield "POST …/voorstellen/1", no("/beheer/voorstellen/1", form={"besluit": "goed"})
        chosen = {"gemeente": person.home, "organisatie": "buurtlicht", "persoon": person.id, "reden": "omdat"}
        yield "POST …/voorstellen", no("/beheer/voorstellen", form=chosen)
        yield "POST /v1/…/decision", no("/v1/proposals/1/decision", json={"approves": True})
        chosen = {"municipality": person.home, "organisation": "buurtlicht", "person": person.id, "reason": "omdat"}
        yield "POST /v1/proposals", no("/v1/proposals", json=chosen)


def _forbidden_beginnings(survey: Survey, person: Staff, no: partial[Ask]) -> Iterator[tuple[str, Ask]]:
    case = survey.world.case
    if rules.reopens(survey.world.file, person) is Sight.NEVER:
        yield "POST …/heropenen", no(f"/casus/{case}/heropenen", form={"reden": "omdat"})
        yield "POST /v1/…/rounds", no(f"/v1/cases/{case}/rounds", json={"reason": "omdat"})
    yield "POST …/overleg", no(f"/casus/{case}/overleg", form={})
    if rules.overview(survey.world.file, person) is Sight.NEVER:
        yield "POST …/verslag", no(f"/casus/{case}/verslag/gezin", form={"soort": "pdf"})
    if rules.plans(survey.world.file, person) is Sight.NEVER:
        for what in ("plannen", "antwoord", "kiezen", "uitnodigen", "afzeggen"):
            yield f"POST …/overleg/{what}", no(f"/casus/{case}/overleg/{what}", form={})
    if notes(survey, person) is Sight.NEVER:
        yield "POST …/later", no(f"/wat-ik-schreef/{case}/later", form={"tekst": "brief"}, refusals=UNKNOWN)
        yield "POST /v1/…/notes", no(f"/v1/cases/{case}/notes", json={"text": "brief"}, refusals=UNKNOWN)
    if not rules.is_team(survey.world.file, person):
        asked = {"about": "moeder", "asker": "Zij", "askedOn": "2026-01-01", "identity": "Bekend"}
        yield "POST /v1/…/access-requests", no(f"/v1/cases/{case}/access-requests", json=asked)


def _forbidden_whole(survey: Survey, person: Staff, no: Callable[..., Ask]) -> Iterator[tuple[str, Ask]]:
    """What is done with a case as a whole."""
    file, place = survey.world.file, f"/casus/{survey.world.case}"
    if rules.closes(file, person) is Sight.NEVER:
        yield "POST …/sluiten", no(f"{place}/sluiten", form={"reden": "omdat"})
        yield "POST /v1/…/closure", no(f"/v1/cases/{survey.world.case}/closure", json={"reason": "omdat"})
    if rules.follows(file, person) is Sight.NEVER:
        yield "POST …/pauze", no(f"{place}/pauze", form={"reden": "omdat", "tot": "2027-01-01"})
        yield "POST …/contact", no(f"{place}/contact", form={"hoe": "gebeld"})


def _forbidden(survey: Survey, person: Staff) -> Iterator[tuple[str, Ask]]:
    world, file = survey.world, survey.world.file
    unknown = survey.knows(person) is Sight.NEVER
    no = partial(Ask, "POST", sight=Sight.NEVER, refusals=UNKNOWN if unknown else REFUSED | {409})
    place = f"/casus/{world.case}"
    yield from _forbidden_beginnings(survey, person, no)
    yield from _forbidden_house(survey, person)
    yield from _forbidden_whole(survey, person, no)
    if rules.removes(file, person) is Sight.NEVER:
        yield "POST …/verwijderen", no(f"{place}/verwijderen", form={"reden": "vergissing"})
        yield "POST /v1/…/removal", no(f"/v1/cases/{world.case}/removal", json={"reason": "vergissing"})
    if not rules.is_team(file, person):
        yield "POST …/samenvoegen", no(f"{place}/samenvoegen/{world.case}", form={})
        yield "POST /v1/…/join", no(f"/v1/cases/{world.case}/join", json={"into": world.case})
    if rules.takes_back(file, person) is Sight.NEVER:
        refusals = UNKNOWN if unknown else REFUSED | {409, 303}  # nothing is left to take back, says the next page
        yield "POST …/intrekken", no(f"{place}/intrekken", form={}, refusals=refusals)
        yield "POST /v1/…/withdrawals", no(f"/v1/cases/{world.case}/withdrawals", json={})
    if person.who != world.last:
        yield "POST …/ongedaan", no(f"{place}/ongedaan", form={})
        yield "POST /v1/…/undo", no(f"/v1/cases/{world.case}/undo")
    for step in process.TOLD:
        if rules.tells(file, person, frozenset(step.tellers)) is Sight.NEVER:
            yield "POST …/bericht", no(f"{place}/bericht/{step.message}", form={})
            yield "POST /v1/…/messages", no(f"/v1/cases/{world.case}/messages", json=step.telling)
            break
    yield from _forbidden_tasks(survey, person, no)
    for id_ in {done.step.id for done in world.done}:
        if corrects(survey, person, id_) is Sight.NEVER:
            done = next(done for done in world.done if done.step.id == id_)
            yield "POST …/corrigeren", no(_correction(survey, done), form={"_reden": "beter"})


def _forbidden_tasks(survey: Survey, person: Staff, no: Callable[..., Ask]) -> Iterator[tuple[str, Ask]]:
    world, file = survey.world, survey.world.file
    for row in world.rows():
        step = STEPS[row.element]
        if rules.does(file, person, world.work(step, row)) is Sight.NEVER:
            hidden = {"refusals": UNKNOWN} if step.secret or step.chosen else {}
            yield "POST /v1/…/complete", no(f"/v1/tasks/{row.id}/complete", json={"answers": {}}, **hidden)
            yield "POST …/taken", no(f"/taken/{row.id}", form={}, **hidden)
            yield "POST /concept", no("/concept", form={"_adres": f"/taken/{row.id}", "iets": "x"}, **hidden)
            if rules.takes_over(file, person, world.work(step, row)) is Sight.NEVER:
                yield "POST …/claim", no(f"/taken/{row.id}/claim", form={}, **hidden)
            if not rules.is_team(file, person):  # who keeps the overview may give it to somebody, and so let it wait
                yield "POST …/uitstellen", no(f"/taken/{row.id}/uitstellen", form={"reden": "omdat"}, **hidden)
            yield "POST …/overslaan", no(f"/taken/{row.id}/overslaan", form={"reden": "omdat"}, **hidden)
            yield "POST /v1/…/skip", no(f"/v1/tasks/{row.id}/skip", json={"reason": "omdat"}, **hidden)
        if not step.secret and not step.chosen:
            yield from _handed(survey, person, row, no)


def _handed(survey: Survey, person: Staff, row: TaskRow, no: Callable[..., Ask]) -> Iterator[tuple[str, Ask]]:
    """A task is given only by who keeps the overview, and only to somebody to whom all that it shows opens."""
    world, file = survey.world, survey.world.file
    step = STEPS[row.element]
    work = world.work(step)
    team = rules.is_team(file, person)
    able = {other.who for other in STAFF.values() if rules.receives(file, other, work) is not Sight.NEVER}
    everybody = sorted({other.who for other in STAFF.values()})
    for other in everybody if team else (world.random.choice(everybody),):
        if not team or other not in able:
            refusals = no("").refusals | {422}
            yield "POST …/reassign", no(f"/taken/{row.id}/reassign", form={"aan": other}, refusals=refusals)
            several = {"taak": str(row.id), "aan": other, "reden": "omdat"}
            yield "POST …/doorgeven", no("/werk/doorgeven", form=several, refusals=refusals | {200})
            yield "POST /v1/…/assignee", no(f"/v1/tasks/{row.id}/assignee", json={"person": other}, refusals=refusals)
