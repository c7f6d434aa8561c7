"""What lists can, on a real database: filter, order, find, and show no more than who asks may know."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine import cases, store
from engine.consent import Opening
from engine.store.searching import words_of
from engine.store.tables import Order, word
from engine.store.tasks import NOBODY
from engine.words import TaskStatus
from tests.engine.playing import COORDINATOR, HOME, LEAD, OVERSEER, REPORTER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers
FAMILIES = ("Zomer", "Ångström", "Bakker", "bakker-Smit")


@pytest.fixture
def families(play: Play) -> Mapping[str, int]:
    """Families that somebody signalled, each with its case."""
    return {name: play.start({**SIGNAL, "gezin_naam": name}) for name in FAMILIES}


def pages(play: Play, person: str, **chosen: Any) -> list[str]:
    """The families of a list that is read page by page."""
    titles: list[str] = []
    after = None
    for _ in range(20):
        with play.as_(person, writes=False) as ctx:
            page = cases.worklist(ctx, cases.Filter("alle", limit=2, after=after, **chosen))
        titles += [line.case_title for line in page.lines]
        if page.next is None:
            break
        after = cases.Place.read(str(page.next))
    return titles


@pytest.mark.any_database
def test_tasks_stand_in_the_order_of_their_families_as_who_asks_may_call_them(
    play: Play, families: Mapping[str, int]
) -> None:
    assert pages(play, REPORTER, order=Order.FAMILY) == ["Ångström", "Bakker", "bakker-Smit", "Zomer"]
    numbers = sorted(families.values())
    hidden = [f"Signaal {number}" for number in numbers for _ in play.worklist(OVERSEER, search=str(number)).lines]
    assert pages(play, OVERSEER, order=Order.FAMILY) == sorted(hidden), "names that one may not know order nothing"


def test_a_page_goes_on_after_a_task_that_was_done_meanwhile(play: Play, families: Mapping[str, int]) -> None:
    with play.as_(REPORTER, writes=False) as ctx:
        first = cases.worklist(ctx, cases.Filter("alle", limit=2, order=Order.FAMILY))
    with play.database.writing() as tx:
        store.tasks.end(tx, [store.tasks.one(tx, first.lines[-1].task_id)], TaskStatus.LAPSED, None)
    with play.as_(REPORTER, writes=False) as ctx:
        rest = cases.worklist(ctx, cases.Filter("alle", limit=2, order=Order.FAMILY, after=first.next))
    assert [line.case_title for line in rest.lines] == ["bakker-Smit", "Zomer"]


def test_too_long_a_list_is_ordered_as_far_as_it_can_be_and_says_so(
    play: Play, families: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not play.worklist(REPORTER, order=Order.FAMILY).cut
    monkeypatch.setattr(store.tasks, "SORTED", 3)
    listed = play.worklist(REPORTER, order=Order.FAMILY)
    assert (listed.cut, len(listed.lines)) == (True, 3)


@pytest.mark.any_database
def test_tasks_are_found_by_who_has_them_and_where_that_person_works(play: Play, families: Mapping[str, int]) -> None:
    every = play.worklist(OVERSEER).lines
    mine = next(line for line in every if line.element == "ontvangst_bevestigen")
    with play.as_(COORDINATOR) as ctx:
        cases.claim(ctx, mine.task_id)
    having = {line.task_id for line in play.worklist(OVERSEER, assignee=COORDINATOR).lines}
    assert having == {mine.task_id}
    free = {line.task_id for line in play.worklist(OVERSEER, assignee=NOBODY).lines}
    assert free == {line.task_id for line in every} - having - {line.task_id for line in every if line.assignee}
    with play.database.reading() as tx:
        works_at = store.people.one(tx, COORDINATOR).organisation
    there = play.worklist(OVERSEER, organisation=works_at).lines
    assert {line.assignee for line in there} == {COORDINATOR}
    assert play.worklist(OVERSEER, assignee=COORDINATOR, organisation="nergens").lines == ()
    assert play.worklist(OVERSEER, assignee="\x00").lines == ()
    by_name = [line.assignee for line in play.worklist(OVERSEER, order=Order.PERSON).lines]
    assert by_name.index(COORDINATOR) < by_name.index(""), "what nobody has stands last"


@pytest.mark.any_database
def test_a_dossier_tells_its_next_step_and_who_has_the_lead_to_who_may_know(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")

    def line(person: str, **chosen: Any) -> cases.CaseLine | None:
        with play.as_(person, writes=False) as ctx:
            return next(iter(cases.listing(ctx, cases.CaseFilter(**chosen)).rows), None)

    (waiting,) = play.rows()
    known = line(OVERSEER)
    assert known is not None
    assert (known.step.title, known.step.phase, known.step.deadline) == (
        waiting.title, waiting.phase, waiting.deadline,
    )  # fmt: skip
    with play.database.reading() as tx:
        lead = store.people.one(tx, LEAD).name
    assert known.lead == lead
    signalled = line(REPORTER)
    assert signalled is not None
    assert (signalled.step.title, signalled.lead) == ("", ""), "who signalled knows that it runs"
    assert line(OVERSEER, phase=waiting.phase)
    assert not line(OVERSEER, phase="afsluiten")
    assert line(OVERSEER, lead=LEAD)
    assert not line(OVERSEER, lead=OVERSEER)
    assert not line(REPORTER, phase=waiting.phase)
    assert not line(REPORTER, lead=LEAD), "nor does a filter tell"
    assert line(OVERSEER, municipality=HOME)
    assert not line(OVERSEER, municipality="vaals")


def test_dossiers_stand_in_another_order_page_by_page(play: Play, families: Mapping[str, int]) -> None:
    titles, after = [], None
    for _ in range(3):
        with play.as_(REPORTER, writes=False) as ctx:
            page = cases.listing(ctx, cases.CaseFilter(order=Order.FAMILY, limit=2, after=after))
        titles.append([line.title for line in page.rows])
        if not page.more:
            break
        after = cases.Place.read(str(page.rows[-1].place))
    assert titles == [["Ångström", "Bakker"], ["bakker-Smit", "Zomer"]]


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("06-12345678", ("0612345678", "06 12 34 56 78", "+31612345678", "+31 (0)6 12345678", "0612")),
        ("+31 6 1234 5678", ("06-12345678",)),
        ("043 123 45 67", ("0431234567",)),
        ("2027-03-12", ("12-03-2027", "12-3-2027", "12/3/2027", "12.03.2027", "12 maart 2027", "12 mrt 2027")),
    ],
)
def test_a_number_and_a_day_are_one_word_however_they_are_written(kept: str, typed: tuple[str, ...]) -> None:
    (word,) = words_of(kept)
    for text in typed:
        (beginning,) = words_of(text)
        assert word.startswith(beginning), text
    assert words_of("Signaal 12, 3 kinderen") == {"signaal", "12", "3", "kinderen"}


@pytest.mark.any_database
def test_a_case_is_found_by_its_parents_their_number_and_day_by_who_may_know_those(play: Play) -> None:
    signal = {
        **SIGNAL, "gezin_naam": "Bruin", "gezin": [
            {"relatie": "moeder", "leeftijd": "16_plus", "gezag": "ja", "naam": "Ans Bruin-Vermeulen"},
            {"relatie": "andere_ouder", "leeftijd": "16_plus", "gezag": "ja", "naam": "Bo Kwartel"},
        ],
        "uitgerekende_datum": "2026-07-06",
    }  # fmt: skip
    case = play.start(signal)

    def sees(person: str, text: str) -> bool:
        with play.as_(person, writes=False) as ctx:
            listed = [line.id for line in cases.listing(ctx, cases.CaseFilter(search=text)).rows]
        assert bool(play.worklist(person, search=text).lines) is (listed == [case])
        return listed == [case]

    sought = ("vermeulen bo", "kwart", "6-7-2026")
    assert [sees(REPORTER, text) for text in sought] == [True] * 3, "who wrote them"
    assert [sees(OVERSEER, text) for text in sought] == [False] * 3, "nobody said yes yet"
    with play.database.writing() as tx:
        (mother,) = (each.id for each in store.registers.family(tx, case) if each.relation == "moeder")
        store.registers.open_to(tx, case, {Opening("buurtlicht_kerkrade", "delen", "contact", mother)})
    assert [sees(OVERSEER, text) for text in ("vermeulen", "kwart", "6-7-2026")] == [True, False, False]
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, case, "dubbel")
    with play.database.reading() as tx:
        left = set(tx.execute(sa.select(word.c.word).where(word.c.case_id == case)).scalars())
    assert left == {"bruin"}, "what ended is found by its name alone"


def test_a_word_that_all_have_is_looked_for_among_the_first_tasks_alone_and_that_is_told(
    play: Play, families: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = play.worklist(REPORTER, search="bespreken")
    assert (rare.common, len(rare.lines)) == (False, 4)
    for module in (store.tasks, store.searching):
        monkeypatch.setattr(module, "FEW", 2)
    common = play.worklist(REPORTER, search="bespreken")
    assert (common.common, common.lines) == (True, rare.lines[: len(common.lines)])
    assert len(common.lines) >= 2, "the first are looked through, and those that are due with the last of them"
    assert not play.worklist(REPORTER).common
