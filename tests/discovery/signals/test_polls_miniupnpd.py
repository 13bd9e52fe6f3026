"""Polling a real miniupnpd by NAT-PMP and by UPnP: a change, a line that is down, a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from discovery.signals.natpmp_poll import NatPmpPoll
from discovery.signals.source import LookNow, Source, Unavailable
from discovery.signals.upnp_poll import UpnpPoll
from tests.discovery.signals.listening import PATIENCE_S, Heard, nothing_left
from tests.discovery.signals.neighbourhood import (
    COMPUTER,
    LOCATION,
    NEIGHBOUR,
    ROUTER,
    Neighbourhood,
)

pytestmark = pytest.mark.lab

Make = Callable[[LookNow], Source]


def natpmp(look_now: LookNow) -> Source:
    return NatPmpPoll(look_now, router=IPv4Address(ROUTER), every=0.05)


def upnp(look_now: LookNow) -> Source:
    return UpnpPoll(look_now, location=LOCATION, local=IPv4Address(COMPUTER), every=0.05)


EACH = pytest.mark.parametrize("make", [natpmp, upnp])


async def beside(work: Callable[[], object]) -> None:
    """Do something that waits, without stopping the loop in which the source asks."""
    await asyncio.to_thread(work)


@EACH
def test_another_address_is_noticed(place: Neighbourhood, make: Make) -> None:
    async def main() -> None:
        heard = Heard()
        async with nothing_left(), make(heard):
            for _ in range(2):
                known = len(heard.reasons)
                await beside(place.flip)
                await heard.until("something else", times=known + 1)

    place.home.call(main())


@EACH
def test_a_line_that_goes_down_and_comes_back_is_noticed(place: Neighbourhood, make: Make) -> None:
    async def main() -> None:
        heard = Heard()
        address = f"{place.wan}/24"
        async with make(heard):
            await beside(lambda: place.router.ip("address", "del", address, "dev", "wan"))
            await heard.until("something else")
            known = len(heard.reasons)
            await beside(lambda: place.router.ip("address", "add", address, "dev", "wan"))
            await heard.until("something else", times=known + 1)

    place.home.call(main())


@EACH
def test_a_restart_of_the_service_is_noticed(place: Neighbourhood, make: Make) -> None:
    async def main() -> None:
        heard = Heard()
        async with nothing_left(), make(heard):
            await beside(place.daemon.stop)
            await heard.until("closed the service")
            await beside(place.start)
            await heard.until("answers again")
        assert len(heard.reasons) <= 3  # the clock may count anew a moment after the return

    place.home.call(main(), timeout=30)


def test_a_machine_that_is_no_router_is_not_polled(place: Neighbourhood) -> None:
    async def main() -> None:
        neighbour = IPv4Address(NEIGHBOUR)
        async with nothing_left():
            with pytest.raises(Unavailable, match="refuses NAT-PMP"):
                await NatPmpPoll(Heard(), router=neighbour, every=1).__aenter__()

    place.home.call(main())


def test_a_computer_whose_own_address_is_taken_away_needs_a_new_socket(
    place: Neighbourhood,
) -> None:
    """As when it is carried into another network."""

    def move(before: str, now: str) -> None:
        place.computer.ip("address", "del", f"{before}/24", "dev", "eth0")
        place.computer.ip("address", "add", f"{now}/24", "dev", "eth0")
        place.computer.ip("route", "replace", "default", "via", ROUTER)

    async def main() -> None:
        elsewhere = "192.168.1.77"
        async with nothing_left(), natpmp(Heard()) as source:
            await beside(lambda: move(COMPUTER, elsewhere))
            try:
                async with asyncio.timeout(PATIENCE_S):
                    assert "cannot be asked by NAT-PMP any more" in await source.ended()
            finally:
                await beside(lambda: move(elsewhere, COMPUTER))

    place.home.call(main())
