"""What is wished for in which surroundings: the table of `wishes`, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import product
from typing import Any, get_args

import pytest

from discovery.interface import Surroundings
from discovery.observation import Source
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from discovery.signals.wishes import Case, Wish, spared, wishes

LOCAL, ROUTER = IPv4Address("192.168.1.10"), IPv4Address("192.168.1.1")
AT_HOME = Surroundings(local=LOCAL, gateway=ROUTER, device="eth0", has_route=True)
LOCATION = "http://192.168.1.1:5000/rootDesc.xml"
HOME = Case(
    allowed=EVERY_SIGNAL,
    sources=get_args(Source),
    around=AT_HOME,
    location=LOCATION,
    public_stun=True,
)
LINK: dict[str, Any] = {"local": LOCAL, "router": ROUTER}

Known = Mapping[SignalName, bool | None]


def knowing(case: Case, known: Known) -> Case:
    return replace(
        case,
        known={
            name: Signal(name=name, works=works, expected_ms=None, detail="as a test says")
            for name, works in known.items()
        },
    )


def names(case: Case) -> set[SignalName]:
    found = [wish.name for wish in wishes(case)]
    assert len(found) == len(set(found))
    return set(found)


def pace(case: Case, name: SignalName) -> float | None:
    return {wish.name: wish.every for wish in wishes(case)}.get(name)


def why(case: Case, name: SignalName) -> tuple[bool | None, str]:
    (signal,) = (one for one in spared(case) if one.name == name)
    return signal.works, signal.detail


def test_a_home_in_which_nothing_was_tried_yet_wishes_for_all_but_the_upnp_poll() -> None:
    assert wishes(HOME) == (
        Wish(name="netlink"),
        Wish(name="natpmp_announce", device="eth0", **LINK),
        Wish(name="gena", location=LOCATION, **LINK),
        Wish(name="ssdp", device="eth0", **LINK),
        Wish(name="natpmp_poll", device="eth0", every=1.0, **LINK),
        Wish(name="stun_poll", every=60.0),
        Wish(name="clock", every=15.0),
    )


def test_without_a_gateway_only_this_machine_and_stun_are_left() -> None:
    nowhere = replace(HOME, around=Surroundings())
    assert names(nowhere) == {"netlink", "clock", "stun_poll"}
    for name in ("natpmp_announce", "gena", "ssdp", "natpmp_poll", "upnp_poll"):
        assert why(nowhere, name) == (False, "no home router was found to listen to")


def test_a_router_that_is_no_gateway_is_asked_where_the_user_says_it_is() -> None:
    beside = replace(HOME, around=Surroundings(local=LOCAL))
    assert names(beside) == {"netlink", "clock", "stun_poll", "gena", "upnp_poll"}


def test_before_the_description_is_known_there_is_nothing_to_subscribe_to() -> None:
    unknown = replace(HOME, location="")
    assert names(unknown) == set(EVERY_SIGNAL) - {"gena", "upnp_poll"}
    works, detail = why(unknown, "gena")
    assert works is None
    assert detail.startswith("no UPnP router has been found yet")


@pytest.mark.parametrize(
    ("known", "every"),
    [
        ({}, 1.0),
        ({"natpmp_announce": None, "gena": None}, 1.0),
        ({"natpmp_announce": False, "gena": False}, 1.0),
        ({"gena": True}, 5.0),
        ({"natpmp_announce": True}, 5.0),
        ({"natpmp_announce": True, "gena": False}, 5.0),
        ({"ssdp": True, "netlink": True, "stun_poll": True}, 1.0),
    ],
)
def test_natpmp_is_asked_less_often_where_something_else_was_seen_to_tell(
    known: Known, every: float
) -> None:
    assert pace(knowing(HOME, known), "natpmp_poll") == every


@pytest.mark.parametrize(
    ("known", "every"),
    [
        ({}, None),
        ({"natpmp_poll": None}, None),
        ({"natpmp_poll": True}, None),
        ({"natpmp_poll": False}, 5.0),
        ({"natpmp_poll": False, "gena": None}, 5.0),
        ({"natpmp_poll": False, "gena": True}, 10.0),
    ],
)
def test_upnp_is_polled_only_where_natpmp_is_known_not_to_answer(
    known: Known, every: float | None
) -> None:
    assert pace(knowing(HOME, known), "upnp_poll") == every


@pytest.mark.parametrize(
    "case",
    [
        replace(HOME, sources={"upnp", "stun"}),
        replace(HOME, allowed=set(EVERY_SIGNAL) - {"natpmp_poll"}),
    ],
)
def test_upnp_is_polled_where_natpmp_is_not_to_be(case: Case) -> None:
    assert pace(case, "natpmp_poll") is None
    assert pace(case, "upnp_poll") == 5.0


@pytest.mark.parametrize(
    ("known", "every"),
    [
        ({}, 60.0),
        ({"natpmp_poll": True}, 60.0),
        ({"natpmp_poll": False, "upnp_poll": True, "gena": False}, 60.0),
        ({"natpmp_poll": False, "upnp_poll": False, "gena": True}, 60.0),
        ({"natpmp_poll": False, "upnp_poll": None, "gena": False}, 60.0),
        ({"natpmp_poll": False, "upnp_poll": False, "gena": False}, 25.0),
    ],
)
def test_public_stun_servers_are_asked_each_minute_unless_they_are_known_to_be_all_there_is(
    known: Known, every: float
) -> None:
    assert pace(knowing(HOME, known), "stun_poll") == every


@pytest.mark.parametrize(
    "case",
    [
        replace(HOME, around=Surroundings(has_route=True)),
        replace(HOME, sources={"stun"}),
        replace(HOME, allowed={"stun_poll"}),
        knowing(replace(HOME, location=""), {"natpmp_poll": False}),
    ],
)
def test_where_the_router_is_not_asked_stun_is_all_there_is(case: Case) -> None:
    assert pace(case, "stun_poll") == 25.0


@pytest.mark.parametrize("known", [{}, {"natpmp_poll": True}, {"natpmp_poll": False}])
def test_servers_of_ones_own_are_asked_each_second_and_no_public_one_is(known: Known) -> None:
    case = knowing(replace(HOME, own_stun=True), known)
    assert Wish(name="stun_poll", own=True, every=1.0) in wishes(case)


def test_without_stun_servers_none_is_polled() -> None:
    case = replace(HOME, public_stun=False)
    assert pace(case, "stun_poll") is None
    assert why(case, "stun_poll") == (
        *(False, "no STUN server is configured, so none can be asked"),
    )


@pytest.mark.parametrize("name", EVERY_SIGNAL)
def test_nothing_is_wished_for_or_told_of_a_kind_that_is_not_allowed(name: SignalName) -> None:
    knowledge: tuple[Known, ...] = ({}, {"natpmp_poll": False})
    for known, location in product(knowledge, ("", LOCATION)):
        case = knowing(replace(HOME, location=location), known)
        others = replace(case, allowed=set(EVERY_SIGNAL) - {name})
        assert name not in names(others)
        assert name not in {signal.name for signal in spared(others)}
        assert names(replace(case, allowed={name})) <= {name}


@pytest.mark.parametrize(
    ("source", "gone"),
    [
        ("upnp", {"gena", "upnp_poll"}),
        ("natpmp", {"natpmp_poll"}),
        ("stun", {"stun_poll"}),
        ("http", set()),
    ],
)
def test_who_may_not_be_asked_is_not_asked_but_still_heard(
    source: Source, gone: set[SignalName]
) -> None:
    case = knowing(replace(HOME, sources=set(get_args(Source)) - {source}), {"natpmp_poll": False})
    assert names(case) == set(EVERY_SIGNAL) - gone
    assert not {signal.name for signal in spared(case)} & gone


def test_every_allowed_signal_is_either_wished_for_or_told_of() -> None:
    for around, location, works, stun in product(
        (AT_HOME, Surroundings(local=LOCAL), Surroundings()),
        ("", LOCATION),
        (True, False, None),
        (True, False),
    ):
        case = replace(HOME, around=around, location=location, public_stun=stun)
        known: Known = dict.fromkeys(EVERY_SIGNAL, works)
        case = knowing(case, known)
        told = {signal.name for signal in spared(case)}
        assert names(case) | told == set(EVERY_SIGNAL)
        assert not names(case) & told


def test_another_router_another_address_or_another_link_is_another_source() -> None:
    for other in (
        replace(AT_HOME, gateway=IPv4Address("192.168.1.254")),
        replace(AT_HOME, local=IPv4Address("192.168.1.11")),
    ):
        moved = {wish.name: wish for wish in wishes(replace(HOME, around=other))}
        for wish in wishes(HOME):
            same = wish.name in {"netlink", "clock", "stun_poll"}
            assert (moved[wish.name] == wish) is same
    by_cable = replace(AT_HOME, device="eth1")
    assert Wish(name="ssdp", device="eth1", **LINK) in wishes(replace(HOME, around=by_cable))
