"""The section on signs of a change: how soon, by what, what would help, and each sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.sections import services
from agent.diagnosis.sections.row import Row
from discovery.signals import sentences
from discovery.signals.view import Signal
from tests.support.evidence import cgnat_home, plain_home
from tests.support.evidence_parts import AROUND, IPV6
from tests.support.sightings import PUBLIC
from tests.support.troubled_homes import HOMES


def told(rows: Iterator[Row], label: str) -> list[str]:
    return [row.text for row in rows if row.label == label]


@pytest.mark.parametrize(
    ("signal", "label", "text"),
    [
        (
            Signal(name="gena", works=True, expected_ms=500, detail="the router granted it"),
            "UPnP events",
            "works, within 500 ms. The router granted it.",
        ),
        (
            Signal(name="gena", works=False, expected_ms=500, detail="no router"),
            "UPnP events",
            "does not work. No router.",
        ),
        (
            sentences.spared("gena", "no router was looked for"),
            "UPnP events",
            "not known. No router was looked for.",
        ),
        (
            Signal(name="natpmp_announce", works=None, expected_ms=10, detail="It can listen."),
            "Router's announcements",
            "perhaps, within 10 ms. It can listen.",
        ),
        (
            Signal(name="ssdp", works=None, expected_ms=None, detail="It can listen."),
            "Router's restarts",
            "perhaps. It can listen.",
        ),
        (
            Signal(name="upnp_poll", works=True, expected_ms=5000, detail="asked every 5 s"),
            "Asking by UPnP",
            "works. Asked every 5 s.",
        ),
        (
            Signal(name="stun_poll", works=None, expected_ms=60000, detail="no server was tried"),
            "Asking by STUN",
            "not known. No server was tried.",
        ),
        (
            sentences.left_out("netlink"),
            "This machine's links",
            "not used. The configuration leaves it out.",
        ),
    ],
)
def test_a_signal(signal: Signal, label: str, text: str) -> None:
    assert told(services.of_signals(plain_home(signals=(signal,))), label) == [text]


def test_the_clock_is_no_sign_of_a_new_address() -> None:
    only = plain_home(signals=(sentences.proved("clock", 15.0),))
    assert told(services.of_signals(only), "") == ["No sign of a change was tried."]


IPV4 = "A new IPv4 address"
BY_EVENTS = (
    "noticed by “upstun run” within 35 ms, by UPnP events of the router; if an event gets lost, "
    "within 10 s"
)
BY_STUN = (
    "noticed by “upstun run” within 72 s, by asking a server outside (STUN). What the router tells "
    "does not count here: the address that others see is not the one that it names."
)
BY_ROUNDS = "noticed by “upstun run” within 6 minutes, by looking now and then"


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (plain_home(), BY_EVENTS),
        (cgnat_home(), BY_STUN),
        (plain_home(signals=()), BY_ROUNDS),
        (
            HOMES["silent_router"](),
            "noticed by “upstun run” within 30 s, by asking a server outside (STUN)",
        ),
        (
            plain_home(around=replace(AROUND, local=IPv4Address(str(PUBLIC)))),
            "noticed by “upstun run” within 5 ms, by watching this machine's own network",
        ),
    ],
)
def test_how_soon_a_new_address_is_noticed(evidence: Evidence, text: str) -> None:
    assert told(services.of_signals(evidence), IPV4) == [text]


def test_ipv6_is_told_where_there_is_any() -> None:
    assert told(services.of_signals(plain_home()), "A new IPv6 address") == []
    (text,) = told(services.of_signals(plain_home(ipv6=IPV6)), "A new IPv6 address")
    assert text == "noticed by “upstun run” within 5 ms, by watching this machine's own network"


def test_what_would_help_is_told_where_something_would() -> None:
    sooner = "To notice it sooner"
    assert told(services.of_signals(plain_home()), sooner) == []
    (text,) = told(services.of_signals(HOMES["silent_router"]()), sooner)
    assert text == "Switch UPnP or NAT-PMP on in the router."
