"""The walk over what GetAdaptersAddresses fills, on structures built by hand."""

from __future__ import annotations

import ctypes
import struct
import sys
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest

from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.view import Held
from discovery.ipv6.windows import (
    Adapter,
    Adapters,
    Gateway,
    SocketAddress,
    Unicast,
    adapters,
    read_adapters,
)
from tests.support.own6 import LINK_LOCAL, OTHER, PUBLIC

FOR_EVER = 0xFFFFFFFF
MANUAL, WELL_KNOWN, DHCP, LINK_LAYER, RANDOM = 1, 2, 3, 4, 5
INVALID, TENTATIVE, DUPLICATE, DEPRECATED, PREFERRED = range(5)
ETHERNET, PPP, VIRTUAL, WIFI, TUNNEL = 6, 23, 53, 71, 131
UP, DOWN = 1, 2


class Memory:
    """Builds structures and keeps them alive while pointers lead to them."""

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def keep(self, thing: Any) -> int:
        self._kept.append(thing)
        return ctypes.addressof(thing)

    def sockaddr(self, text: str) -> SocketAddress:
        if ":" in text:
            raw = struct.pack("=HHI", 23, 0, 0) + IPv6Address(text).packed + bytes(4)
        else:
            raw = struct.pack("=HH", 2, 0) + IPv4Address(text).packed + bytes(8)
        buffer = ctypes.create_string_buffer(raw, len(raw))
        return SocketAddress(sockaddr=self.keep(buffer), length=len(raw))

    def unicast(
        self,
        text: str = PUBLIC,
        *,
        origin: int = LINK_LAYER,
        dad: int = PREFERRED,
        preferred: int = FOR_EVER,
        valid: int = FOR_EVER,
        prefix: int = 64,
        then: int | None = None,
    ) -> int:
        one = Unicast(
            next=then,
            address=self.sockaddr(text),
            suffix_origin=origin,
            dad_state=dad,
            preferred_lifetime=preferred,
            valid_lifetime=valid,
            prefix_length=prefix,
        )
        return self.keep(one)

    def gateway(self, text: str, then: int | None = None) -> int:
        return self.keep(Gateway(next=then, address=self.sockaddr(text)))

    def adapter(
        self,
        *,
        unicast: int | None = None,
        gateway: int | None = None,
        kind: int = ETHERNET,
        status: int = UP,
        name: str | None = "Ethernet",
        then: int | None = None,
    ) -> int:
        one = Adapter(
            next=then,
            first_unicast=unicast,
            first_gateway=gateway,
            friendly_name=name,
            if_type=kind,
            oper_status=status,
            ipv6_metric=25,
        )
        return self.keep(one)


def read(**fields: Any) -> Held:
    memory = Memory()
    (found,) = read_adapters(memory.adapter(unicast=memory.unicast(**fields))).held
    return found


@pytest.mark.skipif(sys.maxsize < 2**32, reason="the offsets are those of 64-bit Windows")
def test_the_structures_lie_in_memory_as_iptypes_h_lays_them_out() -> None:
    offsets = {
        Adapter: {"next": 8, "first_unicast": 24, "friendly_name": 72, "if_type": 100},
        Unicast: {"next": 8, "address": 16, "suffix_origin": 36, "dad_state": 40},
        Gateway: {"next": 8, "address": 16},
        SocketAddress: {"sockaddr": 0, "length": 8},
    }
    more = {"oper_status": 104, "first_gateway": 208, "ipv6_metric": 220}
    offsets[Adapter] |= more
    offsets[Unicast] |= {"valid_lifetime": 44, "preferred_lifetime": 48, "prefix_length": 56}
    for structure, fields in offsets.items():
        assert {name: getattr(structure, name).offset for name in fields} == fields
    assert (ctypes.sizeof(Unicast), ctypes.sizeof(SocketAddress)) == (64, 16)


@pytest.mark.parametrize(
    ("origin", "field"),
    [
        (MANUAL, "permanent"),
        (DHCP, "leased"),
        (LINK_LAYER, "stable"),
        (RANDOM, "temporary"),
        (WELL_KNOWN, ""),
    ],
)
def test_the_origin_of_the_suffix_says_whether_an_address_lasts(origin: int, field: str) -> None:
    found = read(origin=origin)
    names = ("permanent", "leased", "stable", "temporary")
    assert [name for name in names if getattr(found, name)] == ([field] if field else [])


@pytest.mark.parametrize(
    ("state", "field"),
    [
        (INVALID, "tentative"),
        (TENTATIVE, "tentative"),
        (DUPLICATE, "duplicated"),
        (DEPRECATED, "deprecated"),
        (PREFERRED, ""),
    ],
)
def test_the_state_of_duplicate_detection_is_read(state: int, field: str) -> None:
    found = read(dad=state)
    names = ("tentative", "duplicated", "deprecated")
    assert [name for name in names if getattr(found, name)] == ([field] if field else [])


def test_address_prefix_and_lifetimes_are_read() -> None:
    found = read(text=OTHER, prefix=128, preferred=3600, valid=7200)
    assert found == Held(
        address=IPv6Address(OTHER),
        prefix=128,
        device="Ethernet",
        stable=True,
        preferred_s=3600,
        valid_s=7200,
    )
    assert (read().preferred_s, read().valid_s) == (None, None)


@pytest.mark.parametrize(
    ("kind", "tunnel"),
    [(ETHERNET, False), (WIFI, False), (PPP, True), (VIRTUAL, True), (TUNNEL, True)],
)
def test_a_tunnel_is_known_by_the_kind_of_its_link(kind: int, tunnel: bool) -> None:
    memory = Memory()
    first = memory.adapter(unicast=memory.unicast(), gateway=memory.gateway(LINK_LOCAL), kind=kind)
    found = read_adapters(first)
    assert (found.held[0].tunnel, found.routes[0].tunnel) == (tunnel, tunnel)


def test_all_links_and_all_their_addresses_are_walked() -> None:
    memory = Memory()
    last = memory.adapter(unicast=memory.unicast("2a02::3"), name="Wi-Fi")
    down = memory.adapter(unicast=memory.unicast("2a02::9"), status=DOWN, then=last)
    empty = memory.adapter(then=down)
    both = memory.unicast("2a02::1", then=memory.unicast("192.0.2.7", then=memory.unicast(OTHER)))
    gateways = memory.gateway("192.0.2.1", then=memory.gateway("fe80::1"))
    found = read_adapters(memory.adapter(unicast=both, gateway=gateways, then=empty))
    assert [(one.device, str(one.address)) for one in found.held] == [
        ("Ethernet", "2a02::1"),
        ("Ethernet", OTHER),
        ("Wi-Fi", "2a02::3"),
    ]
    assert found.routes == (DefaultRoute(device="Ethernet", gateway="fe80::1", metric=25),)


def test_null_pointers_and_short_addresses_are_passed_over() -> None:
    memory = Memory()
    nowhere = memory.keep(Unicast(address=SocketAddress(sockaddr=None, length=28)))
    short = memory.sockaddr(PUBLIC)
    short.length = 16
    cut = memory.keep(Unicast(address=short, next=nowhere))
    assert read_adapters(memory.adapter(unicast=cut, name=None)) == Adapters()
    assert read_adapters(None) == Adapters()


@pytest.mark.skipif(sys.platform == "win32", reason="asks another system than Windows")
def test_elsewhere_than_on_windows_it_cannot_be_asked() -> None:
    with pytest.raises(OSError, match="Windows"):
        adapters()
