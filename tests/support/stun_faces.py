"""A STUN server with two addresses and two ports on loopback, whose honesty a test decides.

A face is one of its four sockets. A conduct is a pure function from a request, the face that got it
and whom it came from, to the datagrams that leave: each with the face that it leaves by.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tests.support.stun_liar import address_value, attribute, message, xor_mapped
from tests.support.tools import absent

HOSTS = ("127.0.0.1", "127.0.0.2")
OTHER_ADDRESS = 0x802C

Address = tuple[str, int]


class Face(NamedTuple):
    """Which of the two addresses, and which of the two ports; (0, 0) is A1:P1."""

    host: Literal[0, 1]
    port: Literal[0, 1]


A1P1, A1P2, A2P1, A2P2 = Face(0, 0), Face(0, 1), Face(1, 0), Face(1, 1)
FACES = (A1P1, A1P2, A2P1, A2P2)

Conduct = Callable[["Asked"], Iterable[tuple[bytes, Face]]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it came in."""

    request: bytes
    face: Face
    source: Address
    server: TwoFaces

    @property
    def change(self) -> int:
        """The bits of CHANGE-REQUEST: 4 for the address, 2 for the port (RFC 5780 §7.2)."""
        return struct.unpack_from("!I", self.request, 24)[0] if len(self.request) > 24 else 0

    @property
    def face_wanted(self) -> Face:
        """By which face an honest server answers."""
        other_host = self.face.host ^ (self.change >> 2 & 1)
        return next(f for f in FACES if f == (other_host, self.face.port ^ (self.change >> 1 & 1)))

    def answer(self, mapped: Address | None = None, *, other: Address | None = None) -> bytes:
        """A good answer, that names the true source and the true second address unless told."""
        opposite = next(f for f in FACES if f == (1 - self.face.host, 1 - self.face.port))
        host, port = other or self.server.address(opposite)
        return message(
            self.request,
            xor_mapped(self.request, *(mapped or self.source)),
            attribute(OTHER_ADDRESS, address_value(host, port)),
        )


@dataclass
class TwoFaces:
    """A running server and what it was asked."""

    ports: tuple[int, int] = (0, 0)
    asked: list[Asked] = field(default_factory=list)

    @property
    def name(self) -> str:
        """A1:P1 as a configuration has it."""
        return f"{HOSTS[0]}:{self.ports[0]}"

    def address(self, face: Face) -> Address:
        return HOSTS[face.host], self.ports[face.port]


def honest(asked: Asked) -> list[tuple[bytes, Face]]:
    """RFC 5780 to the letter."""
    return [(asked.answer(), asked.face_wanted)]


@asynccontextmanager
async def two_faces(conduct: Conduct = honest) -> AsyncIterator[TwoFaces]:
    """Run it."""
    if sys.platform != "linux":
        absent("needs Linux, where all of 127.0.0.0/8 is loopback")
    server = TwoFaces()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        ways_out: dict[Face, asyncio.DatagramTransport] = {}
        for face in FACES:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((HOSTS[face.host], server.ports[face.port]))
            if not server.ports[face.port]:
                first, second = server.ports
                number = sock.getsockname()[1]
                server.ports = (first, number) if face.port else (number, second)
            transport, _ = await loop.create_datagram_endpoint(
                lambda face=face: _Ear(server, face, conduct, ways_out),  # type: ignore[misc]  # mypy cannot infer a default
                sock=sock,
            )
            ways_out[face] = transport
            stack.callback(transport.abort)
        yield server


class _Ear(asyncio.DatagramProtocol):
    def __init__(
        self,
        server: TwoFaces,
        face: Face,
        conduct: Conduct,
        ways_out: dict[Face, asyncio.DatagramTransport],
    ) -> None:
        self._server, self._face, self._conduct = server, face, conduct
        self._ways_out = ways_out

    def datagram_received(self, data: bytes, addr: Address) -> None:
        asked = Asked(request=data, face=self._face, source=addr, server=self._server)
        self._server.asked.append(asked)
        for answer, face in self._conduct(asked):
            self._ways_out[face].sendto(answer, addr)
