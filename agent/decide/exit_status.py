"""One table of exit statuses for every command. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from agent.values import Code


class Exit(IntEnum):
    """What a command's end means; the numbers are part of the interface."""

    HEALTHY = 0
    HEALING = 1  # wrong now, but it will right itself
    USAGE = 2  # the command line or the configuration
    USER_MUST_ACT = 3  # DNS is wrong and only a person can mend it
    UNREACHABLE = 4  # unreachable by design: CGNAT, DS-Lite, or a family that is not there
    DISPUTED = 5  # witnesses disagree, publishing is held
    OFFLINE = 6  # offline, captive, or no address
    DNS_FAULT = 7  # lame, intercepted or silent name servers
    PROVIDER = 8  # the provider rejects the credentials, or the account is locked
    INTERNAL = 9


_WEIGHT = (
    Exit.INTERNAL,
    Exit.USAGE,
    Exit.OFFLINE,
    Exit.PROVIDER,
    Exit.DISPUTED,
    Exit.USER_MUST_ACT,
    Exit.DNS_FAULT,
    Exit.UNREACHABLE,
    Exit.HEALING,
    Exit.HEALTHY,
)

HELD_BY: dict[Code | str, Exit] = {
    "cgnat": Exit.UNREACHABLE,
    "cgnat_likely": Exit.UNREACHABLE,
    "ds_lite": Exit.UNREACHABLE,
    "upstream_nat": Exit.DISPUTED,
    "witnesses_disagree": Exit.DISPUTED,
    "liar": Exit.DISPUTED,
    "one_witness": Exit.HEALING,
    "wan_down": Exit.OFFLINE,
    "captive": Exit.OFFLINE,
    "offline": Exit.OFFLINE,
    "no_address": Exit.OFFLINE,
    "unsupported": Exit.USER_MUST_ACT,
    "double_nat": Exit.UNREACHABLE,
    "multi_wan": Exit.DISPUTED,
    "nat64": Exit.UNREACHABLE,
    "v6_unconfirmed": Exit.HEALING,
    "v6_nat66_or_vpn": Exit.DISPUTED,
    "v6_waiting": Exit.HEALING,
    "v6_none": Exit.USER_MUST_ACT,
    "v6_absent": Exit.UNREACHABLE,
    "v6_no_prefix": Exit.USER_MUST_ACT,
    "dns_intercepted": Exit.DNS_FAULT,
    "dns_unknown": Exit.DNS_FAULT,
    "dns_cname": Exit.USER_MUST_ACT,
    "dns_partial": Exit.HEALING,
    "dns_waiting": Exit.HEALING,
    "paced": Exit.HEALING,
    "flapping": Exit.HEALING,
    "locked": Exit.PROVIDER,
}
"""The exit status of each reason to hold; every hold code has one (a test counts them)."""


def worst(statuses: Iterable[Exit]) -> Exit:
    """The status that wins when several hold: 6 > 8 > 5 > 3 > 7 > 4 > 1; none at all is healthy."""
    return min(statuses, key=heavier, default=Exit.HEALTHY)


def heavier(status: Exit) -> int:
    """A sort key that puts the status that wins first."""
    return _WEIGHT.index(status)
