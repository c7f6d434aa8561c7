"""What the token game is told in: markings, steps and what occurs in them, as plain tuples that are quick to compare.

A *marking* is the tree of what is open: per scope its tokens and its running handlers, each with what runs inside:

    marking   (scope, tokens, handlers, spent, stopped)
    token     (node, spent, child)     child: () nothing, a marking, or (later, instances) of a multi-instance step
    handler   (number, child)

`spent` holds the events that went off and don't come again; of a token that waits at a join, the flow by which it
came; of one that has thrown something, that it did. A *step* is what happens in one go, as a row of occurrences (what,
process, element).
"""

from typing import Any

from engine.proof.knowledge import Known

DONE, EACH, BEGUN, TAKEN = "klaar", "keer", "begin", "pijl"
MESSAGE, CLOCK, SIGNAL = "bericht", "klok", "melding"
COUNTED, HEARD, ENDED, MISSED = "aantal", "weet", "einde", "kan_niet"
"""What can occur: something is done, done once more of several, begun, an arrow taken; a message, a clock or another
signal came; a number of times is settled, an answer heard, the case ended; and what had to be possible is not.
"""

Occurrence = tuple[str, str, str]
"""What happened, in which process, to which element (or answer)."""

Marking = tuple[Any, ...]
Step = tuple[Occurrence, ...]
State = tuple[Marking, Known]

Path = tuple[tuple[bool, int, int], ...]
"""The way down in a marking: of each scope on it whether a token or a handler, which, and which instance (or -1)."""

BETWEEN = (0, ())
"""What runs inside a loop between two rounds, or when it was done for all: nothing, and nothing waits."""

THREW = (0,)
"""What is `spent` where a token has thrown what stands there, and goes on if nothing interrupts it."""

BESIDE = -1
"""Stands among the running handlers for what runs there and is left out."""

SEVERAL = "|"
"""Between the answers of which one was given, where a gateway tells no more than that."""
