"""Pages of the versions of a process: a case keeps to its own, and each change is told in words that say what it is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from api.pages.versions import LIST
from engine import definitions, store
from engine.definitions import Definition
from engine.store import Database
from handbook.changes import Change, changes
from handbook.guide import build
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, OVERSEER, Play, definition, example

WORKFLOWS = Path(__file__).parents[2] / "workflows"
pytestmark = pytest.mark.any_database


def changed(*swaps: tuple[str, str, str]) -> Definition:
    """The process with other words in its files, each (file, before, after)."""
    own = definition()
    files = dict(own.files)
    for file, before, after in swaps:
        assert before.encode() in files[file], before
        files[file] = files[file].replace(before.encode(), after.encode())
    return definitions.assemble(own.id, own.settings.region, files, own.overridden)


def between(*swaps: tuple[str, str, str]) -> dict[str, tuple[str, ...]]:
    """What is told of a change, by place."""
    return {each.title: each.sentences for each in changes(build(definition()), build(changed(*swaps)))}


def text(page: str) -> str:
    document: Any = html.fromstring(page)
    return " ".join(document.xpath("string(//main)").split())


def test_what_is_drawn_elsewhere_on_the_sheet_or_saved_again_is_no_change() -> None:
    file = "overleg.bpmn"
    assert between((file, 'x="', 'x="1'), (file, "</bpmn:definitions>", "\n</bpmn:definitions>")) == {}


def test_each_change_is_told_once_where_it_is() -> None:
    form = "formulieren/dossier_afsluiten.form"
    by_place = between(
        ("overleg.bpmn", 'name="Overleg plannen"', 'name="Een overleg plannen"'),
        (form, '"Waarbij vond je niets dat paste?"', '"Waarbij was er niets dat paste?"'),
        (form, '"Er is geen contact meer"', '"Er is geen contact"'),
        ("afsluiten.bpmn", 'name="duur" value="15 minuten"', 'name="duur" value="20 minuten"'),
    )
    assert by_place["Een overleg plannen"] == ("Deze stap heette “Overleg plannen”.",)
    assert "Duur: nu 20 minuten; eerst 15 minuten." in by_place["Dossier afsluiten"]
    assert (
        "De vraag “Waarbij vond je niets dat paste?” is nu: “Waarbij was er niets dat paste?”."
        in by_place["Dossier afsluiten"]
    )
    assert "Rollen" not in by_place


def test_another_name_of_a_role_is_told_once_and_a_term_also_at_its_steps() -> None:
    regions = [definitions.load(WORKFLOWS, "casus", region) for region in ("zuid-limburg", "de-waterlanden")]
    by_place = {each.title: each for each in changes(*map(build, regions))}
    assert "Procesregisseur: nu Knooppuntregisseur; eerst Procesregisseur." in by_place["Rollen"].sentences
    assert by_place["Kennismaken"] == Change(
        "Kennismaken", ("Uiterlijk: nu binnen 15 werkdagen; eerst binnen 10 werkdagen.",), ("verkennen", "kennismaken")
    )
    assert "Plan vastleggen" not in by_place  # only who does it is called otherwise
    assert "De stap “Vragen van de ouders ophalen” is nieuw." in by_place["Fase Voorbespreking"].sentences


def test_a_case_leads_to_the_text_of_its_own_version_and_tells_what_changed_since(
    visit: Visit, play: Play, database: Database
) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    worker = visit(OVERSEER)
    page = f"/casus/{play.case_id}"
    assert "/werkwijze/" not in worker.get(page).text
    newer = changed(("verkennen.bpmn", 'name="Kennismaken"', 'name="Elkaar leren kennen"'))
    with database.writing() as tx:
        moment = datetime.now(UTC) + timedelta(hours=1)
        store.versions.publish(tx, newer.version, "casus", newer.settings.region, newer.files, newer.overridden, moment)
    own = f"{LIST}/{definition().version}"
    assert f'href="{own}"' in worker.get(page).text
    assert f"{own}/verkennen/kennismaken" in worker.get(f"/taken/{play.row('kennismaken').id}").text
    assert "Deze stap heette “Kennismaken”" in text(worker.get(own).text).split("Wat er met deze versie veranderde")[0]
    assert "Dit is de eerste versie." in worker.get(own).text
    step = worker.get(f"{own}/verkennen/kennismaken").text
    assert "Kennismaken" in step
    assert "Wat je doet" in step
    assert worker.get(f"{own}/verkennen/bestaat_niet").status_code == 404
    listed = visit(COORDINATOR).get(LIST).text
    assert listed.index(newer.version) < listed.index(definition().version)
    assert visit("").get(LIST).status_code == 303
