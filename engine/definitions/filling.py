"""What a text says by a sign, because a region decides it: `{bewaren:dossier}` is how long it keeps a dossier."""

import re

from engine import deadlines
from engine.definitions.model import Settings
from engine.words import Kept

_SIGN = re.compile(r"\{bewaren:([^{}\n]*)\}")


def filled(text: str, settings: Settings) -> str:
    """A text with the terms of this region in it; it says so where a region chose none, or one that counts in a demo
    alone.
    """
    return _SIGN.sub(lambda sign: _kept(sign[1], settings), text)


def signs_in(text: str) -> tuple[str, ...]:
    """The signs in a text."""
    return tuple(sign[0] for sign in _SIGN.finditer(text))


def nameless(text: str) -> tuple[str, ...]:
    """The signs in a text behind which nothing is known."""
    return tuple(sign[0] for sign in _SIGN.finditer(text) if sign[1] not in tuple(Kept))


def _kept(what: str, settings: Settings) -> str:
    term = settings.retention.get(what)
    if term is None:
        return "nog niet gekozen"
    return f"{deadlines.spoken(term.duration)}{' (een voorbeeld)' if term.example else ''}"
