"""One history: people, workers and a clock at a few families, by one seed, and the ledger of what people were told.

The ledger knows no more than who sent something and what came back. Where nothing came back, since the process died, it
is asked once whether it happened: by the mark that it carries, which stands nowhere else, or by one more of its kind.
"""

import copy
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

import api.request
from api.app import create_app
from api.request import House
from engine import store, worker
from engine.cases import Library
from tests.faults.drawing import HOW_SHE_IS, LENDER, NURSE, ORGANISATIONS, OVERSEER, PLACE, REPORTER
from tests.faults.machines import AFTER, BEFORE, STATEMENT, Crash, Death, Hub, Machine

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
STEPS = (timedelta(0),) * 3 + (timedelta(minutes=20),) * 2 + (timedelta(days=1), timedelta(days=8), 2 * YEAR, -YEAR)
"""How the clock moves between two moments."""

KNOWN = timedelta(hours=20)
"""So long may the same be sent once more: a day later it would be something new."""

SESSION = {id: hashlib.sha256(id.encode()).hexdigest() for id in ORGANISATIONS}
UNDONE_BY = ("complete", "message", "close")
"""What may be undone."""

EVENTS = {"message": ("bericht",), "withdraw": ("ingetrokken", "bericht"), "undo": ("ongedaan",)}
"""By which rows of the history of a case it is known that something happened which carries no mark."""


@dataclass(eq=False)
class Act:
    """Something that somebody sends. `mark` stands in it and nowhere else."""

    kind: str
    person: str
    address: str
    pattern: str
    body: Mapping[str, Any] | None = None
    case_id: int = 0
    mark: str = ""
    step: str = ""
    key: str = ""
    form: bool = False
    writes: bool = True
    """Whether it says something of the plan; one may leave that as it was."""

    sent: int = 0
    answers: list[tuple[int, str]] = field(default_factory=list)
    happened: bool = False
    undone: bool = False
    order: int = 0
    """At which commit it happened."""
    at: datetime = BEGIN

    @property
    def acknowledged(self) -> list[tuple[int, str]]:
        """The answers by which somebody was told that it was done."""
        return [answer for answer in self.answers if answer[0] < 400]

    def __str__(self) -> str:
        said = f" {self.mark}" if self.mark else ""
        came = ",".join(str(status) for status, _ in self.answers) or "died"
        return f"{self.at:%d-%m-%y %H:%M} {self.person} {self.kind} {self.step or self.address}{said}: {came}"


@dataclass
class Ledger:
    """What people did and were told, and how far the clock ever came."""

    acts: list[Act] = field(default_factory=list)
    latest: datetime = BEGIN

    def done(self, case_id: int, *kinds: str) -> list[Act]:
        """What happened in a case and was not undone, in its order."""
        mine = (act for act in self.acts if act.case_id == case_id and act.kind in kinds)
        return sorted((act for act in mine if act.happened and not act.undone), key=lambda act: act.order)


@dataclass(frozen=True)
class _House(House):
    """A house of which the clock is moved by hand."""

    clock: Callable[[], datetime] = lambda: BEGIN

    def now(self, tx: store.Transaction) -> datetime:
        return self.clock()


class _Inline:
    """Does at once what would be done on another thread."""

    async def run_in_executor(self, _pool: object, work: Callable[..., Any], *given: Any) -> Any:
        return work(*given)


class _Rounds:
    """Lets a worker look whether something is due: some times, and others work meanwhile, or until nothing is."""

    def __init__(self, hub: Hub, rounds: int, *, until_idle: bool) -> None:
        self.hub, self.rounds, self.until_idle = hub, rounds, until_idle

    def is_set(self) -> bool:
        self.rounds -= 1
        return self.rounds < 0

    def wait(self, _seconds: float) -> bool:
        self.hub.hand_over()
        if self.until_idle:
            self.rounds = 0
        return False


class _Complaints(logging.Handler):
    """Keeps what the house itself says has gone wrong, but for the last words of a process that died."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(logging.ERROR)
        self.hub = hub
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if self.hub.running is None or not self.hub.running.dead:
            self.lines.append(record.getMessage())


class Street:
    """Two processes that serve and two that work, on one file, with whoever knocks at their doors."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub(folder, 4)
        self.ledger, self.now, self.chance = Ledger(), BEGIN, Random(0)  # noqa: S311 - a history, no secret
        self.servers, self.workers = self.hub.machines[:2], self.hub.machines[2:]
        self.libraries = {machine: Library(examples=True) for machine in self.hub.machines}
        self.apps: dict[Machine, FastAPI] = {}
        for machine in self.servers:
            house = _House(machine.database, self.libraries[machine], demo=True, clock=lambda: self.now)
            self.apps[machine] = create_app(house)
        self.complaints = _Complaints(self.hub)
        self.marks = 0
        self.read: list[dict[str, Any]] = []
        """The forms of tasks that are open on somebody's screen."""

    @contextmanager
    def open(self) -> Iterator["Street"]:
        """Serve without threads, and hear what the house says of itself."""
        threads = vars(api.request)["get_running_loop"]
        vars(api.request)["get_running_loop"] = _Inline
        log = logging.getLogger("knooppunt")
        log.addHandler(self.complaints)
        try:
            yield self
        finally:
            vars(api.request)["get_running_loop"] = threads
            log.removeHandler(self.complaints)
            for machine in self.hub.machines:
                machine.database.close()

    # --- what people send

    def mark(self) -> str:
        """A word that stands nowhere else."""
        self.marks += 1
        return f"zq{self.marks}x"

    def start(self) -> Act:
        mark = self.mark()
        mother = {"naam": mark + "m", "relatie": "moeder", "leeftijd": "16_plus", "gezag": "ja"}
        answers = {"gezin_naam": mark, "gezin": [mother], HOW: mark + "h"}
        body = {"municipality": PLACE, "answers": answers}
        return Act("start", REPORTER, "/v1/cases", "/v1/cases", body, mark=mark, step="melden", key=mark)

    def tell(self, case_id: int) -> Act:
        body = {"name": "verhuisd", "toldBy": "zelf", "day": "2000-01-01"}
        return self._of_case("message", self._either(), case_id, "messages", body, key=self.mark())

    def withdraw(self, case_id: int) -> Act:
        wish = self.chance.choice(({"organisation": "rondkomstig"}, {"organisation": "heuvelkind"},
                                   {"kind": HOW_SHE_IS}, {}))  # fmt: skip
        return self._of_case("withdraw", REPORTER, case_id, "withdrawals", wish, key=self.mark())

    def undo(self, case_id: int) -> Act:
        return self._of_case("undo", self._either(), case_id, "undo", {})

    def note(self, case_id: int) -> Act:
        mark = self.mark()
        return self._of_case("note", self._either(), case_id, "notes", {"text": mark}, mark=mark, key=mark)

    def look(self, case_id: int) -> Act:
        pattern = "/v1/cases/{case_id}"
        return Act("look", self._either(), f"/v1/cases/{case_id}", pattern, case_id=case_id)

    def close(self, case_id: int) -> Act:
        mark, pattern = self.mark(), "/casus/{case_id}/sluiten"
        address = pattern.format(case_id=case_id)
        return Act("close", OVERSEER, address, pattern, {"reden": mark}, case_id, mark, key=mark, form=True)

    def correct(self, case_id: int) -> Act:
        mark, pattern = self.mark(), "/casus/{case_id}/corrigeren/{process}/{element}"
        address = pattern.format(case_id=case_id, process="casus", element="bijstellen")
        body = {"plan": mark, "_reden": mark + "r"}
        return Act("correct", OVERSEER, address, pattern, body, case_id, mark, "bijstellen", form=True)

    def _of_case(self, kind: str, person: str, case_id: int, what: str, body: dict[str, Any], **more: Any) -> Act:
        address = f"/v1/cases/{case_id}/{what}"
        return Act(kind, person, address, f"/v1/cases/{{case_id}}/{what}", body, case_id, **more)

    def _either(self) -> str:
        return self.chance.choice((REPORTER, OVERSEER, OVERSEER, LENDER))

    def open_form(self, person: str, task_id: int, case_id: int, step: str) -> Act:
        """Read a task, so that it may be sent later."""
        return Act("form", person, f"/v1/tasks/{task_id}", "/v1/tasks/{task_id}", case_id=case_id, step=step)

    def claim(self, person: str, task_id: int, case_id: int, step: str) -> Act:
        address, pattern = f"/v1/tasks/{task_id}/claim", "/v1/tasks/{task_id}/claim"
        return Act("claim", person, address, pattern, {}, case_id, step=step)

    def complete(self, form: Mapping[str, Any]) -> Act:
        """Send a form as it was read, which may be long ago, with something added."""
        mark, step, seen, case_id = self.mark(), form["step"], form["values"], form["case_id"]
        answers = dict(seen)
        writes = step != "bijstellen" or self.chance.random() < 0.6
        if step == "vragen":
            answers |= {"toestemmingen": self._consents(case_id), "gevraagd": mark}
        elif step == "bijstellen":
            made = {"wat": mark, "wie": "buurtlicht", "voor_wanneer": "2026-06-01"}
            asked = {"id", *made}  # what was answered about a row since then is no question of this form
            rows = [{key: row[key] for key in row if key in asked} for row in seen.get("afspraken") or ()]
            answers |= {"afspraken": [*rows, made]}
            answers |= {"plan": mark} if writes else {}
            answers["genoeg"] = self.chance.random() < 0.15
        else:
            answers[WRITES[step]] = mark
        body = {"answers": answers, "seen": seen, "version": form["version"]}
        address, pattern = f"/v1/tasks/{form['id']}/complete", "/v1/tasks/{task_id}/complete"
        return Act("complete", form["person"], address, pattern, body, case_id, mark, step, writes=writes)

    def _consents(self, case_id: int) -> list[dict[str, Any]]:
        mother = self.scalar("select item from relative where case_id = ?", case_id)
        said: dict[str, tuple[str, list[str]]] = {"buurtlicht": ("ja", [])}
        if self.chance.random() < 0.1:
            said = {"buurtlicht": ("nee", [])}
        for organisation in ("rondkomstig", "heuvelkind"):
            said[organisation] = self.chance.choice((("ja", []), ("nee", []), ("anders", ["contact", HOW_SHE_IS])))
        return [{"persoon": mother, "organisatie": id, "antwoord": reply, "soorten": kinds}
                for id, (reply, kinds) in said.items()]  # fmt: skip

    # --- what becomes of it

    def send(self, machine: Machine, act: Act) -> None:
        """Send it to a machine, which may die of it."""
        act.sent += 1
        act.at = act.at if act.happened else self.now
        died = machine.dies_in(lambda: self._ask_as_read(machine, act))
        if died:
            machine.start_anew()
        answers = act.acknowledged
        if answers and not act.happened:
            act.happened, act.order = True, machine.commits[0] if machine.commits else 0
            if act.kind == "start":
                act.case_id = json.loads(answers[0][1])["caseId"]
        elif died and not act.happened and act.body is not None and act.kind != "claim":
            act.happened = self._happened(act)
            act.order = machine.commits[0] if machine.commits else 0
        if act.kind == "form" and answers:
            values = json.loads(answers[0][1])
            self.read.append({**values, "person": act.person, "step": act.step, "case_id": act.case_id})

    def _ask_as_read(self, machine: Machine, act: Act) -> None:
        """Send it; a correction begins at the page that shows what stands there."""
        if act.kind == "correct" and act.sent == 1:
            page = Act("look", act.person, act.address, act.pattern, case_id=act.case_id, sent=1, at=self.now)
            self.ledger.acts.append(page)
            self._ask(machine, page)
            if not page.acknowledged:
                act.answers += page.answers
                return
            basis = re.search(r'name="_basis" value="([^"]*)"', page.answers[0][1])
            act.body = {**(act.body or {}), "_basis": basis[1] if basis else ""}
        self._ask(machine, act)

    def _ask(self, machine: Machine, act: Act) -> None:
        status, text = 0, b""
        headers = {"host": "x", "cookie": f"knooppunt={SESSION[act.person]}"}
        body = b""
        if act.form:
            csrf = hashlib.sha256(f"form:{SESSION[act.person]}".encode()).hexdigest()[:32]
            key = {"_sleutel": act.key} if act.key else {}
            body = urlencode({**(act.body or {}), **key, "csrf_token": csrf}).encode()
            headers["content-type"] = "application/x-www-form-urlencoded"
        elif act.body is not None:
            body = json.dumps(act.body).encode()
            headers |= {"content-type": "application/json"} | ({"idempotency-key": act.key} if act.key else {})
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
            "method": "GET" if act.body is None else "POST", "path": act.address, "raw_path": act.address.encode(),
            "query_string": b"", "server": ("x", 80), "client": ("x", 1), "state": {},
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip

        async def receive() -> Mapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def told(message: Mapping[str, Any]) -> None:
            nonlocal status, text
            status = message.get("status", status)
            text += message.get("body", b"")

        served = self.apps[machine](scope, receive, told)  # type: ignore[arg-type]
        try:
            served.send(None)
        except StopIteration:
            if machine.dead:  # what is said while a process dies reaches nobody
                raise Crash from None
            act.answers.append((status, text.decode(errors="replace")))
        else:
            raise AssertionError("an answer waits for something")

    def _happened(self, act: Act) -> bool:
        """Whether what nobody was told of was done."""
        if act.mark:
            case_id = self.scalar(
                "select case_id from (select case_id, cast(\"values\" as text) as said from answer"
                " union all select case_id, cast(detail as text) from event"
                " union all select case_id, text from note) where said like ?",
                f'%{act.mark}"%' if act.kind != "note" else act.mark,
            )  # fmt: skip
            if act.kind == "start":
                act.case_id = case_id or 0
            return case_id is not None
        kinds = ", ".join(f"'{kind}'" for kind in EVENTS[act.kind])
        counted = self.scalar(
            f"select count(*) from event where case_id = ? and actor = ? and kind in ({kinds})",  # noqa: S608
            act.case_id,
            act.person,
        )
        same = [kind for kind, words in EVENTS.items() if set(words) & set(EVENTS[act.kind])]
        known = [other for other in self.ledger.done(act.case_id, *same) if other.person == act.person]
        return int(counted or 0) > len(known)

    def work(self, machine: Machine, rounds: int, *, until_idle: bool = False) -> None:
        """Let a worker look so many times whether something is due, or until nothing is."""
        stop: Any = _Rounds(self.hub, rounds, until_idle=until_idle)
        database, library = machine.database, self.libraries[machine]
        if machine.dies_in(lambda: worker.run(database, library, lambda _: self.now, stop)):
            machine.start_anew()

    # --- a history

    def scalar(self, query: str, *given: object) -> Any:
        """One value, as nobody sees it who works here."""
        return next((row[0] for row in self.hub.rows(query, *given)), None)

    def tasks(self) -> list[Any]:
        """The open tasks."""
        query = (
            "select t.id, t.case_id, t.element from task t join case_file c on c.id = t.case_id"
            " where t.status = 'open' order by t.id"
        )
        return self.hub.rows(query)

    def _undone(self, act: Act) -> bool:
        """Whether somebody wanted to undo something there since: who sends it once more then does it anew."""
        since = self.ledger.acts[self.ledger.acts.index(act) :]
        return any(other.kind == "undo" and other.case_id == act.case_id for other in since)

    def choose(self) -> Act:
        """What somebody does next."""
        dice = self.chance.random()
        again = [act for act in self.ledger.acts if act.sent and self.ledger.latest - act.at < KNOWN and act.body]
        again = [act for act in again if act.key or act.kind in ("complete", "undo") or "_basis" in (act.body or {})]
        again = [act for act in again if act.kind == "undo" or act.key or not self._undone(act)]
        if again and dice > 0.95:
            return self.chance.choice(again)
        cases = [row["id"] for row in self.hub.rows("select id from case_file order by id")]
        tasks = self.tasks()
        if not cases or dice < 0.03:
            return self.start()
        case_id = self.chance.choice(cases)
        if dice < 0.4 and self.read:  # what was read last, or what lay open for longer
            return self.complete(self.read.pop() if self.chance.random() < 0.8 else self.chance.choice(self.read))
        if dice < 0.7 and tasks:
            row = self.chance.choice(tasks)
            person = self.chance.choice(DOERS[row["element"]])
            way = self.claim if dice < 0.45 else self.open_form
            return way(person, row["id"], row["case_id"], row["element"])
        ways = (self.tell, self.undo, self.undo, self.correct, self.correct, self.note, self.look, self.withdraw)
        return self.close(case_id) if dice > 0.935 else self.chance.choice(ways)(case_id)

    def moment(self) -> None:
        """The clock moves, and then some do something at the same time."""
        self.now += self.chance.choice(STEPS)
        self.ledger.latest = max(self.ledger.latest, self.now)
        works: list[tuple[Machine, Callable[[], None]]] = []
        act = self.choose()
        acts = [act]
        if self.chance.random() < 0.35:
            twice = self.chance.random() < 0.3 and (act.kind != "correct" or "_basis" in (act.body or {}))
            other = act if twice else self.choose()  # the same once more, or somebody else
            acts += [other] if other is act or other.person != act.person else []
        self.ledger.acts += [each for each in dict.fromkeys(acts) if not each.sent]
        for machine, each in zip(self.servers, acts, strict=False):
            works.append((machine, _bound(self.send, machine, each)))
        for machine in self.workers:
            if self.chance.random() < 0.2:
                works.append((machine, _bound(self.work, machine, 2)))
        if self.chance.random() < 0.4:
            where = self.chance.choice((STATEMENT, BEFORE, AFTER, AFTER))
            nth = self.chance.randint(1, 40) if where is STATEMENT else 1
            self.chance.choice(works)[0].death = Death(where, nth)
        self.hub.together(works)
        if act.sent == 1 and not act.answers and self.chance.random() < 0.7:
            self.hub.together([(self.servers[0], _bound(self.send, self.servers[0], act))])  # tried again at once

    def beginnings(self, content: bytes) -> list[tuple[bytes, Ledger]]:
        """What histories begin with, each with what the ledger knows of it: a file that holds this, in which nobody is
        signed up yet, and the same with a family that is at its plan.
        """
        self.play(content, Ledger(), 0, 0)
        self._does(self.start())
        for step in ("vragen", "bijstellen"):
            row = next(row for row in self.tasks() if row["element"] == step)
            self._does(self.open_form(DOERS[step][0], row["id"], 1, step))
            form = self.read.pop()
            act = self.complete(form)
            while step == "bijstellen" and act.body and act.body["answers"]["genoeg"]:
                act = self.complete(form)
            self._does(act)
            assert act.happened, act.answers
        self.hub.close()
        return [(content, Ledger()), (self.hub.file.read_bytes(), self.ledger)]

    def _does(self, act: Act) -> None:
        self.ledger.acts.append(act)
        self.send(self.servers[0], act)

    def play(self, content: bytes, before: Ledger, seed: int, moments: int) -> None:
        """A history of so many moments, from what stands in a file and what the ledger knows of that."""
        self.hub.begin(content, seed)
        self.chance, self.ledger = Random(seed), copy.deepcopy(before)  # noqa: S311 - a history, no secret
        self.now, self.marks, self.read = self.ledger.latest, len(self.ledger.acts) * 10, []
        self.hub.commits = max((act.order for act in before.acts), default=0)
        self.complaints.lines.clear()
        for _ in range(moments):
            self.moment()
        self.settle()

    def settle(self) -> None:
        """Let the workers do whatever is due by now."""
        self.work(self.workers[0], 50, until_idle=True)


HOW = "hoe_het_gaat"
WRITES = {
    "verkennen": "verkend", "volgen": "stand", "herinneren": "herinnerd", "verhuizen": "verhuisd", "stoppen": "gestopt",
}  # fmt: skip
DOERS = {
    "vragen": (REPORTER,), "bijstellen": (OVERSEER,), "verkennen": (LENDER, NURSE), "volgen": (OVERSEER,),
    "herinneren": (OVERSEER,), "verhuizen": (OVERSEER,), "stoppen": (OVERSEER,),
}  # fmt: skip


def _bound(work: Callable[..., None], *given: Any) -> Callable[[], None]:
    return lambda: work(*given)
