"""The small HTTP server that a router sends its events to.

Bound to our LAN address alone; only the router is let in; only a path that was made up for one
subscription leads anywhere. What a body says is never read: an event means "look now".
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self

from discovery.egress import reason
from discovery.signals.gena_http import Peer
from discovery.signals.gena_messages import Event, read_notify
from discovery.signals.heads import Head, read_head
from discovery.signals.source import Unavailable

_LONGEST_HEAD = 8 << 10
_LONGEST_BODY = 64 << 10
_MOST_AT_ONCE = 4  # connections; a router sends one event after the other
_PART = 4096
_STEPS = 4  # of the event loop

Receive = Callable[[Event], bool]
"""Given an event for one's path; false when it is not of one's subscription."""


class Listener:
    """Receives NOTIFY requests of one router; use it as an async context manager."""

    def __init__(
        self,
        peer: Peer,
        *,
        limit: float = 3.0,
        token: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        """Nothing is opened yet. A request may take `limit` seconds."""
        self._peer, self._limit, self._token = peer, limit, token
        self._server: asyncio.Server | None = None
        self._receivers: dict[str, Receive] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._port = 0

    async def __aenter__(self) -> Self:
        """Listen on a free port. Raises Unavailable where that cannot be done."""
        local = str(self._peer.local)
        try:
            self._server = await asyncio.start_server(
                self._accept, local, 0, limit=_LONGEST_HEAD, backlog=_MOST_AT_ONCE
            )
        except OSError as error:
            raise Unavailable(
                f"this machine cannot wait for the router's events on {local} ({reason(error)})"
            ) from error
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the port and every connection."""
        assert self._server is not None
        self._is_closed = True
        await _stop_accepting(self._server)
        self._server.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.wait_closed()

    def expect(self, receive: Receive) -> str:
        """Make up a URL; events that are sent there go to `receive` until `forget`."""
        path = f"/{self._token()}"
        self._receivers[path] = receive
        return f"http://{self._peer.local}:{self._port}{path}"

    def forget(self, url: str) -> None:
        """Let a URL lead nowhere."""
        self._receivers.pop(url[url.rindex("/") :], None)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")
        is_router = address is not None and address[0] == str(self._peer.router)
        if self._is_closed or not is_router or len(self._running) >= _MOST_AT_ONCE:
            writer.transport.abort()
        else:
            task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            # Not in the task: one that is cancelled before its first step runs no `finally`.
            task.add_done_callback(lambda _: writer.transport.abort())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, at once: miniupnpd sends no event while one is under way."""
        with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(self._limit):
                head = read_head(await reader.readuntil(b"\r\n\r\n"))
                await self._answer(self._judge(head), head, reader, writer)
                writer.close()
                await writer.wait_closed()

    async def _answer(
        self, status: int, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer when the body has been read away; nobody looks at it.

        Closing with bytes left would reset the connection, and the router might take its event for
        undelivered and end the subscription. Where no length is told (chunks), the answer comes
        first, and the router's end of the line tells the end.
        """
        length = head.number("CONTENT-LENGTH")
        if length is None:
            writer.write(_response(status))
            writer.write_eof()
            await _read_away(reader, _LONGEST_BODY)
        elif length > _LONGEST_BODY:
            writer.write(_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
        else:
            await _read_away(reader, length)
            writer.write(_response(status))

    def _judge(self, head: Head) -> int:
        event = read_notify(head)
        if isinstance(event, int):
            return event
        receive = self._receivers.get(head.first.split(" ")[1])
        if receive is None:
            return HTTPStatus.NOT_FOUND
        return HTTPStatus.OK if receive(event) else HTTPStatus.PRECONDITION_FAILED


async def _stop_accepting(server: asyncio.Server) -> None:
    """Let what was accepted last come to an end.

    asyncio makes the transport of an accepted connection some steps later, and one whose server is
    closed by then is left open for ever (python/cpython#109564).
    """
    loop = asyncio.get_running_loop()
    for door in server.sockets:
        with suppress(NotImplementedError):  # Windows
            loop.remove_reader(door.fileno())
    for _ in range(_STEPS):
        await asyncio.sleep(0)


async def _read_away(reader: asyncio.StreamReader, length: int) -> None:
    while length > 0 and (part := await reader.read(min(length, _PART))):
        length -= len(part)


def _response(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase
    head = f"HTTP/1.1 {status:d} {phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return head.encode("ascii")
