"""What the token game is told in: markings, steps and what occurs in them, as plain tuples that are quick to compare.

A *marking* is the tree of what is open: per scope its tokens and its running handlers, each with what runs inside. A
*step* is what happens in one go, as a row of occurrences.
"""

from engine.proof.knowledge import Known

DONE, EACH, BEGUN, TAKEN = "klaar", "keer", "begin", "pijl"
MESSAGE, CLOCK, SIGNAL = "bericht", "klok", "melding"
COUNTED, HEARD, ENDED, MISSED = "aantal", "weet", "einde", "kan_niet"
GONE, ELSEWHERE, SKIPPED = "weg", "elders", "overgeslagen"
"""What can occur: something is done, done once more of several, begun, an arrow taken; a message, a clock or another
signal came; a number of times is settled, an answer heard, the case ended; what had to be possible is not; a row
went to which a run belonged; a run began for a row into which we don't look; and somebody went past a step.
"""

Occurrence = tuple[str, str, str]
"""What happened, in which process, to which element (or answer)."""

Step = tuple[Occurrence, ...]

Spent = tuple[int, ...]
"""The events that went off and don't come again; of a token that waits at a join, the flow by which it came; of one
that has thrown something, that it did."""

Open = tuple[int, tuple["Token", ...], tuple["Running", ...], Spent, bool]
"""What is open in a scope: its number, its tokens, its handlers that run, which of them don't begin again, and whether
one of these stopped its flow."""

Marking = Open | tuple[()]
"""What is open in all of a scope, or () where that is done."""

Several = tuple[int, tuple[Marking, ...]]
"""What is open in an activity that is done more than once: how often it is still to begin, and each time that runs."""

Token = tuple[int, Spent, Marking | Several]
"""Stands at a node. What runs inside is () where it waits for somebody or something."""

Running = tuple[int, Marking]
"""A handler that runs, by its number. What runs inside is () where we don't look at its steps."""

State = tuple[Marking, Known]

Turn = tuple[bool, int, int]
"""Down in a marking: into what a token (or else a handler) has open, which one, and which instance of it (or -1)."""

Path = tuple[Turn, ...]
"""The way down in a marking, scope by scope."""

BETWEEN: Several = (0, ())
"""What runs inside a loop between two rounds, or when it was done for all: nothing, and nothing waits."""

THREW: Spent = (0,)
"""What is `spent` where a token has thrown what stands there, and goes on if nothing interrupts it."""

BESIDE = -1
"""Stands among the running handlers for what runs there and is left out."""

SEVERAL = "|"
"""Between the answers of which one was given, where a gateway tells no more than that."""


def inside(marking: Open, turn: Turn) -> Open:
    """What is open one scope further down. Raises LookupError where nothing is."""
    flow, i, instance = turn
    child = marking[1][i][2] if flow else marking[2][i][1]
    below = child[1][instance] if len(child) == 2 else child
    if not below:
        raise LookupError(turn)
    return below


def instances(token: Token) -> Several:
    """What is open in an activity that is done more than once."""
    child = token[2]
    return child if len(child) == 2 else BETWEEN
