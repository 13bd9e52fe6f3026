"""Asking the router about its IPv6 firewall (WANIPv6FirewallControl:1, which came with IGD 2).

It decides whether an AAAA record can be of use at all: most home routers turn away whatever was
not asked for from inside (RFC 6092).
"""

from __future__ import annotations

import asyncio

from discovery.router import soap
from discovery.router.description import Service, element, truth
from discovery.router.view import Firewall6


async def ask_firewall(
    service: Service, host: str, *, limit: float
) -> tuple[Firewall6 | None, str]:
    """What the firewall service says, or None and why, in one sentence. At most `limit` seconds."""
    try:
        async with asyncio.timeout(limit):
            answer = await soap.call(service, host, "GetFirewallStatus")
    except soap.Refused as refused:
        return None, f"the router refused to tell of its IPv6 firewall (UPnP error {refused.code})"
    except TimeoutError:
        return None, f"the router did not tell of its IPv6 firewall within {limit:.1f} s"
    except (OSError, ValueError):
        return None, "the router broke off when it was asked about its IPv6 firewall"
    firewall = read_firewall(answer)
    if firewall is None:
        return None, "the router's answer about its IPv6 firewall makes no sense"
    return firewall, ""


def read_firewall(answer: str) -> Firewall6 | None:
    """Read the answer to GetFirewallStatus; None unless both are booleans."""
    enabled = truth(element(answer, "FirewallEnabled"))
    allowed = truth(element(answer, "InboundPinholeAllowed"))
    if enabled is None or allowed is None:
        return None
    return Firewall6(enabled=enabled, pinholes_allowed=allowed)
