"""The search, the worker, NAT-PMP and PCP against a real miniupnpd, in network namespaces.

Everything runs as it does at home, in a process of its own: the routing table is read from /proc,
the search goes out by unicast and multicast, and miniupnpc fetches and asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.discovery.router.miniupnpd_home import WAN, Home
from tests.support.daemon import until
from tests.support.namespaces import cable
from tests.support.tools import need_root

pytestmark = pytest.mark.lab

LOOK = """
import asyncio, json
from discovery.interface import surroundings
from discovery.observation import Family, Seen
from discovery.router.natpmp import NatPmpMethod
from discovery.router.upnp import UpnpMethod

async def main():
    told = {"default_is_tunnel": surroundings().default_is_tunnel}
    for method in (UpnpMethod(), NatPmpMethod()):
        seen = await method.observe(Family.V4)
        told[method.source] = str(seen.address) if isinstance(seen, Seen) else seen.why
        told[method.source + " by"] = getattr(seen.evidence, "protocol", "")
    print(json.dumps(told))

asyncio.run(main())
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    need_root()
    with Home(tmp_path) as made:
        yield made


def test_a_real_router_is_found_and_tells_its_address_twice(home: Home) -> None:
    assert home.inside(LOOK) == {
        "default_is_tunnel": False,
        "upnp": WAN,
        "upnp by": "",
        "natpmp": WAN,
        "natpmp by": "nat-pmp",
    }


def test_a_router_that_is_deaf_to_unicast_searches_is_found_by_multicast(home: Home) -> None:
    home.drop("udp dport 1900 ip daddr 192.168.1.1")
    assert home.inside(LOOK)["upnp"] == WAN


def test_a_router_that_is_deaf_to_nat_pmp_is_asked_by_pcp_and_left_clean(home: Home) -> None:
    home.drop("udp dport 5351 udp length 10")  # 8 of UDP and the 2 bytes of the request
    told = home.inside(LOOK)
    assert (told["natpmp"], told["natpmp by"]) == (WAN, "pcp")
    assert "added mapping UDP" in home.daemon.log
    until(home.has_no_mapping, "the mapping was not deleted")


def test_a_tunnel_in_front_of_the_default_route_hides_no_router(home: Home) -> None:
    cable(home.computer, "wg0", home.isp, "vpn")
    home.computer.ip("address", "add", "10.2.0.2/24", "dev", "wg0")
    home.computer.ip("route", "add", "default", "dev", "wg0", "metric", "1")
    told = home.inside(LOOK)
    assert told["default_is_tunnel"] is True
    assert (told["upnp"], told["natpmp"]) == (WAN, WAN)


def test_behind_carrier_grade_nat_the_router_will_not_say(home: Home) -> None:
    home.wan("100.64.0.5")
    told = home.inside(LOOK)
    assert (told["upnp"], told["natpmp"]) == ("no_address", "no_address")


def test_a_line_that_is_down_is_told_as_down(home: Home) -> None:
    home.wan("")
    told = home.inside(LOOK)
    assert (told["upnp"], told["natpmp"]) == ("down", "no_address")


def test_with_both_switched_off_each_says_so_in_its_own_way(home: Home) -> None:
    home.daemon.stop()
    told = home.inside(LOOK)
    assert (told["upnp"], told["natpmp"]) == ("silent", "refused")
