"""Texts that would do something: HTML, attributes and links that run script, wherever people read what stands there."""

from collections.abc import Iterator, Mapping, Sequence

from engine.checks.rule import Finding, Rule, Topic
from engine.decisions import Decision
from engine.definitions import Definition, Process
from engine.definitions.letters import FOLDER, PLACE, read_text
from engine.forms import Field, Form
from engine.markdown import acting

_SHOWN = 40

ACTING = Rule(
    "tekst_doet_iets",
    Topic.TEXTS,
    "In een naam of tekst staat alleen wat mensen lezen: geen HTML, geen plaatje, geen eigenschappen tussen accolades, "
    "en alleen links die met http, https of mailto beginnen, met tel: en cijfers een nummer bellen, of naar een eigen "
    "pagina gaan.",
    "Namen en teksten komen op de pagina's waar ook dossiers staan. Wat daar iets doet, kan meelezen met een collega.",
    "Schrijf gewone tekst of Markdown. Bedoel je het teken <, zet er dan een spatie achter.",
    wrong='begin > bellen > klaar\nbellen: name="Bel <b onclick=x>nu</b>"',
    right='begin > bellen > klaar\nbellen: name="Bel nu"',
)


def in_process(process: Process) -> Iterator[Finding]:
    """Names and texts of a diagram that would do something."""
    yield from _found(process.file, process.id, process.name, process.name, process.documentation)
    for element in process.elements.values():
        texts = (element.name, element.documentation, *element.properties.values())
        yield from _found(process.file, element.id, element.name, *texts)
    for flow in process.flows.values():
        yield from _found(process.file, flow.id, flow.name, flow.name)
    for lane in process.lanes:
        yield from _found(process.file, lane.id, lane.name, lane.name)
    for note in process.notes:
        yield from _found(process.file, note.id, "", note.text)


def beside(definition: Definition, tables: Mapping[str, Sequence[Decision]]) -> Iterator[Finding]:
    """Texts of forms, tables and settings that would do something."""
    files = {name.rsplit("/", 1)[-1]: name for name in definition.files}
    for form in definition.forms.values():
        yield from _in_form(files.get(f"{form.id}.form", form.id), form)
    for file, read in tables.items():
        for table in read:
            columns = (*(column.label for column in table.inputs), *(column.label for column in table.outputs))
            reasons = (rule.description for rule in table.rules)
            yield from _found(file, table.id, table.name, table.name, table.documentation, *columns, *reasons)
    yield from _in_settings(definition)
    for name, content in definition.files.items():
        if name.startswith(f"{FOLDER}/"):
            text = read_text(content)
            yield from _found(name, "", text.subject, PLACE.sub("", text.subject), PLACE.sub("", text.body))


def _in_form(file: str, form: Form) -> Iterator[Finding]:
    for field in _all(form.fields):
        said = (field.label, field.description, field.text, *(option.label for option in field.options))
        yield from _found(file, field.id, field.label, *said, *field.properties.values())


def _all(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)


def _in_settings(definition: Definition) -> Iterator[Finding]:
    settings = definition.settings
    texts: dict[str, tuple[str, ...]] = {
        "naam": (settings.name,),
        "gemeenten": tuple(settings.municipalities.values()),
        "teksten": tuple(settings.texts.values()),
        "rollen": tuple(text for role in settings.roles.values() for text in (role.id, role.name, role.summary)),
        "termijnen": tuple(
            text for term in settings.deadlines.values() for text in (term.id, term.source, term.explanation)
        ),
        "organisaties": tuple(
            text for partner in settings.organisations.values() for text in (partner.id, partner.name)
        ),
        "lijsten": tuple(label for labels in settings.lists.values() for label in labels.values()),
        "gegevenssoorten": tuple(
            text for kind in settings.data_kinds.values() for text in (kind.name, kind.explanation, kind.spoken)
        ),
    }
    for place, said in texts.items():
        yield from _found("regio.yaml", place, "", *said)


def _found(file: str, element: str, name: str, *texts: str) -> Iterator[Finding]:
    parts = [part for text in texts if not text.startswith("=") for part in acting(text)]
    if parts:
        shown = parts[0] if len(parts[0]) <= _SHOWN else f"{parts[0][:_SHOWN]}…"
        message = f"In een tekst staat “{shown}”. Dat is geen tekst om te lezen: een browser kan er iets mee doen."
        yield ACTING.breach(file, element, message, name=name)
