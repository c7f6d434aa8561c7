"""A family that moves: the case that begins at the Knooppunt of the other municipality, and who knows what of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine import cases, forms, scenarios, store
from engine.access import Appointment, Person
from engine.cases import Library
from engine.consent import Consent, Opening, Relative, goes_along, openings
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.store import Database
from engine.words import Purpose
from tests.conftest import BEGIN, CopyOf
from tests.engine import playing
from tests.engine.playing import COORDINATOR, ELSEWHERE, LEAD, OVERSEER, PARTNER, REPORTER, Play, example
from tests.engine.test_access import seen_by

pytestmark = pytest.mark.any_database

MOVES = "verhuizing"
ASKED, DONE = "overdracht_nieuwe_gemeente_vragen", "overdracht_doen"
TEAM = "buurtlicht_vaals"
THERE = ELSEWHERE  # procesregisseur of Vaals, of the organisation that the family says yes to
COLLEAGUE = "dina_denkbeeld"  # coördinator there
SAID = ("Schijnbaar", "Sanne", "durft haar post niet", "Stress of somber", "post durven openmaken")
ANSWERS = {action.name: action.answers for action in playing.moved(example(MOVES), BEGIN).actions}


def waiting(url: str) -> None:
    """Zuid-Limburg and De Waterlanden, and the family of the example that moves, with nothing asked yet."""
    database = Database(url)
    drawn = (playing.definition("casus", region) for region in ("zuid-limburg", "de-waterlanden"))
    playing.publish(database, BEGIN, *drawn, staff=(*playing.people(), *playing.people("de-waterlanden")))
    Play(database, Library(), BEGIN).play(example(MOVES), until=ASKED)
    database.close()


def handed(url: str) -> None:
    """The same family, handed over with a yes to the team of Vaals."""
    waiting(url)
    database = Database(url)
    hand_over(asks(at(database, Library(), 1), says()))
    database.close()


Opens = Callable[[str], Database]


@pytest.fixture
def moves(copy_of: CopyOf, opened: Opens, library: Library) -> Play:
    """A family that moves; nobody asked yet what may go along."""
    return at(opened(copy_of(waiting)), library, 1)


@pytest.fixture
def moved(copy_of: CopyOf, opened: Opens, library: Library) -> Play:
    """A family that was handed over; the case that it left."""
    return at(opened(copy_of(handed)), library, 1)


def at(database: Database, library: Library, case_id: int) -> Play:
    """A case as it stands, at the moment when something happened there last."""
    play = Play(database, library, BEGIN)
    play.case_id = case_id
    play.now = play.history()[-1].at
    return play


def says(organisation: str = TEAM, answer: str = "ja", *kinds: str) -> dict[str, Any]:
    """What the mother says about one organisation."""
    said = {"persoon": "@moeder", "organisatie": organisation, "antwoord": answer}
    return {**said, "soorten": list(kinds)} if kinds else said


def asks(play: Play, *said: Mapping[str, Any], place: str = "vaals") -> Play:
    """The family is asked about handing over to the Knooppunt of this place."""
    play.do(ASKED, {**ANSWERS[ASKED], "nieuw_knooppunt": place, "overdracht_toestemmingen": list(said)})
    return play


def hand_over(play: Play) -> None:
    """Do the step that hands over, as the example does it."""
    play.do(DONE, ANSWERS[DONE])


def begun(play: Play, person: str = THERE) -> list[int]:
    """The cases that somebody finds."""
    with play.as_(person, writes=False) as ctx:
        return [line.id for line in cases.listing(ctx).rows]


def there(play: Play, person: str = THERE) -> Play:
    """The case that began there, at the same moment."""
    (case_id,) = begun(play, person)
    return at(play.database, play.library, case_id)


def put_in(play: Play, *people: Person) -> None:
    """Let these people work here too, or otherwise than they did."""
    with play.database.writing() as tx:
        store.people.save(tx, people)


def test_a_yes_begins_a_case_there_with_what_it_opens(moved: Play) -> None:
    view = there(moved).view(THERE)
    assert (view.title, view.municipality, view.status) == ("Schijnbaar", "vaals", "lopend")
    assert [(row.element, sorted(row.roles)) for row, _ in view.tasks] == [
        ("signaal_vastleggen", ["aanmelder", "coordinator", "procesregisseur"])
    ]
    extract = {row.question: row.answer for row in view.handed}
    assert extract["Doel, in de woorden van de ouder"] == "Ik wil rustig kunnen slapen voor de baby komt."
    assert extract["Waarover maakt het gezin zich zorgen?"] == ["Stress of somber zijn"]
    assert extract["Wat heb je verteld?"] == "De doelen en wat al gelukt is."
    assert {row.kind for row in view.handed} == {"contact", "doelen_plan", "geld_wonen", "welbevinden"}
    assert "Met welke organisaties deelde je de samenvatting?" not in extract
    assert "Wie wordt casusregisseur?" not in extract
    assert [(said.consent.organisation, said.recorded_by) for said in view.consents] == [(TEAM, LEAD)]


def test_no_kind_that_was_not_named_goes_along(moves: Play) -> None:
    hand_over(asks(moves, says(TEAM, "anders", "contact")))
    other = there(moves)
    assert {row.kind for row in other.view(THERE).handed} == {"contact"}
    words = seen_by(other, THERE)
    assert "Schijnbaar" in words
    assert not [word for word in ("Stress", "durft haar post niet", "openmaken") if word in words]


def test_who_did_not_say_yes_is_not_named_there(moves: Play) -> None:
    signal = {**ANSWERS["signaal_vastleggen"], "signaal_andere_ouder": "Hij zoekt werk."}
    ben = {"naam": "Ben", "relatie": "andere_ouder", "leeftijd": "16_plus", "gezag": "ja"}
    sanne = moves.document()["gezin"][0]
    child = {"naam": "Pip", "relatie": "kind"}
    moves.correct("signaleren", "signaal_vastleggen", {**signal, "gezin": [sanne, ben, child]}, "Vergeten", by=REPORTER)
    hand_over(asks(moves, says(), {**says(TEAM, "nee"), "persoon": "@andere_ouder"}))
    other = there(moves)
    assert [relative.name for relative in other.view(THERE).family] == ["Sanne"]  # the child is not hers alone to name
    assert not [word for word in ("Ben", "Pip", "zoekt werk") if word in seen_by(other, THERE)]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ([says("buurtlicht_kerkrade"), says("elders", "anders", "contact")], "vaals"),
        ([says(TEAM, "anders", "doelen_plan")], "vaals"),  # a yes that doesn't say whom, or how to reach them
        ([says(), says("buurtlicht_brunssum", "nee")], "brunssum"),  # a yes to another team
        ([says()], None),
    ],
)
def test_without_a_yes_to_that_team_nothing_begins(moves: Play, said: list[dict[str, Any]], place: str) -> None:
    asks(moves, *said, place=place)
    assert moves.task(LEAD, DONE).hands_over == cases.HandsOver()
    hand_over(moves)
    assert begun(moves) == begun(moves, COLLEAGUE) == []
    with moves.database.reading() as tx, pytest.raises(NotFoundError):
        store.case_files.read(tx, moves.case_id + 1, None)


def test_who_hands_over_is_told_where_and_what(moves: Play) -> None:
    asks(moves, says(TEAM, "anders", "contact", "doelen_plan"))
    shown = moves.task(LEAD, DONE).hands_over
    assert shown == cases.HandsOver("Vaals", frozenset({"contact", "doelen_plan"}))


def test_what_is_withdrawn_before_goes_nowhere(moves: Play) -> None:
    asks(moves, says())
    with moves.as_(REPORTER) as ctx:
        cases.withdraw(ctx, moves.case_id, cases.Wish(organisation=TEAM))
    hand_over(moves)
    assert begun(moves) == []


def test_where_all_is_withdrawn_before_no_step_hands_over(moves: Play) -> None:
    asks(moves, says())
    moves.tell("toestemming_ingetrokken", by=REPORTER)
    assert DONE not in moves.open()
    assert begun(moves) == []


def test_correcting_begins_no_second_case(moved: Play) -> None:
    again = {**ANSWERS[DONE], "verhuizing_overdracht_wat": "Iets anders"}
    moved.correct("verhuizing", DONE, again, "Verschreven", by=LEAD)
    answers = {
        **ANSWERS[ASKED],
        "nieuw_knooppunt": "landgraaf",
        "overdracht_toestemmingen": [says("buurtlicht_landgraaf")],
    }
    moved.correct("verhuizing", ASKED, scenarios.keep_rows(answers, moved.document()), "Toch daar", by=LEAD)
    assert len(begun(moved)) == 1
    assert begun(moved, "loek_luchtkasteel") == []


def test_handing_over_is_not_undone(moved: Play) -> None:
    assert moved.view(LEAD).undoable is None


def test_it_goes_to_a_knooppunt_of_another_region_by_its_own_diagrams(moves: Play) -> None:
    question = next(f for f in moves.task(LEAD, ASKED).form.input_fields() if f.key == "nieuw_knooppunt")
    offered = {option.label for option in forms.options(question, moves.task(LEAD, ASKED).context)}
    assert {"Vaals (Zuid-Limburg)", "Rietwoude (De Waterlanden)"} <= offered
    assert not [label for label in offered if label.startswith("Kerkrade")]
    hand_over(asks(moves, says("wijkteam_rietwoude"), place="rietwoude"))
    view = there(moves, "rik_repetitie").view("rik_repetitie")
    assert (view.title, view.settings.region) == ("Schijnbaar", "de-waterlanden")
    assert {row.kind for row in view.handed} == {"contact", "doelen_plan", "geld_wonen", "welbevinden"}
    assert [over.municipality for over in view.handovers] == ["Kerkrade"]


@pytest.mark.parametrize("person", ["loek_luchtkasteel", COORDINATOR, OVERSEER, LEAD, PARTNER, REPORTER])
def test_nobody_else_knows_of_the_case_there(moved: Play, person: str) -> None:
    other = there(moved)
    with other.as_(person, writes=False) as ctx, pytest.raises(NotFoundError):
        cases.case(ctx, other.case_id)
    (row,) = other.rows()
    with other.as_(person, writes=False) as ctx, pytest.raises(NotFoundError):
        cases.task(ctx, row.id)


@pytest.mark.parametrize("person", [THERE, COLLEAGUE])
def test_nobody_there_knows_of_the_case_that_was_left(moved: Play, person: str) -> None:
    with moved.as_(person, writes=False) as ctx, pytest.raises(NotFoundError):
        cases.case(ctx, moved.case_id)


def test_only_the_team_by_its_organisation_reads_it(moved: Play) -> None:
    of_vaals = ("kernpartner", TEAM), ("coordinator", "gemeente_vaals")
    put_in(moved, *(Person(role, role, by, "", (Appointment(role, "vaals"),)) for role, by in of_vaals))
    other = there(moved)
    with other.as_("kernpartner", writes=False) as ctx, pytest.raises(NotFoundError):
        cases.case(ctx, other.case_id)
    view = other.view("coordinator")
    assert (view.title, view.handed, view.handovers) == (f"Signaal {other.case_id}", (), ())
    assert not [word for word in SAID if word in seen_by(other, "coordinator")]
    (row,) = other.rows()
    with other.as_("coordinator") as ctx, pytest.raises(NotAllowedError):
        cases.complete(ctx, row.id, ANSWERS["signaal_vastleggen"], row.revision)


def test_the_first_step_is_filled_in_and_goes_on_as_a_signal_that_came_by_phone(moved: Play) -> None:
    other = there(moved)
    assert other.view(COLLEAGUE).answers == ()
    values = other.task(COLLEAGUE, "signaal_vastleggen").values
    assert values["gezin_naam"] == "Schijnbaar"
    assert [(row["naam"], row["relatie"]) for row in values["gezin"]] == [("Sanne", "moeder")]
    put_in(moved, Person("noor", "Noor", "verloskundigen_grenswieg", "", (Appointment("aanmelder", "vaals"),)))
    signal = {**ANSWERS["signaal_vastleggen"], **values}
    with pytest.raises(InvalidDataError) as refused:  # who gets a yes doesn't ask for it
        other.do("signaal_vastleggen", signal, by=COLLEAGUE)
    assert set(refused.value.fields) == {"aanmelder"}
    other.do("signaal_vastleggen", {**signal, "aanmelder": "noor"}, by=COLLEAGUE)
    assert [row.assignee for row in other.rows() if row.element == "signaal_bespreken"] == ["noor"]
    assert not [word for word in SAID if word in seen_by(other, "noor")]
    view = other.view(COLLEAGUE)
    assert [relative.id for relative in view.family] == [values["gezin"][0]["id"]]
    assert [answers.actor for answers in view.answers] == [COLLEAGUE]
    assert view.handed


def test_it_can_be_taken_back_there(moved: Play) -> None:
    other = there(moved)
    with other.as_(COLLEAGUE) as ctx:
        cases.withdraw(ctx, other.case_id, cases.Wish())
    view = other.view(COLLEAGUE)
    assert (view.title, view.handed) == (f"Signaal {other.case_id}", ())
    assert not [word for word in SAID if word in seen_by(other, COLLEAGUE)]
    with other.as_(COLLEAGUE) as ctx:
        cases.close(ctx, other.case_id, "Het gezin wil het toch niet")
    assert moved.view(LEAD).status == "lopend"


def test_taking_it_back_where_the_family_came_from_changes_nothing_there(moved: Play) -> None:
    other = there(moved)
    moved.tell("toestemming_ingetrokken", by=REPORTER)
    assert other.view(COLLEAGUE).title == "Schijnbaar"


def test_reading_it_ends_with_the_case(moved: Play) -> None:
    other = there(moved)
    with other.as_(COLLEAGUE) as ctx:
        cases.close(ctx, other.case_id, "Toch niet nodig")
    view = other.view(COLLEAGUE)
    assert (view.handed, view.handovers, view.title) == ((), (), f"Signaal {other.case_id}")


def test_the_way_between_both_is_shown_to_who_knows_of_both_whose_they_are(moved: Play) -> None:
    other = there(moved)
    assert [(over.municipality, over.case_id) for over in other.view(THERE).handovers] == [("Kerkrade", None)]
    assert [(over.municipality, over.case_id) for over in moved.view(OVERSEER).handovers] == [("Vaals", None)]
    assert moved.view(PARTNER).handovers == ()
    both = tuple(Appointment("procesregisseur", place) for place in ("kerkrade", "vaals"))
    put_in(moved, Person("beide", "Bo", TEAM, "", both))
    assert [over.case_id for over in other.view("beide").handovers] == [None]
    with moved.database.writing() as tx:
        opened = store.registers.opened(tx, moved.case_id)
        reached = {Opening(TEAM, Purpose.SHARING, cell.kind, cell.person) for cell in opened}
        store.registers.open_to(tx, moved.case_id, opened | reached)
    assert [over.case_id for over in other.view("beide").handovers] == [moved.case_id]
    assert [over.case_id for over in moved.view("beide").handovers] == [other.case_id]


def test_what_is_left_of_it_when_the_case_it_came_from_is_erased(moved: Play) -> None:
    other = there(moved)
    with moved.database.writing() as tx:
        store.personal.erase(tx, moved.case_id)
    view = other.view(THERE)
    assert view.handed
    assert [(over.municipality, over.case_id) for over in view.handovers] == [("Kerkrade", None)]


def test_a_yes_for_handing_over_to_the_own_team_names_nobody_once_the_gate_is_shut(moves: Play) -> None:
    asks(moves, says("buurtlicht_kerkrade"))
    with moves.as_(REPORTER) as ctx:
        cases.withdraw(ctx, moves.case_id, cases.Wish(kind="doelen_plan"))
    assert moves.view(OVERSEER).title == f"Signaal {moves.case_id}"


def test_a_child_goes_along_only_with_who_decides_about_it() -> None:
    family = (
        Relative("lot", relation="moeder", age="12_15", authority="ja"),
        Relative("oma", relation="ouder_van_moeder", authority="ja"),
        Relative("kind", relation="kind", age="onder_12"),
    )
    yes = [Consent(who, Purpose.TRANSFER, TEAM, frozenset({"contact"})) for who in ("lot", "oma")]
    assert goes_along(family, openings(family, yes[:1]), {TEAM}) == frozenset(), "her own yes is not enough for her"
    assert goes_along(family, openings(family, yes), {TEAM}) == {"lot", "oma", "kind"}
