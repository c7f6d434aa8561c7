"""Several regions in one database: nobody of another one finds anything of the first, by whatever address."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import store
from engine.access import Appointment, Person
from tests.oracle import generate, process, rules, survey
from tests.oracle.conftest import Make
from tests.oracle.process import HERE
from tests.oracle.rules import Sight, Staff
from tests.oracle.survey import Survey
from tests.oracle.visiting import Browser

PLACE = "verte"
STRANGERS = (  # of organisations that bear the same names as those of the first region
    Staff("petra", "buurtlicht", frozenset({"procesregisseur", "coordinator"}), PLACE),
    Staff("wim", "heuvelkind", frozenset({"kernpartner", "aanmelder"}), PLACE),
    Staff("bob", "buurtlicht", frozenset({"beheerder"}), PLACE),
    Staff("fem", "buurtlicht", frozenset({"functionaris"}), PLACE),
)


@pytest.mark.parametrize("seed", [1, pytest.param(5, marks=pytest.mark.long)])
def test_of_another_region_nobody_finds_anything_at_any_address(make: Make, seed: int) -> None:
    world = make(seed)
    other = process.definition(region="elders", places={PLACE: "Verte"})
    now, until = datetime.now(UTC), datetime.now(UTC) + timedelta(days=900)
    with world.database.writing() as tx:
        store.versions.publish(tx, other.version, other.id, "elders", other.files, other.overridden, now)
        for each in STRANGERS:
            roles = tuple(Appointment(role, PLACE) for role in each.roles)
            store.people.save(tx, [Person(each.id, each.id.title(), each.organisation, "", roles)])
            world._browsers[each.id] = Browser(world._desk, store.sessions.begin(tx, each.id, now, until))
    looked = next(Survey(world, moment) for moment in generate.play(world, 6) if moment == "on the way")
    for stranger in STRANGERS:
        assert rules.knows(world.file, stranger) is Sight.NEVER
        looked.met(stranger)
        survey.attempt(looked, stranger)
        browser = world.browser(stranger.id)
        begun = browser.request("POST", "/v1/cases", {"process": "casus", "municipality": HERE, "answers": {}})
        assert begun.status in (403, 422), f"{stranger.id} begins a case of another region"
    assert not looked.wrong
    people = world.browser("bob").get("/beheer").text
    assert "Petra" in people
    assert "Mila" not in people
    assert "Dal" not in world.browser("bob").get("/beheer/mensen/nieuw").text
