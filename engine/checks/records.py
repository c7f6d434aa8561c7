"""What a step gives its register: everything that access, reminders, figures and the proof rest on."""

from collections.abc import Iterator

from engine.checks.finding import Finding
from engine.checks.names import expression_of, questions
from engine.checks.rule import Severity
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.definitions.registers import REGISTERS
from engine.forms import Field, Form, Holds
from engine.words import AgreementStatus, MeetingStatus, Register


def records(process: Process, step: Element, form: Form | None, in_loop: bool) -> Iterator[Finding]:
    """What is wrong in what one step records; in a loop the row is there already and is only changed."""
    register = step.properties.get("register", "")
    if register and step.kind != Kind.USER_TASK:
        message = f"'{_title(step)}' heeft geen formulier, en kan het register '{register}' dus niet vullen."
        yield _told(process, step, "register", message, "Maak er een gebruikerstaak van, met een formulier.")
    if form is None or step.kind != Kind.USER_TASK:
        return
    if not register:
        yield from _nowhere(process, step, form)
    elif register in REGISTERS:
        yield from _columns(process, step, form, in_loop)
        yield from _open(process, step, form) if not in_loop else ()
        yield from _words(process, step, form)
        yield from _says(process, step)
    if register in REGISTERS and REGISTERS[register].free:
        yield from _free(process, step, form)


def _nowhere(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    """Answers that are meant for a register, at a step that names none."""
    meant = sorted({one.properties["register"] for one in questions(form) if "register" in one.properties})
    if meant:
        message = f"Het formulier '{form.id}' vult {_listed(meant)}, maar '{_title(step)}' noemt geen register."
        advice = "Kies bij de stap het register waar dit in hoort. Anders is het nergens terug te vinden."
        yield _told(process, step, "register", message, advice)


def _columns(process: Process, step: Element, form: Form, in_loop: bool) -> Iterator[Finding]:
    register = step.properties["register"]
    record = REGISTERS[register]
    filled = {one.properties["register"] for one in questions(form) if "register" in one.properties}
    for column in sorted(filled - {*record.names}):
        message = f"Het formulier '{form.id}' vult '{column}', maar het register '{register}' heeft dat niet."
        choice = ", ".join(record.names)
        yield _told(process, step, "register", message, f"Kies uit: {choice}.")
    missing = [column for column in record.required if column not in filled]
    if missing and not (in_loop and filled):
        asked = f"maar het formulier '{form.id}' vraagt niet naar {_listed(missing)}"
        message = f"'{_title(step)}' vult het register '{register}', {asked}."
        advice = "Zet bij de vraag die dit invult de eigenschap 'register' met die naam."
        yield _told(process, step, "register", message, advice)


def _open(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    """Questions without which a row says nothing, and that people may leave open."""
    register = step.properties["register"]
    needed = [one for one in questions(form) if one.properties.get("register") in REGISTERS[register].required]
    if register == Register.CONSENT:  # other lists may stay empty: a meeting can end without an agreement
        needed += [one for one in form.input_fields() if any(inner in needed for inner in one.fields)]
    for one in needed:
        if not one.required:
            message = f"De vraag '{one.label}' bij '{_title(step)}' mag open blijven. "
            message += f"Dan staat er niets in het register '{register}'."
            yield _told(process, step, "antwoord_leeg", message, "Maak de vraag verplicht in het formulier.")


def _words(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    register = step.properties["register"]
    words = {column.name: column.words for column in REGISTERS[register].columns if not column.of_step}
    for one in questions(form):
        column = one.properties.get("register", "")
        right = words.get(column)
        strange = [option.value for option in one.options if right and option.value not in right]
        if right and strange:
            message = f"De vraag '{one.label}' bij '{_title(step)}' heeft het antwoord '{strange[0]}'. "
            message += f"Het register '{register}' kent dat niet bij '{column}'."
            advice = f"Kies als waarde uit: {', '.join(sorted(right))}. Het opschrift mag je zelf bedenken."
            yield _told(process, step, "register", message, advice)
        new = one.options and (register, column) == (Register.AGREEMENT, "status") and _makes(form)
        begins = AgreementStatus.OPEN
        if new and begins not in {option.value for option in one.options}:
            message = f"Bij '{_title(step)}' kan een nieuwe afspraak niet '{begins}' zijn. Dan volgt niemand haar."
            yield _told(process, step, "register", message, f"Voeg een antwoord toe met de waarde '{begins}'.")


def _makes(form: Form) -> bool:
    """Whether a form makes new agreements, and does more than change one."""
    return set(REGISTERS[Register.AGREEMENT].required) <= {one.properties.get("register") for one in questions(form)}


def followed(definition: Definition) -> Iterator[Finding]:
    """Agreements that are made and that no loop goes through while they are open."""
    made = [
        (step, one)
        for process in definition.processes.values()
        for step in process.user_tasks
        if step.properties.get("register") == Register.AGREEMENT
        and (form := definition.forms.get(step.form)) is not None
        for one in form.input_fields()
        if _makes(form) and one.type.holds is Holds.ROWS
    ]
    lists = {one.key for _, one in made}
    document = {key: [{"id": "1", "status": AgreementStatus.OPEN.value}] for key in lists}
    loops = [e.loop for p in definition.processes.values() for e in p.elements.values() if e.loop is not None]
    read = [expression_of(loop.collection) for loop in loops]
    if made and not any(one is not None and one.names & lists and one.evaluate(document) for one in read):
        step, _ = made[0]
        process = definition.processes[step.process]
        message = f"De afspraken uit '{_title(step)}' worden niet gevolgd: geen blok met streepjes neemt wat openstaat."
        advice = f'Vul bij zo\'n blok als lijst in: =afspraken[status = "{AgreementStatus.OPEN}"].'
        yield _told(process, step, "register", message, advice)


def _says(process: Process, step: Element) -> Iterator[Finding]:
    """What a step that records something must say of itself."""
    told = step.properties
    register = told["register"]
    for name in REGISTERS[register].stated:
        if not told.get(name):
            message = f"'{_title(step)}' vult het register '{register}', maar zegt niets bij '{name}'."
            yield _told(process, step, "eigenschap", message, f"Kies bij '{name}' wat hier geldt.")
    shares = register == Register.DISCLOSURE or (
        register == Register.MEETING and told.get("stand") == MeetingStatus.HELD
    )
    if shares and told.get("deelt") != "ja":
        what = "legt vast wat er gedeeld is" if register == Register.DISCLOSURE else "is een overleg met anderen"
        message = f"'{_title(step)}' {what}, maar bij 'deelt' staat geen ja."
        yield _told(process, step, "eigenschap", message, "Zet 'deelt' op ja. De spelregels kijken daarnaar.")


def _free(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    """A choice that is made for somebody: filled in beforehand, or with only yes or only no to choose."""
    for one in questions(form):
        values = {option.value for option in one.options}
        if _chosen(one):
            message = f"De vraag '{one.label}' bij '{_title(step)}' is al ingevuld voordat iemand kiest."
            yield _told(process, step, "vrije_keuze", message, "Haal het antwoord weg dat er vanzelf staat.")
        given = values & {"ja", "nee"}
        if len(given) == 1:  # a no must be possible, and a yes must count
            (missing,) = {"ja", "nee"} - given
            message = f"Op de vraag '{one.label}' bij '{_title(step)}' kan niemand {missing} zeggen."
            advice = f"Voeg het antwoord {missing} toe, met de waarde '{missing}'."
            yield _told(process, step, "vrije_keuze", message, advice)


def _chosen(one: Field) -> bool:
    """Whether a question is answered beforehand. Which step of the meldcode it is, nobody needs to choose."""
    asked = (one.type.chosen or one.type.holds is Holds.YES_NO) and one.properties.get("register") != "stap"
    return asked and one.default not in (None, "", [], False)


def _listed(names: list[str]) -> str:
    return " en ".join(f"'{name}'" for name in names)


def _title(element: Element) -> str:
    return element.name or element.id


def _told(process: Process, element: Element, rule: str, message: str, advice: str) -> Finding:
    return Finding(process.file, element.id, rule, message, Severity.ERROR, element.name, advice)
