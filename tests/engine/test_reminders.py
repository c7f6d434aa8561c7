"""People hear by mail what waits: once a working day, of no family, who has it now and nobody else."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import cases, deadlines, store
from engine.access import Appointment
from engine.cases import Looks, absence, links, reminding
from engine.store.tables import metadata, person, task
from engine.words import Message
from engine.worker import GATHERS, Post
from tests.engine.playing import COORDINATOR, OVERSEER, REPORTER, Play, example
from tests.engine.test_mail import box, post, post_of, running, step
from tests.receiving import Mailbox

__all__ = ["box", "post", "running"]
FOLLOWED = "afspraak_opvolgen"
MAATJE = "sam_sprookje"
DEPUTY = "wil_waarneemster"
TEN = 10


@pytest.fixture
def followed(play: Play) -> Play:
    """A case in which an agreement is followed, at ten on a working day; everybody has a mail address."""
    play.play(example("een_duidelijke_vraag"), until=FOLLOWED)
    with play.database.writing() as tx:
        sam = store.people.one(tx, MAATJE)
        store.people.save(tx, [replace(sam, id=DEPUTY, name="Wil Waarneemster")])
        tx.execute(sa.update(person).values(mail=person.c.id + "@knooppunt.example"))
    return to(play, play.now.date())


def to(play: Play, day: date, hour: int = TEN) -> Play:
    """Put the clock on the first working day from this one on."""
    while not deadlines.is_workday(day):
        day += timedelta(days=1)
    play.now = datetime(day.year, day.month, day.day, hour, tzinfo=deadlines.ZONE)
    return play


def row_of(play: Play) -> store.tasks.TaskRow:
    return next(row for row in play.rows() if row.element == FOLLOWED)


def due_of(play: Play) -> date:
    deadline = row_of(play).deadline
    assert deadline is not None
    return deadline.astimezone(deadlines.ZONE).date()


def mails(play: Play, post: Post, box: Mailbox) -> dict[str, str]:
    """What everybody is mailed now, by who it is for; more than one to somebody is a failure."""
    box.letters.clear()
    box.to.clear()
    post.gathers_at = None
    while step(play, post):
        pass
    assert len(set(box.to)) == len(box.to)
    bodies = (letter.get_body(("plain",)) for letter in box.letters)
    texts = [body.get_content() if body else "" for body in bodies]
    return {to.partition("@")[0]: text for to, text in zip(box.to, texts, strict=True)}


@pytest.mark.any_database
def test_who_may_do_it_hears_that_it_is_new_and_again_before_on_and_after_the_day(
    followed: Play, post: Post, box: Mailbox
) -> None:
    assert "1 taak is nieuw" in mails(followed, post, box)[MAATJE]
    assert mails(followed, post, box) == {}
    heard: dict[int, list[str]] = {}
    for days in (-9, -2, -1, 0, 3):
        day = due_of(followed) + timedelta(days=days)
        if deadlines.is_workday(day):
            said = mails(to(followed, day), post, box).get(MAATJE, "")
            heard[days] = re.findall(r"1 taak (.*?)\r?\n", said)
    assert heard[0] == ["moet vandaag af"]
    assert heard[3] == ["is te laat"]
    assert heard.get(-9, []) == []
    assert ["moet binnenkort af"] in heard.values()


def test_a_late_agreement_is_answered_from_the_mail_and_reminds_nobody_then(
    followed: Play, post: Post, box: Mailbox
) -> None:
    to(followed, due_of(followed) + timedelta(days=1))
    mail = mails(followed, post, box)[MAATJE]
    assert "1 taak is te laat" in mail
    assert "Klaarwens" not in mail
    assert "babyspullen" not in mail
    token = re.search(r"https://knooppunt.example/antwoord/(\S+)", mail)
    assert token is not None
    with followed.database.reading() as tx:
        for table in metadata.sorted_tables:  # the outbox among them
            assert token[1] not in str(tx.execute(sa.select(table)).all()), table.name
    with followed.database.writing() as tx:
        link = links.opened(tx, token[1], followed.now)
        ctx = links.acting(tx, followed.library, link, followed.now, Looks())
        links.answer(ctx, link, {"status": "gedaan"})
    to(followed, followed.now.date() + timedelta(days=1))
    assert MAATJE not in mails(followed, post, box)


@pytest.mark.any_database
def test_later_it_is_also_told_to_who_oversees(followed: Play, post: Post, box: Mailbox) -> None:
    mails(followed, post, box)
    to(followed, due_of(followed) + timedelta(days=5))
    assert "van een ander is te laat" in mails(followed, post, box)[OVERSEER]


@pytest.mark.any_database
def test_nobody_is_mailed_at_night_at_weekends_or_on_holidays(followed: Play, post: Post, box: Mailbox) -> None:
    day = followed.now.date()
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    for on, hour in ((day, 6), (day, 20), (saturday, TEN), (date(day.year + 1, 1, 1), TEN)):
        followed.now = datetime(on.year, on.month, on.day, hour, tzinfo=deadlines.ZONE)
        assert mails(followed, post, box) == {}


@pytest.mark.any_database
def test_work_that_went_to_somebody_else_reminds_who_has_it_now(followed: Play, post: Post, box: Mailbox) -> None:
    with followed.database.writing() as tx:
        reminding.gather(tx, followed.library, followed.now)
        tx.execute(sa.update(task).where(task.c.id != row_of(followed).id).values(status="klaar"))
        store.tasks.assign(tx, row_of(followed).id, DEPUTY, followed.now)
    heard = mails(followed, post, box)
    assert MAATJE not in heard
    assert DEPUTY in heard


@pytest.mark.any_database
def test_who_stands_in_hears_it_and_who_is_away_does_not(followed: Play, post: Post, box: Mailbox) -> None:
    with followed.as_(COORDINATOR) as ctx:
        store.tasks.assign(ctx.tx, row_of(followed).id, MAATJE, ctx.now)
    with followed.as_(MAATJE) as ctx:
        absence.leave(ctx, MAATJE, ctx.today, ctx.today + timedelta(days=9), DEPUTY)
    heard = mails(followed, post, box)
    assert MAATJE not in heard
    assert "voor wie je waarneemt" in heard[DEPUTY]


@pytest.mark.any_database
def test_after_a_loss_no_partner_is_reminded(followed: Play, post: Post, box: Mailbox) -> None:
    followed.tell("zwangerschap_verloren")
    to(followed, followed.now.date() + timedelta(days=30))
    assert MAATJE not in mails(followed, post, box)


@pytest.mark.any_database
def test_while_a_case_stands_still_nobody_is_reminded_of_it(followed: Play, post: Post, box: Mailbox) -> None:
    with followed.as_(OVERSEER) as ctx:
        cases.pause(ctx, followed.case_id, ctx.today + timedelta(days=60), "Het gezin is op reis.")
    assert mails(to(followed, followed.now.date() + timedelta(days=30)), post, box) == {}


@pytest.mark.any_database
def test_a_pause_keeps_nobody_of_a_circle_from_being_reminded(followed: Play, post: Post, box: Mailbox) -> None:
    followed.tell(Message.ACUTE_DANGER, by=REPORTER)
    with followed.as_(OVERSEER) as ctx:
        cases.pause(ctx, followed.case_id, ctx.today + timedelta(days=30), "Het gezin is op reis.")
    heard = mails(to(followed, followed.now.date() + timedelta(days=8)), post, box)
    assert list(heard) == [REPORTER]
    assert "1 taak is te laat" in heard[REPORTER]


def test_of_what_colleagues_have_in_another_municipality_nobody_hears(followed: Play, post: Post, box: Mailbox) -> None:
    with followed.database.writing() as tx:
        sam = store.people.one(tx, MAATJE)
        there = replace(sam, id="els_elders", name="Els", appointments=(Appointment("kernpartner", "heerlen"),))
        store.people.save(tx, [there])
        tx.execute(sa.update(person).where(person.c.id == there.id).values(mail="els_elders@knooppunt.example"))
        store.tasks.assign(tx, row_of(followed).id, MAATJE, followed.now)
        tx.execute(sa.update(task).where(task.c.id != row_of(followed).id).values(status="klaar"))
    to(followed, due_of(followed) + timedelta(days=9))
    with followed.database.reading() as tx:
        heard = {id: reminding.composed(tx, followed.library, store.people.one(tx, id), followed.now)
                 for id in (DEPUTY, there.id)}  # fmt: skip
    assert "van een collega is te laat" in (heard[DEPUTY] or {}).get("werk", "")
    assert heard[there.id] is None


@pytest.mark.any_database
def test_who_wants_no_daily_mail_hears_only_what_is_late(followed: Play, post: Post, box: Mailbox) -> None:
    with followed.database.writing() as tx:
        store.reminders.choose(tx, MAATJE, only_late=True)
    assert MAATJE not in mails(followed, post, box)
    assert "is te laat" in mails(to(followed, due_of(followed) + timedelta(days=1)), post, box)[MAATJE]


def test_two_workers_send_one_mail_and_a_server_that_refuses_for_now_loses_none(
    followed: Play, post: Post, box: Mailbox
) -> None:
    box.says = "451 Try again later"
    assert mails(followed, post, box) == {}
    box.says = "250 OK"
    followed.now += GATHERS
    other = post_of(box)

    def work(sender: Post) -> None:
        while step(followed, sender):
            pass

    with ThreadPoolExecutor(2) as both:
        list(both.map(work, (post, other)))
    assert box.to.count(f"{MAATJE}@knooppunt.example") == 1
    marks = [letter["Message-ID"] for letter in box.letters]
    assert len(set(marks)) == len(marks)
