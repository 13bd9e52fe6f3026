"""The network of the home's link, from which its machines have their IPv6 addresses. Pure."""

from __future__ import annotations

from ipaddress import IPv6Network

from discovery.ipv6.view import Ipv6View

LENGTH = 64
"""Bits of a prefix from which machines make their addresses (RFC 4291 §2.5.1, RFC 4862 §5.5.3)."""


def home_network(view: Ipv6View) -> IPv6Network | None:
    """Give the /64 that the chosen address is in; None where that is not known.

    ==============================================  ============================================
    the chosen address                              its network
    ==============================================  ============================================
    has a prefix of at most 64 bits                 the /64 around it
    has a longer one, as the /128 that DHCPv6       the same, where another address of its link
    hands out, which says nothing of the link       is in that /64 by a prefix that a router
                                                    announces now; it may be a temporary one
    has a longer one, and nothing shows the link's  None
    is not there                                    None
    ==============================================  ============================================
    """
    held = [one.held for one in view.candidates]
    ours = next((one for one in held if one.address == view.chosen), None)
    if ours is None:
        return None
    network = IPv6Network((ours.address, LENGTH), strict=False)
    shown = any(
        one.address in network
        and one.device == ours.device
        and one.prefix <= LENGTH
        and not (one.deprecated or one.duplicated or one.preferred_s == 0)
        for one in held
    )
    return network if shown else None
