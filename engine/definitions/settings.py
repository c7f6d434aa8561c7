"""`regio.yaml` → Settings: names, municipalities, roles, deadlines, organisations, lists, texts, colours."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from engine import deadlines
from engine.definitions.markup import refuse
from engine.definitions.model import ASSUMED, DataKind, Deadline, Need, Organisation, Role, Settings, Since
from engine.errors import DefinitionError, Problem
from engine.words import Answer


def read_settings(content: bytes, region: str) -> Settings:
    """The settings of a region from `regio.yaml` (already laid over the general one); DefinitionError if wrong."""
    raw = mapping(content, "regio.yaml")
    problems: list[Problem] = []
    terms = {id: _deadline(id, _entry(value, "duur")) for id, value in _entry(raw.get("termijnen")).items()}
    for term in terms.values():
        if not deadlines.valid(term.duration):
            problems.append(
                Problem(
                    "regio.yaml",
                    f"termijnen.{term.id}",
                    "termijn_duur",
                    f"De termijn '{term.id}' is '{term.duration}'. Dat is geen tijd die telt. Schrijf een duur zoals "
                    "'5 werkdagen', 'P14D' (14 dagen) of 'P3M' (3 maanden).",
                )
            )
    if problems:
        raise DefinitionError(problems)
    return Settings(
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
    )


def mapping(content: bytes, file: str) -> dict[str, Any]:
    """The mapping that a YAML file holds; DefinitionError where it holds none."""
    try:
        raw = yaml.safe_load(content) or {}
        json.dumps(raw, default=str)  # what holds itself, goes too deep or has a day for a name can't be kept
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:  # also a day that no calendar has
        raise refuse(file, "", "yaml", "Dit bestand is geen leesbare YAML. Let op de inspringing.") from error
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


def _deadline(id: str, raw: Mapping[str, Any]) -> Deadline:
    return Deadline(
        id,
        str(raw.get("duur", "")),
        str(raw.get("vanaf", Since.TASK)),
        str(raw.get("bron", ASSUMED)),
        str(raw.get("uitleg", "")),
    )


def _role(id: str, raw: Mapping[str, Any]) -> Role:
    return Role(
        id,
        str(raw.get("naam", id)),
        str(raw.get("kort", "")),
        _ids(raw.get("doet_ook")),
        tuple(map(str, raw.get("overziet") or ())),
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
    return DataKind(id, str(raw.get("naam", id)), str(raw.get("uitleg", "")))


def _need(raw: Mapping[str, Any]) -> Need:
    return Need(_ids(raw.get("soorten")), str(raw.get("grond", "")), str(raw.get("artikel", "")))
