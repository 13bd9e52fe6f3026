"""One STUN Binding transaction with one address: over UDP, over TCP. Sockets and nothing else.

Every question leaves from a new source port. A NAT that keeps state across an address change goes
on reporting the old address to a flow that it knows (opnsense/core#3052).
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from discovery.egress import NO_WAY_OUT, Egress, reason
from discovery.observation import Family, Flaw, StunEvidence, Why
from discovery.stun_codec import (
    HEADER_LENGTH,
    MAX_MESSAGE,
    Binding,
    binding_request,
    body_length,
    knows_us,
    read_binding,
)
from discovery.stun_lookup import Destination, Transport
from discovery.stun_timing import Timing

# Datagrams of somebody else's that are read before a path is given up. Reading a socket that always
# has data never yields to the event loop, so a flood would also hold up every timer.
_STRAYS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A valid response, and how it came."""

    binding: Binding
    evidence: StunEvidence
    host: str  # the name whose address answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A path without a valid response.

    `final` when the server itself answered: asking it another way would bring nothing new.
    """

    flaw: Flaw
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How to ask: the family, the link, the times, and where transaction ids come from."""

    family: Family
    egress: Egress
    timing: Timing
    new_id: Callable[[], bytes]

    async def ask(self, destination: Destination) -> Heard | Failed:
        """Ask this address once over its transport. Never raises for network trouble."""
        kind = socket.SOCK_DGRAM if destination.transport == "udp" else socket.SOCK_STREAM
        try:
            sock = self.egress.open(self.family, kind)
        except OSError as error:
            return Failed(flaw=self.egress.flaw(error))
        with sock:
            try:
                if destination.transport == "udp":
                    return await self._ask_udp(sock, destination)
                return await self._ask_tcp(sock, destination)
            except TimeoutError:
                return Failed(flaw=silence(destination.transport))
            except OSError as error:
                return Failed(flaw=_refused(error, destination.transport))

    async def _ask_udp(self, sock: socket.socket, destination: Destination) -> Heard | Failed:
        """Send and send again, and listen to this one address.

        The socket is connected, for two reasons: the kernel drops datagrams of any other source,
        and it reports a closed port (ICMP) at once where an unconnected socket would wait.
        """
        loop = asyncio.get_running_loop()
        transaction_id = self.new_id()
        request = binding_request(transaction_id)
        sock.connect((destination.address, destination.port))

        def send() -> None:
            # A datagram that the system would not send (full queue, firewall, no route for a
            # moment) is a lost datagram; what ends the path is reported when receiving.
            with suppress(OSError):
                sock.send(request)

        resends = [loop.call_later(delay, send) for delay in self.timing.sends]
        stray: Flaw | None = None
        try:
            async with asyncio.timeout(self.timing.udp):
                for _ in range(_STRAYS):
                    data = await loop.sock_recv(sock, MAX_MESSAGE + 1)
                    answer = read_binding(data, transaction_id)
                    if knows_us(data, transaction_id):
                        return _outcome(answer, sock, destination)
                    if isinstance(answer, Flaw):
                        stray = answer
                    await asyncio.sleep(0)  # see _STRAYS
        except TimeoutError:
            return Failed(flaw=stray or silence("udp"))
        finally:
            for resend in resends:
                resend.cancel()
        return Failed(flaw=stray or silence("udp"))

    async def _ask_tcp(self, sock: socket.socket, destination: Destination) -> Heard | Failed:
        """Send one request and read one message: 20 bytes, then as many as they announce."""
        loop = asyncio.get_running_loop()
        transaction_id = self.new_id()
        async with asyncio.timeout(self.timing.total):
            await loop.sock_connect(sock, (destination.address, destination.port))
            await loop.sock_sendall(sock, binding_request(transaction_id))
            header = await _read_exactly(sock, HEADER_LENGTH)
            if len(header) < HEADER_LENGTH:
                return Failed(flaw=_closed(header), final=bool(header))
            length = body_length(header)
            if isinstance(length, Flaw):
                return Failed(flaw=length, final=True)
            body = await _read_exactly(sock, length)
        return _outcome(read_binding(header + body, transaction_id), sock, destination)


def silence(transport: Transport) -> Flaw:
    """The flaw of a path on which nothing was heard."""
    return Flaw(why=Why.SILENT, detail=f"did not answer over {transport.upper()}")


def _outcome(
    answer: Binding | Flaw, sock: socket.socket, destination: Destination
) -> Heard | Failed:
    if isinstance(answer, Flaw):
        return Failed(flaw=answer, final=True)
    evidence = StunEvidence(
        server=str(destination),
        transport=destination.transport,
        local=str(sock.getsockname()[0]),
        mapped_port=answer.port,
        rewritten=answer.rewritten,
        software=answer.software,
    )
    return Heard(binding=answer, evidence=evidence, host=destination.host)


def _refused(error: OSError, transport: Transport) -> Flaw:
    over = transport.upper()
    if error.errno in NO_WAY_OUT:
        return Flaw(why=Why.NO_ROUTE, detail=f"cannot be reached over {over}: {reason(error)}")
    if error.errno == errno.EMSGSIZE:  # Windows says so; elsewhere a datagram is cut to the buffer
        return Flaw(why=Why.OVERSIZED, detail=f"answered more than {MAX_MESSAGE} bytes")
    return Flaw(why=Why.REFUSED, detail=f"refuses {over} on that port ({reason(error)})")


def _closed(header: bytes) -> Flaw:
    if header:
        return Flaw(why=Why.MALFORMED, detail="broke off in the middle of its answer over TCP")
    return Flaw(why=Why.REFUSED, detail="closed the TCP connection without an answer")


async def _read_exactly(sock: socket.socket, count: int) -> bytes:
    """Read `count` bytes, or fewer where the stream ends before."""
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        more = await loop.sock_recv(sock, count - len(data))
        if not more:
            break
        data += more
    return data
