"""Files of a region become a definition: read, merged, pinned by their hash, or refused in plain Dutch."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine import definitions
from engine.definitions import Need, Settings
from engine.definitions.diagram import CODE_ELEMENTS
from engine.errors import DefinitionError, Problem
from engine.words import AgeClass, Purpose
from tests.engine.drawing import SETTINGS, call, catch, diagram, end, properties, start, task, timer, way

WORKFLOWS = Path(__file__).parent.parent.parent / "workflows"
STEP = task("stap", "<bpmn:documentation>Vooraf\n## Resultaat\nKlaar.\n## Doen\n1. Een\n2. Twee</bpmn:documentation>")
FILES = {
    "proef.bpmn": diagram("proef", start(), STEP, end(), way("begin", "stap", "klaar")),
    "formulieren/stap.form": b"""{"schemaVersion": 16, "type": "default", "id": "stap", "components": [
        {"id": "veld_naam", "type": "textfield", "key": "naam", "label": "Naam"}]}""",
    "regio.yaml": SETTINGS,
}


def problems(files: dict[str, bytes]) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        definitions.assemble("proef", "", files)
    assert all(problem.message.endswith(".") for problem in caught.value.problems)
    return caught.value.problems


# --- the files that are shipped --------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["", "zuid-limburg", "de-waterlanden"])
@pytest.mark.parametrize("root", ["casus", "opzetten"])
def test_every_shipped_definition_can_be_read(root: str, region: str) -> None:
    definition = definitions.load(WORKFLOWS, root, region or None)
    assert definition.root.id == root
    assert next(iter(definition.processes)) == root
    drawn = {path.stem for path in (WORKFLOWS / root).glob("*.bpmn")}
    assert set(definition.processes) == drawn, "a diagram that nothing calls is never run"
    assert {path.stem for path in (WORKFLOWS / root / "formulieren").glob("*.form")} <= set(definition.forms)
    assert all(process.file == f"{id}.bpmn" for id, process in definition.processes.items())


def test_what_is_drawn_is_read() -> None:
    definition = definitions.load(WORKFLOWS, "casus", "zuid-limburg")
    assert definition.element("casus", "toestemming_besluit").default == "toestemming_besluit_nee"
    assert definition.element("casus", "fase_afronden").loop is not None
    assert definition.element("casus", "afspraak_volgen").for_each == "afspraken"
    unsafe = definition.element("casus", "onveiligheid_bericht")
    assert (unsafe.interrupting, unsafe.parent, unsafe.properties["vaker"]) == (False, "onveiligheid", "ja")
    assert unsafe.event is not None
    assert (unsafe.event.kind, unsafe.event.name) == ("message", "acute_onveiligheid")
    birthday = definition.element("casus", "kind_wordt_twee_datum").event
    assert birthday is not None
    assert birthday.timer == "date"
    assert 'date(geboortedatum) + duration("P2Y")' in birthday.expression
    assert definition.element("intake", "aanmelding_beoordelen").roles == ("coordinator",)
    assert definition.element("bewaken", "afspraak_opvolgen").lane == ""
    assert definition.element("bewaken", "afspraak_nagaan").lane == "bewaken_baan_procesregisseur"


def test_the_texts_of_a_step_are_found_by_their_headings() -> None:
    element = definitions.assemble("proef", "", FILES).element("proef", "stap")
    assert dict(element.sections) == {"": "Vooraf", "resultaat": "Klaar.", "doen": "1. Een\n2. Twee"}


# --- a region over what is general -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Workflows with one process, general settings, and a region that changes some of it."""
    for path, content in {
        "regio.yaml": b"naam: Overal\ntermijnen: {kort: {duur: P5D, uitleg: Vlug}, lang: P3M}\nrollen: {a: A, b: B}\n",
        "proef/proef.bpmn": FILES["proef.bpmn"],
        "proef/formulieren/stap.form": FILES["formulieren/stap.form"],
        "proef/aantekening.txt": b"hoort er niet bij",
        "regios/hier/regio.yaml": b"naam: Hier\ntermijnen: {kort: {duur: P9D}}\nrollen: {b: Anders}\n",
        "regios/hier/proef/proef.bpmn": FILES["proef.bpmn"].replace(b'name="stap"', b'name="Hier anders"'),
        "regios/leeg/regio.yaml": b"",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def test_a_region_changes_what_it_names_and_keeps_the_rest(folder: Path) -> None:
    here, general = definitions.load(folder, "proef", "hier"), definitions.load(folder, "proef")
    assert (here.settings.name, general.settings.name) == ("Hier", "Overal")
    short, long = here.settings.deadlines["kort"], here.settings.deadlines["lang"]
    assert (short.duration, short.explanation, long.duration) == ("P9D", "Vlug", "P3M")
    assert {id: role.name for id, role in here.settings.roles.items()} == {"a": "A", "b": "Anders"}
    assert here.element("proef", "stap").name == "Hier anders"
    assert here.overridden == {"proef.bpmn"}
    assert set(here.files) == {"proef.bpmn", "formulieren/stap.form", "regio.yaml"}


def test_a_version_is_of_one_region_even_where_two_have_the_same_files(folder: Path) -> None:
    empty, general = definitions.load(folder, "proef", "leeg"), definitions.load(folder, "proef")
    assert empty.files == general.files
    assert len({empty.version, general.version, definitions.load(folder, "proef", "hier").version}) == 3


def test_a_region_or_process_that_is_not_there_is_told(folder: Path) -> None:
    for process, region, rule in (("proef", "nergens", "regio_onbekend"), ("weg", None, "proces_onbekend")):
        with pytest.raises(DefinitionError) as caught:
            definitions.load(folder, process, region)
        assert [problem.rule for problem in caught.value.problems] == [rule]


# --- versions --------------------------------------------------------------------------------------------------


def version(files: dict[str, bytes]) -> str:
    return definitions.assemble("proef", "", files).version


def test_the_version_is_the_same_for_the_same_files_in_any_order() -> None:
    turned = dict(reversed(FILES.items()))
    assert version(turned) == version(FILES)
    assert definitions.assemble("proef", "", FILES, ["proef.bpmn"]).version == version(FILES)


@given(st.sampled_from(sorted(FILES)), st.integers(1, 40))
def test_the_version_changes_with_every_byte(name: str, spaces: int) -> None:
    changed = FILES | {name: FILES[name] + b"\n" * spaces}
    assert version(changed) != version(FILES)
    assert version(changed) != version(FILES | {name: FILES[name] + b"\n" * (spaces + 1)})


def test_the_version_knows_where_one_file_ends_and_the_next_begins() -> None:
    one = FILES | {"a.txt": b"ab", "b.txt": b"c"}
    other = FILES | {"a.txt": b"a", "b.txt": b"bc"}
    assert version(one) != version(other)
    assert version(FILES | {"c.txt": b"ab"}) != version(FILES | {"d.txt": b"ab"})


# --- what is refused -------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once() -> None:
    refused = problems(
        {
            "proef.bpmn": diagram("proef", start(), call("x", "weg"), call("y", "stuk"), end(), way("begin", "x", "y")),
            "stuk.bpmn": b"<stuk",
            "formulieren/stap.form": b"{",
        }
    )
    assert {(problem.file, problem.element) for problem in refused} == {
        ("proef.bpmn", "x"),
        ("stuk.bpmn", ""),
        ("formulieren/stap.form", ""),
    }


def test_a_root_process_that_is_not_there_is_told() -> None:
    assert [(p.file, p.rule) for p in problems({"regio.yaml": SETTINGS})] == [("proef.bpmn", "verwijzing")]


def test_code_in_a_called_diagram_is_found_too() -> None:
    refused = problems(
        {
            "proef.bpmn": diagram("proef", start(), call("x", "deel"), end(), way("begin", "x", "klaar")),
            "deel.bpmn": diagram(
                "deel", start(), catch("w", timer("Duration", "${t}")), end(), way("begin", "w", "klaar")
            ),
        }
    )
    assert [(problem.file, problem.element, problem.rule) for problem in refused] == [("deel.bpmn", "w", "taal")]


@pytest.mark.parametrize(
    "extension", [*(f"<camunda:{name} />" for name in CODE_ELEMENTS), '<camunda:properties camunda:class="de.Code" />']
)
def test_what_would_run_a_program_is_refused_where_it_hangs(extension: str) -> None:
    step = task("stap", f"<bpmn:extensionElements>{extension}</bpmn:extensionElements>")
    drawn = diagram("proef", start(), step, end(), way("begin", "stap", "klaar"))
    refused = problems({**FILES, "proef.bpmn": drawn})
    assert ("proef.bpmn", "stap", "code") in [(problem.file, problem.element, problem.rule) for problem in refused]


def test_a_process_that_calls_itself_is_read_once() -> None:
    definition = definitions.assemble(
        "proef",
        "",
        {
            "proef.bpmn": diagram(
                "proef", start(), task("t"), call("x", "proef"), end(), way("begin", "t", "x", "klaar")
            )
        },
    )
    assert list(definition.processes) == ["proef"]


@pytest.mark.parametrize("text", ["vijf dagen", "5", "''", "P", "-P5D", "[P5D]", "{duur: 5}", "{uitleg: zonder duur}"])
def test_a_deadline_that_is_no_duration_is_told_by_its_name(text: str) -> None:
    refused = problems({**FILES, "regio.yaml": f"termijnen: {{snel: {text}}}".encode()})
    assert [(problem.element, problem.rule) for problem in refused] == [("termijnen.snel", "termijn_duur")]


@pytest.mark.parametrize(
    "said", ["nagelezen: ooit", "elke: jaar", "reacties: noor@dorp.example", "reacties: 'javascript:alert(1)'"]
)
def test_what_promises_a_reader_of_the_handbook_no_day_or_address_is_told(said: str) -> None:
    complaints = problems({**FILES, "regio.yaml": f"handreiking: {{alles: {{{said}}}}}".encode()})
    assert [(problem.element, problem.rule) for problem in complaints] == [("handreiking.alles", "handreiking")]


@pytest.mark.parametrize(
    "content", [b"- a\n- b", b'{"a": 1, "a": 2}', b"tekst", b"a: [", b"a:\n\tb: c", b"\xff\xfe\x00"]
)
def test_settings_that_are_no_settings_are_told(content: bytes) -> None:
    assert [problem.file for problem in problems({**FILES, "regio.yaml": content})] == ["regio.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "rollen: [a, b]",
        "rollen: {a: {naam: A, doet_ook: regisseur}}",
        "rollen: {a: {naam: A, doet_ook: 30}}",
        "organisaties: {o: {naam: O, gemeenten: kerkrade}}",
        "organisaties: {o: {naam: O, gemeenten: 30}}",
        "lijsten: {l: [a, b]}",
        "gemeenten: kerkrade",
        "termijnen: [a]",
        "naam: [a]",
    ],
)
def test_a_setting_of_another_shape_never_gives_a_trace(text: str) -> None:
    settings = definitions.assemble("proef", "", {**FILES, "regio.yaml": text.encode()}).settings
    assert {also for role in settings.roles.values() for also in role.also} <= {"regisseur", "30"}
    assert {id for organisation in settings.organisations.values() for id in organisation.municipalities} <= {
        "kerkrade",
        "30",
    }


def test_properties_of_every_kind_of_element_are_read() -> None:
    drawn = diagram(
        "proef",
        properties(fase="alles"),
        start(),
        task("t", properties(fase="a", register="overleg")),
        end(),
        way("begin", "t", "klaar"),
    )
    process, wrong = definitions.read_process(drawn, "proef.bpmn")
    assert wrong == ()
    assert process.properties == {"fase": "alles"}
    assert process.elements["t"].properties == {"fase": "a", "register": "overleg"}


KINDS = {"contact": {"naam": "Bereiken"}, "doelen_plan": {"naam": "Plan"}, "verhaal": {"naam": "Verhaal"}}
NEED = {"soorten": ["contact"], "grond": "toestemming", "artikel": "AVG 6"}
LISTS = {"soorten_organisaties": {"schuldhulp": "Schuldhulp"}}


KEPT = {"duur": "P5Y", "grond": "Een wet."}


def settings_of(**more: object) -> Settings:
    raw = {"gegevenssoorten": KINDS, "lijsten": LISTS, **more}
    return definitions.read_settings(yaml.safe_dump(raw).encode(), "")


def test_a_region_says_what_each_partner_needs_and_whose_yes_counts() -> None:
    needs = {
        "schuldhulp": {"delen": NEED},
        "knooppuntteam": {"overleg": {**NEED, "soorten": ["contact", "doelen_plan"]}},
    }
    settings = settings_of(nodig=needs, zeggenschap={"12_15": ["zelf", "gezag"]})
    assert settings.needs["schuldhulp"]["delen"] == Need(("contact",), "toestemming", "AVG 6")
    assert settings.needs["knooppuntteam"]["overleg"].kinds == ("contact", "doelen_plan")
    assert settings.authority == {"12_15": ("zelf", "gezag")}


@pytest.mark.parametrize(
    ("wrong", "place", "said"),
    [
        ({"nodig": {"bakker": {"delen": NEED}}}, "nodig.bakker", "'bakker'"),
        ({"nodig": {"schuldhulp": {"kind": NEED}}}, "nodig.schuldhulp.kind", "Dat doel bestaat niet"),
        ({"nodig": {"schuldhulp": {"delen": {**NEED, "soorten": ["geld"]}}}}, "nodig.schuldhulp.delen", "'geld'"),
        ({"nodig": {"schuldhulp": {"delen": {**NEED, "soorten": ["verhaal"]}}}}, "nodig.schuldhulp.delen", "verhaal"),
        ({"nodig": {"schuldhulp": {"delen": {**NEED, "grond": ""}}}}, "nodig.schuldhulp.delen", "'grond'"),
        ({"nodig": {"schuldhulp": {"delen": {**NEED, "soorten": []}}}}, "nodig.schuldhulp.delen", "ontbreekt"),
        ({"zeggenschap": {"1215": ["zelf"]}}, "zeggenschap.1215", "12_15"),
        ({"zeggenschap": {"12_15": ["moeder"]}}, "zeggenschap.12_15", "wiens ja telt"),
        ({"zeggenschap": {"16_plus": []}}, "zeggenschap.16_plus", "wiens ja telt"),
        ({"bewaren": {"dosier": KEPT}}, "bewaren.dosier", "Dat kent Knooppunt niet"),
        ({"bewaren": {"dossier": {**KEPT, "duur": "5 jaar"}}}, "bewaren.dossier", "Bedoelde je 'P5Y'?"),
        ({"bewaren": {"dossier": {**KEPT, "grond": ""}}}, "bewaren.dossier", "niet waarom"),
        ({"bewaren": {"dossier": KEPT, "veiligheid": {**KEPT, "duur": "P59M"}}}, "bewaren.veiligheid", "is korter dan"),
    ],
)
def test_what_a_region_can_not_mean_is_refused_with_its_place(wrong: dict[str, Any], place: str, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        settings_of(**wrong)
    (problem,) = caught.value.problems
    assert (problem.file, problem.element) == ("regio.yaml", place)
    assert said in problem.message


@pytest.mark.parametrize("region", ["", "zuid-limburg", "de-waterlanden"])
def test_every_kind_of_organisation_has_what_it_needs_for_every_purpose(region: str) -> None:
    settings = definitions.load(WORKFLOWS, "casus", region or None).settings
    assert set(settings.needs) == {"knooppuntteam", *settings.lists["soorten_organisaties"]}
    assert all(set(purposes) == set(Purpose) for purposes in settings.needs.values())
    assert set(settings.authority) == set(AgeClass)
    kinds = {organisation.kind for organisation in settings.organisations.values()}
    assert kinds <= set(settings.needs)


@pytest.mark.parametrize("tabbed", ["", "\t"], ids=["read by libyaml", "read in our own words"])
def test_a_setting_runs_no_code_whoever_reads_it(tabbed: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    setting = f"naam: !!python/object/apply:os.mkdir ['{trace}']\n# {tabbed}".encode()
    with pytest.raises(DefinitionError) as refused:
        definitions.assemble("proef", "", {**FILES, "regio.yaml": setting})
    assert [problem.rule for problem in refused.value.problems] == ["yaml"]
    assert not trace.exists()
