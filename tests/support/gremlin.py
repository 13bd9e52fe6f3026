"""Something between a client and a service that can spoil any exchange: one request a connection.

    async with Gremlin(upstream=("127.0.0.1", 8081)) as gremlin:
        gremlin.answer = http(503)                  # every request is answered so, unforwarded
        gremlin.lose = lambda request: request.startswith(b"PATCH")   # done, but never confirmed

Octets are passed on as they are: it sits before a real server as well as before a fake.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

_PIECE = bytes(64 * 1024)


def http(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """An HTTP answer, whole."""
    fields = {"Content-Length": str(len(body)), "Connection": "close"} | dict(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Spoilt\r\n{head}\r\n".encode() + body


def http_without_end(length: int, content_type: str = "application/json") -> bytes:
    """The head of an answer of `length` octets; the gremlin goes on with octets until cut off."""
    head = f"Content-Type: {content_type}\r\nContent-Length: {length}\r\n"
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode()


class Gremlin:
    """A TCP proxy for HTTP, or for DNS with `dns=True`.

    `requests` are all requests that came, whole. `answer`: what to say instead of asking the
    service. `endless`: go on after `answer` with `spilt` octets. `cut`: hang up instead of an
    answer. `lose`: of which requests to let the service do the work and then lose its answer.
    """

    def __init__(self, upstream: tuple[str, int], *, dns: bool = False) -> None:
        self.requests: list[bytes] = []
        self.answer: bytes | None = None
        self.endless = False
        self.spilt = 0
        self.cut = False
        self.lose: Callable[[bytes], bool] = lambda _request: False
        self._upstream = upstream
        self._dns = dns
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await (_dns_message(reader) if self._dns else _http_request(reader))
            self.requests.append(request)
            if self.cut:
                return
            if self.answer is not None:
                writer.write(self.answer)
                await writer.drain()
                while self.endless:
                    self.spilt += len(_PIECE)
                    writer.write(_PIECE)
                    await writer.drain()
                return
            reply = await self._forward(request)
            if not self.lose(request):
                writer.write(reply)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which is its right
        finally:
            writer.close()

    async def _forward(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._upstream)
        try:
            writer.write(request)
            if self._dns:
                return await _dns_message(reader)
            return await reader.read()  # the client always asks for the connection to be closed
        finally:
            writer.close()


async def _dns_message(reader: asyncio.StreamReader) -> bytes:
    size = await reader.readexactly(2)
    return size + await reader.readexactly(int.from_bytes(size))


async def _http_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: *(\d+)", head, re.IGNORECASE)
    head = re.sub(rb"\r\nConnection: [^\r]*", b"", head, flags=re.IGNORECASE)
    head = head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    return head + (await reader.readexactly(int(length[1])) if length else b"")
