"""What must hold after every history, by the words of the design: each function gives what it finds broken.

"Nothing acknowledged is lost, nothing doubled, every timer once"; registers and tasks are what the ledger says, and
nothing here asks the use cases.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import process
from engine.process import Model
from engine.store import looks
from tests.faults.drawing import HOW_SHE_IS
from tests.faults.history import BEGIN, UNDONE_BY, YEAR, Act, Street

WAITS = timedelta(days=7)
HOUR = timedelta(hours=1)
ASIDE = ("look", "form", "note")
"""What changes nothing that could be undone."""

READ_MEANWHILE = "what was erased is not off the disk yet"
"""No fault: as long as somebody reads what was there before, it is tried again."""

PARTNERS = ("rondkomstig", "heuvelkind")
ANSWERED = 'select cast("values" as text) as said from answer where case_id = ?'
HISTORY = (
    "select cast(detail as text) as said from event where case_id = ? union all select text from note where case_id = ?"
)


def moment(text: str) -> datetime:
    """A moment as SQLite keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def broken(street: Street, model: Model) -> Iterator[str]:
    """All that is broken after a history that the workers have settled."""
    yield from (line for line in street.complaints.lines if READ_MEANWHILE not in line)
    yield from _answers(street)
    yield from _undoing(street)
    yield from _whole(street)
    yield from _looks(street)
    standing = {row["id"]: row for row in street.hub.rows("select * from case_file order by id")}
    yield from _cases(street, standing)
    for case_id, row in standing.items():
        yield from _kept(street, case_id)
        yield from _counted(street, case_id)
        yield from _tasks(street, model, row)
        yield from _timers(street, case_id)
        yield from _plan(street, row)
        yield from _consent(street, row)


def _answers(street: Street) -> Iterator[str]:
    for act in street.ledger.acts:
        statuses = [status for status, _ in act.answers]
        if any(status >= 500 or status in (400, 422) for status in statuses):
            yield f"{act}: {act.answers[-1][1][:200]}"
        if act.acknowledged and act.order == 0 and act.kind not in ("look", "form", "claim"):
            yield f"{act}: told before it was committed"
        if act.key and len(set(act.acknowledged)) > 1:
            yield f"{act}: the same sent twice is answered in two ways"
        if act.mark and len(act.acknowledged) > 1 and not act.key:
            yield f"{act}: done twice"


def _undoing(street: Street) -> Iterator[str]:
    """Undone is the newest that happened, by who did it, within the hour, and once."""
    for undo in sorted((a for a in street.ledger.acts if a.kind == "undo" and a.happened), key=lambda a: a.order):
        before = [a for a in street.ledger.acts if a.case_id == undo.case_id and a.happened and a.order < undo.order]
        acted = [a for a in before if a.kind not in ASIDE and (a.kind, a.person) != ("claim", undo.person)]
        last = max(acted, key=lambda act: act.order, default=None)
        if last is None or last.kind not in UNDONE_BY or last.undone or last.person != undo.person:
            yield f"{undo}: of {last}"
        elif undo.at >= last.at + HOUR:
            yield f"{undo}: too late for {last}"
        else:
            last.undone = True


def _asked(act: Act) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = (act.body or {})["answers"]["toestemmingen"]
    return rows


def _whole(street: Street) -> Iterator[str]:
    for check in ("integrity_check", "foreign_key_check"):
        answers = [tuple(row) for row in street.hub.rows(f"PRAGMA {check}")]
        if answers not in ([("ok",)], []):
            yield f"{check}: {answers[:3]}"
    now = street.now.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    for row in street.hub.rows("select * from job"):
        if row["due_at"] <= now or (row["attempts"] and row["kind"] != "opschonen"):
            yield f"job {row['unique_key']} is due since {row['due_at']} or failed {row['attempts']} times"
    for key, many in Counter(row["unique_key"] for row in street.hub.rows("select unique_key from job")).items():
        if many > 1:
            yield f"job {key} stands there {many} times"


def _looks(street: Street) -> Iterator[str]:
    """A row for each answer that showed something of a family, and none but for what was asked."""
    query = "select person_id, address, count(*) from look where verb <> 'geweigerd' group by 1, 2"
    counted = {(row[0], row[1]): row[2] for row in street.hub.rows(query)}
    answered, asked = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for act in street.ledger.acts:
        method = "GET" if act.body is None else "POST"
        place = (act.person, f"{method} {act.pattern}")
        answered[place] += min(1, len(act.acknowledged)) if act.key else len(act.acknowledged)
        asked[place] += act.sent
    for place in asked | Counter(counted.keys()):
        if not answered[place] <= counted.get(place, 0) <= asked[place]:
            yield f"{place}: {answered[place]} answers, {counted.get(place, 0)} looks, {asked[place]} asked"
    with street.workers[0].database.reading() as tx:
        chain = looks.verify(tx)
    if chain.broken or chain.waiting:
        yield f"the chain of looks: {chain}"


def _cases(street: Street, standing: Mapping[int, Any]) -> Iterator[str]:
    """Each family that was signed up stands there once, or was erased after its term and left nothing."""
    erased = Counter(row["case_id"] for row in street.hub.rows("select case_id from erasure"))
    begun = {act.case_id for act in street.ledger.acts if act.kind == "start" and act.happened}
    if begun != set(standing) | set(erased):
        yield f"cases {sorted(begun)} were begun, {sorted(standing)} stand there, {dict(erased)} were erased"
    for case_id, times in erased.items():
        ended = street.hub.rows("select ended_at from erasure where case_id = ?", case_id)[0][0]
        if times > 1 or case_id in standing or ended is None or moment(ended) + YEAR > street.ledger.latest + HOUR:
            yield f"case {case_id} was erased {times} times, of which the end was {ended}"
        for table in ("task", "event", "answer", "note", "job", "undo", "opening", "consent", "agreement", "relative"):
            if street.hub.rows(f"select 1 from {table} where case_id = ?", case_id):  # noqa: S608
                yield f"case {case_id} was erased, and something of it stands in {table}"
    now = street.now.astimezone(UTC)
    for case_id, row in standing.items():
        if row["ended_at"] and moment(row["ended_at"]) + YEAR + HOUR <= now:
            yield f"case {case_id} ended at {row['ended_at']} and still stands there at {now}"


def _kept(street: Street, case_id: int) -> Iterator[str]:
    """What was acknowledged stands there, and what was refused doesn't; nothing twice."""
    answers = [row["said"] for row in street.hub.rows(ANSWERED, case_id)]
    history = [row["said"] for row in street.hub.rows(HISTORY, case_id, case_id)]
    for act in street.ledger.acts:
        if act.case_id != case_id or not act.mark or act.kind == "undo":
            continue
        word = act.mark if act.kind == "note" else f'"{act.mark}"'
        times = sum(word in text for text in answers)
        passed = sum(word in text for text in history)
        stands = act.happened and not act.undone
        if stands and not times + passed:
            yield f"{act}: lost"
        if not stands and times + passed:
            yield f"{act}: stands there, though {'undone' if act.undone else 'nobody did it'}"
        if act.step != "bijstellen" and times > 1:  # a plan is read and sent again with what it held
            yield f"{act}: answered {times} times"


def _counted(street: Street, case_id: int) -> Iterator[str]:
    """For each thing that somebody did there is one row of history, for whom did it."""
    query = "select kind, actor, count(*) from event where case_id = ? and actor is not null group by 1, 2"
    counted = {(row[0], row[1]): row[2] for row in street.hub.rows(query, case_id)}
    kinds = {"start": ("gestart", "afgerond"), "complete": ("afgerond",), "correct": ("gecorrigeerd",),
             "close": ("gesloten",), "undo": ("ongedaan",)}  # fmt: skip
    done = Counter[tuple[str, str]]()
    for act in street.ledger.done(case_id, *kinds):
        for kind in kinds[act.kind]:
            done[kind, act.person] += 1
    for place in {place for place in counted if place[0] in {"gestart", "afgerond", *kinds}} | set(done):
        if counted.get(place, 0) != done[place]:
            yield f"case {case_id}: {place} happened {done[place]} times and stands there {counted.get(place, 0)} times"
    messages = Counter(act.person for act in street.ledger.done(case_id, "message", "withdraw"))
    for person in {place[1] for place in counted} | set(messages):
        rows = counted.get(("bericht", person), 0) + counted.get(("ingetrokken", person), 0)
        if rows != messages[person]:
            yield f"case {case_id}: {person} told {messages[person]} times, which stands there {rows} times"


def _tasks(street: Street, model: Model, row: Any) -> Iterator[str]:
    """Each open task has its row, and each row its task; a case of which the clock runs has one job for it."""
    rows = {task["key"] for task in street.hub.rows(
        "select key from task where case_id = ? and status = 'open'", row["id"])}  # fmt: skip
    document = json.loads(row["document"])
    running = process.tick(model, row["state"], document, BEGIN - 9 * YEAR) if row["state"] else None
    waiting = {task.key for task in running.open} if running else set()
    if rows != waiting:
        yield f"case {row['id']}: {len(waiting)} tasks are open, and {len(rows)} rows"
    due = street.hub.rows("select due_at from job where case_id = ? and kind = 'klok'", row["id"])
    moments = [moment(job["due_at"]) for job in due]
    wanted = [running.due] if running and running.due else []
    if moments != wanted:
        yield f"case {row['id']}: its clock is due {moments}, which should be {wanted}"


def _timers(street: Street, case_id: int) -> Iterator[str]:
    """Each plan that waits for a week is reminded of once: not sooner, not twice, not never."""
    for row in street.hub.rows("select detail from event where case_id = ? and kind = 'klok'", case_id):
        if not json.loads(row["detail"])["langs"]:
            yield f"case {case_id}: its clock went and nothing happened"
    query = (
        "select id, element, status, opened_at from task"
        " where case_id = ? and element in ('bijstellen', 'herinneren') order by id"
    )
    plan, reminders = None, 0
    for task in [*street.hub.rows(query, case_id), None]:
        if task is None or task["element"] == "bijstellen":
            due = moment(plan["opened_at"]) + WAITS if plan is not None else street.now
            waits = plan is not None and plan["status"] == "open"
            if reminders > 1 or (waits and not (street.now >= due) <= reminders <= (street.ledger.latest >= due)):
                yield f"case {case_id}: reminded {reminders} times of {tuple(plan or ())} by {street.now}"
            plan, reminders = task, 0
        elif plan is None or moment(task["opened_at"]) < moment(plan["opened_at"]) + WAITS:
            yield f"case {case_id}: reminded too soon, at {task['opened_at']}"
        else:
            reminders += 1


def _plan(street: Street, row: Any) -> Iterator[str]:
    """The register of agreements is what was agreed, and the plan is what was written last."""
    document = json.loads(row["document"])
    made = [act for act in street.ledger.done(row["id"], "complete") if act.step == "bijstellen"]
    agreed = sorted(act.mark for act in made)
    stands = street.hub.rows("select what from agreement where case_id = ? order by what", row["id"])
    if sorted(each["what"] for each in stands) != agreed:
        yield f"case {row['id']}: agreed was {agreed}, and in the register stands {[each['what'] for each in stands]}"
    if sorted(each["wat"] for each in document.get("afspraken") or ()) != agreed:
        yield f"case {row['id']}: agreed was {agreed}, and the case knows {document.get('afspraken')}"
    wrote = [a for a in street.ledger.done(row["id"], "complete", "correct") if a.step == "bijstellen" and a.writes]
    if wrote and document.get("plan") != wrote[-1].mark:
        yield f"case {row['id']}: the plan is {document.get('plan')}, written last was {wrote[-1].mark}"


def _consent(street: Street, row: Any) -> Iterator[str]:
    """What is open to whom is what was said last, and whoever is to be asked is asked where nobody may read it."""
    case_id = row["id"]
    asked = [act for act in street.ledger.done(case_id, "complete") if act.step == "vragen"]
    if len(asked) > 1:
        yield f"case {case_id} asked {len(asked)} times"
    may = {given["organisatie"]: KINDS[given["antwoord"]] for act in asked for given in _asked(act)}
    for act in street.ledger.done(case_id, "withdraw"):
        wish = act.body or {}
        for id in may:
            if wish.get("organisation", id) == id:
                may[id] = may[id] - {wish["kind"]} if "kind" in wish else frozenset()
    if row["status"] != "lopend" or not {"contact", "doelen_plan"} <= may.get("buurtlicht", frozenset()):
        return
    opened = {(each[0], each[1]) for each in street.hub.rows(
        "select organisation, kind from opening where case_id = ? and purpose = 'delen'", case_id)}  # fmt: skip
    if opened != {(id, kind) for id, kinds in may.items() for kind in kinds}:
        yield f"case {case_id}: open is {sorted(opened)}, said was {may}"
    nobody = not any(HOW_SHE_IS in may[id] for id in PARTNERS)
    query = "select element, assignee, for_nobody from task where case_id = ? and status = 'open'"
    for task in street.hub.rows(query, case_id):
        wanted = task["element"] == "verkennen" and nobody and not task["assignee"]
        if bool(task["for_nobody"]) != wanted:
            yield f"case {case_id}: {tuple(task)} with {may}"


KINDS = {
    "ja": frozenset({"contact", "doelen_plan"}),
    "nee": frozenset[str](),
    "anders": frozenset({"contact", HOW_SHE_IS}),
}
