"""A closed dossier goes on in a new round: by the Knooppunt team, and by no yes of before."""

import pytest

from engine import cases, store
from engine.definitions.registers import AgreementRow
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.words import AgreementStatus, Happening, Message, Mistake
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, STRANGER, Play, example

EXAMPLE = example("heropend")
REASON = "Het gezin vraagt opnieuw om hulp."
BEFORE = next(number for number, action in enumerate(EXAMPLE.actions) if action.kind == "heropen")
RECORDED = EXAMPLE.actions[BEFORE + 2].answers


def reopen(play: Play, by: str = COORDINATOR, reason: str = REASON) -> None:
    with play.as_(by) as ctx:
        cases.reopen(ctx, play.case_id, reason)


def ended(play: Play) -> Play:
    """A case that came to its end."""
    return play.play(EXAMPLE, until=EXAMPLE.actions[BEFORE].name)


def asked(play: Play) -> Play:
    """A case that was reopened, in which consent is to be asked."""
    reopen(ended(play))
    play.do("heropening_vastleggen", {**RECORDED, "signaal_datum": play.now.date().isoformat()})
    return play


def written(play: Play, person: str) -> str:
    """All that somebody reads on the page of the case."""
    view = play.view(person)
    return repr((view.title, view.answers, view.goals, view.rows(AgreementRow), view.consents, view.history))


def test_a_dossier_goes_on_under_its_number_and_consent_is_asked_at_once(play: Play) -> None:
    ended(play)
    number = play.case_id
    reopen(play)
    view = play.view(COORDINATOR)
    assert (view.id, view.status, view.ended_at, view.end_reason) == (number, "lopend", None, "")
    assert (view.title, view.started_at) == ("Terugkom", play.now)
    ((began_at, ended_at),) = [(past.began_at, past.ended_at) for past in view.rounds if past.status == "klaar"]
    assert began_at == play.began < ended_at < play.now
    assert play.open() == ["heropening_vastleggen"]
    assert play.row("heropening_vastleggen").assignee == COORDINATOR
    play.do("heropening_vastleggen", {"gezin_wil_ronde": "nee"})
    assert play.open() == ["heropening_vastleggen"]
    play.do("heropening_vastleggen", {**RECORDED, "signaal_datum": play.now.date().isoformat()})
    assert play.open() == ["uitleg_geven"]
    assert play.row("uitleg_geven").assignee == REPORTER


def test_only_the_knooppunt_team_reopens_and_says_why(play: Play) -> None:
    ended(play)
    for other in (REPORTER, LEAD, PARTNER, STRANGER):
        with play.as_(other) as ctx, pytest.raises(NotFoundError):
            cases.reopen(ctx, play.case_id, REASON)
    with play.as_(OVERSEER) as ctx, pytest.raises(InvalidDataError):
        cases.reopen(ctx, play.case_id, "  ")
    assert play.view(OVERSEER).reopening is not None
    reopen(play, OVERSEER)
    assert play.view(OVERSEER).reopening is None
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="loopt al"):
        cases.reopen(ctx, play.case_id, REASON)


def test_a_removed_signal_is_not_reopened(play: Play) -> None:
    play.start(EXAMPLE.actions[0].answers)
    with play.as_(REPORTER) as ctx:
        cases.remove(ctx, play.case_id, Mistake.SLIP)
    assert play.view(OVERSEER).reopening is None
    with play.as_(OVERSEER) as ctx, pytest.raises(NotAllowedError):
        cases.reopen(ctx, play.case_id, REASON)


def test_until_the_family_is_asked_anew_nobody_reads_a_word_of_before(play: Play) -> None:
    reopen(ended(play))
    for partner in (LEAD, PARTNER, REPORTER):
        with pytest.raises(NotFoundError):
            play.view(partner)
    for word in ("babyspullen", "ruilwinkel", "opgelucht", "kinderwagen"):
        assert word not in written(play, OVERSEER)
    kinds = {event.kind for event in play.view(OVERSEER).history}
    assert kinds == {Happening.STARTED, Happening.REOPENED}
    assert not play.view(OVERSEER).may_withdraw
    with play.as_(REPORTER, writes=False) as ctx:
        assert any("weinig spullen" in repr(own.answered.values) for own in cases.written(ctx, 50).rows)


def test_a_yes_of_before_opens_no_gate_and_a_no_ends_the_round(play: Play) -> None:
    asked(play)
    play.do("uitleg_geven", {"uitleg_begrepen": "ja"})
    with play.database.reading() as tx:
        assert store.registers.said(tx, play.case_id) == ()
        assert not store.case_files.read(tx, play.case_id, None).agreed
    no = {"toestemmingen": [{"persoon": "@moeder", "organisatie": "buurtlicht_kerkrade", "antwoord": "nee"}]}
    play.do("toestemming_vastleggen", no)
    assert play.open() == ["eigen_zorg_bieden"]
    assert play.view(COORDINATOR).title == f"Signaal {play.case_id}"


def test_what_was_written_before_opens_again_by_the_new_yes_and_for_whom_it_names(play: Play) -> None:
    play.play(EXAMPLE)
    assert play.open() == ["opdracht_geven"]
    partner = written(play, LEAD)  # jgz, whom the new yes names for what its work needs
    assert "rooster" in partner
    assert "Terugkom" in play.view(COORDINATOR).title
    assert "kinderwagen" in written(play, COORDINATOR)  # doelen en plan
    assert "weinig spullen" not in written(play, COORDINATOR)  # verhaal, which nobody said yes to
    agreements = {row.what: row.status for row in play.view(COORDINATOR).rows(AgreementRow)}
    assert agreements == {
        "Weten waar babyspullen goedkoop te krijgen zijn": AgreementStatus.DONE,
        "Een rooster maken voor de eerste weken": AgreementStatus.OPEN,
    }


def test_answers_of_before_are_read_and_corrected_no_more(play: Play) -> None:
    play.play(EXAMPLE)
    correctable = {step.element.id for step in play.view(COORDINATOR).answers if step.correctable}
    assert "evaluatie_houden" not in correctable
    with pytest.raises(NotAllowedError):
        play.correct("evalueren", "evaluatie_houden", {"evaluatie_uitkomst": "opschalen"}, "Toch anders", by=LEAD)


def test_who_asks_in_a_new_round_can_not_remove_the_dossier(play: Play) -> None:
    asked(play)
    assert not play.view(REPORTER).may_remove
    with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.remove(ctx, play.case_id, Mistake.SLIP)


def test_reopening_is_undone_within_the_hour_and_all_stands_as_it_did(play: Play) -> None:
    ended(play)
    before = play.view(OVERSEER)
    with play.database.reading() as tx:
        said = store.registers.said(tx, play.case_id)
    reopen(play, OVERSEER)
    with play.as_(OVERSEER) as ctx:
        cases.undo(ctx, play.case_id)
    after = play.view(OVERSEER)
    assert (after.status, after.title, after.rounds, after.ended_at) == ("klaar", before.title, (), before.ended_at)
    assert play.open() == []
    with play.database.reading() as tx:
        assert store.registers.said(tx, play.case_id) == said != ()


def test_deadlines_and_the_second_birthday_count_from_the_new_round(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="eindevaluatie_houden")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Genoeg geholpen")
    reopen(play)
    play.do("heropening_vastleggen", {**RECORDED, "signaal_datum": play.now.date().isoformat()})
    play.wait("P1D")
    assert play.open() == ["uitleg_geven"]
    with play.database.reading() as tx:
        case = store.case_files.read(tx, play.case_id, None)
    assert case.begun_at == case.round_at != case.started_at


def test_a_meldcode_that_runs_unseen_goes_on_and_is_not_betrayed(play: Play) -> None:
    play.play(EXAMPLE, until="steun_afspreken")
    play.tell(Message.ACUTE_DANGER, by=REPORTER)
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Genoeg geholpen")
    (secret,) = play.rows()
    plain = repr(play.view(OVERSEER))
    assert "signalen_in_kaart" not in plain
    reopen(play, OVERSEER)
    seen = play.view(OVERSEER)
    assert [row.element for row, _ in seen.tasks] == ["heropening_vastleggen"]
    assert "signalen_in_kaart" not in repr((seen.history, seen.answers, seen.tasks))
    assert {row.element for row in play.rows()} == {"heropening_vastleggen", "signalen_in_kaart"}
    assert play.row("signalen_in_kaart").id == secret.id
    signs = {"meldcode_stap_1": "1", "meldcode_signalen": "Blauwe plekken", "meldcode_direct_gevaar": "nee"}
    play.do("signalen_in_kaart", signs, by=REPORTER)
    assert "collega_raadplegen" in play.open()
    assert play.row("collega_raadplegen").assignee == REPORTER
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Toch niet")
    assert play.open() == ["collega_raadplegen"]
    assert play.view(OVERSEER).tasks == ()
    reopen(play, OVERSEER)
    assert play.open() == ["collega_raadplegen", "heropening_vastleggen"]
