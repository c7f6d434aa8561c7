"""Ways to break the code that a history must notice: each is what somebody might write, and may not."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from fastapi.responses import Response

from api.request import Desk, Visit
from engine import cases, store, worker
from engine.cases import Context, Library, Undoable, undoing
from engine.store import Database, Transaction
from engine.store.case_files import EventRow
from engine.store.sendings import Sending
from engine.store.tables import sending
from engine.words import Job
from tests.faults.machines import Crash

Patch = pytest.MonkeyPatch


def answer_before_commit(patch: Patch) -> None:
    """The answer leaves, and then what it says is committed."""

    def connected(desk: Desk, writes: bool, work: Callable[[Transaction], Response], after: object = None) -> Response:
        with desk.house.database.connection(writes) as tx:
            response = work(tx)
            with suppress(Crash):  # who asked has the answer already
                tx.commit()
        return response

    patch.setattr(Visit, "commit", lambda visit, _writes: visit.write_down())
    patch.setattr(Desk, "_connected", connected)


def looks_after_commit(patch: Patch) -> None:
    """What was done is committed before it is written down who did it."""

    def commit(visit: Visit, writes: bool) -> None:
        visit.tx.commit()
        if writes:
            with visit.house.database.again(visit.tx):
                visit.write_down()

    patch.setattr(Visit, "commit", commit)


def no_unique_key(patch: Patch) -> None:
    """A key may be used again."""
    begin = store.sendings.begin

    def anew(tx: Transaction, sent: Sending, now: datetime) -> None:
        tx.execute(sending.delete().where(sending.c.id == sent.id))
        begin(tx, sent, now)

    patch.setattr(store.sendings, "begin", anew)


def job_without_lock(patch: Patch) -> None:
    """A worker reads which job is due, and then does it in another transaction."""

    def once(database: Database, library: Library, now: Callable[[Transaction], datetime]) -> bool:
        with database.reading() as tx:
            job = store.jobs.take(tx, now(tx))
        with database.writing() as tx:
            store.looks.link(tx)
            if job is not None:
                store.jobs.done(tx, job.id)
                (cases.forget if job.kind == Job.FORGET else cases.tick)(tx, library, job.case_id, now(tx))
        return job is not None

    patch.setattr(worker, "_once", once)


def undo_twice(patch: Patch) -> None:
    """Nothing is forgotten of what stood there before, and nobody looks at what happened since."""

    def standing(ctx: Context, case_id: int, history: list[EventRow]) -> Undoable | None:
        kept = store.undo.of_case(ctx.tx, case_id)
        if kept is None or kept.person != ctx.actor.id or not history:
            return None
        return Undoable(history[0], kept.until)

    patch.setattr(store.undo, "forget", lambda *_given, **_more: None)
    patch.setattr(undoing, "standing", standing)


ALL: Mapping[str, Callable[[Patch], None]] = {
    way.__name__: way for way in (answer_before_commit, looks_after_commit, no_unique_key, job_without_lock, undo_twice)
}


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Break the code in one of these ways for a while."""
    with Patch.context() as patch:
        ALL[name](patch)
        yield
