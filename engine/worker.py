"""Does what is due: timers of cases, and mail that has yet to leave. Any number of workers may run on one database."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine import cases, store
from engine.agenda import Entry
from engine.cases import Library, Rules, announcing, inviting, reminding, telling_back
from engine.deadlines import in_words
from engine.definitions.letters import Text
from engine.mail import Sender, UndeliveredError
from engine.words import Job, Letter

log = logging.getLogger("knooppunt.worker")

POLL_SECONDS = 2.0
DEFAULT = Rules()


def step(tx: store.Transaction, library: Library, now: datetime) -> bool:
    """Do the job that is longest due, in this transaction; False where none is due.

    A job that fails leaves no trace but its own count, and is tried again later, ever more slowly.
    """
    job = store.jobs.take(tx, now)
    if job is None:
        return False
    try:
        with tx.begin_nested():
            store.jobs.done(tx, job.id)
            does = {Job.FORGET: cases.forget, Job.RESUME: cases.resume_by_clock}
            do = does.get(Job(job.kind), cases.tick)
            do(tx, library, job.case_id, now)
    except Exception as error:  # noqa: BLE001 - an edge: one broken case must not stop the clock of all others
        # only the kind of error: its text might hold what a family told
        name = type(error).__name__
        log.error("job %s of case %s failed: %s", job.kind, job.case_id, name)
        attempts = store.jobs.failed(tx, job.id, name, now)
        if attempts >= store.jobs.STUCK:
            log.critical(
                "job %s of case %s is stuck after %d attempts: tried once a day from now on",
                job.kind, job.case_id, attempts,
            )  # fmt: skip
    return True


GATHERS = timedelta(minutes=15)
"""So often it is looked at for whom something waits, so that what is new is told at once and two things in one mail."""

RESTS = timedelta(minutes=1)
"""So long no mail is tried where the server is away, so that nothing else waits for it."""


@dataclass
class Post:
    """Lets the mail leave, by one sender. `texts` are for a region that has none of its own; `secret` seals links."""

    sender: Sender
    texts: Mapping[Letter, Text]
    secret: str = field(default="", repr=False)
    rests_until: datetime | None = field(default=None, init=False)
    gathers_at: datetime | None = field(default=None, init=False)

    def once(self, database: store.Database, library: Library, now: Callable[[store.Transaction], datetime]) -> bool:
        """Send the letter that is longest due; False where none is. It is taken and crossed out in transactions of
        their own, and leaves in between: whatever breaks off, none is lost, and one sent twice bears the same mark.
        """
        self._gather(database, library, now)
        with database.reading() as tx:
            moment, due = now(tx), store.letters.next_due(tx)
        if due is None or due > moment or (self.rests_until and moment < self.rests_until):
            return False
        with database.writing() as tx:
            letter = store.letters.take(tx, moment)
            if letter is None:
                return False
            meant = self._meant(tx, library, letter, moment)
            if meant is None:
                store.letters.gone(tx, letter.id)
                return True
            values, entry, reply = meant
            text = library.letters(tx, letter.to)[1].get(letter.letter) or self.texts[letter.letter]
        try:
            self.sender.send(letter.mail, text, values, letter.mark, letter.at, entry, reply)
        except UndeliveredError as error:
            self._failed(database, letter, error, moment)
            return True
        with database.writing() as tx:
            store.letters.gone(tx, letter.id)
            if letter.letter == Letter.REMINDER:
                store.reminders.sent(tx, letter.to.id, moment)
        return True

    def _gather(self, database: store.Database, library: Library, now: Callable[[store.Transaction], datetime]) -> None:
        """Every so often, put a mail for whom something waits."""
        with database.reading() as tx:
            moment = now(tx)
        if self.gathers_at is not None and moment < self.gathers_at:
            return
        self.gathers_at = moment + GATHERS
        with database.writing() as tx:
            reminding.gather(tx, library, moment)

    def _meant(
        self, tx: store.Transaction, library: Library, letter: store.letters.Outgoing, now: datetime
    ) -> tuple[Mapping[str, str], Entry | None, str] | None:
        """What stands at the places of a letter, what it puts in an agenda, and to which address an answer goes; None
        where it isn't needed any more.
        """
        page, fields, reply = "/mijn", letter.fields, ""
        entry: Entry | None = None
        if letter.letter == Letter.INVITATION:
            invitation = store.identities.invited(tx, now, person_id=letter.to.id)
            if invitation is None:
                return None
            page = inviting.page_of(self.secret, invitation)
        elif letter.letter in announcing.ABOUT:
            news = announcing.told(tx, letter, now)
            if news is None:
                return None
            page, entry = news.page, news.entry
            fields = {"dag": in_words(entry.begins)} if entry else {}
        elif letter.letter == Letter.SIGNAL_NEWS:
            answered_by = telling_back.told(tx, library, letter, now)
            if answered_by is None:
                return None
            page, fields, reply = "/wat-ik-schreef", {}, answered_by
        elif letter.letter == Letter.REMINDER:
            waits = reminding.composed(tx, library, letter.to, now)
            if waits is None:
                return None
            page, address = "/werk", self.sender.address.rstrip("/")
            fields = {name: text.replace("{adres}", address) for name, text in waits.items()}
        settings, _ = library.letters(tx, letter.to)
        link = self.sender.address.rstrip("/") + page
        entry = replace(entry, link=link) if entry else None
        return {**fields, "naam": letter.to.name, "regio": settings.name, "link": link}, entry, reply

    def _failed(
        self, database: store.Database, letter: store.letters.Outgoing, error: UndeliveredError, now: datetime
    ) -> None:
        with database.writing() as tx:
            attempts = store.letters.failed(tx, letter, error.kind, now, refused=error.refused)
        if error.away:
            self.rests_until = now + RESTS
        tell = log.critical if attempts == store.letters.STUCK else log.error
        tell("letter %d (%s) did not leave at attempt %d: %s", letter.id, letter.letter, attempts, error.kind)


def run(
    database: store.Database,
    library: Library,
    now: Callable[[store.Transaction], datetime],
    stop: threading.Event,
    post: Post | None = None,
    rules: Rules = DEFAULT,
) -> None:
    """Work until `stop` is set. `now` tells the time, of which a demo runs ahead; without `post` no mail leaves."""
    while not stop.is_set():
        try:
            worked = _once(database, library, now, rules) or (post is not None and post.once(database, library, now))
        except Exception as error:  # noqa: BLE001 - an edge: the database may be away for a while
            log.error("worker can't reach its work: %s", type(error).__name__)
            worked = False
        if not worked:
            stop.wait(POLL_SECONDS)


def _once(
    database: store.Database,
    library: Library,
    now: Callable[[store.Transaction], datetime],
    rules: Rules = DEFAULT,
) -> bool:
    with database.reading() as tx:
        moment = now(tx)
        due = store.jobs.next_due(tx)
        kept = (store.undo, store.sendings, store.drafts, store.links, store.signups)
        over = any(each.over(tx, moment) for each in kept)
        looked = store.looks.unchained(tx)
    if over:  # what nobody may undo any more, sends again, comes back to or asks by a code, is no longer kept
        with database.writing() as tx:
            store.undo.clear(tx, moment)
            store.sendings.clear(tx, moment)
            store.drafts.clear(tx, moment)
            store.links.clear(tx, moment)
            store.signups.clear(tx, moment)
    if looked:
        with database.writing() as tx:
            cases.watch(tx, rules, store.looks.link(tx))
            store.jobs.plan_for_night(tx, Job.TRIM, moment)
    if due is None or due > moment:
        return False
    with database.writing() as tx:
        worked = step(tx, library, now(tx))
    return worked or _scrub(database, now) or _nightly(database, library, now)


def _nightly(database: store.Database, library: Library, now: Callable[[store.Transaction], datetime]) -> bool:
    """In the night after somebody looked, where that is due: take out of the look-log what was kept long enough, and
    count what there is, so that lists stay quick.
    """
    with database.writing() as tx:
        moment = now(tx)
        until = store.jobs.lease(tx, Job.TRIM, moment)
        if until is None:
            return False
        if cases.trim_looks(tx, library, moment):
            store.jobs.plan_for_night(tx, Job.SCRUB, moment)
        store.jobs.give_back(tx, Job.TRIM, until)
    database.take_stock()
    return True


def _scrub(database: store.Database, now: Callable[[store.Transaction], datetime]) -> bool:
    """Wipe off the disk what was erased, where that is due; it is tried again in an hour until it is done."""
    with database.writing() as tx:
        until = store.jobs.lease(tx, Job.SCRUB, now(tx))
    if until is None:
        return False
    if database.scrub(store.personal.erasable()):
        with database.writing() as tx:
            store.jobs.give_back(tx, Job.SCRUB, until)
    else:
        log.error("what was erased is not off the disk yet: somebody reads it, tried again in an hour")
    return True
