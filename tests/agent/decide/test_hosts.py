"""One verdict on IPv6, and what it is for this machine's record and for another machine's."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.hosts import verdict_for
from agent.values import Disputed, Record, Settled, Unknown, Verdict
from discovery.address import publishable
from discovery.observation import Family

OURS = IPv6Address("2a02:8071:1::5")
NETWORK = IPv6Network("2a02:8071:1::/64")
NAS = Record(name="nas.example.com", account="home", ipv6="::1234")
SELF = Record(name="home.example.com", account="home", ipv6=True)


def settled(network: IPv6Network | None = NETWORK) -> Settled:
    return Settled(
        family=Family.V6, address=OURS, code="v6_direct", sources=("interface", "stun"),
        because="It is so.", caveats=("alg",), network=network,
    )  # fmt: skip


FOUR = Settled(
    family=Family.V4, address=IPv4Address("81.2.69.142"), code="single_nat", sources=(), because=""
)
UNSETTLED: list[Verdict] = [
    Unknown(family=Family.V6, code="v6_absent", because="There is no IPv6 here."),
    Disputed(family=Family.V6, candidates=(OURS,), code="v6_nat66_or_vpn", sources=(), because=""),
]


def test_another_machine_has_the_homes_network_and_its_own_host_part() -> None:
    verdict = verdict_for(NAS, "AAAA", settled())
    assert isinstance(verdict, Settled)
    assert verdict.address == IPv6Address("2a02:8071:1::1234")
    assert (verdict.code, verdict.sources, verdict.caveats, verdict.network) == (
        "v6_direct", ("interface", "stun"), ("alg",), NETWORK,
    )  # fmt: skip
    assert verdict.because == (
        "2a02:8071:1::1234 is ::1234 in this home's network 2a02:8071:1::/64. It is so."
    )


def test_a_host_part_may_fill_all_of_its_half() -> None:
    record = Record(name="nas.example.com", account="home", ipv6="::ffff:ffff:ffff:ffff")
    verdict = verdict_for(record, "AAAA", settled())
    assert isinstance(verdict, Settled)
    assert verdict.address == IPv6Address("2a02:8071:1:0:ffff:ffff:ffff:ffff")


def test_this_machines_own_records_have_its_address() -> None:
    assert verdict_for(SELF, "AAAA", settled()) == settled()
    assert verdict_for(SELF, "AAAA", settled(None)) == settled(None)


def test_the_host_part_is_of_no_account_to_ipv4() -> None:
    assert verdict_for(NAS, "A", FOUR) is FOUR


@pytest.mark.parametrize("verdict", UNSETTLED, ids=lambda one: one.code)
def test_what_is_not_settled_for_this_machine_is_not_for_another(verdict: Verdict) -> None:
    assert verdict_for(NAS, "AAAA", verdict) is verdict


def test_without_a_known_network_another_machine_is_held_and_says_why() -> None:
    verdict = verdict_for(NAS, "AAAA", settled(None))
    assert isinstance(verdict, Unknown)
    assert verdict.code == "v6_no_prefix"
    assert verdict.because == (
        "The prefix of this home is not known: 2a02:8071:1::5 was handed out by itself, and "
        "nothing shows that ::1234 is in the same network."
    )


@pytest.mark.parametrize(
    ("network", "host", "because"),
    [
        ("fd00:1::/64", "::1234", "a private address (RFC 1918 or ULA)"),
        ("2001:db8:1::/64", "::1234", "reserved for documentation"),
        ("2a02:8071:1::/112", "::1:0:0:5", "outside 2a02:8071:1::/112"),
        ("::/64", "::1", "loopback"),
    ],
)
def test_what_makes_no_public_address_of_the_network_is_refused(
    network: str, host: str, because: str
) -> None:
    record = Record(name="nas.example.com", account="home", ipv6=host)
    verdict = verdict_for(record, "AAAA", settled(IPv6Network(network)))
    assert (verdict.code, type(verdict)) == ("v6_no_prefix", Unknown)
    assert because in verdict.because


@given(
    st.ip_addresses(v=6).map(lambda one: IPv6Network((one, 64), strict=False)),
    st.integers(1, 2**64 - 1).map(IPv6Address),
)
def test_whatever_is_settled_on_is_public_and_has_the_prefix(
    network: IPv6Network, host: IPv6Address
) -> None:
    record = Record(name="nas.example.com", account="home", ipv6=str(host))
    verdict = verdict_for(record, "AAAA", settled(network))
    if isinstance(verdict, Settled):
        assert publishable(verdict.address)
        assert verdict.address in network
