"""The endpoints about what somebody of a family asks to see (inzage, AVG 15): recorded by who keeps the overview, read
and given by the functionaris. Texts and values come as they are kept; the pages make sentences of them.
"""

from fastapi import status

from api.request import Routes, Visit
from api.v1.shapes import (
    AccessAskedIn,
    AccessDossierOut,
    AccessOut,
    AccessOutcomeIn,
    ChosenIn,
    LookedOut,
    OpeningOut,
    PassedIn,
    PieceOut,
    RelativeOut,
    SaidOut,
    WordsOut,
    WrittenOut,
    in_words_of_v1,
)
from engine import cases
from engine.cases.subject_access import Dossier, Written
from engine.store.registers import Said
from engine.store.subject_access import AccessRequest

routes = Routes(prefix="/v1")


@routes.post("/cases/{case_id}/access-requests", tags=["inzageverzoeken"], status_code=status.HTTP_204_NO_CONTENT)
def record_access_request(visit: Visit, case_id: int, body: AccessAskedIn) -> None:
    """Record that somebody asks what is kept about whom of this family."""
    with in_words_of_v1():
        cases.record_access(visit.ctx, case_id, body.about, body.asker, body.asked_on, body.identity)


@routes.get("/access-requests", tags=["inzageverzoeken"])
def list_access_requests(visit: Visit) -> tuple[AccessOut, ...]:
    """What was asked where this functionaris watches over."""
    return tuple(_access_out(each) for each in cases.access_requests(visit.ctx))


def _access_out(asked: AccessRequest) -> AccessOut:
    return AccessOut(
        id=asked.id,
        case_id=asked.case_id,
        municipality=asked.municipality,
        about=asked.relation,
        asker=asked.asker,
        asked_on=asked.asked_on,
        identity=asked.identity,
        person=asked.person,
        due=cases.due(asked),
        ended_at=asked.ended_at,
        outcome=asked.outcome,
    )


@routes.get("/access-requests/{access_id}", tags=["inzageverzoeken"])
def read_access_request(visit: Visit, access_id: int) -> AccessDossierOut:
    """All that is kept about the person who was chosen, with the pieces that have to be read before they go along."""
    dossier = cases.prepared(visit.ctx, access_id)
    return _dossier_out(dossier, dossier.unread)


@routes.get("/access-requests/{access_id}/copy", tags=["inzageverzoeken"])
def read_access_copy(visit: Visit, access_id: int) -> AccessDossierOut:
    """What goes along as it stands: what is certain, and the pieces that were read and passed."""
    dossier = cases.prepared(visit.ctx, access_id)
    return _dossier_out(dossier.given(), dossier.unread)


def _dossier_out(dossier: Dossier, unread: int) -> AccessDossierOut:
    return AccessDossierOut(
        request=_access_out(dossier.request),
        family=tuple(RelativeOut.model_validate(each, from_attributes=True) for each in dossier.family),
        written=tuple(_written_out(each) for each in dossier.written),
        words=tuple(WordsOut.model_validate(each, from_attributes=True) for each in dossier.words),
        said=tuple(_said_out(each) for each in dossier.said),
        opened=tuple(OpeningOut.model_validate(each, from_attributes=True) for each in sorted(dossier.opened)),
        looked=tuple(LookedOut.model_validate(each, from_attributes=True) for each in dossier.looked),
        erased_on=dossier.planned,
        unread=unread,
    )


def _written_out(written: Written) -> WrittenOut:
    element = written.element
    return WrittenOut(
        process=element.process,
        element=element.id,
        title=element.title,
        at=written.at,
        writer=written.writer,
        values=written.values,
        pieces=tuple(PieceOut.model_validate(each, from_attributes=True) for each in written.pieces),
    )


def _said_out(said: Said) -> SaidOut:
    answer = said.consent
    return SaidOut(
        organisation=answer.organisation,
        purpose=answer.purpose,
        yes=tuple(sorted(answer.yes)),
        no=tuple(sorted(answer.no)),
        recorded_at=said.recorded_at,
        replaced_at=said.replaced_at,
    )


@routes.post("/access-requests/{access_id}/person", tags=["inzageverzoeken"], status_code=status.HTTP_204_NO_CONTENT)
def choose_person(visit: Visit, access_id: int, body: ChosenIn) -> None:
    """Say whom of the family it is about."""
    with in_words_of_v1():
        cases.choose_person(visit.ctx, access_id, body.person)


@routes.post("/access-requests/{access_id}/passed", tags=["inzageverzoeken"], status_code=status.HTTP_204_NO_CONTENT)
def pass_pieces(visit: Visit, access_id: int, body: PassedIn) -> None:
    """Say which pieces were read and go along, by their marks; the others stay out."""
    cases.pass_pieces(visit.ctx, access_id, body.marks)


@routes.post("/access-requests/{access_id}/outcome", tags=["inzageverzoeken"], status_code=status.HTTP_204_NO_CONTENT)
def end_access_request(visit: Visit, access_id: int, body: AccessOutcomeIn) -> None:
    """Say that it was given or not; nobody reads it from then on."""
    with in_words_of_v1():
        cases.end_access(visit.ctx, access_id, body.outcome)
