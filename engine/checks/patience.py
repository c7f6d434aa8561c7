"""An answer in time: what takes too long is given up, so that it can be told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class TooLongError(Exception):
    """Something took longer than anybody waits for it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLongError in what runs inside once it takes longer; only a main thread, on Unix, can be stopped."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(number: int, frame: object) -> NoReturn:
    raise TooLongError
