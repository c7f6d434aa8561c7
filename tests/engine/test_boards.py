"""Agreements and meetings over all families: as much of each family as its own page shows, to each person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import store
from engine.cases import today
from engine.cases.boards import FIRST, Boards, heard_by
from engine.definitions.registers import AgreementRow, MeetingRow
from engine.errors import NotFoundError
from engine.store.board import Wanted
from engine.store.tables import event
from engine.store.tables import person as staff
from engine.words import AgreementStatus, MeetingStatus, Message
from tests.engine.playing import COORDINATOR, HOME, OVERSEER, PARTNER, REPORTER, Play, definition, example

pytestmark = [pytest.mark.any_database, pytest.mark.sqlite_first]

EVERY = Wanted(statuses=tuple(AgreementStatus))


def differing(play: Play) -> Iterator[str]:
    """For whom a board holds something else than the page of the case."""
    with play.transaction(writes=False) as tx:
        people = play.people(tx)
    for person in people:
        with play.as_(person.id, writes=False) as ctx:
            boards = Boards(ctx)
            agreed = {line.agreed.item for line in boards.agreements(EVERY, 100).rows}
            met = [row.met.status for status in MeetingStatus for row in boards.meetings(status, 100).rows]
        try:
            case = play.view(person.id)
        except NotFoundError:
            on_page: tuple[set[str], list[str]] = (set(), [])
        else:
            on_page = {row.item for row in case.rows(AgreementRow)}, [row.status for row in case.rows(MeetingRow)]
        if (agreed, sorted(met)) != (on_page[0], sorted(on_page[1])):
            yield f"{person.id}: {agreed} {met} instead of {on_page}"


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("alles_loopt_goed", "opdracht_geven"),
        ("wachtlijst", "afspraak_opschalen"),
        ("partner_zegt_nee", "steun_starten"),
    ],
)
def test_a_board_shows_to_each_what_the_page_of_the_family_does(play: Play, name: str, until: str) -> None:
    play.play(example(name), until=until)
    assert list(differing(play)) == []
    with play.as_(OVERSEER, writes=False) as ctx:
        assert bool(Boards(ctx).agreements(EVERY, 10).rows) is bool(until)


def test_what_the_family_takes_back_is_on_no_board_of_partners(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="steun_starten")
    with play.as_(PARTNER, writes=False) as ctx:
        assert Boards(ctx).agreements(EVERY, 10).rows
    play.tell("toestemming_ingetrokken")
    with play.as_(PARTNER, writes=False) as ctx:
        boards = Boards(ctx)
        assert not boards.agreements(EVERY, 10).rows
        assert not boards.meetings(MeetingStatus.HELD, 10).rows
    assert list(differing(play)) == []


def test_lists_are_counted_and_come_by_their_day(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="steun_starten")
    with play.as_(OVERSEER, writes=False) as ctx:
        boards = Boards(ctx)
        lines = boards.agreements(Wanted(), 10).rows
        days = [line.agreed.by_date for line in lines]
        assert days == sorted(days, key=str)
        last = days[-1]
        assert last is not None
        late = replace(Wanted(), until=last - timedelta(days=1))
        earlier = [line for line in lines if line.agreed.by_date != last]
        counts = boards.counted({"late": late, "nobody": Wanted(organisation="nergens"), "all": Wanted()})
        assert counts == {"late": len(earlier), "nobody": 0, "all": len(lines)}
        first, more = boards.agreements(Wanted(), 1).rows, boards.agreements(Wanted(), 1).more
        assert (first[0].agreed, more) == (lines[0].agreed, True)
        assert boards.agreements(Wanted(), 10, offset=1).rows[0].agreed == lines[1].agreed


def test_a_row_leads_to_what_this_person_can_do_about_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    row = next(row for row in play.rows() if row.element == "afspraak_opvolgen")
    doer = play.who(row)
    with play.as_(doer, writes=False) as ctx:
        (line,) = (line for line in Boards(ctx).agreements(Wanted(), 20).rows if line.agreed.item == row.item)
    assert line.step is not None
    assert (line.step.element, line.step.doable) == ("afspraak_opvolgen", True)
    assert line.answers is not None
    assert {option.value for option in line.answers.at_once} == {"gedaan", "wachtend", "niet_gedaan"}
    assert {option.value for option in line.answers.asking} == {"open"}, "another day has to be chosen"


def test_what_a_family_gets_while_it_waits_stands_with_the_agreement(play: Play) -> None:
    play.play(example("wachtlijst"), until="afspraak_opschalen")
    with play.as_(OVERSEER, writes=False) as ctx:
        waiting = Boards(ctx).agreements(Wanted(statuses=(AgreementStatus.WAITING,)), 10).rows
    assert [line.agreed.bridging for line in waiting if line.agreed.bridging]


def test_only_a_step_that_asks_how_it_stands_is_answered_on_the_row() -> None:
    drawn = definition()
    place = drawn.processes["bewaken"]
    heard = {step.id for step in place.user_tasks if heard_by(drawn, step)}
    assert {"afspraak_opvolgen", "afspraak_nagaan"} <= heard
    assert heard.isdisjoint({"opdracht_geven", "wachttijd_overbruggen", "afspraak_noteren"})


def test_what_is_new_is_what_others_did_since_one_looked(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(OVERSEER, writes=False) as ctx:
        news = Boards(ctx).news(ctx.now - timedelta(days=3650), 50).rows
        assert {REPORTER, COORDINATOR} <= {row.actor for row in news}
        assert OVERSEER not in {row.actor for row in news}
        newest = max(row.at for row in news)
        assert not Boards(ctx).news(newest, 50).rows
    with play.as_(PARTNER, writes=False) as ctx:
        assert not Boards(ctx).news(ctx.now - timedelta(days=3650), 50).rows, "what happens is not a partner's to read"


def test_danger_that_was_told_is_news_to_nobody(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    before = play.now
    play.wait("PT1H")
    play.tell("acute_onveiligheid", by=PARTNER)
    with play.as_(OVERSEER, writes=False) as ctx:
        assert not [row for row in Boards(ctx).news(before, 50).rows if row.message or row.process == "veiligheid"]


def test_who_opens_the_page_again_within_the_hour_is_told_the_same(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    began = play.now
    for hours, since in ((0, began - FIRST), (0.5, began - FIRST), (30, began + timedelta(hours=0.5))):
        play.now = began + timedelta(hours=hours)
        with play.as_(OVERSEER) as ctx:
            assert today.since_when(ctx) == since
            at, kept = today.sits_down(ctx) or (None, None)
            assert (at, kept) == (play.now, since)
            store.sittings.keep(ctx.tx, OVERSEER, play.now, since)
            assert today.sits_down(ctx) is None, "it was written down a moment ago"


def test_one_mail_goes_to_each_who_is_reminded_and_stands_with_each_agreement(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    with play.as_(OVERSEER, writes=False) as ctx:
        lines = Boards(ctx).agreements(Wanted(), 20).rows
    ids = [line.agreed.id for line in lines]
    with play.as_(PARTNER) as ctx:
        assert Boards(ctx).remind(ids).people == 0, "that is for who follows the case"
        assert not store.letters.waiting(ctx.tx)
    with play.database.writing() as tx:
        for person in store.people.everyone(tx, HOME):
            tx.execute(sa.update(staff).where(staff.c.id == person.id).values(mail=f"{person.id}@voorbeeld.example"))
    with play.as_(OVERSEER) as ctx:
        sent = Boards(ctx).remind(ids)
        letters = store.letters.waiting(ctx.tx)
    assert sent.people == len(letters) > 0
    with play.as_(OVERSEER, writes=False) as ctx:
        contacts = {line.agreed.id: line.contact for line in Boards(ctx).agreements(Wanted(), 20).rows}
    assert {contact.way for contact in contacts.values() if contact} == {"gemaild"}
    assert len([contact for contact in contacts.values() if contact]) == len(ids) - len(sent.silent)
    with play.as_(OVERSEER) as ctx:
        Boards(ctx).remind(ids)
        assert len(store.letters.waiting(ctx.tx)) == len(letters), "it is one mail a day, however often it is asked"


def test_what_happens_in_a_circle_takes_no_place_among_what_is_new(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="steun_starten")

    def news() -> tuple[list[int], bool]:
        with play.as_(OVERSEER, writes=False) as ctx:
            some = Boards(ctx).news(play.now - timedelta(days=900), 3)
        return [row.id for row in some.rows], some.more

    before = news()
    play.now += timedelta(minutes=1)
    play.tell(Message.ACUTE_DANGER, by=REPORTER)
    with play.database.writing() as tx:
        (last,) = tx.execute(sa.select(event).order_by(event.c.id.desc()).limit(1)).mappings()
        row = {name: value for name, value in last.items() if name != "id"}
        tx.execute(sa.insert(event), [row] * 12)  # more than the board looks through at first
    assert len(before[0]) == 3
    assert news() == before
