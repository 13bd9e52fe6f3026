"""A question and its answers over one connected UDP socket.

Connected, because then the kernel drops whatever another host or port sends, and a closed port
answers at once: ICMP arrives as ConnectionRefusedError instead of a wait for nothing. A new
socket for each conversation, so its port is a new guess for whoever wants to forge an answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address
from types import TracebackType
from typing import Self, TypeVar

Reply = TypeVar("Reply")

_MOST_WAITING = 32  # answers not yet read; a flood beyond it is dropped


class Datagrams(asyncio.DatagramProtocol):
    """An open conversation; use it as an async context manager.

    Raises OSError on entering when there is no way to the peer.
    """

    def __init__(self, peer: IPv4Address, port: int) -> None:
        """Name the peer; nothing is opened yet."""
        self._peer, self._port = str(peer), port
        self._inbox: asyncio.Queue[bytes | OSError] = asyncio.Queue(_MOST_WAITING)
        self._transport: asyncio.DatagramTransport | None = None
        self.local = IPv4Address(0)  # our address towards the peer, once open
        self.local_port = 0

    async def __aenter__(self) -> Self:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=(self._peer, self._port), family=socket.AF_INET
        )
        address, self.local_port = self._transport.get_extra_info("sockname")[:2]
        self.local = IPv4Address(address)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it; what still arrives is lost."""
        if self._transport is not None:
            self._transport.abort()

    def send(self, data: bytes) -> None:
        """Send one datagram now; an error of the network comes out of the next receive."""
        assert self._transport is not None
        self._transport.sendto(data)

    async def receive(self) -> bytes:
        """The next datagram from the peer. Raises OSError, of which ConnectionRefusedError."""
        item = await self._inbox.get()
        if isinstance(item, OSError):
            raise item
        return item

    async def ask(
        self,
        send: Callable[[int], object],
        read: Callable[[bytes], Reply | None],
        waits: Iterable[float],
    ) -> Reply | None:
        """Send, wait, and send again, once for each of `waits` (seconds), until `read` takes one.

        `send` gets the number of the try, from 0. None when the last wait has passed.
        Raises OSError as `receive` does.
        """
        for attempt, wait in enumerate(waits):
            send(attempt)
            try:
                async with asyncio.timeout(wait):
                    while True:
                        reply = read(await self.receive())
                        if reply is not None:
                            return reply
            except TimeoutError:
                continue
        return None

    def datagram_received(self, data: bytes, _: tuple[str | int, ...]) -> None:
        """Take one in; called by the event loop, which passes both by position."""
        self._put(data)

    def error_received(self, exc: Exception) -> None:
        """Take an ICMP answer in; called by the event loop."""
        if isinstance(exc, OSError):
            self._put(exc)

    def _put(self, item: bytes | OSError) -> None:
        if not self._inbox.full():
            self._inbox.put_nowait(item)
