"""A name server made of one function: strict with what it hears, over UDP and TCP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode

Answer = Callable[[dns.message.Message, str], Awaitable[dns.message.Message | None]]
"""From a query with one question, and its sender's address, to the answer; None is silence."""


class DnsService:
    """Answers on any number of addresses, until `close`."""

    def __init__(self) -> None:
        self._open: list[asyncio.BaseTransport | asyncio.Server] = []
        self._visits: set[asyncio.Task[None]] = set()

    async def serve(self, address: str, answer: Answer) -> None:
        """Answer on port 53 of one more address."""
        loop = asyncio.get_running_loop()
        self._open.append(await asyncio.start_server(_stream(answer), address, 53))
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(answer, self._visits), local_addr=(address, 53)
        )
        self._open.append(transport)

    async def close(self) -> None:
        for part in self._open:
            part.close()
        for visit in self._visits:
            visit.cancel()


async def respond(answer: Answer, wire: bytes, asker: str) -> bytes | None:
    """The whole exchange: garbage gets no answer, and nothing but a plain query is understood."""
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR:
        return None
    if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.NOTIMP)
        return reply.to_wire()
    told = await answer(query, asker)
    return None if told is None else told.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer, visits: set[asyncio.Task[None]]) -> None:
        self._answer, self._visits = answer, visits
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        visit = asyncio.get_running_loop().create_task(self._visit(data, address))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _visit(self, data: bytes, address: tuple[str, int]) -> None:
        reply = await respond(self._answer, data, address[0])
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, address)


def _stream(
    answer: Answer,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            size = int.from_bytes(await reader.readexactly(2))
            asker = writer.get_extra_info("peername")[0]
            reply = await respond(answer, await reader.readexactly(size), asker)
            if reply is not None:
                writer.write(len(reply).to_bytes(2) + reply)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the visitor went away
        finally:
            writer.close()

    return visit
