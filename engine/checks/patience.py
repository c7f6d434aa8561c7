"""An answer in time: what takes too long is given up, so that it can be told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

PATIENCE = 1.5
"""How much more time may pass than is spent: on a busy machine too somebody waits for the answer."""


class TooLongError(Exception):
    """Something took longer than anybody waits for it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLongError in what runs inside once it takes longer; only a main thread, on Unix, can be stopped."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, 1.0), (signal.ITIMER_REAL, signal.SIGALRM, PATIENCE))
    before = [signal.signal(sign, _give_up) for _, sign, _ in clocks]
    for timer, _, share in clocks:
        signal.setitimer(timer, seconds * share)
    try:
        yield
    finally:
        for (timer, sign, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(sign, handler)


def _give_up(number: int, frame: object) -> NoReturn:
    raise TooLongError
