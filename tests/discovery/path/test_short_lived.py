"""Packets to loopback, where there are no hops but every kind of word."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest

from discovery.path import short_lived
from discovery.path.exchange import Peer
from discovery.path.icmp_note import IP_RECVERR, Word
from discovery.path.short_lived import send_short_lived
from discovery.path.timing import Tries
from tests.support.stun_liar import honest, liar, silent
from tests.support.tools import absent, free_port

LOOPBACK = IPv4Address("127.0.0.1")
BRIEF = Tries(sends=(0.0, 0.1), wait=0.3)
PATIENT = Tries(sends=(0.0,), wait=30.0)
REQUEST = bytes.fromhex("00010000 2112a442") + b"twelve bytes"


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    if not short_lived.SUPPORTED:
        absent("needs Linux, which tells of ICMP errors")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as fresh:
        fresh.setblocking(False)
        fresh.bind(("127.0.0.1", 0))
        yield fresh


def closed() -> Peer:
    return Peer(LOOPBACK, free_port(socket.SOCK_DGRAM))


def test_a_closed_port_says_so_in_the_name_of_its_address(sock: socket.socket) -> None:
    word = asyncio.run(send_short_lived(sock, closed(), REQUEST, hops=1, tries=PATIENT))
    assert word == Word(kind="unreachable", sender=LOOPBACK)


def test_an_open_port_that_answers_is_heard(sock: socket.socket) -> None:
    async def main() -> Word | None:
        async with liar(honest) as heard:
            peer = Peer(LOOPBACK, heard.port)
            return await send_short_lived(sock, peer, REQUEST, hops=1, tries=PATIENT)

    assert asyncio.run(main()) == Word(kind="answered", sender=LOOPBACK)


def test_silence_is_none_after_every_try(sock: socket.socket) -> None:
    async def main() -> None:
        async with liar(silent) as heard:
            peer = Peer(LOOPBACK, heard.port)
            assert await send_short_lived(sock, peer, REQUEST, hops=1, tries=BRIEF) is None
            assert len(heard.requests) == 2

    asyncio.run(main())


def test_a_complaint_about_another_packet_is_none_about_ours(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    sock.sendto(b"earlier", (str(LOOPBACK), closed().port))

    async def main() -> None:
        async with liar(silent) as heard:
            peer = Peer(LOOPBACK, heard.port)
            assert await send_short_lived(sock, peer, REQUEST, hops=1, tries=BRIEF) is None
            assert heard.requests == [REQUEST] * 2  # the pending error cost no packet

    asyncio.run(main())


def test_a_flood_from_elsewhere_is_no_answer_and_ends_with_the_wait(sock: socket.socket) -> None:
    async def main() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            for _ in range(100):
                stranger.sendto(b"flood", sock.getsockname())
            async with liar(silent) as heard:
                peer = Peer(LOOPBACK, heard.port)
                assert await send_short_lived(sock, peer, REQUEST, hops=1, tries=BRIEF) is None

    asyncio.run(main())


def test_cancellation_leaves_no_reader_behind(sock: socket.socket) -> None:
    async def main() -> None:
        async with liar(silent) as heard:
            peer = Peer(LOOPBACK, heard.port)
            task = asyncio.create_task(send_short_lived(sock, peer, REQUEST, hops=1, tries=PATIENT))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not asyncio.get_running_loop().remove_reader(sock)

    asyncio.run(main())
