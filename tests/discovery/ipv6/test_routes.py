"""The default routes that Linux lists, and the one that faces the home's own line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.ipv6.routes import DefaultRoute, read_proc_ipv6_route, way_out

ZERO = "0" * 32
ROUTER = "fe800000000000000000000000000001"


def line(
    *, to: str = ZERO, length: str = "00", by: str = ROUTER, flags: str = "00000003", **more: str
) -> str:
    metric, device = more.get("metric", "00000400"), more.get("device", "eth0")
    source = more.get("source", f"{ZERO} 00")
    return f"{to} {length} {source} {by} {metric} 00000001 00000000 {flags} {device:>8}\n"


def test_a_default_route_is_read() -> None:
    expected = DefaultRoute(device="eth0", gateway="fe80::1", metric=1024)
    assert read_proc_ipv6_route(line()) == (expected,)


def test_a_default_through_the_link_itself_has_no_gateway() -> None:
    (route,) = read_proc_ipv6_route(line(by=ZERO, device="ppp0", flags="00000001"))
    assert (route.device, route.gateway) == ("ppp0", "")


def test_a_default_for_some_sources_only_is_a_way_out_too() -> None:
    source = "2a028071000100000000000000000000 38"
    assert len(read_proc_ipv6_route(line(source=source))) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty table"),
        pytest.param(line(flags="00200200", device="lo", metric="ffffffff"), id="rejecting"),
        pytest.param(line(flags="00000201", device="lo", by=ZERO), id="rejecting, and up"),
        pytest.param(line(flags="00000002"), id="down"),
        pytest.param(line(length="03"), id="a part of the address space"),
        pytest.param(line(to="2a02" + "0" * 28, length="40"), id="a network"),
        pytest.param(line(by="fe80"), id="half a gateway"),
        pytest.param(line(by="z" * 32), id="no number"),
        pytest.param(line()[:120], id="torn"),
    ],
)
def test_what_leads_nowhere_is_passed_over(text: str) -> None:
    assert read_proc_ipv6_route(text) == ()
    assert len(read_proc_ipv6_route(text + "\n" + line())) == 1


@given(st.text(max_size=300))
def test_noise_never_breaks_the_reader(text: str) -> None:
    read_proc_ipv6_route(text)


WIFI = DefaultRoute(device="wlan0", gateway="fe80::1", metric=600)
CABLE = DefaultRoute(device="eth0", gateway="fe80::1", metric=100)
VPN = DefaultRoute(device="wg0", metric=1)
WINTUN = DefaultRoute(device="Home VPN", metric=1, tunnel=True)


@pytest.mark.parametrize(
    ("routes", "interface", "expected"),
    [
        pytest.param((), "", None, id="none"),
        pytest.param((WIFI, CABLE), "", CABLE, id="the lowest metric"),
        pytest.param((VPN, WINTUN, WIFI), "", WIFI, id="not a tunnel, by name or by word"),
        pytest.param((VPN, WINTUN), "", None, id="nothing but tunnels"),
        pytest.param((CABLE, VPN), "wg0", VPN, id="a tunnel that is asked for"),
        pytest.param((CABLE, WIFI), "wlan0", WIFI, id="the link that is asked for"),
        pytest.param((CABLE,), "eth7", None, id="a link without a way out"),
    ],
)
def test_the_way_out_is_chosen(
    routes: tuple[DefaultRoute, ...], interface: str, expected: DefaultRoute | None
) -> None:
    tunnel = lambda device: device.startswith("wg")  # noqa: E731 - one word used once
    assert way_out(routes, interface=interface, is_tunnel=tunnel) == expected
