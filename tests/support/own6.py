"""Short ways to say which IPv6 addresses a machine holds, for tests of decisions about them."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Any

from discovery.ipv6.view import Held

PUBLIC = "2a02:8071:1::5"
OTHER = "2a02:8071:2::5"
ULA = "fd00:1::5"
LINK_LOCAL = "fe80::5"


def held(address: str = PUBLIC, device: str = "eth0", **flags: Any) -> Held:
    """An address on the home's link; without flags one that the system says nothing about."""
    return Held(address=IPv6Address(address), device=device, **{"prefix": 64, **flags})
