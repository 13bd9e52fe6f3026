"""A web server of the lab, in HTTP/1.1: one request, one response with its date, and an end."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate

Serve = Callable[[str, bytes, str], Awaitable[tuple[str, str, bytes]]]
"""From a request's head, its body and its sender to status, Content-Type and body."""

_LENGTH = re.compile(r"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Web:
    """Listens on any number of addresses, until `close`. `ahead` of the time, s, is its clock."""

    def __init__(self, serve: Serve) -> None:
        self.ahead = 0.0
        self._serve = serve
        self._servers: list[asyncio.Server] = []
        self._visits: set[asyncio.StreamWriter] = set()

    async def listen(self, address: str, ports: Mapping[int, ssl.SSLContext | None]) -> None:
        """Listen on one more address."""
        for port, tls in ports.items():
            self._servers.append(await asyncio.start_server(self._visit, address, port, ssl=tls))

    async def close(self) -> None:
        """Listen no longer, and hang up on whoever waits for an answer still."""
        for server in self._servers:
            server.close()
        for writer in self._visits:
            writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the sockets in its next turn

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visits.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            asker = writer.get_extra_info("peername")[0]
            status, kind, answer = await self._serve(head, body, asker)
            writer.write(self._head(status, kind, len(answer)) + answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the visitor went away
        finally:
            self._visits.discard(writer)
            writer.close()

    def _head(self, status: str, kind: str, length: int) -> bytes:
        date = formatdate(time.time() + self.ahead, usegmt=True)
        lines = [f"HTTP/1.1 {status}", f"Date: {date}", "Connection: close"]
        if kind:
            lines += [f"Content-Type: {kind}", f"Content-Length: {length}"]
        return "\r\n".join([*lines, "", ""]).encode()
