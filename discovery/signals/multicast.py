"""Listening to one sender on a multicast group, on the link that faces the home router."""

from __future__ import annotations

import asyncio
import socket
import sys
from abc import ABC, abstractmethod
from ipaddress import IPv4Address
from types import TracebackType
from typing import ClassVar, Self

from discovery.egress import reason
from discovery.signals.source import End, LookNow, Unavailable
from discovery.signals.view import SignalName

_IP_MULTICAST_ALL = 49  # <linux/in.h>; Python does not name it


def join(group: IPv4Address, port: int, local: IPv4Address) -> socket.socket:
    """A socket that hears `group` on the link where our address is `local`.

    Raises OSError when the port is taken by a program that shares it with nobody, or when there is
    no such link.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):  # not on Windows; the BSDs share by this one
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Bound to the group, no packet to our own address can come in (RFC 6886 §3.2.1 warns of
        # clients that take their own port 5350 away). Windows binds to own addresses only.
        sock.bind((str(local if sys.platform == "win32" else group), port))
        if sys.platform == "linux":
            # Else groups that other programs joined on other links would be heard as well.
            sock.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group.packed + local.packed)
    except OSError:
        sock.close()
        raise
    return sock


class GroupSource(asyncio.DatagramProtocol, ABC):
    """A `Source` of what one machine sends to a group; a signal says what it means by `hear`.

    The membership belongs to the link: it outlives a change of our address there and a pulled
    cable, but not the link itself. Whoever learns that the router is reached by another link, or
    has another address, opens a new source.
    """

    name: ClassVar[SignalName]
    group: ClassVar[IPv4Address]

    def __init__(
        self, look_now: LookNow, *, local: IPv4Address, router: IPv4Address, port: int
    ) -> None:
        """Nothing is opened yet. Packets that come from anybody but `router` are dropped."""
        self._look_now, self._local, self._router, self._port = look_now, local, router, port
        self._sender = str(router)
        self._end = End()
        self._transport: asyncio.DatagramTransport | None = None

    @abstractmethod
    def hear(self, data: bytes, now: float) -> str | None:
        """What a packet of the router means: a reason to look, or nothing. `now` is loop time."""

    async def __aenter__(self) -> Self:
        """Join the group. Raises Unavailable where that cannot be done."""
        loop = asyncio.get_running_loop()
        try:
            sock = join(self.group, self._port, self._local)
        except OSError as error:
            raise Unavailable(
                f"this machine cannot listen on {self.group}:{self._port} ({reason(error)})"
            ) from error
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=sock)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave it; the socket is closed when this returns."""
        if self._transport is not None:
            self._transport.abort()
            await self._end.wait()

    async def ended(self) -> str:
        """Wait until the socket fails."""
        return await self._end.wait()

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """Take one in; called by the event loop."""
        if addr[0] == self._sender and (why := self.hear(data, asyncio.get_running_loop().time())):
            self._look_now(why)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end; called by the event loop."""
        words = reason(exc) if isinstance(exc, OSError) else "closed"
        self._end.tell(f"listening on {self.group}:{self._port} ended ({words})")
