"""What a family let go along to another municipality, held against every address of the case that begins there."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import store
from engine.access import Appointment, Person
from engine.words import Message
from tests.oracle import generate, rules, survey
from tests.oracle.conftest import Make
from tests.oracle.generate import STAFF, World, answers
from tests.oracle.process import ASKING, STEPS, THERE
from tests.oracle.rules import Phase, Sight, Staff
from tests.oracle.visiting import Browser

SAMPLE = (3,)
ALL = range(200, 240)
TEAM = "bergteam"
NEWCOMERS = {
    person.id: person
    for person in (
        Staff("cato", TEAM, frozenset({"coordinator"}), THERE),
        Staff("ward", TEAM, frozenset({"kernpartner", "aanmelder"}), THERE),  # of the organisation, not of the team
        Staff("greet", "rondkomstig", frozenset({"coordinator"}), THERE),  # keeps the overview, for another
    )
}
EVERYBODY = {**STAFF, **NEWCOMERS}
NO_CASE = frozenset({404})
READING = frozenset({"/casus/{case_id}", "/v1/cases/{case_id}", "/taken/{task_id}", "/v1/tasks/{task_id}"})
BODIES: Mapping[str, Mapping[str, Any]] = {
    "/v1/cases/{case_id}/messages": STEPS["verkennen"].telling,
    "/v1/tasks/{task_id}/complete": {"answers": {}},
}


class There:
    """The case that began in the other municipality, if one did, asked as everybody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.team = rules.team_of(EVERYBODY.values(), THERE) - {"rondkomstig"}  # as the region names its teams
        people = (
            Person(p.id, p.id.title(), p.organisation, "", tuple(Appointment(role, p.home) for role in p.roles))
            for p in NEWCOMERS.values()
        )
        with world.database.writing() as tx:
            store.people.save(tx, people)
            until = datetime.now(UTC) + timedelta(days=900)
            sessions = {id: store.sessions.begin(tx, id, datetime.now(UTC), until) for id in NEWCOMERS}
        self.browsers = {id: Browser(world._desk, session) for id, session in sessions.items()}
        with world.database.reading() as tx:
            begun = [over.case_id for over in store.handovers.of_case(tx, world.case)]
        self.case = begun[0] if begun else 0

    def browser(self, person: Staff) -> Browser:
        """Somebody's browser."""
        return self.browsers.get(person.id) or self.world.browser(person.id)

    def overseen(self, person: Staff) -> bool:
        """Whether somebody keeps the overview there: they know that there is a signal."""
        return person.home == THERE and bool(person.roles & rules.TEAM)

    def asked(self, person: Staff) -> Iterator[tuple[str, str, int, str]]:
        """Every address that is of a case or a task, asked about this one: method, path, status and what came back."""
        with self.world.database.reading() as tx:
            (task,) = store.tasks.open_tasks(tx, self.case)
        filled = {"case_id": self.case, "other_id": self.case, "task_id": task.id, "name": Message.CONSENT_WITHDRAWN,
                  "process": "casus", "element": "signaal", "person": next(iter(self.world.file.family))}  # fmt: skip
        for method, path in sorted(survey.addresses(self.world.app)):
            if "{case_id}" not in path and "{task_id}" not in path:
                continue
            if self.overseen(person) and (method != "GET" or path not in READING):
                continue  # what changes the case is for them to do; what they read of it is asked here
            address = path.format(**filled)
            browser = self.browser(person)
            if method == "POST" and not path.startswith("/v1"):
                response = browser.post(address, {})
            else:
                response = browser.request(method, address, BODIES.get(path, {}) if method == "POST" else None)
            yield method, path, response.status, (response.text + response.location).lower()

    def lists(self, person: Staff) -> Iterator[tuple[str, str, int, str]]:
        """Where cases and tasks are listed."""
        for path in ("/werk?lijst=alle", "/werk?lijst=rol", "/casus?stand=alle", "/v1/tasks?list=alle", "/v1/cases"):
            response = self.browser(person).get(path)
            yield "GET", path, response.status, response.text.lower()


def moves(world: World) -> bool:
    """A family at random that lets things be known, and moves; False where it never comes to that."""
    random, file = world.random, world.file
    world.start(generate.members(random, random.choice(sorted(generate.FAMILIES))))
    world.say(STEPS["toestemming"], answers(world, ["buurtlicht", "heuvelkind"], eager=True))
    if file.phase is not Phase.RUNNING:
        return False
    for name in random.choices(ASKING, k=3):
        step = STEPS[name]
        if name != "overdragen" and (world.row(step) or world.tell(step)):
            world.ask(step)
    for name in ("overdracht_vragen", "overdragen"):
        if not world.tell(STEPS[name]):
            return False
    said = answers(world, [TEAM, *random.sample(["heuvelkind", "buurtlicht"], 1)], eager=random.random() < 0.7)
    world.say(STEPS["overdracht_vragen"], said, **({"waarheen": THERE} if random.random() < 0.9 else {}))
    world.ask(STEPS["overdragen"])
    return True


def wrong(world: World) -> Iterator[str]:
    """What is wrong with who knows what of the case that began."""
    there = There(world)
    chosen = world.document().get("waarheen") == THERE and not world.row(STEPS["overdragen"])
    expected = chosen and bool(rules.goes_along(world.file, there.team))
    if bool(there.case) is not expected:
        yield f"a case {'begins' if there.case else 'does not begin'} there"
    for person in EVERYBODY.values() if there.case else ():
        yield from (f"{person.id}: {what}" for what in found(there, person))


def found(there: There, person: Staff) -> Iterator[str]:
    """What is wrong with what one person finds."""
    file, met = there.world.file, ""
    sights = {token.text: rules.handed(file, person, token, there.team) for token in file.tokens}
    here = {token.text for token in file.tokens if rules.reads(file, person, token) is not Sight.NEVER}
    for method, path, status, text in there.asked(person):
        if not there.overseen(person) and status not in NO_CASE | ({422} if method == "POST" else set()):
            yield f"{method} {path} answers {status}"
        if there.overseen(person) and status != 200:
            yield f"{method} {path} answers {status}"
        met += text
        yield from (f"{method} {path} shows {w}" for w, s in sights.items() if s is Sight.NEVER and w in text)
    for _, path, _, text in there.lists(person):
        met += text
        if not there.overseen(person) and re.search(rf"/casus/{there.case}\b|\"caseid\": ?{there.case}\b", text):
            yield f"{path} lists it"
        yield from (
            f"{path} shows {word}"
            for word, sight in sights.items()
            if sight is Sight.NEVER and word not in here and word in text
        )
    yield from (f"misses {word}" for word, sight in sights.items() if sight is Sight.MUST and word not in met)


@pytest.mark.parametrize("seed", SAMPLE)
def test_the_team_there_reads_what_the_family_let_go_along_and_nobody_else_anything(make: Make, seed: int) -> None:
    world = make(seed)
    assert moves(world)
    assert list(wrong(world)) == [], "\n".join(world.story)


@pytest.mark.long
@pytest.mark.parametrize("seed", ALL)
def test_that_holds_for_many_families(make: Make, seed: int) -> None:
    world = make(seed)
    if moves(world):
        assert list(wrong(world)) == [], "\n".join(world.story)
