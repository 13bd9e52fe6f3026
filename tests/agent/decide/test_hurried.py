"""Whom a look in a hurry asks, and what a glance makes of an answer."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from agent.decide.hurried import glances_at, hurried, is_news, is_news6, word
from agent.values import Code, Discovery, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.ipv6.view import Ipv6View
from discovery.observation import Family, Missed, Observation, Seen, Source, Why
from discovery.signals.view import Signal, SignalName

HOME, OTHER, THIRD = map(IPv4Address, ("81.2.69.142", "81.2.69.160", "89.160.20.112"))
HOME6, OTHER6 = map(IPv6Address, ("2a01:c22:1::1", "2a01:c22:2::1"))


def known(**works: bool | None) -> dict[SignalName, Signal]:
    return {
        name: Signal(name=name, works=value, expected_ms=None, detail="")  # type: ignore[arg-type, misc]  # the names are those of signals
        for name, value in works.items()
    }


HURRIED: list[tuple[str, tuple[Source, ...], dict[SignalName, Signal], tuple[Source, ...]]] = [
    ("nothing is known yet", ("upnp", "natpmp", "stun"), {}, ("upnp", "natpmp", "stun")),
    ("NAT-PMP is the quickest", ("upnp", "natpmp", "stun"), known(natpmp_poll=True),
     ("natpmp", "upnp", "stun")),
    ("an announcement was heard, and nobody is polled", ("upnp", "natpmp", "stun"),
     known(natpmp_announce=True), ("natpmp", "upnp", "stun")),
    ("no NAT-PMP", ("upnp", "natpmp", "stun"), known(natpmp_poll=False, gena=True),
     ("upnp", "stun")),
    ("no UPnP", ("upnp", "natpmp", "stun"), known(natpmp_poll=True, upnp_poll=False),
     ("natpmp", "stun")),
    ("no UPnP router has been found", ("upnp", "natpmp", "stun"),
     known(natpmp_poll=False, gena=None, upnp_poll=None), ("stun",)),
    ("events are refused, and the poll is not needed", ("upnp", "natpmp", "stun"),
     known(natpmp_poll=True, gena=False, upnp_poll=None), ("natpmp", "stun")),
    ("a silent router", ("upnp", "natpmp", "stun", "http"),
     known(natpmp_poll=False, upnp_poll=False, gena=False), ("stun", "http")),
    ("events come, though the poll is refused", ("upnp", "stun"),
     known(gena=True, upnp_poll=False), ("upnp", "stun")),
    ("NAT-PMP is left out", ("upnp", "stun"), known(natpmp_poll=True), ("upnp", "stun")),
    ("a signal that is not proved yet", ("upnp", "natpmp"), known(natpmp_poll=None),
     ("upnp", "natpmp")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "order", "signals", "asked"), HURRIED)
def test_whom_a_look_in_a_hurry_asks(
    name: str,
    order: tuple[Source, ...],
    signals: dict[SignalName, Signal],
    asked: tuple[Source, ...],
) -> None:
    assert hurried(Discovery(ipv4=order), signals).ipv4 == asked


def settled(*sources: Source) -> Settled:
    return Settled(family=Family.V4, address=HOME, code="single_nat", sources=sources, because="")


def unknown(code: Code) -> Unknown:
    return Unknown(family=Family.V4, code=code, because="")


BEYOND = OutOfReach(family=Family.V4, address=HOME, code="cgnat", sources=("stun",), because="")
DISPUTED = Disputed(
    family=Family.V4, candidates=(HOME, OTHER), code="upstream_nat", sources=(), because=""
)


@pytest.mark.parametrize(
    ("order", "verdict", "whom"),
    [
        (("natpmp", "upnp", "stun"), None, "natpmp"),
        (("stun", "upnp"), None, "upnp"),
        (("http", "stun"), None, "stun"),
        (("http",), None, None),
        (("upnp", "natpmp", "stun"), ("natpmp", "stun"), "natpmp"),
        (("natpmp", "upnp", "stun"), ("natpmp", "upnp", "stun"), "natpmp"),
        (("natpmp", "upnp", "stun"), ("stun", "http"), "stun"),
        (("natpmp", "upnp"), ("http",), None),
    ],
)
def test_a_glance_asks_who_named_the_address_and_never_the_web(
    order: tuple[Source, ...], verdict: tuple[Source, ...] | None, whom: Source | None
) -> None:
    last = None if verdict is None else settled(*verdict)
    assert glances_at(Discovery(ipv4=order), last) == whom


def says(address: IPv4Address, source: Source = "natpmp") -> Observation:
    return Seen(source=source, witness="w", operator="o", family=Family.V4, address=address)


def gives(why: Why, source: Source = "natpmp") -> Observation:
    return Missed(source=source, witness="w", operator="o", family=Family.V4, why=why, detail="")


NEWS: list[tuple[Verdict, Observation, bool]] = [
    (settled("upnp", "stun"), says(HOME), False),
    (settled("upnp", "stun"), says(OTHER), True),
    (settled("upnp", "stun"), gives(Why.NO_ADDRESS), True),
    (settled("upnp", "stun"), gives(Why.DOWN), True),
    (settled("upnp", "stun"), gives(Why.SILENT), False),
    (settled("upnp", "stun"), gives(Why.REFUSED), False),
    (settled("stun"), gives(Why.NO_ADDRESS), False),
    (settled("stun"), gives(Why.NO_ROUTE), True),
    (settled("stun"), says(OTHER, "stun"), True),
    (settled("stun"), gives(Why.SILENT, "stun"), False),
    (BEYOND, says(HOME, "stun"), False),
    (BEYOND, says(OTHER), True),
    (BEYOND, gives(Why.NOT_PUBLIC), False),
    (DISPUTED, says(OTHER), False),
    (DISPUTED, says(THIRD), True),
    (DISPUTED, gives(Why.DOWN), False),
    (unknown("wan_down"), says(HOME), True),
    (unknown("offline"), says(HOME), True),
    (unknown("wan_down"), gives(Why.NO_ADDRESS), False),
    (unknown("one_witness"), says(HOME, "stun"), False),
    (unknown("offline"), gives(Why.NO_ROUTE), False),
]


@pytest.mark.parametrize(("verdict", "seen", "news"), NEWS)
def test_what_is_news(verdict: Verdict, seen: Observation, news: bool) -> None:
    assert is_news(verdict, seen) is news


def test_the_word_of_a_witness_is_its_address_or_why_it_has_none() -> None:
    assert [word(says(HOME)), word(gives(Why.DOWN))] == ["81.2.69.142", "down"]


SETTLED6 = Settled(
    family=Family.V6, address=HOME6, code="v6_direct", sources=("interface",), because=""
)
ELSEWHERE = Disputed(
    family=Family.V6, candidates=(HOME6, OTHER6), code="v6_nat66_or_vpn", sources=(), because=""
)


@pytest.mark.parametrize(
    ("verdict", "chosen", "news"),
    [
        (SETTLED6, HOME6, False),
        (SETTLED6, OTHER6, True),
        (SETTLED6, None, True),
        (Unknown(family=Family.V6, code="v6_none", because=""), None, False),
        (Unknown(family=Family.V6, code="v6_none", because=""), HOME6, True),
        (Unknown(family=Family.V6, code="v6_waiting", because=""), HOME6, True),
        (Unknown(family=Family.V6, code="v6_unconfirmed", because=""), HOME6, False),
        (ELSEWHERE, HOME6, False),
        (ELSEWHERE, None, False),
    ],
)
def test_what_is_news_of_this_machine_itself(
    verdict: Verdict, chosen: IPv6Address | None, news: bool
) -> None:
    assert is_news6(verdict, Ipv6View(chosen=chosen)) is news
