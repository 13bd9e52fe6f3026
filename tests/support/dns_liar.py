"""A DNS server that misbehaves in one chosen way, in-process on loopback.

A *story* is a function from the query and the transport to the messages that go back; over TCP
they are written as they are, length and all, and the connection is closed.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Over = Literal["udp", "tcp"]
Story = Callable[[dns.message.Message, Over], list[bytes]]


class Liar:
    """Tells its story to everybody who asks. `heard` are the queries, oldest first."""

    def __init__(self, story: Story, *, from_another_port: bool = False) -> None:
        self.heard: list[tuple[dns.message.Message, Over]] = []
        self.address = "127.0.0.1"
        self.port = 0
        self._story = story
        self._from_another_port = from_another_port

    @property
    def endpoint(self) -> str:
        """ "address:port", as the configuration spells a DNS server."""
        return f"{self.address}:{self.port}"

    async def __aenter__(self) -> Self:
        self._tcp = await asyncio.start_server(self._connection, self.address, 0)
        self.port = self._tcp.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self.address, self.port)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._udp.close()
        self._tcp.close()

    def tell(self, wire: bytes, over: Over) -> list[bytes]:
        """What goes back for a query; length prefixes are the story's own business."""
        query = dns.message.from_wire(wire)
        self.heard.append((query, over))
        return self._story(query, over)

    def datagram(self, wire: bytes, client: tuple[str, int]) -> None:
        for message in self.tell(wire, "udp"):
            if self._from_another_port:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    other.sendto(message, client)
            else:
                self._udp.sendto(message, client)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2))
        for message in self.tell(await reader.readexactly(size), "tcp"):
            writer.write(message)
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, liar: Liar) -> None:
        self._liar = liar

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._liar.datagram(data, addr)


def answer(
    query: dns.message.Message,
    *records: str,
    aa: bool = True,
    tc: bool = False,
    rcode: str = "NOERROR",
) -> dns.message.Message:
    """An answer to the query, with each record as a line of a master file."""
    reply = dns.message.make_response(query)
    reply.flags |= (dns.flags.AA if aa else 0) | (dns.flags.TC if tc else 0)
    reply.set_rcode(dns.rcode.from_text(rcode))
    for record in records:
        owner, ttl, kind, data = record.split(None, 3)
        name = f"{owner.rstrip('.')}."
        reply.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return reply


def framed(message: dns.message.Message | bytes) -> bytes:
    """The message as TCP carries it: its length first."""
    wire = message if isinstance(message, bytes) else message.to_wire()
    return len(wire).to_bytes(2) + wire
