"""Every row of the two tables in `discovery.ipv6.choice`, and what holds for all addresses."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.address import publishable
from discovery.ipv6.choice import Choice, choose
from discovery.ipv6.view import Held
from tests.support.own6 import LINK_LOCAL, OTHER, PUBLIC, ULA, held

EUI64 = "2a02:8071:9:0:5054:ff:fe12:3456"


def pick(
    *found: Held, way_out: str | None = "eth0", interface: str = "", current: str = ""
) -> Choice:
    return choose(
        found,
        way_out=way_out,
        is_tunnel=lambda device: device.startswith("wg"),
        interface=interface,
        current=IPv6Address(current) if current else None,
    )


@pytest.mark.parametrize(
    ("address", "because"),
    [
        pytest.param(held(ULA), "inside the home (ULA)", id="ULA"),
        pytest.param(held(LINK_LOCAL), "its own cable or Wi-Fi (link-local)", id="link-local"),
        pytest.param(held("::1"), "to itself (loopback)", id="loopback"),
        pytest.param(held("2002:808:808::1"), "automatic tunnel", id="6to4"),
        pytest.param(held("2001:0:1::1"), "automatic tunnel", id="Teredo"),
        pytest.param(held("2001:db8::1"), "documentation", id="documentation"),
        pytest.param(held("fec0::1"), "reserved", id="site-local"),
        pytest.param(held("::ffff:81.2.69.142"), "it is ", id="IPv4-mapped"),
        pytest.param(held(temporary=True), "it is temporary", id="temporary"),
        pytest.param(held(deprecated=True), "phased out", id="deprecated by its flag"),
        pytest.param(held(preferred_s=0), "phased out", id="deprecated by its lifetime alone"),
        pytest.param(held(tentative=True), "tentative", id="tentative"),
        pytest.param(held(duplicated=True, tentative=True), "duplicate", id="duplicate"),
        pytest.param(held(device="wg0"), "VPN or tunnel (wg0)", id="a tunnel by its name"),
        pytest.param(held(tunnel=True), "VPN or tunnel (eth0)", id="a tunnel by Windows' word"),
    ],
)
def test_an_address_that_may_not_be_published_is_rejected_with_its_reason(
    address: Held, because: str
) -> None:
    choice = pick(address)
    assert choice.chosen is None
    (candidate,) = choice.candidates
    assert not candidate.kept
    assert because in candidate.reason
    assert not candidate.reason.endswith(".")


@pytest.mark.parametrize(
    ("address", "passing"),
    [
        pytest.param(held(tentative=True), True, id="it is being checked"),
        pytest.param(held(tentative=True, permanent=True), True, id="the same, set by hand"),
        pytest.param(held(deprecated=True), True, id="a router phases it out"),
        pytest.param(held(preferred_s=0, valid_s=7000), True, id="the same, before its flag"),
        pytest.param(held(preferred_s=0, permanent=True), False, id="nothing shall go out by it"),
        pytest.param(held(temporary=True), False, id="it is temporary"),
        pytest.param(held(temporary=True, tentative=True), False, id="temporary and checked"),
        pytest.param(held(temporary=True, deprecated=True), False, id="temporary, phased out"),
        pytest.param(held(tentative=True, duplicated=True), False, id="it is a duplicate"),
        pytest.param(held(ULA, tentative=True), False, id="a ULA that is being checked"),
    ],
)
def test_a_reason_passes_where_a_change_is_under_way(address: Held, *, passing: bool) -> None:
    (candidate,) = pick(address).candidates
    assert candidate.passing is passing


def test_where_several_reasons_hold_the_one_that_no_waiting_cures_is_told() -> None:
    choice = pick(held(ULA, temporary=True, deprecated=True, tentative=True, device="wg0"))
    assert "ULA" in choice.candidates[0].reason


def test_without_a_default_route_nothing_is_chosen() -> None:
    choice = pick(held(), way_out=None)
    assert choice.chosen is None
    assert "no IPv6 route" in choice.candidates[0].reason


def test_where_only_a_tunnel_leads_out_the_home_address_still_counts() -> None:
    assert pick(held(), way_out="").chosen == IPv6Address(PUBLIC)


def test_a_link_named_by_the_user_is_the_only_one_even_if_it_is_a_tunnel() -> None:
    choice = pick(held(), held(OTHER, device="wg0"), interface="wg0")
    assert choice.chosen == IPv6Address(OTHER)
    assert choice.candidates[1].reason == "it is on eth0, and only wg0 is to be used"


BETTER = [
    pytest.param(
        held(OTHER),
        held(PUBLIC, device="eth1", permanent=True),
        "on the link that leads to the internet (eth0)",
        id="the link of the default route before an address set by hand elsewhere",
    ),
    pytest.param(
        held(OTHER, permanent=True),
        held(PUBLIC, prefix=128, preferred_s=3600),
        "stay longer, for it was set by hand",
        id="set by hand before DHCPv6",
    ),
    pytest.param(
        held(OTHER, prefix=128, preferred_s=60),
        held(PUBLIC, stable=True, preferred_s=86400),
        "stay longer, for a DHCPv6 server",
        id="DHCPv6 by its /128 before SLAAC, whatever their lifetimes",
    ),
    pytest.param(
        held(OTHER, leased=True), held(PUBLIC, stable=True), "DHCPv6", id="DHCPv6 by its flag"
    ),
    pytest.param(
        held(OTHER, stable=True, preferred_s=60),
        held(PUBLIC, preferred_s=3600),
        "stay longer, for this machine makes it",
        id="a stable one before one of which nothing is known",
    ),
    pytest.param(
        held(EUI64, preferred_s=60),
        held(PUBLIC, preferred_s=3600),
        "stay longer, for this machine makes it",
        id="EUI-64 is stable without any flag",
    ),
    pytest.param(
        held(OTHER, stable=True, preferred_s=3600),
        held(PUBLIC, stable=True, preferred_s=3599),
        "has the longer lifetime",
        id="the longer preferred lifetime",
    ),
    pytest.param(
        held(OTHER, stable=True, preferred_s=None),
        held(PUBLIC, stable=True, preferred_s=10**9),
        "has the longer lifetime",
        id="for ever is the longest",
    ),
    pytest.param(
        held(PUBLIC, stable=True),
        held(OTHER, stable=True),
        "comes first in order",
        id="the lowest number where nothing differs",
    ),
]


@pytest.mark.parametrize(("better", "worse", "because"), BETTER)
def test_of_two_that_would_do_the_better_is_chosen(better: Held, worse: Held, because: str) -> None:
    for both in ((better, worse), (worse, better)):
        choice = pick(*both)
        assert choice.chosen == better.address
        first, second = choice.candidates
        assert (first.held, first.kept, second.held, second.kept) == (better, True, worse, True)
        assert first.reason.startswith("it is chosen, for ")
        assert because in second.reason


def lasting(address: str, seconds: int | None, *, deprecated: bool = False) -> Held:
    return held(address, stable=True, preferred_s=seconds, deprecated=deprecated)


@pytest.mark.parametrize(
    ("published", "rival", "stays"),
    [
        pytest.param(lasting(OTHER, 3600), lasting(PUBLIC, 3600), True, id="a tie"),
        pytest.param(lasting(OTHER, 3000), lasting(PUBLIC, 3600), True, id="ten minutes less"),
        pytest.param(lasting(OTHER, 2999), lasting(PUBLIC, 3600), False, id="a second more"),
        pytest.param(lasting(OTHER, None), lasting(PUBLIC, None), True, id="both for ever"),
        pytest.param(lasting(OTHER, 86400), lasting(PUBLIC, None), False, id="a day or for ever"),
        pytest.param(
            lasting(OTHER, 3600), held(PUBLIC, permanent=True), False, id="one set by hand comes"
        ),
        pytest.param(
            lasting(OTHER, 3600),
            held(PUBLIC, leased=True, preferred_s=3600),
            False,
            id="one of DHCPv6 comes that lasts no longer",
        ),
        pytest.param(
            lasting(OTHER, 3600, deprecated=True), lasting(PUBLIC, 60), False, id="it is deprecated"
        ),
    ],
)
def test_the_published_address_stays_while_nothing_is_clearly_better(
    published: Held, rival: Held, stays: bool
) -> None:
    choice = pick(rival, published, current=OTHER)
    assert choice.chosen == IPv6Address(OTHER if stays else PUBLIC)
    assert choice.candidates[0].held == (published if stays else rival)
    if stays:
        assert choice.candidates[1].reason.endswith("is the one that was published before")


def test_a_published_address_that_is_gone_holds_nothing_up() -> None:
    assert pick(held(), current=OTHER).chosen == IPv6Address(PUBLIC)


def test_a_machine_without_addresses_has_no_candidates() -> None:
    assert pick() == Choice()


ADDRESSES = st.sampled_from(
    [PUBLIC, OTHER, EUI64, "2a02:8071:1::6", "2003:e2::1", ULA, LINK_LOCAL, "2002:808:808::1"]
)
HELD = st.builds(
    Held,
    address=ADDRESSES.map(IPv6Address),
    prefix=st.sampled_from([64, 128]),
    device=st.sampled_from(["eth0", "eth1", "wg0"]),
    temporary=st.booleans(),
    deprecated=st.booleans(),
    tentative=st.booleans(),
    duplicated=st.booleans(),
    permanent=st.booleans(),
    stable=st.booleans(),
    leased=st.booleans(),
    preferred_s=st.one_of(st.none(), st.integers(0, 4000)),
)
MACHINES = st.lists(HELD, max_size=8, unique_by=lambda one: (one.address, one.device))
CURRENT = st.one_of(st.just(""), ADDRESSES)
WAYS = st.sampled_from(["eth0", "eth1", "", None])


@given(MACHINES, CURRENT, WAYS)
def test_what_is_chosen_is_public_lasting_and_outside_tunnels(
    machine: list[Held], current: str, way_out: str | None
) -> None:
    choice = pick(*machine, current=current, way_out=way_out)
    kept = [one.held for one in choice.candidates if one.kept]
    assert (choice.chosen is None) == (not kept)
    if kept:
        assert choice.chosen == kept[0].address
    for one in kept:
        assert publishable(one.address)
        assert not any((one.temporary, one.deprecated, one.tentative, one.duplicated))
        assert one.preferred_s != 0
        assert one.device != "wg0"
        assert way_out is not None


@given(MACHINES, CURRENT, WAYS, st.data())
def test_the_order_in_which_addresses_come_does_not_matter(
    machine: list[Held], current: str, way_out: str | None, data: st.DataObject
) -> None:
    shuffled: Sequence[Held] = data.draw(st.permutations(machine))
    one = pick(*machine, current=current, way_out=way_out)
    other = pick(*shuffled, current=current, way_out=way_out)
    assert one.chosen == other.chosen
    assert set(one.candidates) == set(other.candidates)


@given(MACHINES, CURRENT, WAYS)
def test_what_was_chosen_is_chosen_again(
    machine: list[Held], current: str, way_out: str | None
) -> None:
    first = pick(*machine, current=current, way_out=way_out).chosen
    if first is not None:
        assert pick(*machine, current=str(first), way_out=way_out).chosen == first


@given(MACHINES, CURRENT, WAYS)
def test_every_address_gets_a_judgement(
    machine: list[Held], current: str, way_out: str | None
) -> None:
    choice = pick(*machine, current=current, way_out=way_out)
    assert {(one.held.address, one.held.device) for one in choice.candidates} == {
        (one.address, one.device) for one in machine
    }
    assert all(one.reason for one in choice.candidates)
