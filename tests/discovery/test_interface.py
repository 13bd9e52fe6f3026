from __future__ import annotations

import socket
import sys
from ipaddress import IPv4Address, IPv4Network

import pytest

from discovery import interface
from discovery.egress import Egress
from discovery.interface import (
    Surroundings,
    choose,
    facing,
    is_tunnel,
    link_index,
    surroundings,
)
from discovery.observation import Family
from discovery.route_table import Route

OUTSIDE = "203.0.113.1"


def default(device: str, gateway: str = "", metric: int = 0, network: str = "0.0.0.0/0") -> Route:
    return Route(
        network=IPv4Network(network),
        device=device,
        gateway=IPv4Address(gateway) if gateway else None,
        metric=metric,
    )


def link(network: str, device: str) -> Route:
    return Route(network=IPv4Network(network), device=device)


def look(
    *routes: Route, interface: str = "", own: dict[str, str] | None = None
) -> tuple[str, str, str, bool, bool]:
    """What is chosen, as text; `own` maps a neighbour to our address towards it."""

    def towards(neighbour: IPv4Address) -> IPv4Address | None:
        address = (own or {}).get(str(neighbour))
        return IPv4Address(address) if address else None

    found = choose(
        routes,
        interface=interface,
        is_tunnel=lambda device: device.startswith(("tun", "wg", "ppp")),
        facing=towards,
    )
    return (
        found.device,
        str(found.gateway),
        str(found.local),
        found.default_is_tunnel,
        found.has_route,
    )


LAN = link("192.168.1.0/24", "eth0")
HOME = {"192.168.1.1": "192.168.1.10", OUTSIDE: "192.168.1.10"}


def test_the_only_default_route_is_taken() -> None:
    assert look(default("eth0", "192.168.1.1"), LAN, own=HOME) == (
        "eth0",
        "192.168.1.1",
        "192.168.1.10",
        False,
        True,
    )


def test_of_two_links_the_one_with_the_lower_metric_is_taken() -> None:
    found = look(default("wlan0", "10.0.0.1", 600), default("eth0", "192.168.1.1", 100), LAN)
    assert found[:2] == ("eth0", "192.168.1.1")


@pytest.mark.parametrize(
    "vpn",
    [
        pytest.param([default("wg0", metric=0)], id="a tunnel with a better metric"),
        pytest.param([default("tun0", "10.8.0.5", 0)], id="a tunnel with a gateway of its own"),
        pytest.param(
            [
                default("tap7", "10.8.0.5", 5, network="0.0.0.0/1"),
                default("tap7", "10.8.0.5", 5, network="128.0.0.0/1"),
            ],
            id="two halves laid over the default, on a link whose name says nothing",
        ),
        pytest.param([default("10.2.0.2", "", 5)], id="Windows: an On-link default"),
    ],
)
def test_behind_a_full_tunnel_the_physical_gateway_is_still_found(vpn: list[Route]) -> None:
    found = look(*vpn, default("eth0", "192.168.1.1", 100), LAN, own=HOME)
    assert found == ("eth0", "192.168.1.1", "192.168.1.10", True, True)


def test_wireguard_by_policy_rule_is_noticed_by_the_source_address_alone() -> None:
    own = {"192.168.1.1": "192.168.1.10", OUTSIDE: "10.2.0.2"}
    assert look(default("eth0", "192.168.1.1"), LAN, own=own)[3] is True


def test_a_second_wired_link_in_front_is_no_tunnel() -> None:
    own = {"192.168.1.1": "192.168.1.10", OUTSIDE: "10.0.0.7"}
    routes = (default("eth1", "10.0.0.1", 50), link("10.0.0.0/24", "eth1"))
    chosen = look(*routes, default("eth0", "192.168.1.1", 100), LAN, interface="eth0", own=own)
    assert chosen == ("eth0", "192.168.1.1", "192.168.1.10", False, True)


def test_a_tunnel_is_taken_when_it_is_asked_for_by_name() -> None:
    routes = (default("ppp0", "10.64.64.64", 0), default("eth0", "192.168.1.1", 100), LAN)
    assert look(*routes, interface="ppp0")[:2] == ("ppp0", "10.64.64.64")


def test_a_machine_with_nothing_but_a_tunnel_has_no_gateway() -> None:
    assert look(default("ppp0")) == ("", "None", "None", True, True)


def test_a_link_without_a_way_out_still_has_an_address_of_its_own() -> None:
    found = look(LAN, interface="eth0", own={"192.168.1.1": "192.168.1.10"})
    assert found == ("eth0", "None", "192.168.1.10", False, False)


def test_a_machine_without_routes_has_nothing() -> None:
    assert look() == ("", "None", "None", False, False)


def test_the_subnet_is_the_narrowest_of_the_link_that_holds_the_gateway() -> None:
    found = choose(
        (default("eth0", "192.168.1.1"), link("192.168.0.0/16", "eth0"), LAN),
        interface="",
        is_tunnel=lambda device: False,
        facing=lambda neighbour: None,
    )
    assert found.network == IPv4Network("192.168.1.0/24")


def test_looking_at_this_very_machine_never_raises() -> None:
    assert isinstance(surroundings(), Surroundings)
    assert surroundings("no-such-link").gateway is None


def test_our_address_towards_ourselves_is_the_loopback() -> None:
    assert facing(IPv4Address("127.0.0.1")) == IPv4Address("127.0.0.1")


def test_there_is_no_address_towards_a_broadcast() -> None:
    assert facing(IPv4Address("255.255.255.255")) is None


@pytest.mark.parametrize(
    ("device", "expected"),
    [("tailscale0", True), ("utun4", True), ("wg-home", True), ("no-such-eth0", False)],
)
def test_a_tunnel_is_known_by_its_name(device: str, expected: bool) -> None:
    assert is_tunnel(device) is expected


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /sys")
def test_a_tunnel_with_an_innocent_name_is_known_by_its_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_tunnel("lo") is False
    arphrd_loopback = 772
    monkeypatch.setattr(interface, "_TUNNEL_TYPES", {arphrd_loopback})
    assert is_tunnel("lo") is True


def test_a_link_name_that_is_a_path_does_not_lead_astray() -> None:
    assert is_tunnel("../../../etc\x00") is False


@pytest.mark.skipif(sys.platform != "linux", reason="SO_BINDTODEVICE is Linux's")
def test_a_socket_bound_to_the_loopback_device_is_bound() -> None:
    with Egress(device="lo").open(Family.V4, socket.SOCK_DGRAM) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).startswith(b"lo")


def test_a_link_that_does_not_exist_is_refused() -> None:
    with pytest.raises(OSError, match=r"."):
        Egress(device="no-such-link").open(Family.V4, socket.SOCK_DGRAM)


def test_a_link_is_found_by_its_address_too() -> None:
    loopback = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    assert link_index("127.0.0.1") == link_index(loopback)
    with pytest.raises(OSError, match=r"."):
        link_index("192.0.2.250")
