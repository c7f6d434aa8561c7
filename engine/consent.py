"""What a family's consents cover: per purpose, organisation and kind of data (domain C; RUL-06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Consent:
    """One answer of one person to one request. `organisations` and `categories` are ids from the settings."""

    person: str
    purpose: str
    given: bool
    organisations: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    recorded_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Whether it was given and not yet withdrawn; what was shared before withdrawal stays lawful."""
        return self.given and (self.withdrawn_at is None or self.withdrawn_at > now)


def named_organisations(consents: Iterable[Consent], now: datetime) -> frozenset[str]:
    """The organisations that the consents in force together name. A newer answer of the same person to the same
    purpose replaces the older one.
    """
    latest = {(consent.person, consent.purpose): consent for consent in consents}
    return frozenset().union(*(consent.organisations for consent in latest.values() if consent.in_force(now)))
