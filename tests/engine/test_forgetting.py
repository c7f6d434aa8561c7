"""What is erased is nowhere any more: not in a row, not on the disk, and no number comes back."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.command import main
from engine import cases, deadlines, store, worker
from engine.cases import Library
from engine.definitions import Retention
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.forms import Field, Form, Holds
from engine.scenarios import Action, ActionKind, Scenario
from engine.store import Database
from engine.store.personal import NOTHING, PLACES
from engine.store.sendings import Sending
from engine.store.tables import erasure, job, metadata
from engine.words import Basis, CaseStatus, Erased, Kept, Relation
from tests.conftest import BEGIN, CopyOf
from tests.engine.conftest import both
from tests.engine.playing import COORDINATOR, HOME, LEAD, OVERSEER, REPORTER, Play, definition, example, moved

MARK = "Merkteken"
SAFETY = "onveiligheid_naast_het_traject"
YEARS = timedelta(days=5 * 366)


@pytest.fixture
def keeps(copy_of: CopyOf, opened: Callable[[str], Database]) -> Play:
    """A house where the terms that the region gives as an example count, as they do in a demo."""
    return Play(opened(copy_of(both)), Library(examples=True), BEGIN)


def marked(scenario: Scenario) -> Scenario:
    """An example in which each answer in words bears the mark."""
    forms = {e.id: definition().forms.get(e.form) for p in definition().processes.values() for e in p.user_tasks}
    actions = []
    for action in scenario.actions:
        form = forms.get(action.name) or Form("", ())
        item = {key: f"{value} {MARK}" for key, value in action.item.items()}
        actions.append(replace(action, answers=_marked(form.input_fields(), action.answers), item=item))
    return replace(scenario, actions=tuple(actions))


def _marked(fields: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Field] = {field.key: field for field in fields}
    return {key: _mark(asked[key], value) if key in asked else value for key, value in answers.items()}


def _mark(field: Field, value: Any) -> Any:
    if field.type.holds is Holds.TEXT and isinstance(value, str):
        return f"{value} {MARK}"
    if field.type.holds is Holds.ROWS:
        return [_marked([p for p in field.fields if p.key], row) for row in value]
    return value


def texts(database: Database) -> Iterator[tuple[str, str, str]]:
    """All that stands in the database: table, column and text."""
    with database.reading() as tx:
        for table in metadata.sorted_tables:
            for row in tx.execute(sa.select(table)).mappings() if table.name != "version" else ():
                yield from ((table.name, name, json.dumps(value, default=str)) for name, value in row.items())


def holding(database: Database, text: str = MARK) -> set[str]:
    """The columns in which a text stands."""
    return {f"{table}.{column}" for table, column, held in texts(database) if text.casefold() in held.casefold()}


def test_every_column_of_every_table_is_in_the_list() -> None:
    listed = {place.table.name: place for place in PLACES}
    assert not listed.keys() & NOTHING.keys()
    assert listed.keys() | NOTHING.keys() == metadata.tables.keys()
    for name, place in listed.items():
        columns = {column.name for column in metadata.tables[name].c}
        assert not place.says & place.rest
        assert place.says | place.rest == columns, name
    for name, why in NOTHING.items():
        assert why.endswith("."), name


def test_what_hangs_on_a_case_is_said_to_hang_on_it() -> None:
    hanging = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table.name in ("case_file", "task")
    }
    assert {place.table.name for place in PLACES} == hanging | {"case_file"}


TYPED = {
    *("case_file.title", "case_file.search", "word.word", "case_file.document", "case_file.end_reason", "task.subject"),
    *("answer.values", "event.detail", "note.text", "undo.rows", "relative.name", "meeting.place"),
    *("agreement.what", "agreement.goal", "agreement.remark", "agreement.assignment"),
    *("disclosure.what", "evaluation.remark", "access_request.asker", "access_request.identity"),
}
"""Where stands what somebody typed about a family, of what the tests below tell."""


def told(play: Play, until: str = "dossier_afsluiten") -> int:
    """Tell what can be told of a family, each with the mark, and close it."""
    play.case_id, play.now = 0, play.began
    play.play(marked(example("alles_loopt_goed")), until=until)
    play.act(Action(ActionKind.CORRECTION, "signaal_vastleggen", {"signaal": f"Anders. {MARK}"}))
    with play.as_(REPORTER) as ctx:
        cases.add_note(ctx, play.case_id, f"Een late brief. {MARK}")
    with play.as_(OVERSEER) as ctx:
        sent = Sending(OVERSEER, "/casus", "k", b"")
        store.sendings.begin(ctx.tx, sent, play.now)
        store.sendings.keep(ctx.tx, sent, 303, f"/casus/{play.case_id}#antwoorden")
        cases.close(ctx, play.case_id, f"Het is goed zo. {MARK}")
        asked_on, how = play.now.date(), f"Een paspoort. {MARK}"
        cases.record_access(ctx, play.case_id, Relation.MOTHER, f"Sanne {MARK}", asked_on, how)
    return play.case_id


def worked(play: Play, moment: datetime) -> None:
    """Let the worker do all that is due until this moment, at each moment that it is."""
    while True:
        with play.database.reading() as tx:
            due = store.jobs.next_due(tx)
        if due is None or due > moment:
            break
        play.now = max(play.now, due)
        assert worker._once(play.database, play.library, lambda _: play.now)
    play.now = moment


def erasures(play: Play) -> list[Any]:
    with play.database.reading() as tx:
        return list(tx.execute(sa.select(erasure).order_by(erasure.c.id)))


def on_disk(database: Database) -> bytes:
    """Every byte of a SQLite database, and of what it has yet to bring in."""
    file = Path(str(database.engine.url.database))
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))


def test_when_the_term_is_over_nothing_is_left_but_that_it_was(keeps: Play) -> None:
    id = told(keeps)
    assert holding(keeps.database) >= TYPED
    ended = keeps.now
    worked(keeps, ended + YEARS - timedelta(days=10))
    assert erasures(keeps) == []
    worked(keeps, ended + YEARS + timedelta(days=2))
    assert holding(keeps.database) == set()
    (whole,) = erasures(keeps)
    assert (whole.case_id, whole.what, whole.basis, whole.by) == (id, Erased.WHOLE, Basis.TERM, None)
    assert (whole.municipality, whole.started_at, whole.ended_at) == (HOME, BEGIN, ended)
    assert whole.rows["answer"] > 10
    with keeps.database.reading() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(job)).scalar_one() == 0, "and the night wiped it"
    if keeps.database.engine.dialect.name == "sqlite":
        assert MARK.encode() not in on_disk(keeps.database)
        assert MARK.casefold().encode() not in on_disk(keeps.database)
    keeps.now = BEGIN
    keeps.start(example("alles_loopt_goed").actions[0].answers)
    assert keeps.case_id > id, "no number is given twice"


class Longer(Library):
    """Where a safety file stays twice as long as the dossier."""

    def kept(self, tx: store.Transaction, municipality: str, what: Kept) -> Retention | None:
        return Retention("P10Y" if what is Kept.SAFETY else "P5Y", "test")


@pytest.mark.any_database
def test_a_safety_file_that_stays_longer_keeps_only_its_own(keeps: Play) -> None:
    keeps.library = Longer()
    keeps.play(marked(example(SAFETY)))
    assert {"safety.content", "safety.consulted", "relative.name"} <= holding(keeps.database)
    with keeps.as_(OVERSEER) as ctx:
        cases.close(ctx, keeps.case_id, f"Het is goed zo. {MARK}")
    while open_tasks := keeps.rows():
        steps = {action.name: action.answers for action in marked(example(SAFETY)).actions}
        keeps.do(open_tasks[0].element, steps[open_tasks[0].element])
    ended = keeps.now
    worked(keeps, ended + YEARS)
    assert holding(keeps.database) == {"answer.values", "safety.content", "safety.consulted", "safety.informed"}
    assert [row.what for row in erasures(keeps)] == [Erased.ALL_BUT_SAFETY]
    worked(keeps, ended + 2 * YEARS)
    assert holding(keeps.database) == set()
    assert [row.what for row in erasures(keeps)] == [Erased.ALL_BUT_SAFETY, Erased.WHOLE]


@pytest.mark.any_database
def test_what_runs_again_is_not_erased_and_what_no_region_decided_never(keeps: Play) -> None:
    told(keeps, until="kennismaken")
    ended = keeps.now
    with keeps.as_(OVERSEER) as ctx:
        cases.reopen(ctx, keeps.case_id, "Er is weer iets.")
    worked(keeps, ended + YEARS + timedelta(days=2))
    assert erasures(keeps) == []
    with keeps.as_(OVERSEER) as ctx:
        cases.close(ctx, keeps.case_id, "Klaar.")
    keeps.library = Library()
    worked(keeps, keeps.now + YEARS + timedelta(days=2))
    assert erasures(keeps) == [], "the terms are examples, which count for nobody real"


@pytest.mark.any_database
def test_what_was_sent_of_it_goes_with_it(keeps: Play) -> None:
    id = told(keeps, until="kennismaken")
    with keeps.database.writing() as tx:
        assert store.personal.erase(tx, id)["sending"] == 1


def command(play: Play, verb: str, *more: object) -> int:
    return main([verb, *map(str, more), "--database", play.database.url])


@pytest.mark.any_database
def test_a_copy_that_is_put_back_brings_back_nothing_that_was_erased_since(keeps: Play, tmp_path: Path) -> None:
    erased, copy = told(keeps, until="kennismaken"), tmp_path / "kopie.sqlite"
    ended = keeps.now
    keeps.case_id, keeps.now = 0, keeps.began + timedelta(days=1400)
    keeps.began = keeps.now
    keeps.play(moved(example("alles_loopt_goed"), keeps.now), until="kennismaken")
    stays = keeps.case_id
    assert command(keeps, "backup", copy) == 0
    assert command(keeps, "backup", copy) == 1, "a copy overwrites nothing"
    assert MARK.encode() in copy.read_bytes()
    worked(keeps, ended + YEARS + timedelta(days=2))
    with keeps.as_(OVERSEER) as ctx:
        cases.close(ctx, stays, "Na de kopie")
    (before,) = erasures(keeps)
    assert command(keeps, "restore", copy) == 0
    assert holding(keeps.database) == set()
    assert holding(keeps.database, "Na de kopie") == set()
    assert [(row.case_id, row.at, row.rows) for row in erasures(keeps)] == [(erased, before.at, before.rows)]
    keeps.case_id = stays
    assert keeps.view(OVERSEER).status == CaseStatus.RUNNING
    assert command(keeps, "restore", copy) == 0, "and once more it does no harm"
    assert holding(keeps.database) == set()


@pytest.mark.any_database
def test_what_is_no_copy_is_not_put_back(keeps: Play, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "brief.txt"
    other.write_text("Lieve Saar")
    for file in (other, tmp_path / "niets.sqlite"):
        assert command(keeps, "restore", file) == 1
        assert "is geen kopie" in capsys.readouterr().err
    assert keeps.start(example("alles_loopt_goed").actions[0].answers)


@pytest.mark.any_database
def test_the_doctor_tells_what_is_wrong(keeps: Play, capsys: pytest.CaptureFixture[str]) -> None:
    told(keeps, until="kennismaken")
    with keeps.database.writing() as tx:
        tx.execute(sa.update(job).values(due_at=keeps.now, attempts=store.jobs.STUCK))
    assert command(keeps, "doctor") == 1
    said = capsys.readouterr().out
    for part in ("Er draait geen worker", "1 keer lukt iets niet", "Zuid-Limburg heeft niet"):
        assert part in said


def ended(play: Play) -> int:
    """A family whose case was closed before it came to a talk."""
    id = told(play, until="kennismaken")
    with play.as_(COORDINATOR, writes=False) as ctx:
        assert cases.stay(ctx, id).planned == deadlines.after(play.now, "P5Y")
    return id


def does(play: Play, act: Callable[..., None], by: str, *more: object) -> None:
    with play.as_(by) as ctx:
        act(ctx, play.case_id, *more)


@pytest.mark.sqlite_first
def test_a_family_is_erased_sooner_when_two_people_recorded_it_and_nobody_stopped_it(keeps: Play) -> None:
    id = ended(keeps)
    does(keeps, cases.ask_erasure, OVERSEER)
    with pytest.raises(NotAllowedError):
        does(keeps, cases.confirm_erasure, OVERSEER)
    worked(keeps, keeps.now + timedelta(days=30))
    assert erasures(keeps) == []
    does(keeps, cases.confirm_erasure, COORDINATOR)
    does(keeps, cases.stop_erasure, OVERSEER)
    worked(keeps, keeps.now + timedelta(days=30))
    assert erasures(keeps) == []
    does(keeps, cases.ask_erasure, COORDINATOR)
    does(keeps, cases.confirm_erasure, OVERSEER)
    worked(keeps, keeps.now + timedelta(days=6))
    assert erasures(keeps) == []
    worked(keeps, keeps.now + timedelta(days=3))
    (gone,) = erasures(keeps)
    assert (gone.case_id, gone.basis, gone.by, gone.confirmed_by) == (id, Basis.REQUEST, COORDINATOR, OVERSEER)
    assert holding(keeps.database) == set()


@pytest.mark.sqlite_first
def test_what_has_to_stay_stays_until_its_day_also_when_the_family_asks(keeps: Play) -> None:
    ended(keeps)
    with pytest.raises(InvalidDataError):
        does(keeps, cases.hold, OVERSEER, "Een klacht", keeps.now.date())
    day = (keeps.now + timedelta(days=60)).date()
    does(keeps, cases.hold, OVERSEER, "Een klacht", day)
    does(keeps, cases.ask_erasure, OVERSEER)
    does(keeps, cases.confirm_erasure, COORDINATOR)
    worked(keeps, keeps.now + timedelta(days=59))
    assert erasures(keeps) == []
    worked(keeps, keeps.now + timedelta(days=3))
    assert [row.basis for row in erasures(keeps)] == [Basis.REQUEST]


@pytest.mark.any_database
def test_only_who_keeps_the_overview_decides_and_only_of_what_ended(keeps: Play) -> None:
    keeps.play(example("alles_loopt_goed"), until="kennismaken")
    for person in (OVERSEER, REPORTER):
        with pytest.raises(NotAllowedError):
            does(keeps, cases.ask_erasure, person)
    with keeps.as_(OVERSEER) as ctx:
        cases.close(ctx, keeps.case_id, "Klaar.")
    with pytest.raises(NotFoundError):
        does(keeps, cases.ask_erasure, LEAD)
