"""Regular expressions that can't run away: the only maker of patterns in text that a region wrote.

Python's `re` backtracks, so that some patterns need longer than the age of the universe. Refused are a
repeated group that repeats or chooses inside, look-around and back-references; what is left can at worst try
(length of the text) ^ (number of free repetitions) ways, and more than MAX_TRIES of them is refused too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_TRIES = 10_000_000
MAX_PATTERN = 500
_OTHERWISE = re.compile(r"\\\d|-\[")
"""What Python reads otherwise than XPath inside [ … ]: a reference back, and one class less another."""
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)?(,)?(\d+)?\}")


class PatternError(ValueError):
    """A pattern that is no regular expression, or one that could take too long."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `repeats` are its free repetitions: the greatest count of each, None for no limit."""

    compiled: re.Pattern[str]
    repeats: tuple[int | None, ...]

    def fits(self, text: str) -> bool:
        """Say whether a search in this text stays within MAX_TRIES."""
        tries = len(text) + 1
        for limit in self.repeats:
            tries *= min(len(text), limit if limit is not None else len(text)) + 1
        return tries <= MAX_TRIES


@lru_cache(maxsize=512)
def compile_pattern(text: str, flags: str = "") -> Pattern:
    """Compile a pattern; PatternError where it is wrong or dangerous. Flags are those of XPath: s, m and i."""
    if len(text) > MAX_PATTERN or set(flags) - set(FLAGS):
        raise PatternError(text)
    repeats = _Scan(text).run()
    value = re.RegexFlag(0)
    for letter in flags:
        value |= FLAGS[letter]
    try:
        return Pattern(re.compile(text, value), repeats)
    except (re.error, OverflowError, RecursionError) as problem:
        raise PatternError(text) from problem


FLAGS = {"s": re.S, "m": re.M, "i": re.I}


@dataclass(slots=True)
class _Group:
    """A bracket that is open: how many alternatives it has so far, and whether it repeats something inside."""

    alternatives: int = 1
    repeats: bool = False

    @property
    def varies(self) -> bool:
        return self.repeats or self.alternatives > 1


class _Scan:
    """One walk over a pattern that collects its free repetitions and choices."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counts: list[int | None] = []
        self.open = [_Group()]
        self.closed: _Group | None = None  # the group that ended just before here

    def run(self) -> tuple[int | None, ...]:
        while self.at < len(self.text):
            match = _QUANTIFIER.match(self.text, self.at)
            if match is None:
                self.closed = self._atom(self.text[self.at])
            else:
                self._quantifier(match)
                self.closed = None
        if self.open[0].alternatives > 1:
            self.counts.append(self.open[0].alternatives)
        return tuple(self.counts)

    def _quantifier(self, match: re.Match[str]) -> None:
        self.at = match.end()
        if self.text[self.at : self.at + 1] in {"?", "+"}:  # lazy or possessive
            self.at += 1
        if match[0] != "?" and self.closed is not None and self.closed.varies:
            raise PatternError(self.text)
        if match[0] in "*+?" or (match[2] and match[1] != match[3]):  # a count such as {3} leaves nothing to try
            self.counts.append(1 if match[0] == "?" else int(match[3]) if match[3] else None)
            for group in self.open:
                group.repeats = True

    def _atom(self, char: str) -> _Group | None:
        following = self.text[self.at + 1 : self.at + 2]
        if char == "\\":
            self.at += 2
            if following.isdigit() or following in {"g", "k"}:
                raise PatternError(self.text)
        elif char == "[":
            self._class(following)
        elif char == "(":
            self._opening(following)
        else:
            self.at += 1
            if char == "|":
                self.open[-1].alternatives += 1
            elif char == ")" and len(self.open) > 1:
                return self._closing()
        return None

    def _opening(self, following: str) -> None:
        if following == "?" and self.text[self.at + 2 : self.at + 3] != ":":
            raise PatternError(self.text)
        self.open.append(_Group())
        self.at += 3 if following == "?" else 1

    def _closing(self) -> _Group:
        group = self.open.pop()
        self.open[-1].repeats |= group.varies
        if group.alternatives > 1:
            self.counts.append(group.alternatives)
        return group

    def _class(self, following: str) -> None:
        self.at += 2 if following == "^" else 1
        if self.text[self.at : self.at + 1] == "]":
            self.at += 1
        while self.at < len(self.text) and self.text[self.at] != "]":
            if _OTHERWISE.match(self.text, self.at):
                raise PatternError(self.text)
            self.at += 2 if self.text[self.at] == "\\" else 1
        self.at += 1
