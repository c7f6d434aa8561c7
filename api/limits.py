"""How often one internet address may ask something. Kept in memory: asking must cost the database nothing."""

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

SPAN = 60.0
"""Seconds over which is counted."""

ADDRESSES = 10_000
"""So many addresses are remembered at most; whoever was seen longest ago is forgotten first."""


class Limit:
    """So many tries a minute for each address; each process of Knooppunt counts for itself."""

    def __init__(self, tries: int, clock: Callable[[], float] = monotonic) -> None:
        self.tries = tries
        self.clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether this address may try now. What is refused counts too, so that it helps to wait."""
        now = self.clock()
        times = self._seen.setdefault(address, deque(maxlen=self.tries + 1))
        self._seen.move_to_end(address)
        if len(self._seen) > ADDRESSES:
            self._seen.popitem(last=False)
        times.append(now)
        while times[0] <= now - SPAN:
            times.popleft()
        return len(times) <= self.tries
