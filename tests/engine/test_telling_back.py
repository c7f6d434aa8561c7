"""Who signalled hears how it goes, as far as the family lets the own organisation know; a mail says nothing of that."""

from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from engine import cases, store
from engine.store.tables import person
from engine.words import Message, News, RoleId
from engine.worker import Post
from tests.engine.playing import OVERSEER, Play, example
from tests.engine.test_mail import box, post, running, step
from tests.receiving import Mailbox

__all__ = ["box", "post", "running"]
NAMED, UNNAMED = "jgz_heuvelkind", "kraamzorg_zachtland"  # what the consents of the example name, and what they don't
FEEDBACK = "aanmelder_terugkoppelen"


def signalled(play: Play, organisation: str) -> str:
    """Who signalled a case of which this person is about to be told, from this organisation; everybody has mail."""
    play.play(example("een_duidelijke_vraag"), until=FEEDBACK)
    with play.database.writing() as tx:
        members = store.case_files.participants(tx, play.case_id)
        (who,) = (id for id, role in members if role == RoleId.AANMELDER)
        tx.execute(sa.update(person).values(mail=person.c.id + "@knooppunt.example"))
        tx.execute(sa.update(person).where(person.c.id == who).values(organisation=organisation))
    return who


def signal(play: Play, who: str) -> cases.Signal:
    with play.as_(who, writes=False) as ctx:
        (mine,) = cases.signals(ctx)
    return mine


def news(play: Play, post: Post, box: Mailbox, who: str) -> list[EmailMessage]:
    """The mails with news of a signal that somebody gets now."""
    box.letters.clear()
    while step(play, post):
        pass
    mine = [letter for letter in box.letters if letter["To"] == f"{who}@knooppunt.example"]
    return [letter for letter in mine if "nieuws over een signaal" in str(letter["Subject"])]


def feedback(play: Play) -> None:
    """Let the coordinator tell it as the example has it."""
    action = next(action for action in example("een_duidelijke_vraag").actions if action.name == FEEDBACK)
    play.act(action)


def close(play: Play) -> None:
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin verhuist en wil niet verder.")


def test_who_is_named_reads_what_the_knooppunt_said_and_gets_one_mail_that_says_nothing_of_it(
    play: Play, post: Post, box: Mailbox
) -> None:
    who = signalled(play, NAMED)
    assert signal(play, who).news == News.GOING
    news(play, post, box, who)
    feedback(play)
    mine = signal(play, who)
    assert mine.news == News.TOLD
    assert mine.said is not None
    assert "Het Knooppunt denkt mee" in str(mine.said[1])
    (letter,) = news(play, post, box, who)
    assert str(letter["Reply-To"]).endswith("@knooppunt.example")
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "https://knooppunt.example/wat-ik-schreef" in plain.get_content()
    for word in ("Klaarwens", "Kira", "denkt mee", str(play.case_id) + "/"):
        assert word not in letter.as_string()
    assert news(play, post, box, who) == []


@pytest.mark.any_database
def test_who_is_not_named_knows_that_it_was_received_and_later_that_it_is_over(
    play: Play, post: Post, box: Mailbox
) -> None:
    who = signalled(play, UNNAMED)
    feedback(play)
    mine = signal(play, who)
    assert (mine.news, mine.said) == (News.RECEIVED, None)
    assert news(play, post, box, who) == []
    close(play)
    mine = signal(play, who)
    assert (mine.news, mine.said, mine.known) == (News.ENDED, None, False)
    assert len(news(play, post, box, who)) == 1
    assert news(play, post, box, who) == []
    with play.as_(OVERSEER) as ctx:
        cases.reopen(ctx, play.case_id, "Het gezin belt weer.")
    assert signal(play, who).news == News.ENDED, "a new round is none of who signalled the first"
    assert news(play, post, box, who) == []


@pytest.mark.any_database
@pytest.mark.parametrize("organisation", [NAMED, UNNAMED])
def test_that_the_family_takes_its_yes_back_is_no_news(play: Play, post: Post, box: Mailbox, organisation: str) -> None:
    who = signalled(play, organisation)
    feedback(play)
    play.tell(Message.CONSENT_WITHDRAWN)
    assert news(play, post, box, who) == []
    assert signal(play, who).news == News.RECEIVED
    assert signal(play, who).said is None


@pytest.mark.any_database
def test_news_that_no_longer_holds_does_not_leave(play: Play, post: Post, box: Mailbox) -> None:
    who = signalled(play, UNNAMED)
    close(play)
    with play.as_(OVERSEER) as ctx:
        cases.undo(ctx, play.case_id)
    assert signal(play, who).news == News.RECEIVED
    assert news(play, post, box, who) == []
