from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from discovery.route_table import Route, read_netstat, read_proc_net_route, read_route_print

# A laptop with Wi-Fi, OpenVPN's two half-routes, a downed link, a rejecting route, and a cut line.
LINUX = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
tun0\t00000000\t0501080A\t0003\t0\t0\t0\t00000080\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0100000A\t0002\t0\t0\t100\t00000000\t0\t0\t0
*\t00000000\t00000000\t0201\t0\t0\t4278198272\t00000000\t0\t0\t0
wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
wlan0\t0001A8
wlan0\tzzzzzzzz\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
"""

MACOS = """\
Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            link#21            UCSg                utun4
default            192.168.1.1        UGScIg                en0
127                127.0.0.1          UCS                   lo0
169.254            link#11            UCS                   en0      !
192.168.1          link#11            UCS                   en0      !
192.168.1.1/32     link#11            UCS                   en0      !
192.168.1.1        c8:e:14:0:1:2      UHLWIir               en0   1187
10.8/14            link#21            UCS                 utun4
224.0.0/4          link#11            UmCS                  en0      !
"""

OLD_MACOS = """\
Destination        Gateway            Flags        Refs      Use   Netif Expire
default            10.0.1.1           UGSc           43        0     en1
"""

WINDOWS_GERMAN = """\
===========================================================================
Schnittstellenliste
 12...3c 7c 3f 00 11 22 ......Intel(R) Ethernet Controller I225-V
===========================================================================

IPv4-Routentabelle
===========================================================================
Aktive Routen:
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0      192.168.178.1   192.168.178.23     35
          0.0.0.0          0.0.0.0   Auf Verbindung         10.2.0.2      5
        127.0.0.0        255.0.0.0   Auf Verbindung         127.0.0.1    331
    192.168.178.0    255.255.255.0   Auf Verbindung    192.168.178.23    291
===========================================================================
Ständige Routen:
  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik
          0.0.0.0          0.0.0.0    192.168.178.1  Standard
===========================================================================
"""


def route(network: str, device: str, gateway: str = "", metric: int = 0) -> Route:
    return Route(
        network=IPv4Network(network),
        device=device,
        gateway=IPv4Address(gateway) if gateway else None,
        metric=metric,
    )


def test_linux_routes_are_read_and_dead_or_damaged_lines_are_passed_over() -> None:
    assert read_proc_net_route(LINUX, "little") == (
        route("0.0.0.0/1", "tun0", "10.8.1.5"),
        route("0.0.0.0/0", "wlan0", "192.168.1.1", 600),
        route("192.168.1.0/24", "wlan0", metric=600),
    )


def test_a_big_endian_router_prints_the_same_numbers_the_other_way_round() -> None:
    text = "head\nbr-lan 00000000 C0A80101 0003 0 0 0 00000000 0 0 0\n"
    assert read_proc_net_route(text, "big") == (route("0.0.0.0/0", "br-lan", "192.168.1.1"),)


def test_macos_shows_the_default_that_a_vpn_pushed_aside() -> None:
    routes = read_netstat(MACOS)
    defaults = [r for r in routes if r.network.prefixlen == 0]
    assert [(r.device, str(r.gateway)) for r in defaults] == [
        ("utun4", "None"),
        ("en0", "192.168.1.1"),
    ]
    assert defaults[0].metric < defaults[1].metric


@pytest.mark.parametrize(
    ("written", "meant"),
    [("127", "127.0.0.0/8"), ("169.254", "169.254.0.0/16"), ("192.168.1", "192.168.1.0/24")],
)
def test_macos_leaves_out_trailing_zeros_of_networks(written: str, meant: str) -> None:
    assert IPv4Network(meant) in {r.network for r in read_netstat(MACOS)}


def test_a_network_whose_host_bits_are_set_is_passed_over() -> None:
    assert all(str(r.network) != "10.8.0.0/14" or r.device == "utun4" for r in read_netstat(MACOS))
    assert read_netstat("10.9.1/14  link#2  UCS  en0") == ()


def test_the_wider_table_of_old_macos_is_read_by_its_heading() -> None:
    assert [(r.device, str(r.gateway)) for r in read_netstat(OLD_MACOS)] == [("en1", "10.0.1.1")]


def test_windows_routes_are_read_by_shape_so_any_language_will_do() -> None:
    assert read_route_print(WINDOWS_GERMAN) == (
        route("0.0.0.0/0", "192.168.178.23", "192.168.178.1", 35),
        route("0.0.0.0/0", "10.2.0.2", metric=5),
        route("127.0.0.0/8", "127.0.0.1", metric=331),
        route("192.168.178.0/24", "192.168.178.23", metric=291),
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (route("192.168.1.0/24", "eth0"), True),
        (route("192.168.1.0/24", "eth0", "10.0.0.1"), False),
        (route("0.0.0.0/0", "wg0"), False),
        (route("192.168.1.1/32", "eth0"), False),
    ],
)
def test_a_link_is_a_subnet_without_a_gateway(found: Route, expected: bool) -> None:
    assert found.is_link is expected


@pytest.mark.parametrize("read", [read_proc_net_route, read_netstat, read_route_print])
@pytest.mark.parametrize("text", ["", "\n\n", "no such file or directory", "\x00 \x00 \x00 \x00"])
def test_what_is_no_table_holds_no_route(read: object, text: str) -> None:
    assert callable(read)
    assert read(text) == ()
