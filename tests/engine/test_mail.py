"""Mail leaves once, with what caused it, to a real server; while that is away nothing is lost."""

import logging
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import definitions, store
from engine.cases import inviting
from engine.definitions.letters import file_of, read_folder, read_text
from engine.mail import Security, Sender, Server
from engine.store import Database
from engine.words import Letter
from engine.worker import RESTS, Post
from tests.conftest import BEGIN, ROOT
from tests.engine import playing
from tests.engine.playing import LEAD, STRANGER, Play
from tests.receiving import USER, WORD, Mailbox, receiving

ADDRESS = "https://knooppunt.example"
MAIL = "jet@jgz.example"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with receiving(tmp_path_factory.mktemp("mail")) as box:
        yield box


@pytest.fixture
def box(running: Mailbox) -> Mailbox:
    """A mail server with STARTTLS and a password, and nothing in it."""
    running.says = "250 OK"
    running.letters.clear()
    running.to.clear()
    return running


def post_of(box: Mailbox) -> Post:
    server = Server("localhost", box.port, Security.STARTTLS, USER, WORD, "Knooppunt <knooppunt@gemeente.example>")
    sender = Sender(server, ADDRESS, lambda text: f"<p>{text}</p>", box.tls)
    return Post(sender, read_folder(ROOT / "workflows"))


@pytest.fixture
def post(box: Mailbox) -> Post:
    return post_of(box)


def invite(play: Play, person: str = LEAD, mail: str = MAIL) -> None:
    with play.database.writing() as tx:
        inviting.reach_at(tx, person, mail, "", play.now)
        inviting.invite(tx, person, "", play.now, mails=True)


def step(play: Play, post: Post) -> bool:
    return post.once(play.database, play.library, lambda _tx: play.now)


def waiting(database: Database) -> tuple[store.letters.Waiting, ...]:
    with database.reading() as tx:
        return store.letters.waiting(tx)


def test_a_letter_arrives_once_as_words_and_as_html_and_leaves_nothing_behind(
    play: Play, post: Post, box: Mailbox
) -> None:
    invite(play)
    assert step(play, post)
    assert not step(play, post)
    (letter,) = box.letters
    assert box.to == [MAIL]
    assert letter["From"] == "Knooppunt <knooppunt@gemeente.example>"
    assert letter["Subject"] == "Uitnodiging: werken met Knooppunt"
    assert letter["Message-ID"].endswith("@knooppunt.example>")
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "Dag Jet Jansproef," in part
        assert f"{ADDRESS}/aanmelden" in part
        assert "16 maart 2026" in part
        assert "{" not in part
    assert waiting(play.database) == ()


def test_a_letter_is_written_with_what_causes_it_or_not_at_all(play: Play) -> None:
    with play.database.connection(writes=True) as tx:
        inviting.reach_at(tx, LEAD, MAIL, "", play.now)
        inviting.invite(tx, LEAD, "", play.now, mails=True)
    assert waiting(play.database) == ()


def test_the_address_is_looked_up_when_the_letter_leaves(play: Play, post: Post, box: Mailbox) -> None:
    with play.database.writing() as tx:
        inviting.reach_at(tx, LEAD, MAIL, "", play.now)
        inviting.tell(tx, LEAD, Letter.CODE_USED, play.now)
        inviting.reach_at(tx, LEAD, "nieuw@jgz.example", "", play.now)
    step(play, post)
    assert box.to == ["nieuw@jgz.example"]


def test_an_invitation_to_an_address_that_was_wrong_or_of_which_the_term_is_over_never_leaves(
    play: Play, post: Post, box: Mailbox
) -> None:
    invite(play)
    with play.database.writing() as tx:
        inviting.reach_at(tx, LEAD, "nieuw@jgz.example", "", play.now)
    invite(play, STRANGER, "gijs@elders.example")
    play.now += inviting.TERM
    while step(play, post):
        pass
    assert box.to == []
    assert waiting(play.database) == ()


def test_two_workers_at_once_send_one_letter(play: Play, box: Mailbox) -> None:
    invite(play)
    posts = [post_of(box), post_of(box)]
    together = threading.Barrier(2)

    def work(post: Post) -> bool:
        together.wait()
        return step(play, post)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, posts))
    assert len(box.letters) == 1


def test_a_worker_that_dies_halfway_leaves_the_letter_to_another_with_the_same_mark(
    play: Play, post: Post, box: Mailbox
) -> None:
    invite(play)
    with play.database.writing() as tx:
        taken = store.letters.take(tx, play.now)
    assert taken is not None
    play.now += timedelta(minutes=9)
    assert not step(play, post)
    play.now += timedelta(minutes=1)
    assert step(play, post)
    assert [letter["Message-ID"] for letter in box.letters] == [f"<{taken.mark}@knooppunt.example>"]


@pytest.mark.any_database
def test_a_server_that_is_away_costs_time_and_no_letter(
    play: Play, post: Post, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    invite(play)
    invite(play, STRANGER, "gijs@elders.example")
    away = replace(post.sender, server=replace(post.sender.server, port=9))
    here, post.sender = post.sender, away
    assert step(play, post)
    assert not step(play, post), "nothing else waits for a server that is away"
    waits = []
    for _ in range(16):
        play.now += RESTS
        before = play.now
        while not step(play, post):
            play.now += RESTS
        waits.append(play.now - before)
    assert waits[-1] > waits[0]
    first, second = waiting(play.database)
    assert first.stuck
    assert second.stuck
    assert "ConnectionRefusedError" in first.last_error
    assert MAIL not in caplog.text
    assert "Jet" not in caplog.text
    post.sender = here
    for _ in range(3):
        play.now += timedelta(hours=1)
        step(play, post)
    assert sorted(box.to) == ["gijs@elders.example", MAIL]


@pytest.mark.any_database
def test_what_a_server_refuses_for_good_is_told_at_once_and_stops_no_other(
    play: Play, post: Post, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    invite(play)
    box.says = "550 jet@jgz.example unknown"
    assert step(play, post)
    box.says = "250 OK"
    invite(play, STRANGER, "gijs@elders.example")
    assert step(play, post)
    (left,) = waiting(play.database)
    assert (left.stuck, left.last_error) == (True, "SMTPRecipientsRefused 550")
    assert [record.levelno for record in caplog.records if record.name == "knooppunt.worker"] == [logging.CRITICAL]
    assert MAIL not in caplog.text
    assert box.to == ["gijs@elders.example"]


@pytest.mark.any_database
def test_what_a_server_refuses_for_now_is_sent_a_little_later(play: Play, post: Post, box: Mailbox) -> None:
    invite(play)
    box.says = "450 try again later"
    assert step(play, post)
    (left,) = waiting(play.database)
    assert not left.stuck
    box.says = "250 OK"
    play.now += timedelta(minutes=2)
    assert step(play, post)
    assert box.to == [MAIL]


@pytest.mark.any_database
def test_a_server_with_a_strange_certificate_or_without_encryption_gets_nothing(
    play: Play, post: Post, box: Mailbox, tmp_path: Path
) -> None:
    invite(play)
    known = post.sender
    post.sender = replace(known, tls=ssl.create_default_context())
    assert step(play, post)
    with receiving(tmp_path, starttls=False) as bare:
        post.rests_until = None
        play.now += timedelta(hours=1)
        post.sender = replace(known, server=replace(known.server, port=bare.port))
        assert step(play, post)
        assert bare.letters == []
    assert box.letters == []
    assert waiting(play.database)[0].last_error == "SMTPNotSupportedError"


@pytest.mark.any_database
def test_a_name_that_would_be_a_link_or_a_heading_stays_a_name(post: Post) -> None:
    name = "[Klik hier](https://kwaad.example)\nBcc: x@kwaad.example"
    text = read_text(b"# Dag {naam}\n\nDag {naam}, zie [hier]({link}). {anders}")
    values = {"naam": name, "link": f"{ADDRESS}/aanmelden"}
    letter = post.sender.compose(MAIL, text, values, "m", BEGIN)
    html = letter.get_body(("html",))
    assert html is not None
    assert "\\[Klik hier\\](https://kwaad.example)" in html.get_content()
    assert letter["Bcc"] is None
    assert "{anders}" in html.get_content()


@pytest.mark.any_database
def test_what_happens_twice_at_one_moment_is_told_once(play: Play) -> None:
    with play.database.writing() as tx:
        inviting.reach_at(tx, LEAD, MAIL, "", play.now)
        for _ in range(2):
            inviting.tell(tx, LEAD, Letter.KEY_ADDED, play.now)
    assert [each.letter for each in waiting(play.database)] == [Letter.KEY_ADDED]


def test_an_earlier_invitation_and_its_letter_end_with_a_new_one(play: Play, post: Post, box: Mailbox) -> None:
    invite(play)
    invite(play)
    while step(play, post):
        pass
    assert len(box.letters) == 1


@pytest.mark.any_database
def test_a_region_says_it_in_its_own_words(play: Play, post: Post, box: Mailbox) -> None:
    drawn = playing.definition("casus")
    own = {**drawn.files, file_of(Letter.INVITATION): b"# Kom erbij\n\nHoi {naam}, [hier]({link})."}
    with play.database.writing() as tx:
        made = definitions.assemble("casus", playing.REGION, own, drawn.overridden)
        where = (made.version, "casus", playing.REGION, made.files, made.overridden)
        store.versions.publish(tx, *where, play.now + timedelta(seconds=1))
    invite(play)
    step(play, post)
    assert [letter["Subject"] for letter in box.letters] == ["Kom erbij"]
