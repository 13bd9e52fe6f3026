"""One NAT-PMP question after the other over one socket, by callbacks: no task, no queue.

`discovery.router.datagrams` opens a socket for each conversation, which suits a question that is
asked once. Asked each second, this is most of what an idle program does at all.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from errno import EACCES, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOBUFS, EPERM
from ipaddress import IPv4Address

from discovery.egress import reason
from discovery.interface import facing
from discovery.router import pmp_codec
from discovery.signals.epoch import Epoch
from discovery.signals.poller import Mute

PATIENCE_S = 0.25  # for each try; RFC 6886 §3.1 begins with that, and a router needs a millisecond
_LONGEST = 64  # bytes of a datagram; an answer has 12

# A cable that is pulled, a full queue, a firewall of our own: the same socket works again later.
_PASSING = frozenset({EACCES, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOBUFS, EPERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is kept of an answer: what is compared, and the router's clock."""

    told: tuple[int, IPv4Address | None]  # result code and address
    epoch: Epoch


Outcome = Answer | Mute


class NatPmpLine(asyncio.DatagramProtocol):
    """A connected socket, so that the kernel drops what anybody but the router sends.

    Every question has one outcome. What comes while no question is open is dropped.
    """

    def __init__(self, settle: Callable[[Outcome], None], fail: Callable[[str], None]) -> None:
        """Nothing is opened yet.

        `settle` is told the outcome of each question; `fail`, in a few words, why no question can
        be asked any more over this socket.
        """
        self._settle_with, self._fail = settle, fail
        self._transport: asyncio.DatagramTransport | None = None
        self._patience: asyncio.TimerHandle | None = None  # set while a question is open
        self._tries_left = 0
        self._closed = asyncio.Event()

    async def open(self, router: IPv4Address, port: int) -> None:
        """Open the socket. Raises OSError where there is no way to the router."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=(str(router), port), family=socket.AF_INET
        )
        if sys.platform != "win32":  # where a longer one would be an error instead of cut short
            # asyncio makes room for 256 KiB before each datagram: a third of the cost of a poll.
            # The attribute is not documented; a loop that lacks it does as it likes.
            with suppress(AttributeError):
                self._transport.max_size = _LONGEST  # type: ignore[attr-defined]  # see above

    async def close(self) -> None:
        """Ask no more; the socket is closed when this returns."""
        self._drop()
        if self._transport is not None:
            self._transport.abort()
            await self._closed.wait()

    def ask(self, tries: int) -> None:
        """Ask, and in silence again, so often in all."""
        self._tries_left = tries
        self._try()

    def datagram_received(self, data: bytes, _: tuple[str | int, ...]) -> None:
        """Take in an answer to the open question; called by the event loop."""
        reply = pmp_codec.read_reply(data) if self._patience is not None else None
        if reply is not None:
            epoch = Epoch(router=reply.epoch_s, received=asyncio.get_running_loop().time())
            self._settle(Answer(told=(reply.result, reply.address), epoch=epoch))

    def error_received(self, exc: Exception) -> None:
        """Take in what the network or the system says; called by the event loop.

        A closed port is "refused" on Unix and "reset" on Windows. There, asyncio reads nothing more
        after an error (python/cpython#127057), so that a new socket is needed.
        """
        if isinstance(exc, ConnectionError) and self._patience is not None:
            self._settle(Mute.CLOSED)
        is_passing = isinstance(exc, OSError) and exc.errno in _PASSING
        if not is_passing and not isinstance(exc, ConnectionRefusedError):
            self._lost(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the socket is closed; called by the event loop."""
        self._lost(exc)
        self._closed.set()

    def _try(self) -> None:
        assert self._transport is not None
        self._tries_left -= 1
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(PATIENCE_S, self._unanswered)
        self._transport.sendto(pmp_codec.request())  # may tell of an error before it returns

    def _unanswered(self) -> None:
        if self._tries_left > 0:
            self._try()
            return
        self._settle(Mute.SILENT)
        if self._is_left_behind():
            self._drop()
            self._fail("this machine's own address is another now")

    def _settle(self, outcome: Outcome) -> None:
        self._drop()
        self._settle_with(outcome)

    def _is_left_behind(self) -> bool:
        """Whether a new socket would have another address of ours than this one.

        Linux keeps the old one, and says no more than "network is unreachable".
        """
        assert self._transport is not None
        ours, theirs = map(self._transport.get_extra_info, ("sockname", "peername"))
        fresh = facing(IPv4Address(theirs[0]))
        return fresh is not None and fresh != IPv4Address(ours[0])

    def _drop(self) -> None:
        """There is no open question any more."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lost(self, error: Exception | None) -> None:
        self._drop()
        if error is None:
            self._fail("closed")
        else:
            self._fail(reason(error) if isinstance(error, OSError) else type(error).__name__)
