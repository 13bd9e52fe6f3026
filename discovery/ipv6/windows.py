"""Windows: this machine's IPv6 addresses and ways out, as GetAdaptersAddresses tells them.

Source: learn.microsoft.com, "GetAdaptersAddresses function (iphlpapi.h)", and the structures
IP_ADAPTER_ADDRESSES_LH and IP_ADAPTER_UNICAST_ADDRESS_LH of iptypes.h. Walking the structures is
a pure function and is tested on structures built by hand; the call itself has never been run.

Loaded on Windows alone: ctypes takes 5 MiB.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import TypeVar

from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.view import Held

# Windows' `long` has 32 bits everywhere, hence the exact types instead of ctypes.wintypes, whose
# widths are those of the system that it runs on.
_Ulong = ctypes.c_uint32
_Pointer = ctypes.c_void_p

_AF_INET6 = 23
_SOCKADDR_IN6 = 28  # bytes; the address stands in 8..24
_UP = 1  # IfOperStatusUp
_MANUAL, _DHCP, _LINK_LAYER, _RANDOM = 1, 3, 4, 5  # IP_SUFFIX_ORIGIN
_INVALID, _TENTATIVE, _DUPLICATE, _DEPRECATED = range(4)  # IP_DAD_STATE
_INFINITY = 0xFFFFFFFF

# IANAifType: PPP, "proprietary virtual" (what Wintun and with it WireGuard, Tailscale and OpenVPN
# call their links), TUNNEL (Teredo, 6to4, ISATAP).
_TUNNELS = frozenset({23, 53, 131})

_FLAGS = 0x2 | 0x4 | 0x8 | 0x80  # skip anycast, multicast and DNS servers; include gateways
_BUFFER_OVERFLOW, _NO_DATA = 111, 232
_ROOM = 15_000  # bytes, as Microsoft recommends to begin with
_TRIES = 3


class SocketAddress(ctypes.Structure):
    """SOCKET_ADDRESS: where a sockaddr lies, and how long it is."""

    _fields_ = (("sockaddr", _Pointer), ("length", ctypes.c_int32))


class Unicast(ctypes.Structure):
    """IP_ADAPTER_UNICAST_ADDRESS_LH: one address of a link."""

    _fields_ = (
        ("length", _Ulong),
        ("flags", _Ulong),
        ("next", _Pointer),
        ("address", SocketAddress),
        ("prefix_origin", ctypes.c_int32),
        ("suffix_origin", ctypes.c_int32),
        ("dad_state", ctypes.c_int32),
        ("valid_lifetime", _Ulong),
        ("preferred_lifetime", _Ulong),
        ("lease_lifetime", _Ulong),
        ("prefix_length", ctypes.c_uint8),
    )


class Gateway(ctypes.Structure):
    """IP_ADAPTER_GATEWAY_ADDRESS_LH: one default router of a link."""

    _fields_ = (
        ("length", _Ulong),
        ("reserved", _Ulong),
        ("next", _Pointer),
        ("address", SocketAddress),
    )


class Adapter(ctypes.Structure):
    """IP_ADAPTER_ADDRESSES_LH: one link, as far as Ipv6Metric; the rest is not looked at."""

    _fields_ = (
        ("length", _Ulong),
        ("index", _Ulong),
        ("next", _Pointer),
        ("name", ctypes.c_char_p),
        ("first_unicast", _Pointer),
        ("first_anycast", _Pointer),
        ("first_multicast", _Pointer),
        ("first_dns_server", _Pointer),
        ("dns_suffix", ctypes.c_wchar_p),
        ("description", ctypes.c_wchar_p),
        ("friendly_name", ctypes.c_wchar_p),
        ("physical_address", ctypes.c_uint8 * 8),
        ("physical_address_length", _Ulong),
        ("flags", _Ulong),
        ("mtu", _Ulong),
        ("if_type", _Ulong),
        ("oper_status", ctypes.c_int32),
        ("ipv6_index", _Ulong),
        ("zone_indices", _Ulong * 16),
        ("first_prefix", _Pointer),
        ("transmit_speed", ctypes.c_uint64),
        ("receive_speed", ctypes.c_uint64),
        ("first_wins_server", _Pointer),
        ("first_gateway", _Pointer),
        ("ipv4_metric", _Ulong),
        ("ipv6_metric", _Ulong),
    )


_Link = TypeVar("_Link", Adapter, Unicast, Gateway)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What all links together hold, and the ways out through them."""

    held: tuple[Held, ...] = ()
    routes: tuple[DefaultRoute, ...] = ()


def adapters() -> Adapters:
    """Ask Windows. Raises OSError where it refuses, or is another system."""
    if sys.platform != "win32":
        raise OSError("GetAdaptersAddresses is a function of Windows")
    function = ctypes.WinDLL("iphlpapi").GetAdaptersAddresses
    room = ctypes.c_uint32(_ROOM)
    for _ in range(_TRIES):  # addresses may be added between two calls
        buffer = ctypes.create_string_buffer(room.value)
        status = function(_AF_INET6, _FLAGS, None, buffer, ctypes.byref(room))
        if status == _NO_DATA:
            return Adapters()
        if status == 0:
            return read_adapters(ctypes.addressof(buffer))
        if status != _BUFFER_OVERFLOW:
            break
    raise OSError("Windows does not list this machine's addresses")


def read_adapters(first: int | None) -> Adapters:
    """Walk the list that GetAdaptersAddresses fills; `first` is where it begins in memory.

    Links that are down are passed over. Every pointer in the list must be null or lead to a
    structure that is still there.
    """
    links = [link for link in _chain(Adapter, first) if link.oper_status == _UP]
    return Adapters(
        held=tuple(one for link in links for one in _held(link)),
        routes=tuple(one for link in links for one in _routes(link)),
    )


def _chain(kind: type[_Link], pointer: int | None) -> Iterator[_Link]:
    while pointer:
        one = kind.from_address(pointer)
        yield one
        pointer = one.next


def _held(link: Adapter) -> Iterator[Held]:
    for one in _chain(Unicast, link.first_unicast):
        address = _address(one.address)
        if address is None:
            continue
        yield Held(
            address=address,
            prefix=one.prefix_length,
            device=link.friendly_name or "",
            # `netsh` calls these temporary. The lasting address is random too since Windows Vista
            # (randomizeidentifiers), but its origin is still told as the link layer.
            temporary=one.suffix_origin == _RANDOM,
            deprecated=one.dad_state == _DEPRECATED,
            tentative=one.dad_state in {_INVALID, _TENTATIVE},
            duplicated=one.dad_state == _DUPLICATE,
            permanent=one.suffix_origin == _MANUAL,
            stable=one.suffix_origin == _LINK_LAYER,
            leased=one.suffix_origin == _DHCP,
            tunnel=link.if_type in _TUNNELS,
            preferred_s=_seconds(one.preferred_lifetime),
            valid_s=_seconds(one.valid_lifetime),
        )


def _routes(link: Adapter) -> Iterator[DefaultRoute]:
    for one in _chain(Gateway, link.first_gateway):
        if gateway := _address(one.address):
            yield DefaultRoute(
                device=link.friendly_name or "",
                gateway=str(gateway),
                metric=link.ipv6_metric,
                tunnel=link.if_type in _TUNNELS,
            )


def _address(where: SocketAddress) -> IPv6Address | None:
    """The address in a sockaddr_in6; None for other families."""
    if not where.sockaddr or where.length < _SOCKADDR_IN6:
        return None
    raw = ctypes.string_at(where.sockaddr, _SOCKADDR_IN6)
    if int.from_bytes(raw[:2], sys.byteorder) != _AF_INET6:
        return None
    return IPv6Address(raw[8:24])


def _seconds(lifetime: int) -> int | None:
    return None if lifetime == _INFINITY else lifetime
