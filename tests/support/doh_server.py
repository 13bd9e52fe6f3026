"""A DoH server on loopback (RFC 8484) that speaks HTTP/1.1, as BIND's own listener does not.

It answers by a function from the DNS message in the request to a whole HTTP response; `relayed`
hands the message to a real DNS server, `dns_page` wraps one that a test has made.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.asyncquery
import dns.message

from tests.support.echo_server import page

Answer = Callable[[bytes], Awaitable[bytes]]


@dataclass
class Doh:
    """Where the server is, and what it was asked."""

    url: str = ""
    heads: list[str] = field(default_factory=list)
    queries: list[dns.message.Message] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def dns_page(message: bytes | dns.message.Message) -> bytes:
    """An HTTP response with a DNS message."""
    wire = message if isinstance(message, bytes) else message.to_wire()
    return page(wire, kind="application/dns-message")


def always(response: bytes) -> Answer:
    """The same HTTP response to everybody."""

    async def answer(_: bytes) -> bytes:
        return response

    return answer


def relayed(endpoint: str) -> Answer:
    """Hand each question on to the DNS server at "address:port"."""
    address, _, port = endpoint.rpartition(":")

    async def answer(wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        return dns_page(await dns.asyncquery.tcp(query, address, port=int(port), timeout=10))

    return answer


@asynccontextmanager
async def doh_serving(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Doh]:
    """Serve until the block is left."""
    doh = Doh()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            doh.heads.append(head)
            doh.sources.append(str(writer.get_extra_info("peername")[0]))
            length = re.search(r"(?i)content-length: (\d+)", head)
            wire = await reader.readexactly(int(length[1]) if length else 0)
            doh.queries.append(dns.message.from_wire(wire))
            writer.write(await answer(wire))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a client may go away in the middle
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "http" if tls is None else "https"
    doh.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/dns-query"
    try:
        yield doh
    finally:
        server.close()
