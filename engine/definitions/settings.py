"""`regio.yaml` → Settings: names, municipalities, roles, deadlines, organisations, lists, texts, colours."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from engine import deadlines
from engine.definitions.markup import refuse
from engine.definitions.model import (
    TEAM,
    DataKind,
    Deadline,
    Need,
    Organisation,
    Retention,
    Role,
    Settings,
    Since,
    Source,
    Upkeep,
)
from engine.definitions.yaml_text import read_yaml
from engine.errors import DefinitionError, Problem
from engine.likeness import choice
from engine.words import AgeClass, Answer, Certainty, Kept, KnownData, Purpose, Remind, Voice


def read_settings(content: bytes, region: str) -> Settings:
    """The settings of a region from `regio.yaml` (already laid over the general one); DefinitionError if wrong."""
    raw = mapping(content, "regio.yaml")
    problems: list[Problem] = []
    terms = {id: _deadline(id, _entry(value, "duur")) for id, value in _entry(raw.get("termijnen")).items()}
    for term in terms.values():
        if not deadlines.valid(term.duration):
            message = (
                f"De termijn '{term.id}' is '{term.duration}', en dat is geen tijd die telt. {_meant(term.duration)}"
                "Schrijf een duur zoals '5 werkdagen', 'P14D' (14 dagen) of 'P3M' (3 maanden)."
            )
            problems.append(Problem("regio.yaml", f"termijnen.{term.id}", "termijn_duur", message))
    settings = Settings(
        region=region,
        name=str(raw.get("naam", region)),
        municipalities={id: str(name) for id, name in _entry(raw.get("gemeenten")).items()},
        roles={id: _role(id, _entry(value, "naam")) for id, value in _entry(raw.get("rollen")).items()},
        deadlines=terms,
        organisations={
            id: _organisation(id, _entry(value, "naam")) for id, value in _entry(raw.get("organisaties")).items()
        },
        lists={
            id: {key: str(label) for key, label in _entry(value).items()}
            for id, value in _entry(raw.get("lijsten")).items()
        },
        texts={id: str(text) for id, text in _entry(raw.get("teksten")).items()},
        colours={id: str(colour) for id, colour in _entry(raw.get("kleuren")).items()},
        data_kinds={
            id: _data_kind(id, _entry(value, "naam")) for id, value in _entry(raw.get("gegevenssoorten")).items()
        },
        authority={id: _ids(value) for id, value in _entry(raw.get("zeggenschap")).items()},
        needs={
            kind: {purpose: _need(_entry(value, "soorten")) for purpose, value in _entry(purposes).items()}
            for kind, purposes in _entry(raw.get("nodig")).items()
        },
        retention={id: _retention(_entry(value, "duur")) for id, value in _entry(raw.get("bewaren")).items()},
        sources={id: _source(id, _entry(value, "naam")) for id, value in _entry(raw.get("bronnen")).items()},
        search_words={word: str(page).strip("/") for word, page in _entry(raw.get("zoekwoorden")).items()},
        reminders={id: str(term) for id, term in _entry(raw.get("herinneringen")).items()},
        upkeep={page.strip("/"): _upkeep(_entry(value)) for page, value in _entry(raw.get("handreiking")).items()},
    )
    problems += _strange_upkeep(settings, _entry(raw.get("handreiking")))
    problems += _strange_reminders(settings)
    problems += [*_strange_voices(settings), *_strange_needs(settings), *_strange_retention(settings)]
    if problems:
        raise DefinitionError(problems)
    return settings


def _meant(term: str) -> str:
    near = deadlines.meant(term)
    return f"Bedoelde je '{near}'? " if near else ""


def _strange_voices(settings: Settings) -> Iterator[Problem]:
    """What says nothing of whose yes counts: an age that the law does not know, or nobody's yes."""
    for age, voices in settings.authority.items():
        place = f"zeggenschap.{age}"
        if age not in tuple(AgeClass):
            message = f"Bij 'zeggenschap' staat de leeftijd '{age}'. Die leeftijd kent Knooppunt niet."
            yield Problem("regio.yaml", place, "zeggenschap", f"{message} {choice(age, [*AgeClass])}")
        elif not voices or not set(voices) <= set(Voice):
            strange = next((voice for voice in voices if voice not in tuple(Voice)), "")
            named = f", maar '{strange}'" if strange else ""
            message = f"Bij 'zeggenschap' van '{age}' staat niet wiens ja telt{named}."
            yield Problem("regio.yaml", place, "zeggenschap", f"{message} {choice(strange, [*Voice])}")


def _strange_needs(settings: Settings) -> Iterator[Problem]:
    """What the needs of kinds of organisation can't mean, so that a yes would open something else or nothing."""
    organisations = (TEAM, *settings.lists.get("soorten_organisaties", ()))
    for organisation, purposes in settings.needs.items():
        if organisation not in organisations:
            message = f"Onder 'nodig' staat '{organisation}'. Die soort organisatie kent de regio niet."
            yield Problem(
                "regio.yaml", f"nodig.{organisation}", "nodig", f"{message} {choice(organisation, organisations)}"
            )
        for purpose, need in purposes.items():
            place = f"nodig.{organisation}.{purpose}"
            if purpose not in tuple(Purpose):
                message = f"Bij '{organisation}' onder 'nodig' staat het doel '{purpose}'. Dat doel bestaat niet."
                yield Problem("regio.yaml", place, "nodig", f"{message} {choice(purpose, [*Purpose])}")
            yield from (Problem("regio.yaml", place, "nodig", text) for text in _strange_need(place, need, settings))


def _strange_need(place: str, need: Need, settings: Settings) -> Iterator[str]:
    strange = [kind for kind in need.kinds if kind not in settings.data_kinds]
    if strange:
        listed = choice(strange[0], settings.data_kinds)
        yield f"Bij '{place}' staat de soort gegevens '{strange[0]}'. Die staat niet bij 'gegevenssoorten'. {listed}"
    if KnownData.STORY in need.kinds:
        yield (
            f"Bij '{place}' staat '{KnownData.STORY}'. Een eigen verhaal gaat nooit vanzelf mee met een ja. Haal het "
            "weg: wie het wil delen, kiest dat zelf."
        )
    if not need.kinds or not need.ground or not need.article:
        yield f"Bij '{place}' ontbreekt iets. Vul 'soorten', 'grond' en 'artikel' in, en zet erbij wat een aanname is."


def _strange_retention(settings: Settings) -> Iterator[Problem]:
    """Terms by which something would be kept for ever, or go too early, without anybody noticing."""
    kept = settings.retention
    for id, term in kept.items():
        place = f"bewaren.{id}"
        if id not in tuple(Kept):
            message = f"Onder 'bewaren' staat '{id}'. Dat kent Knooppunt niet. {choice(id, [*Kept])}"
            yield Problem("regio.yaml", place, "bewaren", message)
        elif not term.duration.startswith("P") or not deadlines.valid(term.duration):
            message = f"Bij '{place}' staat '{term.duration}', en dat is geen duur. {_meant(term.duration)}"
            yield Problem("regio.yaml", place, "bewaren", f"{message}Schrijf een duur zoals P5Y (5 jaar) of P6M.")
        elif not term.ground:
            message = f"Bij '{place}' staat niet waarom. Schrijf bij 'grond' de wet of het besluit waar het op rust."
            yield Problem("regio.yaml", place, "bewaren", message)
    dossier, safety = kept.get(Kept.DOSSIER), kept.get(Kept.SAFETY)
    counted = [term.duration for term in (dossier, safety) if term and deadlines.valid(term.duration)]
    if len(counted) == 2 and not deadlines.no_later(*counted):
        message = (
            f"'bewaren.{Kept.SAFETY}' ({counted[1]}) is korter dan 'bewaren.{Kept.DOSSIER}' ({counted[0]}). Een "
            "veiligheidsdossier hangt aan het dossier. Kies dezelfde duur of een langere, of maak die van het dossier "
            "korter."
        )
        yield Problem("regio.yaml", f"bewaren.{Kept.SAFETY}", "bewaren", message)


def _strange_reminders(settings: Settings) -> Iterator[Problem]:
    """Terms by which nobody would be reminded."""
    for id, term in settings.reminders.items():
        place = f"herinneringen.{id}"
        if id not in tuple(Remind):
            message = f"Onder 'herinneringen' staat '{id}'. Dat kent Knooppunt niet. {choice(id, [*Remind])}"
            yield Problem("regio.yaml", place, "herinneringen", message)
        elif not deadlines.valid(term):
            message = f"Bij '{place}' staat '{term}', en dat is geen tijd die telt. {_meant(term)}"
            yield Problem("regio.yaml", place, "herinneringen", f"{message}Schrijf '2 werkdagen' of P7D.")


def _strange_upkeep(settings: Settings, raw: Mapping[str, Any]) -> Iterator[Problem]:
    """What would promise readers of the handbook a day or an address that isn't one."""
    for page, value in raw.items():
        upkeep, place = settings.upkeep[page.strip("/")], f"handreiking.{page}"
        if _entry(value).get("nagelezen") is not None and upkeep.read_on is None:
            message = f"Bij '{place}' staat bij 'nagelezen' geen dag. Schrijf een dag zoals 2027-03-01."
            yield Problem("regio.yaml", place, "handreiking", message)
        if upkeep.every and not (upkeep.every.startswith("P") and deadlines.valid(upkeep.every)):
            message = f"Bij '{place}' staat bij 'elke' geen duur. {_meant(upkeep.every)}Schrijf een duur zoals P1Y."
            yield Problem("regio.yaml", place, "handreiking", message)
        if upkeep.feedback and not re.fullmatch(r"mailto:[^\s@?]+@[^\s@?]+|https://[^\s<>\"]+", upkeep.feedback):
            message = f"Bij '{place}' staat bij 'reacties' geen adres dat werkt."
            advice = "Schrijf 'mailto:' met een mailadres erachter, of een adres dat met https:// begint."
            yield Problem("regio.yaml", place, "handreiking", f"{message} {advice}")


def mapping(content: bytes, file: str) -> dict[str, Any]:
    """The mapping that a YAML file holds; DefinitionError where it holds none."""
    raw = read_yaml(content, file) or {}
    try:
        json.dumps(raw, default=str)  # what holds itself, goes too deep or has a day for a name can't be kept
    except (ValueError, TypeError, RecursionError) as error:
        message = "In dit bestand is een datum een naam, of zit iets in zichzelf. Zet de naam tussen aanhalingstekens."
        raise refuse(file, "", "yaml", message) from error
    if not isinstance(raw, dict):
        raise refuse(file, "", "yaml", "Dit bestand moet regels hebben zoals 'naam: Zuid-Limburg'.")
    return raw


def _entry(value: object, single: str = "") -> dict[str, Any]:
    """A mapping from YAML with text keys; a bare value stands for the key `single`."""
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    return {single: value} if single and value is not None else {}


def _ids(value: object) -> tuple[str, ...]:
    """A list of names from YAML; a bare name stands for a list of one."""
    if isinstance(value, list):
        return tuple(map(str, value))
    return (str(value),) if value is not None else ()


def excused(raw: Mapping[str, Any]) -> frozenset[str]:
    """What `anders` names, where `reden` says why; what differs later under another name is not excused."""
    named = (name.strip() for text in _ids(raw.get("anders")) for name in text.split(","))
    return frozenset(name for name in named if name and raw.get("reden"))


def _deadline(id: str, raw: Mapping[str, Any]) -> Deadline:
    return Deadline(
        id,
        str(raw.get("duur", "")),
        str(raw.get("vanaf", Since.TASK)),
        str(raw.get("bron", Certainty.ASSUMED)),
        str(raw.get("uitleg", "")),
        str(raw.get("reden", "")),
        excused(raw),
    )


def _role(id: str, raw: Mapping[str, Any]) -> Role:
    return Role(
        id,
        str(raw.get("naam", id)),
        str(raw.get("kort", "")),
        _ids(raw.get("doet_ook")),
        tuple(map(str, raw.get("overziet") or ())),
        str(raw.get("reden", "")),
        excused(raw),
    )


def _organisation(id: str, raw: Mapping[str, Any]) -> Organisation:
    return Organisation(
        id,
        str(raw.get("naam", id)),
        str(raw.get("domein", "")),
        str(raw.get("soort", "")),
        _ids(raw.get("gemeenten")),
        _ids(raw.get("gemeenten"))
        if raw.get("knooppuntteam") in (True, Answer.YES)
        else _ids(raw.get("knooppuntteam")),
    )


def _data_kind(id: str, raw: Mapping[str, Any]) -> DataKind:
    name = str(raw.get("naam", id))
    return DataKind(id, name, str(raw.get("uitleg", "")), str(raw.get("gesproken", f"van {name.lower()}")))


def _need(raw: Mapping[str, Any]) -> Need:
    ground, article, reason = (str(raw.get(name, "")) for name in ("grond", "artikel", "reden"))
    return Need(_ids(raw.get("soorten")), ground, article, reason, excused(raw))


def _source(id: str, raw: Mapping[str, Any]) -> Source:
    name, title, dated, address, read = (str(raw.get(key, "")) for key in ("naam", "titel", "van", "adres", "gelezen"))
    return Source(name or id, title, dated, address, read)


def _retention(raw: Mapping[str, Any]) -> Retention:
    example = raw.get("voorbeeld") in (True, Answer.YES)
    return Retention(str(raw.get("duur", "")), str(raw.get("grond", "")), example)


def _upkeep(raw: Mapping[str, Any]) -> Upkeep:
    read_on = raw.get("nagelezen")
    try:  # a definition that was published holds it as text
        day = date.fromisoformat(str(read_on)) if read_on is not None else None
    except ValueError:
        day = None
    return Upkeep(str(raw.get("eigenaar", "")), str(raw.get("reacties", "")), day, str(raw.get("elke", "")))
