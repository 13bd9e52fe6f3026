"""STUN servers that lie, each in one way, and the bytes that honest ones send.

A lie is a pure function from the request to the datagrams that come back. The messages are packed
by hand: a codec that shares a mistake with the code under test would hide it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address

COOKIE = 0x2112A442
HOME = "81.2.69.142"
RESPONSE, ERROR, REQUEST, INDICATION = 0x0101, 0x0111, 0x0001, 0x0011
MAPPED, XOR_MAPPED, ERROR_CODE, SOFTWARE, FINGERPRINT = 0x0001, 0x0020, 0x0009, 0x8022, 0x8028

Lie = Callable[[bytes], Iterable[bytes]]


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def address_value(host: str = HOME, port: int = 40000, *, key: bytes = b"") -> bytes:
    """The value of MAPPED-ADDRESS, or of XOR-MAPPED-ADDRESS where `key` is cookie and id."""
    address = ip_address(host)
    family = 1 if isinstance(address, IPv4Address) else 2
    plain = struct.pack("!H", port) + address.packed
    pad = key[:2] + key if key else bytes(len(plain))
    return struct.pack("!BB", 0, family) + bytes(a ^ b for a, b in zip(plain, pad, strict=False))


def message(
    request: bytes,
    *attributes: bytes,
    kind: int = RESPONSE,
    cookie: int = COOKIE,
    transaction: bytes | None = None,
) -> bytes:
    """A whole message that answers `request`."""
    body = b"".join(attributes)
    id_ = request[8:20] if transaction is None else transaction
    return struct.pack("!HHI", kind, len(body), cookie) + id_ + body


def fingerprinted(data: bytes) -> bytes:
    """The same message with a right FINGERPRINT at its end (RFC 8489 §14.7)."""
    longer = data[:2] + struct.pack("!H", len(data) - 20 + 8) + data[4:]
    check = zlib.crc32(longer) ^ 0x5354554E
    return longer + attribute(FINGERPRINT, struct.pack("!I", check))


def xor_mapped(request: bytes, host: str = HOME, port: int = 40000) -> bytes:
    """XOR-MAPPED-ADDRESS as an attribute."""
    return attribute(XOR_MAPPED, address_value(host, port, key=request[4:20]))


def mapped(host: str = HOME, port: int = 40000) -> bytes:
    """MAPPED-ADDRESS as an attribute."""
    return attribute(MAPPED, address_value(host, port))


def honest(request: bytes) -> list[bytes]:
    """What a plain server answers, except that it names a public address."""
    return [fingerprinted(message(request, xor_mapped(request), attribute(SOFTWARE, b"honest")))]


def naming(host: str, port: int = 40000) -> Lie:
    """A server that names this address."""
    return lambda request: [message(request, xor_mapped(request, host, port))]


def refusing(code: int, phrase: bytes) -> Lie:
    """A server that answers an error."""
    value = struct.pack("!HBB", 0, code // 100, code % 100) + phrase
    return lambda request: [message(request, attribute(ERROR_CODE, value), kind=ERROR)]


def silent(request: bytes) -> list[bytes]:
    """A server that hears and says nothing."""
    return []


@dataclass
class Heard:
    """What a running liar has seen."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    sources: list[tuple[str, int]] = field(default_factory=list)
    connections: int = 0


@asynccontextmanager
async def liar(
    udp: Lie | None = silent,
    tcp: Lie | None = None,
    *,
    host: str = "127.0.0.1",
    elsewhere: bool = False,
) -> AsyncIterator[Heard]:
    """Run a liar on one port of loopback; without `udp` or `tcp` that transport is refused.

    With `elsewhere` the answers leave from another socket than the one that was asked.
    """
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    async with AsyncExitStack() as stack:
        # Bound, the port is taken and refuses; only a listening socket accepts.
        listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        listener.bind((host, 0))
        listener.setblocking(False)
        heard = Heard(listener.getsockname()[1])
        if udp is not None:
            stranger, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, local_addr=(host, 0)
            )
            stack.callback(stranger.close)
            protocol = _Udp(heard, udp, stranger if elsewhere else None)
            asked, _ = await loop.create_datagram_endpoint(
                lambda: protocol, local_addr=(host, heard.port)
            )
            stack.callback(asked.close)
        if tcp is not None:
            server = await asyncio.start_server(_stream(heard, tcp), sock=listener)
            stack.callback(server.close)
        yield heard


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, heard: Heard, lie: Lie, other: asyncio.DatagramTransport | None) -> None:
        self._heard, self._lie, self._out = heard, lie, other

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # typeshed does the same
        self._out = self._out or transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._heard.requests.append(data)
        self._heard.sources.append(addr)
        assert self._out is not None
        for answer in self._lie(data):
            self._out.sendto(answer, addr)


def _stream(
    heard: Heard, lie: Lie
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.connections += 1
        try:
            request = await reader.readexactly(20)
            heard.requests.append(request)
            for answer in lie(request):
                writer.write(answer)
            if lie is silent:
                await reader.read()  # until the other side hangs up
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a client that goes away in the middle is a client's right
        finally:
            writer.close()

    return serve
