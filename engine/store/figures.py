"""Counts of families by municipality and quarter, over columns and registers, and what was shown of them.

No case is read for it. What was shown of a quarter is kept and never counted again, so that nobody learns of a family
by looking before and after it came or was erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction
from engine.store.tables import agreement, answer, case_file, consent, event, figure, gap, meeting, registers
from engine.words import AgreementStatus, Answer, CaseStatus, Happening, MeetingStatus, Register, Reply

evaluation = registers[Register.EVALUATION]


@dataclass(frozen=True)
class Span:
    """What is counted: the families of one process in a municipality, from one moment and day until another."""

    process: str
    municipality: str
    since: datetime
    until: datetime
    first: date
    after: date


def by_source(tx: Transaction, span: Span, question: str) -> Mapping[str, int]:
    """How many families were signalled, by the answer to the question who did; "" where that isn't answered."""
    given = sa.func.max(answer.c["values"][question].as_string())
    source = sa.func.coalesce(given, "").label("source")
    each = (
        sa.select(case_file.c.id, source)
        .outerjoin(answer, answer.c.case_id == case_file.c.id)
        .where(*_begun(span))
        .group_by(case_file.c.id)
        .subquery()
    )
    return _counted(tx, sa.select(each.c.source, sa.func.count()).group_by(each.c.source))


def by_consent(tx: Transaction, span: Span) -> Mapping[str, int]:
    """How many of those families somebody of said yes to anybody, and how many not."""
    said = sa.exists().where(consent.c.case_id == case_file.c.id, consent.c.reply.in_((Reply.YES, Reply.OTHERWISE)))
    each = sa.select(sa.case((said, Answer.YES), else_=Answer.NO).label("said")).where(*_begun(span)).subquery()
    return _counted(tx, sa.select(each.c.said, sa.func.count()).group_by(each.c.said))


def by_parents(tx: Transaction, span: Span) -> Mapping[str, int]:
    """How many families had a meeting, by whether parents were at each of them."""
    there = sa.func.min(sa.case((meeting.c.parents_present == Answer.YES, 1), else_=0))
    return _all_or_not(tx, span, meeting, there, meeting.c.date, meeting.c.status == MeetingStatus.HELD)


def by_agreements(tx: Transaction, span: Span) -> Mapping[str, int]:
    """How many families had agreements due, by whether all of them are done."""
    done = sa.func.min(sa.case((agreement.c.status == AgreementStatus.DONE, 1), else_=0))
    still = agreement.c.status.not_in((AgreementStatus.LAPSED, AgreementStatus.PASSED_ON))
    return _all_or_not(tx, span, agreement, done, agreement.c.by_date, still)


def by_goals(tx: Transaction, span: Span) -> Mapping[str, int]:
    """How many families looked back, by what they last said of their goals."""
    last = (
        sa.select(sa.func.max(evaluation.c.id))
        .join(case_file, case_file.c.id == evaluation.c.case_id)
        .where(*_here(span), *_days(span, evaluation.c.date))
        .group_by(evaluation.c.case_id)
    )
    query = sa.select(evaluation.c.goals_met, sa.func.count()).where(evaluation.c.id.in_(last))
    return _counted(tx, query.group_by(evaluation.c.goals_met))


def to_meeting(tx: Transaction, span: Span) -> Sequence[tuple[datetime, date]]:
    """When each family was signalled whose first meeting was in these days, and when that was."""
    first = sa.func.min(meeting.c.date)
    query = (
        sa.select(case_file.c.started_at, first)
        .join(meeting, meeting.c.case_id == case_file.c.id)
        .where(*_here(span), meeting.c.status == MeetingStatus.HELD)
        .group_by(case_file.c.id, case_file.c.started_at)
        .having(*_days(span, first))
    )
    return [(row[0], row[1]) for row in tx.execute(query)]


def to_support(tx: Transaction, span: Span, step: str) -> Sequence[tuple[date, datetime]]:
    """When the first meeting was of each family whose first support began in this time, and when that was: when the
    step was first done that tells so.
    """
    met = (
        sa.select(meeting.c.case_id, sa.func.min(meeting.c.date).label("met"))
        .where(meeting.c.status == MeetingStatus.HELD)
        .group_by(meeting.c.case_id)
        .subquery()
    )
    began = sa.func.min(event.c.at)
    query = (
        sa.select(met.c.met, began)
        .join(case_file, case_file.c.id == met.c.case_id)
        .join(event, event.c.case_id == case_file.c.id)
        .where(*_here(span), event.c.kind == Happening.COMPLETED, event.c.element == step)
        .group_by(case_file.c.id, met.c.met)
        .having(began >= span.since, began < span.until)
    )
    return [(row[0], row[1]) for row in tx.execute(query)]


def gaps(tx: Transaction, region: str, municipality: str, months: Sequence[str]) -> Mapping[str, int]:
    """How often nothing that fits was found, by topic."""
    query = (
        sa.select(gap.c.topic, sa.func.sum(gap.c.times))
        .where(gap.c.region == region, gap.c.municipality == municipality, gap.c.month.in_(months))
        .group_by(gap.c.topic)
    )
    return _counted(tx, query)


def shown(tx: Transaction, municipality: str, quarter: str) -> tuple[Mapping[str, Any], datetime] | None:
    """What was shown of a quarter, and when it was counted; None where nobody asked yet."""
    row = tx.execute(
        sa.select(figure.c.shown, figure.c.at).where(figure.c.municipality == municipality, figure.c.quarter == quarter)
    ).first()
    return (row.shown, row.at) if row is not None else None


def keep(tx: Transaction, municipality: str, quarter: str, what: Mapping[str, Any], now: datetime) -> None:
    """Keep what is shown of a quarter; who came first counts."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {"municipality": municipality, "quarter": quarter, "shown": dict(what), "at": now}
    tx.execute(insert(figure).values(row).on_conflict_do_nothing())


def _here(span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        case_file.c.process == span.process,
        case_file.c.municipality == span.municipality,
        case_file.c.status != CaseStatus.REMOVED,
    )


def _begun(span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_here(span), case_file.c.started_at >= span.since, case_file.c.started_at < span.until)


def _days(span: Span, day: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    return day >= span.first, day < span.after


def _all_or_not(
    tx: Transaction,
    span: Span,
    table: sa.Table,
    least: sa.ColumnElement[Any],
    day: sa.ColumnElement[Any],
    counts: sa.ColumnElement[bool],
) -> Mapping[str, int]:
    """How many families have rows in these days, by whether all of them are so."""
    each = (
        sa.select(least.label("all"))
        .select_from(table)
        .join(case_file, case_file.c.id == table.c.case_id)
        .where(*_here(span), *_days(span, day), counts)
        .group_by(table.c.case_id)
        .subquery()
    )
    said = sa.case((each.c.all == 1, Answer.YES), else_=Answer.NO)
    return _counted(tx, sa.select(said, sa.func.count()).group_by(said))


def _counted(tx: Transaction, query: sa.Select[Any]) -> Mapping[str, int]:
    return {row[0] or "": int(row[1]) for row in tx.execute(query)}
