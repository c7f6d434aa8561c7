"""Moments, terms and answers in Dutch words, the same on every page."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from engine import deadlines
from engine.forms import Field, Holds, Option

ZONE = deadlines.ZONE
NOT_ANSWERED = "Niet ingevuld"


def local(value: object) -> date | None:
    """A date, a moment or its ISO text as the day (or moment) it is on a Dutch clock; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(ZONE) if value.tzinfo else value
    return value if isinstance(value, date) else None


def day(value: object) -> str:
    """`3 maart 2026`."""
    when = local(value)
    return deadlines.in_words(when) if when else str(value or "")


def weekday(value: object) -> str:
    """`dinsdag 3 maart 2026`."""
    when = local(value)
    return f"{deadlines.WEEKDAYS[when.weekday()]} {day(when)}" if when else ""


def moment(value: object) -> str:
    """`maandag 3 maart 2026, 10.15 uur`."""
    when = local(value)
    if not isinstance(when, datetime):
        return day(value)
    return f"{deadlines.WEEKDAYS[when.weekday()]} {day(when)}, {hour(when)}"


def hour(moment: datetime) -> str:
    """`10.15 uur`."""
    when = moment.astimezone(ZONE)
    return f"{when.hour}.{when.minute:02} uur"


def span(length: timedelta) -> str:
    """How long something lasts: `30 minuten`, `12 uur`."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} uur" if minutes % 60 == 0 else f"{minutes} minuten"


def machine(value: object) -> str:
    """The same as a `datetime` attribute has it."""
    when = local(value)
    return when.isoformat(timespec="minutes") if isinstance(when, datetime) else str(when or "")


def term(due: object, now: datetime, *, late: bool | None = None) -> str:
    """How far off a deadline is, seen from today: `vandaag`, `nog 3 dagen`, `2 dagen te laat`."""
    end, today = _date(local(due)), _date(local(now))
    if end is None or today is None:
        return ""
    days = (end - today).days
    if days < 0:
        return f"{-days} {'dag' if days == -1 else 'dagen'} te laat"
    if late:
        return "te laat"
    return {0: "vandaag", 1: "morgen"}.get(days, f"nog {days} dagen")


def soon(due: object, now: datetime) -> bool:
    """Whether a deadline falls today or tomorrow."""
    end, today = _date(local(due)), _date(local(now))
    return bool(end and today and 0 <= (end - today).days <= 1)


def past(due: datetime | None, now: datetime) -> bool:
    """Whether a deadline lies behind us."""
    return due is not None and due < now


def _date(value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def answer(field: Field, value: object, options: Sequence[Option] = ()) -> str:
    """What somebody answered, as a reader says it: labels for choices, days in words."""
    if value is None or value == "" or value == []:
        return NOT_ANSWERED
    if field.type.holds is Holds.YES_NO:
        return "Ja" if value else "Nee"
    labels = {option.value: option.label for option in options}
    if isinstance(value, list | tuple):
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    if field.type.holds is Holds.DAY:
        return day(value)
    if field.type.holds is Holds.MOMENT:
        return moment(value)
    return labels.get(str(value), plain(value))


def sentence(text: str) -> str:
    """A text with a capital at its beginning, the rest as it was."""
    return text[:1].upper() + text[1:]


def plain(value: object) -> str:
    """A value without a form that explains it."""
    if isinstance(value, bool):
        return "Ja" if value else "Nee"
    if isinstance(value, Mapping):
        return "; ".join(plain(item) for key, item in value.items() if key != "id" and item not in (None, ""))
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    when = local(value) if isinstance(value, str) and len(value) == 10 else None
    if when or isinstance(value, date):
        return day(value)
    return "" if value is None else str(value)


def filled(text: str, values: Mapping[str, object]) -> str:
    """A help text with `{{veld}}` replaced by what the case knows, made harmless for Markdown."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: _escaped(values.get(match[1])), text)


def _escaped(value: object) -> str:
    if value is None or value == "":
        return "…"
    return re.sub(r"([\\`*_{}\[\]()#+\-.!<>|~])", r"\\\1", plain(value)).replace("\n", " ")
