"""Listening to a kernel that tells of its own network: the shell of netlink and of AF_ROUTE."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from errno import ENOBUFS
from types import TracebackType
from typing import ClassVar, Protocol, Self

from discovery.egress import reason
from discovery.signals.source import End, LookNow, Unavailable
from discovery.signals.view import SignalName

_LONGEST = 64 << 10  # of one batch of messages
_MOST_AT_ONCE = 64  # batches in one turn of the event loop; the rest waits for the next turn

_OVERFLOW = "so much of this machine's network changed at once that some of it was not told"


class Reader(Protocol):
    """What makes a reason out of the kernel's messages."""

    def read(self, data: bytes, sender: object) -> str | None:
        """The reason to look, or None when the messages are no news."""
        ...

    def forget(self) -> None:
        """Messages were lost: nothing that was remembered is certain any more."""
        ...


class KernelSocket:
    """A `Source` made of a socket that the kernel writes to, and of a reader of its messages."""

    name: ClassVar[SignalName] = "netlink"

    def __init__(
        self, look_now: LookNow, *, open_socket: Callable[[], socket.socket], reader: Reader
    ) -> None:
        """Nothing is opened yet. `open_socket` makes a non-blocking socket or raises OSError."""
        self._look_now, self._open, self._reader = look_now, open_socket, reader
        self._end = End()
        self._sock: socket.socket | None = None

    async def __aenter__(self) -> Self:
        """Open the socket. Raises Unavailable where the system does not let us."""
        try:
            self._sock = self._open()
        except OSError as error:
            raise Unavailable(
                "this system does not tell this program when its own network changes "
                f"({reason(error)})"
            ) from error
        asyncio.get_running_loop().add_reader(self._sock, self._take, self._sock)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._close()

    async def ended(self) -> str:
        """Wait until the socket fails; an overflow of its buffer is no failure."""
        return await self._end.wait()

    def _take(self, sock: socket.socket) -> None:
        """Read what there is; however much it is, it is one reason to look."""
        why: str | None = None
        try:
            for _ in range(_MOST_AT_ONCE):
                data, sender = sock.recvfrom(_LONGEST)
                news = self._reader.read(data, sender)  # all is read, the first reason is told
                why = why or news
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno == ENOBUFS:
                self._reader.forget()
                why = _OVERFLOW
            else:
                self._close()
                self._end.tell(
                    f"this system stopped telling when its network changes ({reason(error)})"
                )
        if why is not None:
            self._look_now(why)

    def _close(self) -> None:
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
            self._sock.close()
            self._sock = None
