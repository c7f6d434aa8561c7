"""What a region fills in by hand (regio.yaml, demo.yaml, the sociale kaart): what is named there must exist, or it
counts for nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.access import APART
from engine.checks.finding import from_problem
from engine.checks.rule import Change, Finding, Mend, Rule, Severity, Topic
from engine.definitions import Definition, Element, Settings, sociale_kaart
from engine.definitions.settings import excused, mapping
from engine.errors import DefinitionError
from engine.likeness import certain, choice
from engine.words import Domain

TOP = (
    "naam", "gemeenten", "rollen", "termijnen", "organisaties", "lijsten", "teksten", "kleuren", "gegevenssoorten",
    "zeggenschap", "nodig", "bewaren", "bronnen", "zoekwoorden", "handreiking",
    "herinneringen",
)  # fmt: skip
FIELDS: Mapping[str, tuple[str, ...]] = {
    "rollen": ("naam", "kort", "doet_ook", "overziet", "reden", "anders"),
    "organisaties": ("naam", "domein", "soort", "gemeenten", "knooppuntteam"),
    "gegevenssoorten": ("naam", "uitleg", "gesproken"),
    "bewaren": ("duur", "grond", "voorbeeld"),
    "bronnen": ("naam", "titel", "van", "adres", "gelezen"),
    "handreiking": ("eigenaar", "reacties", "nagelezen", "elke"),
}
NEED = ("soorten", "grond", "artikel", "reden", "anders")
NAMED_ONCE = ("teksten", "kleuren", "lijsten")
"""What is asked for by name: a region may say these otherwise, and can't add one that anybody reads."""
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
DEMOED = ("personen",)
PERSON = ("id", "naam", "organisatie", "functie", "telefoon", "rollen")


SETTING = Rule(
    "regio",
    Topic.REFERENCES,
    "Wat regio.yaml noemt, bestaat.",
    "Een naam die niet bestaat, telt niet mee, en dat merkt niemand.",
    "Gebruik een naam die er is.",
    wrong={"regio.yaml": "gemeenten: {dorp: Dorp}\norganisaties: {buurthuis: {naam: Buurthuis, gemeenten: [drop]}}"},
    right={"regio.yaml": "gemeenten: {dorp: Dorp}\norganisaties: {buurthuis: {naam: Buurthuis, gemeenten: [dorp]}}"},
)
UNREAD = Rule(
    "regio_ongelezen",
    Topic.READING,
    "Elk woord in regio.yaml wordt gelezen.",
    "Wat niemand leest, telt niet mee. Wat eronder staat, is er dan ook niet.",
    "Gebruik een naam die wordt gelezen, of haal hem weg.",
    wrong={"regio.yaml": "gemeente: {dorp: Dorp}"},
    right={"regio.yaml": "gemeenten: {dorp: Dorp}"},
)
DEMO = Rule(
    "demo",
    Topic.EXAMPLES,
    "De mensen van de demo werken ergens, hebben rollen die bestaan, en voor elke stap is er iemand.",
    "De demo laat zien hoe het werkt. Dat lukt alleen als er voor elke stap iemand is.",
    "Geef in elke gemeente iemand elke rol.",
    wrong={
        "regio.yaml": "gemeenten: {dorp: Dorp}",
        "demo.yaml": "personen:\n- {id: vera, naam: Vera, rollen: {stad: [begeleider]}}\n"
        "- {id: sam, naam: Sam, rollen: {dorp: [begeleider]}}",
    },
    right={
        "regio.yaml": "gemeenten: {dorp: Dorp}",
        "demo.yaml": "personen:\n- {id: vera, naam: Vera, rollen: {dorp: [begeleider]}}",
    },
)

KAART = Rule(
    sociale_kaart.RULE,
    Topic.REFERENCES,
    "Elke cel van de sociale kaart is te lezen, en wat zij noemt bestaat.",
    "Wie hulp zoekt, leest dit. Wat niet klopt, stuurt een gezin naar de verkeerde plek.",
    "Open het bestand in een rekenblad en verbeter deze cel.",
    wrong={
        "sociale-kaart/onderwerpen.csv": "kenmerk,naam,vraag,uitleg,zoekwoorden\ngeld,,,,\n",
    },
    right={
        "sociale-kaart/onderwerpen.csv": "kenmerk,naam,vraag,uitleg,zoekwoorden\ngeld,Geld en schulden,,,\n",
    },
)


def kaart(root: Path, region: str, settings: Settings) -> tuple[Finding, ...]:
    """What is wrong in the sociale kaart with which a region, or for "" every region, begins."""
    try:
        sociale_kaart.load(root, region, settings)
    except DefinitionError as error:
        return tuple(from_problem(problem, {}) for problem in error.problems)
    return ()


def filled(content: bytes, general: bytes, definitions: Sequence[Definition], file: str) -> tuple[Finding, ...]:
    """What stands in a regio.yaml and is not read, or names what isn't there; `general` is the regio.yaml of all
    regions, and `definitions` are those of this one.
    """
    raw, settings = mapping(content, file), definitions[0].settings
    used = {role for task in _tasks(definitions) for role in task.roles}
    overseen = _overseen(raw, settings, [definition.id for definition in definitions], file)
    return (*_regio(raw, settings, used, file), *overseen, *_named_once(raw, mapping(general, "regio.yaml"), file))


def demo(content: bytes, definitions: Sequence[Definition], file: str) -> tuple[Finding, ...]:
    """What keeps the invented people of a region from doing the work of a demo."""
    try:
        raw = mapping(content, file)
    except DefinitionError as error:
        return tuple(from_problem(problem, {}) for problem in error.problems)
    given = raw.get("personen")
    if not isinstance(given, list):
        advice = "Schrijf onder 'personen:' voor ieder mens een regel die met een streepje begint."
        return (DEMO.breach(file, "personen", "In deze demo staan geen mensen.", advice),)
    people = [(_text(person, "id") or f"personen.{number}", person) for number, person in enumerate(given, 1)]
    wrong = [finding for id, person in people for finding in _person(id, person, definitions[0].settings, file)]
    wrong += [
        DEMO.breach(file, str(name), f"In demo.yaml staat '{name}'. Dat wordt niet gelezen.", choice(str(name), DEMOED))
        for name in raw.keys() - {*DEMOED}
    ]
    return (*wrong, *_nobody([person for _, person in people], definitions, file))


# --- regio.yaml ------------------------------------------------------------------------------------------------


def _regio(raw: Mapping[str, Any], settings: Settings, used: Collection[str], file: str) -> Iterator[Finding]:
    for key, held in raw.items():
        if key not in TOP:
            message = f"In regio.yaml staat '{key}'. Dat wordt niet gelezen."
            mend = _renamed("", str(key), TOP, raw)
            yield UNREAD.breach(file, str(key), message, choice(str(key), TOP), mend=mend)
        elif key != "naam" and not isinstance(held, dict | None):
            message = f"Bij '{key}' in regio.yaml staat geen lijst van namen met waarden. Dat wordt niet gelezen."
            yield SETTING.breach(file, key, message, "Schrijf eronder regels zoals 'kenmerk: waarde'.")
    yield from _unread_fields(raw, file)
    yield from _excuses(raw, settings, file)
    yield from _colours(raw, file)
    for id in _held(raw, "rollen"):
        yield from _role(str(id), settings, used, file)
    for id in _held(raw, "organisaties"):
        yield from _organisation(str(id), settings, file)


def _unread_fields(raw: Mapping[str, Any], file: str) -> Iterator[Finding]:
    for part, allowed in FIELDS.items():
        for id, entry in _held(raw, part).items():
            for name in (str(name) for name in entry if str(name) not in allowed) if isinstance(entry, dict) else ():
                message = f"Bij '{id}' onder '{part}' staat '{name}'. Dat wordt niet gelezen."
                place = f"{part}.{id}"
                mend = _renamed(place, name, allowed, entry)
                yield UNREAD.breach(file, place, message, choice(name, allowed), mend=mend)
    for kind, purposes in _held(raw, "nodig").items():
        for purpose, need in purposes.items() if isinstance(purposes, dict) else ():
            for name in (str(name) for name in need if str(name) not in NEED) if isinstance(need, dict) else ():
                message = f"Bij '{kind}.{purpose}' onder 'nodig' staat '{name}'. Dat wordt niet gelezen."
                place = f"nodig.{kind}.{purpose}"
                yield UNREAD.breach(file, place, message, choice(name, NEED), mend=_renamed(place, name, NEED, need))


def _excuses(raw: Mapping[str, Any], settings: Settings, file: str) -> Iterator[Finding]:
    """What `anders` says to be otherwise, where nothing is called so or nobody says why: it excuses nothing."""
    said = [(f"rollen.{id}", entry, (*settings.roles, "overziet")) for id, entry in _held(raw, "rollen").items()]
    said += [(f"termijnen.{id}", entry, ("duur", "vanaf")) for id, entry in _held(raw, "termijnen").items()]
    for kind, purposes in _held(raw, "nodig").items():
        needs = purposes.items() if isinstance(purposes, dict) else ()
        said += [(f"nodig.{kind}.{purpose}", need, (*settings.data_kinds, "grond")) for purpose, need in needs]
    for place, entry, allowed in said:
        if not isinstance(entry, dict) or not entry.get("anders"):
            continue
        for name in excused({**entry, "reden": "staat er"}) - {*allowed}:
            message = f"Bij '{place}' staat 'anders: {name}'. Zo heet hier niets dat anders kan zijn."
            yield UNREAD.breach(file, place, message, choice(name, allowed))
        if not entry.get("reden"):
            message = f"Bij '{place}' staat 'anders' zonder 'reden'. Dan telt het niet mee."
            yield UNREAD.breach(file, place, message, "Schrijf bij 'reden' waarom het in jouw regio anders is.")


def _colours(raw: Mapping[str, Any], file: str) -> Iterator[Finding]:
    for id, colour in _held(raw, "kleuren").items():
        if not COLOUR.fullmatch(str(colour)):
            message = f"De kleur '{id}' is '{colour}'. Dat is geen kleur die wordt gelezen."
            yield UNREAD.breach(file, f"kleuren.{id}", message, 'Schrijf # en zes tekens, zoals "#0b5d57".')


def _named_once(raw: Mapping[str, Any], general: Mapping[str, Any], file: str) -> Iterator[Finding]:
    for part in NAMED_ONCE:
        allowed = [str(name) for name in _held(general, part)]
        for name in map(str, _held(raw, part)):
            if name not in allowed:
                message = f"Onder '{part}' staat '{name}'. Dat wordt nergens gelezen."
                yield UNREAD.breach(file, f"{part}.{name}", message, choice(name, allowed))


def _overseen(raw: Mapping[str, Any], settings: Settings, processes: Collection[str], file: str) -> Iterator[Finding]:
    """Processes that a role is to see all cases of, and that aren't there."""
    for id in map(str, _held(raw, "rollen")):
        for process in settings.roles[id].oversees if id in settings.roles else ():
            if process not in processes:
                message = f"De rol '{id}' overziet '{process}'. Zo'n proces is er niet."
                yield SETTING.breach(file, f"rollen.{id}", message, choice(process, processes))


def _role(id: str, settings: Settings, used: Collection[str], file: str) -> Iterator[Finding]:
    role = settings.roles.get(id)
    if role is None:
        return  # a name that is no text
    if id in APART:
        return  # who has it works with no family, so no step can be for it
    if not role.oversees and id not in used and not any(id in other.also for other in settings.roles.values()):
        message = f"Geen stap gebruikt de rol '{id}'."
        yield SETTING.breach(file, f"rollen.{id}", message, choice(id, used), severity=Severity.WARNING)
    for other in role.also:
        if other not in settings.roles:
            message = f"De rol '{id}' doet ook '{other}'. Die rol bestaat niet."
            yield SETTING.breach(file, f"rollen.{id}", message, choice(other, settings.roles))


def _organisation(id: str, settings: Settings, file: str) -> Iterator[Finding]:
    organisation = settings.organisations.get(id)
    if organisation is None:
        return  # a name that is no text
    if organisation.domain and organisation.domain not in tuple(Domain):
        message = (
            f"De organisatie '{organisation.name}' heeft het domein '{organisation.domain}'. Dat domein bestaat niet."
        )
        yield SETTING.breach(file, f"organisaties.{id}", message, choice(organisation.domain, tuple(Domain)))
    kinds = settings.lists.get("soorten_organisaties", {})
    if organisation.kind and kinds and organisation.kind not in kinds:
        message = (
            f"De organisatie '{organisation.name}' is van de soort '{organisation.kind}'. Die soort kent de regio niet."
        )
        yield SETTING.breach(file, f"organisaties.{id}", message, choice(organisation.kind, kinds))
    for place in organisation.municipalities:
        if place not in settings.municipalities:
            message = (
                f"De organisatie '{organisation.name}' werkt in de gemeente '{place}'. Die gemeente kent de regio niet."
            )
            yield SETTING.breach(file, f"organisaties.{id}", message, choice(place, settings.municipalities))


# --- demo.yaml -------------------------------------------------------------------------------------------------


def _person(id: str, given: Any, settings: Settings, file: str) -> Iterator[Finding]:
    if not _text(given, "id") or not _text(given, "naam"):
        yield DEMO.breach(file, id, f"Bij '{id}' ontbreekt 'id' of 'naam'.", "Vul ze allebei in.")
        return
    for name in (str(name) for name in given if str(name) not in PERSON):
        yield DEMO.breach(file, id, f"Bij '{id}' staat '{name}'. Dat wordt niet gelezen.", choice(name, PERSON))
    work = given.get("organisatie")
    if work and str(work) not in settings.organisations:
        message = f"'{id}' werkt bij de organisatie '{work}'. Die kent de regio niet."
        yield DEMO.breach(file, id, message, choice(str(work), settings.organisations))
    if not isinstance(given.get("rollen"), dict | None):
        advice = "Schrijf onder 'rollen:' per gemeente de rollen, zoals 'kerkrade: [aanmelder]'."
        yield DEMO.breach(file, id, f"Bij '{id}' staan de rollen niet per gemeente.", advice)
    for place, roles in _held(given, "rollen").items():
        if str(place) not in settings.municipalities:
            message = f"'{id}' heeft rollen in de gemeente '{place}'. Die gemeente kent de regio niet."
            yield DEMO.breach(file, id, message, choice(str(place), settings.municipalities))
        if not isinstance(roles, list):
            yield DEMO.breach(file, id, f"De rollen van '{id}' zijn geen lijst.", "Zet er [ en ] omheen.")
        for role in _listed(roles):
            if role not in settings.roles:
                message = f"'{id}' heeft de rol '{role}'. Die rol bestaat niet."
                yield DEMO.breach(file, id, message, choice(role, settings.roles))


def _nobody(people: Sequence[Any], definitions: Sequence[Definition], file: str) -> Iterator[Finding]:
    """Steps that nobody in the demo has a role for."""
    settings = definitions[0].settings
    held = {role for person in people for roles in _held(person, "rollen").values() for role in _listed(roles)}
    waiting = list(held)
    while waiting:
        role = settings.roles.get(waiting.pop())
        merged = set(role.also) - held if role is not None else set()
        held |= merged
        waiting += merged
    missing: set[tuple[str, ...]] = set()
    for task in _tasks(definitions):
        needed = tuple(role for role in task.roles if role in settings.roles)
        if needed and needed not in missing and not held & set(needed):
            missing.add(needed)
            names = " of ".join(f"'{role}'" for role in needed)
            message = (
                f"Niemand in de demo heeft de rol {names}. Een stap als '{task.name or task.id}' doet dan niemand."
            )
            advice = f"Geef in elke gemeente iemand de rol {names}."
            yield DEMO.breach(file, "personen", message, advice, severity=Severity.WARNING)


# --- small -----------------------------------------------------------------------------------------------------


def _tasks(definitions: Iterable[Definition]) -> list[Element]:
    return [
        task for definition in definitions for process in definition.processes.values() for task in process.user_tasks
    ]


def _held(given: Any, name: str) -> Mapping[Any, Any]:
    """The mapping under a name; an empty one where something else stands there."""
    held = given.get(name) if isinstance(given, dict) else None
    return held if isinstance(held, dict) else {}


def _text(given: Any, name: str) -> str:
    held = given.get(name) if isinstance(given, dict) else None
    return held if isinstance(held, str) else ""


def _listed(given: Any) -> list[str]:
    return list(map(str, given)) if isinstance(given, list) else []


def _renamed(place: str, written: str, names: Collection[str], given: Iterable[Any]) -> Mend | None:
    """The mend of a name that is not read, where only one can have been meant that does not stand there yet."""
    name = certain(written, set(names) - {*map(str, given)})
    return Mend(place, Change.RENAME, written, name) if name else None
