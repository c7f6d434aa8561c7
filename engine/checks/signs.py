"""Signs in texts, as `{rol:kernpartner}`: each must be one that can be filled in, and none should be missing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import deadlines, definitions, forms
from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.checks.texts import HEADINGS
from engine.decisions import Decision
from engine.definitions import Definition, Process, Settings
from engine.definitions.filling import named, nameless, unfilled
from engine.definitions.kinds import Kind
from engine.words import Kept

_SAID = re.compile(r'"((?:[^"\\\\]|\\\\.)*)"')
"""A text in a cell of a table."""
_STEP = "|".join(f"## {heading}|Dat doet {{what}}." for heading in HEADINGS)


def _told(what: str) -> str:
    return f'begin > bellen > klaar\nbellen: text="{_STEP.format(what=what)}"'


SIGN = Rule(
    "tekst_teken",
    Topic.TEXTS,
    "Een teken in een tekst noemt iets wat er is: een rol, een termijn, een gegevenssoort of een bewaartermijn.",
    "Knooppunt vult in wat de regio besloot. Wat het niet kent, leest iemand als code.",
    "Schrijf {rol:…}, {termijn:…} of {gegevenssoort:…} met een naam uit regio.yaml. In de tekst bij een taak mag ook "
    f"{{bewaren:…}}, met een van deze woorden: {', '.join(Kept)}.",
    wrong=_told("{bewaren:dosier}"),
    right=_told("{bewaren:dossier}"),
)
REPEATED = Rule(
    "tekst_herhaalt",
    Topic.TEXTS,
    "Een tekst noemt een rol en de termijn van de stap met een teken, zodat een regio ze anders kan kiezen.",
    "Noemt een regio de rol anders, of kiest zij een andere termijn, dan klopt deze tekst niet meer.",
    "Zet er het teken neer.",
    wrong=_told("de begeleider"),
    right=_told("de {rol:begeleider}"),
    severity=Severity.TIP,
)


@dataclass(frozen=True)
class _Text:
    """One text, and where it stands. `kept` where a term of keeping is filled in when the text is shown."""

    file: str
    element: str
    name: str
    text: str
    kept: bool = False
    deadlines: tuple[str, ...] = ()


def signs(definition: Definition, tables: Mapping[str, Sequence[Decision]]) -> Iterator[Finding]:
    """What is left between braces once all is filled in, and what is written out where a sign should stand."""
    for text in (*_texts(definition.processes.values(), definition.forms), *_in_tables(tables, definition.settings)):
        for sign in nameless(text.text) if text.kept else unfilled(text.text):
            message = f"Bij '{text.name}' staat '{sign}'. Daar kan Knooppunt niets invullen."
            yield SIGN.breach(text.file, text.element, message, name=text.name)
    for text in _texts(*_as_written(definition)):
        yield from _repeated(text, definition.settings)


def _repeated(text: _Text, settings: Settings) -> Iterator[Finding]:
    signs = {f"{role.name.lower()}": f"{{rol:{id_}}}" for id_, role in settings.roles.items()}
    for id_ in text.deadlines:
        if term := settings.deadlines.get(id_):
            signs[deadlines.spoken(term.duration)] = f"{{termijn:{id_}}}"
    for words, sign in signs.items():
        if re.search(rf"(?<![\w:{{/-]){re.escape(words)}(?![\w-])", text.text, re.IGNORECASE):
            message = f"Bij '{text.name}' staat '{words}' uitgeschreven."
            yield REPEATED.breach(text.file, text.element, message, f"Schrijf {sign}.", name=text.name)


def _as_written(definition: Definition) -> tuple[list[Process], dict[str, forms.Form]]:
    """The diagrams and forms of a definition with their signs still in them."""
    files = definition.files
    processes = [definitions.read_process(files[p.file], p.file)[0] for p in definition.processes.values()]
    written = {file: content for file, content in files.items() if file.endswith(".form")}
    return processes, {form.id: form for form in (forms.read(content, file) for file, content in written.items())}


def _texts(processes: Iterable[Process], asked: Mapping[str, forms.Form]) -> Iterator[_Text]:
    for process in processes:
        yield from _in_diagram(process)
    for id_, form in asked.items():
        for text in _in_form(form.fields):
            yield _Text(f"formulieren/{id_}.form", "", id_, text)


def _in_diagram(process: Process) -> Iterator[_Text]:
    file = process.file
    yield _Text(file, process.id, process.title, f"{process.name}\n{process.documentation}")
    for element in process.elements.values():
        terms = tuple(element.properties[key] for key in ("termijn", "termijn_spoed") if key in element.properties)
        step = element.kind == Kind.USER_TASK
        yield _Text(file, element.id, element.title, element.name)
        yield _Text(file, element.id, element.title, element.documentation, step, terms)
    for flow in process.flows.values():
        yield _Text(file, flow.id, flow.name, flow.name)
    for lane in process.lanes:
        yield _Text(file, lane.id, lane.name, lane.name)
    for note in process.notes:
        yield _Text(file, note.id, note.text, note.text)


def _in_tables(tables: Mapping[str, Sequence[Decision]], settings: Settings) -> Iterator[_Text]:
    """What tables say: explanations with their signs filled in, as the handreiking shows them; names and advice as they
    are, for nothing is filled in there.
    """
    for file, several in tables.items():
        for table in several:
            texts = [named(text, settings) for text in (table.documentation, *(row.description for row in table.rules))]
            texts += [table.name, *(c.label for c in table.inputs), *(c.label for c in table.outputs)]
            cells = (cell for row in table.rules for cell in row.results if cell)
            texts += [text for cell in cells for text in _SAID.findall(cell.text)]
            yield from (_Text(file, table.id, table.name, text) for text in texts)


def _in_form(fields: Iterable[forms.Field]) -> Iterator[str]:
    for field in fields:
        yield from (field.label, field.description, field.text, *(option.label for option in field.options))
        yield from (demand.sentence for demand in field.demands)
        yield from _in_form(field.fields)
