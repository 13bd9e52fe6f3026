"""How many questions may be on the wire: 64 in all, ten at one server, few behind a silent one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from discovery.live_dns.server import Server

_IN_FLIGHT = 64  # macOS lets a process have 256 files open
_AT_ONE_SERVER = 10  # more at a time looks like a flood to a name server that limits its clients


class SilenceError(Exception):
    """The server answered none of the questions that were ahead of this one."""


class Slots(asyncio.Semaphore):
    """Bounds the sockets that are open at a time, over all transports that share it."""

    def __init__(self) -> None:
        """As many as every platform lets a process open by default, with room to spare."""
        super().__init__(_IN_FLIGHT)
        self._doors: defaultdict[tuple[str, int], Door] = defaultdict(Door)

    @asynccontextmanager
    async def one(self, server: Server) -> AsyncIterator[Door]:
        """Hold one slot for a question to the server. Raises `SilenceError` instead of waiting."""
        door = self._doors[server.address, server.port]
        async with door, self:
            yield door


class Door:
    """The way to one server. Whoever passes says whether the server was `heard` or `unheard`.

    A thousand records at a dead server must not wait a second and a half for each ten of them:
    when it answered none of the last ten questions, those that queued up behind them give up. The
    next question that finds no queue is asked, and its answer opens the door again.
    """

    def __init__(self) -> None:
        """Nobody has passed yet."""
        self._free = asyncio.Semaphore(_AT_ONE_SERVER)
        self._silent = 0

    def heard(self) -> None:
        """Something came back, whatever it is."""
        self._silent = 0

    def unheard(self) -> None:
        """A question was given up in silence."""
        self._silent += 1

    async def __aenter__(self) -> None:
        """Wait until fewer than ten are inside. Raises `SilenceError`."""
        queued = self._free.locked()
        await self._free.acquire()
        if queued and self._silent >= _AT_ONE_SERVER:
            self._free.release()
            raise SilenceError

    async def __aexit__(self, *_: object) -> None:
        """Let the next one in."""
        self._free.release()
