"""The search, the worker, NAT-PMP and PCP against a real miniupnpd, in network namespaces.

Everything runs as it does at home, in a process of its own: the routing table is read from /proc,
the search goes out by unicast and multicast, and miniupnpc fetches and asks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import Daemon, until
from tests.support.namespaces import Namespace, cable
from tests.support.tools import need, need_root

pytestmark = pytest.mark.lab

WAN = "81.2.69.142"
ROOT = Path(__file__).parents[3]

# What miniupnpd expects to find (its own nft_init.sh makes the same).
CHAINS = """
table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
"""

LOOK = f"""
import asyncio, json, sys
sys.path.insert(0, {str(ROOT)!r})
from discovery.interface import surroundings
from discovery.observation import Family, Seen
from discovery.router.natpmp import NatPmpMethod
from discovery.router.upnp import UpnpMethod

async def main():
    told = {{"default_is_tunnel": surroundings().default_is_tunnel}}
    for method in (UpnpMethod(), NatPmpMethod()):
        seen = await method.observe(Family.V4)
        told[method.source] = str(seen.address) if isinstance(seen, Seen) else seen.why
        told[method.source + " by"] = getattr(seen.evidence, "protocol", "")
    print(json.dumps(told))

asyncio.run(main())
"""


class Home:
    """A home computer, a router with miniupnpd, and a cable to a provider who does nothing."""

    def __init__(self, folder: Path) -> None:
        self.computer, self.router, self.isp = (Namespace(n) for n in ("home", "router", "isp"))
        cable(self.computer, "eth0", self.router, "lan")
        cable(self.router, "wan", self.isp, "line")
        self.computer.ip("address", "add", "192.168.1.10/24", "dev", "eth0")
        self.computer.ip("route", "add", "default", "via", "192.168.1.1", "metric", "100")
        self.router.ip("address", "add", "192.168.1.1/24", "dev", "lan")
        self.wan(WAN)
        self.router.run("nft", "-f", "-", text=CHAINS)
        config = folder / "miniupnpd.conf"
        config.write_text(
            "ext_ifname=wan\nlistening_ip=lan\nenable_natpmp=yes\nenable_upnp=yes\n"
            "ipv6_disable=yes\nuuid=6d696e69-7570-4e70-8d64-000000000001\n"
            "allow 1024-65535 192.168.1.0/24 1024-65535\n"
        )
        command = ("miniupnpd", "-d", "-f", str(config), "-P", str(folder / "pid"))
        self.daemon = Daemon("miniupnpd", folder, self.router.command(*command))
        self.daemon.start()
        self.daemon.ready(lambda: "listening" in self.daemon.log.lower())

    def wan(self, address: str) -> None:
        """Give the router this WAN address; the empty one takes it away."""
        self.router.ip("address", "flush", "dev", "wan")
        if address:
            self.router.ip("address", "add", f"{address}/24", "dev", "wan")
            self.router.ip("route", "replace", "default", "dev", "wan")

    def drop(self, rule: str) -> None:
        """Let the router be deaf to some packets."""
        chain = "type filter hook input priority -10;"
        text = f"table inet deaf {{ chain input {{ {chain} {rule} drop; }}; }}\n"
        self.router.run("nft", "-f", "-", text=text)

    def has_no_mapping(self) -> bool:
        return "dnat" not in self.router.run("nft", "list", "table", "inet", "filter")

    def look(self) -> dict[str, object]:
        """What the router's two witnesses say."""
        told = json.loads(self.computer.run(sys.executable, "-c", LOOK, timeout=30))
        assert isinstance(told, dict)
        return told

    def close(self) -> None:
        self.daemon.stop()
        for namespace in (self.computer, self.router, self.isp):
            namespace.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    need_root()
    for tool in ("ip", "nft", "miniupnpd", "sysctl"):
        need(tool)
    made = Home(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_a_real_router_is_found_and_tells_its_address_twice(home: Home) -> None:
    assert home.look() == {
        "default_is_tunnel": False,
        "upnp": WAN,
        "upnp by": "",
        "natpmp": WAN,
        "natpmp by": "nat-pmp",
    }


def test_a_router_that_is_deaf_to_unicast_searches_is_found_by_multicast(home: Home) -> None:
    home.drop("udp dport 1900 ip daddr 192.168.1.1")
    assert home.look()["upnp"] == WAN


def test_a_router_that_is_deaf_to_nat_pmp_is_asked_by_pcp_and_left_clean(home: Home) -> None:
    home.drop("udp dport 5351 udp length 10")  # 8 of UDP and the 2 bytes of the request
    told = home.look()
    assert (told["natpmp"], told["natpmp by"]) == (WAN, "pcp")
    assert "added mapping UDP" in home.daemon.log
    until(home.has_no_mapping, "the mapping was not deleted")


def test_a_tunnel_in_front_of_the_default_route_hides_no_router(home: Home) -> None:
    cable(home.computer, "wg0", home.isp, "vpn")
    home.computer.ip("address", "add", "10.2.0.2/24", "dev", "wg0")
    home.computer.ip("route", "add", "default", "dev", "wg0", "metric", "1")
    told = home.look()
    assert told["default_is_tunnel"] is True
    assert (told["upnp"], told["natpmp"]) == (WAN, WAN)


def test_behind_carrier_grade_nat_the_router_will_not_say(home: Home) -> None:
    home.wan("100.64.0.5")
    told = home.look()
    assert (told["upnp"], told["natpmp"]) == ("no_address", "no_address")


def test_a_line_that_is_down_is_told_as_down(home: Home) -> None:
    home.wan("")
    told = home.look()
    assert (told["upnp"], told["natpmp"]) == ("down", "no_address")


def test_with_both_switched_off_each_says_so_in_its_own_way(home: Home) -> None:
    home.daemon.stop()
    told = home.look()
    assert (told["upnp"], told["natpmp"]) == ("silent", "refused")
