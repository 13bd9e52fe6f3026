"""Open doors on 127.0.0.1: one function per transport, closed and emptied when left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

HOST = "127.0.0.1"
Endpoint = tuple[str, int]
Hear = Callable[[bytes, Endpoint], bytes | None]
"""From a datagram and whom it came from to the reply, or None for silence."""
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def udp_door(hear: Hear, port: int = 0) -> AsyncIterator[int]:
    """Answer datagrams; yield the port. Raises OSError where `port` is taken."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Ear(hear), local_addr=(HOST, port))
    try:
        bound: int = transport.get_extra_info("sockname")[1]
        yield bound
    finally:
        transport.close()


@contextlib.asynccontextmanager
async def tcp_door(talk: Talk, *, patience: float = 5.0) -> AsyncIterator[int]:
    """Talk with each visitor for at most `patience` seconds, then hang up; yield the port.

    A visitor who leaves, dawdles or sends half of something ends the visit without a word.
    """
    visits: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        visits.add(task)
        try:
            async with asyncio.timeout(patience):
                await talk(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # cancelled only below, where nobody waits for more
        finally:
            visits.discard(task)
            writer.close()

    server = await asyncio.start_server(visit, HOST, 0)
    try:
        bound: int = server.sockets[0].getsockname()[1]
        yield bound
    finally:
        server.close()
        for task in visits:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not an isinstance: up to Python 3.11 the loop's own transport does not inherit from it.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        reply = self._hear(data, addr)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)
