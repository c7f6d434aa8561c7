"""What is called as in the reference process means what it means there: its questions, tables, steps and settings.

Access rests on what a question asks and about whom, spelregels on what it fills, and the question to a family on what a
kind of organisation needs. What the reference says of these is noted beside this, in `promised.jsonl`, by `make
spelregels`. What a region means otherwise gets another name, or a reason.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from engine import feel, proof
from engine.checks.course import MOST_CASES
from engine.checks.names import file_of, forms_in_use
from engine.checks.proven import RULES
from engine.checks.region import terms_in_use
from engine.checks.rule import Finding, Rule, Topic
from engine.checks.steps import longer, step_promises, steps
from engine.decisions import Decision
from engine.definitions import Definition
from engine.definitions.model import TEAM, Since
from engine.errors import DefinitionError
from engine.forms import ABOUT, KIND, Field, Form, Holds
from engine.likeness import likely

Tables = Mapping[str, Sequence[Decision]]
Tabled = tuple[Definition, Tables]

NOTED = Path(__file__).with_name("promised.jsonl")
SHOWN = 3
_TEXTS = "teksten."

_SAME = "Wat heet als in het voorbeeldproces, betekent wat het daar betekent."
OTHERWISE = Rule(
    "vraag_anders",
    Topic.PRIVACY,
    f"{_SAME} Een vraag houdt haar soort gegevens en over wie zij gaat.",
    "Aan de soort en aan over wie het gaat, ziet Knooppunt wie een antwoord mag lezen. Anders leest een ander het.",
    "Zet het terug zoals in het voorbeeldproces. Vraag je iets anders? Geef de vraag dan een eigen sleutel.",
    wrong="",
    right="",
)
LESS = Rule(
    "vraag_minder",
    Topic.NAMES,
    f"{_SAME} Wat altijd wordt gevraagd en waar keuzes, registers of spelregels op rusten, wordt altijd gevraagd.",
    "Zonder dat antwoord weet Knooppunt niet wie wat mag of wat er volgt, en gaat een gezin een weg die niemand koos.",
    "Zet het terug zoals in het voorbeeldproces. Vraag je iets anders? Geef het formulier dan een eigen naam.",
    wrong="",
    right="",
)
TABLE = Rule(
    "tabel_anders",
    Topic.WAYS,
    f"{_SAME} Een tabel houdt haar regels en wat zij adviseert.",
    "Wie beslist, vertrouwt op het advies. Met een regel minder of een ander advies vraagt die de verkeerde.",
    "Zet de tabel terug zoals in het voorbeeldproces. Werkt jouw regio anders? Geef de tabel dan een eigen id, en noem "
    "dat id bij de stap.",
    wrong="",
    right="",
)
WIDER = Rule(
    "nodig_ruimer",
    Topic.PRIVACY,
    "Een soort organisatie krijgt met één ja niet meer te weten dan in het voorbeeldproces, of er staat waarom.",
    "Een gezin zegt in één zin ja tegen alles wat hier staat. Wat niet nodig is, hoort daar niet bij.",
    "Haal weg wat er meer staat, of noem het daar bij 'anders' en schrijf bij 'reden' waarom dit werk het nodig heeft.",
    wrong="",
    right="",
)

NARROWER = Rule(
    "nodig_krapper",
    Topic.PRIVACY,
    "Een soort organisatie krijgt met een ja niet minder te weten dan haar werk vraagt, of er staat waarom.",
    "Wie niet weet wat het werk vraagt, komt voor niets of helpt verkeerd, terwijl het gezin ja zei.",
    "Zet terug wat er minder staat, of noem het daar bij 'anders' en schrijf bij 'reden' waarom het met minder kan.",
    wrong="",
    right="",
)
TERM = Rule(
    "termijn_langer",
    Topic.REFERENCES,
    "Een termijn is in een regio niet langer dan in het voorbeeldproces, of er staat waarom.",
    "Op een termijn rekent een gezin. Wordt die stil langer, dan wacht het zonder dat iemand daarvoor koos.",
    "Maak de termijn niet langer, of noem bij de termijn wat bij jullie anders is ('anders') en zeg waarom ('reden').",
    wrong="",
    right="",
)
MERGED = Rule(
    "rollen_samen",
    Topic.PRIVACY,
    "Een rol doet niet ook het werk van een andere rol, of er staat waarom.",
    "Wie twee rollen heeft, leest wat beide mogen lezen, en kijkt na wat die zelf deed.",
    "Haal weg wat bij 'doet_ook' staat, of noem bij de rol die andere rol ook bij 'anders' en zeg waarom ('reden').",
    wrong="",
    right="",
)
OVERSEEN = Rule(
    "overzicht_anders",
    Topic.PRIVACY,
    f"{_SAME} Een rol ziet alle casussen als zij dat ook in het voorbeeldproces doet, en anders niet.",
    "Wie alle casussen ziet, leest namen van gezinnen die daar nooit ja tegen zeiden. Ziet niemand ze, dan blijft werk "
    "liggen.",
    "Zet 'overziet' terug zoals in het voorbeeldproces, zet bij de rol 'anders: overziet' en zeg waarom ('reden'), of "
    "geef een rol die iets anders is een eigen naam.",
    wrong="",
    right="",
)


EMPTY = Rule(
    "regiotekst_leeg",
    Topic.TEXTS,
    "Wat een gezin hoort of leest, staat er: van elke soort gegevens haar eigen naam en uitleg, en elke tekst van de "
    "regio.",
    "Een gezin zegt ja tegen wat het hoort. Staat er niets, of de uitleg van iets anders, dan weet het niet waartegen.",
    "Vul de tekst in. In het voorbeeldproces staat wat er kan staan.",
    wrong="",
    right="",
)


def promised(definition: Definition, tables: Tables) -> Iterator[Finding]:
    """Where a definition says something else than the reference under the same name; `tables` are those of it."""
    noted = _noted().get(definition.id, {})
    yield from _asked(definition, noted.get("vragen", {}))
    for file, several in tables.items():
        for table in several:
            if noted.get("tabellen", {}).get(table.id, "") not in ("", _mark(table)):
                message = f"De tabel '{table.name}' zegt iets anders dan in het voorbeeldproces."
                yield TABLE.breach(file, table.id, message, name=table.name)
    yield from steps(definition, noted.get("stappen", {}))
    yield from _needed(definition, noted.get("nodig", {}))
    yield from _terms(definition, noted.get("termijnen", {}))
    yield from _merged(definition, noted.get("doet_ook", {}))
    yield from _told(definition, noted.get("gelezen", {}))
    for id, oversees in noted.get("overziet", {}).items():
        role = definition.settings.roles.get(id)
        if role is not None and "overziet" not in role.excused and (definition.id in role.oversees) is not oversees:
            does = "ziet niet meer" if oversees else "ziet nu"
            message = f"De rol '{role.name}' {does} alle casussen van '{definition.root.name or definition.id}'."
            yield OVERSEEN.breach("regio.yaml", f"rollen.{id}", message)


def _asked(definition: Definition, noted: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    forms = {form.id: (form, dict(_questions(form))) for form in forms_in_use(definition)}
    for name, promise in noted.items():
        id, _, path = name.partition(".")
        if id not in forms:
            continue  # a form of its own
        form, here = forms[id]
        question, file = here.get(path), file_of(form, definition)
        if question is None:
            if not _says_why(definition, id, path):
                yield _gone(file, path, promise, here.keys() - _paths(noted, id))
            continue
        yield from (
            rule.breach(file, question.id, f"{said} {was}", _other_advice(rule, question), name=question.label)
            for rule, said, was in _otherwise(question, promise)
            if rule is OTHERWISE or not _says_why(definition, id, path)
        )


def _says_why(definition: Definition, form: str, path: str) -> bool:
    """Whether a step with this form says why a question is gone or asked otherwise (`anders`, by its key)."""
    tasks = (task for process in definition.processes.values() for task in process.user_tasks)
    return any(task.form == form and task.says_why(path.rpartition(".")[2]) for task in tasks)


def _other_advice(rule: Rule, question: Field) -> str:
    if rule is OTHERWISE:
        return rule.advice
    key = question.key or question.id
    return f"{rule.advice} Of zet bij de stap met dit formulier 'anders: {key}' en bij 'reden' waarom."


def _otherwise(question: Field, promise: Mapping[str, Any]) -> Iterator[tuple[Rule, str, str]]:
    """What a question says or asks otherwise: the rule, what it says now, and what the reference says."""
    if "tekst" in promise:  # its words are free
        yield from _computed(question, promise, f"wat bij '{question.id}' staat")
        return
    name = f"de vraag '{question.label or question.key}'"
    for part in (KIND, ABOUT):
        was, now = promise.get(part, ""), question.properties.get(part, "")
        if now and now != was:
            agreed = f"'{part}: {was}'" if was else f"geen '{part}'"
            yield OTHERWISE, f"Bij {name} staat '{part}: {now}'.", f"In het voorbeeldproces staat {agreed}."
    if promise.get("moet") and not question.required:
        yield LESS, f"D{name[1:]} mag leeg blijven.", "In het voorbeeldproces moet zij een antwoord hebben."
    column = promise.get("vult", "")
    if column and question.properties.get("register") != column:
        yield LESS, f"D{name[1:]} vult '{column}' niet meer.", "In het voorbeeldproces doet zij dat wel."
    yield from (*_chosen(question, promise, name), *_computed(question, promise, name))


def _computed(question: Field, promise: Mapping[str, Any], name: str) -> Iterator[tuple[Rule, str, str]]:
    """Where something is hidden, computed or looked at otherwise than in the reference."""
    for part, text in _formulas(question).items():
        was = promise.get(part, "")
        if text != was and not (text and was and proof.alike(text, was, MOST_CASES)):
            yield LESS, f"{_CHANGED[part]} {name}.", f"In het voorbeeldproces staat daar {was or 'niets'}."


def _chosen(question: Field, promise: Mapping[str, Any], name: str) -> Iterator[tuple[Rule, str, str]]:
    """Where one can choose something else than in the reference."""
    noted, offered = promise.get("keuzes", {}), {option.value: option.label for option in question.options}
    lacking = [value for value in noted if value not in offered] if offered else []
    values = {label: value for value, label in offered.items()}
    if moved := [value for value in lacking if noted[value] in values]:
        label = noted[moved[0]]
        message = f"Bij {name} heeft het antwoord '{label}' nu de waarde '{values[label]}'."
        yield LESS, message, f"In het voorbeeldproces is dat '{moved[0]}', en daar vragen de keuzes naar."
    if lacking := [value for value in lacking if value not in moved]:
        choices = ", ".join(f"'{value}'" for value in lacking[:SHOWN])
        yield LESS, f"Bij {name} valt iets niet meer te kiezen: {choices}.", "In het voorbeeldproces kan dat wel."
    others = {label: value for value, label in noted.items()}
    if swapped := [value for value, label in offered.items() if value in noted and others.get(label, value) != value]:
        message = f"Bij {name} heet '{swapped[0]}' nu '{offered[swapped[0]]}'."
        yield LESS, message, "In het voorbeeldproces heet een ander antwoord zo."
    if promise.get("soort", question.kind) != question.kind:
        yield LESS, f"D{name[1:]} is van een andere soort.", f"In het voorbeeldproces is zij '{promise['soort']}'."
    if noted and question.default is not None and question.default != promise.get("begin"):
        yield LESS, f"Bij {name} is al een antwoord ingevuld.", "In het voorbeeldproces kiest men dat zelf."


_CHANGED = {
    "verborgen": "Bij andere antwoorden verdwijnt",
    "berekend": "Anders berekend wordt",
    "controle": "Anders nagekeken wordt",
}


def _formulas(question: Field) -> dict[str, str]:
    """What is computed for a question: when it is hidden, its answer, and what is asked of that."""
    hidden = question.hide.text if question.hide is not None else ""
    computed = question.expression.text if question.expression is not None else ""
    return {"verborgen": hidden, "berekend": computed, "controle": question.properties.get("controle", "")}


def _gone(file: str, path: str, promise: Mapping[str, Any], others: Iterable[str]) -> Finding:
    """A question or a text that isn't there; perhaps it got another name."""
    key = path.rpartition(".")[2]
    if "tekst" in promise:
        message = f"In dit formulier ontbreekt '{key}'. In het voorbeeldproces staat daar een tekst of een blok vragen."
        advice = f"Zet het terug, of zet bij de stap met dit formulier 'anders: {key}' en bij 'reden' waarom."
        return LESS.breach(file, key, message, advice)
    near = likely(key, {other.rpartition(".")[2] for other in others})
    message = f"Dit formulier heeft geen vraag met de sleutel '{key}'. In het voorbeeldproces is die er wel."
    advice = f"Zet haar terug, of zet bij de stap met dit formulier 'anders: {key}' en bij 'reden' waarom."
    return LESS.breach(file, key, message, f"Heet zij hier '{near}'? Noem haar weer '{key}'." if near else advice)


def _paths(noted: Iterable[str], form: str) -> set[str]:
    return {name.partition(".")[2] for name in noted if name.startswith(f"{form}.")}


def _terms(definition: Definition, noted: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    for id, promise in noted.items():
        term = definition.settings.deadlines.get(id)
        if term is None:
            continue
        if "duur" not in term.excused and longer(term.duration, promise["duur"]):
            message = f"De termijn '{id}' is {term.duration}. In het voorbeeldproces is dat {promise['duur']}."
            yield TERM.breach("regio.yaml", f"termijnen.{id}", message)
        known = {promise["vanaf"], Since.CASE}  # a case begins before all that is done in it
        if "vanaf" not in term.excused and term.counts_from not in known:
            message = f"De termijn '{id}' telt vanaf '{term.counts_from}'. In het voorbeeldproces is dat "
            yield TERM.breach("regio.yaml", f"termijnen.{id}", f"{message}'{promise['vanaf']}'.")


def _merged(definition: Definition, noted: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for id, also in noted.items():
        role = definition.settings.roles.get(id)
        more = [other for other in role.also if other not in {*also} | role.excused] if role is not None else []
        if role is not None and more:
            others = ", ".join(f"'{other}'" for other in more)
            message = f"De rol '{role.name}' doet ook het werk van {others}. In het voorbeeldproces is dat niet zo."
            yield MERGED.breach("regio.yaml", f"rollen.{id}", message)


def _told(definition: Definition, noted: Mapping[str, str]) -> Iterator[Finding]:
    """Texts of the region that say nothing, or what another one says."""
    here = _texts(definition)
    for name in noted:
        if name not in here and not name.startswith(_TEXTS):
            continue  # that a kind of data is gone is told elsewhere
        part, same = name.rpartition(".")[2], here.get(name, "").strip()
        others = [other for other, text in here.items() if other != name and text.strip() == same]
        if not same:
            yield EMPTY.breach("regio.yaml", name, f"In '{name}' staat niets.")
        elif twin := next((other for other in others if other.rpartition(".")[2] == part), ""):
            yield EMPTY.breach("regio.yaml", name, f"In '{name}' staat hetzelfde als in '{twin}'.")


def _texts(definition: Definition) -> dict[str, str]:
    """What a family hears of each kind of data, and the texts of the region, by where they stand."""
    texts = {f"{_TEXTS}{id}": text for id, text in definition.settings.texts.items()}
    for id, kind in definition.settings.data_kinds.items():
        parts = {"naam": kind.name if kind.name != id else "", "uitleg": kind.explanation, "gesproken": kind.spoken}
        texts |= {f"gegevenssoorten.{id}.{part}": text for part, text in parts.items()}
    return texts


def _needed(definition: Definition, noted: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    kinds, needs = definition.settings.data_kinds, definition.settings.needs
    known_sorts = {TEAM, *definition.settings.lists.get("soorten_organisaties", ())}
    for name in noted:
        organisation, _, purpose = name.rpartition(".")
        if organisation in known_sorts and purpose not in needs.get(organisation, {}):
            message = f"Onder 'nodig' ontbreekt '{name}'. In het voorbeeldproces staat daar wat dit werk nodig heeft."
            yield NARROWER.breach("regio.yaml", f"nodig.{name}", message)
    for organisation, purposes in definition.settings.needs.items():
        for purpose, need in purposes.items():
            name = f"{organisation}.{purpose}"
            promise = noted.get(name)
            if promise is None:
                continue
            more = [kind for kind in need.kinds if kind not in {*promise["soorten"]} | need.excused]
            if more:
                known = ", ".join(f"'{kinds[kind].name if kind in kinds else kind}'" for kind in more)
                message = f"Onder 'nodig' staat bij '{name}' meer dan in het voorbeeldproces: {known}."
                yield WIDER.breach("regio.yaml", f"nodig.{name}", message)
            less = [kind for kind in promise["soorten"] if kind not in {*need.kinds} | need.excused and kind in kinds]
            if less:
                lacking = ", ".join(f"'{kinds[kind].name}'" for kind in less)
                message = f"Onder 'nodig' staat bij '{name}' minder dan in het voorbeeldproces: {lacking} ontbreekt."
                yield NARROWER.breach("regio.yaml", f"nodig.{name}", message)
            if need.ground != promise["grond"] and "grond" not in need.excused:
                message = f"Onder 'nodig' staat bij '{name}' de grond '{need.ground}'. In het voorbeeldproces is dat "
                yield WIDER.breach("regio.yaml", f"nodig.{name}", f"{message}'{promise['grond']}'.")


def _questions(form: Form) -> Iterator[tuple[str, Field]]:
    """Each question or text that can be shown with its key (a text by its id), in a row of a list behind that of the
    list.
    """
    for part in _parts(form.fields):
        if not part.never_shown:
            yield part.key or part.id, part
            if part.type.holds is Holds.ROWS:
                for inner in _parts(part.fields):
                    if not inner.never_shown:
                        yield f"{part.key}.{inner.key or inner.id}", inner


def _parts(fields: Iterable[Field]) -> Iterator[Field]:
    """The questions and texts, groups opened."""
    for part in fields:
        if part.type.holds is Holds.PARTS:
            if part.hide is not None:
                yield part  # when what is in it is asked
            if not part.never_shown:
                yield from _parts(part.fields)
        elif part.type.asks or part.text:
            yield part


def _mark(table: Decision) -> str:
    """What a table decides, as a few signs: two tables with the same mark differ in what they explain only."""
    rows = [[*(t.text for t in rule.tests), *(r.text if r else "" for r in rule.results)] for rule in table.rules]
    asked = [[column.expression.text for column in table.inputs], [output.name for output in table.outputs]]
    said = json.dumps([table.hit_policy, table.aggregation, asked, rows])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@cache
def _noted() -> dict[str, Any]:
    noted: dict[str, Any] = {}
    for line in NOTED.read_text("utf-8").splitlines():
        process, part, name, promise = json.loads(line)
        noted.setdefault(process, {}).setdefault(part, {})[name] = promise
    return noted


# --- noting ----------------------------------------------------------------------------------------------------


def noting(definitions: Iterable[Tabled]) -> str:
    """What is to be noted of the reference processes, each with its tables: a line for each promise."""
    lines = (
        [definition.id, part, name, promise]
        for definition, tables in definitions
        for part, promises in _promises(definition, tables).items()
        for name, promise in promises.items()
    )
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _promises(definition: Definition, tables: Tables) -> dict[str, dict[str, Any]]:
    every = [table for several in tables.values() for table in several]
    rested = _rested_on(definition, every)
    questions: dict[str, Any] = {}
    for form in sorted(forms_in_use(definition), key=lambda form: form.id):
        for path, question in _questions(form):
            questions.setdefault(f"{form.id}.{path}", _promise(question, rested))
    needs = {
        f"{organisation}.{purpose}": {"soorten": list(need.kinds), "grond": need.ground}
        for organisation, purposes in definition.settings.needs.items()
        for purpose, need in purposes.items()
    }
    oversees = {id: definition.id in role.oversees for id, role in definition.settings.roles.items()}
    marks = {table.id: _mark(table) for table in every}
    roles = {id: list(role.also) for id, role in definition.settings.roles.items()}
    known = definition.settings.deadlines
    used = sorted(terms_in_use(definition) & known.keys())
    terms = {id: {"duur": known[id].duration, "vanaf": known[id].counts_from} for id in used}
    texts = dict.fromkeys(_texts(definition), "")
    settings: dict[str, dict[str, Any]] = {
        "gelezen": texts,
        "nodig": needs,
        "overziet": oversees,
        "doet_ook": roles,
        "termijnen": terms,
    }
    return {"vragen": questions, "tabellen": marks, "stappen": step_promises(definition), **settings}


def _promise(question: Field, rested: frozenset[str]) -> dict[str, Any]:
    if not question.type.asks:
        return {"tekst": True} | {part: text for part, text in _formulas(question).items() if text}
    rests = question.key in rested or "register" in question.properties
    promise: dict[str, Any] = {part: question.properties[part] for part in (KIND, ABOUT) if part in question.properties}
    promise["soort"] = question.kind
    if "register" in question.properties:
        promise["vult"] = question.properties["register"]
    if rests and question.required:
        promise["moet"] = True
    if question.options:
        promise["keuzes"] = {option.value: option.label for option in question.options}
    if question.default is not None:
        promise["begin"] = question.default
    return promise | {part: text for part, text in _formulas(question).items() if text}


def _rested_on(definition: Definition, tables: Iterable[Decision]) -> frozenset[str]:
    """The questions that conditions, clocks, tables and spelregels ask for."""
    texts = [text for process in definition.processes.values() for _, text in process.expressions()]
    read = [feel.read(text) for text in texts]
    names = {name for expression in read if not isinstance(expression, str) for name in expression.names}
    names |= {name for table in tables for column in table.inputs for name in column.expression.names}
    try:
        rules = proof.read_rules(definition.files.get(RULES, b"spelregels: []"), RULES)
    except DefinitionError:
        rules = ()
    selectors = [s for rule in rules for s in (*rule.a, *rule.b, *rule.unless, *rule.expires)]
    return frozenset(names | {question for selector in selectors for question in selector.questions})
