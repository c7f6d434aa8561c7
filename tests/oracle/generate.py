"""Cases at random: families, what they say, who works there, and people who do one thing after another.

A `World` is one case in the running application beside the same case as the rules know it. Each act is done over HTTP
by somebody who may do it by the rules, and then told to the rules.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI

from engine import store
from engine.access import Appointment, Person
from engine.store import Database
from engine.store.looks import Shown
from engine.store.tasks import TaskRow
from tests.oracle import process, rules
from tests.oracle.process import ASKING, HERE, KINDS, STEPS, THERE, TICKS, Step
from tests.oracle.rules import File, Phase, Relative, Said, Sight, Staff, Token, Work
from tests.oracle.visiting import Browser, Desk, Response

STAFF = {
    person.id: person
    for person in (
        Staff("mila", "dalwieg", frozenset({"aanmelder", "kernpartner"}), HERE),
        Staff("mies", "dalwieg", frozenset({"aanmelder"}), HERE),
        Staff("coby", "buurtlicht", frozenset({"coordinator"}), HERE, "overzicht"),
        Staff("coby_partner", "buurtlicht", frozenset({"kernpartner"}), HERE, "partner", person="coby"),
        Staff("vera", "buurtlicht", frozenset({"procesregisseur"}), HERE),
        Staff("jet", "heuvelkind", frozenset({"aanmelder", "kernpartner"}), HERE, "partner"),
        Staff("jet_toezicht", "heuvelkind", frozenset({"functionaris"}), HERE, "toezicht", person="jet"),
        Staff("bas", "heuvelkind", frozenset({"kernpartner"}), HERE),
        Staff("ravi", "rondkomstig", frozenset({"kernpartner"}), HERE),
        Staff("gijs", "binnenweer", frozenset({"kernpartner"}), HERE),
        Staff("bea", "buurtlicht", frozenset({"beheerder"}), HERE),
        Staff("pim", "bergteam", frozenset({"procesregisseur"}), THERE),
        Staff("rian", "rondkomstig", frozenset({"kernpartner"}), THERE),
    )
}
PARTNERS = ("heuvelkind", "rondkomstig", "binnenweer")
"""Who may be named in a consent. Not the organisation of who records it: that would let herself in."""
REPORTER = "mila"
ABSENT = {"bas": "jet"}
"""Who is away, and who of the same organisation and role stands in."""
_RELATIONS = {"ouders": "moeder,andere_ouder"}


def people() -> tuple[Person, ...]:
    """The staff as the product knows them, each with all appointments."""
    held: dict[str, list[Staff]] = {}
    for post in STAFF.values():
        held.setdefault(post.who, []).append(post)
    return tuple(
        Person(
            id_,
            id_.capitalize(),
            worn[0].organisation,
            "",
            tuple(Appointment(r, w.home) for w in worn for r in w.roles),
        )
        for id_, worn in held.items()
    )


class WrongAnswerError(AssertionError):
    """The product refused what the rules allow, or answered it otherwise than they say."""


@dataclass(frozen=True)
class Done:
    """A step that was done, with what it answered."""

    step: Step
    item: str
    writer: str
    tokens: tuple[Token, ...]
    corrected: bool = False


@dataclass(frozen=True)
class LookRow:
    """A look, as it was written down."""

    id: int
    person_id: str
    role: str
    verb: str
    shown: tuple[Shown, ...]


class World:
    """One case, in the application and by the rules."""

    def __init__(self, app: FastAPI, database: Database, random: Random) -> None:
        self.app, self.database, self.random = app, database, random
        self.case = 0
        self.file = File(
            staff=STAFF, sorts=process.SORTS, needs=process.NEEDS, kinds=frozenset(KINDS), home=HERE, reporter=REPORTER,
            absent=ABSENT,
        )  # fmt: skip
        self.done: list[Done] = []
        self.before: list[Done] = []
        """What was done in rounds before."""
        self.tellers: dict[int, str] = {}
        self.story: list[str] = []
        self._numbers = itertools.count(random.randrange(10, 99))
        self._desk = Desk(app)
        self._browsers: dict[str, Browser] = {}

    @property
    def last(self) -> str:
        """Who acted last."""
        return next(STAFF[word].who for line in reversed(self.story) if (word := line.split()[0]) in STAFF)

    # --- asking the application

    def close(self) -> None:
        """Ask no more."""
        self._desk.close()

    def browser(self, person: str) -> Browser:
        """Somebody's browser."""
        if person not in self._browsers:
            with self.database.writing() as tx:
                now = datetime.now(UTC)
                token = store.sessions.begin(tx, STAFF[person].who, now, now + timedelta(days=900))
            self._browsers[person] = Browser(self._desk, token)
            if STAFF[person].hat:
                self.expect(self._browsers[person].post("/werken-als", {"als": STAFF[person].hat}), 303, what="a hat")
        return self._browsers[person]

    def rows(self) -> tuple[TaskRow, ...]:
        """The open tasks, whoever looks."""
        with self.database.reading() as tx:
            return store.tasks.open_tasks(tx, self.case)

    def looks(self, after: int = -1) -> tuple[LookRow, ...]:
        """The looks that were written down after one; where none is named the last alone."""
        newest = "select max(id) from look"
        where = f"l.id > {after}" if after >= 0 else f"l.id = ({newest})"
        with self.database.reading() as tx:
            rows = tx.execute(sa.text(f"select l.id, l.person_id, l.role, l.verb, c.case_id, c.municipality, c.ground, c.parts from look l join look_case c on c.look_id = l.id where {where} order by l.id")).all()  # fmt: skip # noqa: S608, E501
        grouped = itertools.groupby(rows, lambda row: (row.id, row.person_id, row.role, row.verb))
        return tuple(LookRow(*look, tuple(Shown(*row[4:]) for row in named)) for look, named in grouped)

    def document(self) -> Mapping[str, Any]:
        """What the case knows."""
        with self.database.reading() as tx:
            return store.case_files.read(tx, self.case, None).document

    def expect(self, response: Response, *status: int, what: str) -> Response:
        """Hold an answer to what the rules say of it."""
        if response.status not in status:
            story = "\n  ".join(self.story)
            raise WrongAnswerError(f"{what}: {response.status}, {response.text[:600]}\n  {story}")
        return response

    # --- words that stand nowhere else

    def word(self) -> str:
        """A word that no other answer has."""
        return f"zq{next(self._numbers)}x"

    def about(self, relations: str) -> frozenset[str]:
        """Whom a question is about: “`kind` before there is a child … = the mother”."""
        named = {part: [p.id for p in self.file.family.values() if p.relation == part] for part in relations.split(",")}
        if "kind" in named and not named["kind"]:
            named["kind"] = [p.id for p in self.file.family.values() if p.relation == "moeder"]
        if not all(named.values()):
            return frozenset()  # somebody is named whom the file doesn't know: nobody can have said yes for them
        return frozenset(itertools.chain.from_iterable(named.values()))

    def work(self, step: Step, row: TaskRow | None = None) -> Work:
        """A task of this step, as it is open or as anybody would find it."""
        return Work(
            roles=frozenset(step.roles),
            sorts=frozenset(step.sorts),
            shows=self.shown(step),
            assignee=(row.assignee or "") if row else "",
            secret=step.secret,
            chosen=step.chosen,
            teller=self.tellers.get(row.id, "") if row else "",
        )

    def shown(self, step: Step) -> tuple[Token, ...]:
        """What the form of a step shows of earlier answers."""
        if step.register in ("gezin", "afspraken"):
            kept = self.before if step.register == "gezin" else []  # who belongs to the family stays in a new round
            registers = [d for d in (*kept, *self.done) if d.step.register == step.register]
            return tuple(t for d in registers for t in d.tokens if t.step == step.register and not t.replaced)
        latest: dict[str, Token] = {}
        for done in self.done:
            if done.step == step:
                latest |= {token.step: token for token in done.tokens}
        return () if step.secret or step.chosen else tuple(latest.values())

    # --- what people do

    def allowed(self, sights: Iterable[tuple[str, Sight]]) -> str:
        """Somebody who certainly may; "" where nobody does."""
        able = [person for person, sight in sights if sight is Sight.MUST]
        return self.random.choice(able) if able else ""

    def start(self, members: Sequence[Mapping[str, str]]) -> None:
        """Sign up a family."""
        rows = [{"naam": self.word(), **member} for member in members]
        answers: dict[str, Any] = {"gezin_naam": self.word(), "gezin": rows, "signaal_verhaal": self.word()}
        for kind in self.random.sample([k for k in KINDS if k != "verhaal"], 3):
            answers[STEPS["signaal"].key(kind, "moeder")] = self.word()
        answers["signaal_proces"] = self.word()
        body = {"process": "casus", "municipality": HERE, "answers": answers}
        begun = self.expect(self.browser(REPORTER).request("POST", "/v1/cases", body), 201, what="sign up a family")
        self.case = begun.json()["caseId"]
        self.story.append(f"mila signs up {[(m['relatie'], m.get('leeftijd'), m.get('gezag')) for m in members]}")
        tokens = self._file_family(REPORTER)
        tokens.append(Token(answers["gezin_naam"], "gezin_naam", REPORTER, "contact", self.about("moeder"), title=True))
        tokens.append(Token(answers["signaal_proces"], "signaal_proces", REPORTER, "", frozenset(), process=True))
        for kind in KINDS:
            key = "signaal_verhaal" if kind == "verhaal" else STEPS["signaal"].key(kind, "moeder")
            if key in answers:
                tokens.append(Token(answers[key], key, REPORTER, kind, self.about("moeder")))
        self.keep(STEPS["signaal"], REPORTER, tokens)

    def _file_family(self, writer: str) -> list[Token]:
        tokens = []
        for row in self.document()["gezin"]:
            relative = Relative(row["id"], row["relatie"], row.get("leeftijd") or "onder_12", row.get("gezag") or "")
            self.file.family[relative.id] = relative
            tokens.append(Token(row["naam"], "gezin", writer, "contact", frozenset({relative.id})))
        return tokens

    def keep(self, step: Step, writer: str, tokens: Sequence[Token], item: str = "") -> None:
        """Tell the rules what a step answered."""
        kept = tuple(replace(token, purpose=step.purpose, secret=step.secret, chosen=step.chosen) for token in tokens)
        self.done.append(Done(step, item, writer, kept))
        self.file.tokens += kept
        rules.settle(self.file)

    def row(self, step: Step) -> TaskRow | None:
        """The open task of a step, the oldest where there are more."""
        return next((row for row in self.rows() if row.element == step.id), None)

    def doer(self, step: Step, row: TaskRow | None = None) -> str:
        """Somebody who may do a step."""
        work = self.work(step, row)
        return self.allowed((p.id, rules.does(self.file, p, work)) for p in STAFF.values())

    def tell(self, step: Step) -> bool:
        """Open a step by its message; False where nobody may, or nobody could do it then."""
        roles = frozenset(step.tellers)
        teller = self.allowed((p.id, rules.tells(self.file, p, roles)) for p in STAFF.values())
        if not teller or (not step.secret and not step.chosen and not self.doer(step)):
            return False
        return self.told_by(teller, step)

    def told_by(self, teller: str, step: Step) -> bool:
        """Open a step by its message, told by this person."""
        before = {row.id for row in self.rows()}
        sent = self.browser(teller).request("POST", f"/v1/cases/{self.case}/messages", step.telling)
        self.story.append(f"{teller} tells {step.message}")
        self.expect(sent, 204, what=f"{teller} tells {step.message}")
        self.tellers |= {row.id: teller for row in self.rows() if row.id not in before}
        self.file.circles |= {STAFF[teller].who} if step.secret else set()
        self.file.lost |= {STAFF[teller].who} if step.chosen else set()
        return True

    def complete(self, step: Step, answers: Mapping[str, Any], person: str = "") -> str:
        """Do an open step by somebody who may; "" where nobody does."""
        row = self.row(step)
        person = person or self.doer(step, row)
        if row is None or not person:
            return ""
        self.story.append(f"{person} does {step.id} {dict(answers)}")
        done = self.browser(person).request("POST", f"/v1/tasks/{row.id}/complete", {"answers": answers})
        self.expect(done, 200, what=f"{person} does {step.id}")
        return person

    def leave(self, step: Step) -> None:
        """Let an open step wait for somebody, or skip it as somebody who may do it: why is a story of the family."""
        row = self.row(step)
        person = self.doer(step, row)
        if row is None or not person or self.random.random() < 0.6:
            return
        reason = self.word()
        self.story.append(f"{person} skips {step.id} ({reason})")
        sent = self.browser(person).request("POST", f"/v1/tasks/{row.id}/skip", {"reason": reason})
        self.expect(sent, 200, what=f"{person} skips {step.id}")
        family = frozenset(self.file.family)
        self.file.tokens.append(Token(reason, "overslaan", person, "verhaal", family, step.purpose, aside=True))

    def write(
        self,
        step: Step,
        pairs: Iterable[tuple[str, str]] = (),
        chosen: Sequence[str] = (),
        ticked: Sequence[str] = (),
        person: str = "",
    ) -> dict[str, str]:
        """Do a step that asks of each kind about each: `pairs` of these, a story about those `chosen`, and ticks.

        Gives the words by their keys; nothing where nobody may do it.
        """
        about = {step.key(*pair): (pair[0], self.about(_RELATIONS.get(pair[1], pair[1]))) for pair in pairs}
        words = {key: self.word() for key in about}
        answers: dict[str, Any] = dict(words)
        if chosen:
            key = f"{step.id}_verhaal_gekozen"
            words[key], about[key] = self.word(), ("verhaal", frozenset(chosen))
            answers |= {f"{step.id}_wie": list(chosen), key: words[key]}
        if ticked:
            answers[f"{step.id}_vinkjes"] = list(ticked)
        if not (person := self.complete(step, answers, person)):
            return {}
        tokens = [Token(words[key], key, person, *about[key]) for key in about]
        tokens += [Token(tick, f"{step.id}_vinkjes", person, TICKS[tick], self.about("moeder")) for tick in ticked]
        self.keep(step, person, tokens)
        return words

    def ask(self, step: Step) -> None:
        """Do such a step with some of its questions."""
        random = self.random
        pairs = random.sample([(kind, about) for kind in KINDS for about in process.RELATIONS], 4)
        if random.random() < 0.5:
            pairs.append(("welbevinden", "ouders"))
        family = sorted(self.file.family)
        chosen = random.sample(family, random.randint(1, len(family))) if random.random() < 0.6 else []
        self.write(step, pairs, chosen, random.sample(sorted(TICKS), random.randint(0, 2)))

    def say(self, step: Step, said: Sequence[Said], **more: str) -> None:
        """Record what people of the family say, with what the step asks beside it."""
        key = {"overleg": "overleg_antwoorden", "overdracht": "overdracht_antwoorden"}.get(
            step.purpose, "toestemmingen"
        )
        rows = [
            {"persoon": s.person, "organisatie": s.organisation, "antwoord": s.answer}
            | ({"soorten": sorted(s.kinds)} if s.answer == "anders" else {})
            for s in said
        ]
        if person := self.complete(step, {key: rows, **more}):
            self.file.said += [replace(s, purpose=step.purpose) for s in said]
            for s in said:
                if s.answer != "niet_gevraagd":
                    self.file.recorders.setdefault(s.person, set()).add(person)
            self.file.helped.discard(person)  # “what came with a task goes with it”
            if self.file.phase is Phase.BEFORE and rules.gate(self.file):
                self.file.phase = Phase.RUNNING
            self.keep(step, person, ())
            self.story.append(f"  → {self.file.phase}")

    def take_back(self, person: str = "", organisation: str = "", kind: str = "") -> None:
        """Record that a yes is taken back: of one person or all, to one organisation or all, of one kind or all."""
        by = self.allowed((p.id, rules.takes_back(self.file, p)) for p in STAFF.values())
        form = {"wie": person, "organisatie": organisation, "soort": kind}
        stands = any(
            rules.cell(self.file, s.person, s.purpose, s.organisation, each)
            for s in self.file.said
            if person in ("", s.person) and organisation in ("", s.organisation)
            for each in ([kind] if kind else KINDS)
        )
        sent = self.browser(by).post(f"/casus/{self.case}/intrekken", form)
        self.story.append(f"{by if sent.status == 303 else 'nobody'} records that is taken back {form}")
        self.expect(sent, *([303] if stands else [303, 409]), what="taking back")  # there may be nothing to take back
        purposes = sorted({s.purpose for s in self.file.said})
        self.file.said += [
            Said(who, purpose, to, "ingetrokken", frozenset({kind} - {""}))
            for who in ([person] if person else self.file.family)
            for to in ([organisation] if organisation else process.SORTS)
            for purpose in purposes
        ]
        rules.settle(self.file)
        self.story.append(f"  → {self.file.phase}")

    def agree(self) -> None:
        """Agree on what somebody does, with an organisation that some parent named."""
        able = [o for o in (*PARTNERS, "buurtlicht") if rules.has_opening(self.file, o)]
        if not able:
            return
        old = [row for row in self.document().get("afspraken") or () if isinstance(row, dict)]
        new = {"wat": self.word(), "wie": self.random.choice(able), "voor_wanneer": "2030-01-15"}
        step = STEPS["afspreken"]
        if person := self.complete(step, {"afspraken": [*old, new]}):
            token = Token(new["wat"], "afspraken", person, "doelen_plan", self.about("moeder"), meant_for=new["wie"])
            self.keep(step, person, [token])

    def correct(self) -> None:
        """Let somebody who may correct one answer of a step that was done once."""
        able = [
            (done, person.id)
            for done in self.done
            if done.step.id in ASKING and [d.step for d in self.done].count(done.step) == 1 and not done.corrected
            for person in STAFF.values()
            if rules.corrects(self.file, person, self.work(done.step), done.writer, done.tokens) is Sight.MUST
        ]
        if not able:
            return
        done, person = self.random.choice(able)
        old = next((t for t in done.tokens if t.text not in TICKS), None)
        if old is None:
            return
        word = self.word()
        address = f"/casus/{self.case}/corrigeren/casus/{done.step.id}"
        self.story.append(f"{person} corrects {old.step} from {old.text} to {word}")
        sent = self.browser(person).post(address, {old.step: word, "_reden": "Het was anders."})
        self.expect(sent, 303, what=f"{person} corrects {done.step.id}")
        changed = {t.text: replace(t, replaced=True) if t == old else t for t in done.tokens}
        self.file.tokens = [changed.get(t.text, t) if t in done.tokens else t for t in self.file.tokens]
        new = replace(old, text=word, writer=person, first=STAFF[done.writer].who)
        self.file.tokens.append(new)
        self.done[self.done.index(done)] = replace(done, tokens=(*changed.values(), new), corrected=True)

    def give(self) -> None:
        """Before consent, let the team give the talk about it to a colleague of who signed up."""
        step = STEPS["toestemming"]
        row = self.row(step)
        work = self.work(step)
        able = [
            p.id
            for p in STAFF.values()
            if rules.receives(self.file, p, work) is Sight.MUST and p.id != self.file.reporter
        ]
        giver = self.random.choice([p.id for p in STAFF.values() if rules.is_team(self.file, p)])
        if row is None or not able:
            return
        to = self.random.choice(able)
        self.story.append(f"{giver} gives {step.id} to {to}")
        sent = self.browser(giver).post(f"/taken/{row.id}/reassign", {"aan": STAFF[to].who})
        self.expect(sent, 303, what=f"{giver} gives {step.id} to {to}")
        self.file.helped = {to}

    def take(self) -> None:
        """Let who is away have a task that was taken before."""
        for row in self.rows():
            for id_ in ABSENT:
                may = rules.does(self.file, STAFF[id_], self.work(STEPS[row.element], row))
                if may is Sight.MUST and not row.assignee:
                    self.story.append(f"{id_} takes {row.element}")
                    taken = self.browser(id_).request("POST", f"/v1/tasks/{row.id}/claim")
                    self.expect(taken, 204, what=f"{id_} takes {row.element}")

    def learn(self, rows: list[dict[str, Any]]) -> None:
        """Learn more of somebody's authority."""
        grown = [row for row in rows if row["relatie"] in ("andere_ouder", "ouder_van_moeder", "voogd")]
        if grown and self.random.random() < 0.5:
            self.random.choice(grown)["gezag"] = self.random.choice(["ja", "nee", "onbekend"])

    def add_child(self) -> None:
        """Let a child join, and learn more of who decides about it."""
        rows = [dict(row) for row in self.document()["gezin"]]
        self.learn(rows)
        step = STEPS["aanvullen"]
        new = {"naam": self.word(), "relatie": "kind", "leeftijd": "onder_12"}
        if person := self.complete(step, {"gezin": [*rows, new]}):
            self.keep(step, person, [t for t in self._file_family(person) if t.text == new["naam"]])

    def alarm(self) -> None:
        """Press the danger button, and write about it."""
        step = STEPS["signalen"]
        if not self.tell(step):
            return
        row = self.row(step)
        word = self.word()
        teller = self.tellers[row.id] if row else ""
        if self.random.random() < 0.7 and self.complete(step, {"signalen_verhaal": word}, teller):
            self.keep(step, teller, [Token(word, "signalen_verhaal", teller, "verhaal", self.about("moeder"))])

    def lose(self, chosen: Iterable[str], teller: str = "") -> str:
        """A family has a loss and chooses who may know; what somebody wrote about it, "" where nobody did."""
        asks, writes = STEPS["verlies_vragen"], STEPS["verlies_schrijven"]
        if not (self.told_by(teller, asks) if teller else self.tell(asks)):
            return ""
        if asked := self.complete(asks, {"verlies_kring": sorted(chosen)}):
            self.file.lost |= set(chosen)
            self.keep(asks, asked, [])
        word = self.word()
        if not (person := self.complete(writes, {"verlies_verhaal": word})):
            return ""
        self.keep(writes, person, [Token(word, "verlies_verhaal", person, "verhaal", self.about("moeder"))])
        return word

    def break_off(self) -> None:
        """Close the case before its time."""
        person = self.allowed((p.id, rules.closes(self.file, p)) for p in STAFF.values())
        reason = self.word()
        sent = self.browser(person).post(f"/casus/{self.case}/sluiten", {"reden": reason})
        self.story.append(f"{person} closes the case")
        self.expect(sent, 303, what=f"{person} closes the case")
        self.file.tokens.append(Token(reason, "sluiten", person, "", frozenset(), process=True))
        rules.close(self.file)

    def reopen(self) -> None:
        """Begin a new round of a case that ended, and say who asks the family for consent anew."""
        person = self.allowed((p.id, rules.reopens(self.file, p)) for p in STAFF.values())
        reason = self.word()
        sent = self.browser(person).request("POST", f"/v1/cases/{self.case}/rounds", {"reason": reason})
        self.story.append(f"{person} reopens the case")
        self.expect(sent, 201, what=f"{person} reopens the case")
        rules.reopen(self.file)
        self.file.tokens.append(Token(reason, "heropenen", person, "", frozenset(), process=True))
        self.before, self.done = [*self.before, *self.done], []
        asks = self.random.choice(["mila", "mies"])
        step = STEPS["heropening"]
        if by := self.complete(step, {"aanmelder": asks}):
            self.file.reporter = asks
            self.keep(step, by, ())

    def finish(self) -> None:
        """Bring the traject to its end by its drawing."""
        key = "gestopt" if self.file.phase is Phase.STOPPING else "verlies_klaar" if self.file.lost else "volgen_proces"
        step = {"gestopt": STEPS["stoppen"], "verlies_klaar": STEPS["verlies_afronden"]}.get(key, STEPS["volgen"])
        word = self.word()
        if person := self.complete(step, {key: word}):
            self.file.tokens.append(Token(word, "slot", person, "", frozenset(), process=True))
            rules.close(self.file)


# --- at random -------------------------------------------------------------------------------------------------

FAMILIES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "two parents": ({"relatie": "moeder"}, {"relatie": "andere_ouder"}, {"relatie": "kind", "leeftijd": "onder_12"}),
    "one parent": ({"relatie": "moeder", "gezag": "ja"}, {"relatie": "kind", "leeftijd": "onder_12"}),
    "expecting": ({"relatie": "moeder", "gezag": "ja"}, {"relatie": "andere_ouder"}),
    "alone": ({"relatie": "moeder"},),
    "young": ({"relatie": "moeder", "leeftijd": "12_15"}, {"relatie": "ouder_van_moeder"}),
    "young and nobody else": ({"relatie": "moeder", "leeftijd": "12_15"},),
    "guardian": (
        {"relatie": "moeder", "gezag": "nee"},
        {"relatie": "kind", "leeftijd": "onder_12"},
        {"relatie": "voogd", "gezag": "ja"},
    ),
    "older child": (
        {"relatie": "moeder"},
        {"relatie": "andere_ouder"},
        {"relatie": "kind", "leeftijd": "12_15"},
        {"relatie": "kind", "leeftijd": "onder_12"},
    ),
}


def members(random: Random, kind: str) -> list[dict[str, str]]:
    """The people of a family, with what is known of their authority."""
    rows = []
    for member in FAMILIES[kind]:
        row = {"leeftijd": "16_plus", **member}
        if row["relatie"] != "kind" and "gezag" not in row:
            row["gezag"] = random.choice(["ja", "ja", "nee", "onbekend"])
        rows.append(row)
    return rows


def answers(world: World, organisations: Sequence[str], eager: bool) -> list[Said]:
    """What people say to some organisations. Who is `eager` mostly says yes."""
    said = []
    for person in sorted(world.file.family.values(), key=lambda p: p.id):
        if person.age == "onder_12":
            continue
        for organisation in organisations:
            odds = (8, 1, 2, 1) if eager else (4, 4, 3, 1)
            (answer,) = world.random.choices(["ja", "nee", "anders", "niet_gevraagd"], odds)
            kinds = frozenset(world.random.sample(sorted(KINDS), world.random.randint(1, 5)))
            if answer == "niet_gevraagd" and _has_answered(world, person.id, organisation):
                continue  # whether not asking again takes a yes back is not said
            said.append(Said(person.id, "delen", organisation, answer, kinds if answer == "anders" else frozenset()))
    return said


def _has_answered(world: World, person: str, organisation: str) -> bool:
    return any((s.person, s.organisation) == (person, organisation) for s in world.file.said)


def play(world: World, acts: int, rounds: int = 1) -> Iterator[str]:
    """Play a case at random; yields after each moment at which it is worth looking around, and says which."""
    world.start(members(world.random, world.random.choice(sorted(FAMILIES))))
    yield "signed up"
    yield from _round(world, acts)
    for _ in range(rounds - 1):
        world.reopen()
        yield "reopened"
        yield from _round(world, acts)


def _round(world: World, acts: int) -> Iterator[str]:
    random = world.random
    while world.file.phase is Phase.BEFORE:
        if random.random() < 0.2:
            world.give()
            yield "given"
        named = random.sample(PARTNERS, random.randint(0, 2))
        world.say(STEPS["toestemming"], answers(world, ["buurtlicht", *named], eager=random.random() < 0.8))
        yield "asked"
        if world.file.phase is Phase.BEFORE:
            on = random.random() < 0.7
            world.complete(STEPS["eigen_zorg"], {"nog_eens": "ja" if on else "nee"})
            if not on:
                rules.close(world.file)
                yield "no consent"
                return
    for number in range(acts):
        if world.file.phase is not Phase.RUNNING:
            break
        _act(world)
        if number % 4 == 3:
            yield f"after {number + 1} acts"
    world.take()
    yield "on the way"
    if world.file.phase is Phase.RUNNING and random.random() < 0.5:
        world.break_off()
    else:
        world.finish()
    yield "ended"


MAY_KNOW = ("jet", "bas", "ravi", "gijs", "vera", "mies")
"""Whom a family may choose to know of a loss."""


def _act_after_a_loss(world: World) -> None:
    """Nothing else goes on but what may always be said."""
    chance = world.random.random()
    if chance < 0.2:
        world.take_back(world.random.choice(["", *world.file.family]))
    elif chance < 0.4:
        world.alarm()


def _act(world: World) -> None:
    random = world.random
    if not world.file.lost and random.random() < 0.06:
        world.lose(random.sample(MAY_KNOW, random.randint(0, 2)))  # told, whether or not anybody then writes about it
    if world.file.lost:
        _act_after_a_loss(world)
        return
    if random.random() < 0.12:
        world.correct()
        return
    if random.random() < 0.12:
        person = random.choice(["", *world.file.family])
        organisation = random.choice(["", *PARTNERS, "buurtlicht"])
        world.take_back(person, organisation, random.choice(["", "", *KINDS]))
        return
    _act_in_a_step(world)


def _act_in_a_step(world: World) -> None:
    random = world.random
    name = random.choice([*ASKING, *ASKING, "herhalen", "herhalen", "overleg_vragen", "overdracht_vragen", "afspreken",
                          "aanvullen", "signalen"])  # fmt: skip
    step = STEPS[name]
    if step.secret:
        world.alarm()
        return
    if world.row(step) is None and not world.tell(step):
        return
    if random.random() < 0.25:
        world.leave(step)
        return
    if name in ASKING:
        world.ask(step)
    elif step.register == "toestemming":
        organisations = random.sample((*PARTNERS, "buurtlicht"), random.randint(1, 3))
        world.say(step, answers(world, organisations, eager=random.random() < 0.7))
    elif name == "afspreken":
        world.agree()
    else:
        world.add_child()
