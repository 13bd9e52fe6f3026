"""What polls have in common: an answer is compared with the one before, and told to nobody."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import ClassVar, Final, Self

from discovery.signals.source import LookNow
from discovery.signals.view import SignalName

GIVE_UP_S: Final = 60.0
"""How long a service may be away before a poll ends: a router has restarted by then, or it offers
the service no more, or elsewhere."""


class Mute(Enum):
    """How a question can stay without an answer; the value completes "the router …"."""

    SILENT = "does not answer any more"
    CLOSED = "has closed the service, as while it restarts"


def news(last: object, now: object, protocol: str) -> str | None:
    """What the outcome of a poll tells that the one before did not. Pure.

    ==============  ==============  =====================================
    last            now             news
    ==============  ==============  =====================================
    None (first)    anything        nothing
    an answer       `Mute`          there is no answer any more
    `Mute`          `Mute`          nothing: it is told once
    `Mute`          an answer       it answers again
    an answer       another         it answers something else
    an answer       the same        nothing
    ==============  ==============  =====================================
    """
    muted = isinstance(now, Mute)
    if last is None or last == now or (muted and isinstance(last, Mute)):
        return None
    if isinstance(now, Mute):
        return f"the router {now.value} ({protocol})"
    if isinstance(last, Mute):
        return f"the router answers again ({protocol})"
    return f"the router answers something else than before ({protocol})"


class Absence:
    """How long a service has been away without a break."""

    def __init__(self, limit: float = GIVE_UP_S) -> None:
        """It is there. It may be away for `limit` seconds."""
        self._limit = limit
        self._since: float | None = None

    def is_for_good(self, *, away: bool) -> bool:
        """Note whether it is away now; true once it has been for the limit."""
        now = asyncio.get_running_loop().time()
        if not away:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since >= self._limit


class Poller(ABC):
    """A `Source` that asks again and again in one task; a signal says whom and how."""

    name: ClassVar[SignalName]

    def __init__(self, look_now: LookNow, *, every: float) -> None:
        """Nothing is asked yet. `every` is seconds from one answer to the next question."""
        self.look_now, self._every = look_now, every
        self._changed = asyncio.Event()
        self._life: asyncio.Task[str] | None = None

    @abstractmethod
    async def prove(self) -> None:
        """Ask for the first time. Raises Unavailable when there is nothing to be had by it."""

    @abstractmethod
    async def poll(self) -> str | None:
        """Ask once more; the sentence that says why, when asking is of no use any more."""

    def stretch(self, every: float) -> float:  # noqa: ARG002 - for a signal that must spare others
        """By how much to multiply the next pause, which would be `every` seconds."""
        return 1.0

    def pace(self, every: float) -> None:
        """Ask every so many seconds from now on, counted from the last answer."""
        self._every = every
        self._changed.set()

    async def __aenter__(self) -> Self:
        """Prove it, and go on in the background. Raises Unavailable."""
        await self.prove()
        self._life = asyncio.create_task(self._live())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop asking."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait([self._life])

    async def ended(self) -> str:
        """Wait until asking is of no use any more, or the block ends."""
        assert self._life is not None
        await asyncio.wait([self._life])
        return (
            "nobody is asked any more (closed)" if self._life.cancelled() else self._life.result()
        )

    async def _live(self) -> str:
        while True:
            await self._rest()
            over = await self.poll()
            if over:
                return over

    async def _rest(self) -> None:
        """Wait for the next poll; its time may be changed meanwhile."""
        loop = asyncio.get_running_loop()
        begun, stretch = loop.time(), self.stretch(self._every)
        while (left := begun + self._every * stretch - loop.time()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()
