"""What a question asks and about whom: without it nobody knows who may read the answer, so nobody may."""

from collections.abc import Collection, Iterator, Mapping

from engine.checks.names import SHOWN, file_of, forms_in_use
from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.definitions import Definition, Element
from engine.definitions.kinds import EventKind, Kind
from engine.forms import ABOUT, EVERY_RELATION, KIND, PROCESS, ROW, Field, Form, Holds
from engine.likeness import choice
from engine.words import Kept, KnownData, Register, Relation, RoleId

TEAM_ROLES = frozenset({RoleId.COORDINATOR, RoleId.PROCESREGISSEUR})

_WHY = "Aan de soort en aan over wie het gaat, ziet Knooppunt wie een antwoord mag lezen. Anders leest niemand het."
_OPENS = "Wat hier niet klopt, gaat voor de verkeerde open, of voor niemand."
_REGION = "gegevenssoorten: {contact: {naam: Hoe we jullie bereiken}, doelen_plan: {naam: Doelen en plan}}"
_CONSENT = """
- {type: dynamiclist, path: toestemmingen, label: Toestemming, validate: {required: true}, components: [
   {type: select, key: persoon, label: Wie, properties: {register: persoon, kies_betrokkene: alle},
    validate: {required: true}},
   {type: textfield, key: organisatie, label: Tegen wie, properties: {register: organisatie},
    validate: {required: true}},
   {type: radio, key: antwoord, label: Zegt deze persoon ja, properties: {register: antwoord},
    validate: {required: true}, values: [{value: ja, label: Ja}, {value: nee, label: Nee}]}]}
"""


_ASKS = "vragen: camunda:formRef=toestemming $register=toestemming $doel=delen"
_WAY = f"begin > vragen > bellen > klaar\n{_ASKS}"
_BY_PARTNER = f"{_ASKS}\nbellen: camunda:candidateGroups={RoleId.CORE_PARTNER}"


def _example(*questions: str, drawing: str = _WAY, more: str = "", **forms: str) -> Mapping[str, str]:
    """A family is asked, and a step asks these questions."""
    return {
        "proef.bpmn": drawing,
        "regio.yaml": f"{_REGION}\n{more}",
        "formulieren/toestemming.form": _CONSENT,
        "formulieren/vragen.form": "\n".join(f"- {question}" for question in questions),
        **{f"formulieren/{id}.form": f"- {question}" for id, question in forms.items()},
    }


def _question(properties: str) -> str:
    return f"{{type: textfield, key: telefoon, label: Telefoon{f', properties: {properties}' if properties else ''}}}"


def _choice(kind: str) -> str:
    values = f"values: [{{value: geld, label: Geld, properties: {{gegevens: {kind}}}}}, {{value: rust, label: Rust}}]"
    return f"{{type: radio, key: wat, label: Wat, properties: {{gegevens: contact, over: moeder}}, {values}}}"


def _relative(asked: str) -> str:
    return f"{{type: select, key: wie, label: Wie, properties: {{kies_betrokkene: {asked}, over: proces}}}}"


def _with_partner(more: str = "") -> str:
    return f"rollen: {{begeleider: {{naam: B, overziet: [proef]}}, {RoleId.CORE_PARTNER}: {{naam: Partner{more}}}}}"


def _for(kind: str) -> Mapping[str, str]:
    lists = "lijsten: {soorten_organisaties: {kraamzorg: Kraamzorg}}"
    return _example(_CONTACT, drawing=f"{_WAY}\nbellen: $voor_soort={kind}", more=lists)


_CONTACT = _question("{gegevens: contact, over: moeder}")
_GOOD = _example(_CONTACT)

UNMARKED = Rule(
    "soort_ontbreekt",
    Topic.PRIVACY,
    "Elke vraag zegt onder welke soort gegevens haar antwoord valt, en over wie het gaat.",
    _WHY,
    f"Vul bij de vraag '{KIND}' en '{ABOUT}' in. Zegt zij niets over een mens, vul dan alleen in: {ABOUT}: {PROCESS}.",
    wrong=_example(_question("")),
    right=_GOOD,
)
UNKNOWN_KIND = Rule(
    "soort_onbekend",
    Topic.PRIVACY,
    "De soort gegevens bij een vraag of antwoord staat in regio.yaml.",
    _OPENS,
    "Gebruik een soort die bij 'gegevenssoorten' staat.",
    wrong=_example(_choice("geld")),
    right=_example(_choice(KnownData.PLAN)),
)
UNKNOWN_PERSON = Rule(
    "over_onbekend",
    Topic.PRIVACY,
    "Over wie een antwoord gaat, is iemand van het gezin, of wie iemand kiest in hetzelfde formulier.",
    _OPENS,
    f"Schrijf bij '{ABOUT}' bijvoorbeeld moeder, of de sleutel van een vraag met 'kies_betrokkene'.",
    wrong=_example(_question("{gegevens: contact, over: gezin}")),
    right=_GOOD,
)
NOBODY = Rule(
    "over_proces",
    Topic.PRIVACY,
    "Een antwoord dat niets zegt over een mens, heeft geen soort gegevens.",
    f"Wie dit dossier kent, leest wat bij '{ABOUT}: {PROCESS}' hoort. Wat over een mens gaat, hoort daar niet bij.",
    f"Haal '{KIND}' weg, of schrijf bij '{ABOUT}' over wie het gaat.",
    wrong=_example(_question("{gegevens: contact, over: proces}")),
    right=_example(_question("{over: proces}")),
)
DIFFERENT = Rule(
    "soort_verschilt",
    Topic.PRIVACY,
    "Vragen met dezelfde sleutel hebben in elk formulier dezelfde soort gegevens, en gaan over dezelfde mensen.",
    "Een formulier begint met wat een ander invulde. Met een andere soort erbij leest iemand wat dicht hoort te zijn.",
    "Maak beide gelijk, of geef een van de twee een eigen sleutel.",
    wrong=_example(
        _CONTACT,
        drawing=f"begin > vragen > bellen > weer > klaar\n{_ASKS}\nweer: camunda:formRef=weer",
        weer=_question("{gegevens: doelen_plan, over: moeder}"),
    ),
    right=_example(
        _CONTACT, drawing=f"begin > vragen > bellen > weer > klaar\n{_ASKS}\nweer: camunda:formRef=weer", weer=_CONTACT
    ),
)
RELATIVES = Rule(
    "betrokkene_onbekend",
    Topic.PRIVACY,
    "Een vraag die uit het gezin laat kiezen, noemt wie: alle, of hoe iemand bij het kind hoort.",
    "Uit een woord dat niet bestaat, valt niemand te kiezen.",
    f"Kies uit: {EVERY_RELATION}, {', '.join(Relation)}.",
    wrong=_example(_relative("oma")),
    right=_example(_relative(EVERY_RELATION)),
)
TOO_EARLY = Rule(
    "zonder_toestemming",
    Topic.PRIVACY,
    "Wat een ander invulde over een mens, staat pas in een formulier nadat het gezin toestemming kon geven.",
    "Voor de toestemming weet alleen wie het opschreef wat er staat. De taak is dan voor niemand te doen.",
    "Zet de stap na een stap die om toestemming vraagt, of vraag hier iets met een eigen sleutel.",
    wrong=_example(_CONTACT, drawing=f"begin > noteren > bellen > vragen > klaar\n{_BY_PARTNER}", more=_with_partner()),
    right=_example(_CONTACT, drawing=f"begin > noteren > vragen > bellen > klaar\n{_BY_PARTNER}", more=_with_partner()),
)
FOR_KIND = Rule(
    "voor_soort",
    Topic.PRIVACY,
    "Een stap voor een soort organisatie noemt een soort die de regio kent.",
    "Voor een soort die er niet is, kan niemand de stap doen.",
    "Gebruik een soort die bij soorten_organisaties staat.",
    wrong=_for("bakker"),
    right=_for("kraamzorg"),
)
BOTH = Rule(
    "kernpartner_met_overzicht",
    Topic.PRIVACY,
    "Wie kernpartner is, overziet geen casussen en is niet ook coördinator of procesregisseur.",
    "Een kernpartner zou dan namen en plannen lezen van gezinnen die daar nooit ja tegen zeiden.",
    "Haal 'overziet' of 'doet_ook' weg. Iemand kan twee aanstellingen hebben, en werkt in één tegelijk.",
    wrong=_example(_CONTACT, drawing=f"{_WAY}\n{_BY_PARTNER}", more=_with_partner(", overziet: [proef]")),
    right=_example(_CONTACT, drawing=f"{_WAY}\n{_BY_PARTNER}", more=_with_partner()),
)
_HOME = "gemeenten: {dorp: Dorp}\norganisaties: {buurthuis: {naam: Buurthuis, knooppuntteam: [dorp]}}\n"
_DECIDED = "".join(f"  {kept}: {{duur: P5Y, grond: besluit van het college}}\n" for kept in Kept)
UNTIMED = Rule(
    "bewaren_onbekend",
    Topic.PRIVACY,
    "Een regio zegt van elk soort dossier hoelang het blijft.",
    "Knooppunt raadt geen bewaartermijn. Zolang er geen staat, wist het niets.",
    "Vraag de functionaris gegevensbescherming om de termijn en de grond, en zet ze in regio.yaml onder 'bewaren'.",
    wrong=_example(_CONTACT, more=_HOME),
    right=_example(_CONTACT, more=f"{_HOME}bewaren:\n{_DECIDED}"),
    severity=Severity.WARNING,
)


def privacy(definition: Definition) -> tuple[Finding, ...]:
    """What keeps a process that asks a family for consent from knowing who may read what."""
    asking = [step for step in _steps(definition) if step.properties.get("register") == Register.CONSENT]
    findings = [*_kinds_of_organisation(definition), *_chosen(definition)]
    if asking:
        findings += [
            *_marks(definition),
            *_differences(definition),
            *_too_early(definition, asking),
            *_roles(definition),
            *_untimed(definition),
        ]
    return tuple(findings)


def _steps(definition: Definition) -> Iterator[Element]:
    for process in definition.processes.values():
        yield from process.user_tasks


# --- questions -------------------------------------------------------------------------------------------------


def _marks(definition: Definition) -> Iterator[Finding]:
    """Questions that don't say, or not rightly, which kind of data they ask and about whom."""
    forms_of_family = {step.form for step in _steps(definition) if not _says_nothing(definition, step)}
    exempt = {step.form for step in _steps(definition) if step.properties.get("register") == Register.CONSENT}
    for form in forms_in_use(definition):
        if form.id in forms_of_family:
            file = file_of(form, definition)
            for question, choosing in _questions(form):
                yield from _mark(definition, file, question, choosing, form.id in exempt)


def _says_nothing(definition: Definition, step: Element) -> bool:
    """Whether a step belongs to a diagram that holds nothing of a family."""
    return definition.processes[step.process].properties.get(ABOUT) == PROCESS


def _questions(form: Form) -> Iterator[tuple[Field, frozenset[str]]]:
    """Every question, in rows too, with the keys by which it can point at who is chosen in the form or its row."""
    top = frozenset(question.key for question in form.input_fields() if _chooses(question))
    for question in form.input_fields():
        if question.type.holds is not Holds.ROWS:
            rows = [part for part in form.input_fields() if part.type.holds is Holds.ROWS]
            inner = (f"{part.key}.{field.key}" for part in rows for field in part.fields if _chooses(field))
            yield question, top | frozenset(inner)
        else:
            row = Form("", question.fields).input_fields()
            yield from ((part, top | frozenset(other.key for other in row if _chooses(other))) for part in row)


def _chooses(question: Field) -> bool:
    return "kies_betrokkene" in question.properties


def _mark(
    definition: Definition, file: str, question: Field, choosing: Collection[str], exempt: bool
) -> Iterator[Finding]:
    name = question.label or question.key
    kind, about = question.properties.get(KIND, ""), _about(question)
    kinds = [kind, *(option.data_kind for option in question.options)]
    for strange in (kind for kind in dict.fromkeys(kinds) if kind and kind not in definition.settings.data_kinds):
        message = f"Bij de vraag '{name}' staat de soort gegevens '{strange}'. Die staat niet in regio.yaml."
        advice = choice(strange, definition.settings.data_kinds)
        yield UNKNOWN_KIND.breach(file, question.id, message, advice, name=name)
    if PROCESS in about:
        if any(kinds) or len(about) > 1:
            message = f"De vraag '{name}' gaat over niemand, en toch staat er een soort gegevens of iemand bij."
            yield NOBODY.breach(file, question.id, message, name=name)
        return
    for word in about:
        if word not in tuple(Relation) and word not in choosing and word != ROW:
            message = f"De vraag '{name}' gaat over '{word}'. Dat is niemand van het gezin."
            advice = choice(word, [*Relation, *choosing])
            yield UNKNOWN_PERSON.breach(file, question.id, message, advice, name=name)
    said = kind or (question.options and all(option.data_kind for option in question.options))
    if not (said and about) and not (exempt and not kind and not about):
        lacking = " en ".join(f"'{word}'" for word, given in ((KIND, said), (ABOUT, about)) if not given)
        yield UNMARKED.breach(file, question.id, f"Bij de vraag '{name}' staat geen {lacking}.", name=name)


def _about(question: Field) -> tuple[str, ...]:
    return tuple(word.strip() for word in question.properties.get(ABOUT, "").split(",") if word.strip())


def _differences(definition: Definition) -> Iterator[Finding]:
    """Questions that share a key and not what they say."""
    first: dict[str, tuple[Form, tuple[object, ...]]] = {}
    for form in forms_in_use(definition):
        for question in form.input_fields():
            says = (question.properties.get(KIND, ""), frozenset(_about(question)))
            if says[1] and question.type.holds is not Holds.ROWS:
                other, before = first.setdefault(question.key, (form, says))
                if before != says:
                    name = question.label or question.key
                    message = f"De vraag '{name}' zegt iets anders, of over iemand anders, dan in '{other.id}'."
                    yield DIFFERENT.breach(file_of(form, definition), question.id, message, name=name)


def _chosen(definition: Definition) -> Iterator[Finding]:
    """Questions that let choose from a family among people who can't be in it."""
    for form in forms_in_use(definition):
        for question in form.input_fields():
            for part in (question, *Form("", question.fields).input_fields()):
                asked = part.properties.get("kies_betrokkene", EVERY_RELATION)
                for word in (word.strip() for word in asked.split(",")):
                    if asked != EVERY_RELATION and word not in tuple(Relation):
                        name = part.label or part.key
                        message = f"De vraag '{name}' laat kiezen uit '{word}'. Dat is niemand van het gezin."
                        advice = choice(word, [EVERY_RELATION, *Relation])
                        yield RELATIVES.breach(file_of(form, definition), part.id, message, advice, name=name)


# --- steps -----------------------------------------------------------------------------------------------------


def _too_early(definition: Definition, asking: Collection[Element]) -> Iterator[Finding]:
    """Steps that show what somebody else wrote of a person, and that no step that asks consent can come before."""
    writers: dict[str, list[Element]] = {}
    labels: dict[str, str] = {}
    for step in _steps(definition):
        form = definition.forms.get(step.form)
        for question in form.input_fields() if form is not None else ():
            if question.properties.get(KIND) or any(option.data_kind for option in question.options):
                writers.setdefault(question.key, []).append(step)
                labels.setdefault(question.key, question.label or question.key)
    late = _after(definition, asking)
    for step in _steps(definition):
        if (step.process, step.id) in late or step.form not in definition.forms:
            continue
        form = definition.forms[step.form]
        asked_anew = step.properties.get("register") == Register.CONSENT  # what others wrote isn't shown there
        asked = set() if asked_anew else set(form.keys())
        shown = asked | {key for text in _texts(form.fields) for key in SHOWN.findall(text)}
        others = {
            key
            for key in shown & writers.keys()
            for other in writers[key]
            if set(other.roles) != set(step.roles) and (step.process, step.id) in _after(definition, [other])
        }
        if others:
            listed = " en ".join(f"'{labels[key]}'" for key in sorted(others))
            message = f"'{step.title}' toont {listed}, wat een ander invulde, voordat het gezin iets gevraagd is."
            yield TOO_EARLY.at(definition.processes[step.process], step, message)


def _texts(fields: tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        yield field.text
        yield from _texts(field.fields)


Place = tuple[str, str]
"""A process and an element in it."""


def _after(definition: Definition, begin: Collection[Element]) -> frozenset[Place]:
    """Every element that a case can come to after one of these, also by what comes in between."""
    callers: dict[str, list[Element]] = {}
    for process in definition.processes.values():
        for element in process.elements.values():
            callers.setdefault(element.called, []).append(element)
    waiting = [(step.process, step.id) for step in begin]
    reached: set[Place] = set()
    while waiting:
        for place in _next(definition, definition.element(*waiting.pop()), callers):
            if place not in reached:
                reached.add(place)
                waiting.append(place)
    return frozenset(reached)


def _next(definition: Definition, element: Element, callers: Mapping[str, Collection[Element]]) -> Iterator[Place]:
    """What comes right after an element, what begins in it, and what can come in between while it runs."""
    called = definition.processes.get(element.called)
    if called is not None:
        yield from ((called.id, e.id) for e in called.elements.values() if _starts(e, ""))
    process = definition.processes[element.process]
    yield from ((process.id, e.id) for e in process.elements.values() if _starts(e, element.id))
    if element.event_kind == EventKind.LINK:
        yield from ((process.id, e.id) for e in process.elements.values() if e.event == element.event)
    around, leaving = {(element.process, element.id): element}, [element]
    while leaving:  # it may be the last of what stands around it
        holder = leaving.pop()
        process = definition.processes[holder.process]
        targets = (process.flows[id].target for id in holder.outgoing)
        yield from ((process.id, target) for target in targets if target in process.elements)
        yield from ((process.id, e.id) for e in process.elements.values() if e.attached_to == holder.id)
        yield from ((process.id, e.id) for e in process.elements.values() if e.by_event and e.parent == holder.parent)
        outer = [process.elements[holder.parent]] if holder.parent else callers.get(process.id, ())
        leaving += [e for e in outer if (e.process, e.id) not in around]
        around |= {(e.process, e.id): e for e in outer}


def _starts(element: Element, scope: str) -> bool:
    return element.kind == Kind.START_EVENT and element.parent == scope


def _kinds_of_organisation(definition: Definition) -> Iterator[Finding]:
    """Steps for a kind of organisation that the region doesn't know."""
    known = definition.settings.lists.get("soorten_organisaties", {})
    for step in _steps(definition):
        for kind in (kind.strip() for kind in step.properties.get("voor_soort", "").split(",")):
            if kind and kind not in known:
                message = f"'{step.title}' is voor de soort organisatie '{kind}'. Die kent de regio niet."
                yield FOR_KIND.at(definition.processes[step.process], step, message, choice(kind, known))


def _roles(definition: Definition) -> Iterator[Finding]:
    """Roles by which a partner would see what only the Knooppunt team may."""
    roles = definition.settings.roles
    for role in roles.values():
        merged, waiting = {role.id}, [role.id]
        while waiting:
            also = set(roles[waiting.pop()].also) & roles.keys() - merged
            merged |= also
            waiting += also
        if RoleId.CORE_PARTNER not in merged:
            continue
        sees = [id for id in sorted(merged) if definition.id in roles[id].oversees]
        both = sorted(merged & TEAM_ROLES)
        if sees or both:
            what = f"is ook {' en '.join(both)}" if both else f"overziet alle casussen van '{definition.root.title}'"
            own = "" if role.id == RoleId.CORE_PARTNER else ", die ook kernpartner is,"
            message = f"De rol '{role.name}'{own} {what}. Zo leest een partner mee zonder dat het gezin ja zei."
            yield BOTH.breach("regio.yaml", f"rollen.{role.id}", message, name=role.name)


def _untimed(definition: Definition) -> Iterator[Finding]:
    """What of a family is kept for ever, since the region does not say how long."""
    missing = [kept for kept in Kept if kept not in definition.settings.retention]
    if missing and definition.settings.municipalities:
        names = ", ".join(f"'{kept}'" for kept in missing)
        message = f"In regio.yaml staat onder 'bewaren' niets over {names}. Dat wordt dus nooit vanzelf gewist."
        yield UNTIMED.breach("regio.yaml", "bewaren", message)
