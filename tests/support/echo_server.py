"""An HTTP server on loopback that answers exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Visits:
    """Where the server is, and what it was asked: each request's head as it came."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def page(
    body: bytes = b"81.2.69.142\n", *, status: str = "200 OK", kind: str = "text/plain", **more: str
) -> bytes:
    """A whole HTTP response; `more` are further headers, with `_` for `-`."""
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def serving(
    answer: bytes, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Visits]:
    """Answer every request with these bytes, whatever they are, and hang up."""
    visits = Visits()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            visits.heads.append(head.decode())
            visits.sources.append(str(writer.get_extra_info("peername")[0]))
            writer.write(answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a client may go away in the middle
        finally:
            writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=tls)
    visits.port = server.sockets[0].getsockname()[1]
    try:
        yield visits
    finally:
        server.close()
