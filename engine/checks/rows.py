"""An event sub-process that runs for each row of a list: where it may stand, and which list that can be."""

from collections.abc import Iterator

from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import EventKind, Kind
from engine.forms import Field, Holds

Breach = tuple[Rule, str]


def _sketch(starts: str, rows: str = "", around: str = "") -> str:
    """A drawing with a sub-process that begins so, beside the steps of a case or in what stands around it."""
    box = f"volgen: subProcess triggeredByEvent=true{f' $voor_elke={rows}' if rows else ''}\n"
    return f"begin > bellen > klaar\n{around}{box}[volgen]\nnieuw > bezoeken > klaar_kind\nnieuw: startEvent {starts}"


_BESIDE = "isInterrupting=false message=nieuw_kind"

ROWS = Rule(
    "voor_elke",
    Topic.DIALECT,
    "Wat er voor elke regel van een lijst is, is een onderbreking door een bericht die het andere laat doorlopen.",
    "Elke regel heeft een eigen gang, naast wat er al loopt. Een stap, of een vak dat het andere stopt, kan dat niet.",
    "Teken een vak met een stippellijn, met een begin door een bericht dat niet onderbreekt.",
    wrong=_sketch("message=nieuw_kind", "kinderen"),
    right=_sketch(_BESIDE, "kinderen"),
    unprovable=True,
)
NESTED = Rule(
    "voor_elke_in_meer_keer",
    Topic.DIALECT,
    "Wat er voor elke regel van een lijst is, staat niet in iets dat zelf meer keer gebeurt.",
    "Anders krijgt een regel meer dan een gang, en weet niemand welke telt.",
    "Zet het vak een laag hoger: naast wat er meer keer gebeurt, of naast het andere vak.",
    wrong=f"begin > helpen > klaar\nhelpen: subProcess each==kinderen\n[helpen]\nbegin_hulp > bellen > klaar_hulp\n"
    f"volgen: subProcess triggeredByEvent=true $voor_elke=kinderen\n[volgen]\nnieuw > bezoeken > klaar_kind\n"
    f"nieuw: startEvent {_BESIDE}",
    right="begin > bellen > helpen > klaar\nhelpen: each==kinderen",
    unprovable=True,
)
LIST = Rule(
    "voor_elke_lijst",
    Topic.NAMES,
    "Wat er voor elke regel van een lijst is, noemt een lijst uit een formulier, met eigen vragen bij elke regel. Of "
    "mensen beginnen het zelf: dan is elke melding een regel.",
    "In een lijst die niemand invult, komt nooit een regel. Dan begint het vak nooit.",
    "Vul bij 'voor_elke' de sleutel in van een lijst uit een formulier. Of vul bij het begin in wie het mag melden.",
    wrong=_sketch(_BESIDE, "kindren"),
    right=_sketch(_BESIDE, "kinderen"),
)


def misplaced(process: Process, element: Element) -> Iterator[Breach]:
    """What keeps an element from running for each row of a list."""
    if not element.for_each:
        return
    name = element.title
    starts = _starts(process, element)
    fits = [e for e in starts if e.event_kind == EventKind.MESSAGE and not e.interrupting]
    if not element.by_event or fits != starts:
        yield ROWS, f"'{name}' is er voor elke regel van een lijst, maar begint niet naast het andere. {ROWS.advice}"
    around = process.elements.get(element.parent)
    while around is not None:
        if around.loop is not None or around.for_each:
            yield NESTED, f"'{name}' is er voor elke regel, en staat in '{around.title}', dat zelf meer keer gebeurt."
            return
        around = process.elements.get(around.parent)


def _starts(process: Process, element: Element) -> list[Element]:
    return [e for e in process.elements.values() if e.parent == element.id and e.kind == Kind.START_EVENT]


def rows(definition: Definition) -> Iterator[Finding]:
    """Event sub-processes for each row of what is no list of a case, or in a diagram that is called more than once."""
    many = repeated(definition)
    lists = _lists(definition, many)
    for process in definition.processes.values():
        for element in process.elements.values():
            key, name = element.for_each, element.title
            if not element.by_event or not key:
                continue
            if process.id in many:
                message = f"'{name}' is er voor elke regel, en staat in een diagram dat zelf meer keer gebeurt."
                yield NESTED.at(process, element, message)
            if any(process.told_rows_at(start) for start in _starts(process, element)):
                continue  # each telling is a row, with who told it and when
            if key not in lists:
                message = (
                    f"'{name}' is er voor elke regel van '{key}', maar geen formulier vult zo'n lijst van de casus."
                )
                yield LIST.at(process, element, message, f"Kies uit: {', '.join(sorted(lists))}." if lists else "")
            elif not any(not question.never_shown for question in lists[key]):
                message = f"'{name}' is er voor elke regel van '{key}', maar bij zo'n regel staat geen vraag."
                yield LIST.at(process, element, message, "Zet in het formulier vragen bij elke regel van de lijst.")


def repeated(definition: Definition) -> frozenset[str]:
    """The diagrams that are called for each item of a list or each row, with what they call themselves."""
    called: set[str] = set()
    waiting = [
        element.called
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.called and in_item(process, element)
    ]
    while waiting:
        process = definition.processes.get(waiting.pop())
        if process is not None and process.id not in called:
            called.add(process.id)
            waiting.extend(e.called for e in process.elements.values() if e.called)
    return frozenset(called)


def in_item(process: Process, element: Element) -> bool:
    """Whether an element, by its own diagram, is about one item of a list or one row."""
    around: Element | None = element
    while around is not None:
        if around.loop is not None or around.for_each:
            return True
        around = process.elements.get(around.parent)
    return False


def _lists(definition: Definition, many: frozenset[str]) -> dict[str, tuple[Field, ...]]:
    """The lists of rows that a form writes into the document, not into an item of it, with the questions of a row."""
    lists: dict[str, tuple[Field, ...]] = {}
    for process in definition.processes.values():
        for task in process.user_tasks if process.id not in many else ():
            form = definition.forms.get(task.form)
            for question in form.input_fields() if form is not None and not in_item(process, task) else ():
                if question.type.holds is Holds.ROWS and not question.never_shown:
                    lists[question.key] = lists.get(question.key, ()) + question.fields
    return lists
