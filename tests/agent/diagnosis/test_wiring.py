"""From a configuration to instruments: nobody is asked whom the configuration leaves out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address
from typing import Any

import pytest

from agent.diagnosis.wiring import instruments, warm_up
from agent.values import Config
from agent.wiring import defaults
from discovery.path.probe import PathProbe
from discovery.signals.view import Signal
from discovery.webrtc.view import IceCandidate, IceView
from tests.support.evidence_parts import AROUND, SEEN6, STABLE6
from tests.support.pretend import ROOT
from tests.support.sightings import HTTP, OTHER, PUBLIC, STUN, seen

TUNNEL = replace(AROUND, default_is_tunnel=True)


def configured(**discovery: Any) -> Config:
    """The built-in settings with these changes."""
    config = defaults()
    return replace(config, discovery=replace(config.discovery, **discovery))


def names(methods: Any) -> list[str]:
    return [method.witness for method in methods]


STUN_SERVERS = defaults().discovery.stun_servers
STUN_NAMES = ["stun.cloudflare.com:3478", "stun.l.google.com:19302", "stun.nextcloud.com:443"]
WEB_NAMES = [
    "https://api.cloudflare.com/cdn-cgi/trace",
    "https://api64.ipify.org",
    "https://checkip.amazonaws.com",
    "cloudflare-dns.com (DoH)",
]


@pytest.mark.parametrize(
    ("words", "outside", "router"),
    [
        (("upnp", "natpmp", "stun", "http"), [*STUN_NAMES, *WEB_NAMES], True),
        (("stun",), STUN_NAMES, False),
        (("http",), WEB_NAMES, False),
        (("upnp",), [], True),
        (("natpmp",), [], True),
        ((), [], False),
    ],
)
def test_whoever_is_left_out_is_not_asked(
    words: tuple[Any, ...], outside: list[str], router: bool
) -> None:
    tools = instruments(configured(ipv4=words, ipv6=()), AROUND)
    assert names(tools.outside) == outside
    assert tools.through_vpn == ()
    assert tools.outside6(STABLE6) == ()
    assert (tools.router is not None) is router
    assert list(tools.stun) == (list(defaults().discovery.stun_servers) if "stun" in words else [])


def test_the_survey_of_the_router_asks_by_what_is_allowed() -> None:
    location = "http://192.168.1.1:5000/rootDesc.xml"
    tools = instruments(configured(ipv4=("natpmp", "http"), upnp_location=location), AROUND)
    assert isinstance(tools.router, partial)
    assert tools.router.keywords["sources"] == ("natpmp", "http")
    assert tools.router.keywords["location"] == location


def test_where_stun_is_left_out_the_path_is_not_measured_with_it() -> None:
    """In pretend surroundings nothing could be sent anyway: there must be nobody to send to."""
    tools = instruments(configured(ipv4=("upnp",), ipv6=("stun",)), AROUND)
    assert isinstance(tools.path, PathProbe)

    async def measure() -> list[str]:
        walked = await asyncio.gather(
            tools.path.behaviour(), tools.path.scatter(), tools.path.hairpin()
        )
        return [one.note for one in walked]

    assert asyncio.run(measure()) == ["No STUN server answered over UDP."] * 3


def test_witnesses_over_ipv6_are_asked_from_the_lasting_address() -> None:
    tools = instruments(configured(ipv6=("interface", "http", "stun")), AROUND)
    assert names(tools.outside6(STABLE6)) == [*STUN_NAMES, *WEB_NAMES]
    bound = {method._egress.bind for method in tools.outside6(STABLE6)}  # type: ignore[attr-defined]  # every witness outside has one
    assert bound == {STABLE6}
    assert {method._egress.bind for method in tools.outside6(None)} == {None}  # type: ignore[attr-defined]  # as above


DEVICES: Mapping[str, tuple[Any, str, str]] = {
    "the default route": (AROUND, "", ""),
    "a link that is named": (AROUND, "eth0", "eth0"),
    "past a VPN": (TUNNEL, "", "eth0"),
}


@pytest.mark.parametrize("title", DEVICES)
def test_those_outside_are_asked_through_the_link_that_faces_the_router(title: str) -> None:
    around, interface, device = DEVICES[title]
    tools = instruments(configured(interface=interface), around)
    through = {method._egress.device for method in tools.outside}  # type: ignore[attr-defined]  # every witness outside has one
    assert through == {device}
    assert bool(tools.through_vpn) is around.default_is_tunnel
    assert {method._egress.device for method in tools.through_vpn} <= {""}  # type: ignore[attr-defined]  # as above


def test_a_second_opinion_is_held_against_the_word_of_stun_over_ipv4_alone() -> None:
    tools = instruments(defaults(), AROUND)
    view = IceView(
        candidates=(
            IceCandidate(kind="srflx", address=IPv4Address(str(PUBLIC)), port=50000, base=""),
        )
    )
    assert tools.differs(view, (seen(STUN[0], PUBLIC), seen(HTTP[0], OTHER), SEEN6)) == ""
    assert str(OTHER) in tools.differs(view, (seen(STUN[0], OTHER),))


OWN = ("stun:stun.two.example:3478", STUN_SERVERS[0])


def test_stun_servers_of_ones_own_are_asked_first_and_each_once() -> None:
    tools = instruments(configured(stun_own=OWN), AROUND)
    assert names(tools.outside)[:4] == [STUN[1].name, *STUN_NAMES]
    assert list(tools.stun) == [OWN[0], *STUN_SERVERS]


@pytest.mark.parametrize(
    ("own", "polled"), [((), [STUN[0].name, STUN[1].name]), (OWN, [STUN[1].name])]
)
def test_signals_are_tried_as_the_agent_would_use_them(
    own: tuple[str, ...], polled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    async def prove(_: object, **what: Any) -> tuple[Signal, ...]:
        given.update(what)
        return ()

    monkeypatch.setattr("agent.diagnosis.wiring.prove_signals", prove)
    tools = instruments(configured(stun_own=own, signals=("gena",)), AROUND)
    said = (seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC))
    asyncio.run(tools.signals(None, said))  # type: ignore[arg-type]  # it is a coroutine
    assert names(given["outside"]) == polled
    assert given["own_stun"] is bool(own)
    assert given["allowed"] == ("gena",)


def test_a_library_that_is_missing_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def missing(name: str) -> None:
        tried.append(name)
        raise ImportError(name)

    monkeypatch.setattr("agent.diagnosis.wiring.import_module", missing)
    warm_up()
    assert len(tried) == len(set(tried)) > 1


def test_nothing_heavy_is_loaded_before_it_is_warmed_up() -> None:
    """And everything is that would count as a round trip: what the first question would load."""
    script = """
import sys
from agent.diagnosis.wiring import instruments, warm_up
from agent.wiring import defaults
from discovery.interface import Surroundings
instruments(defaults(), Surroundings())
heavy = {"aiohttp", "aioice", "aiortc", "miniupnpc"}
print(sorted(heavy & set(sys.modules)))
warm_up()
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n['aiohttp', 'aioice']\n"
