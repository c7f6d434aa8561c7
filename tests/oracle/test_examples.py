"""What a family says decides who may know: the worked examples, line by line, each as somebody would notice it.

Ans is pregnant and Ben is the other parent. Mila, midwife of Dalwieg, signs up; Buurtlicht is the Knooppunt team, with
Coby (coördinator) and Vera (procesregisseur); Jet and Bas are nurses of Heuvelkind, Ravi works at the debt counsellor
Rondkomstig, Gijs at Binnenweer (ggz). All of it is played in the small process of the oracle.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from engine.words import CaseStatus
from tests.oracle import process, rules
from tests.oracle.conftest import Make
from tests.oracle.generate import STAFF, World
from tests.oracle.process import STEPS
from tests.oracle.rules import Phase, Said
from tests.oracle.survey import READING, ROUTES, Survey

ANS = {"relatie": "moeder", "leeftijd": "16_plus", "gezag": "ja"}
BEN = {"relatie": "andere_ouder", "leeftijd": "16_plus", "gezag": "ja"}
CHILD = {"relatie": "kind", "leeftijd": "onder_12"}
LOT = {"relatie": "moeder", "leeftijd": "12_15", "gezag": "ja"}
GRAN = {"relatie": "ouder_van_moeder", "leeftijd": "16_plus", "gezag": "ja"}
TEAM, MIDWIVES, NURSES, DEBTS, MINDS = "buurtlicht", "dalwieg", "heuvelkind", "rondkomstig", "binnenweer"
OTHERS = ("jet", "bas", "ravi", "gijs", "bea", "pim", "rian")

Answers = Mapping[tuple[str, str], str | Sequence[str]]


@dataclass
class Story:
    """One family's case, told by relations: whom an answer is of is the mother, the other parent, …"""

    world: World

    def one(self, relation: str) -> str:
        """The person of the family who is this."""
        return next(person.id for person in self.world.file.family.values() if person.relation == relation)

    def asked(self, answers: Answers, step: str = "toestemming") -> None:
        """Record what people said: ja, nee, niet_gevraagd, or the kinds that they said yes to."""
        if self.world.row(STEPS[step]) is None:
            assert self.world.tell(STEPS[step])
        said = [
            Said(self.one(who), STEPS[step].purpose, organisation, answer)
            if isinstance(answer, str)
            else Said(self.one(who), STEPS[step].purpose, organisation, "anders", frozenset(answer))
            for (who, organisation), answer in answers.items()
        ]
        self.world.say(STEPS[step], said)

    def later(self, answers: Answers, step: str = "herhalen") -> None:
        """Ask again behind the gate, or for another purpose."""
        self.asked(answers, step)

    def writes(
        self, step: str, person: str, *pairs: tuple[str, str], chosen: Sequence[str] = (), ticked: Sequence[str] = ()
    ) -> list[str]:
        """Somebody answers questions of these kinds about these; the words that they wrote."""
        if self.world.row(STEPS[step]) is None:
            assert self.world.tell(STEPS[step])
        words = self.world.write(STEPS[step], pairs, [self.one(who) for who in chosen], ticked, person)
        return list(words.values())

    def met(self, *people: str) -> set[str]:
        """All words that these people come upon."""
        survey = Survey(self.world, "now")
        return {word for person in people for word in survey.met(STAFF[person], READING)}

    def status(self, person: str, address: str = "/casus/{case}") -> int:
        """How an address answers somebody."""
        return self.world.browser(person).get(address.format(case=self.world.case)).status

    def page(self, person: str, address: str = "/casus/{case}") -> str:
        """What stands at an address for somebody."""
        return self.world.browser(person).get(address.format(case=self.world.case)).text

    def signal(self, *kinds: str) -> list[str]:
        """The words of the signal of these kinds."""
        return [t.text for t in self.world.file.tokens if t.writer == "mila" and t.kind in kinds and not t.process]


@pytest.fixture
def story(make: Make) -> Story:
    """A case of Ans and Ben, signed up."""
    return begun(make, ANS, BEN)


def begun(make: Make, *family: Mapping[str, str]) -> Story:
    world = make(1)
    world.random = Random(1)  # noqa: S311 - the same again
    world.start(family)
    return Story(world)


def agreed(story: Story, answers: Answers | None = None) -> Story:
    """Ans says yes to the Knooppunt team, and whatever else."""
    story.asked({("moeder", TEAM): "ja", **(answers or {})})
    assert story.world.file.phase is Phase.RUNNING
    return story


def hand_over(story: Story, step: str, by: str, to: str) -> int:
    row = story.world.row(STEPS[step])
    assert row is not None
    return story.world.browser(by).post(f"/taken/{row.id}/reassign", {"aan": to}).status


# --- before the gate -------------------------------------------------------------------------------------------


def test_line_1_before_consent_only_who_signed_up_reads_and_the_team_sees_that_there_is_a_signal(story: Story) -> None:
    written = set(story.signal(*process.KINDS))
    assert written
    assert written <= story.met("mila")
    assert not written & story.met("coby", "vera", "mies", *OTHERS)
    assert f"Signaal {story.world.case}" in story.page("coby")
    assert {story.status(person) for person in OTHERS} == {404}


def test_line_1_a_signal_is_given_within_the_own_organisation_alone(story: Story) -> None:
    assert hand_over(story, "toestemming", "coby", "jet") in (403, 404, 422)
    assert story.status("jet") == 404
    assert hand_over(story, "toestemming", "coby", "mies") == 303
    assert story.status("mies") == 200


def test_line_2_a_no_keeps_the_gate_shut_and_own_care_goes_on(story: Story) -> None:
    story.asked({("moeder", TEAM): "nee"})
    assert [row.element for row in story.world.rows()] == ["eigen_zorg"]
    assert not set(story.signal(*process.KINDS)) & story.met("coby", "vera", *OTHERS)
    (kept,) = story.world.document()["toestemmingen"]
    assert kept["antwoord"] == "nee"


def test_line_3_a_yes_opens_the_gate_and_no_more_than_contact_and_plan(story: Story) -> None:
    agreed(story)
    open_to_team = set(story.signal("contact", "doelen_plan"))
    (name,) = [t.text for t in story.world.file.tokens if t.title]
    assert name in open_to_team
    for person in ("coby", "vera"):
        met = story.met(person)
        assert name in met
        mine = {t.text for t in story.world.file.tokens if t.about == {story.one("moeder")}}
        assert open_to_team & mine <= met
        assert not set(story.signal("verhaal", "gezondheid", "welbevinden")) & met


@pytest.mark.parametrize("kinds", [["contact"], ["doelen_plan"], ["contact", "gezondheid", "verhaal"]])
def test_line_3_less_than_contact_and_plan_keeps_the_gate_shut(story: Story, kinds: Sequence[str]) -> None:
    story.asked({("moeder", TEAM): kinds})
    assert [row.element for row in story.world.rows()] == ["eigen_zorg"]


# --- behind it -------------------------------------------------------------------------------------------------


def test_line_4_a_partner_reads_what_its_kind_needs_and_sees_no_sign_of_the_rest(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", NURSES): "ja"})
    story.writes("verkennen", "jet", ticked=("vinkgeldq", "vinksomberq"))
    met = story.met("ravi")
    assert "vinkgeldq" in met
    assert "vinksomberq" not in met


def test_line_4_who_may_not_know_how_to_reach_them_reads_no_name(story: Story) -> None:
    agreed(story, {("moeder", NURSES): ["gezondheid"]})
    assert story.status("jet") == 200
    met = story.met("jet")
    assert set(story.signal("gezondheid")) <= met
    assert not set(story.signal("contact")) & met


def test_line_5_what_is_about_two_needs_the_yes_of_both(story: Story) -> None:
    both = {("moeder", MINDS): ["welbevinden", "contact"], ("moeder", NURSES): "ja"}
    agreed(story, {**both, ("andere_ouder", NURSES): "niet_gevraagd"})
    (word,) = story.writes("verkennen", "jet", ("welbevinden", "ouders"))
    assert word in story.met("jet")
    assert word not in story.met("gijs", "bas", "vera", "ravi")
    story.later({("andere_ouder", MINDS): ["welbevinden"]})
    assert word in story.met("gijs")
    assert word not in story.met("bas", "vera", "ravi")


def test_line_5_what_is_about_somebody_whom_the_file_does_not_know_stays_with_its_writer(make: Make) -> None:
    story = agreed(
        begun(make, ANS), {("moeder", NURSES): "ja", ("moeder", TEAM): ["contact", "doelen_plan", "welbevinden"]}
    )
    words = story.writes("huisbezoek", "jet", ("contact", "andere_ouder"), ("welbevinden", "ouders"))
    assert set(words) <= story.met("jet")
    assert not set(words) & story.met("bas", "vera", "coby")


def test_line_5_what_is_about_nobody_chosen_stays_with_its_writer(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", TEAM): list(process.KINDS)})
    assert story.world.tell(STEPS["huisbezoek"])
    word = story.world.word()
    assert story.world.complete(STEPS["huisbezoek"], {"huisbezoek_verhaal_gekozen": word}, "jet") == "jet"
    assert word in story.page("jet")
    assert word not in story.page("vera")


def test_line_4_a_task_is_not_offered_to_who_may_not_read_what_it_shows(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    story.writes("verkennen", "jet", ("gezondheid", "moeder"))
    assert story.world.tell(STEPS["verkennen"])
    for address in ("/werk?lijst=rol", "/v1/tasks?list=rol", "/werk?lijst=alle"):
        assert "verkennen" in story.page("bas", address).lower()
        assert "verkennen" not in story.page("ravi", address).lower()
    row = story.world.row(STEPS["verkennen"])
    assert row is not None
    assert story.status("ravi", f"/taken/{row.id}") == 404
    sent = story.world.browser("ravi").request("POST", f"/v1/tasks/{row.id}/complete", {"answers": {}})
    assert sent.status in (403, 404)


@pytest.mark.parametrize("address", ["/casus", "/werk"])
def test_line_1_a_search_confirms_no_name(story: Story, address: str) -> None:
    (name,) = [t.text for t in story.world.file.tokens if t.title]

    def found(person: str) -> bool:
        browser = story.world.browser(person)
        sent = browser.post(address, {"zoek": name, "stand": "alle", "lijst": "alle"})
        return f"/casus/{story.world.case}" in browser.get(sent.location).text

    assert found("mila")
    assert not [person for person in ("vera", "coby", "mies") if found(person)]


def test_line_6_a_no_protects_the_own_data_and_is_no_veto(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("andere_ouder", TEAM): "nee", ("andere_ouder", NURSES): "nee"})
    (his,) = story.writes("verkennen", "jet", ("gezondheid", "andere_ouder"))
    (hers,) = story.writes("huisbezoek", "bas", ("gezondheid", "moeder"))
    assert his in story.met("jet")
    assert his not in story.met("bas", "vera")
    assert hers in story.met("jet")
    story.later({("andere_ouder", NURSES): "ja"})
    assert his in story.met("bas")


@pytest.mark.parametrize("answer", ["nee", "niet_gevraagd"])
def test_line_7_who_was_not_asked_is_as_who_said_no_and_partners_see_neither(story: Story, answer: str) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("andere_ouder", NURSES): answer})
    (his,) = story.writes("verkennen", "jet", ("gezondheid", "andere_ouder"))
    assert his not in story.met("bas", "vera")
    assert "niet gevraagd" not in story.page("bas").lower()


@pytest.mark.parametrize("answer", ["nee", "niet_gevraagd"])
def test_line_8_of_a_child_both_with_authority_decide_and_the_mother_keeps_what_was_hers(
    story: Story, answer: str
) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    (before,) = story.writes("verkennen", "jet", ("gezondheid", "kind"))
    assert before in story.met("bas"), "before birth everything is the mother's"
    story.later({("andere_ouder", NURSES): answer})
    assert story.world.tell(STEPS["aanvullen"])
    story.world.add_child()
    (after,) = story.writes("huisbezoek", "jet", ("gezondheid", "kind"))
    assert after in story.met("jet")
    met = story.met("bas")
    assert after not in met
    assert before in met, "what was the mother's stays hers"
    assert "delen we niets" in story.page("bas")


def test_line_9_without_authority_no_yes_is_needed_and_unknown_counts_as_having_it(make: Make) -> None:
    for authority, readable in (("nee", True), ("onbekend", False), ("ja", False)):
        story = agreed(begun(make, ANS, {**BEN, "gezag": authority}, CHILD), {("moeder", NURSES): "ja"})
        (word,) = story.writes("verkennen", "jet", ("opvoeding_kind", "kind"))
        assert (word in story.met("bas")) is readable, authority
        story.later({("andere_ouder", NURSES): "ja"})
        assert word in story.met("bas")


def test_line_10_a_girl_of_15_and_her_mother_both_decide_and_at_16_she_does(make: Make) -> None:
    story = begun(make, LOT, GRAN)
    story.asked({("moeder", TEAM): "ja"})
    assert story.world.file.phase is Phase.BEFORE
    assert [row.element for row in story.world.rows()] == ["eigen_zorg"]
    story.world.complete(STEPS["eigen_zorg"], {"nog_eens": "ja"})
    agreed(story, {("ouder_van_moeder", TEAM): "ja"})
    assert [row.element for row in story.world.rows()] == ["volgen"]
    agreed(begun(make, {**LOT, "leeftijd": "16_plus"}, GRAN))


def test_line_10_a_girl_of_15_of_whom_nobody_with_authority_is_known_cannot_open_her_own_case(make: Make) -> None:
    story = begun(make, LOT)
    story.asked({("moeder", TEAM): "ja"})
    assert [row.element for row in story.world.rows()] == ["eigen_zorg"]


def test_line_11_what_is_said_for_a_meeting_opens_what_the_meeting_wrote(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    story.later({("moeder", MINDS): ["verhaal"], ("moeder", TEAM): ["verhaal"]}, "overleg_vragen")
    (explored,) = story.writes("verkennen", "jet", ("verhaal", "moeder"))
    (met_for,) = story.writes("overleg", "vera", ("verhaal", "moeder"))
    met = story.met("gijs")
    assert met_for in met
    assert explored not in met


def test_line_12_who_is_named_for_the_transfer_alone_reads_what_the_transfer_wrote(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    story.later({("moeder", DEBTS): "ja", ("moeder", NURSES): "ja"}, "overdracht_vragen")
    (explored,) = story.writes("verkennen", "jet", ("gezondheid", "moeder"))
    (passed_on,) = story.writes("overdragen", "jet", ("gezondheid", "moeder"))
    met = story.met("ravi")
    assert passed_on in met
    assert explored not in met


def agreements(story: Story, *organisations: str) -> dict[str, str]:
    """Vera writes down what each of these will do; the words, by organisation."""
    old = story.world.document().get("afspraken") or []
    rows = [{"wat": story.world.word(), "wie": name, "voor_wanneer": "2030-01-15"} for name in organisations]
    assert story.world.tell(STEPS["afspreken"])
    assert story.world.complete(STEPS["afspreken"], {"afspraken": [*old, *rows]}) == "vera"
    for row in rows:
        mother = frozenset({story.one("moeder")})
        token = rules.Token(row["wat"], "afspraken", "vera", "doelen_plan", mother, meant_for=row["wie"])
        story.world.keep(STEPS["afspreken"], "vera", [token])
    return {row["wie"]: row["wat"] for row in rows}


def test_line_13_partners_read_their_own_agreement_and_others_by_consent(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", MINDS): "ja", ("moeder", NURSES): "ja"})
    words = agreements(story, DEBTS, MINDS)
    met = story.met("ravi")
    assert words[DEBTS] in met
    assert words[MINDS] not in met
    assert set(words.values()) <= story.met("jet"), "who needs the plan reads all of it"


def correction(story: Story, step: str) -> str:
    return f"/casus/{story.world.case}/corrigeren/casus/{step}"


def test_line_15_correcting_is_of_who_did_the_step_or_may_do_and_read_it(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", NURSES): "ja"})
    (old,) = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"))
    assert story.status("ravi", correction(story, "huisbezoek")) in (403, 404)
    assert correction(story, "huisbezoek") not in story.page("ravi")
    new = story.world.word()
    assert old in story.page("bas", correction(story, "huisbezoek"))
    key = STEPS["huisbezoek"].key("gezondheid", "moeder")
    form = {key: new, "_reden": "Ze zei het anders."}
    assert story.world.browser("bas").post(correction(story, "huisbezoek"), form).status == 303
    shown = story.page("jet")
    assert old in shown
    assert new in shown
    assert "Bas" in shown
    assert "Jet" in story.page("bas")
    refused = story.world.browser("ravi").post(correction(story, "huisbezoek"), form)
    assert refused.status in (403, 404)


def test_line_16_who_is_taken_back_is_out_from_the_next_answer_on_and_keeps_the_own_words(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", NURSES): "ja"})
    (own,) = story.writes("verkennen", "ravi", ("geld_wonen", "moeder"))
    (other,) = story.writes("huisbezoek", "jet", ("contact", "moeder"))
    assert other in story.met("ravi")
    story.world.take_back(organisation=DEBTS)
    assert story.status("ravi") == 404
    met = story.met("ravi")
    assert own in met
    assert other not in met
    assert own in story.page("ravi", "/wat-ik-schreef")


def test_line_16_what_is_taken_back_of_one_organisation_or_kind_leaves_the_rest(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", NURSES): "ja"})
    health, reach = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"), ("contact", "moeder"))
    story.world.take_back(organisation=DEBTS)
    assert story.status("ravi") == 404
    assert {health, reach} <= story.met("bas")
    story.world.take_back(organisation=NURSES, kind="gezondheid")
    met = story.met("bas")
    assert reach in met
    assert health not in met


def test_line_7_a_partner_who_records_that_something_is_taken_back_learns_nothing_of_others(story: Story) -> None:
    agreed(story, {("moeder", DEBTS): "ja", ("moeder", NURSES): ["gezondheid"]})

    def told(person: str, **wish: str) -> str:
        """What somebody is told before it happens."""
        browser, address = story.world.browser(person), f"/casus/{story.world.case}/intrekken"
        shown = browser.post(f"{address}/vooraf", wish)
        assert shown.status == 200
        return re.sub(r"\s+", " ", re.sub(r'<input[^>]*>|"[0-9a-f-]{20,}"', "", shown.text))

    assert f"Huis {NURSES}" in told("vera")
    whole = told("ravi")
    assert f"Huis {DEBTS}" in whole
    assert f"Huis {NURSES}" not in whole
    assert f"Huis {TEAM}" not in whole
    said, not_said = (told("ravi", organisatie=NURSES, soort=kind) for kind in ("gezondheid", "verhaal"))
    assert said == not_said
    assert told("ravi", organisatie=MINDS) == told("ravi", organisatie=NURSES)
    address = f"/casus/{story.world.case}/intrekken"
    sent = story.world.browser("ravi").post(address, {"organisatie": MINDS})
    assert sent.status == 303, "nothing stands there, which is not for ravi to learn"


@pytest.mark.parametrize("answer", ["nee", ["contact"]])
def test_line_16_who_says_less_when_asked_again_takes_back_the_rest(story: Story, answer: str | list[str]) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    (word,) = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"))
    assert word in story.met("bas")
    story.later({("moeder", NURSES): answer})
    assert word not in story.met("bas")


def test_line_16_a_yes_that_opened_nothing_yet_is_taken_back_too(make: Make) -> None:
    story = agreed(begun(make, LOT, GRAN), {("ouder_van_moeder", TEAM): "ja", ("moeder", NURSES): "ja"})
    story.world.take_back(story.one("moeder"), NURSES)
    story.later({("ouder_van_moeder", NURSES): "ja"})
    hers = {token.text for token in story.world.file.tokens if token.about == {story.one("moeder")}}
    assert not hers & story.met("jet")


@pytest.mark.parametrize("answer", ["nee", ["contact"], "ja"])
def test_line_16_a_yes_that_was_taken_back_comes_back_only_by_the_person(story: Story, answer: str | list[str]) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    (word,) = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"))
    story.later({("moeder", NURSES): answer})
    undone = story.world.browser("mila").post(f"/casus/{story.world.case}/ongedaan", {})
    assert undone.status == (303 if answer == "ja" else 409)
    assert (word in story.met("bas")) is (answer == "ja")


def test_who_undoes_what_she_wrote_leaves_no_word_of_it_for_anybody(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    (word,) = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"))
    assert word in story.met("bas")
    place = f"/casus/{story.world.case}/ongedaan"
    assert story.world.browser("bas").post(place, {}).status == 409
    assert story.world.browser("gijs").post(place, {}).status == 404
    assert story.world.browser("jet").post(place, {}).status == 303
    assert word not in story.met("jet", "bas", "vera")
    assert "huisbezoek" in [row.element for row in story.world.rows()]
    assert "Ongedaan gemaakt: Afgerond: Huisbezoek" in story.page("vera")


def test_line_17_the_traject_goes_on_for_the_other_parent(story: Story) -> None:
    agreed(story, {("andere_ouder", TEAM): "ja", ("andere_ouder", NURSES): "ja", ("moeder", NURSES): "ja"})
    (hers,) = story.writes("huisbezoek", "jet", ("gezondheid", "moeder"))
    (his,) = story.writes("verkennen", "jet", ("gezondheid", "andere_ouder"))
    story.world.take_back(person=story.one("moeder"))
    assert story.world.file.phase is Phase.RUNNING
    assert "volgen" in [row.element for row in story.world.rows()]
    met = story.met("bas")
    assert his in met
    assert hers not in met
    assert (
        not set(story.signal("contact"))
        & story.met("vera")
        & {t.text for t in story.world.file.tokens if t.about == {story.one("moeder")}}
    )


def test_line_18_the_traject_stops_when_the_last_yes_for_the_gate_is_gone_and_a_meldcode_goes_on(story: Story) -> None:
    agreed(story)
    press(story, "coby")
    story.world.take_back()
    elements = {row.element for row in story.world.rows()}
    assert elements == {"stoppen", "signalen"}


@pytest.mark.parametrize("phase", [Phase.BEFORE, Phase.RUNNING, Phase.STOPPING])
def test_line_19_nobody_else_notices_that_somebody_pressed_the_button(story: Story, phase: Phase) -> None:
    if phase is not Phase.BEFORE:
        agreed(story)
    if phase is Phase.STOPPING:
        story.world.take_back()
    places = ("/casus/{case}", "/v1/cases/{case}", "/werk?lijst=alle", "/casus?stand=alle", "/casus/{case}/sluiten")
    for place in places:
        story.page("vera", place)  # from then on the way back leads to the same list
    before = [story.page("vera", place) for place in places]
    press(story, "coby")
    after = [story.page("vera", place) for place in places]
    assert not [line for old, new in zip(before, after, strict=True) for line in differing(old, new)]


def differing(old: str, new: str) -> list[str]:
    """What is not the same in two pages but for the time and the key of a form, phrase by phrase."""
    passing = r'<time[^>]*>[^<]*</time>|name="_sleutel" value="[^"]*"'
    before, after = (re.split(r"[;\n]", re.sub(passing, "", page)) for page in (old, new))
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    return [line for line in lines if not line.startswith(("+++", "---", "@@"))]


def press(story: Story, person: str) -> None:
    """Somebody presses the danger button."""
    address = f"/casus/{story.world.case}/bericht/acute_onveiligheid"
    assert story.world.browser(person).post(address, {}).status == 303
    story.world.file.circles.add(STAFF[person].who)


def danger(story: Story, person: str) -> str:
    """Somebody presses the button and writes about it; the word that they wrote."""
    before = {row.id for row in story.world.rows()}
    press(story, person)
    (row,) = [row for row in story.world.rows() if row.id not in before]
    story.world.tellers[row.id] = person
    words = [token.text for token in story.world.file.tokens if token.secret]
    assert not [word for word in words if word in story.page(person, f"/taken/{row.id}")], "a file begins empty"
    word = story.world.word()
    body = {"answers": {"signalen_verhaal": word}}
    assert story.world.browser(person).request("POST", f"/v1/tasks/{row.id}/complete", body).status == 200
    token = rules.Token(word, "signalen_verhaal", person, "verhaal", frozenset({story.one("moeder")}))
    story.world.keep(STEPS["signalen"], person, [token])
    return word


def test_line_19_each_meldcode_is_of_who_began_it(story: Story) -> None:
    agreed(story)
    mila, vera = danger(story, "mila"), danger(story, "vera")
    for word, person, others in ((mila, "mila", ("vera", "coby")), (vera, "vera", ("mila", "coby"))):
        assert word in story.page(person)
        assert not [other for other in others if word in story.page(other)]


def test_line_19_who_has_a_meldcode_of_the_own_does_nobody_else_s(story: Story) -> None:
    agreed(story)
    for person, other in (("mila", "vera"), ("vera", "mila")):
        before = {row.id for row in story.world.rows()}
        press(story, person)
        press(story, other)
        rows = [row for row in story.world.rows() if row.id not in before]
        for row in rows:
            tried = [
                (who, story.status(who, address), story.world.browser(who).request("POST", f"/v1/tasks/{row.id}/claim"))
                for who in ("mila", "vera", "coby")
                for address in (f"/taken/{row.id}", f"/v1/tasks/{row.id}")
            ]
            able = {who for who, status, claimed in tried if status != 404 or claimed.status != 404}
            assert len(able) == 1, "its teller alone"


def test_line_19_closing_refuses_nothing_and_betrays_nothing(story: Story) -> None:
    agreed(story)
    press(story, "mila")
    story.world.break_off()
    assert [row.element for row in story.world.rows()] == ["signalen"]


def test_line_19_a_traject_that_ends_by_its_drawing_ends_for_all_outside_the_circle(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    press(story, "mila")
    story.world.finish()
    assert [row.element for row in story.world.rows()] == ["signalen"]
    assert story.status("jet") == 404
    assert story.world.browser("vera").get(f"/v1/cases/{story.world.case}").json()["status"] != CaseStatus.RUNNING
    assert not set(story.signal("doelen_plan")) & story.met("vera")


PLACES = ("/casus/{case}", "/v1/cases/{case}", "/werk?lijst=alle", "/casus?stand=alle", "/v1/tasks?list=alle")


def test_line_20_a_loss_is_known_to_whom_the_family_names(story: Story) -> None:
    agreed(story, {("moeder", TEAM): list(process.KINDS), ("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    assert story.world.tell(STEPS["verkennen"])
    others = ("bas", "ravi", "vera", "coby")
    before = {(person, place): story.page(person, place) for person in others for place in PLACES}
    word = story.world.lose(["jet"], teller="mila")
    (row,) = story.world.rows()
    for person in ("mila", "jet"):
        page = story.page(person)
        assert word in page
        assert f"/taken/{row.id}" in page
        assert "Gemeld: Er is een verlies" in page
        assert "verlies" in story.page(person, "/v1/tasks?list=alle")
    for (person, place), old in before.items():
        new = [line for line in differing(old, story.page(person, place)) if line.startswith("+")]
        assert not [line for line in new if "verlies" in line.lower()], (person, place)
    for person in others:
        assert "verkennen" not in story.page(person, "/werk?lijst=alle").lower(), "for others the tasks lapsed"
        assert story.status(person, f"/taken/{row.id}") == 404
        assert story.status(person, correction(story, "verlies_schrijven")) == 404
        place = f"/v1/cases/{story.world.case}/messages"
        response = story.world.browser(person).request("POST", place, STEPS["verlies_vragen"].telling)
        assert response.status in (403, 409)
        assert "verlies" not in response.text.lower()
        assert word not in story.met(person)


def test_line_20_having_a_task_by_ones_role_is_no_way_in(story: Story) -> None:
    agreed(story)
    word = story.world.lose([], teller="vera")  # each step is for the aanmelder first, who wasn't chosen
    (row,) = story.world.rows()
    assert word in story.page("vera")
    assert story.status("mila", f"/taken/{row.id}") == 404
    assert word not in story.met("mila")


def test_line_20_a_partner_whom_the_family_names_knows_also_where_nothing_else_is_open(story: Story) -> None:
    agreed(story)
    signal = set(story.signal(*process.KINDS))
    word = story.world.lose(["gijs"], teller="mila")
    assert word in story.page("gijs")
    assert not signal & story.met("gijs")
    assert story.status("ravi") == 404
    story.world.finish()
    assert story.status("gijs") == 404, "reading ends with the case"


def test_line_21_reading_ends_with_the_case(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    (word,) = story.writes("verkennen", "jet", ("contact", "moeder"))
    (name,) = [t.text for t in story.world.file.tokens if t.title]
    story.world.break_off()
    assert {story.status(person) for person in ("jet", "bas", "ravi")} == {404}
    assert word in story.met("jet"), "own words stay"
    for person in ("coby", "vera"):
        met = story.met(person)
        assert name in met
        assert word not in met
        assert not (set(story.signal("doelen_plan")) & met)
    assert CaseStatus.CLOSED in story.world.browser("vera").get(f"/v1/cases/{story.world.case}").text


def test_line_22_one_person_with_two_appointments_reads_no_more_than_the_organisation(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    story.writes("verkennen", "jet", *((kind, "moeder") for kind in process.KINDS))
    assert story.met("coby") == story.met("vera")
    assert story.met("coby_partner") <= story.met("coby")
    assert story.page("coby_partner", "/casus/{case}/sluiten").count("Ja, sluit") == 0
    assert story.status("coby_partner", "/casus/{case}/sluiten") == 403


def test_line_23_who_keeps_the_people_reads_no_words_of_a_family(story: Story) -> None:
    agreed(story)
    assert not story.met("bea")
    assert story.status("bea") == 404


def test_line_24_who_signed_up_keeps_the_own_signal_and_no_more(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    words = story.writes("verkennen", "jet", *((kind, "moeder") for kind in process.KINDS))
    met = story.met("mila")
    assert set(story.signal(*process.KINDS)) <= met
    assert not set(words) & met


# --- what went wrong when the product was tried ----------------------------------------------------------------


def test_c2_a_story_is_read_by_its_writer_alone_while_nobody_says_yes_to_it(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    (word,) = story.writes("verkennen", "jet", ("verhaal", "moeder"))
    assert word in story.met("jet")
    assert word not in story.met("coby", "vera", "bas", "ravi", "mila")


@pytest.mark.parametrize("person", ["gijs", "pim", "bea"])
def test_who_may_not_know_a_dossier_is_told_word_for_word_that_there_is_none(story: Story, person: str) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    browser, real, none = story.world.browser(person), str(story.world.case), "987654"

    def told(address: str, case: str) -> tuple[int, str, str]:
        parts = dict.fromkeys(re.findall(r"\{(\w+)\}", address), "x") | {"case_id": case, "other_id": "1"}
        shown = browser.get(address.format(**parts))
        return (
            shown.status,
            re.sub(r" om \d+\.\d+ uur", "", shown.text).replace(f"/{case}", "/…"),
            shown.location.replace(case, "…"),
        )

    addresses = sorted(path for method, path in ROUTES if method == "GET" and "{case_id}" in path)
    assert len(addresses) > 10
    for address in addresses:
        assert told(address, real) == told(address, none), address
    note = {"text": "Een brief"}
    sent = [browser.request("POST", f"/v1/cases/{case}/notes", note) for case in (real, none)]
    assert sent[0].status == sent[1].status == 404
    assert sent[0].text == sent[1].text


def test_c4_a_task_is_not_given_to_somebody_whom_no_parent_named(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    assert story.world.tell(STEPS["verkennen"])
    assert story.status("gijs") == 404
    assert hand_over(story, "verkennen", "vera", "gijs") in (403, 404, 422)
    assert story.status("gijs") == 404
    assert hand_over(story, "verkennen", "vera", "bas") == 303


@pytest.mark.parametrize("person", ["gijs", "ravi"])
def test_c4_asking_for_consent_is_not_given_to_whom_nobody_named(story: Story, person: str) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    assert story.world.tell(STEPS["herhalen"])
    assert hand_over(story, "herhalen", "vera", person) in (403, 404, 422)


def test_c4_a_consent_is_not_recorded_by_whom_it_lets_in(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    assert story.world.tell(STEPS["herhalen"])
    hand_over(story, "herhalen", "vera", "jet")
    row = story.world.row(STEPS["herhalen"])
    assert row is not None
    said = {"persoon": story.one("moeder"), "organisatie": NURSES, "antwoord": "anders", "soorten": ["verhaal"]}
    sent = story.world.browser("jet").request(
        "POST", f"/v1/tasks/{row.id}/complete", {"answers": {"toestemmingen": [said]}}
    )
    assert sent.status in (403, 404, 422)


def test_c6_the_danger_button_tells_no_name(story: Story) -> None:
    (name,) = [t.text for t in story.world.file.tokens if t.title]
    press(story, "coby")
    assert name not in story.page("coby")
    assert f"Signaal {story.world.case}" in story.page("coby")


def test_c11_what_the_gate_follows_from_is_computed_and_not_posted(story: Story) -> None:
    row = story.world.row(STEPS["toestemming"])
    assert row is not None
    rows = [{"persoon": story.one("moeder"), "organisatie": TEAM, "antwoord": "nee"}]
    body = {"answers": {"toestemmingen": rows, "toestemmingen_besluit": "ja"}}
    sent = story.world.browser("mila").request("POST", f"/v1/tasks/{row.id}/complete", body)
    assert sent.status in (200, 422)
    assert "volgen" not in [row.element for row in story.world.rows()]


@pytest.mark.parametrize(
    "said",
    [
        {"organisatie": TEAM, "antwoord": "anders", "soorten": []},
        {"organisatie": TEAM, "antwoord": "anders"},
        {"antwoord": "ja"},
        {"organisatie": "nergens", "antwoord": "ja"},
    ],
)
def test_c11_a_yes_to_nobody_or_to_nothing_is_refused_in_words(story: Story, said: Mapping[str, object]) -> None:
    row = story.world.row(STEPS["toestemming"])
    assert row is not None
    body = {"answers": {"toestemmingen": [{"persoon": story.one("moeder"), **said}]}}
    sent = story.world.browser("mila").request("POST", f"/v1/tasks/{row.id}/complete", body)
    assert sent.status == 422


@pytest.mark.parametrize("person", ["jet", "ravi", "mila", "gijs", "bea", "pim"])
def test_c13_a_partner_ends_no_traject(story: Story, person: str) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    sent = story.world.browser(person).post(f"/casus/{story.world.case}/sluiten", {"reden": "omdat"})
    assert sent.status in (403, 404)
    assert "volgen" in [row.element for row in story.world.rows()]


def test_c14_why_a_case_was_closed_is_read_by_the_team_alone(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    story.world.break_off()
    reason = story.world.file.tokens[-1].text
    assert reason not in story.met("jet", "bas", "mila")


def test_c15_what_is_shown_is_what_the_step_answered(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja"})
    (first,) = story.writes("verkennen", "jet", ("gezondheid", "moeder"))
    (second,) = story.writes("verkennen", "bas", ("gezondheid", "moeder"))
    assert {first, second} <= story.met("jet")
    assert first in story.page("jet")


def test_c16_a_step_for_one_kind_of_organisation_is_offered_to_no_other(story: Story) -> None:
    agreed(story, {("moeder", NURSES): "ja", ("moeder", DEBTS): "ja"})
    assert story.world.tell(STEPS["huisbezoek"])
    row = story.world.row(STEPS["huisbezoek"])
    assert row is not None
    for address in ("/werk?lijst=rol", "/werk?lijst=alle", "/v1/tasks?list=rol"):
        assert "huisbezoek" not in story.page("ravi", address).lower()
        assert "huisbezoek" in story.page("bas", address.replace("alle", "rol")).lower()
    sent = story.world.browser("ravi").request("POST", f"/v1/tasks/{row.id}/complete", {"answers": {}})
    assert sent.status in (403, 404)


@pytest.mark.parametrize("wrong", [{"overziet": ["casus"]}, {"doet_ook": ["coordinator", "procesregisseur"]}])
def test_c17_a_partner_who_oversees_is_refused_or_loudly_named(wrong: Mapping[str, Iterable[str]]) -> None:
    definition = process.definition({"kernpartner": {"naam": "Kernpartner", **wrong}})
    assert process.findings(definition, "kernpartner")


def test_c17_the_oracle_itself_has_no_such_partner() -> None:
    assert not process.findings(process.definition(), "kernpartner")
