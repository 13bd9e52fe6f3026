"""The network of the home's link: the /64 of the chosen address, if something shows that it is."""

from __future__ import annotations

from ipaddress import IPv6Network

import pytest

from discovery.ipv6.prefix import home_network
from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.survey import judge
from discovery.ipv6.view import Held, Ipv6View
from tests.support.own6 import OTHER, PUBLIC, ULA, held

NETWORK = IPv6Network("2a02:8071:1::/64")
BESIDE = "2a02:8071:1:0:a1b2:c3d4:e5f6:789"
LEASED = held(PUBLIC, prefix=128, leased=True)


def view(*found: Held, interface: str = "") -> Ipv6View:
    out = (DefaultRoute(device="eth0"),)
    return judge(found, out, is_tunnel=lambda _: False, interface=interface)


@pytest.mark.parametrize(
    ("found", "network"),
    [
        pytest.param((held(stable=True),), NETWORK, id="made from the prefix"),
        pytest.param((held(prefix=48, permanent=True),), NETWORK, id="set by hand with a /48"),
        pytest.param((LEASED,), None, id="a /128 alone"),
        pytest.param((held(prefix=112, permanent=True),), None, id="longer than /64"),
        pytest.param((LEASED, held(BESIDE, temporary=True)), NETWORK, id="a temporary one shows"),
        pytest.param((LEASED, held(BESIDE, stable=True)), NETWORK, id="a stable one shows"),
        pytest.param((LEASED, held(BESIDE, tentative=True)), NETWORK, id="a new one shows"),
        pytest.param((LEASED, held(BESIDE, deprecated=True)), None, id="one that is phased out"),
        pytest.param((LEASED, held(BESIDE, preferred_s=0)), None, id="the same, before its flag"),
        pytest.param((LEASED, held(BESIDE, duplicated=True)), None, id="a duplicate"),
        pytest.param((LEASED, held(BESIDE, prefix=128)), None, id="another /128"),
        pytest.param((LEASED, held(BESIDE, "eth1")), None, id="on another link"),
        pytest.param((LEASED, held(OTHER, prefix=64, temporary=True)), None, id="another network"),
        pytest.param((held(temporary=True),), None, id="nothing is chosen"),
        pytest.param((held(ULA),), None, id="nothing public"),
        pytest.param((), None, id="nothing at all"),
    ],
)
def test_the_network_around_the_chosen_address(
    found: tuple[Held, ...], network: IPv6Network | None
) -> None:
    assert home_network(view(*found)) == network


def test_of_two_links_the_one_of_the_chosen_address_counts() -> None:
    """A second line has a prefix of its own, and other machines of the home may be on neither."""
    found = (held(PUBLIC, "eth1", stable=True), held(OTHER, "eth0", stable=True))
    assert home_network(view(*found)) == IPv6Network("2a02:8071:2::/64")
    assert home_network(view(*found, interface="eth1")) == NETWORK
