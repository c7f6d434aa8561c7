"""`knooppunt try`: runs a diagram in the terminal, without a database, so that somebody who draws can feel how it goes.

The engine does the work; this shows what is open, asks the questions of the form and keeps the route.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import checks, deadlines, definitions, feel, forms, process, scenarios
from engine.checks import Home
from engine.definitions import Definition, Element
from engine.definitions.kinds import GATEWAYS, Kind
from engine.errors import DefinitionError, InvalidDataError, KnooppuntError, NotFoundError
from engine.forms import Field, Form, Holds
from engine.process import Model, OpenTask, Outcome
from engine.words import Passage

HELP = (
    "Kies een nummer om een stap te doen. k P7D: een week verder. k: naar de volgende klok. "
    "b NAAM: stuur een bericht. o 2: sla stap 2 over, waar dat mag. s: stop."
)
YES = frozenset({"j", "ja", "y", "yes"})


class Stopped(Exception):  # noqa: N818  not an error: the one who tries has seen enough
    """There are no more answers to read."""


def run(chosen: argparse.Namespace) -> int:
    """Play the examples of a diagram, or let somebody step through it. Gives 1 where an example goes otherwise."""
    definition, home = find(chosen.target, chosen.workflows, chosen.region)
    if chosen.scenario is not None:
        if home is None:
            raise NotFoundError("Bij dit bestand horen geen voorbeelden.")
        return 0 if play(definition, home, chosen.scenario, print) else 1
    municipality = chosen.gemeente or next(iter(definition.settings.municipalities), "")
    Trial(process.compile_model(definition), _moment(chosen.begin), municipality, _ask, print).run()
    return 0


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(deadlines.ZONE)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidDataError(f"'{text}' is geen moment. Schrijf bijvoorbeeld 2026-03-02T09:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=deadlines.ZONE)


def _ask(prompt: str) -> str:
    """The next line of whoever or whatever types; Stopped where there is none."""
    try:
        return input(prompt)
    except (EOFError, KeyboardInterrupt) as error:
        raise Stopped from error


# --- finding what to try ---------------------------------------------------------------------------------------


def find(target: str, workflows: Path, region: str) -> tuple[Definition, Home | None]:
    """The definition that a file or the name of a process means, with where it belongs.

    Raises NotFoundError where there is none, DefinitionError where it can't be run.
    """
    path = Path(target)
    if not path.is_file():
        paths = sorted(workflows.glob(f"*/{target}.bpmn")) + sorted(workflows.glob(f"regios/{region}/*/{target}.bpmn"))
        if not paths:
            raise NotFoundError(f"Er is geen bestand en geen proces met de naam '{target}'.")
        path = paths[0]
    home = checks.home_of(path)
    if home is None:
        return _alone(path), None
    home = Home(home.root, home.process, region or home.region)
    files, overridden = definitions.gather(home.root, home.process, home.region or None)
    definition = definitions.assemble(path.stem, home.region, files, overridden)
    checks.demand(definition)
    return definition, home


def _alone(path: Path) -> Definition:
    """A diagram outside a workflows folder, with the diagrams, tables and forms beside it that it asks for."""
    files: dict[str, bytes] = {}
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file.name in files or not file.is_file():
            continue
        files[file.name] = file.read_bytes()
        if file.suffix == ".bpmn":
            read, findings = checks.first(files[file.name], file.name)
            serious = [finding.problem for finding in findings if finding.rule.id != "naam"]
            if read is None or serious:
                raise DefinitionError(serious)
            for element in read.elements.values():
                forms_at = (path.parent / f"{element.form}.form", path.parent / "formulieren" / f"{element.form}.form")
                waiting += [f for f in forms_at if element.form]
                waiting += [path.parent / f"{name}.bpmn" for name in (element.called,) if name]
                waiting += sorted(path.parent.glob("*.dmn")) if element.decision else []
    return definitions.assemble(path.stem, "", files)


# --- playing the examples --------------------------------------------------------------------------------------


def play(definition: Definition, home: Home, name: str, tell: Callable[[str], None]) -> bool:
    """Play one example case of the region by its name, or all of them where `name` is empty; whether all went as
    written.
    """
    everything = scenarios.examples(home.root, home.process, home.region)
    examples = [example for example in everything if example.is_of(definition.settings.municipalities)]
    if everything and not examples and not home.region:
        raise NotFoundError("Deze voorbeelden spelen in een gemeente. Kies met --region een regio.")
    wanted = [example for example in examples if name.removesuffix(".yaml") in ("", example.id)]
    if not wanted:
        ids = ", ".join(example.id for example in examples) or "geen"
        raise NotFoundError(f"Er is geen voorbeeld '{name}'. Er zijn: {ids}.")
    model = process.compile_model(definition)
    good = True
    for example in wanted:
        try:
            played = scenarios.play(model, example)
        except KnooppuntError as error:
            good = False
            tell(f"ANDERS  {example.id}: {example.name}\n        {error.message}")
            continue
        waiting = sorted({_title(definition, task) for task in played.outcome.open})
        end = "klaar" if played.outcome.ended else f"wacht op {', '.join(waiting)}"
        tell(f"GOED    {example.id}: {example.name} ({len(example.actions)} stappen, {end})")
    return good


def _title(definition: Definition, task: OpenTask) -> str:
    element = definition.element(task.process, task.element)
    return f"'{element.title}'"


# --- trying by hand --------------------------------------------------------------------------------------------


class Trial:
    """One case that somebody steps through. `ask` gives the next line for a prompt and raises Stopped at the end."""

    def __init__(
        self,
        model: Model,
        now: datetime,
        municipality: str,
        ask: Callable[[str], str],
        tell: Callable[[str], None],
    ) -> None:
        self.model, self.now, self.ask, self.tell = model, now, ask, tell
        self.route: list[str] = []
        self.told = scenarios.Told(model.definition, municipality)
        self.outcome = self._moved(process.start(model, {"gemeente": municipality} if municipality else {}, now))

    def run(self) -> None:
        """Go on until the case is done or there is nothing more to read; then tell the route."""
        self.tell(HELP)
        try:
            while not self.outcome.ended:
                self._show()
                self._command(self.ask("> ").strip())
            self.tell("De casus is klaar.")
        except Stopped:
            self.tell("Gestopt. De casus is nog niet klaar.")
        self.tell("De route:")
        for number, line in enumerate(self.route, 1):
            self.tell(f"  {number}. {line}")

    def _show(self) -> None:
        self.tell(f"\n{_day(self.now)}")
        for number, task in enumerate(self.outcome.open, 1):
            self.tell(f"  {number}. {self._line(task)}")
        if not self.outcome.open:
            self.tell("  Er is nu niets te doen.")
        if self.outcome.due:
            self.tell(f"  De volgende klok gaat af op {_day(self.outcome.due)}.")
        messages = self._messages()
        if messages:
            self.tell(f"  Berichten die nu kunnen komen: {', '.join(messages)}.")

    def _line(self, task: OpenTask) -> str:
        element = self.model.definition.element(task.process, task.element)
        names = {role.id: role.name for role in self.model.definition.settings.roles.values()}
        roles = ", ".join(names.get(role, role) for role in element.roles)
        row = process.find_item(self.outcome.document, task.item) if task.item else None
        about = next((str(value) for key, value in (row or {}).items() if key != "id" and value), "")
        return f"{element.title}{f' ({roles})' if roles else ''}{f': {about}' if about else ''}"

    def _messages(self) -> list[str]:
        waiting = process.awaited(self.model, self.outcome.state, self.outcome.document, self.now)
        return sorted({element.event.name for element in waiting if element.event})

    def _command(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        try:
            if line.isdigit():
                self._do(int(line))
            elif word == "o":
                self._skip(rest.strip())
            elif word == "k":
                self._wait(rest.strip())
            elif word == "b":
                self._send(rest.strip())
            elif word == "s":
                raise Stopped
            elif line:
                self.tell(f"'{line}' ken ik niet. {HELP}")
        except KnooppuntError as error:
            self.tell(error.message)

    def _do(self, number: int) -> None:
        if not 1 <= number <= len(self.outcome.open):
            self.tell(f"Er is geen stap {number}.")
            return
        task = self.outcome.open[number - 1]
        element = self.model.definition.element(task.process, task.element)
        form = self.model.definition.forms.get(element.form)
        answers = self._free(element) if form is None else self._filled_in(form, task)
        self._moved(
            process.complete(self.model, self.outcome.state, self.outcome.document, task.key, answers, self.now)
        )
        self.told.hears(element, answers, self.outcome.document, task.item)

    def _skip(self, number: str) -> None:
        if not number.isdecimal() or not 1 <= int(number) <= len(self.outcome.open):
            self.tell(f"Er is geen stap {number}.")
            return
        task = self.outcome.open[int(number) - 1]
        before = self.outcome
        moved = process.skip(self.model, before.state, before.document, task.key, self.now)
        self.route.append(f"Overgeslagen: {self.model.definition.element(task.process, task.element).title}")
        self._moved(moved)

    def _wait(self, term: str) -> None:
        if not term and self.outcome.due is None:
            self.tell("Er loopt geen klok. Schrijf bijvoorbeeld k P7D of k 5 werkdagen.")
            return
        try:
            self.now = deadlines.after(self.now, term) if term else max(self.now, self.outcome.due or self.now)
        except ValueError:
            self.tell(f"'{term}' is geen duur. Schrijf bijvoorbeeld P7D (7 dagen), PT2H (2 uur) of 5 werkdagen.")
            return
        self.route.append(f"De klok gaat naar {_day(self.now)}")
        self._moved(process.tick(self.model, self.outcome.state, self.outcome.document, self.now))

    def _send(self, name: str) -> None:
        if name not in self._messages():
            messages = ", ".join(self._messages()) or "geen"
            self.tell(f"Op '{name}' wacht de casus niet. Berichten die nu kunnen komen: {messages}.")
            return
        document = {**self.outcome.document, f"{name}_door": "proef", f"{name}_op": self.now.date().isoformat()}
        self.route.append(f"Bericht: {name}")
        self._moved(process.message(self.model, self.outcome.state, document, name, self.now))

    def _moved(self, outcome: Outcome) -> Outcome:
        """Take over where a move led to, and tell which steps ended and which answers were taken."""
        self.outcome = outcome
        lines = [line for note in outcome.notes for line in self._noted(note)]
        lines += [line for flow in outcome.flows for line in self._answered(*flow)]
        for line in lines:
            self.tell(f"  - {line}")
        self.route += lines
        return outcome

    def _noted(self, note: process.Note) -> Iterator[str]:
        element = self.model.definition.element(note.process, note.element)
        quiet = element.kind in GATEWAYS or element.kind == Kind.CALL_ACTIVITY or not element.name
        if note.what == Passage.COMPLETED and not quiet:
            yield f"{_KINDS.get(element.kind, 'Gebeurd')}: {element.name}"
        elif note.what == Passage.BROKEN_OFF and element.name:
            yield f"Afgebroken: {element.name}"

    def _answered(self, of: str, id: str) -> Iterator[str]:
        drawn = self.model.definition.processes[of]
        flow = drawn.flows.get(id)
        source = drawn.elements.get(flow.source) if flow else None
        if flow and source and flow.name and len(source.outgoing) > 1:
            yield f"{source.title} {flow.name}"

    # the questions

    def _free(self, element: Element) -> dict[str, Any]:
        """Answers to a step without a form: any name with a value."""
        self.tell(f"'{element.title}' heeft geen formulier. Schrijf veld = waarde; een lege regel is klaar.")
        if asked := self._asked():
            self.tell(f"Het diagram vraagt naar: {', '.join(asked)}.")
        answers: dict[str, Any] = {}
        while line := self.ask("  ").strip():
            name, sign, value = line.partition("=")
            if not sign or not name.strip().isidentifier():
                self.tell("Schrijf een naam, een = en een waarde, zoals: besluit = ja")
                continue
            answers[name.strip()] = _value(value.strip())
        return answers

    def _asked(self) -> list[str]:
        texts = [text for of in self.model.definition.processes.values() for _, text in of.expressions()]
        read = [feel.read(text) for text in texts]
        names = {name for expression in read if isinstance(expression, feel.Expression) for name in expression.names}
        return sorted(names - {"regio"})

    def _filled_in(self, form: Form, task: OpenTask) -> dict[str, Any]:
        row = process.find_item(self.outcome.document, task.item) if task.item else None
        people = {forms.PEOPLE: _invented(form, self.model.definition)}
        regio = self.model.region(self.outcome.document)
        context = {**self.outcome.document, **(row or {}), "regio": regio, **people}
        context |= self.told.relatives() | self.told.elsewhere() | deadlines.clock(self.now)
        element = self.model.definition.element(task.process, task.element)
        answers = self._questions(form, context, {}, frozenset(form.keys()))
        while True:
            try:
                clean = forms.validate(form, answers, context)
                return clean | self.told.follows(element, clean, context)
            except InvalidDataError as error:
                for key, message in error.fields.items():
                    self.tell(f"  ! {key}: {message}")
                wrong = frozenset(key.split(".")[0] for key in error.fields)
                answers = {key: value for key, value in answers.items() if key not in wrong}
                answers = self._questions(form, context, answers, wrong)

    def _questions(
        self, form: Form, context: Mapping[str, Any], answers: dict[str, Any], wanted: frozenset[str]
    ) -> dict[str, Any]:
        """Ask one question after another; what was answered decides which are shown next."""
        asked: set[str] = set()
        while True:
            seen = {**context, **answers}
            shown = Form(form.id, forms.visible(form, seen)).input_fields()
            open_questions = (f for f in shown if f.key in wanted and f.key not in asked and not f.type.computed)
            question = next(open_questions, None)
            if question is None:
                return answers
            asked.add(question.key)
            if question.type.holds is Holds.ROWS:
                answers[question.key] = self._rows(question, seen)
            else:
                self._question(question, seen, answers)

    def _rows(self, listed: Field, context: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = [dict(row) for row in context.get(listed.key) or () if isinstance(row, Mapping)]
        self.tell(f"  {listed.label or listed.key}: {len(rows)} regels.")
        while self.ask("  Nog een regel? (j/n) ").strip().lower() in YES:
            row: dict[str, Any] = {}
            asked: set[str] = set()
            while question := next(
                (f for f in _flat(forms.visible_in_row(listed, row, context)) if f.key not in asked), None
            ):
                asked.add(question.key)
                self._question(question, {**context, **row}, row)
            rows.append(row)
        return rows

    def _question(self, question: Field, context: Mapping[str, Any], answers: dict[str, Any]) -> None:
        """Ask one question; nothing filled in keeps what the case knows already, or what the form proposes."""
        choices = forms.options(question, context)
        proposed = context.get(question.key)
        proposed = question.default if proposed is None else proposed
        kept = "" if proposed in (None, "", []) else f" [{proposed}]"
        self.tell(f"  {question.label or question.key}{' (verplicht)' if question.required else ''}{kept}")
        for number, choice in enumerate(choices, 1):
            self.tell(f"    {number}. {choice.label}")
        line = self.ask(f"  {question.type.hint}: ").strip()
        if line:
            answers[question.key] = _answer(question, line, [choice.value for choice in choices])
        elif kept:
            answers[question.key] = proposed


_KINDS = {
    Kind.USER_TASK: "Gedaan",
    Kind.MANUAL_TASK: "Gedaan",
    Kind.BUSINESS_RULE_TASK: "Tabel",
    Kind.START_EVENT: "Begin",
    Kind.END_EVENT: "Einde",
    Kind.SUB_PROCESS: "Klaar",
}


def _flat(fields: Sequence[Field]) -> tuple[Field, ...]:
    return tuple(field for field in Form("", tuple(fields)).input_fields() if not field.type.computed)


def _answer(question: Field, line: str, choices: Sequence[str]) -> Any:
    """What somebody typed, as the form wants it: a number stands for the choice with that number."""
    if question.type.holds is Holds.YES_NO:
        return line.lower() in YES
    if question.type.holds is Holds.CHOICES:
        return [_chosen(part.strip(), choices) for part in line.split(",") if part.strip()]
    return _chosen(line, choices) if choices else line


def _chosen(text: str, choices: Sequence[str]) -> str:
    return choices[int(text) - 1] if text not in choices and text.isdigit() and 0 < int(text) <= len(choices) else text


def _value(text: str) -> Any:
    """A value as FEEL has it where it is a number, true, false or null; else the text itself."""
    try:
        expression = feel.parse(text)
    except feel.FeelError:
        return text
    return text if expression.names else feel.to_json(expression.evaluate({}))


def _invented(form: Form, definition: Definition) -> dict[str, list[dict[str, str]]]:
    """One invented person for every role that a form lets choose from."""
    asked = {role for field in form.input_fields() for role in field.people}
    names = {role.id: role.name for role in definition.settings.roles.values()}
    return {role: [{"value": f"{role}_proef", "label": f"Iemand als {names.get(role, role)}"}] for role in asked}


def _day(moment: datetime) -> str:
    local = moment.astimezone(deadlines.ZONE)
    return f"{deadlines.WEEKDAYS[local.weekday()]} {local.day}-{local.month}-{local.year} {local:%H:%M}"
