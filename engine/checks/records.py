"""What a step gives its register: everything that access, reminders, figures and the proof rest on."""

from collections.abc import Iterator

from engine.checks.names import expression_of, questions
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.definitions.registers import REGISTERS
from engine.forms import Field, Form, Holds
from engine.likeness import choice
from engine.words import AgreementStatus, Answer, MeetingStatus, Register

_MEETING = (
    "- {type: datetime, subtype: date, key: dag, label: Op welke dag, properties: {register: datum}, "
    "validate: {required: true}}"
)
_AGREEMENTS = """
- {type: dynamiclist, path: afspraken, label: Afspraken, components: [
   {type: textfield, key: wat, label: Wat, properties: {register: wat}, validate: {required: true}},
   {type: textfield, key: wie, label: Wie, properties: {register: wie}, validate: {required: true}},
   {type: textfield, key: wanneer, label: Wanneer, properties: {register: voor_wanneer}, validate: {required: true}},
   {type: radio, key: status, label: Status, properties: {register: status},
    values: [{value: open, label: Open}, {value: gedaan, label: Gedaan}]}]}
"""
_STANDS = """
- {type: radio, key: status, label: Hoe staat het, properties: {register: status}, validate: {required: true},
   values: [{value: gedaan, label: Gedaan}, {value: wachtend, label: Wachtlijst}]}
"""
_WHY = (
    "Wie een casus mag zien en wat er nog moet gebeuren, hangt aan de registers. Wat daar niet in staat, telt niet mee."
)

REGISTER = Rule(
    "register",
    Topic.REFERENCES,
    "Een stap die iets vastlegt, noemt zijn register en vraagt alles wat daarin hoort.",
    _WHY,
    "Zet bij de vraag die dit invult de eigenschap 'register' met de naam die het register kent.",
    wrong="begin > bellen > klaar\nbellen: $register=evaluatie",
    right="begin > bellen > klaar",
)
SAYS = Rule(
    "eigenschap_ontbreekt",
    Topic.REFERENCES,
    "Een stap die iets vastlegt, zegt erbij wat: het doel van de toestemming, het soort overleg, of er wordt gedeeld.",
    _WHY,
    "Kies bij de eigenschap wat hier geldt.",
    wrong={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $register=overleg $deelt=ja",
        "formulieren/vragen.form": _MEETING,
    },
    right={
        "proef.bpmn": "begin > bellen > klaar\n"
        "bellen: $register=overleg $deelt=ja $soort=voorbespreking $stand=gehouden",
        "formulieren/vragen.form": _MEETING,
    },
)
FREE = Rule(
    "vrije_keuze",
    Topic.GIVEN,
    "Op een vraag om toestemming is niets vooraf ingevuld, en kan iemand ja en nee zeggen.",
    "Een ja telt alleen als iemand ook nee kon zeggen, en zelf koos.",
    "Haal het antwoord weg dat er vanzelf staat, en geef beide antwoorden.",
    wrong={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $register=veiligheid",
        "formulieren/vragen.form": "- {type: radio, key: wil, label: Wil het gezin, values: [{value: ja, label: Ja}]}",
    },
    right="begin > bellen > klaar",
)
OPEN_QUESTION = Rule(
    "antwoord_leeg",
    Topic.NAMES,
    "Een vraag waar een register of een keuze op rust, is verplicht.",
    "Blijft zo'n vraag leeg, dan staat er niets vast, of neemt de casus stil een weg die niemand koos.",
    "Maak de vraag verplicht in het formulier.",
    wrong={
        "proef.bpmn": "begin > bellen > wil_het?\n"
        'wil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
        "formulieren/vragen.form": "- {type: radio, key: wil, label: Wil het gezin, values: [{value: ja, label: Ja}, "
        "{value: nee, label: Nee}]}",
    },
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
)
FOLLOWED = Rule(
    "afspraak_gevolgd",
    Topic.REFERENCES,
    "Wie afspraken maakt, tekent ook wie ze volgt zolang ze openstaan.",
    "Een afspraak die niemand volgt, blijft liggen. Het gezin wacht dan op hulp die niet komt.",
    f'Vul bij een blok met streepjes als lijst in: =afspraken[status = "{AgreementStatus.OPEN}"]. '
    "Of teken een vak met een stippellijn, en zet daar bij 'voor_elke' de sleutel van de lijst.",
    wrong={"proef.bpmn": "begin > bellen > klaar\nbellen: $register=afspraken", "formulieren/vragen.form": _AGREEMENTS},
    right={
        "proef.bpmn": "begin > bellen > volgen > klaar\nbellen: $register=afspraken\n"
        "volgen: camunda:formRef=gedaan each='=afspraken[status = \"open\"]'",
        "formulieren/vragen.form": _AGREEMENTS,
        "formulieren/gedaan.form": "- {type: textfield, key: hoe, label: Hoe is het gegaan}",
    },
)


SKIPPED = Rule(
    "wachtend_overgeslagen",
    Topic.REFERENCES,
    "Een blok dat langs de open afspraken gaat, neemt ook mee wat wacht.",
    "Wie op een wachtlijst staat, heeft nog geen hulp. Slaat een blok die afspraak over, dan vergeet iedereen haar.",
    f'Neem ze allebei: =afspraken[status = "{AgreementStatus.OPEN}" or status = "{AgreementStatus.WAITING}"].',
    wrong={
        "proef.bpmn": "begin > bellen > afspreken > klaar\nbellen: $register=afspraken\n"
        "afspreken: $register=afspraken camunda:formRef=stand each='=afspraken[status = \"open\"]'",
        "formulieren/vragen.form": _AGREEMENTS,
        "formulieren/stand.form": _STANDS,
    },
    right={
        "proef.bpmn": "begin > bellen > afspreken > klaar\nbellen: $register=afspraken\n"
        "afspreken: $register=afspraken camunda:formRef=stand "
        'each=\'=afspraken[status = "open" or status = "wachtend"]\'',
        "formulieren/vragen.form": _AGREEMENTS,
        "formulieren/stand.form": _STANDS,
    },
)


def records(process: Process, step: Element, form: Form | None, in_loop: bool) -> Iterator[Finding]:
    """What is wrong in what one step records; in a loop the row is there already and is only changed."""
    register = step.properties.get("register", "")
    if register and step.kind != Kind.USER_TASK:
        message = f"'{step.title}' heeft geen formulier, en kan het register '{register}' dus niet vullen."
        yield REGISTER.at(process, step, message, "Maak er een gebruikerstaak van, met een formulier.")
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
    meant = sorted(
        {question.properties["register"] for question in questions(form) if "register" in question.properties}
    )
    if meant:
        message = f"Het formulier '{form.id}' vult {_listed(meant)}, maar '{step.title}' noemt geen register."
        advice = "Kies bij de stap het register waar dit in hoort. Anders is het nergens terug te vinden."
        yield REGISTER.at(process, step, message, advice)


def _columns(process: Process, step: Element, form: Form, in_loop: bool) -> Iterator[Finding]:
    register = step.properties["register"]
    record = REGISTERS[register]
    filled = {question.properties["register"] for question in questions(form) if "register" in question.properties}
    for column in sorted(filled - {*record.names}):
        message = f"Het formulier '{form.id}' vult '{column}', maar het register '{register}' heeft dat niet."
        yield REGISTER.at(process, step, message, choice(column, record.names))
    missing = [column for column in record.required if column not in filled]
    if missing and not (in_loop and filled):
        asked = f"maar het formulier '{form.id}' vraagt niet naar {_listed(missing)}"
        message = f"'{step.title}' vult het register '{register}', {asked}."
        advice = "Zet bij de vraag die dit invult de eigenschap 'register' met die naam."
        yield REGISTER.at(process, step, message, advice)


def _open(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    """Questions without which a row says nothing, and that people may leave open."""
    register = step.properties["register"]
    needed = [
        question for question in questions(form) if question.properties.get("register") in REGISTERS[register].required
    ]
    if register == Register.CONSENT:  # other lists may stay empty: a meeting can end without an agreement
        needed += [question for question in form.input_fields() if any(inner in needed for inner in question.fields)]
    for question in needed:
        if not question.required and not question.type.computed:
            message = f"De vraag '{question.label}' bij '{step.title}' mag open blijven. "
            message += f"Dan staat er niets in het register '{register}'."
            yield OPEN_QUESTION.at(process, step, message, "Maak de vraag verplicht in het formulier.")


def _words(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    register = step.properties["register"]
    words = {column.name: column.words for column in REGISTERS[register].columns if not column.of_step}
    for question in questions(form):
        column = question.properties.get("register", "")
        right = words.get(column)
        strange = [option.value for option in question.options if right and option.value not in right]
        if right and strange:
            message = f"De vraag '{question.label}' bij '{step.title}' heeft het antwoord '{strange[0]}'. "
            message += f"Het register '{register}' kent dat niet bij '{column}'."
            advice = f"Kies als waarde uit: {', '.join(sorted(right))}. Het opschrift mag je zelf bedenken."
            yield REGISTER.at(process, step, message, advice)
        new = question.options and (register, column) == (Register.AGREEMENT, "status") and _makes(form)
        begins = AgreementStatus.OPEN
        if new and begins not in {option.value for option in question.options}:
            message = f"Bij '{step.title}' kan een nieuwe afspraak niet '{begins}' zijn. Dan volgt niemand haar."
            yield REGISTER.at(process, step, message, f"Voeg een antwoord toe met de waarde '{begins}'.")


def _makes(form: Form) -> bool:
    """Whether a form makes new agreements, and does more than change one."""
    return set(REGISTERS[Register.AGREEMENT].required) <= {
        question.properties.get("register") for question in questions(form)
    }


def skipped(definition: Definition) -> Iterator[Finding]:
    """Blocks that go through the agreements that are open, and leave out those that wait, though some can."""
    agreements = [
        question
        for process in definition.processes.values()
        for step in process.user_tasks
        if step.properties.get("register") == Register.AGREEMENT
        and (form := definition.forms.get(step.form)) is not None
        for question in form.input_fields()
    ]
    lists = {question.key for question in agreements if question.type.holds is Holds.ROWS}
    asked = (part for question in agreements for part in (question, *question.fields))
    if not any(option.value == AgreementStatus.WAITING for question in asked for option in question.options):
        return
    for process in definition.processes.values():
        takes = {
            element.id: {
                status
                for status in (AgreementStatus.OPEN, AgreementStatus.WAITING)
                if _takes(element.loop.collection, lists, status)
            }
            for element in process.elements.values()
            if element.loop is not None
        }
        if any(AgreementStatus.WAITING in taken for taken in takes.values()):
            continue  # another block sees to them
        for id in (id for id, taken in takes.items() if taken):
            element = process.elements[id]
            message = (
                f"'{element.title}' gaat langs de afspraken die '{AgreementStatus.OPEN}' zijn, "
                f"en slaat over wat '{AgreementStatus.WAITING}' is."
            )
            yield SKIPPED.at(process, element, message)


def _takes(collection: str, lists: set[str], status: AgreementStatus) -> bool:
    """Whether a block goes through a row of a list that stands so."""
    expression = expression_of(collection)
    if expression is None or not expression.names & lists:
        return False
    return bool(expression.evaluate({key: [{"id": "1", "status": status.value}] for key in lists}))


def followed(definition: Definition) -> Iterator[Finding]:
    """Agreements that are made, and that no loop goes through while they are open and no run follows."""
    made = [
        (step, question)
        for process in definition.processes.values()
        for step in process.user_tasks
        if step.properties.get("register") == Register.AGREEMENT
        and (form := definition.forms.get(step.form)) is not None
        for question in form.input_fields()
        if _makes(form) and question.type.holds is Holds.ROWS
    ]
    lists = {question.key for _, question in made}
    document = {key: [{"id": "1", "status": AgreementStatus.OPEN.value}] for key in lists}
    elements = [(process, e) for process in definition.processes.values() for e in process.elements.values()]
    loops = [(process, e) for process, e in elements if e.loop is not None and not _ends(definition, process, e)]
    read = [expression_of(e.loop.collection) for _, e in loops if e.loop is not None]
    followers = [(process, e) for process, e in elements if e.for_each in lists]
    goes_through = any(_follows(definition, process, element) for process, element in followers)
    if not followers:
        goes_through = any(
            question is not None and question.names & lists and question.evaluate(document) for question in read
        )
    if made and not goes_through:
        step, _ = made[0]
        process = definition.processes[step.process]
        message = f"De afspraken uit '{step.title}' worden niet gevolgd: geen blok en geen vak neemt wat openstaat."
        yield FOLLOWED.at(process, step, message)


def _follows(definition: Definition, process: Process, follower: Element) -> bool:
    """Whether some step of what runs for each agreement says how that stands."""
    return any(step.properties.get("register") == Register.AGREEMENT for step in _steps(definition, process, follower))


def _ends(definition: Definition, process: Process, loop: Element) -> bool:
    """Whether what is done for each agreement can only say that it is over, so that nobody follows it by that."""
    steps = [s for s in _steps(definition, process, loop) if s.properties.get("register") == Register.AGREEMENT]
    forms = [definition.forms[step.form] for step in steps if step.form in definition.forms]
    asked = [q for form in forms for q in questions(form) if q.properties.get("register") == "status"]
    waits = {AgreementStatus.OPEN, AgreementStatus.WAITING}
    return bool(asked) and not any(waits & {option.value for option in q.options} for q in asked)


def _steps(definition: Definition, process: Process, element: Element) -> list[Element]:
    """An element with all that is drawn in it and in the diagrams that are called there."""
    inside, called = [element], set[str]()
    for part in inside:  # which grows as it goes
        if part.called in definition.processes.keys() - called:
            called.add(part.called)
            inside.extend(definition.processes[part.called].elements.values())
        elif part.process == process.id:
            inside.extend(e for e in process.elements.values() if e.parent == part.id)
    return inside


def _says(process: Process, step: Element) -> Iterator[Finding]:
    """What a step that records something must say of itself."""
    properties = step.properties
    register = properties["register"]
    for name in REGISTERS[register].stated:
        if not properties.get(name):
            message = f"'{step.title}' vult het register '{register}', maar zegt niets bij '{name}'."
            yield SAYS.at(process, step, message, f"Kies bij '{name}' wat hier geldt.")
    shares = register == Register.DISCLOSURE or (
        register == Register.MEETING and properties.get("stand") == MeetingStatus.HELD
    )
    if shares and properties.get("deelt") != Answer.YES:
        what = "legt vast wat er gedeeld is" if register == Register.DISCLOSURE else "is een overleg met anderen"
        message = f"'{step.title}' {what}, maar bij 'deelt' staat geen ja."
        yield SAYS.at(process, step, message, "Zet 'deelt' op ja. De spelregels kijken daarnaar.")


def _free(process: Process, step: Element, form: Form) -> Iterator[Finding]:
    """A choice that is made for somebody: filled in beforehand, or with only yes or only no to choose."""
    for question in questions(form):
        values = {option.value for option in question.options}
        if _chosen(question):
            message = f"De vraag '{question.label}' bij '{step.title}' is al ingevuld voordat iemand kiest."
            yield FREE.at(process, step, message, "Haal het antwoord weg dat er vanzelf staat.")
        given = values & set(Answer)
        if len(given) == 1:  # a no must be possible, and a yes must count
            (missing,) = set(Answer) - given
            message = f"Op de vraag '{question.label}' bij '{step.title}' kan niemand {missing} zeggen."
            advice = f"Voeg het antwoord {missing} toe, met de waarde '{missing}'."
            yield FREE.at(process, step, message, advice)


def _chosen(question: Field) -> bool:
    """Whether a question is answered beforehand. Which step of the meldcode it is, nobody needs to choose."""
    asked = (question.type.chosen or question.type.holds is Holds.YES_NO) and question.properties.get(
        "register"
    ) != "stap"
    return asked and question.default not in (None, "", [], False)


def _listed(names: list[str]) -> str:
    return " en ".join(f"'{name}'" for name in names)
