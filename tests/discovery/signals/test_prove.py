"""Every signal tried: at a real miniupnpd, behind a host firewall, at nobody, and at fakes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from discovery.interface import Surroundings
from discovery.observation import Family, PmpEvidence, Seen
from discovery.router.survey import survey_router
from discovery.router.view import Igd, RouterView
from discovery.signals.links import links
from discovery.signals.prove import prove_signals
from discovery.signals.source import LookNow, Source, Unavailable
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from tests.discovery.router.fake_igd import exhibit
from tests.discovery.signals.fake_events import GRANTED, FakeEvents
from tests.discovery.signals.listening import PATIENCE_S, nothing_left
from tests.discovery.signals.neighbourhood import AROUND, Neighbourhood
from tests.support.tools import free_port

HEALTHY = exhibit("description_healthy")
NAMES = list(EVERY_SIGNAL)


async def tried(limit: float = PATIENCE_S) -> dict[str, Signal]:
    """Survey the router and try the signals, as a diagnosis does."""
    router = await survey_router(AROUND)
    async with nothing_left():
        found = await prove_signals(AROUND, router=router, limit=limit)
    assert [signal.name for signal in found] == NAMES
    return {signal.name: signal for signal in found}


def told(signals: dict[str, Signal]) -> dict[str, tuple[bool | None, int | None]]:
    return {name: (signal.works, signal.expected_ms) for name, signal in signals.items()}


@pytest.mark.lab
def test_a_talking_router_proves_its_events_and_leaves_announcements_open(
    place: Neighbourhood,
) -> None:
    assert told(place.home.call(tried(), timeout=30)) == {
        "netlink": (True, 5),
        "natpmp_announce": (None, 10),
        "gena": (True, 35),
        "ssdp": (None, None),
        "natpmp_poll": (True, 1000),
        "upnp_poll": (True, 5000),
        "stun_poll": (None, 60_000),
        "clock": (True, 15_000),
    }


@pytest.fixture
def firewall(place: Neighbourhood) -> Iterator[None]:
    """The computer lets nobody begin a connection to it."""
    chain = "type filter hook input priority 0; tcp flags & (syn | ack) == syn drop;"
    place.computer.run("nft", "-f", "-", text=f"table ip wall {{ chain in {{ {chain} }}; }}\n")
    try:
        yield
    finally:
        place.computer.run("nft", "delete", "table", "ip", "wall")


@pytest.mark.lab
@pytest.mark.usefixtures("firewall")
def test_behind_a_host_firewall_the_subscription_is_granted_and_no_event_comes(
    place: Neighbourhood,
) -> None:
    gena = place.home.call(tried(limit=0.5), timeout=30)["gena"]
    assert (gena.works, gena.expected_ms, gena.unheard) == (False, None, True)
    assert gena.detail == (
        "the router granted an event subscription, but its first event did not arrive within "
        "0.5 s; a firewall on this machine may drop it"
    )


@pytest.mark.lab
def test_a_router_with_everything_switched_off_gives_only_the_kernel_and_stun(
    place: Neighbourhood,
) -> None:
    place.daemon.stop()
    try:
        assert told(place.home.call(tried(), timeout=30)) == {
            "netlink": (True, 5),
            "natpmp_announce": (False, None),
            "gena": (False, None),
            "ssdp": (False, None),
            "natpmp_poll": (False, None),
            "upnp_poll": (False, None),
            "stun_poll": (None, 25_000),
            "clock": (True, 15_000),
        }
    finally:
        place.start()


# Below, the home is loopback.

HERE = Surroundings(local=IPv4Address("127.0.0.1"), gateway=IPv4Address("127.0.0.1"))


def prove(
    around: Surroundings, router: RouterView | None = None, *, refuse: bool = False, **more: Any
) -> dict[str, Signal]:
    def deaf(_: LookNow) -> Source:
        raise Unavailable("this system does not tell")

    async def main() -> tuple[Signal, ...]:
        async with nothing_left():
            return await briefly(around, router, deaf if refuse else links, **more)
        raise AssertionError

    return {signal.name: signal for signal in asyncio.run(main())}


async def briefly(
    around: Surroundings,
    router: RouterView | None,
    watch: Callable[[LookNow], Source] = links,
    **more: Any,
) -> tuple[Signal, ...]:
    """Try the signals on ports that nobody else listens to."""
    return await prove_signals(
        around,
        router=router,
        limit=0.3,
        watch=watch,
        announcement_port=free_port(socket.SOCK_DGRAM),
        ssdp_port=free_port(socket.SOCK_DGRAM),
        **more,
    )


def test_what_was_not_asked_is_left_open_and_not_called_broken() -> None:
    found = prove(HERE)
    assert {name for name, signal in found.items() if signal.works is False} == set()
    assert found["gena"].works is None
    assert found["natpmp_announce"].works is None


def test_without_a_router_there_is_nobody_to_listen_to() -> None:
    found = prove(Surroundings(), RouterView(gateway=""))
    for name in ("natpmp_announce", "ssdp"):
        assert (found[name].works, found[name].detail) == (
            *(False, "no home router was found to listen to"),
        )


SPEAKS = RouterView(
    gateway="127.0.0.1",
    natpmp=Seen(
        source="natpmp",
        witness="w",
        operator="o",
        family=Family.V4,
        address=IPv4Address("81.2.69.142"),
        evidence=PmpEvidence(gateway="127.0.0.1", protocol="nat-pmp", result=0),
    ),
)


@pytest.mark.parametrize("allowed", [(), ("natpmp_poll", "stun_poll"), ("stun_poll",)])
def test_what_the_configuration_leaves_out_is_not_tried_and_said_to_be_left_out(
    allowed: tuple[SignalName, ...],
) -> None:
    def forbidden(_: LookNow) -> Source:
        raise AssertionError

    async def main() -> tuple[Signal, ...]:
        async with nothing_left():
            return await prove_signals(HERE, router=SPEAKS, allowed=allowed, watch=forbidden)
        raise AssertionError

    found = asyncio.run(main())
    assert [signal.name for signal in found] == NAMES
    left_out = [signal for signal in found if signal.left_out]
    assert {signal.name for signal in left_out} == set(NAMES) - set(allowed)
    told = {(signal.works, signal.expected_ms, signal.detail) for signal in left_out}
    assert told == {(None, None, "the configuration leaves it out")}


@pytest.mark.parametrize(
    ("allowed", "own", "expected"),
    [
        (EVERY_SIGNAL, False, 60_000),
        (("stun_poll",), False, 25_000),
        (EVERY_SIGNAL, True, 1000),
    ],
)
def test_stun_is_asked_at_the_pace_that_the_other_signals_leave_it(
    allowed: tuple[SignalName, ...], own: bool, expected: int
) -> None:
    found = prove(HERE, SPEAKS, allowed=allowed, own_stun=own)
    assert found["stun_poll"].expected_ms == expected


def test_a_link_that_went_away_is_told_in_a_sentence() -> None:
    gone = replace(HERE, local=IPv4Address("203.0.113.7"))
    found = prove(gone)
    for name in ("natpmp_announce", "ssdp"):
        assert found[name].works is False
        assert "cannot listen" in found[name].detail


def test_a_system_that_does_not_tell_says_so() -> None:
    netlink = prove(HERE, refuse=True)["netlink"]
    assert netlink == Signal(
        name="netlink", works=False, expected_ms=None, detail="this system does not tell"
    )


async def events_of(fake: FakeEvents) -> Signal:
    igd = Igd(location=fake.location, host="127.0.0.1", accepted=True)
    found = await briefly(HERE, RouterView(gateway="127.0.0.1", igds=(igd,)))
    return found[NAMES.index("gena")]


def test_a_router_that_does_not_take_its_subscription_back_has_proved_its_events() -> None:
    def answer(method: str, _path: str) -> bytes | None:
        return GRANTED if method == "SUBSCRIBE" else None

    async def main() -> Signal:
        async with nothing_left(), FakeEvents(HEALTHY, answer=answer) as fake:
            return await events_of(fake)
        raise AssertionError

    assert asyncio.run(main()).works is True


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: FakeEvents(HEALTHY, events=0),
            "first event did not arrive within 0.3 s",
        ),
        (
            lambda: FakeEvents(HEALTHY, answer=lambda _m, _p: b"HTTP/1.1 501 No\r\n\r\n"),
            "the router sends no events: it answered 501",
        ),
        (
            lambda: FakeEvents(HEALTHY, answer=lambda _m, _p: None),
            "did not",
        ),
        (lambda: FakeEvents(None), "did not"),
    ],
)
def test_events_that_do_not_come_are_false_and_the_sentence_says_why(
    make: Callable[[], FakeEvents], words: str
) -> None:
    async def main() -> tuple[Signal, list[str]]:
        async with nothing_left(), make() as fake:
            return await events_of(fake), fake.asked
        raise AssertionError

    gena, asked = asyncio.run(main())
    assert gena.works is False
    assert words in gena.detail
    granted = "granted an event subscription, but" in gena.detail
    assert asked[-1].startswith("UNSUBSCRIBE") is granted
