"""Who sees and does what: the rules one by one, the queries beside the rules, and what must not leak."""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import access, cases, definitions, store
from engine.access import Appointment, CaseFacts, Person, Sight, TaskFacts
from engine.cases.asking import is_safety
from engine.definitions import Definition, Role
from engine.definitions.registers import AgreementRow, DisclosureRow, SafetyRow
from engine.errors import NotAllowedError, NotFoundError
from engine.scenarios import Scenario
from engine.store import Database
from engine.store.tables import case_file, consent, consent_organisation, participant, task, task_role
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


def sight(*roles: str, organisation: str = "jgz", place: str = HERE, id: str = "ik") -> Sight:
    return access.sight(Person(id, "", organisation, "", tuple(Appointment(r, place) for r in roles)), EVERYWHERE)


def facts(*part: str, consented: bool = False, shared: bool = False, process: str = "casus") -> CaseFacts:
    return CaseFacts(process, HERE, frozenset(part), consented, shared)


# --- the rules -------------------------------------------------------------------------------------------------

REGISTERS = {"doelen", "toestemming", "overleg", "afspraken", "verstrekking", "evaluatie"}
COURSE = {"verloop", "betrokken", "antwoorden", "historie"}


@pytest.mark.parametrize(
    ("seen", "case", "expected"),
    [
        (sight("procesregisseur"), facts(), COURSE),
        (sight("procesregisseur"), facts(shared=True), COURSE | REGISTERS),
        (sight("procesregisseur"), facts(process="opzetten"), set()),
        (sight("procesregisseur", place=THERE), facts(shared=True), set()),
        (sight("bestuurder"), facts(shared=True), set()),
        (sight("regie"), facts(shared=True), COURSE | REGISTERS),
        (sight("casusregisseur"), facts(shared=True), set()),
        (sight("casusregisseur"), facts("casusregisseur", shared=True), COURSE | REGISTERS),
        (sight("aanmelder"), facts(shared=True), set()),
        (sight("aanmelder"), facts("aanmelder"), {"verloop", "antwoorden"}),
        (sight("kernpartner"), facts(shared=True), set()),
        (
            sight("kernpartner"),
            facts(consented=True, shared=True),
            {"verloop", "doelen", "betrokken", "overleg", "afspraken", "antwoorden"},
        ),
        (sight("kernpartner", organisation=""), facts(consented=True, shared=True), set()),
        (sight("kernpartner"), facts("kernpartner", shared=True), set()),
        (sight("aanmelder"), facts("veiligheid"), {"verloop", "veiligheid"}),
    ],
)
def test_parts_of_a_case(seen: Sight, case: CaseFacts, expected: set[str]) -> None:
    assert access.parts(seen, case) == expected


def tasks(*roles: str, organisation: str = "", assignee: str = "", safety: bool = False) -> TaskFacts:
    return TaskFacts(frozenset(roles), organisation, assignee, safety)


OPEN, OWN = {"zien", "pakken", "afronden"}, {"zien", "loslaten", "afronden"}


@pytest.mark.parametrize(
    ("seen", "case", "one", "expected"),
    [
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger"), OPEN),
        (sight("vrijwilliger", place=THERE), facts(), tasks("vrijwilliger"), set()),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", assignee="ander"), {"zien"}),
        (sight("vrijwilliger"), facts(), tasks("vrijwilliger", assignee="ik"), OWN),
        (sight("casusregisseur"), facts(shared=True), tasks("casusregisseur"), set()),
        (sight("casusregisseur"), facts("casusregisseur"), tasks("casusregisseur"), OPEN),
        (sight("kernpartner"), facts(), tasks("kernpartner"), set()),
        (sight("kernpartner"), facts(consented=True), tasks("kernpartner"), OPEN),
        (sight("kernpartner"), facts(consented=True), tasks("kernpartner", organisation="jgz"), OPEN),
        (sight("kernpartner"), facts(consented=True), tasks("kernpartner", organisation="ggz"), set()),
        (
            sight("kernpartner", "vrijwilliger"),
            facts(consented=True),
            tasks("kernpartner", "vrijwilliger", organisation="ggz"),
            OPEN,
        ),
        (sight("kernpartner"), facts(), tasks("kernpartner", assignee="ik"), set()),
        (sight("procesregisseur"), facts(), tasks("aanmelder"), {"zien", "toewijzen"}),
        (sight("procesregisseur"), facts(), tasks("procesregisseur"), OPEN | {"toewijzen"}),
        (sight("procesregisseur"), facts(shared=True), tasks("kernpartner"), OPEN | {"toewijzen"}),
        (sight("procesregisseur"), facts(shared=True), tasks("kernpartner", assignee="x"), {"zien", "toewijzen"}),
        (sight("procesregisseur"), facts(shared=True), tasks("procesregisseur", safety=True), set()),
        (sight("regie"), facts(), tasks("casusregisseur"), OPEN | {"toewijzen"}),
        (sight("aanmelder"), facts("veiligheid"), tasks("kernpartner", safety=True), OPEN | {"toewijzen"}),
        (
            sight("aanmelder"),
            facts("veiligheid"),
            tasks("kernpartner", assignee="x", safety=True),
            {"zien", "toewijzen"},
        ),
        (sight("aanmelder"), facts(), tasks("aanmelder", assignee="ik", safety=True), OWN | {"toewijzen"}),
        (sight("aanmelder"), facts("aanmelder"), tasks("aanmelder", safety=True), set()),
        (sight(), facts(), tasks("aanmelder", assignee="ik"), set()),
    ],
)
def test_what_may_be_done_with_a_task(seen: Sight, case: CaseFacts, one: TaskFacts, expected: set[str]) -> None:
    assert access.may(seen, case, one) == expected


def test_answers_are_read_by_the_roles_of_their_step_and_by_who_oversees_after_consent() -> None:
    read = access.reads_answers
    step = frozenset({"aanmelder"})
    assert not read(sight("procesregisseur"), facts(), step, safety=False)
    assert read(sight("procesregisseur"), facts(), frozenset({"procesregisseur"}), safety=False)
    assert read(sight("procesregisseur"), facts(shared=True), step, safety=False)
    assert not read(sight("procesregisseur"), facts(shared=True), step, safety=True)
    assert read(sight("aanmelder"), facts("aanmelder"), step, safety=False)
    assert read(sight("kernpartner"), facts("casusregisseur"), step, safety=False)  # the whole of that one case
    assert not read(sight("kernpartner"), facts("casusregisseur"), step, safety=True)
    assert read(sight("aanmelder"), facts("veiligheid"), step, safety=True)
    assert not read(sight("kernpartner"), facts(consented=True), step, safety=False)


def test_candidates_have_the_role_there_and_partners_a_consent() -> None:
    def person(id: str, organisation: str, role: str, place: str = HERE) -> Person:
        return Person(id, id, organisation, "", (Appointment(role, place),))

    people = [
        person("a", "jgz", "kernpartner"),
        person("b", "ggz", "kernpartner"),
        person("c", "jgz", "kernpartner", THERE),
        person("d", "", "regie"),
        person("e", "", "aanmelder"),
    ]

    def able(one: TaskFacts, *consented: str) -> list[str]:
        return [p.id for p in access.candidates(people, one, HERE, frozenset(consented), ROLES)]

    assert able(tasks("kernpartner"), "jgz", "ggz") == ["a", "b"]
    assert able(tasks("kernpartner"), "ggz") == ["b"]
    assert able(tasks("kernpartner", organisation="jgz"), "jgz", "ggz") == ["a"]
    assert able(tasks("kernpartner")) == []
    assert able(tasks("procesregisseur", "aanmelder")) == ["d", "e"], "merged roles count"


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
PLACE = st.sampled_from([HERE, THERE])
ORGANISATION = st.sampled_from(["", "jgz", "ggz"])
WHO = st.sampled_from(["p0", "p1", "p2"])

people_drawn = st.lists(
    st.tuples(ORGANISATION, st.lists(st.tuples(ROLE, PLACE), max_size=3, unique=True)), min_size=3, max_size=3
)
task_drawn = st.tuples(
    st.lists(ROLE, max_size=2, unique=True),
    ORGANISATION,
    st.none() | WHO,
    st.booleans(),
    st.sampled_from([None, -1, 1]),
)
case_drawn = st.fixed_dictionaries(
    {
        "process": st.sampled_from(["casus", "opzetten"]),
        "place": PLACE,
        "shared": st.booleans(),
        "part": st.lists(st.tuples(WHO, ROLE | st.just("veiligheid")), max_size=3, unique=True),
        "consents": st.lists(st.tuples(st.sampled_from(["jgz", "ggz"]), st.booleans(), st.booleans()), max_size=2),
        "tasks": st.lists(task_drawn, min_size=1, max_size=3),
    }
)


def fill(tx: store.Transaction, people: Iterable[Person], drawn: Iterable[dict[str, object]]) -> None:
    """Write what was drawn, straight into the tables."""
    store.people.save(tx, people)
    for one in drawn:
        number = store.case_files.add(tx, playing.definition().version, str(one["process"]), str(one["place"]), NOW)
        empty = store.case_files.lock(tx, number, None)
        store.case_files.save(tx, replace(empty, title=f"Gezin {number}", shared=bool(one["shared"])))
        for who, role in one["part"]:  # type: ignore[attr-defined]
            tx.execute(sa.insert(participant).values(case_id=number, person_id=who, role=role, since=NOW))
        for name, was_given, withdrawn in one["consents"]:  # type: ignore[attr-defined]
            row = {
                "case_id": number, "given": was_given, "categories": [], "recorded_at": NOW,
                "withdrawn_at": NOW if withdrawn else None,
            }  # fmt: skip
            id = tx.execute(sa.insert(consent).values(row).returning(consent.c.id)).scalar_one()
            if was_given:
                tx.execute(sa.insert(consent_organisation).values(consent_id=id, organisation=name))
        for roles, organisation, assignee, safety, days in one["tasks"]:  # type: ignore[attr-defined]
            values = {
                "case_id": number, "key": "k", "root": one["process"], "process": "x", "element": "x", "title": "x",
                "municipality": one["place"], "organisation": organisation, "assignee": assignee, "safety": safety,
                "opened_at": NOW, "deadline": None if days is None else NOW + timedelta(days=days),
            }  # fmt: skip
            store.tasks.add(tx, [(values, roles)])


def compare(tx: store.Transaction, seen: Sight) -> None:
    """The lists of one person, by query, beside what the rules say of each case and task."""
    listed: dict[str, set[int]] = {}
    claimable: set[int] = set()
    for kind in ("mijn", "rol", "te-laat", "alle"):
        found = store.tasks.listing(tx, seen, store.tasks.Filter(kind, limit=1000), NOW)
        listed[kind] = {line.task_id for line in found.lines}
        assert found.total == len(found.lines) == found.counts[kind]
        claimable |= {line.task_id for line in found.lines if line.claimable}
    ruled: dict[str, set[int]] = {kind: set() for kind in listed}
    visible = set()
    titles = {}
    for number in tx.execute(sa.select(case_file.c.id)).scalars().all():
        row = store.case_files.read(tx, number, None)
        case = store.case_files.facts(tx, row, seen)
        if access.parts(seen, case):
            visible.add(number)
            named = case.shared or bool(case.part_as - {"kernpartner", "veiligheid"})
            titles[number] = f"Gezin {number}" if named else f"Signaal {number}"
            assert store.case_files.title(tx, number, seen) == titles[number]
        for one in store.tasks.open_tasks(tx, number):
            if "zien" not in access.may(seen, case, one.facts):
                continue
            ruled["alle"].add(one.id)
            if one.assignee == seen.person and access.is_candidate(seen, case, one.facts):
                ruled["mijn"].add(one.id)
            if not one.assignee and access.is_candidate(seen, case, one.facts):
                ruled["rol"].add(one.id)
            if one.deadline is not None and one.deadline < NOW:
                ruled["te-laat"].add(one.id)
    assert listed == ruled
    assert claimable == ruled["rol"], "what waits for the own role can be taken from every list"
    lines = store.case_files.listing(tx, seen, limit=1000)
    assert {line.id for line in lines} == visible
    assert {line.id: line.title for line in lines} == titles


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], print_blob=True
)
@given(people_drawn, st.lists(case_drawn, min_size=1, max_size=4))
def test_lists_show_exactly_what_the_rules_allow(
    database: Database,
    people: list[tuple[str, list[tuple[str, str]]]],
    drawn: list[dict[str, object]],
) -> None:
    everybody = [
        Person(f"p{n}", f"P{n}", organisation, "", tuple(Appointment(*pair) for pair in held))
        for n, (organisation, held) in enumerate(people)
    ]
    with database.connection(writes=True) as tx:  # rolled back at the end: every example begins with empty tables
        fill(tx, everybody, drawn)
        for person in everybody:
            compare(tx, access.sight(person, EVERYWHERE))


@pytest.mark.parametrize("name", ["onveiligheid_naast_het_traject", "voorbespreking", "toestemming_ingetrokken"])
def test_lists_open_exactly_what_may_be_opened_while_a_real_case_goes_on(play: Play, name: str) -> None:
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
        return repr([everything(one) for one in value])
    return repr(value)


def seen_by(play: Play, person: str) -> str:
    """All that a person finds in lists, tasks and the case."""
    with play.as_(person, writes=False) as ctx:
        lists = [cases.worklist(ctx, cases.Filter(kind)) for kind in ("mijn", "rol", "te-laat", "alle")]
        found = [everything(lists), everything(cases.listing(ctx))]
        found += [everything(cases.task(ctx, line.task_id)) for line in lists[3].lines]
        try:
            found.append(everything(cases.case(ctx, play.case_id)))
        except NotFoundError:
            found.append("geen casus")
    return "\n".join(found)


SECRETS = ("Schijnbaar", "durft haar post niet", "opgelucht", "schulden")


@pytest.mark.parametrize("person", [OVERSEER, COORDINATOR])
def test_before_consent_who_oversees_knows_only_that_there_is_a_signal(play: Play, person: str) -> None:
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")
    signal = {**example("alles_loopt_goed").actions[0].answers, "gezin_naam": "Schijnbaar-De Boer"}
    play.correct("signaleren", "signaal_vastleggen", signal, "Vader heet De Boer", REPORTER)
    found = seen_by(play, person)
    assert f"Signaal {play.case_id}" in found
    for told in (*SECRETS, "De Boer"):
        assert told not in found
    assert all(told in seen_by(play, REPORTER) for told in ("Schijnbaar", "durft haar post niet"))
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
        assert cases.listing(ctx, search=name) == ()
        assert [line.title for line in cases.listing(ctx)] == [nameless]
    assert play.view(REPORTER).title == name


def test_cases_of_a_municipality_that_went_over_into_another_keep_who_oversees_them(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    with play.database.writing() as tx:
        for version in store.versions.current(tx):
            process, region, files, overridden = store.versions.files(tx, version.id)
            told = yaml.safe_load(files["regio.yaml"])
            del told["gemeenten"][HERE]
            changed = {**files, "regio.yaml": yaml.safe_dump(told).encode()}
            later = definitions.assemble(process, region, changed, overridden)
            cases.publish(tx, later, NOW + timedelta(days=1))
        assert all(HERE not in m.definition.settings.municipalities for m in play.library.current(tx))
    assert play.worklist(OVERSEER, "alle").total == 2
    assert play.view(OVERSEER).may_close


def test_after_a_no_the_family_stays_nameless(play: Play) -> None:
    play.play(example("geen_toestemming"), until="eigen_zorg_bieden")
    action = next(a for a in example("geen_toestemming").actions if a.name == "toestemming_vastleggen")
    refused = [{"persoon": "Sanne Schijnbaar", "rol": "moeder", "besluit": "nee"}]
    play.correct(
        "toestemming", "toestemming_vastleggen", {**action.answers, "toestemmingen": refused}, "Naam erbij", REPORTER
    )
    for person in (OVERSEER, COORDINATOR):
        found = seen_by(play, person)
        for told in (*SECRETS, "Sanne", "Naam erbij"):
            assert told not in found


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
    with play.database.writing() as tx:
        store.registers.withdraw(tx, play.case_id, play.now)
    assert play.worklist(LEAD, "mijn").lines == ()
    with play.as_(LEAD) as ctx, pytest.raises(NotFoundError):
        cases.complete(ctx, task.id, {}, None)
    assert play.worklist(OVERSEER, "alle").total == 1, "who oversees can give it to somebody else"


def test_partners_read_what_was_said_of_their_own_agreements_only(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="evaluatie_voorbereiden")
    mine = [agreement.organisation for agreement in play.view(PARTNER).rows(AgreementRow)]
    assert mine == ["schuldhulp_rondkomstig"]
    found = seen_by(play, PARTNER)
    assert "De post is open" in found
    assert "elke donderdag" not in found, "that was said of another's agreement"


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
        found = seen_by(play, person)
        for told in UNSAFE:
            assert told not in found, f"{person} reads {told}"
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


def test_a_task_of_the_safety_file_is_handed_over_by_who_has_it_and_stays_unseen(play: Play) -> None:
    in_danger(play)
    (row,) = (one for one in play.rows() if one.safety)
    with play.as_(REPORTER, writes=False) as ctx:
        able = {person.id for person in cases.task(ctx, row.id).candidates}
    assert LEAD in able
    assert STRANGER not in able, "a partner of whom the family knows nothing"
    with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.reassign(ctx, row.id, STRANGER)
    for person in (OVERSEER, COORDINATOR, LEAD):
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.reassign(ctx, row.id, LEAD)
    with play.as_(REPORTER) as ctx:
        cases.reassign(ctx, row.id, LEAD)
    assert [line.task_id for line in play.worklist(LEAD, "mijn").lines if line.task_id == row.id] == [row.id]
    assert {"veiligheid"} <= play.view(LEAD).parts
    assert {"veiligheid"} <= play.view(REPORTER).parts, "who began it may still read what they did"
    for person in (OVERSEER, COORDINATOR, PARTNER):
        found = seen_by(play, person)
        assert "veiligheid" not in play.view(person).parts
        assert "toegewezen" not in found
        assert "signalen_in_kaart" not in found
    step = next(a for a in example("onveiligheid_naast_het_traject").actions if a.name == row.element)
    play.do(row.element, step.answers, by=LEAD)
    (following,) = (one for one in play.rows() if one.safety)
    assert following.assignee == LEAD, "the next steps are for who has it now"


def test_who_acts_in_the_safety_file_too_takes_over_from_who_left(play: Play) -> None:
    in_danger(play)
    with play.as_(LEAD) as ctx:
        cases.message(ctx, play.case_id, "acute_onveiligheid")
    (row,) = (one for one in play.rows() if one.safety)
    with play.as_(LEAD) as ctx:
        cases.reassign(ctx, row.id, LEAD)
    assert play.row(row.element).assignee == LEAD


def test_a_role_that_one_region_merges_gives_nothing_in_another_region_on_the_same_database(
    database_url: str, opened: Callable[[str], Database], library: cases.Library
) -> None:
    def region(name: str, place: str, **more: object) -> Definition:
        roles = {
            "aanmelder": {"naam": "Aanmelder", **more},
            "procesregisseur": {"naam": "Procesregisseur", "overziet": ["klein"]},
        }
        told = {"naam": name, "gemeenten": {place: place}, "rollen": roles, "termijnen": {"na_de_dag": {"duur": "P2D"}}}
        files = {**playing.small().files, "regio.yaml": json.dumps(told).encode()}
        return definitions.assemble("klein", name, files)

    staff = (
        Person("hier", "Hier", "", "", (Appointment("aanmelder", HERE),)),
        Person("daar", "Daar", "", "", (Appointment("aanmelder", THERE),)),
    )
    found = opened(database_url)
    playing.publish(found, NOW, region("een", HERE, doet_ook=["procesregisseur"]), region("twee", THERE), staff=staff)
    for person, place, sees in (("hier", HERE, True), ("daar", THERE, False)):
        play = Play(found, library, NOW)
        with play.as_(person) as ctx:
            play.case_id = cases.start(ctx, "klein", place, {"hoeveel": "1"}).case_id
        assert ([row.element for row, _ in play.view(person).tasks] == ["nakijken"]) is sees
        assert (play.worklist(person, "rol").total == 1) is sees


def test_a_report_of_unsafety_is_no_disclosure_that_others_read(play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"), until="acute_onveiligheid")
    play.tell("acute_onveiligheid", REPORTER)
    entry = store.registers.Entry(
        "verstrekking", {"aan": ["veilig_thuis"], "wat": "Melding"}, {}, source="veiligheid/melding_doen"
    )
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [entry], REPORTER, play.now)
    assert [row.what for row in play.view(REPORTER).rows(DisclosureRow)] == ["Melding"]
    for person in (OVERSEER, COORDINATOR):
        assert play.view(person).rows(DisclosureRow) == ()


def test_who_may_only_give_a_task_away_sees_none_of_its_answers(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    seen = play.task(OVERSEER, "signaal_bespreken")
    assert seen.may == {"zien", "toewijzen"}
    assert (seen.values, set(seen.context)) == ({}, {"regio"})
    assert play.task(REPORTER, "signaal_bespreken").case_title == "Schijnbaar"


def test_the_tables_of_tasks_know_their_roles(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    with play.database.reading() as tx:
        rows = tx.execute(sa.select(task.c.element, task_role.c.role).join(task_role)).all()
    assert set(map(tuple, rows)) == {("signaal_bespreken", "aanmelder"), ("ontvangst_bevestigen", "coordinator")}


def test_a_step_on_the_safety_diagram_is_safety_also_where_a_region_forgot_to_say_its_phase() -> None:
    (step, *_) = (e for e in definition().processes["veiligheid"].user_tasks)
    assert is_safety(replace(step, properties={}))
