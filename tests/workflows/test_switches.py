"""What a region puts on by a list in its settings: other meetings, and the verwijsindex. Each is off until it does."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from engine import definitions, forms, process
from tests.engine.playing import HOME, definition

SWITCHES = {
    "overleg_vorm": ("overleg_plannen", "overlegvormen"),
    "signaal_uit_overleg": ("signaal_vastleggen", "overleggen_vooraf"),
    "verwijsindex": ("aanmelding_beoordelen", "verwijsindex"),
}


def asked(form: str, lists: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """The questions that a form shows in a region with these lists besides its own, with what can be chosen."""
    own = definition()
    settings: Any = yaml.safe_load(own.files["regio.yaml"])
    for name, labels in lists.items():
        settings["lijsten"][name] |= labels
    files = {**own.files, "regio.yaml": yaml.safe_dump(settings, allow_unicode=True).encode()}
    drawn = definitions.assemble(own.id, own.settings.region, files, own.overridden)
    context = {"regio": process.compile_model(drawn).region({"gemeente": HOME})}
    shown = forms.inputs(forms.visible(drawn.forms[form], context))
    return {question.key: tuple(each.label for each in forms.options(question, context)) for question in shown}


@pytest.mark.parametrize("key", SWITCHES)
def test_a_question_is_asked_only_where_a_region_fills_its_list(key: str) -> None:
    form, name = SWITCHES[key]
    assert key not in asked(form, {})
    assert "Iets eigens" in asked(form, {name: {"iets": "Iets eigens"}})[key]
