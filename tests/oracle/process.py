"""A process made for the oracle: every step may come at any moment, and asks one question of each kind and person.

Before the gate somebody signs up a family and asks for consent; behind it a message opens each of the other steps, any
number of them side by side, so that a case can be walked in any order.
"""

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine import checks, definitions
from engine.definitions import Definition

REGION = "proefregio"
HERE, THERE = "dal", "berg"
KINDS = {
    "contact": "Naam en adres",
    "gezondheid": "Zwangerschap en gezondheid",
    "welbevinden": "Hoe het met mij gaat",
    "geld_wonen": "Geld en wonen",
    "thuis_veiligheid": "Thuis en veiligheid",
    "opvoeding_kind": "Opvoeding en kind",
    "doelen_plan": "Doelen en plan",
    "verhaal": "Vrij verhaal",
}
SORTS = {
    "buurtlicht": "buurtteam",
    "dalwieg": "verloskundigen",
    "heuvelkind": "jgz",
    "rondkomstig": "schuldhulp",
    "binnenweer": "ggz",
    "bergteam": "buurtteam",
}
"""The organisations, each with its kind."""

TEAMS = {"buurtlicht": HERE, "bergteam": THERE}
TEAM_NEEDS = "knooppuntteam"
_CONTACT, _PLAN = "contact", "doelen_plan"
NEEDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    sort: {
        "delen": kinds,
        "voorbespreking": kinds,
        "overleg": (*kinds, _PLAN) if _PLAN not in kinds else kinds,
        "overdracht": (_CONTACT, "gezondheid"),
    }
    for sort, kinds in {
        TEAM_NEEDS: (_CONTACT, _PLAN),
        "buurtteam": (_CONTACT, _PLAN),
        "verloskundigen": (_CONTACT, "gezondheid"),
        "jgz": (_CONTACT, "gezondheid", "opvoeding_kind", _PLAN),
        "schuldhulp": (_CONTACT, "geld_wonen"),
        "ggz": (_CONTACT, "welbevinden"),
    }.items()
}
TICKS = {"vinkgeldq": "geld_wonen", "vinksomberq": "welbevinden", "vinkruzieq": "thuis_veiligheid"}
"""The options of a checklist, each of a kind of its own."""

RELATIONS = ("moeder", "andere_ouder", "kind")
EVERY_ROLE = ("aanmelder", "coordinator", "procesregisseur", "kernpartner")


@dataclass(frozen=True)
class Step:
    """One step. `asks` are its questions about kinds; the message that opens it is `<id>_nodig`."""

    id: str
    roles: tuple[str, ...]
    tellers: tuple[str, ...] = ()
    purpose: str = "delen"
    sorts: tuple[str, ...] = ()
    register: str = ""
    secret: bool = False
    chosen: bool = False
    """Whether it is for whom the family chose."""

    @property
    def message(self) -> str:
        """What opens it."""
        return "acute_onveiligheid" if self.secret else f"{self.id}_nodig"

    @property
    def telling(self) -> dict[str, str]:
        """How it is told: who told it and when; of danger neither is asked."""
        asked = {} if self.secret else {"toldBy": "zelf", "day": "2026-01-05"}
        return {"name": self.message, **asked}

    def key(self, kind: str, about: str) -> str:
        """The key of its question of this kind about these."""
        return f"{self.id}_{kind}_{about}"


TEAM = ("coordinator", "procesregisseur")
STEPS = {
    step.id: step
    for step in (
        Step("signaal", ("aanmelder",), register="gezin"),
        Step("heropening", TEAM),
        Step("toestemming", ("aanmelder",), register="toestemming"),
        Step("eigen_zorg", ("aanmelder",)),
        Step("volgen", ("procesregisseur",)),
        Step("verkennen", ("kernpartner",), ("kernpartner", *TEAM)),
        Step("huisbezoek", ("kernpartner",), TEAM, sorts=("jgz",)),
        Step("herhalen", ("aanmelder",), TEAM, register="toestemming"),
        Step("overleg_vragen", ("aanmelder",), TEAM, "overleg", register="toestemming"),
        Step("overleg", TEAM, TEAM, "overleg"),
        Step("overdracht_vragen", ("aanmelder",), TEAM, "overdracht", register="toestemming"),
        Step("overdragen", ("kernpartner",), TEAM, "overdracht"),
        Step("afspreken", ("procesregisseur",), TEAM, register="afspraken"),
        Step("aanvullen", ("aanmelder",), TEAM, register="gezin"),
        Step("signalen", EVERY_ROLE, EVERY_ROLE, secret=True),
        Step("stoppen", ("procesregisseur",)),
        Step("verlies_vragen", EVERY_ROLE, EVERY_ROLE, chosen=True),
        Step("verlies_schrijven", EVERY_ROLE, chosen=True),
        Step("verlies_afronden", EVERY_ROLE, chosen=True),
    )
}
TOLD = tuple(step for step in STEPS.values() if step.tellers and not step.secret and not step.chosen)
"""The steps that a message opens behind the gate."""

ASKING = ("verkennen", "huisbezoek", "overleg", "overdragen")
"""The steps with a question of each kind about each."""


def _component(type_: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    place = {"path": key} if type_ == "dynamiclist" else {"key": key}
    return {"type": type_, "id": f"veld_{key}", **place, "label": label, **more}


def _text(key: str, kind: str, about: str, label: str = "", **properties: str) -> dict[str, Any]:
    marks = {"gegevens": kind, "over": about, **properties}
    label = label or f"{KINDS[kind]} ({about.replace('_', ' ')})"
    return _component("textfield", key, label, properties=marks)


def _process(key: str, type_: str = "textfield", **more: Any) -> dict[str, Any]:
    properties = {"over": "proces", **more.pop("properties", {})}
    return _component(type_, key, key.replace("_", " ").capitalize(), properties=properties, **more)


def _choice(*values: str) -> dict[str, Any]:
    return {"values": [{"value": value, "label": value.replace("_", " ")} for value in values]}


def _family() -> dict[str, Any]:
    def column(key: str, type_: str = "select", **more: Any) -> dict[str, Any]:
        return _component(type_, key, key.capitalize(), properties={"register": key}, **more) | {
            "id": f"veld_gezin_rij_{key}"
        }

    rows = [
        column("naam", "textfield"),
        column("relatie", **_choice("moeder", "andere_ouder", "kind", "voogd", "ouder_van_moeder"))
        | {"validate": {"required": True}},
        column("leeftijd", **_choice("onder_12", "12_15", "16_plus")),
        column("gezag", **_choice("ja", "nee", "onbekend")),
    ]
    return _component("dynamiclist", "gezin", "Het gezin", components=rows)


def _consents(key: str) -> list[dict[str, Any]]:
    def column(name: str, type_: str, **more: Any) -> dict[str, Any]:
        marks = {"register": name, **more.pop("properties", {})}
        return _component(type_, name, name.capitalize(), properties=marks, **more) | {"id": f"veld_{key}_{name}"}

    rows = [
        column("persoon", "select", properties={"kies_betrokkene": "alle"}, validate={"required": True}),
        column(
            "organisatie",
            "select",
            valuesExpression="=regio.organisaties",
            validate={"required": True},
            properties={"kies_knooppunt": "organisatie"},
        ),
        column("antwoord", "select", **_choice("ja", "nee", "anders", "niet_gevraagd"), validate={"required": True}),
        column("soorten", "checklist", valuesExpression="=regio.gegevenssoorten"),
    ]
    computed = _component(
        "expression", f"{key}_besluit", "", expression="=poort", computeOn="change",
        properties={"over": "proces", "register": "besluit"},
    )  # fmt: skip
    listed = _component("dynamiclist", key, "Wat er gezegd is", components=rows)
    return [listed, computed | {"id": f"veld_{key}_besluit"}]


def _chosen(step: str) -> list[dict[str, Any]]:
    """Somebody chosen from the family, and something about exactly those."""
    who = _process(f"{step}_wie", "checklist", properties={"kies_betrokkene": "alle"})
    return [who, _text(f"{step}_verhaal_gekozen", "verhaal", f"{step}_wie")]


def _questions(step: str) -> list[dict[str, Any]]:
    asked = [_text(STEPS[step].key(kind, about), kind, about) for kind in KINDS for about in RELATIONS]
    both = _text(STEPS[step].key("welbevinden", "ouders"), "welbevinden", "moeder,andere_ouder")
    options = [{"value": value, "label": value, "properties": {"gegevens": kind}} for value, kind in TICKS.items()]
    ticks = _component(
        "checklist", f"{step}_vinkjes", "Speelt dit?", values=options,
        properties={"gegevens": "welbevinden", "over": "moeder"},
    )  # fmt: skip
    return [*asked, both, ticks, *_chosen(step)]


def _agreements() -> dict[str, Any]:
    def column(key: str, type_: str, **more: Any) -> dict[str, Any]:
        marks = {"gegevens": "doelen_plan", "over": "moeder", "register": key}
        return _component(type_, key, key.capitalize(), properties=marks, **more) | {"id": f"veld_afspraken_{key}"}

    rows = [
        column("wat", "textfield", validate={"required": True}),
        column("wie", "select", valuesExpression="=regio.organisaties", validate={"required": True}),
        column("voor_wanneer", "datetime", subtype="date", dateLabel="Voor wanneer", validate={"required": True}),
    ]
    return _component("dynamiclist", "afspraken", "Afspraken", components=rows)


@cache
def forms() -> dict[str, list[dict[str, Any]]]:
    """The components of each form."""
    signal = [
        _text("gezin_naam", "contact", "moeder", "Achternaam"),
        _family(),
        _text("signaal_verhaal", "verhaal", "moeder"),
        *(_text(STEPS["signaal"].key(kind, "moeder"), kind, "moeder") for kind in KINDS if kind != "verhaal"),
        _process("signaal_proces"),
    ]
    return {
        "signaal": signal,
        "aanvullen": [_family()],
        "toestemming": _consents("toestemmingen"),
        "herhalen": _consents("toestemmingen"),
        "overleg_vragen": _consents("overleg_antwoorden"),
        "overdracht_vragen": [
            _process("waarheen", "select", properties={"kies_knooppunt": "gemeente"}),
            *_consents("overdracht_antwoorden"),
        ],
        "heropening": [_process("aanmelder", "select", properties={"kies_persoon": "aanmelder"})],
        "eigen_zorg": [_process("nog_eens", "radio", **_choice("ja", "nee"))],
        "volgen": [_process("volgen_proces")],
        "stoppen": [_process("gestopt")],
        "afspreken": [_agreements()],
        "signalen": [_text("signalen_verhaal", "verhaal", "moeder")],
        "verlies_vragen": [
            _process("verlies_kring", "checklist", properties={"kies_persoon": ",".join(EVERY_ROLE)}),
        ],
        "verlies_schrijven": [_text("verlies_verhaal", "verhaal", "moeder"), _text("verlies_hoe", "contact", "moeder")],
        "verlies_afronden": [_process("verlies_klaar")],
        **{step: _questions(step) for step in ASKING},
    }


# --- the drawing -----------------------------------------------------------------------------------------------


class _Drawing:
    """Nodes and arrows of one scope, as XML."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, str, str, str]] = []  # tag, id, attributes, inside
        self.flows: list[tuple[str, str, str]] = []  # from, to, condition

    def add(self, tag: str, id_: str, attributes: str = "", inside: str = "") -> str:
        self.nodes.append((tag, id_, attributes, inside))
        return id_

    def flow(self, *ids: str, condition: str = "") -> None:
        self.flows += [(source, target, condition) for source, target in itertools.pairwise(ids)]

    def xml(self) -> str:
        lines = []
        for tag, id_, attributes, inside in self.nodes:
            ins = "".join(f"<bpmn:incoming>{a}_{b}</bpmn:incoming>" for a, b, _ in self.flows if b == id_)
            outs = "".join(f"<bpmn:outgoing>{a}_{b}</bpmn:outgoing>" for a, b, _ in self.flows if a == id_)
            head, _, tail = inside.partition("<!-- arrows -->") if "<!-- arrows -->" in inside else (inside, "", "")
            name = "" if "name=" in attributes else f' name="{id_.replace("_", " ").capitalize()}"'
            lines.append(f'<bpmn:{tag} id="{id_}"{name} {attributes}>{head}{ins}{outs}{tail}</bpmn:{tag}>')
        for source, target, condition in self.flows:
            said = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
            id_ = f"{source}_{target}"
            lines.append(
                f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}" targetRef="{target}">{said}</bpmn:sequenceFlow>'
            )
        return "".join(lines)


def _properties(**named: str) -> str:
    rows = "".join(f'<camunda:property name="{name}" value="{value}" />' for name, value in named.items() if value)
    return f"<bpmn:extensionElements><camunda:properties>{rows}</camunda:properties></bpmn:extensionElements>"


def _task(drawing: _Drawing, step: Step, phase: str = "") -> str:
    properties = _properties(
        doel=step.purpose,
        voor_soort=",".join(step.sorts),
        register=step.register,
        fase="veiligheid" if step.secret else phase,
        toewijzen="=acute_onveiligheid_door" if step.secret else "",
        kring="verlies_kring" if step.chosen else "",
        overslaan="ja",  # by whoever may do it, and nobody else
        opent_bij="waarheen" if step.id == "overdragen" else "",
    )
    attributes = f'camunda:formRef="{step.id}" camunda:candidateGroups="{",".join(step.roles)}"'
    return drawing.add("userTask", step.id, attributes, properties)


def _beside(drawing: _Drawing, step: Step) -> None:
    """A step that a message opens, as often as it is told, beside all that goes on."""
    inner = _Drawing()
    said = "Iemand is in gevaar" if step.secret else f"Nodig: {step.id}"
    heard = _properties(titel=said, uitleg=said, rollen=",".join(step.tellers), vaker="ja")
    event = f'<bpmn:messageEventDefinition id="{step.id}_gebeurtenis" messageRef="bericht_{step.message}" />'
    start = inner.add("startEvent", f"{step.id}_bericht", 'isInterrupting="false"', f"{heard}<!-- arrows -->{event}")
    inner.flow(start, _task(inner, step), inner.add("endEvent", f"{step.id}_klaar"))
    each = _properties(voor_elke="meldcodes") if step.secret else ""  # a file for each who tells
    drawing.add("subProcess", f"{step.id}_pad", 'triggeredByEvent="true"', f"{each}<!-- arrows -->{inner.xml()}")


def _loss(drawing: _Drawing) -> None:
    """A loss: what stops the traject, of which those know whom the family chose."""
    steps = [step for step in STEPS.values() if step.chosen]
    inner = _Drawing()
    heard = _properties(titel="Er is een verlies", uitleg="Verlies", rollen=",".join(steps[0].tellers), vaker="nee")
    event = f'<bpmn:messageEventDefinition id="verlies_gebeurtenis" messageRef="bericht_{steps[0].message}" />'
    start = inner.add("startEvent", "verlies_bericht", "", f"{heard}<!-- arrows -->{event}")
    inner.flow(start, *(_task(inner, step) for step in steps), inner.add("endEvent", "verlies_klaar"))
    drawing.add("subProcess", "verlies_pad", 'triggeredByEvent="true"', f"<!-- arrows -->{inner.xml()}")


@cache
def drawing() -> str:
    """The file of the process."""
    path = _Drawing()
    start, end = path.add("startEvent", "traject_begin"), path.add("endEvent", "traject_eind", "", "<!-- arrows -->"
        '<bpmn:terminateEventDefinition id="traject_eind_gebeurtenis" />')  # fmt: skip
    path.flow(start, _task(path, STEPS["volgen"]), end)
    for step in TOLD:
        _beside(path, step)
    _loss(path)
    top = _Drawing()
    gate = top.add("exclusiveGateway", "poort_open", 'default="poort_open_eigen_zorg"')
    again = top.add("exclusiveGateway", "nog_eens", 'default="nog_eens_zonder_verder"')
    asked_again = top.add("exclusiveGateway", "vraag_ingang")
    top.flow(top.add("startEvent", "begin"), _task(top, STEPS["signaal"]), asked_again)
    stays = _properties(blijft="gezin,gezin_naam")
    event = '<bpmn:messageEventDefinition id="weer_gebeurtenis" messageRef="bericht_heropenen" />'
    top.flow(top.add("startEvent", "weer", "", f"{stays}<!-- arrows -->{event}"), _task(top, STEPS["heropening"]))
    top.flow("heropening", asked_again)
    top.flow(asked_again, _task(top, STEPS["toestemming"]), gate)
    top.flow(gate, top.add("subProcess", "traject", "", f"<!-- arrows -->{path.xml()}"),
             condition='=toestemmingen_besluit = "ja"')  # fmt: skip
    top.flow(gate, _task(top, STEPS["eigen_zorg"]), again)
    top.flow(again, asked_again, condition='=nog_eens = "ja"')
    top.flow(again, top.add("endEvent", "zonder_verder"))
    top.flow("traject", top.add("endEvent", "klaar"))
    heard = _properties(titel="Ingetrokken", uitleg="Ingetrokken", rollen=",".join(EVERY_ROLE), vaker="nee")
    event = '<bpmn:messageEventDefinition id="ingetrokken_gebeurtenis" messageRef="bericht_toestemming_ingetrokken" />'
    edge = top.add("boundaryEvent", "ingetrokken", 'attachedToRef="traject"', f"{heard}<!-- arrows -->{event}")
    top.flow(edge, _task(top, STEPS["stoppen"], "intrekking"), top.add("endEvent", "gestopt"))
    _beside(top, STEPS["signalen"])
    tellable = (step.message for step in STEPS.values() if step.tellers)
    names = [*tellable, "toestemming_ingetrokken", "heropenen"]
    messages = "".join(f'<bpmn:message id="bericht_{name}" name="{name}" />' for name in names)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://knooppunt.example/bpmn">'
        f'<bpmn:process id="casus" name="Casus" isExecutable="true">{top.xml()}</bpmn:process>{messages}'
        "</bpmn:definitions>"
    )


def settings() -> dict[str, Any]:
    """What the region says."""
    roles: dict[str, Any] = {role: {"naam": role.capitalize()} for role in (*EVERY_ROLE, "beheerder")}
    for role in TEAM:
        roles[role]["overziet"] = ["casus"]
    return {
        "naam": "Proefregio",
        "gemeenten": {HERE: "Dal", THERE: "Berg"},
        "rollen": roles,
        "organisaties": {
            id_: {"naam": f"Huis {id_}", "soort": sort}
            | ({"gemeenten": [TEAMS[id_]], "knooppuntteam": [TEAMS[id_]]} if id_ in TEAMS else {})
            for id_, sort in SORTS.items()
        },
        "lijsten": {"soorten_organisaties": {sort: sort for sort in SORTS.values()}},
        "gegevenssoorten": {id_: {"naam": name, "uitleg": name} for id_, name in KINDS.items()},
        "zeggenschap": {"onder_12": ["gezag"], "12_15": ["zelf", "gezag"], "16_plus": ["zelf"]},
        "nodig": {
            sort: {
                purpose: {"soorten": list(kinds), "grond": "toestemming", "artikel": "AVG 6 lid 1 a"}
                for purpose, kinds in needs.items()
            }
            for sort, needs in NEEDS.items()
        },
    }


def _form(id_: str, components: Iterable[Mapping[str, Any]]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id_, "components": list(components)}).encode()


def definition(
    roles: Mapping[str, Any] | None = None, region: str = REGION, places: Mapping[str, str] | None = None
) -> Definition:
    """The process as it is published, where these roles are otherwise, or by a region with other `places`."""
    said = settings()
    said["rollen"] |= roles or {}
    said["gemeenten"] = places or said["gemeenten"]
    files = {f"formulieren/{id_}.form": _form(id_, components) for id_, components in forms().items()}
    files |= {"casus.bpmn": drawing().encode(), "regio.yaml": json.dumps(said).encode()}
    return definitions.assemble("casus", region, files)


def findings(definition: Definition, word: str) -> list[str]:
    """What the check finds wrong in the settings that speaks of this word."""
    findings = checks.examine(definition, spelregels_too=False)
    return [
        finding.message
        for finding in findings
        if finding.file == "regio.yaml" and word in f"{finding.element} {finding.message}".lower()
    ]
