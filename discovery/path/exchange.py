"""One UDP socket, and as many STUN transactions over it as a measurement needs.

The socket is not connected: a test of filtering asks one address and waits for another to answer.
So the source of each reply is checked here, transaction by transaction.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from types import TracebackType
from typing import NamedTuple, Self

from discovery.egress import reason
from discovery.observation import Flaw, Why
from discovery.path.timing import Tries

_TRANSACTION = slice(8, 20)


class Peer(NamedTuple):
    """An IPv4 address and a UDP port."""

    address: IPv4Address
    port: int

    def __str__(self) -> str:
        """The two as people write them."""
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A success response: from whom it came, and as what its sender saw us."""

    source: Peer
    mapped: Peer
    other: Peer | None = None
    rewritten: str = ""


class _Question(NamedTuple):
    sources: frozenset[Peer]
    answer: asyncio.Future[Reply | Flaw]


class Exchange(asyncio.DatagramProtocol):
    """The socket with whatever is asked over it; use it as an async context manager.

    The event loop reads one datagram at a time, so a flood cannot hold up the timers.
    """

    def __init__(self, sock: socket.socket, new_id: Callable[[], bytes]) -> None:
        """Take over a bound, non-blocking socket; it is closed on leaving."""
        self._socket = sock
        self._new_id = new_id
        self.local_port: int = sock.getsockname()[1]
        self._questions: dict[bytes, _Question] = {}
        self._awaited: dict[bytes, asyncio.Future[Peer]] = {}
        self._trouble = ""
        self._closed = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        """Start to listen."""
        loop = asyncio.get_running_loop()
        try:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: self, sock=self._socket
            )
        except BaseException:
            self._socket.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the socket; its port is free when this returns."""
        assert self._transport is not None
        self._transport.abort()
        await self._closed.wait()

    async def ask(
        self, to: Peer, tries: Tries, *, change: int = 0, sources: Sequence[Peer] = ()
    ) -> Reply | Flaw:
        """One Binding transaction with `to`; never raises for network trouble.

        Only a reply from one of `sources` counts, which is `to` alone where nothing else is given.
        """
        transaction_id = self._new_id()
        request = binding(transaction_id, change=change)
        loop = asyncio.get_running_loop()
        question = _Question(frozenset(sources or (to,)), loop.create_future())
        self._questions[transaction_id] = question
        sends = [loop.call_later(delay, self.send, request, to) for delay in tries.sends]
        try:
            async with asyncio.timeout(tries.wait):
                return await question.answer
        except TimeoutError:
            return Flaw(why=Why.SILENT, detail=self._trouble or "did not answer over UDP")
        finally:
            for send in sends:
                send.cancel()
            del self._questions[transaction_id]

    def send(self, data: bytes, to: Peer) -> None:
        """Send one datagram now. One that the system refuses is a lost one."""
        if self._transport is not None:
            self._transport.sendto(data, (str(to.address), to.port))

    def arrival(self, data: bytes) -> asyncio.Future[Peer]:
        """A future that is done when exactly these bytes come in, from whomever."""
        return self._awaited.setdefault(data, asyncio.get_running_loop().create_future())

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """Take one in; called by the event loop."""
        source = Peer(IPv4Address(addr[0]), int(addr[1]))
        awaited = self._awaited.get(data)
        if awaited is not None and not awaited.done():
            awaited.set_result(source)
        question = self._questions.get(data[_TRANSACTION])
        if question is None or source not in question.sources or question.answer.done():
            return
        question.answer.set_result(_read(data, source))

    def error_received(self, exc: Exception) -> None:
        """Remember why the system did not send; called by the event loop."""
        if isinstance(exc, OSError):
            self._trouble = f"could not be asked: {reason(exc)}"

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the name is asyncio's
        """Know that the socket is closed; called by the event loop."""
        self._closed.set()


def binding(transaction_id: bytes, *, change: int = 0) -> bytes:
    """Pack a Binding request, as `discovery.stun_codec.binding_request` does."""
    # aioice, behind the codec, costs 0.13 s and 18 MiB; only who asks something pays for it.
    from discovery.stun_codec import binding_request  # noqa: PLC0415 - see above

    return binding_request(transaction_id, change=change)


def _read(data: bytes, source: Peer) -> Reply | Flaw:
    from discovery.stun_codec import read_binding  # noqa: PLC0415 - loaded by `binding` before

    answer = read_binding(data, data[_TRANSACTION])
    if isinstance(answer, Flaw):
        return answer
    if not isinstance(answer.address, IPv4Address):
        return Flaw(why=Why.WRONG_FAMILY, detail="answered an IPv6 address over IPv4")
    other = answer.other
    return Reply(
        source=source,
        mapped=Peer(answer.address, answer.port),
        other=Peer(other[0], other[1]) if other and isinstance(other[0], IPv4Address) else None,
        rewritten=answer.rewritten,
    )
