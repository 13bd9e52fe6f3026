"""Which of this machine's IPv6 addresses may be published, and which one is. Pure.

An address is rejected for the first of these that is true of it:

==  =====================================================  =======================================
 1  it is not in publishable space (`discovery.address`)   ULA, link-local, 6to4, documentation, …
 2  `interface` names another link
 3  no `interface` is named, and its link is a tunnel      the VPN's address, not this home's
 4  there is no default route                              nobody could reach it
 5  duplicate address detection failed, or still runs      RFC 4862 §5.4
 6  it is temporary                                        RFC 8981: made to be replaced
 7  it is deprecated, or its preferred lifetime is over    RFC 4862 §5.5.4
==  =====================================================  =======================================

A tentative address, or one that the router phases out, is rejected in `passing`: another look will
soon find it or its successor. Not so a temporary one, nor one that somebody set by hand with a
preferred lifetime of zero, so that nothing goes out by it: it stays as it is.

Of those that are left, the first that is better than the others in the first point that differs:

==  ==========================================  ==================================================
 1  on the link of the default route
 2  set by hand; then handed out by DHCPv6      Linux shows a DHCPv6 address as a /128 that expires
    (a /128 too); then made from the prefix     EUI-64, stable-privacy, `mngtmpaddr`
    and kept; then any other
 3  the longest preferred lifetime              what the router announced last (RFC 8978)
 4  the lowest number                           so that the order in which they come never matters
==  ==========================================  ==================================================

The address that is published now (`current`) stays as long as it equals the best in points 1 and
2, and its preferred lifetime is at most ten minutes shorter: routers announce prefixes every ten
minutes or more often (RFC 4861 §6.2.1), and between two announcements lifetimes saw past each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv6Address
from math import inf

from discovery.address import Scope, publishable, scope
from discovery.ipv6.view import Candidate, Held

_SAW_S = 600.0  # MaxRtrAdvInterval's default, RFC 4861 §6.2.1

_WHERE_VALID = {
    Scope.PRIVATE: "it is only valid inside the home (ULA)",
    Scope.LINK_LOCAL: "it is only valid on its own cable or Wi-Fi (link-local)",
    Scope.LOOPBACK: "it only leads from this machine to itself (loopback)",
}


_CHECKED = "this machine is still checking that nobody else has it (tentative)"
_PHASED_OUT = "it is being phased out and will go away (deprecated)"


class Origin(IntEnum):
    """Where a lasting address comes from; the lower, the longer it may be expected to stay."""

    BY_HAND = 0
    DHCPV6 = 1
    STABLE = 2
    OTHER = 3


_ORIGINS = {
    Origin.BY_HAND: "it was set by hand",
    Origin.DHCPV6: "a DHCPv6 server handed it out to this machine",
    Origin.STABLE: "this machine makes it from the network's prefix and keeps it",
    Origin.OTHER: "nothing says that it will be replaced soon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The judgement on every address: those kept first, the best in front; and the chosen one."""

    candidates: tuple[Candidate, ...] = ()
    chosen: IPv6Address | None = None


def choose(
    held: Iterable[Held],
    *,
    way_out: str | None,
    is_tunnel: Callable[[str], bool],
    interface: str = "",
    current: IPv6Address | None = None,
) -> Choice:
    """Choose the address to publish. See the module's tables.

    `way_out` is the link of the default route outside tunnels, empty when all lead into tunnels,
    None when there is no default route at all.
    """
    kept: list[Held] = []
    rejected: list[Candidate] = []
    for one in held:
        reason = _against(one, way_out=way_out, is_tunnel=is_tunnel, interface=interface)
        if reason:
            passing = _passes(one, reason)
            rejected.append(Candidate(held=one, kept=False, reason=reason, passing=passing))
        else:
            kept.append(one)
    if not kept:
        return Choice(candidates=tuple(rejected))

    ranked = sorted(kept, key=lambda one: (_rank(one, way_out), int(one.address), one.device))
    best = ranked[0]
    chosen = next((one for one in ranked if _may_stay(one, best, current, way_out)), best)
    others = [one for one in ranked if one is not chosen]
    return Choice(
        candidates=(
            Candidate(
                held=chosen, kept=True, reason=f"it is chosen, for {_ORIGINS[origin(chosen)]}"
            ),
            *(
                Candidate(held=one, kept=True, reason=_behind(one, chosen, current, way_out))
                for one in others
            ),
            *rejected,
        ),
        chosen=chosen.address,
    )


def origin(held: Held) -> Origin:
    """Where a lasting address comes from."""
    if held.permanent:
        return Origin.BY_HAND
    if held.leased or held.prefix == held.address.max_prefixlen:
        return Origin.DHCPV6
    if held.stable or _is_eui64(held.address):
        return Origin.STABLE
    return Origin.OTHER


def _is_eui64(address: IPv6Address) -> bool:
    """Whether the host part is made of an Ethernet address (RFC 4291, appendix A)."""
    return address.packed[11:13] == b"\xff\xfe"


def _against(
    held: Held, *, way_out: str | None, is_tunnel: Callable[[str], bool], interface: str
) -> str:
    """Why this address may not be published; empty when it may."""
    kind = scope(held.address)
    if not publishable(held.address):
        return _WHERE_VALID.get(kind, f"it is {kind.sentence}")
    if interface and held.device != interface:
        return f"it is on {held.device}, and only {interface} is to be used"
    if not interface and (held.tunnel or is_tunnel(held.device)):
        return f"it belongs to a VPN or tunnel ({held.device}), not to this home's own line"
    if way_out is None:
        return "this machine has no IPv6 route to the internet, so nobody could reach it"
    if held.duplicated:
        return "another machine on this network has the same address (duplicate)"
    if held.tentative:
        return _CHECKED
    if held.temporary:
        return "it is temporary, and will be replaced, usually within a day"
    if held.deprecated or held.preferred_s == 0:
        return _PHASED_OUT
    return ""


def _passes(held: Held, reason: str) -> bool:
    """Whether this reason against the address is one of a change under way."""
    if held.temporary:
        return False
    return reason == _CHECKED or (reason == _PHASED_OUT and not held.permanent)


def _rank(held: Held, way_out: str | None) -> tuple[bool, Origin, float]:
    """The first three points of the second table; the lower, the better."""
    return (held.device != way_out, origin(held), -_preferred(held))


def _preferred(held: Held) -> float:
    return inf if held.preferred_s is None else held.preferred_s


def _may_stay(one: Held, best: Held, current: IPv6Address | None, way_out: str | None) -> bool:
    """Whether this is the published address, and nothing is clearly better than it."""
    if one.address != current or _rank(one, way_out)[:2] != _rank(best, way_out)[:2]:
        return False
    return _preferred(one) >= _preferred(best) - _SAW_S


def _behind(one: Held, chosen: Held, current: IPv6Address | None, way_out: str | None) -> str:
    """Why an address that would do is not the chosen one."""
    ours, theirs = _rank(one, way_out), _rank(chosen, way_out)
    if ours[0] != theirs[0]:
        why = f"is on the link that leads to the internet ({chosen.device})"
    elif ours[1] != theirs[1]:
        why = f"is likely to stay longer, for {_ORIGINS[origin(chosen)]}"
    elif chosen.address == current:
        why = "is the one that was published before"
    elif ours[2] != theirs[2]:
        why = "has the longer lifetime"
    else:
        why = "comes first in order, and both would last equally long"
    return f"it would do too, but {chosen.address} {why}"
