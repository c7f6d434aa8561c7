"""What a family's consents cover."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.consent import Consent, named_organisations

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def consent(person: str, *named: str, given: bool = True, purpose: str = "delen", until: int | None = None) -> Consent:
    ends = None if until is None else NOW + until * DAY
    return Consent(person, purpose, given, frozenset(named), frozenset(), NOW - DAY, ends)


def test_a_consent_is_in_force_until_it_is_withdrawn() -> None:
    assert consent("moeder", "a").in_force(NOW)
    assert consent("moeder", "a", until=1).in_force(NOW)
    assert not consent("moeder", "a", until=0).in_force(NOW)
    assert not consent("moeder", "a", given=False).in_force(NOW)


def test_what_several_people_and_purposes_name_counts_together() -> None:
    found = named_organisations(
        [consent("moeder", "a"), consent("vader", "b"), consent("moeder", "c", purpose="overleg")], NOW
    )
    assert found == {"a", "b", "c"}


def test_the_newest_answer_of_a_person_to_a_purpose_counts() -> None:
    assert named_organisations([consent("moeder", "a"), consent("moeder", "b")], NOW) == {"b"}
    assert named_organisations([consent("moeder", "a"), consent("moeder", given=False)], NOW) == set()
    assert named_organisations([consent("moeder", given=False), consent("moeder", "a")], NOW) == {"a"}
    assert named_organisations([consent("moeder", "a"), consent("vader", given=False)], NOW) == {"a"}


consents = st.builds(
    consent,
    st.sampled_from(["moeder", "vader"]),
    st.sampled_from("abc"),
    given=st.booleans(),
    purpose=st.sampled_from(["delen", "overleg"]),
    until=st.sampled_from([None, -1, 0, 1]),
)


@given(st.lists(consents, max_size=8))
def test_nothing_is_named_that_no_consent_in_force_names(given: list[Consent]) -> None:
    found = named_organisations(given, NOW)
    assert found <= {name for one in given if one.in_force(NOW) for name in one.organisations}
    assert named_organisations(given, NOW + 2 * DAY) <= found, "time alone opens nothing"
