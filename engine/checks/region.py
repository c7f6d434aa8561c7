"""What a region fills in: deadlines that can be counted, and roles in which somebody can do the work."""

import re
from collections.abc import Iterator
from datetime import timedelta

from engine import access, consent, deadlines, feel
from engine.checks.finding import name_of
from engine.checks.names import expression_of, file_of, forms_in_use, questions
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Deadline, Definition, Element
from engine.definitions.kinds import EventKind, Kind, TimerKind
from engine.feel import FeelError
from engine.forms import CHOOSES_PLACE, Field, Holds
from engine.likeness import meant
from engine.words import Noted, Register, RoleId

FILE = "regio.yaml"
LONGEST = timedelta(days=3 * 366)
LONGEST_WORKDAYS = 3 * 261
"""Nothing in a Knooppunt takes longer: a family is helped from the pregnancy until the second birthday."""
CHOSEN = RoleId.CASUSREGISSEUR
"""The role that nobody has in all cases: somebody is chosen for it in each."""
_TIMES = frozenset({Holds.DAY, Holds.MOMENT, Holds.TIME, Holds.CHOICE, Holds.COMPUTED})
"""Questions that can be answered with a time; a choice may be one between terms, and what follows may be a day."""
_READ_AS_TIME = re.compile(r"\b(?:date|time|duration)\s*\(\s*(\w+)\s*\)|^=\s*(\w+)\s*(?:[+-]|$)")
"""Where a clock takes an answer for a date, a time or a duration."""
_TERM = re.compile(r"\bregio\.termijnen\.(\w+)")


NEVER = Rule(
    "klok_nooit",
    Topic.REFERENCES,
    "Elke klok gaat een keer af, en binnen drie jaar.",
    "Een klok die niet afgaat, maakt dat een casus stil blijft staan.",
    "Vul een tijd in zoals P14D, of vraag naar een datum met een = ervoor.",
    wrong="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=P20Y",
    right="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=P14D",
    silenced_by=frozenset({"klok"}),
)
DURATION = Rule(
    "termijn_duur",
    Topic.REFERENCES,
    "Een termijn is een tijd die te tellen is, hoogstens drie jaar, en telt vanaf een dag die bekend is.",
    "Op de termijn rust wanneer iemand hoort dat iets blijft liggen.",
    "Schrijf bijvoorbeeld P14D, P3M of 5 werkdagen.",
    wrong={"regio.yaml": "termijnen: {kort: 2 wekjes}"},
    right={"regio.yaml": "termijnen: {kort: P14D}"},
)
CIRCLE = Rule(
    "kring_zonder_mensen",
    Topic.PRIVACY,
    "Een kring noemt de vraag waarin iemand kiest wie ervan mag weten.",
    "Van een stap in een kring weet niemand anders. Noemt de kring niemand, dan blijft die stap voor altijd liggen.",
    "Vul bij 'kring' de sleutel in van een checklist met 'kies_persoon', of haal 'kring' weg.",
    wrong="begin > bellen > klaar\nbellen: $kring=wie_weet_het",
    right={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $kring=wie_weet_het",
        "formulieren/vragen.form": "- {type: checklist, key: wie_weet_het, label: Wie, properties: "
        "{kies_persoon: begeleider}}\n- {type: textfield, key: waarom, label: Waarom}",
    },
)
ASSIGNED = Rule(
    "op_naam_van",
    Topic.REFERENCES,
    "Een stap komt op naam van een mens: van wie iemand kiest, of van wie iets meldde.",
    "Staat er geen mens in, dan kan de stap niet beginnen, en lukt ook de stap ervoor nooit.",
    "Noem bij 'toewijzen' een vraag met 'kies_persoon' waarin iemand één mens kiest, of een bericht met '_door'.",
    wrong={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $toewijzen=waarom",
        "formulieren/vragen.form": "- {type: textfield, key: waarom, label: Waarom}",
    },
    right={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $toewijzen=wie_doet_het",
        "formulieren/vragen.form": "- {type: select, key: wie_doet_het, label: Wie, properties: "
        "{kies_persoon: begeleider}}\n- {type: textfield, key: waarom, label: Waarom}",
    },
)
HANDS_OVER = Rule(
    "overdracht_zonder_vraag",
    Topic.REFERENCES,
    "Een stap die een dossier opent bij een ander Knooppunt, noemt de vraag waarin iemand dat Knooppunt kiest.",
    "Zonder die vraag begint er nergens een dossier, en dat merkt niemand.",
    "Vul bij 'opent_bij' de sleutel in van een vraag met 'kies_knooppunt' en de waarde 'gemeente'.",
    wrong="begin > bellen > klaar\nbellen: $opent_bij=waarom",
    right={
        "proef.bpmn": "begin > bellen > klaar\nbellen: $opent_bij=waarheen",
        "formulieren/vragen.form": "- {type: select, key: waarheen, label: Waarheen, properties: "
        "{kies_knooppunt: gemeente}}\n- {type: textfield, key: waarom, label: Waarom}",
    },
)
LESS_SAY = Rule(
    "zeggenschap_minder",
    Topic.PRIVACY,
    "Een regio vraagt minstens het ja van wie de wet noemt: onder 12 wie gezag heeft, van 12 tot 16 allebei, vanaf 16 "
    "de persoon zelf.",
    "Anders gaan gegevens over iemand open terwijl die zelf, of wie gezag heeft, geen ja zei.",
    "Zet erbij wie ontbreekt. Een regio mag om meer mensen hun ja vragen, niet om minder.",
    wrong={"regio.yaml": "zeggenschap: {16_plus: [gezag]}"},
    right={"regio.yaml": "zeggenschap: {16_plus: [zelf, gezag]}"},
)
NOBODY = Rule(
    "rol_niemand",
    Topic.REFERENCES,
    "Voor elke taak en elk bericht is er iemand, en een rol houdt overzicht over de casussen.",
    "Werk waar niemand voor is, blijft liggen zonder dat iemand het ziet.",
    "Kies een rol of organisatie die in regio.yaml staat en in deze casussen meedoet.",
    wrong={"regio.yaml": "rollen: {begeleider: {naam: Begeleider}}"},
    right={"regio.yaml": "termijnen: {kort: P14D}"},
)


def region(definition: Definition) -> tuple[Finding, ...]:
    """Deadlines that can't be counted, clocks that never go off, and work or messages for which there is nobody."""
    return (
        *_deadlines(definition),
        *_clocks(definition),
        *_chosen(definition),
        *_assigned(definition),
        *_circles(definition),
        *_hands_over(definition),
        *_voices(definition),
        *_people(definition),
        *_partners(definition),
    )


# --- time ------------------------------------------------------------------------------------------------------


def terms_in_use(definition: Definition) -> frozenset[str]:
    """The deadlines that a step or an expression asks for."""
    processes = definition.processes.values()
    used = {
        t.properties.get(name, "") for p in processes for t in p.user_tasks for name in ("termijn", "termijn_spoed")
    }
    return frozenset(used | {name for p in processes for _, text in p.expressions() for name in _TERM.findall(text)})


def _deadlines(definition: Definition) -> Iterator[Finding]:
    used = terms_in_use(definition)
    dates = {
        q.key for form in forms_in_use(definition) for q in questions(form) if q.type.holds in (Holds.DAY, Holds.MOMENT)
    }
    for term in definition.settings.deadlines.values():
        if term.id in used:
            yield from _deadline(term, dates)


def _deadline(term: Deadline, dates: set[str]) -> Iterator[Finding]:
    if not deadlines.valid(term.duration):
        message = f"De termijn '{term.id}' duurt '{term.duration}'. Dat is geen tijd die telt."
        yield DURATION.breach(
            FILE, f"termijnen.{term.id}", message, advice="Schrijf bijvoorbeeld P14D, P3M of 5 werkdagen."
        )
    elif _far(term.duration):
        message = f"De termijn '{term.id}' duurt '{term.duration}'. Zo merkt niemand dat iets blijft liggen."
        yield DURATION.breach(FILE, f"termijnen.{term.id}", message, "Kies een termijn van hoogstens drie jaar.")
    if term.follows_answer and term.counts_from not in dates:
        message = f"De termijn '{term.id}' telt vanaf '{term.counts_from}', maar geen formulier vraagt naar die datum."
        advice = "Kies 'taak', 'casus' of de sleutel van een vraag naar een datum."
        yield DURATION.breach(FILE, f"termijnen.{term.id}", message, advice=advice)


def _far(text: str) -> bool:
    number, _, unit = text.partition(" ")
    if unit:  # working days are only counted where a case is: that takes the holidays of every year
        return int(number) > LONGEST_WORKDAYS
    try:
        return deadlines.roughly(text) > LONGEST
    except (OverflowError, ValueError):
        return True  # beyond what a calendar holds


def _clocks(definition: Definition) -> Iterator[Finding]:
    """Clocks in diagrams that never go off, or so late that nobody is there any more."""
    asked_here = [question for form in forms_in_use(definition) for question in questions(form)]
    untimed = {question.key for question in asked_here} - {q.key for q in asked_here if _may_be_time(q)}
    for process in definition.processes.values():
        for element in process.elements.values():
            event = element.event
            if event is None or event.kind != EventKind.TIMER:
                continue
            wrong = _never(event.expression, event.timer)
            asked = next((name for names in _READ_AS_TIME.findall(event.expression) for name in names if name), "")
            if event.expression.startswith("=") and asked in untimed:
                wrong = f"wacht op het antwoord '{asked}', en dat is geen tijd"
            if wrong:
                name = element.title
                message = f"De klok '{name}' {wrong}."
                advice = "Vul een tijd in zoals P14D, of vraag naar een datum met een = ervoor."
                yield NEVER.breach(process.file, element.id, message, name=element.name, advice=advice)


def _may_be_time(question: Field) -> bool:
    """Whether a question can be answered with a time. A choice of which the region fills in the options may be."""
    values = [option.value for option in question.options]
    chosen = question.type.holds is Holds.CHOICE and bool(values)
    return question.type.holds in _TIMES and not (chosen and all(map(_is_no_time, values)))


def _is_no_time(text: str) -> bool:
    return feel.parse_datetime(text) is None and not deadlines.valid(text.rpartition("/")[2])


def _never(text: str, kind: TimerKind | None) -> str:
    if not text.strip():
        return "heeft geen tijd"
    if text.startswith("="):
        return _fixed(text, kind)
    duration = text.rpartition("/")[2]
    late = kind != TimerKind.DATE and deadlines.valid(duration) and _far(duration)
    return "wacht langer dan drie jaar" if late else ""


def _fixed(text: str, kind: TimerKind | None) -> str:
    """What is wrong with an expression that always comes to the same, as `="2026-04-31"`."""
    try:
        expression = feel.parse(text[1:])
    except FeelError:
        return ""  # told where it can't be read
    if expression.asks:
        return ""
    time = str(feel.to_json(expression.evaluate({})))
    if kind == TimerKind.DATE:
        return "" if feel.parse_datetime(time) is not None else "wacht op een dag die er niet is"
    return _never(time, kind) if deadlines.valid(time.rpartition("/")[2]) else "wacht op iets dat geen tijd is"


# --- people ----------------------------------------------------------------------------------------------------


def _chosen(definition: Definition) -> Iterator[Finding]:
    """Whom a form lets choose: people in a role that exists, and somebody for the work of who is chosen."""
    asked: set[str] = set()
    for form in forms_in_use(definition):
        for question in questions(form):
            asked.update(question.people)
            for role in question.people:
                if role in definition.settings.roles:
                    continue
                file = file_of(form, definition)
                message = (
                    f"De vraag '{question.label}' laat kiezen uit mensen met de rol '{role}'. Die rol bestaat niet."
                )
                advice = meant(role, definition.settings.roles, "Gebruik een rol die in regio.yaml staat.")
                yield NOBODY.breach(file, question.id, message, name=question.label, advice=advice)
    for task in _tasks(definition):
        if task.roles == (CHOSEN,) and CHOSEN not in asked:
            message = f"'{task.title}' is voor de {CHOSEN}, maar geen formulier laat iemand daarvoor kiezen."
            advice = f"Zet bij een vraag de eigenschap 'kies_persoon' met de waarde '{CHOSEN}', of kies een andere rol."
            file = definition.processes[task.process].file
            yield NOBODY.breach(file, task.id, message, name=task.name, advice=advice)
            return


def _assigned(definition: Definition) -> Iterator[Finding]:
    """Steps that are put on the name of somebody, by what names no person."""
    people, others = set[str](), set[str]()
    for question in (question for form in forms_in_use(definition) for question in questions(form)):
        computed = question.type.holds is Holds.COMPUTED
        one_person = bool(question.people) and question.type.holds is Holds.CHOICE
        (people if computed or one_person else others).add(question.key)
    for process in definition.processes.values():
        for element in process.elements.values():
            if element.kind == Kind.BUSINESS_RULE_TASK:
                others.add(element.result or element.decision)
            if element.event is not None:
                others.update(element.event.name + noted for noted in Noted if noted != Noted.RECORDER)
    for task in _tasks(definition):
        named = task.given_to
        if named in others - people:
            message = f"'{task.title}' komt op naam van wie in '{named}' staat, maar dat is geen mens."
            file = definition.processes[task.process].file
            yield ASSIGNED.breach(file, task.id, message, name=task.name)


def _circles(definition: Definition) -> Iterator[Finding]:
    """Circles that name nobody: no question lets choose who is in them."""
    choosing = {
        question.key
        for form in forms_in_use(definition)
        for question in questions(form)
        if question.people and question.type.holds is Holds.CHOICES
    }
    for task in _tasks(definition):
        named = task.properties.get("kring")
        if named is not None and named not in choosing:
            message = f"De kring van '{task.title}' is '{named}', maar geen vraag met die sleutel laat mensen kiezen."
            file = definition.processes[task.process].file
            yield CIRCLE.breach(file, task.id, message, name=task.name)


def _hands_over(definition: Definition) -> Iterator[Finding]:
    """Steps that begin a case at another Knooppunt, and no question lets choose which."""
    choosing = {
        question.key
        for form in forms_in_use(definition)
        for question in form.input_fields()
        if question.properties.get("kies_knooppunt") == CHOOSES_PLACE
    }
    for task in _tasks(definition):
        named = task.properties.get("opent_bij")
        if named is not None and named not in choosing:
            message = f"'{task.title}' opent een dossier bij '{named}', maar geen vraag met die sleutel laat een "
            message += "Knooppunt kiezen."
            file = definition.processes[task.process].file
            yield HANDS_OVER.breach(file, task.id, message, name=task.name)


def _voices(definition: Definition) -> Iterator[Finding]:
    """Ages at which fewer people have a say than the law asks (Wgbo and AVG for 12 and 16)."""
    for age, voices in definition.settings.authority.items():
        if lacking := [voice for voice in consent.STANDARD.get(age, ()) if voice not in voices]:
            message = f"Bij 'zeggenschap' van '{age}' ontbreekt '{lacking[0]}'. De wet vraagt ook dat ja."
            yield LESS_SAY.breach(FILE, f"zeggenschap.{age}", message)


def _people(definition: Definition) -> Iterator[Finding]:
    """Whether somebody keeps the overview of these cases, and can send each message."""
    settings = definition.settings
    tasks = _tasks(definition)
    if tasks and settings.roles and not any(definition.id in role.oversees for role in settings.roles.values()):
        message = f"Geen rol overziet '{definition.root.name or definition.id}'. Niemand ziet dan wat blijft liggen."
        yield NOBODY.breach(FILE, "rollen", message, advice=f"Zet bij een rol: overziet: [{definition.id}].")
    asks = any(task.properties.get("register") == Register.CONSENT for task in tasks)
    for id, name in settings.municipalities.items() if asks else ():
        if not consent.team(settings, id):
            message = f"In {name} werkt geen organisatie bij het Knooppuntteam. Geen gezin kan daar ja tegen zeggen."
            advice = f"Zet in regio.yaml bij een organisatie: knooppuntteam: [{id}]."
            yield NOBODY.breach(FILE, id, message, name=name, advice=advice)
    sure = access.always(definition.id, settings.roles)
    part = {role for task in tasks for role in task.roles}
    part |= {role.id for role in settings.roles.values() if definition.id in role.oversees}
    for process in definition.processes.values():
        for element in process.elements.values():
            given = element.tellers
            if element.event is None or not given or not settings.roles.keys() >= set(given):
                continue
            if not part & set(given):
                message = f"Niemand kan '{element.title}' melden: wie dat mag, doet in deze casussen niet mee."
                advice = "Kies bij 'rollen' ook een rol die in deze diagrammen een stap heeft."
                yield NOBODY.breach(process.file, element.id, message, name=name_of(process, element.id), advice=advice)
            elif sure and sure.isdisjoint(given):
                names = " en ".join(f"'{settings.roles[role].name}'" for role in given)
                message = f"'{element.title}' kan alleen {names} melden. Zo iemand is er niet in elke casus."
                advice = "Kies bij 'rollen' ook een rol die overzicht houdt over alle casussen."
                yield NOBODY.breach(process.file, element.id, message, name=name_of(process, element.id), advice=advice)


def _partners(definition: Definition) -> Iterator[Finding]:
    """Steps for one partner only, by a name that the region doesn't have or an answer that names none."""
    named = {
        q.key
        for form in forms_in_use(definition)
        for q in questions(form)
        if q.type.holds in (Holds.CHOICE, Holds.COMPUTED)
    }
    others = {q.key for form in forms_in_use(definition) for q in questions(form)} - named
    for task in _tasks(definition):
        text = task.properties.get("organisatie", "")
        read = expression_of(text)
        if read is not None and read.text in others:
            message = (
                f"'{task.title}' is voor de organisatie uit het antwoord '{read.text}'. Daarin kiest niemand er een."
            )
            advice = "Noem een vraag waarin iemand een organisatie kiest."
            file = definition.processes[task.process].file
            yield NOBODY.breach(file, task.id, message, name=task.name, advice=advice)
        if read is not None and read.asks:
            continue
        partner = read.evaluate({}) if read is not None else text
        if partner and partner not in definition.settings.organisations:
            message = f"'{task.title}' is alleen voor de organisatie '{partner}'. Die kent de regio niet."
            otherwise = "Gebruik een organisatie uit regio.yaml, of een vraag waarin iemand die kiest."
            advice = meant(str(partner), definition.settings.organisations, otherwise)
            file = definition.processes[task.process].file
            yield NOBODY.breach(file, task.id, message, name=task.name, advice=advice)


def _tasks(definition: Definition) -> list[Element]:
    return [task for process in definition.processes.values() for task in process.user_tasks]
