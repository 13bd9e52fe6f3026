"""The machine as a witness of its own address."""

from __future__ import annotations

import asyncio
from ipaddress import IPv6Address

import pytest

from discovery.ipv6 import method
from discovery.ipv6.method import InterfaceMethod, observation
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.survey import judge
from discovery.ipv6.view import Held, Ipv6View
from discovery.observation import Family, Method, Missed, Seen, Why
from discovery.probe import probe
from tests.support.own6 import LINK_LOCAL, PUBLIC, ULA, held

MACHINE = InterfaceMethod()


def view(*found: Held) -> Ipv6View:
    route = DefaultRoute(device="eth0", gateway="fe80::1")
    return judge(found, (route,), is_tunnel=lambda device: False)


def test_it_is_a_method_that_names_whom_one_has_to_trust() -> None:
    asked: Method = MACHINE
    assert (asked.source, asked.witness, asked.operator) == (
        "interface",
        "this machine",
        "machine",
    )


def test_a_lasting_address_is_seen() -> None:
    assert observation(MACHINE, view(held())) == Seen(
        source="interface",
        witness="this machine",
        operator="machine",
        family=Family.V6,
        address=IPv6Address(PUBLIC),
    )


@pytest.mark.parametrize(
    ("found", "why", "reported", "sentence"),
    [
        ((held(temporary=True),), Why.NO_ADDRESS, None, "this machine has no IPv6 address that "),
        ((held("::1"), held(LINK_LOCAL), held(ULA)), Why.NOT_PUBLIC, ULA, "this machine has no "),
        ((), Why.NO_ROUTE, None, "this machine has IPv6 switched off"),
    ],
)
def test_what_cannot_be_published_is_missed_with_the_reason(
    found: tuple[Held, ...], why: Why, reported: str | None, sentence: str
) -> None:
    missed = observation(MACHINE, view(*found))
    assert isinstance(missed, Missed)
    assert missed.why is why
    assert missed.reported == (IPv6Address(reported) if reported else None)
    assert missed.detail.startswith(sentence)


def test_a_system_that_does_not_tell_its_flags_is_an_unsupported_witness() -> None:
    missed = observation(MACHINE, judge(None, (), is_tunnel=lambda device: False))
    assert isinstance(missed, Missed)
    assert missed.why is Why.UNSUPPORTED


def test_ipv4_is_not_asked_of_the_machine() -> None:
    missed = asyncio.run(probe(MACHINE, Family.V4, limit=5, strict=True))
    assert isinstance(missed, Missed)
    assert (missed.why, missed.family) == (Why.UNSUPPORTED, Family.V4)


def test_it_asks_with_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    async def survey_ipv6(**settings: object) -> Ipv6View:
        asked.append(settings)
        return view(held())

    monkeypatch.setattr(method, "survey_ipv6", survey_ipv6)
    current = IPv6Address(PUBLIC)
    machine = InterfaceMethod(interface="eth0", current=current)
    seen = asyncio.run(probe(machine, Family.V6, limit=5, strict=True))
    assert isinstance(seen, Seen)
    assert asked == [{"interface": "eth0", "current": current}]


def test_this_very_machine_can_be_asked() -> None:
    found = asyncio.run(probe(MACHINE, Family.V6, limit=5, strict=True))
    assert isinstance(found, Seen | Missed)
