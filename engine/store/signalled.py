"""Who signalled a case, and how far this person has heard how it goes."""

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import case_file, event, participant
from engine.words import CaseStatus, Happening, News, RoleId

_IS_SIGNALLER = participant.c.role == RoleId.AANMELDER


def own(tx: Transaction, person_id: str, limit: int) -> tuple[int, ...]:
    """The cases that somebody signalled, the newest first: also where a later round is no more of this person's."""
    takes_part = sa.select(participant.c.case_id).where(participant.c.person_id == person_id, _IS_SIGNALLER)
    began = sa.select(event.c.case_id).where(event.c.actor == person_id, event.c.kind == Happening.STARTED)
    earlier = sa.and_(case_file.c.round_at.is_not(None), case_file.c.id.in_(began))
    mine = sa.or_(case_file.c.id.in_(takes_part), earlier)
    query = sa.select(case_file.c.id).where(mine, case_file.c.guarded, case_file.c.status != CaseStatus.REMOVED)
    return tuple(tx.execute(query.order_by(case_file.c.id.desc()).limit(limit)).scalars())


def hears(tx: Transaction, case_id: int, person_id: str, news: News) -> bool:
    """Whether this says more than who signalled has heard; from now on it is what was heard."""
    mine = sa.and_(participant.c.case_id == case_id, participant.c.person_id == person_id, _IS_SIGNALLER)
    before = tx.execute(sa.select(participant.c.told).where(mine)).scalar()
    said = list(News)
    if before is None or said.index(news) <= (said.index(News(before)) if before else 0):
        return False
    tx.execute(sa.update(participant).where(mine).values(told=news))
    return True
