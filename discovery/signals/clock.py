"""Noticing that this machine slept, or that its clock was set.

Whatever is known of the network was learnt before the sleep, maybe in another place. And timers
stand still while a machine sleeps (Linux, macOS), so without this the next look would be late.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Self

from discovery.signals.source import End, LookNow
from discovery.signals.view import SignalName

_LATE = 1.5  # periods by which a tick is late; less is a busy machine
_SLEPT_S = 1.0  # the two clocks that only sleep sets apart are read microseconds apart
_STEP_S = 5.0  # a clock that is steered gains or loses 1 ms in 2 s at most (adjtimex(2): 500 ppm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Three clocks at one moment, each in seconds.

    `steady` is the event loop's. `boot` also counts sleep; None on a system that has no such clock.
    """

    wall: float
    steady: float
    boot: float | None


def judge(last: Reading, now: Reading, every: float) -> str | None:
    """What happened between two ticks that should be `every` seconds apart. Pure.

    ==================================  =======================================================
    since the last tick                 judgement
    ==================================  =======================================================
    boot gained on steady               it slept
    steady is late by 1.5 periods       it slept, or this program was stopped (Windows, whose
                                        steady clock counts sleep; SIGSTOP; a frozen container)
    wall stepped, boot known            the clock was set
    wall stepped forward, boot unknown  it slept, or the clock was set: nobody can tell
    wall stepped back                   the clock was set
    ==================================  =======================================================
    """
    passed = now.steady - last.steady
    stepped = now.wall - last.wall - passed
    if now.boot is not None and last.boot is not None:
        slept = now.boot - last.boot - passed
        if slept > _SLEPT_S:
            return f"this machine slept for about {slept:.0f} s"
    late = passed - every
    if late > _LATE * every:
        return f"this machine slept, or did not let this program run, for about {late:.0f} s"
    if stepped < -_STEP_S:
        return f"the clock of this machine was set back by about {-stepped:.0f} s"
    if stepped > _STEP_S and now.boot is not None:
        return f"the clock of this machine was set forward by about {stepped:.0f} s"
    if stepped > _STEP_S:
        return f"this machine slept, or its clock was set forward, for about {stepped:.0f} s"
    return None


def boot_clock(platform: str = sys.platform) -> Callable[[], float] | None:
    """The clock that counts sleep as time; None where there is none besides the event loop's.

    Linux: CLOCK_BOOTTIME (clock_gettime(2)). macOS: CLOCK_MONOTONIC_RAW, which goes on while the
    system is asleep (clock_gettime(3)). Windows: the event loop's own clock counts sleep.
    """
    if sys.platform == "win32":
        return None
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}.get(platform, "")
    number = getattr(time, name, None)
    return None if number is None else lambda: time.clock_gettime(number)


class Clock:
    """A `Source`: a sleep, and a step of the clock, is a reason to look."""

    name: ClassVar[SignalName] = "clock"

    def __init__(
        self,
        look_now: LookNow,
        *,
        wall: Callable[[], float],
        every: float = 15.0,
        boot: Callable[[], float] | None = None,
    ) -> None:
        """Nothing is read yet.

        `wall` gives seconds since the epoch; `boot` is as from `boot_clock`. `every` is seconds
        between two ticks: so late a sleep is noticed at most, counted from its end.
        """
        self._look_now, self._wall, self._boot, self._every = look_now, wall, boot, every
        self._end = End()
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        """Read the clocks for the first time. Never raises Unavailable."""
        self._wait(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the ticks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._end.tell("the clocks are not compared any more (closed)")

    async def ended(self) -> str:
        """Wait for the end of the block: clocks do not fail."""
        return await self._end.wait()

    def _read(self) -> Reading:
        return Reading(
            wall=self._wall(),
            steady=asyncio.get_running_loop().time(),
            boot=None if self._boot is None else self._boot(),
        )

    def _wait(self, last: Reading) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(last.steady + self._every, self._tick, last)

    def _tick(self, last: Reading) -> None:
        now = self._read()
        self._wait(now)
        why = judge(last, now, self._every)
        if why is not None:
            self._look_now(why)
