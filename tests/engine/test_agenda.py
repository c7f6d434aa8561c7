"""What somebody's agenda makes of an invitation: read by another library than wrote it, and by our own reader."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import StringIO

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]

from engine import agenda, store
from engine.agenda import Entry, Method
from engine.cases import Wish, choosing, inviting, planning, withdraw
from engine.deadlines import ZONE
from engine.definitions.letters import read_folder
from engine.errors import NotFoundError
from engine.mail import Security, Sender, Server
from engine.store.planning import Proposed
from engine.words import Fits, LinkKind
from engine.worker import Post
from tests.conftest import ROOT
from tests.engine.playing import LEAD, OVERSEER, PARTNER, Play, example
from tests.receiving import Mailbox, receiving

pytestmark = pytest.mark.any_database

ORGANIZER = "knooppunt@gemeente.example"
LEADS, PARTNERS = "jgz_heuvelkind", "schuldhulp_rondkomstig"


def lines(text: str) -> dict[str, str]:
    """The lines of an entry by their name and parameters, unfolded."""
    event = text.replace("\r\n ", "").split("BEGIN:VEVENT")[1]
    return dict(line.split(":", 1) for line in event.splitlines() if ":" in line)


def begins(text: str) -> datetime:
    """When an entry begins, by the time zone that it brings itself."""
    zone = tzical(StringIO(text.replace("\r\n", "\n"))).get("Europe/Amsterdam")
    said = lines(text)["DTSTART;TZID=Europe/Amsterdam"]
    return datetime.strptime(said, "%Y%m%dT%H%M%S").replace(tzinfo=zone)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"])
@pytest.mark.parametrize("hour", ["00:30", "03:30", "10:00"])
def test_a_meeting_is_at_the_hour_that_was_agreed_when_the_clock_changes(day: str, hour: str) -> None:
    agreed = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)
    text = agenda.content(Entry("een", 1, agreed, 60, "Buurthuis"), ORGANIZER, "jet@jgz.example", agreed)
    assert begins(text) == agreed
    assert lines(text)["DTSTART;TZID=Europe/Amsterdam"].endswith(f"T{hour.replace(':', '')}00")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_meeting_through_the_night_that_the_clock_changes_lasts_as_long_as_was_agreed() -> None:
    night = datetime(2026, 10, 25, 1, 30, tzinfo=ZONE)
    text = agenda.content(Entry("een", 1, night, 180, ""), ORGANIZER, "jet@jgz.example", night)
    assert lines(text)["DTEND;TZID=Europe/Amsterdam"] == "20261025T033000"


# --- by mail ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with receiving(tmp_path_factory.mktemp("agenda")) as mailbox:
        yield mailbox


def sent(play: Play, box: Mailbox) -> list[EmailMessage]:
    """The letters that leave now, by whom they are for."""
    server = Server("localhost", box.port, Security.STARTTLS, "knooppunt", "een-los-woord", f"Knooppunt <{ORGANIZER}>")
    post = Post(Sender(server, "https://knooppunt.example", str, box.tls), read_folder(ROOT / "workflows"))
    box.letters.clear()
    while post.once(play.database, play.library, lambda _tx: play.now):
        pass
    return sorted(box.letters, key=lambda letter: str(letter["To"]))


def entry(letter: EmailMessage) -> dict[str, str]:
    """What a letter puts in an agenda."""
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    text = part.get_content()
    assert f"METHOD:{part.get_param('method')}" in text
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content().decode().split()) == ("overleg.ics", text.split())
    return {**lines(text), "METHOD": str(part.get_param("method"))}


def names_nothing(letter: EmailMessage, play: Play) -> bool:
    said = "".join(str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text")
    title = play.view(OVERSEER).title
    others = {"jet@jgz.example": "ravi@schuld.example", "ravi@schuld.example": "jet@jgz.example"}
    return title not in said and others[str(letter["To"])] not in said and "Heuvelkind" not in said


def test_each_is_asked_invited_told_of_a_change_and_told_off_under_one_uid(play: Play, box: Mailbox) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    with play.database.writing() as tx:
        inviting.reach_at(tx, LEAD, "jet@jgz.example", "", play.now)
        inviting.reach_at(tx, PARTNER, "ravi@schuld.example", "", play.now)
    days = tuple(play.now + timedelta(days=n) for n in (3, 4))
    with play.as_(OVERSEER) as ctx:
        asked = ((LEADS, LEAD), (PARTNERS, PARTNER), ("", ""))
        meeting = planning.propose(ctx, play.case_id, Proposed(days, asked, 60, "Buurthuis"))
    questions = sent(play, box)
    assert [letter["To"] for letter in questions] == ["jet@jgz.example", "ravi@schuld.example"]
    assert all("/antwoord/" in str(letter.get_body(("plain",)).get_content()) for letter in questions)  # type: ignore[union-attr]
    assert all(names_nothing(letter, play) for letter in questions)
    with play.database.reading() as tx:
        assert store.letters.waiting(tx) == (), "no letter keeps a link after it left"

    first, second = meeting.slots
    with play.as_(OVERSEER) as ctx:
        choosing.choose(ctx, play.case_id, first)
        choosing.invite(ctx, play.case_id)
    invitations = sent(play, box)
    assert all(names_nothing(letter, play) for letter in invitations)
    before = [entry(letter) for letter in invitations]
    assert [each["METHOD"] for each in before] == [Method.REQUEST] * 2
    assert [each["ATTENDEE"] for each in before] == ["mailto:jet@jgz.example", "mailto:ravi@schuld.example"]
    assert {each["ORGANIZER"] for each in before} == {f"mailto:{ORGANIZER}"}

    with play.as_(OVERSEER) as ctx:
        choosing.choose(ctx, play.case_id, second)
    changes = [entry(letter) for letter in sent(play, box)]
    assert {each["UID"] for each in changes} == {each["UID"] for each in before}
    assert all(int(new["SEQUENCE"]) > int(old["SEQUENCE"]) for new, old in zip(changes, before, strict=True))

    with play.as_(OVERSEER) as ctx:
        withdraw(ctx, play.case_id, Wish(organisation=PARTNERS))
    (gone,) = sent(play, box)
    assert gone["To"] == "ravi@schuld.example"
    assert (entry(gone)["METHOD"], entry(gone)["UID"]) == (Method.CANCEL, before[0]["UID"])
    assert int(entry(gone)["SEQUENCE"]) > int(changes[1]["SEQUENCE"])

    with play.as_(OVERSEER) as ctx:
        planning.cancel(ctx, play.case_id)
    (off,) = sent(play, box)
    assert (off["To"], entry(off)["METHOD"]) == ("jet@jgz.example", Method.CANCEL)
    assert int(entry(off)["SEQUENCE"]) > int(changes[0]["SEQUENCE"])
    assert "STATUS" in entry(off)


def test_whom_the_family_lets_go_before_a_letter_leaves_is_asked_nothing(play: Play, box: Mailbox) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    with play.database.writing() as tx:
        inviting.reach_at(tx, PARTNER, "ravi@schuld.example", "", play.now)
    with play.as_(OVERSEER) as ctx:
        asked = ((LEADS, LEAD), (PARTNERS, PARTNER))
        planning.propose(ctx, play.case_id, Proposed((play.now + timedelta(days=3),), asked))
        withdraw(ctx, play.case_id, Wish(organisation=PARTNERS))
    assert sent(play, box) == []


def test_of_a_meeting_at_home_no_agenda_tells_the_address(play: Play, box: Mailbox) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    with play.database.writing() as tx:
        inviting.reach_at(tx, LEAD, "jet@jgz.example", "", play.now)
    with play.as_(OVERSEER) as ctx:
        at_home = Proposed((play.now + timedelta(days=3),), ((LEADS, LEAD),), 60, "Dorpsstraat 1", at_home=True)
        meeting = planning.propose(ctx, play.case_id, at_home)
        choosing.choose(ctx, play.case_id, next(iter(meeting.slots)))
        choosing.invite(ctx, play.case_id)
    (letter,) = sent(play, box)
    assert "Dorpsstraat" not in str(letter)
    assert "LOCATION" not in entry(letter)


def test_who_is_asked_answers_by_a_link_as_long_as_the_family_lets_that_be(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    with play.as_(OVERSEER) as ctx:
        meeting = planning.propose(ctx, play.case_id, Proposed((play.now + timedelta(days=3),), ((LEADS, LEAD),)))
    slot, guest = next(iter(meeting.slots)), meeting.guests[0]
    with play.database.writing() as tx:
        until = play.now + timedelta(days=3)
        kind, subject = LinkKind.MOMENT, str(guest.id)
        tokens = [store.links.add(tx, kind, subject, play.case_id, LEAD, play.now, until) for _ in range(2)]
        first, second = (store.links.one(tx, token, play.now) for token in tokens)
    assert first is not None
    assert second is not None
    with play.as_(LEAD) as ctx:
        planning.answer_linked(ctx, first, {slot: Fits.YES})
    with play.database.reading() as tx:
        assert store.planning.of_case(tx, play.case_id)[0].guests[0].answers == {slot: Fits.YES}
        assert store.links.one(tx, tokens[0], play.now) is None, "it works once"
    with play.as_(OVERSEER) as ctx:
        withdraw(ctx, play.case_id, Wish(organisation=LEADS))
    with play.as_(LEAD) as ctx, pytest.raises(NotFoundError, match="werkt niet meer"):
        planning.answer_linked(ctx, second, {slot: Fits.NO})
