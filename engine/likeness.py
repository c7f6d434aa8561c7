"""What somebody meant who wrote a name that isn't there."""

from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches

LIKELY, SURE = 0.6, 0.8
APART = 0.1
"""How much more a name must be like what was written than any other, before there is no doubt."""
MOST_LISTED = 20


def likely(written: str, names: Collection[str], least: float = LIKELY) -> str:
    """The name that is most like what was written; "" where none is."""
    return next(iter(get_close_matches(written, sorted(names), 1, least)), "")


def certain(written: str, names: Collection[str]) -> str:
    """The one name that can have been meant; "" where there is doubt."""
    near = get_close_matches(written, sorted(names), 2, LIKELY)
    ratios = [SequenceMatcher(a=name, b=written).ratio() for name in near]
    if not near or ratios[0] < SURE or (len(near) > 1 and ratios[0] - ratios[1] < APART):
        return ""
    return near[0]


def meant(written: str, names: Collection[str], advice: str) -> str:
    """Advice on a name that isn't there, which begins with the one that is most like it."""
    near = likely(written, names)
    return f"Bedoelde je '{near}'? {advice}" if near else advice


def choice(written: str, names: Collection[str]) -> str:
    """The same, with all names that there are as advice, where these can be listed."""
    listed = (
        f"Kies uit: {', '.join(sorted(names))}." if 0 < len(names) <= MOST_LISTED else "Gebruik een naam die er is."
    )
    return meant(written, names, listed)
