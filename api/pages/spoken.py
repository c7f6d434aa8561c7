"""What a family is asked and what it said, in the sentences that are spoken: on the form and on paper alike."""

from collections.abc import Collection, Mapping

from engine.definitions import Settings
from engine.words import Purpose

FOR: Mapping[str, str] = {
    Purpose.PRELIMINARY: "voor een gesprek zonder jou erbij ",
    Purpose.MEETING: "voor het overleg ",
    Purpose.TRANSFER: "voor de overdracht ",
}
"""What stands before “weten” where somebody may know it for one purpose only."""


def knowing(settings: Settings, kinds: Collection[str]) -> str:
    """What somebody may know: “hoe we jullie bereiken, en van geld en wonen”."""
    said = [kind.spoken for id, kind in settings.data_kinds.items() if id in kinds]
    return f"{', '.join(said[:-1])}, en {said[-1]}" if len(said) > 1 else "".join(said)


def question(settings: Settings, name: str, kinds: Collection[str], purpose: str) -> str:
    """The one sentence in which somebody is asked about the organisation of this name."""
    asked = knowing(settings, kinds) or "wat zij nodig heeft"
    return f"Mag {name} {FOR.get(purpose, '')}weten {asked}?"


def answer(settings: Settings, name: str, yes: Collection[str], no: Collection[str], purpose: str) -> str:
    """What somebody said about it: the kinds of data that it may know, and those that it may not."""
    use = FOR.get(purpose, "")
    if yes:
        rest = " De rest niet." if no else ""
        return f"{name} mag {use}weten {knowing(settings, yes)}.{rest}"
    return f"{name} mag {use}niets weten." if no else f"Over {name} is nu bewust niets gevraagd."
