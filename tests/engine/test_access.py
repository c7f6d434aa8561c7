"""Who sees and does what: the rules one by one, the queries beside the rules, and what must not leak."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import access, cases, definitions, feel, forms, store
from engine.access import Appointment, CaseFacts, Need, Person, Sight, TaskFacts
from engine.cases.asking import is_safety
from engine.consent import REMEMBERED, Opening
from engine.definitions import Definition, Role
from engine.definitions.registers import AgreementRow, DisclosureRow, Entry, SafetyRow
from engine.errors import NotAllowedError, NotFoundError
from engine.scenarios import Scenario
from engine.store import Database
from engine.store.case_files import CaseRow
from engine.store.case_lists import CaseFilter
from engine.store.searching import Found
from engine.store.tables import case_file, opening, participant, task, task_role
from engine.words import Hat, Part, RoleId, TaskList, Verb
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.playing import (
    COORDINATOR,
    ELSEWHERE,
    LEAD,
    OVERSEER,
    PARTNER,
    REPORTER,
    STRANGER,
    Play,
    definition,
    example,
)

ROLES = {
    "procesregisseur": Role("procesregisseur", "", oversees=("casus",)),
    "regie": Role("regie", "", also=("procesregisseur", "casusregisseur"), oversees=()),
    "bestuurder": Role("bestuurder", "", oversees=("opzetten",)),
    **{id: Role(id, "") for id in ("aanmelder", "casusregisseur", "kernpartner", "vrijwilliger")},
}
HERE, THERE = "kerkrade", "vaals"
EVERYWHERE = {HERE: ROLES, THERE: ROLES}


def sight(*roles: str, organisation: str = "jgz", sort: str = "zorg", place: str = HERE, id: str = "ik") -> Sight:
    person = Person(id, "", organisation, "", tuple(Appointment(r, place) for r in roles))
    return access.sight(person, EVERYWHERE, sort)


CELL = Opening("jgz", "delen", "contact", "ans")


def facts(*part: str, opened: Iterable[Opening] = (), process: str = "casus", **more: Any) -> CaseFacts:
    return CaseFacts(process, HERE, frozenset(part), frozenset(opened), **more)


def open_to_us(*part: str, **more: Any) -> CaseFacts:
    """A case whose gate is open and of which something is open to the own organisation."""
    return facts(*part, opened=[CELL], agreed=True, **more)


# --- the rules -------------------------------------------------------------------------------------------------

REGISTERS = {"gezin", "toestemming", "overleg", "afspraken", "verstrekking", "evaluatie"}
SIGNAL = {"verloop", "betrokken", "antwoorden", "historie"}
WHOLE = SIGNAL | {"afloop", "doelen"} | REGISTERS
SHARED = {"verloop", "betrokken", "antwoorden", "doelen", "overleg", "afspraken"}


@pytest.mark.parametrize(
    ("seen", "case", "expected"),
    [
        (sight("procesregisseur"), facts(), SIGNAL | {"afloop"}),
        (sight("procesregisseur"), open_to_us(), WHOLE),
        (sight("procesregisseur"), facts(agreed=True), SIGNAL | {"afloop"}),
        (sight("procesregisseur"), open_to_us(running=False), {"afloop"}),
        (sight("procesregisseur"), facts(process="opzetten"), set()),
        (sight("procesregisseur", place=THERE), open_to_us(), set()),
        (sight("bestuurder"), open_to_us(), set()),
        (sight("regie"), open_to_us(), WHOLE),
        (sight("casusregisseur"), open_to_us(), set()),
        (sight("casusregisseur"), open_to_us("casusregisseur"), WHOLE - {"afloop"}),
        (sight("casusregisseur"), facts("casusregisseur", agreed=True), set()),
        (sight("casusregisseur"), open_to_us("casusregisseur", running=False), set()),
        (sight("aanmelder"), facts("aanmelder"), {"afloop", "antwoorden", "verloop"}),
        (sight("aanmelder"), facts("aanmelder", agreed=True), {"afloop", "antwoorden"}),
        (sight("aanmelder"), facts("aanmelder", running=False), set()),
        (sight("aanmelder"), facts(), set()),
        (sight("aanmelder"), facts(assigned=True), {"afloop", "antwoorden", "verloop"}),
        (sight("kernpartner"), facts(agreed=True), set()),
        (sight("kernpartner"), open_to_us(), SHARED),
        (sight("kernpartner"), facts(opened=[CELL]), SHARED),
        (sight("kernpartner"), open_to_us(running=False), set()),
        (sight("kernpartner", place=THERE), open_to_us(), set()),
        (sight("kernpartner", organisation=""), open_to_us(), set()),
        (sight("kernpartner"), facts("kernpartner", agreed=True), set()),
    ],
)
def test_parts_of_a_case(seen: Sight, case: CaseFacts, expected: set[str]) -> None:
    assert access.parts(seen, case) == expected


def test_who_acts_in_the_safety_file_sees_it_beside_whatever_else_and_also_when_the_case_has_ended() -> None:
    for case in (facts("veiligheid"), open_to_us(FILE), open_to_us(FILE, running=False)):
        alone, without = sight("aanmelder"), replace(case, part_as=frozenset())
        assert "veiligheid" in access.parts(alone, case)
        assert "veiligheid" not in access.parts(sight("procesregisseur"), without)
        overseer = access.parts(sight("procesregisseur"), case)
        assert overseer >= access.parts(sight("procesregisseur"), without) | {"veiligheid"}


@pytest.mark.parametrize("role", ["beheerder", "functionaris"])
def test_who_runs_or_watches_the_house_sees_no_family_whatever_a_region_says_of_the_role(role: str) -> None:
    merged = {**ROLES, role: Role(role, "", also=("procesregisseur", "kernpartner"), oversees=("casus", "opzetten"))}
    person = Person("ik", "Ik", "jgz", appointments=(Appointment(role, HERE),))
    nothing = access.sight(person, {HERE: merged}, "zorg")
    everything = open_to_us()
    assert not nothing.held | nothing.overseen | nothing.partner_in
    assert access.parts(nothing, everything) == set()
    assert not access.reads(nothing, everything, "contact", ("ans",), "delen", ("ik",)), "not even the own words"
    assert not access.may(nothing, everything, tasks("kernpartner", role, assignee="ik"))
    both = replace(person, appointments=(*person.appointments, Appointment("kernpartner", HERE)))
    assert access.sight(both, {HERE: merged}).held == {("kernpartner", HERE)}
    hats = access.hats(both, {HERE: merged}, {"casus"})
    assert [len(worn.appointments) for worn in hats.values()] == [1, 1]
    assert access.sight(hats[access.APART[role]], {HERE: merged}) == nothing


def test_where_no_family_is_asked_who_oversees_or_takes_part_reads_it_also_afterwards() -> None:
    free = CaseFacts("opzetten", HERE, guarded=False)
    chief = sight("bestuurder")
    assert access.parts(chief, free) == access.parts(chief, replace(free, running=False)) == WHOLE
    assert access.parts(sight("vrijwilliger"), free) == set()
    assert access.parts(sight(), replace(free, part_as=frozenset({"vrijwilliger"}))) == {
        "verloop", "antwoorden", "afloop",
    }  # fmt: skip
    assert access.parts(sight("kernpartner"), replace(free, part_as=frozenset({"kernpartner"}))) == set()
    assert access.reads(sight(), free, "verhaal", (), "delen", ())


def test_what_one_wrote_one_rereads_whatever_the_family_says_and_others_only_where_it_is_open() -> None:
    case = open_to_us()
    me = sight("kernpartner")
    assert access.reads(me, facts(), "verhaal", ("ben",), "delen", ("ik",))
    assert access.reads(me, replace(case, running=False), "verhaal", ("ben",), "delen", ("x", "ik"))
    assert access.reads(me, case, "contact", ("ans",), "delen", ("x",))
    assert not access.reads(me, case, "verhaal", ("ans",), "delen", ("x",))
    assert not access.reads(me, case, "contact", ("ans", "ben"), "delen", ("x",))
    assert not access.reads(me, case, "contact", (), "delen", ("x",)), "about nobody known"
    assert not access.reads(me, case, "contact", ("ans",), "overleg", ("x",))
    assert not access.reads(me, replace(case, running=False), "contact", ("ans",), "delen", ("x",))
    assert not access.reads(sight(organisation="ggz"), case, "contact", ("ans",), "delen", ("x",))
    assert not access.reads(sight("procesregisseur", organisation=""), case, "contact", ("ans",), "delen", ("x",))


def test_what_says_nothing_of_a_person_is_read_by_whom_the_case_is_open_to() -> None:
    assert access.reads(sight("kernpartner"), open_to_us(), "", (), "delen", ("x",))
    assert not access.reads(sight("procesregisseur"), facts(), "", (), "delen", ("x",))
    assert not access.reads(sight("kernpartner"), open_to_us(running=False), "", (), "delen", ("x",))


def tasks(
    *roles: str,
    organisation: str = "",
    assignee: str = "",
    circle: str = "",
    sorts: Iterable[str] = (),
    needs: Iterable[Need] = (),
) -> TaskFacts:
    return TaskFacts(frozenset(roles), organisation, assignee, circle, frozenset(sorts), frozenset(needs))


OPEN, OWN = {"zien", "pakken", "afronden"}, {"zien", "loslaten", "afronden"}
FILE = "veiligheid:a"
REACH = Need("delen", "contact", "ans")
STORY = Need("delen", "verhaal", "ans")


@pytest.mark.parametrize(
    ("seen", "case", "task", "expected"),
    [
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger"), OPEN),
        (sight("vrijwilliger", place=THERE), facts(), tasks("vrijwilliger"), set()),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", assignee="ander"), {"zien"}),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", assignee="ik"), OWN),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", needs=[REACH]), set()),
        (sight("vrijwilliger"), facts(opened=[CELL]), tasks("vrijwilliger", needs=[REACH]), OPEN),
        (sight("vrijwilliger"), facts(opened=[CELL]), tasks("vrijwilliger", needs=[REACH, STORY]), set()),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", needs=[STORY._replace(actor="ik")]), OPEN),
        (sight("vrijwilliger"), facts(guarded=False), tasks("vrijwilliger", needs=[STORY]), OPEN),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", assignee="ik", needs=[STORY]), set()),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", sorts=["zorg"]), OPEN),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", sorts=["schuldhulp"]), set()),
        (sight("casusregisseur"), open_to_us(), tasks("casusregisseur"), set()),
        (sight("casusregisseur"), open_to_us("casusregisseur"), tasks("casusregisseur"), OPEN),
        (sight("casusregisseur"), facts("casusregisseur", agreed=True), tasks("casusregisseur"), set()),
        (sight(), facts("casusregisseur", guarded=False), tasks("casusregisseur"), OPEN),
        (sight("kernpartner"), facts(agreed=True), tasks("kernpartner"), set()),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner"), OPEN),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", organisation="jgz"), OPEN),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", organisation="ggz"), set()),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", needs=[STORY]), set()),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", needs=[STORY._replace(organisation="jgz")]), OPEN),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", needs=[STORY._replace(organisation="ggz")]), set()),
        (
            sight("kernpartner", "vrijwilliger"),
            open_to_us(),
            tasks("kernpartner", "vrijwilliger", organisation="ggz"),
            OPEN,
        ),
        (sight("kernpartner"), facts(agreed=True), tasks("kernpartner", assignee="ik"), set()),
        (sight("aanmelder"), facts(assigned=True), tasks("aanmelder", assignee="ik"), OWN),
        (sight("aanmelder"), facts(assigned=True, agreed=True), tasks("aanmelder", assignee="ik"), set()),
        (sight("procesregisseur"), facts(), tasks("aanmelder"), {"zien", "toewijzen"}),
        (sight("procesregisseur"), facts(), tasks("procesregisseur"), OPEN | {"toewijzen"}),
        (sight("procesregisseur"), facts(), tasks("procesregisseur", needs=[REACH]), {"zien", "toewijzen"}),
        (sight("procesregisseur"), open_to_us(), tasks("kernpartner"), OPEN | {"toewijzen"}),
        (sight("procesregisseur"), open_to_us(), tasks("kernpartner", needs=[REACH]), OPEN | {"toewijzen"}),
        (sight("procesregisseur"), open_to_us(), tasks("kernpartner", needs=[STORY]), {"zien", "toewijzen"}),
        (sight("procesregisseur"), open_to_us(), tasks("kernpartner", assignee="x"), {"zien", "toewijzen"}),
        (sight("procesregisseur"), open_to_us(), tasks("procesregisseur", circle=FILE), set()),
        (sight("regie"), facts(), tasks("casusregisseur"), OPEN | {"toewijzen"}),
        (sight("aanmelder"), facts(FILE), tasks("kernpartner", circle=FILE), OPEN | {"toewijzen"}),
        (
            sight("aanmelder"),
            facts(FILE),
            tasks("kernpartner", assignee="x", circle=FILE),
            {"zien", "toewijzen"},
        ),
        (sight("aanmelder"), facts(), tasks("aanmelder", assignee="ik", circle=FILE), OWN | {"toewijzen"}),
        (sight("aanmelder"), facts("aanmelder"), tasks("aanmelder", circle=FILE), set()),
        (sight("aanmelder"), facts("veiligheid:b", "veiligheid"), tasks("aanmelder", circle=FILE), set()),
        (sight(), facts(FILE, agreed=True), tasks("kernpartner", assignee="ik"), set()),
        (sight(), facts(agreed=True), tasks("aanmelder", assignee="ik"), set()),
    ],
)
def test_what_may_be_done_with_a_task(seen: Sight, case: CaseFacts, task: TaskFacts, expected: set[str]) -> None:
    assert access.may(seen, case, task) == expected


def test_what_a_task_shows_beyond_what_is_open_is_what_one_lacks() -> None:
    wrote, agreed = STORY._replace(actor="ik"), STORY._replace(organisation="jgz")
    needs = {REACH, STORY, wrote, agreed, REACH._replace(person="ben"), REACH._replace(purpose="overleg")}
    lacking = access.lacks(sight(), open_to_us(), needs)
    assert lacking == {STORY, REACH._replace(person="ben"), REACH._replace(purpose="overleg")}
    assert access.lacks(sight(), open_to_us(running=False), needs) == needs - {wrote}
    assert access.lacks(sight(), facts(), needs) == needs - {wrote}, "an agreement is known as long as the case is"


@pytest.mark.parametrize(
    ("seen", "case", "task", "may"),
    [
        (sight("kernpartner"), open_to_us(), tasks("kernpartner"), True),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", organisation="ggz"), False),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", organisation="jgz"), True),
        (sight("kernpartner"), open_to_us(), tasks("aanmelder"), False),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", needs=[STORY]), False),
        (sight("kernpartner"), open_to_us(), tasks("kernpartner", sorts=["schuldhulp"]), False),
        (sight("kernpartner", place=THERE), open_to_us(), tasks("kernpartner"), False),
        (sight("kernpartner"), facts(agreed=True), tasks("kernpartner"), False),
        (sight("kernpartner"), facts(), tasks("kernpartner"), True),  # before consent: who signalled works at jgz
        (sight("aanmelder"), facts(), tasks("aanmelder"), True),
        (sight("aanmelder", organisation="ggz"), facts(), tasks("aanmelder"), False),
        (sight("aanmelder"), facts(), tasks("aanmelder", needs=[REACH]), False),
        (sight("aanmelder"), facts(agreed=True), tasks("aanmelder"), False),
        (sight("procesregisseur", organisation="ggz"), facts(), tasks("procesregisseur"), True),
        (sight("procesregisseur", organisation="ggz"), facts(), tasks("procesregisseur", needs=[REACH]), False),
        (sight("aanmelder"), facts(), tasks("aanmelder", circle=FILE), True),
        (sight("aanmelder", organisation="ggz"), facts(), tasks("aanmelder", circle=FILE), False),
        (sight("vrijwilliger", organisation="ggz"), facts(guarded=False), tasks("vrijwilliger"), True),
    ],
)
def test_a_task_is_given_to_who_may_read_it_and_before_consent_within_one_organisation(
    seen: Sight, case: CaseFacts, task: TaskFacts, may: bool
) -> None:
    assert access.may_receive(seen, case, task, {"jgz"}) is may


def test_a_signal_is_removed_by_who_brought_it_until_the_family_was_asked_or_it_ended() -> None:
    own = facts("aanmelder")
    assert access.may_remove(own, asked=False, entered=False)
    assert access.may_remove(facts(), asked=False, entered=True)
    assert not access.may_remove(facts(), asked=False, entered=False)
    assert not access.may_remove(own, asked=True, entered=True)
    assert not access.may_remove(replace(own, running=False), asked=False, entered=True)


def test_the_team_alone_reopens_what_has_ended_and_nobody_what_runs() -> None:
    assert access.may_reopen(sight("procesregisseur"), facts(running=False))
    assert not access.may_reopen(sight("procesregisseur"), facts())
    assert not access.may_reopen(sight("kernpartner"), facts(running=False))


def test_whom_a_family_let_know_of_a_loss_sees_it_as_long_as_it_goes_on() -> None:
    known = facts(f"{RoleId.CIRCLE}:verlies_kring", running=False)
    assert access.parts(sight(), known) == {Part.CIRCLE}
    assert access.parts(sight(), replace(known, going=False)) == set()


def test_one_acts_as_the_team_or_for_the_own_organisation_and_never_as_both() -> None:
    both = Person("ik", "Ik", "jgz", "", (Appointment("procesregisseur", HERE), Appointment("kernpartner", HERE)))
    hats = access.hats(both, EVERYWHERE, {"casus"})
    assert {hat: [a.role for a in worn.appointments] for hat, worn in hats.items()} == {
        Hat.OVERVIEW: ["procesregisseur"],
        Hat.PARTNER: ["kernpartner"],
    }


def test_what_one_region_merges_counts_in_no_other() -> None:
    apart = {HERE: ROLES, THERE: {**ROLES, "regie": Role("regie", "")}}
    both = Person("ik", "", "", "", (Appointment("regie", HERE), Appointment("regie", THERE)))
    seen = access.sight(both, apart)
    assert ("procesregisseur", HERE) in seen.held
    assert {role for role, place in seen.held if place == THERE} == {"regie"}
    assert seen.overseen == {("casus", HERE)}
    nowhere = Person("ik", "", "", "", (Appointment("regie", "elders"),))
    assert access.sight(nowhere, apart).held == {("regie", "elders")}


# --- the queries do what the rules say -------------------------------------------------------------------------

ROLE = st.sampled_from(sorted(ROLES))
PLACE = st.sampled_from([HERE, HERE, HERE, THERE])
ORGANISATION = st.sampled_from(["jgz", "jgz", "ggz", ""])
SORTS = {"jgz": "zorg", "ggz": "hulp_thuis", "": ""}
WHO = st.sampled_from(["p0", "p1", "p2"])
CIRCLE = st.sampled_from(["veiligheid", "veiligheid:a", "veiligheid:b", "veiligheidscoach"])  # the last is none
RELATIVE = st.sampled_from(["ans", "ben"])
CELLS = st.sampled_from([("delen", "contact", "ans"), ("delen", "verhaal", "ben"), ("overleg", "contact", "ans")])
HIDDEN = "huurschuld"

people_drawn = st.lists(
    st.tuples(ORGANISATION, st.lists(st.tuples(ROLE, PLACE), max_size=3, unique=True)), min_size=3, max_size=3
)
need_drawn = st.builds(lambda cell, *own: Need(*cell, *own), CELLS, st.just("") | WHO, ORGANISATION)
task_drawn = st.fixed_dictionaries(
    {
        "roles": st.lists(ROLE, max_size=2, unique=True),
        "organisation": ORGANISATION,
        "assignee": st.none() | WHO,
        "circle": st.sampled_from(["", "", "veiligheid", "veiligheid:a", "veiligheid:b"]),
        "days": st.sampled_from([None, -1, 1]),
        "sorts": st.sets(st.sampled_from(["zorg", "zorg_thuis", "hulp_thuis", "hulp-thuis"]), max_size=2),
        "subject": st.sampled_from(["", HIDDEN]),
        "needs": st.lists(need_drawn, max_size=2),
    }
)
opening_drawn = st.builds(
    lambda organisation, cell, ended: Opening(organisation, REMEMBERED if ended else cell[0], *cell[1:]),
    ORGANISATION.filter(bool),
    CELLS,
    st.booleans(),
)
case_drawn = st.fixed_dictionaries(
    {
        "process": st.sampled_from(["casus", "opzetten"]),
        "place": PLACE,
        "guarded": st.sampled_from([True, True, True, False]),
        "agreed": st.booleans(),
        "status": st.sampled_from(["lopend", "lopend", "klaar", "gesloten"]),
        "named": st.just("") | RELATIVE,
        "named_by": st.just("") | WHO,
        "part": st.lists(st.tuples(WHO, ROLE | CIRCLE), max_size=3, unique=True),
        "opened": st.sets(opening_drawn, max_size=3),
        "tasks": st.lists(task_drawn, min_size=1, max_size=3),
    }
)
Drawn = dict[str, Any]


def fill(tx: store.Transaction, people: Iterable[Person], drawn: Iterable[Drawn]) -> None:
    """Write what was drawn, straight into the tables. When a case has ended nothing is open but what is remembered of
    it, and tasks that nobody knows of; where no family is asked, and in a circle, a task needs nothing.
    """
    store.people.save(tx, people)
    for case in drawn:
        number = store.case_files.add(tx, playing.definition().version, case["process"], case["place"], NOW)
        chosen = {name: case[name] for name in ("guarded", "agreed", "status", "named", "named_by")}
        title = f"Gezin {number}"
        values = {**chosen, "title": title}
        tx.execute(sa.update(case_file).where(case_file.c.id == number).values(values))
        whose = ("contact", case["named"], case["named_by"]) if case["guarded"] else ()
        store.searching.keep_words(tx, number, [Found(title, *whose)])
        for who, role in case["part"]:
            tx.execute(sa.insert(participant).values(case_id=number, person_id=who, role=role, since=NOW))
        running = case["status"] == "lopend"
        store.registers.open_to(tx, number, {c for c in case["opened"] if running or c.purpose == REMEMBERED})
        for task_of_it in case["tasks"]:
            circle, days = task_of_it["circle"], task_of_it["days"]
            if not running and not circle:
                continue
            kept = {name: task_of_it[name] for name in ("organisation", "assignee", "circle", "sorts", "subject")}
            columns = {
                "case_id": number, "key": "k", "root": case["process"], "process": "x", "element": "x", "title": "x",
                "municipality": case["place"], "opened_at": NOW, **kept,
                "deadline": None if days is None else NOW + timedelta(days=days),
            }  # fmt: skip
            (id,) = store.tasks.add(tx, [(columns, task_of_it["roles"])])
            store.answers.need(tx, id, set(task_of_it["needs"]) if case["guarded"] and not circle else ())


@dataclass
class Ruled:
    """What one person finds, by the rules: tasks in each list, those whose subject may be read, and cases by title."""

    lists: dict[str, set[int]]
    subjects: dict[int, str]
    titles: dict[int, str]
    searched: dict[str, set[int]]


def ruled(tx: store.Transaction, seen: Sight) -> Ruled:
    """What `engine.access` says of each case and each task of it, asked one by one."""
    rules = Ruled({kind: set() for kind in TaskList}, {}, {}, {"Gezin": set(), HIDDEN: set(), "Signaal": set()})
    for number in tx.execute(sa.select(case_file.c.id)).scalars().all():
        row = store.case_files.read(tx, number, None)
        case = store.case_files.facts(tx, row, seen)
        title = title_by_the_rules(tx, row, seen)
        assert store.case_files.title(tx, number, seen) == title
        if access.parts(seen, case):
            rules.titles[number] = title
        for waiting in store.tasks.open_tasks(tx, number):
            if Verb.SEE not in access.may(seen, case, waiting.facts):
                continue
            rules.lists[TaskList.ALL].add(waiting.id)
            able = access.is_candidate(seen, case, waiting.facts)
            if able and waiting.assignee == seen.person:
                rules.lists[TaskList.MINE].add(waiting.id)
            if able and not waiting.assignee:
                rules.lists[TaskList.ROLE].add(waiting.id)
            if waiting.deadline is not None and waiting.deadline < NOW:
                rules.lists[TaskList.LATE].add(waiting.id)
            lacking = access.lacks(seen, case, waiting.needs)
            rules.subjects[waiting.id] = "" if lacking else waiting.subject
            rules.searched[title.split()[0]].add(waiting.id)
            if rules.subjects[waiting.id]:
                rules.searched[HIDDEN].add(waiting.id)
    return rules


def title_by_the_rules(tx: store.Transaction, row: CaseRow, seen: Sight) -> str:
    """By its name for who wrote that, and where it is open to the organisation how that person is reached; the
    Knooppunt team remembers it after the end.
    """
    cells = tx.execute(sa.select(opening).where(opening.c.case_id == row.id)).all()
    oversees = (row.process, row.municipality) in seen.overseen
    reach = {
        (cell.organisation, cell.person)
        for cell in cells
        if cell.kind == "contact" and (cell.purpose == "delen" or (cell.purpose == REMEMBERED and oversees))
    }
    knows = not row.guarded or row.named_by == seen.person or (seen.organisation, row.named) in reach
    return f"Gezin {row.id}" if knows else f"Signaal {row.id}"


def compare(tx: store.Transaction, seen: Sight, text: str) -> None:
    """The lists of one person and what a search finds, by query, beside what the rules say of each case and task."""
    rules = ruled(tx, seen)
    for kind in TaskList:
        listing = store.tasks.listing(tx, seen, store.tasks.Filter(kind, limit=1000), NOW)
        assert {line.task_id for line in listing.lines} == rules.lists[kind], kind
        assert listing.total == len(listing.lines) == listing.counts[kind]
        claimable = {line.task_id for line in listing.lines if line.claimable}
        assert claimable == rules.lists[kind] & rules.lists[TaskList.ROLE], "what waits for the own role can be taken"
        assert {line.task_id: line.subject for line in listing.lines} == {
            id: rules.subjects[id] for id in rules.lists[kind]
        }
    asked = store.tasks.Filter(TaskList.ALL, search=text, limit=1000)
    assert {line.task_id for line in store.tasks.listing(tx, seen, asked, NOW).lines} == rules.searched[text]
    lines = store.case_lists.listing(tx, seen, CaseFilter(limit=1000))[0]
    assert {line.id: line.title for line in lines} == rules.titles
    sought = {line.id for line in store.case_lists.listing(tx, seen, CaseFilter(limit=1000, search="Gezin"))[0]}
    assert sought == {id for id, title in rules.titles.items() if title.startswith("Gezin")}


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], print_blob=True
)
@given(
    people_drawn,
    st.lists(case_drawn, min_size=1, max_size=6),
    st.sampled_from(["Gezin", "Signaal", HIDDEN]),
    st.booleans(),
)
def test_lists_show_exactly_what_the_rules_allow(
    database: Database, people: list[tuple[str, list[tuple[str, str]]]], drawn: list[Drawn], text: str, many: bool
) -> None:
    """Also where there are so `many` that lists and searches go another way."""
    everybody = [
        Person(f"p{n}", f"P{n}", organisation, "", tuple(Appointment(*pair) for pair in held))
        for n, (organisation, held) in enumerate(people)
    ]
    who = everybody[0]
    with database.connection(writes=True) as tx, pytest.MonkeyPatch.context() as limits:
        if many:
            limits.setattr(store.searching, "FEW", 0)
            limits.setattr(store.tasks, "KNOWN", 0)
        fill(tx, everybody, drawn)  # rolled back at the end: every example begins with empty tables
        compare(tx, access.sight(who, EVERYWHERE, SORTS[who.organisation]), text)


def test_what_one_case_opens_opens_nothing_in_another(database: Database) -> None:
    """Also where people of two families are called alike."""
    task_of_it: Drawn = {
        "roles": ["kernpartner", "vrijwilliger"], "organisation": "", "assignee": None, "circle": "", "days": -1,
        "sorts": set(), "subject": HIDDEN, "needs": [Need("delen", "contact", "ans"), Need(*STORY[:3], "", "jgz")],
    }  # fmt: skip
    closed: Drawn = {
        "process": "casus", "place": HERE, "guarded": True, "agreed": True, "status": "lopend", "named": "ans",
        "named_by": "", "part": [("p0", "casusregisseur")], "opened": set(), "tasks": [task_of_it],
    }  # fmt: skip
    open_ = {**closed, "opened": {CELL}}
    who = Person("p0", "P0", "jgz", "", tuple(Appointment(role, HERE) for role in ("kernpartner", "vrijwilliger")))
    with database.connection(writes=True) as tx:
        fill(tx, [who], [open_, closed, {**closed, "agreed": False}])
        seen = access.sight(who, EVERYWHERE, "zorg")
        compare(tx, seen, HIDDEN)
        assert [line.subject for line in store.tasks.listing(tx, seen, store.tasks.Filter("alle"), NOW).lines] == [
            HIDDEN
        ]


WALKED = pytest.mark.parametrize(
    "name", ["onveiligheid_naast_het_traject", "voorbespreking", "toestemming_ingetrokken"]
)


@pytest.mark.any_database
def test_lists_open_exactly_what_may_be_opened_while_a_real_case_goes_on(play: Play) -> None:
    opens_what_it_lists(play, "toestemming_ingetrokken")


@pytest.mark.long
@WALKED
def test_lists_open_exactly_what_may_be_opened_in_both_databases(play: Play, name: str) -> None:
    opens_what_it_lists(play, name)


def opens_what_it_lists(play: Play, name: str) -> None:
    """Play an example, and let everybody open each task that is open after every step."""
    people = (REPORTER, COORDINATOR, OVERSEER, LEAD, PARTNER, STRANGER, ELSEWHERE)

    def look() -> None:
        for person in people:
            with play.as_(person, writes=False) as ctx:
                listed = {line.task_id for line in cases.worklist(ctx, cases.Filter("alle", limit=1000)).lines}
                for row in store.tasks.open_tasks(ctx.tx, play.case_id):
                    if row.id in listed:
                        assert cases.task(ctx, row.id).id == row.id
                    else:
                        with pytest.raises(NotFoundError):
                            cases.task(ctx, row.id)

    play.between = look
    play.play(example(name))


# --- what must not leak ----------------------------------------------------------------------------------------


def everything(value: object) -> str:
    """All that a view holds, as text; what the files say of all cases alike is left out."""
    if hasattr(value, "__dataclass_fields__"):
        shared = ("settings", "process", "processes", "element", "form", "roles")
        return repr([everything(getattr(value, f.name)) for f in fields(value) if f.name not in shared])  # type: ignore[arg-type]
    if isinstance(value, (tuple, list)):
        return repr([everything(item) for item in value])
    return repr(value)


def seen_by(play: Play, person: str) -> str:
    """All that a person finds in lists, tasks and the case."""
    with play.as_(person, writes=False) as ctx:
        lists = [cases.worklist(ctx, cases.Filter(kind)) for kind in ("mijn", "rol", "te-laat", "alle")]
        texts = [everything(lists), everything(cases.listing(ctx).rows)]
        texts += [everything(cases.task(ctx, line.task_id)) for line in lists[3].lines]
        try:
            texts.append(everything(cases.case(ctx, play.case_id)))
        except NotFoundError:
            texts.append("geen casus")
    return "\n".join(texts)


SECRETS = ("Schijnbaar", "durft haar post niet", "opgelucht", "schulden")


@pytest.mark.parametrize("person", [OVERSEER, COORDINATOR])
def test_before_consent_who_oversees_knows_only_that_there_is_a_signal(play: Play, person: str) -> None:
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")
    signal = {**example("alles_loopt_goed").actions[0].answers, "gezin_naam": "Schijnbaar-De Boer"}
    play.correct("signaleren", "signaal_vastleggen", signal, "Vader heet De Boer", REPORTER)
    text = seen_by(play, person)
    assert f"Signaal {play.case_id}" in text
    for word in (*SECRETS, "De Boer"):
        assert word not in text
    assert all(word in seen_by(play, REPORTER) for word in ("Schijnbaar", "durft haar post niet"))
    own = [answers.element.id for answers in play.view(COORDINATOR).answers]
    assert own == ["ontvangst_bevestigen"]


@pytest.mark.parametrize("person", [OVERSEER, COORDINATOR])
def test_telling_of_danger_before_consent_shows_nobody_whose_case_it_is(play: Play, person: str) -> None:
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")
    play.tell("acute_onveiligheid", person)
    nameless = f"Signaal {play.case_id}"
    assert "veiligheid" in play.view(person).parts
    assert play.view(person).title == nameless
    assert {line.case_title for line in play.worklist(person).lines} == {nameless}
    for row in play.rows():
        with play.as_(person, writes=False) as ctx:
            assert cases.task(ctx, row.id).case_title == nameless
    name = str(play.document()["gezin_naam"])
    assert play.worklist(person, search=name).total == 0, "nor does a search confirm it"
    with play.as_(person, writes=False) as ctx:
        assert cases.listing(ctx, cases.CaseFilter(search=name)).rows == ()
        assert [line.title for line in cases.listing(ctx).rows] == [nameless]
    assert play.view(REPORTER).title == name


def test_cases_of_a_municipality_that_went_over_into_another_keep_who_oversees_them(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    with play.database.writing() as tx:
        for version in store.versions.current(tx):
            process, region, files, overridden = store.versions.files(tx, version.id)
            settings = yaml.safe_load(files["regio.yaml"])
            del settings["gemeenten"][HERE]
            changed = {**files, "regio.yaml": yaml.safe_dump(settings).encode()}
            later = definitions.assemble(process, region, changed, overridden)
            cases.publish(tx, later, (), NOW + timedelta(days=1))
        assert all(HERE not in m.definition.settings.municipalities for m in play.library.current(tx))
    assert play.worklist(OVERSEER, "alle").total == 2
    assert play.view(OVERSEER).may_close


def test_after_a_no_the_family_stays_nameless(play: Play) -> None:
    play.play(example("geen_toestemming"), until="eigen_zorg_bieden")
    signal = {**example("geen_toestemming").actions[0].answers, "gezin_naam": "Sanne Schijnbaar"}
    play.correct("signaleren", "signaal_vastleggen", signal, "Naam erbij", REPORTER)
    for person in (OVERSEER, COORDINATOR):
        everything_seen = seen_by(play, person)
        for word in (*SECRETS, "Sanne", "Naam erbij"):
            assert word not in everything_seen
    assert play.view(REPORTER).title == "Sanne Schijnbaar"


def test_a_partner_sees_the_case_from_consent_until_it_ends(play: Play) -> None:
    scenario = example("toestemming_ingetrokken")
    play.play(scenario, until="toestemming_vastleggen")
    for person in (LEAD, PARTNER, STRANGER):
        with pytest.raises(NotFoundError):
            play.view(person)
    rest = replace(scenario, actions=scenario.actions[_place(scenario, "toestemming_vastleggen") :])
    play.play(rest, until="toestemming_ingetrokken")
    for person in (LEAD, PARTNER):
        assert play.view(person).title == "Schijnbaar"
    with pytest.raises(NotFoundError):
        play.view(STRANGER)
    play.tell("toestemming_ingetrokken", REPORTER)
    for person in (LEAD, PARTNER, STRANGER):
        with pytest.raises(NotFoundError):
            play.view(person)
        assert "Schijnbaar" not in seen_by(play, person)


def _place(scenario: Scenario, name: str) -> int:
    return [action.name for action in scenario.actions].index(name)


def test_a_partner_who_took_a_task_loses_it_with_the_consent(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    task = play.row("kennismaken")
    with play.as_(LEAD) as ctx:
        cases.claim(ctx, task.id)
    with play.as_(REPORTER) as ctx:
        cases.withdraw(ctx, play.case_id, cases.Wish(organisation="jgz_heuvelkind"))
    assert play.row("kennismaken").assignee == "", "it looks for somebody else"
    last = play.history()[-1]
    assert (last.kind, last.element, last.actor) == ("teruggenomen", "kennismaken", "")
    assert play.worklist(LEAD).total == 0
    with play.as_(LEAD) as ctx, pytest.raises(NotFoundError):
        cases.complete(ctx, task.id, {}, None)
    assert play.worklist(OVERSEER, "alle").total == 1, "who oversees can give it to somebody else"
    assert play.view(PARTNER).title == "Schijnbaar", "what another organisation may know stays"


def test_partners_read_what_was_said_of_their_own_agreements_only(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="evaluatie_voorbereiden")
    mine = [agreement.organisation for agreement in play.view(PARTNER).rows(AgreementRow)]
    assert mine == ["schuldhulp_rondkomstig"]
    partner_reads = seen_by(play, PARTNER)
    assert "De post is open" in partner_reads
    assert "elke donderdag" not in partner_reads, "that was said of another's agreement"
    assert "elke donderdag" in seen_by(play, OVERSEER)


def test_of_what_was_ticked_a_partner_reads_the_kind_that_was_agreed_to_and_no_sign_of_another(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    ticked = {a.element.id: a.values.get("onderwerpen") for a in play.view(PARTNER).answers}
    assert ticked["signaal_vastleggen"] == ticked["levensgebieden_verkennen"] == ["schulden"]
    partner_reads = seen_by(play, PARTNER)
    for word in ("stress", "kan_beter", "durft haar post niet", "zus komt elke week"):
        assert word not in partner_reads
    assert "stress" in seen_by(play, LEAD)


def test_answers_are_shown_as_the_step_answered_them_whatever_was_written_since(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="opdracht_geven")
    assert play.document()["eigen_kracht"].startswith("Haar zus kookt op maandag")
    shown = {a.element.id: a.values for a in play.view(OVERSEER).answers}
    assert shown["gezinsdoelen_opstellen"]["eigen_kracht"] == "Haar zus komt elke week koken."
    assert shown["plan_vastleggen"]["eigen_kracht"].startswith("Haar zus kookt op maandag")
    for answers in play.view(REPORTER).answers:
        assert "eigen_kracht" not in answers.values
    assert "kookt op maandag" not in seen_by(play, REPORTER)


def test_who_corrects_stands_beside_who_wrote_and_makes_nothing_theirs(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    intake = next(a for a in example("alles_loopt_goed").actions if a.name == "aanmelding_beoordelen").answers
    (done,) = (e for e in play.history() if e.element == "aanmelding_beoordelen")
    assert done.actor == COORDINATOR
    answers = {**intake, "intake_toelichting": "Er speelt meer dan één ding."}
    for person in (OVERSEER, PARTNER, LEAD):
        with play.as_(person) as ctx, pytest.raises((NotAllowedError, NotFoundError)):
            cases.correct(ctx, play.case_id, "intake", "aanmelding_beoordelen", answers, "Nieuwsgierig")
    colleague = Person("cas", "Cas Collega", "buurtlicht_kerkrade", "", (Appointment("coordinator", HERE),))
    with play.database.writing() as tx:
        store.people.save(tx, [colleague])
    play.correct("intake", "aanmelding_beoordelen", answers, "Verschreven", "cas")
    (changed,) = (a for a in play.view(COORDINATOR).answers if a.element.id == "aanmelding_beoordelen")
    assert (changed.actor, changed.corrector) == (COORDINATOR, "cas")
    assert changed.values["intake_toelichting"] == answers["intake_toelichting"]


def test_what_a_task_needs_follows_what_is_corrected(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    before = play.row("kennismaken").needs
    with play.database.writing() as tx:
        store.answers.need(tx, play.row("kennismaken").id, ())
    signal = example("alles_loopt_goed").actions[0].answers
    (mother,) = play.document()["gezin"]
    play.correct("signaleren", "signaal_vastleggen", {**signal, "gezin": [mother]}, "Verschreven", REPORTER)
    assert before
    assert play.row("kennismaken").needs == before


def test_closing_leaves_the_team_the_name_and_how_it_ended_and_nobody_else_anything(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin is verhuisd")
    for person in (OVERSEER, COORDINATOR):
        view = play.view(person)
        assert (view.title, view.end_reason) == ("Schijnbaar", "Het gezin is verhuisd")
        assert view.parts == {"afloop"}
        assert (view.family, view.consents, view.goals, view.tasks, view.participants) == ((), (), (), (), ())
        everything_seen = seen_by(play, person)
        for word in ("Sanne", "elke week koken", "Overzicht in geld", "De post"):
            assert word not in everything_seen
    for person in (LEAD, PARTNER, REPORTER, STRANGER):
        assert "Schijnbaar" not in seen_by(play, person)
        with pytest.raises(NotFoundError):
            play.view(person)


UNSAFE = ("Blauwe plekken", "bang voor ruzie", "acute_onveiligheid_door", "signalen_in_kaart")


def test_the_safety_file_is_for_those_who_act_in_it(play: Play) -> None:
    scenario = example("onveiligheid_naast_het_traject")
    place = _place(scenario, "acute_onveiligheid")
    play.play(replace(scenario, actions=scenario.actions[:place]))
    play.tell("acute_onveiligheid", REPORTER)
    play.play(replace(scenario, actions=scenario.actions[place + 1 :]), until="onveiligheid_wegen")
    acting = play.view(REPORTER)
    assert {"veiligheid"} < acting.parts
    assert "Blauwe plekken" in seen_by(play, REPORTER)
    assert any(row.safety for row, _ in acting.tasks)
    for person in (OVERSEER, COORDINATOR, LEAD, PARTNER):
        view = play.view(person)
        assert (view.rows(SafetyRow), "veiligheid" in view.parts) == ((), False)
        assert not any(row.safety for row, _ in view.tasks)
        assert "veiligheid" not in {progress.process.id for progress in view.processes}
        moved = {id for progress in view.processes for id in progress.done | progress.current}
        assert not moved & {"onveiligheid", "onveiligheid_bericht", "pad_veiligheid"}
        text = seen_by(play, person)
        for word in UNSAFE:
            assert word not in text, f"{person} reads {word}"
        for row in play.rows():
            if row.safety:
                with play.as_(person) as ctx, pytest.raises(NotFoundError):
                    cases.complete(ctx, row.id, {}, row.revision)


def in_danger(play: Play) -> None:
    """A case in which the reporter follows the meldcode."""
    scenario = example("onveiligheid_naast_het_traject")
    place = _place(scenario, "acute_onveiligheid")
    play.play(replace(scenario, actions=scenario.actions[:place]))
    play.tell("acute_onveiligheid", REPORTER)


COLLEAGUE = Person("cor", "Cor Collega", "verloskundigen_dalwieg", "", (Appointment("aanmelder", HERE),))


def test_a_task_of_the_safety_file_is_handed_over_by_who_has_it_and_stays_unseen(play: Play) -> None:
    in_danger(play)
    with play.database.writing() as tx:
        store.people.save(tx, [COLLEAGUE])
    (row,) = (each for each in play.rows() if each.safety)
    with play.as_(REPORTER, writes=False) as ctx:
        able = {person.id for person in cases.task(ctx, row.id).candidates}
    assert able == {REPORTER, "cor"}, "nobody outside the organisation of who tells it"
    for person in (STRANGER, LEAD):
        with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
            cases.reassign(ctx, row.id, person)
    for person in (OVERSEER, COORDINATOR, LEAD, "cor"):
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.reassign(ctx, row.id, "cor")
    with play.as_(REPORTER) as ctx:
        cases.reassign(ctx, row.id, "cor")
    assert [line.task_id for line in play.worklist("cor", "mijn").lines] == [row.id]
    assert "veiligheid" in play.view("cor").parts
    assert "veiligheid" in play.view(REPORTER).parts, "who began it may still read what they did"
    for person in (OVERSEER, COORDINATOR, PARTNER):
        everything_seen = seen_by(play, person)
        assert "veiligheid" not in play.view(person).parts
        assert "toegewezen" not in everything_seen
        assert "signalen_in_kaart" not in everything_seen
    step = next(a for a in example("onveiligheid_naast_het_traject").actions if a.name == row.element)
    play.do(row.element, step.answers, by="cor")
    (following,) = (each for each in play.rows() if each.safety)
    assert following.assignee == "cor", "the next steps are for who has it now"


def test_who_sees_danger_too_begins_a_file_of_the_own_and_learns_of_no_other(play: Play) -> None:
    in_danger(play)
    step = next(a for a in example("onveiligheid_naast_het_traject").actions if a.name == "signalen_in_kaart")
    (first,) = (each for each in play.rows() if each.safety)
    play.do("signalen_in_kaart", step.answers, by=REPORTER)
    play.tell("acute_onveiligheid", LEAD)
    theirs, own = sorted((each for each in play.rows() if each.safety), key=lambda each: each.assignee != REPORTER)
    assert (theirs.assignee, own.assignee, own.element) == (REPORTER, LEAD, first.element)
    for person, seen, unseen in ((REPORTER, theirs, own), (LEAD, own, theirs)):
        assert {each.id for each, _ in play.view(person).tasks if each.safety} == {seen.id}
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.task(ctx, unseen.id)
    assert "Blauwe plekken" in seen_by(play, REPORTER)
    assert "Blauwe plekken" not in seen_by(play, LEAD)
    assert not play.view(LEAD).rows(SafetyRow)


def test_a_role_that_one_region_merges_gives_nothing_in_another_region_on_the_same_database(
    database_url: str, opened: Callable[[str], Database], library: cases.Library
) -> None:
    def region(name: str, place: str, **more: object) -> Definition:
        roles = {
            "aanmelder": {"naam": "Aanmelder", **more},
            "procesregisseur": {"naam": "Procesregisseur", "overziet": ["klein"]},
        }
        settings = {
            "naam": name,
            "gemeenten": {place: place},
            "rollen": roles,
            "termijnen": {"na_de_dag": {"duur": "P2D"}},
        }
        files = {**playing.small().files, "regio.yaml": json.dumps(settings).encode()}
        return definitions.assemble("klein", name, files)

    staff = (
        Person("hier", "Hier", "", "", (Appointment("aanmelder", HERE),)),
        Person("daar", "Daar", "", "", (Appointment("aanmelder", THERE),)),
    )
    database = opened(database_url)
    playing.publish(
        database, NOW, region("een", HERE, doet_ook=["procesregisseur"]), region("twee", THERE), staff=staff
    )
    for person, place, sees in (("hier", HERE, True), ("daar", THERE, False)):
        play = Play(database, library, NOW)
        with play.as_(person) as ctx:
            play.case_id = cases.start(ctx, "klein", place, {"hoeveel": "1"}).case_id
        assert ([row.element for row, _ in play.view(person).tasks] == ["nakijken"]) is sees
        assert (play.worklist(person, "rol").total == 1) is sees


def test_a_report_of_unsafety_is_no_disclosure_that_others_read(play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"), until="acute_onveiligheid")
    play.tell("acute_onveiligheid", REPORTER)
    (step,) = (row for row in play.rows() if row.safety)
    values = {"aan": ["veilig_thuis"], "wat": "Melding"}
    entry = Entry("verstrekking", values, {}, item=step.item, source="veiligheid/melding_doen")
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [entry], REPORTER, play.now)
    assert [row.what for row in play.view(REPORTER).rows(DisclosureRow)] == ["Melding"]
    for person in (OVERSEER, COORDINATOR):
        assert play.view(person).rows(DisclosureRow) == ()


def test_who_may_only_give_a_task_away_sees_none_of_its_answers(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    seen = play.task(OVERSEER, "signaal_bespreken")
    assert seen.may == {"zien", "toewijzen"}
    assert (seen.values, seen.subject, set(seen.context)) == ({}, "", {"regio", forms.RELATIVES, feel.NOW})
    assert "Sanne" not in everything(seen)
    assert play.task(REPORTER, "signaal_bespreken").case_title == "Schijnbaar"


def test_the_tables_of_tasks_know_their_roles(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    with play.database.reading() as tx:
        rows = tx.execute(sa.select(task.c.element, task_role.c.role).join(task_role)).all()
    assert set(map(tuple, rows)) == {("signaal_bespreken", "aanmelder"), ("ontvangst_bevestigen", "coordinator")}


def test_a_step_on_the_safety_diagram_is_safety_also_where_a_region_forgot_to_say_its_phase() -> None:
    (step, *_) = (e for e in definition().processes["veiligheid"].user_tasks)
    assert is_safety(replace(step, properties={}))
