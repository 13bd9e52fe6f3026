"""All signals together at a real router: proved, lost and regained, in network namespaces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from discovery.interface import Surroundings, choose, facing
from discovery.observation import Family, Observation, Seen, Source
from discovery.route_table import read_proc_net_route
from discovery.signals.listening import Listening
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from tests.discovery.signals.listening import Heard, nothing_left, until
from tests.discovery.signals.neighbourhood import LOCATION, ROUTER, Neighbourhood

pytestmark = pytest.mark.lab

AGAIN = "the router's events are subscribed to again"


class Server:
    """A STUN server that sees the home at one address for ever."""

    source: Source = "stun"
    witness, operator = "stun:of-a-test", "a test"

    async def observe(self, family: Family) -> Observation:
        return Seen(
            source="stun",
            witness=self.witness,
            operator=self.operator,
            family=family,
            address=IPv4Address("81.2.69.142"),
        )


def around() -> Surroundings:
    """As `surroundings`, for a thread: /proc/net is that of the process, in another namespace."""
    table = Path("/proc/thread-self/net/route").read_text(encoding="ascii")
    routes = read_proc_net_route(table)
    return choose(routes, interface="", is_tunnel=lambda _: False, facing=facing)


class Life:
    """A listening under way, and what it said."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.told: list[Signal] = []
        self.signals: Listening

    def works(self, name: SignalName) -> bool | None:
        known = self.signals.get(name)
        return known.works if known is not None else None

    async def until_works(self, *names: SignalName) -> None:
        await until(
            lambda: all(self.works(name) for name in names),
            lambda: f"not all of {names}: {dict(self.signals)}",
        )

    async def until_known_not_to_work(self, *names: SignalName) -> None:
        await until(
            lambda: all(self.works(name) is False for name in names),
            lambda: f"{names}: {dict(self.signals)}",
        )


@asynccontextmanager
async def listening(*allowed: SignalName) -> AsyncIterator[Life]:
    """Listen from the computer of the home; nothing may be left of it."""
    life = Life()
    async with (
        nothing_left(),
        Listening(
            life.heard,
            allowed=allowed or EVERY_SIGNAL,
            sources=("upnp", "natpmp", "stun"),
            surroundings=around,
            location=lambda: LOCATION,
            stun=[Server()],
            own_stun=[],
            told=life.told.append,
            vary=lambda: 0.5,
            wall=lambda: asyncio.get_running_loop().time(),
        ) as life.signals,
    ):
        yield life


async def beside(work: Callable[[], object]) -> None:
    """Do something that waits, without stopping the loop that listens."""
    await asyncio.to_thread(work)


async def flip_until_event(place: Neighbourhood, life: Life) -> None:
    """Flip the line; it must be told by an event that comes after the flip."""
    life.heard.reasons.clear()
    await beside(place.flip)
    await life.heard.until("sent an event")


def test_every_signal_is_proved_without_a_reason_to_look(place: Neighbourhood) -> None:
    async def main() -> None:
        async with listening() as life:
            await life.until_works("netlink", "gena", "natpmp_poll", "stun_poll", "clock")
            await until(lambda: "ssdp" in life.signals, lambda: "not listened to")
            assert life.works("natpmp_announce") is None
            assert life.works("ssdp") is None
            assert "only where it does not answer" in life.signals["upnp_poll"].detail
            await until(
                lambda: life.signals["natpmp_poll"].expected_ms == 5000, lambda: "asked too often"
            )
            assert life.heard.reasons == []
        assert len(life.told) == 5

    place.home.call(main(), timeout=30)


def test_a_new_address_is_told_by_an_announcement_and_by_an_event(place: Neighbourhood) -> None:
    async def main() -> None:
        async with listening() as life:
            await life.until_works("gena", "natpmp_poll")
            await flip_until_event(place, life)
            await life.heard.until("announced")
            await life.until_works("natpmp_announce")

    place.home.call(main(), timeout=30)


def test_a_poll_alone_tells_of_a_new_address(place: Neighbourhood) -> None:
    async def main() -> None:
        async with listening("natpmp_poll") as life:
            await life.until_works("natpmp_poll")
            await beside(place.flip)
            await life.heard.until("NAT-PMP")

    place.home.call(main(), timeout=30)


@pytest.fixture
def running(place: Neighbourhood) -> Iterator[None]:
    """The router's service runs again after the test."""
    try:
        yield
    finally:
        place.daemon.stop()
        place.start()


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("in_good_order", [True, False])
def test_after_a_restart_of_the_router_its_events_come_again(
    place: Neighbourhood, in_good_order: bool
) -> None:
    async def main() -> None:
        async with listening() as life:
            await life.until_works("gena")
            await beside(place.end if in_good_order else place.daemon.stop)
            await beside(place.start)
            await life.heard.until("UPnP service started")
            await life.heard.until("lost our event subscription")
            await life.until_works("ssdp")
            await life.heard.until("sent an event")  # the state at the time of the new subscription
            await flip_until_event(place, life)

    place.home.call(main(), timeout=30)


@pytest.mark.usefixtures("running")
def test_a_router_that_begins_its_service_later_is_found(place: Neighbourhood) -> None:
    async def main() -> None:
        await beside(place.daemon.stop)
        async with listening() as life:
            await life.until_known_not_to_work("gena", "natpmp_poll", "upnp_poll")
            await beside(place.start)
            await life.until_works("gena", "natpmp_poll")
            await flip_until_event(place, life)

    place.home.call(main(), timeout=30)


def test_a_link_that_went_down_and_came_up_is_listened_to_again(place: Neighbourhood) -> None:
    def up() -> None:
        place.computer.ip("link", "set", "eth0", "up")
        place.computer.ip("route", "replace", "default", "via", ROUTER)

    async def main() -> None:
        async with listening() as life:
            await life.until_works("gena", "natpmp_poll")
            await beside(lambda: place.computer.ip("link", "set", "eth0", "down"))
            try:
                await life.until_known_not_to_work("gena", "natpmp_poll", "natpmp_announce")
                assert "no home router was found" in life.signals["gena"].detail
                await life.heard.until("of this machine changed")
            finally:
                await beside(up)
            await life.until_works("gena", "natpmp_poll")
            await life.heard.until(AGAIN)
            await flip_until_event(place, life)
            await life.heard.until("announced")

    place.home.call(main(), timeout=30)
