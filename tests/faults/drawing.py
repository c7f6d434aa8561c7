"""A small process with all that may go wrong in it: a clock, a message, a step for each row, consent that opens it.

It asks little, so that a history of it costs little; what it draws, the reference process draws too.
"""

import json
from functools import cache
from typing import Any

from engine import definitions
from engine.access import Appointment, Person
from engine.definitions import Definition
from tests.engine.drawing import (
    boundary,
    choice,
    diagram,
    end,
    handler,
    message,
    node,
    on,
    properties,
    start,
    timer,
    way,
)

PLACE = "dal"
REPORTER, OVERSEER, LENDER, NURSE = "mila", "vera", "ravi", "bas"
ORGANISATIONS = {REPORTER: "dalwieg", OVERSEER: "buurtlicht", LENDER: "rondkomstig", NURSE: "heuvelkind"}
PEOPLE = (
    Person(REPORTER, "Mila", "dalwieg", "", (Appointment("aanmelder", PLACE),)),
    Person(OVERSEER, "Vera", "buurtlicht", "", (Appointment("procesregisseur", PLACE),)),
    Person(LENDER, "Ravi", "rondkomstig", "", (Appointment("kernpartner", PLACE),)),
    Person(NURSE, "Bas", "heuvelkind", "", (Appointment("kernpartner", PLACE),)),
)
HOW_SHE_IS = "welbevinden"
WAITS = "P7D"
KEPT = "P1Y"
COUNTED = "P90Y"
"""So long stay looks, which are counted when a history is over."""


def _field(key: str, kind: str = "", type_: str = "textfield", **more: Any) -> dict[str, Any]:
    marks = {"gegevens": kind, "over": "moeder"} if kind else {"over": "proces"}
    more["properties"] = {**marks, **more.get("properties", {})}
    return {"type": type_, "id": f"veld_{key}", "key": key, "label": key, **more}


def _list(path: str, *parts: dict[str, Any]) -> dict[str, Any]:
    rows = [{**part, "id": f"rij_{path}_{part['key']}"} for part in parts]
    return {"type": "dynamiclist", "id": f"veld_{path}", "path": path, "label": path, "components": rows}


def _column(key: str, type_: str = "textfield", **more: Any) -> dict[str, Any]:
    return {"type": type_, "key": key, "label": key, "properties": {"register": key, **more.pop("marks", {})}, **more}


def _of(*values: str) -> dict[str, Any]:
    return {"values": [{"value": value, "label": value} for value in values]}


def _forms() -> dict[str, list[dict[str, Any]]]:
    family = _list(
        "gezin",
        _column("naam"),
        _column("relatie", "select", **_of("moeder", "kind")),
        _column("leeftijd", "select", **_of("onder_12", "16_plus")),
        _column("gezag", "select", **_of("ja", "nee")),
    )
    consents = _list(
        "toestemmingen",
        {**_column("persoon", "select"), "properties": {"register": "persoon", "kies_betrokkene": "alle"}},
        _column("organisatie", "select", valuesExpression="=regio.organisaties"),
        _column("antwoord", "select", **_of("ja", "nee", "anders")),
        _column("soorten", "checklist", valuesExpression="=regio.gegevenssoorten"),
    )
    gate = {
        "type": "expression", "id": "veld_besluit", "key": "besluit", "expression": "=poort", "computeOn": "change",
        "properties": {"over": "proces", "register": "besluit"},
    }  # fmt: skip
    plan = {"gegevens": "doelen_plan", "over": "moeder"}
    agreements = _list(
        "afspraken",
        _column("wat", marks=plan),
        _column("wie", "select", valuesExpression="=regio.organisaties", marks=plan),
        _column("voor_wanneer", "datetime", subtype="date", dateLabel="dag", marks=plan),
    )
    story = _field("hoe_het_gaat", HOW_SHE_IS)
    return {
        "melden": [_field("gezin_naam", "contact"), family, story],
        "vragen": [consents, gate, _field("gevraagd")],
        "bijstellen": [_field("plan", "doelen_plan"), agreements, _field("genoeg", type_="checkbox")],
        "verkennen": [story, _field("verkend", HOW_SHE_IS)],
        "volgen": [_field("stand", "doelen_plan")],
        "herinneren": [_field("herinnerd")],
        "verhuizen": [_field("verhuisd")],
        "stoppen": [_field("gestopt")],
    }


def _task(id: str, role: str, **said: str) -> str:
    return node("userTask", id, properties(**said) if said else "", camunda_formRef=id, camunda_candidateGroups=role)


def _path(waits: str) -> str:
    """What goes on once the family agreed: a plan that is made anew each time, and what happens beside it."""
    follows = handler(
        "volgen_pad",
        on("nieuw", message("nieuwe_afspraak"), interrupting=False),
        _task("volgen", "procesregisseur"),
        end("gevolgd"),
        way("nieuw", "volgen", "gevolgd"),
        rows="afspraken",
    )
    moves = handler(
        "verhuizen_pad",
        on("verhuist", message("verhuisd"), interrupting=False, again="ja", tellers="aanmelder,procesregisseur"),
        _task("verhuizen", "procesregisseur"),
        end("is_verhuisd"),
        way("verhuist", "verhuizen", "is_verhuisd"),
    )
    return "".join((
        start("traject_begin"),
        node("parallelGateway", "samen"),
        _task("verkennen", "kernpartner"),
        choice("weer"),
        _task("bijstellen", "procesregisseur", register="afspraken"),
        boundary("te_lang", "bijstellen", timer("Duration", waits), interrupting=False),
        _task("herinneren", "procesregisseur"),
        end("herinnerd"),
        choice("klaar_mee", default="weer"),
        end("plan_klaar"),
        end("verkend"),
        way("traject_begin", "samen", "verkennen", "verkend"),
        way("samen", "weer", "bijstellen", "klaar_mee", "weer"),
        way("klaar_mee", "plan_klaar", when="=genoeg = true"),
        way("te_lang", "herinneren", "herinnerd"),
        follows,
        moves,
    ))  # fmt: skip


@cache
def definition(waits: str = WAITS) -> Definition:
    """The process as it is published; `waits` is when one is reminded of a plan."""
    teller = properties(titel="x", uitleg="x", rollen="aanmelder,procesregisseur", vaker="nee")
    parts = (
        start(),
        _task("melden", "aanmelder", register="gezin"),
        _task("vragen", "aanmelder", register="toestemming", doel="delen"),
        choice("poort", default="zonder"),
        end("zonder"),
        node("subProcess", "traject", _path(waits)),
        boundary("ingetrokken", "traject", teller + message("toestemming_ingetrokken")),
        _task("stoppen", "procesregisseur"),
        end("gestopt"),
        end(),
        way("begin", "melden", "vragen", "poort", "zonder"),
        way("poort", "traject", when='=besluit = "ja"'),
        way("traject", "klaar"),
        way("ingetrokken", "stoppen", "gestopt"),
    )
    forms = {f"{id}.form": json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components})
             for id, components in _forms().items()}  # fmt: skip
    files = {name: text.encode() for name, text in forms.items()}
    files |= {"casus.bpmn": diagram("casus", *parts), "regio.yaml": json.dumps(_settings()).encode()}
    return definitions.assemble("casus", "proefregio", files)


def _settings() -> dict[str, Any]:
    sorts = {"dalwieg": "verloskundigen", "buurtlicht": "buurtteam", "rondkomstig": "schuldhulp", "heuvelkind": "jgz"}
    kinds = ("contact", HOW_SHE_IS, "doelen_plan")
    roles: dict[str, Any] = {id: {"naam": id} for id in ("aanmelder", "procesregisseur", "kernpartner")}
    roles["procesregisseur"]["overziet"] = ["casus"]
    needs = {"delen": {"soorten": ["contact", "doelen_plan"], "grond": "toestemming", "artikel": "AVG 6 lid 1 a"}}
    return {
        "naam": "Proefregio",
        "gemeenten": {PLACE: "Dal"},
        "rollen": roles,
        "organisaties": {id: {"naam": id, "soort": sort, **({"gemeenten": [PLACE], "knooppuntteam": [PLACE]}
                         if id == "buurtlicht" else {})} for id, sort in sorts.items()},
        "lijsten": {"soorten_organisaties": {sort: sort for sort in sorts.values()}},
        "gegevenssoorten": {kind: {"naam": kind, "uitleg": kind} for kind in kinds},
        "zeggenschap": {"onder_12": ["gezag"], "12_15": ["zelf", "gezag"], "16_plus": ["zelf"]},
        "nodig": dict.fromkeys((*sorts.values(), "knooppuntteam"), needs),
        "bewaren": {what: {"duur": KEPT, "grond": "proef"} for what in
                    ("dossier", "veiligheid", "verwijderd", "bedenktijd")}
                   | {"inkijklog": {"duur": COUNTED, "grond": "proef"}},
    }  # fmt: skip
