"""Whose yes opens what: the rules one by one, beside a plain restatement of them, and what a reply means in kinds."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import consent
from engine.consent import Consent, Opening, Relative
from engine.definitions import DataKind, Need, Organisation, Settings
from engine.definitions.registers import Entry

KINDS = ("contact", "geld_wonen", "doelen_plan", "verhaal")
ANS = Relative("ans", "Ans", "moeder", "16_plus", "ja")
BEN = Relative("ben", "Ben", "andere_ouder", "16_plus", "ja")
KIM = Relative("kim", "Kim", "kind", "onder_12")
LOT = Relative("lot", "Lot", "moeder", "12_15")
OMA = Relative("oma", "Oma", "ouder_van_moeder", "16_plus", "ja")
VOS = Relative("vos", "Meneer Vos", "voogd", "16_plus", "ja")


def yes(person: str, *kinds: str, to: str = "jgz", purpose: str = "delen") -> Consent:
    return Consent(person, purpose, to, yes=frozenset(kinds or KINDS))


def no(person: str, *kinds: str, to: str = "jgz", purpose: str = "delen") -> Consent:
    return Consent(person, purpose, to, no=frozenset(kinds or KINDS))


def opens(family: tuple[Relative, ...], said: Iterable[Consent], *about: str, kind: str = "contact") -> bool:
    """Whether the youth nurses may know of all these people how to reach them."""
    return consent.opens(consent.openings(family, said), "jgz", kind, about)


# --- whose yes is needed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "person", "needed"),
    [
        ((ANS, BEN), "ans", {"ans"}),
        ((ANS, BEN, KIM), "kim", {"ans", "ben"}),
        ((ANS, replace(BEN, authority="nee"), KIM), "kim", {"ans"}),
        ((ANS, replace(BEN, authority="onbekend"), KIM), "kim", {"ans", "ben"}),
        ((ANS, replace(BEN, authority=""), KIM), "kim", {"ans", "ben"}),
        ((replace(ANS, authority="nee"), VOS, KIM), "kim", {"vos"}),
        ((replace(ANS, authority="nee"), KIM), "kim", set()),
        ((KIM,), "kim", set()),
        ((ANS, BEN, replace(KIM, age="12_15")), "kim", {"ans", "ben", "kim"}),
        ((ANS, BEN, replace(KIM, age="16_plus")), "kim", {"kim"}),
        ((ANS, BEN, replace(KIM, age="")), "kim", {"ans", "ben"}),
        ((LOT, OMA), "lot", {"lot", "oma"}),
        ((LOT, replace(OMA, authority="nee")), "lot", set()),
        ((LOT,), "lot", set()),
        ((replace(LOT, age="16_plus"), OMA), "lot", {"lot"}),
        ((replace(LOT, age=""), OMA), "lot", {"lot", "oma"}),
        ((LOT, OMA, BEN), "lot", {"lot", "oma"}),
        ((LOT, replace(VOS, over=frozenset({"lot"}))), "lot", {"lot", "vos"}),
        ((ANS, VOS), "ans", {"ans"}),
        ((ANS,), "niemand", set()),
    ],
)
def test_whose_yes_counts_follows_from_age_and_authority(
    family: tuple[Relative, ...], person: str, needed: set[str]
) -> None:
    assert consent.holders(family, person) == needed


def test_authority_over_one_child_is_none_over_another() -> None:
    tim = replace(KIM, id="tim")
    family = (ANS, replace(BEN, over=frozenset({"kim"})), KIM, tim)
    assert consent.holders(family, "kim") == {"ans", "ben"}
    assert consent.holders(family, "tim") == {"ans"}


def test_a_region_says_from_which_age_whose_yes_counts() -> None:
    stricter = {"onder_12": ("gezag",), "12_15": ("gezag",), "16_plus": ("zelf", "gezag")}
    assert consent.holders((LOT, OMA), "lot", stricter) == {"oma"}
    assert consent.holders((replace(LOT, age="16_plus"), OMA), "lot", stricter) == {"lot", "oma"}
    assert consent.holders((replace(LOT, age="16_plus"), OMA), "lot", {"onder_12": ("zelf",)}) == {"lot", "oma"}, (
        "of an age that it says nothing of, both"
    )


# --- what the answers open -------------------------------------------------------------------------------------


def test_nothing_is_open_before_somebody_said_yes() -> None:
    assert consent.openings((ANS, BEN, KIM), ()) == frozenset()
    assert not opens((ANS, BEN), [no("ans"), Consent("ben", "delen", "jgz")], "ans")


def test_a_yes_opens_the_kinds_that_it_names_to_the_organisation_that_it_names() -> None:
    opened = consent.openings((ANS, BEN), [yes("ans", "contact", "geld_wonen", to="schuldhulp")])
    assert opened == {
        Opening("schuldhulp", "delen", "contact", "ans"),
        Opening("schuldhulp", "delen", "geld_wonen", "ans"),
    }


def test_what_was_said_for_one_purpose_opens_nothing_for_another() -> None:
    opened = consent.openings((ANS,), [yes("ans", "verhaal", purpose="overleg")])
    assert consent.opens(opened, "jgz", "verhaal", ("ans",), "overleg")
    assert not consent.opens(opened, "jgz", "verhaal", ("ans",))


def test_what_is_about_two_needs_the_yes_of_both_and_what_is_about_nobody_known_stays_closed() -> None:
    assert opens((ANS, BEN), [yes("ans")], "ans")
    assert not opens((ANS, BEN), [yes("ans")], "ans", "ben")
    assert opens((ANS, BEN), [yes("ans"), yes("ben")], "ans", "ben")
    assert not opens((ANS, BEN), [yes("ans"), yes("ben")])


def test_the_newest_answer_of_a_person_counts_and_only_for_what_it_speaks_of() -> None:
    assert opens((ANS,), [no("ans"), yes("ans")], "ans")
    assert not opens((ANS,), [yes("ans"), no("ans")], "ans")
    partly = [yes("ans", "contact", "geld_wonen"), no("ans", "geld_wonen")]
    assert opens((ANS,), partly, "ans")
    assert not opens((ANS,), partly, "ans", kind="geld_wonen")
    assert opens((ANS,), [yes("ans"), Consent("ans", "delen", "jgz")], "ans"), "not asked again takes nothing back"
    assert opens((ANS,), [yes("ans"), no("ans", to="ggz"), no("ans", purpose="overleg")], "ans")


def test_a_no_protects_the_own_data_and_the_childs_and_is_no_veto_on_anybody_elses() -> None:
    family = (ANS, BEN, KIM)
    said = [yes("ans"), no("ben")]
    assert opens(family, said, "ans")
    assert not opens(family, said, "ben")
    assert not opens(family, said, "kim")
    assert opens(family, [*said, yes("ben")], "kim")
    assert not opens(family, [yes("ans")], "kim"), "who was not asked said no yes"
    assert opens((ANS, replace(BEN, authority="nee"), KIM), said, "kim")


def test_who_stands_outside_the_family_opens_nothing_but_what_was_put_into_those_hands() -> None:
    family = (replace(ANS, authority="nee"), VOS, KIM)
    assert opens(family, [yes("vos")], "kim")
    assert not opens(family, [yes("ans")], "kim")
    assert not opens(family, [yes("vos")], "ans")
    assert not opens(family, [yes("vos"), yes("een_buurvrouw")], "ans")


def test_a_young_mother_and_who_has_authority_over_her_both_say_yes() -> None:
    assert not opens((LOT, OMA), [yes("lot")], "lot")
    assert not opens((LOT, OMA), [yes("oma")], "lot")
    assert opens((LOT, OMA), [yes("lot"), yes("oma")], "lot")
    assert opens((replace(LOT, age="16_plus"), OMA), [yes("lot"), no("oma")], "lot")


relatives = st.builds(
    Relative,
    id=st.sampled_from("abcd"),
    relation=st.sampled_from(["moeder", "andere_ouder", "kind", "voogd", "ouder_van_moeder"]),
    age=st.sampled_from(["onder_12", "12_15", "16_plus", ""]),
    authority=st.sampled_from(["ja", "nee", "onbekend", ""]),
    over=st.frozensets(st.sampled_from("abcd"), max_size=2),
)
families = st.lists(relatives, max_size=4, unique_by=lambda relative: relative.id).map(tuple)
some_kinds = st.frozensets(st.sampled_from(["contact", "geld_wonen"]))
answers = st.builds(
    Consent, st.sampled_from("abcd"), st.sampled_from(["delen", "overleg"]), st.sampled_from(["jgz", "ggz"]),
    some_kinds, some_kinds,
)  # fmt: skip


def decides(family: tuple[Relative, ...], person: str) -> set[str] | None:
    """By design.md: 16+ the person; 12-15 the person and who has gezag; under 12 all who have gezag over the child."""
    (subject,) = (relative for relative in family if relative.id == person)
    parents = {
        "kind": {"moeder", "andere_ouder", "voogd"},
        "moeder": {"ouder_van_moeder"},
    }.get(subject.relation, set())
    with_authority = set()
    for relative in family:
        own = relative.relation in parents if not relative.over else person in relative.over
        if own and relative.id != person and relative.authority != "nee":
            with_authority.add(relative.id)
    if subject.age == "16_plus":
        return {person}
    if not with_authority:
        return None
    young = subject.age == "onder_12" or (subject.age == "" and subject.relation == "kind")
    return with_authority if young else with_authority | {person}


def last_word(said: list[Consent], holder: str, cell: tuple[str, str, str]) -> bool:
    """The newest answer of one person for one organisation, purpose and kind; where one says both it is a no."""
    organisation, purpose, kind = cell
    for answer in reversed(said):
        if (answer.person, answer.organisation, answer.purpose) == (holder, organisation, purpose):
            if kind in answer.no:
                return False
            if kind in answer.yes:
                return True
    return False


@given(families, st.lists(answers, max_size=12))
def test_openings_are_what_the_rules_say_in_plain_words(family: tuple[Relative, ...], said: list[Consent]) -> None:
    expected = set()
    for relative in family:
        needed = decides(family, relative.id)
        for cell in product(("jgz", "ggz"), ("delen", "overleg"), ("contact", "geld_wonen")):
            if needed is not None and all(last_word(said, holder, cell) for holder in needed):
                expected.add(Opening(*cell, relative.id))
    assert consent.openings(family, said) == expected


@given(families, st.lists(answers, max_size=8), answers)
def test_one_more_no_never_opens_anything(family: tuple[Relative, ...], said: list[Consent], more: Consent) -> None:
    refusal = replace(more, yes=frozenset())
    assert consent.openings(family, [*said, refusal]) <= consent.openings(family, said)


# --- the gate, and what stays when a case ends -----------------------------------------------------------------

TEAM = ("buurtlicht", "stadhuis")


@pytest.mark.parametrize(
    ("said", "open_"),
    [
        ([], False),
        ([yes("ans", "contact", "doelen_plan", to="buurtlicht")], True),
        ([yes("ans", "contact", to="buurtlicht")], False),
        ([yes("ans", "contact", to="buurtlicht"), yes("ans", "doelen_plan", to="stadhuis")], False),
        ([yes("ans", "contact", to="buurtlicht"), yes("ben", "doelen_plan", to="buurtlicht")], False),
        ([yes("ans", to="jgz")], False),
        ([yes("ans", to="buurtlicht", purpose="overleg")], False),
        ([yes("ans", to="buurtlicht"), no("ben", to="buurtlicht")], True),
        ([yes("ans", to="buurtlicht"), no("ans", "contact", to="buurtlicht")], False),
    ],
)
def test_the_gate_opens_by_a_yes_of_one_person_about_herself_to_one_organisation_of_the_team(
    said: list[Consent], open_: bool
) -> None:
    assert consent.gate(consent.openings((ANS, BEN), said), TEAM) is open_


@pytest.mark.parametrize(
    ("family", "said", "open_"),
    [
        ((ANS, BEN, KIM), [yes("ans", "opvoeding_kind"), yes("ben", "opvoeding_kind")], True),
        ((ANS, BEN, KIM), [yes("ans", "opvoeding_kind")], False),
        ((ANS, BEN, KIM), [yes("ans", "opvoeding_kind"), no("ben", "opvoeding_kind")], False),
        ((ANS, replace(BEN, authority="nee"), KIM), [yes("ans", "opvoeding_kind"), no("ben", "opvoeding_kind")], True),
        ((ANS, KIM), [yes("ans", "contact")], False),
        ((ANS, KIM), [yes("ans", "opvoeding_kind", to="buurtlicht")], False),
        ((ANS, KIM), [yes("ans", "opvoeding_kind", purpose="overleg")], False),
        ((ANS,), [yes("ans", "opvoeding_kind")], False),
    ],
)
def test_a_partner_may_know_how_a_child_does_by_the_yes_of_all_who_have_authority(
    family: tuple[Relative, ...], said: list[Consent], open_: bool
) -> None:
    assert consent.child_gate(consent.openings(family, said), family, TEAM) is open_


def test_at_a_table_is_said_what_all_may_hear_and_of_the_rest_who_may() -> None:
    said = [
        yes("ans", "contact", "geld_wonen", to="schuldhulp"),
        yes("ans", "contact", "verhaal", to="jgz", purpose="overleg"),
        yes("ans", "doelen_plan", to="jgz", purpose="overdracht"),
        yes("ben", "verhaal", to="schuldhulp"),
        yes("ans", "welbevinden", to="ggz"),
    ]
    every, apart = consent.at_table(consent.openings((ANS, BEN), said), {"jgz", "schuldhulp"}, "ans")
    assert every == {"contact"}
    assert apart == {"geld_wonen": {"schuldhulp"}, "verhaal": {"jgz"}}


def test_the_team_elsewhere_reads_what_was_said_for_handing_over_to_it_and_nothing_else() -> None:
    said = [
        yes("ans", "contact", to="daar", purpose="overdracht"),
        yes("ans", "verhaal", to="daar"),
        yes("ans", "contact", to="jgz", purpose="overdracht"),
    ]
    opened = consent.openings((ANS, BEN), said)
    assert consent.handed(opened, {"daar"}) == {Opening("daar", "overgedragen", "contact", "ans")}


def test_a_child_is_named_elsewhere_only_where_all_who_have_gezag_are_too() -> None:
    family = (ANS, BEN, KIM)
    reached = {person: Opening("daar", "overdracht", "contact", person) for person in ("ans", "ben", "kim")}
    assert consent.goes_along(family, reached.values(), {"daar"}) == {"ans", "ben", "kim"}
    assert consent.goes_along(family, [reached["ans"], reached["kim"]], {"daar"}) == {"ans"}
    assert consent.goes_along(family, [reached["kim"]], {"daar"}) == frozenset()
    assert consent.goes_along(family, reached.values(), {"elders"}) == frozenset()


def test_at_the_end_the_team_keeps_how_to_reach_the_family_and_nobody_keeps_more() -> None:
    said = [yes("ans", to="buurtlicht"), yes("ans", to="jgz"), yes("ben", to="buurtlicht", purpose="overleg")]
    opened = consent.openings((ANS, BEN), said)
    assert consent.remembered(opened, TEAM) == {Opening("buurtlicht", consent.REMEMBERED, "contact", "ans")}


# --- what a reply means ----------------------------------------------------------------------------------------

SETTINGS = Settings(
    region="proefregio",
    name="Proefregio",
    municipalities={"kerkrade": "Kerkrade", "vaals": "Vaals"},
    organisations={
        "schuldhulp": Organisation("schuldhulp", "Schuldhulp", kind="geldzaken"),
        "buurtlicht": Organisation("buurtlicht", "Buurtlicht", kind="welzijn", team=("kerkrade",)),
    },
    data_kinds={kind: DataKind(kind, kind) for kind in KINDS},
    needs={
        "geldzaken": {"delen": Need(("contact", "geld_wonen")), "overdracht": Need(("contact",))},
        "knooppuntteam": {"delen": Need(("contact", "doelen_plan"))},
    },
)


def meant(reply: str, organisation: str = "schuldhulp", purpose: str = "delen", *kinds: str) -> tuple[set[str], ...]:
    values = {"persoon": "ans", "organisatie": organisation, "antwoord": reply, "soorten": list(kinds)}
    (entry,) = consent.meant([Entry("toestemming", values, {"doel": purpose})], SETTINGS)
    return set(entry.yes), set(entry.no)


def test_a_reply_means_kinds_of_data() -> None:
    assert meant("ja") == ({"contact", "geld_wonen"}, set())
    assert meant("ja", "schuldhulp", "overdracht") == ({"contact"}, set())
    assert meant("nee") == (set(), set(KINDS))
    assert meant("anders", "schuldhulp", "delen", "contact", "verhaal") == (
        {"contact", "verhaal"},
        {"geld_wonen", "doelen_plan"},
    )
    assert meant("anders") == (set(), set(KINDS)), "who names nothing lets nothing be known"
    assert meant("niet_gevraagd") == meant("") == (set(), set())


def test_a_yes_names_no_kind_that_the_region_does_not_list() -> None:
    assert meant("anders", "schuldhulp", "delen", "contact", "bloedgroep")[0] == {"contact"}


def test_the_team_needs_what_the_team_does_whatever_kind_of_organisation_it_is() -> None:
    assert meant("ja", "buurtlicht") == ({"contact", "doelen_plan"}, set())
    assert consent.needed(SETTINGS, "buurtlicht", "overdracht") == frozenset()
    assert consent.needed(SETTINGS, "onbekend", "delen") == frozenset()


def test_an_organisation_is_the_team_where_it_works_as_such_and_nowhere_else() -> None:
    assert consent.team(SETTINGS, "kerkrade") == {"buurtlicht"}
    assert consent.team(SETTINGS, "vaals") == frozenset()


def test_a_form_computes_from_the_gates_by_their_names() -> None:
    said = [yes("ans", "contact", "doelen_plan", to="buurtlicht"), yes("ans", "opvoeding_kind", to="schuldhulp")]
    assert consent.gates((ANS, KIM), said, SETTINGS, "kerkrade") == {"poort": "ja", "poort_kind": "ja"}
    assert consent.gates((ANS, KIM), said, SETTINGS, "vaals") == {"poort": "nee", "poort_kind": "ja"}
    assert consent.gates((ANS, KIM), [], SETTINGS, "kerkrade") == {"poort": "nee", "poort_kind": "nee"}


def test_only_answers_to_a_request_for_consent_mean_a_yes_or_no() -> None:
    other = Entry("afspraken", {"antwoord": "ja", "organisatie": "schuldhulp"}, {})
    assert consent.meant([other], SETTINGS) == (other,)
    assert consent.consents_of([other]) == ()


def test_what_was_said_for_one_purpose_is_kept_for_that_purpose() -> None:
    rows = [
        Entry(
            "toestemming", {"persoon": "ans", "organisatie": "jgz"}, {"doel": "overdracht"}, yes=frozenset({"contact"})
        )
    ]
    assert consent.consents_of(rows) == (yes("ans", "contact", purpose="overdracht"),)


def test_what_a_form_says_of_the_family_becomes_its_people() -> None:
    rows = [
        Entry("gezin", {"naam": "Ans", "relatie": "moeder", "leeftijd": "16_plus", "gezag": "ja"}, {}, "ans"),
        Entry("gezin", {"relatie": "andere_ouder", "leeftijd": "16_plus"}, {}, "ben"),
        Entry("gezin", {"relatie": "kind", "gezag_over": None}, {}, "kim"),
        Entry("gezin", {"naam": "Ans B.", "relatie": "moeder", "leeftijd": "16_plus"}, {}, "ans"),
        Entry("toestemming", {"persoon": "ans", "organisatie": "jgz"}, {}, "rij"),
    ]
    ans, ben, kim = consent.family_of(rows)
    assert (ans.name, ans.authority) == ("Ans B.", "onbekend"), "what was said last"
    assert (ben.id, ben.name, ben.authority, ben.over) == ("ben", "", "onbekend", frozenset())
    assert consent.holders((ans, ben, kim), "kim") == {"ans", "ben"}


def test_what_is_said_of_a_child_before_its_birth_is_about_its_mother() -> None:
    assert consent.about((ANS, BEN), "kind") == {"ans"}
    assert consent.about((ANS, BEN, KIM, replace(KIM, id="tim")), "kind") == {"kim", "tim"}
    assert consent.about((ANS, BEN), "andere_ouder") == {"ben"}
    assert consent.about((ANS,), "andere_ouder") == frozenset()
