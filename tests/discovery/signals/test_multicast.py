"""Joining a group on loopback, as a LAN of one machine."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address

import pytest

from discovery.signals.announcements import Announcements
from discovery.signals.multicast import join
from discovery.signals.source import Unavailable
from tests.discovery.signals.listening import Heard, nothing_left
from tests.support.tools import free_port

HERE = IPv4Address("127.0.0.1")
GROUP = IPv4Address("224.0.0.1")


def listener(heard: Heard, port: int, local: IPv4Address = HERE) -> Announcements:
    return Announcements(heard, local=local, router=HERE, port=port)


def test_two_programs_can_listen_on_one_port() -> None:
    port = free_port(socket.SOCK_DGRAM)
    with join(GROUP, port, HERE), join(GROUP, port, HERE):
        pass


def test_a_source_can_be_opened_again_and_again() -> None:
    async def main() -> None:
        port = free_port(socket.SOCK_DGRAM)
        async with nothing_left():
            for _ in range(5):
                async with listener(Heard(), port):
                    pass

    asyncio.run(main())


def test_a_port_that_is_shared_with_nobody_is_a_sentence() -> None:
    async def main() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as selfish:
            selfish.bind(("", 0))
            port = selfish.getsockname()[1]
            async with nothing_left():
                with pytest.raises(Unavailable, match=rf"cannot listen on 224.0.0.1:{port} \("):
                    await listener(Heard(), port).__aenter__()

    asyncio.run(main())


def test_a_link_that_is_not_there_is_a_sentence() -> None:
    async def main() -> None:
        nowhere = listener(Heard(), free_port(socket.SOCK_DGRAM), IPv4Address("203.0.113.7"))
        async with nothing_left():
            with pytest.raises(Unavailable, match="no such"):
                await nowhere.__aenter__()

    asyncio.run(main())


def test_a_socket_that_fails_ends_with_a_sentence() -> None:
    async def main() -> str:
        async with listener(Heard(), free_port(socket.SOCK_DGRAM)) as source:
            source.connection_lost(OSError(19, "No such device"))
            return await source.ended()

    assert asyncio.run(main()).endswith("ended (no such link)")


def test_an_error_on_the_way_is_silence() -> None:
    heard = Heard()

    async def main() -> None:
        async with listener(heard, free_port(socket.SOCK_DGRAM)) as source:
            source.error_received(OSError(100, "Network is down"))
            source.datagram_received(b"\xff" * 9, ("127.0.0.1", 5351))
            source.datagram_received(bytes([0, 128, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]), ("10.9.9.9", 1))
            assert heard.reasons == []
            source.datagram_received(
                bytes([0, 128, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]), ("127.0.0.1", 1)
            )

    asyncio.run(main())
    assert heard.reasons == ["the router announced a change (NAT-PMP)"]
