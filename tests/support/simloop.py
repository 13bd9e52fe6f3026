"""An event loop whose time is pretended: it never waits, it jumps to the next timer.

`asyncio.sleep`, `asyncio.timeout` and `TaskGroup` work unchanged. A program that waits for
something which nothing will ever bring is a hang; here it raises `Stuck` at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(RuntimeError):
    """Everything waits and no timer is set: the program would hang for ever."""


class _JumpingSelector(selectors.SelectSelector):
    """A selector that adds the time-out to the clock instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise Stuck("every task waits, and nothing is scheduled")
        self.now += max(0.0, timeout)
        return ready


class SimLoop(asyncio.SelectorEventLoop):
    """The loop; `loop.time()` starts at zero and is moved by timers alone."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        # Timers closer than the clock's resolution run together. It must be more than the clock's
        # own rounding: a nanosecond is not, after half a year (2**24 seconds), and would spin.
        self._clock_resolution = 1e-7

    def time(self) -> float:
        return self._jumping.now


class SimWall:
    """Wall-clock time that runs with a simulated loop, and can be made to jump."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)) -> None:
        self._start = start
        self.offset = timedelta()

    def __call__(self) -> datetime:
        elapsed = timedelta(seconds=asyncio.get_running_loop().time())
        return self._start + elapsed + self.offset

    def jump(self, by: timedelta) -> None:
        """Set the clock forward or back, as an NTP step or a dead battery would."""
        self.offset += by


def run_simulated(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in simulated time."""
    with asyncio.Runner(loop_factory=SimLoop) as runner:
        return runner.run(main)
