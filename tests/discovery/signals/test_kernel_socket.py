"""The shell around a kernel's messages, on a pair of local sockets."""

from __future__ import annotations

import asyncio
import socket
from errno import EACCES, EBADF, ENOBUFS
from typing import Any

import pytest

from discovery.signals.kernel_socket import KernelSocket
from discovery.signals.source import Unavailable
from tests.discovery.signals.listening import Heard, nothing_left, until


class Reader:
    """Every message that does not say "nothing" is news."""

    def __init__(self) -> None:
        self.read_count = self.forgotten = 0

    def read(self, data: bytes, _sender: object) -> str | None:
        self.read_count += 1
        return None if data == b"nothing" else data.decode()

    def forget(self) -> None:
        self.forgotten += 1


class Failing:
    """A socket that fails once with this error, and is empty afterwards."""

    def __init__(self, sock: socket.socket, error: int) -> None:
        self._sock, self._error = sock, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def recvfrom(self, _most: int) -> tuple[bytes, object]:
        self._sock.recv(100)
        raise OSError(self._error, "as told")


def pair() -> tuple[socket.socket, socket.socket]:
    ours, kernel = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    return ours, kernel


def test_whatever_comes_together_is_one_reason() -> None:
    async def main() -> None:
        heard, reader = Heard(), Reader()
        async with nothing_left():
            ours, kernel = pair()
            with kernel:
                async with KernelSocket(heard, open_socket=lambda: ours, reader=reader):
                    for word in (b"nothing", b"one", b"nothing", b"two", b"nothing"):
                        kernel.send(word)
                    await until(lambda: reader.read_count == 5, lambda: "not all was read")
                    assert heard.reasons == ["one"]
                    kernel.send(b"nothing")
                    await until(lambda: reader.read_count == 6, lambda: "not all was read")
                    assert heard.reasons == ["one"]

    asyncio.run(main())


def failing(error: int) -> tuple[Heard, Reader, str]:
    async def main() -> tuple[Heard, Reader, str]:
        heard, reader = Heard(), Reader()
        ours, kernel = pair()
        broken: Any = Failing(ours, error)
        with kernel:
            async with (
                nothing_left(),
                KernelSocket(heard, open_socket=lambda: broken, reader=reader) as source,
            ):
                kernel.send(b"x")
                if error == ENOBUFS:
                    await heard.until("changed at once")
                    return heard, reader, ""
                return heard, reader, await source.ended()
        raise AssertionError

    return asyncio.run(main())


def test_an_overflow_is_a_reason_and_nothing_remembered_counts_any_more() -> None:
    heard, reader, _ = failing(ENOBUFS)
    assert heard.reasons[0].startswith("so much of this machine's network changed at once")
    assert reader.forgotten == 1


def test_a_socket_that_fails_ends_with_a_sentence() -> None:
    heard, _, why = failing(EBADF)
    assert why.startswith("this system stopped telling when its network changes (")
    assert heard.reasons == []


def test_a_socket_that_is_not_given_is_a_sentence() -> None:
    def refuse() -> socket.socket:
        raise OSError(EACCES, "Permission denied")

    async def main() -> None:
        async with KernelSocket(Heard(), open_socket=refuse, reader=Reader()):
            pytest.fail("it was refused")

    with pytest.raises(Unavailable, match=r"its own network changes \(not permitted\)"):
        asyncio.run(main())
