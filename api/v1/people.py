"""The endpoints about who works here, of a beheerder: people, when they are away, and who is put forward to oversee.

No family stands in any of their answers. A way in (an invitation, a key) is made on a page or by command only.
"""

from typing import Annotated

from fastapi import Query, status

from api.request import Routes, Visit
from api.v1.endpoints import link_next
from api.v1.shapes import (
    AbsenceIn,
    AbsenceOut,
    AppointmentOut,
    ChangeOut,
    DecidedOut,
    DecisionIn,
    EndedOut,
    EndIn,
    PersonDetailOut,
    PersonIn,
    PersonOut,
    ProposalOut,
    PutForwardIn,
    VacancyOut,
    in_words_of_v1,
)
from engine.access import Appointment
from engine.cases import absence, staff
from engine.store.staff import Employee

routes = Routes(prefix="/v1")
PAGE_SIZE = 50
LONGEST_ID = 80


@routes.get("/people", tags=["mensen"])
def list_people(
    visit: Visit, *, ended: bool = False, after: Annotated[str, Query(max_length=LONGEST_ID)] = ""
) -> tuple[PersonOut, ...]:
    """Who works in the own municipalities, by name; with `ended` who did. `after` is the person to go on from."""
    everybody = staff.employees(visit.ctx, staff.Search(ended=ended))
    begin = next((n + 1 for n, each in enumerate(everybody) if each.person.id == after), 0)
    page = everybody[begin : begin + PAGE_SIZE]
    link_next(visit, page[-1].person.id if len(everybody) > begin + PAGE_SIZE else "")
    return tuple(_person_out(each) for each in page)


def _person_out(employee: Employee) -> PersonOut:
    who = employee.person
    return PersonOut(
        id=who.id,
        name=who.name,
        organisation=who.organisation,
        function=who.function,
        mail=employee.mail,
        phone=employee.phone,
        working_days=employee.working_days,
        appointments=tuple(AppointmentOut.of(each) for each in who.appointments),
        ended_at=employee.ended_at,
    )


@routes.get("/people/{person_id}", tags=["mensen"])
def read_person(visit: Visit, person_id: str) -> PersonDetailOut:
    """One of them, with what was changed about this person and by whom."""
    changes = staff.changes(visit.ctx, person_id)
    return PersonDetailOut(
        **dict(_person_out(staff.employee(visit.ctx, person_id))),
        changes=tuple(ChangeOut.model_validate(each, from_attributes=True) for each in changes),
    )


@routes.post("/people", tags=["mensen"], status_code=status.HTTP_201_CREATED)
def add_person(visit: Visit, body: PersonIn) -> PersonOut:
    """Add somebody. A role that oversees is put forward: another person approves it (`listProposals`)."""
    with in_words_of_v1():
        id = staff.add(visit.ctx, _wanted(body), body.reason.strip())
    return _person_out(staff.employee(visit.ctx, id))


@routes.post("/people/{person_id}", tags=["mensen"])
def change_person(visit: Visit, person_id: str, body: PersonIn) -> PersonOut:
    """Let somebody be as is sent from now on, in the own municipalities; a role that isn't sent is taken away."""
    with in_words_of_v1():
        staff.change(visit.ctx, person_id, _wanted(body), body.reason.strip())
    return _person_out(staff.employee(visit.ctx, person_id))


def _wanted(body: PersonIn) -> staff.Wanted:
    return staff.Wanted(
        body.name.strip(),
        body.organisation,
        body.function.strip(),
        body.mail.strip(),
        body.phone.strip(),
        body.working_days,
        frozenset(Appointment(each.role, each.municipality) for each in body.appointments),
    )


@routes.post("/people/{person_id}/end", tags=["mensen"])
def end_person(visit: Visit, person_id: str, body: EndIn) -> EndedOut:
    """Let somebody stop in the own municipalities; open work goes to a colleague as far as the families allow that."""
    with in_words_of_v1():
        ended = staff.end(visit.ctx, person_id, body.heir, body.keeper, body.reason.strip())
    return EndedOut(handed=ended.handed, waiting=ended.waiting)


@routes.get("/people/{person_id}/absences", tags=["mensen"])
def list_absences(visit: Visit, person_id: str) -> tuple[AbsenceOut, ...]:
    """When somebody is away from today on: of this person, or of somebody whom this person is beheerder of."""
    rows = absence.absences(visit.ctx, person_id)
    return tuple(AbsenceOut.model_validate(each, from_attributes=True) for each in rows)


@routes.post("/people/{person_id}/absences", tags=["mensen"], status_code=status.HTTP_204_NO_CONTENT)
def add_absence(visit: Visit, person_id: str, body: AbsenceIn) -> None:
    """Say from when until when somebody is away, and who of the same organisation stands in."""
    with in_words_of_v1():
        absence.leave(visit.ctx, person_id, body.first, body.last, body.deputy)


@routes.post("/people/{person_id}/absences/{absence_id}/end", tags=["mensen"], status_code=status.HTTP_204_NO_CONTENT)
def end_absence(visit: Visit, person_id: str, absence_id: int) -> None:
    """Let an absence be over from today on, or not begin."""
    absence.back(visit.ctx, person_id, absence_id)


@routes.get("/proposals", tags=["mensen"])
def list_proposals(visit: Visit) -> tuple[ProposalOut, ...]:
    """Who is put forward for a role that oversees, or to act where nobody is left."""
    return tuple(
        ProposalOut(
            id=each.id,
            at=each.at,
            by=each.by,
            person=each.person,
            appointment=AppointmentOut.of(each.appointment),
            reason=each.reason,
            may_decide=staff.may_decide(visit.ctx, each),
        )
        for each in staff.proposals(visit.ctx)
    )


@routes.post("/proposals/{proposal_id}/decision", tags=["mensen"])
def decide_proposal(visit: Visit, proposal_id: int, body: DecisionIn) -> DecidedOut:
    """Approve a proposal or refuse it, as a second person; who made it may take it back."""
    decided = staff.decide(visit.ctx, proposal_id, body.approves)
    return DecidedOut(person=decided.proposal.person, in_anew=decided.in_anew)


@routes.get("/vacancies", tags=["mensen"])
def list_vacancies(visit: Visit) -> tuple[VacancyOut, ...]:
    """Where a step waits that nobody may do any more and of which nobody else may know: no family, no number."""
    return tuple(
        VacancyOut(
            municipality=each.municipality,
            organisation=each.organisation,
            people=tuple(person.id for person in each.people),
        )
        for each in staff.vacancies(visit.ctx)
    )


@routes.post("/proposals", tags=["mensen"], status_code=status.HTTP_204_NO_CONTENT)
def put_forward(visit: Visit, body: PutForwardIn) -> None:
    """Put somebody forward to act where nobody is left (`listVacancies`); another person decides."""
    with in_words_of_v1():
        staff.put_forward(visit.ctx, body.municipality, body.organisation, body.person, body.reason.strip())
