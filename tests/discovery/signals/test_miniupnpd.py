"""Every signal of a router against a real miniupnpd: changes, restarts, and a forging neighbour."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address
from typing import Any

import pytest

from discovery.signals.announcements import Announcements
from discovery.signals.gena import Gena
from discovery.signals.gena_http import Peer
from discovery.signals.gena_listener import Listener
from discovery.signals.gena_messages import Event
from discovery.signals.ssdp_notify import SsdpNotices
from tests.discovery.signals.listening import PATIENCE_S, Heard, nothing_left, until
from tests.discovery.signals.neighbourhood import (
    COMPUTER,
    LOCATION,
    NEIGHBOUR,
    ROUTER,
    Neighbourhood,
    multicast,
)

pytestmark = pytest.mark.lab

LAN: dict[str, Any] = {"local": IPv4Address(COMPUTER), "router": IPv4Address(ROUTER)}

NAT_PMP = struct.pack("!BBHI4s", 0, 128, 0, 1, bytes([198, 51, 100, 7]))
PCP = struct.pack("!BBxBII12x", 2, 0x80, 0, 0, 1)
BYEBYE = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:byebye\r\n"
    b"USN: uuid:of-nobody::upnp:rootdevice\r\n\r\n"
)


async def beside(work: Callable[[], object]) -> None:
    """Do something that waits, without stopping the loop in which the source listens."""
    await asyncio.to_thread(work)


class Recording(Announcements):
    """Keeps what it was given to read."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.heard: list[bytes] = []

    def hear(self, data: bytes, now: float) -> str | None:
        self.heard.append(data)
        return super().hear(data, now)


def test_an_address_change_is_announced_by_nat_pmp_and_pcp(place: Neighbourhood) -> None:
    async def main() -> None:
        heard = Heard()
        async with nothing_left(), Announcements(heard, **LAN):
            await beside(place.flip)
            await heard.until("announced", "NAT-PMP")
            await heard.until("announced", "PCP)")
            await beside(place.flip)
            await heard.until("announced", "NAT-PMP", times=2)

    place.home.call(main())


def test_an_announcement_of_a_neighbour_is_not_heard(place: Neighbourhood) -> None:
    async def main() -> None:
        local, router, neighbour = LAN["local"], LAN["router"], IPv4Address(NEIGHBOUR)
        credulous = Recording(Heard(), local=local, router=neighbour)
        careful = Recording(Heard(), local=local, router=router)
        async with careful, credulous:
            for data in (NAT_PMP, PCP):
                send = partial(multicast, "224.0.0.1", 5350, data, NEIGHBOUR)
                await beside(partial(place.forge, send))
            await until(lambda: credulous.heard == [NAT_PMP, PCP], lambda: "nothing was forged")
        assert not set(careful.heard) & {NAT_PMP, PCP}

    place.home.call(main())


def test_an_address_change_comes_as_an_event(place: Neighbourhood) -> None:
    async def main() -> None:
        heard = Heard()
        async with nothing_left():
            gena = Gena(heard, location=LOCATION, local=LAN["local"])
            async with gena:
                async with asyncio.timeout(PATIENCE_S):
                    await gena.first_event.wait()
                assert heard.reasons == []
                await beside(place.flip)
                await heard.until("sent an event")

    place.home.call(main())


def test_an_event_of_a_neighbour_is_not_let_in(place: Neighbourhood) -> None:
    events: list[Event] = []

    def receive(event: Event) -> bool:
        events.append(event)
        return True

    async def main() -> bytes:
        peer = Peer(router=LAN["router"], local=LAN["local"])
        async with nothing_left(), Listener(peer) as listener:
            url, answers = listener.expect(receive), list[bytes]()
            await beside(partial(place.forge, lambda: answers.append(post_event(url))))
            return answers[0]
        raise AssertionError

    assert place.home.call(main()) == b""
    assert events == []


def post_event(url: str) -> bytes:
    """Send an event with the right path, which a neighbour could only have guessed."""
    host, _, rest = url.removeprefix("http://").partition(":")
    port, _, path = rest.partition("/")
    words = f"NOTIFY /{path} HTTP/1.1\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: x\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as line, suppress(ConnectionError):
        line.sendall(f"{words}SEQ: 1\r\nContent-Length: 0\r\n\r\n".encode())
        return line.recv(1000)
    return b""


def test_a_subscription_is_renewed_and_given_back(place: Neighbourhood) -> None:
    async def main() -> None:
        heard = Heard()
        async with Gena(heard, location=LOCATION, local=LAN["local"]) as gena:
            await gena.first_event.wait()
            gena.hurry()
            await beside(place.flip)
            await heard.until("sent an event")
        assert not any("lost" in why for why in heard.reasons)

    place.home.call(main())


def test_after_a_restart_of_the_router_its_events_come_again(place: Neighbourhood) -> None:
    async def main() -> None:
        heard, notices = Heard(), Heard()
        async with (
            nothing_left(),
            SsdpNotices(notices, **LAN),
            Gena(heard, location=LOCATION, local=LAN["local"]) as gena,
        ):
            await gena.first_event.wait()
            await beside(place.daemon.stop)
            await beside(place.start)
            await notices.until("UPnP service started")
            gena.hurry()
            await heard.until("lost our event subscription")
            await heard.until("sent an event")
            known = len(heard.reasons)
            await beside(place.flip)
            await until(lambda: len(heard.reasons) > known, lambda: str(heard.reasons))

    place.home.call(main(), timeout=30)


def test_a_router_that_ends_its_service_says_so(place: Neighbourhood) -> None:
    async def main() -> None:
        heard = Heard()
        async with nothing_left(), SsdpNotices(heard, **LAN):
            send = partial(multicast, "239.255.255.250", 1900, BYEBYE, NEIGHBOUR)
            await beside(partial(place.forge, send))
            await beside(place.end)
            await heard.until("UPnP service stopped")
            await beside(place.start)
            await heard.until("UPnP service started")
            stops = [why for why in heard.reasons if "stopped" in why]
            # Each of the router's three devices stops and starts; the forged one would only stop.
            await heard.until("UPnP service started", times=len(stops))

    place.home.call(main(), timeout=30)
