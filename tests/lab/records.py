"""What the home's zone says in a case, as somebody else with a key writes it (RFC 2136)."""

from __future__ import annotations

from collections.abc import Mapping

import dns.tsig
import dns.update

from tests.lab.bind import OTHER_KEY
from tests.lab.places import (
    HOME,
    HOME6,
    LIE,
    POWER,
    POWER_RECORD,
    RECORD,
    SECONDARY,
    STALE,
    WAN,
    ZONE,
)
from tests.lab.plan import Plan, RecordState

_DAY = 86400
_EVERY_NAME = f"*.{ZONE}"
_THIRD = f"ns3.{ZONE}"
_RECORDS: Mapping[RecordState, tuple[tuple[str, int, str, str], ...]] = {
    "stale": ((RECORD, 60, "A", STALE),),
    "right": ((RECORD, 60, "A", WAN),),
    "missing": (),
    "extra": ((RECORD, 60, "A", WAN), (RECORD, 60, "A", LIE)),
    "cname": ((RECORD, 60, "CNAME", f"{POWER_RECORD}."),),
    "wildcard": ((_EVERY_NAME, 60, "A", WAN),),
    "private": ((RECORD, 60, "A", HOME),),
    "ttl_high": ((RECORD, _DAY, "A", WAN),),
}


def zone_change(plan: Plan, secret: str) -> dns.update.UpdateMessage:
    """The change that makes the zone say what the plan has, whatever it said before."""
    change = _change(ZONE, secret)
    for name in (RECORD, _EVERY_NAME, _THIRD):
        change.delete(f"{name}.")
    change.delete(f"{ZONE}.", "NS", f"{_THIRD}.")
    for name, ttl, rtype, value in _RECORDS[plan.record]:
        change.add(f"{name}.", ttl, rtype, value)
    if plan.record == "right" and plan.ipv6 == "stable":
        change.add(f"{RECORD}.", 60, "AAAA", HOME6)
    if plan.name_servers == "lame":
        _name_the_third(change, POWER)
    elif plan.name_servers == "parent_differs":
        _name_the_third(change, SECONDARY)
    return change


def delegation_change(plan: Plan, secret: str) -> dns.update.UpdateMessage:
    """The same for the zone's parent, which names the zone's servers too."""
    change = _change("com", secret)
    change.delete(f"{_THIRD}.")
    change.delete(f"{ZONE}.", "NS", f"{_THIRD}.")
    if plan.name_servers == "lame":
        _name_the_third(change, POWER)
    return change


def address_change(name: str, addresses: tuple[str, ...], secret: str) -> dns.update.UpdateMessage:
    """Another set of A records at one name."""
    change = _change(ZONE, secret)
    change.delete(f"{name}.", "A")
    for address in addresses:
        change.add(f"{name}.", 60, "A", address)
    return change


def _change(zone: str, secret: str) -> dns.update.UpdateMessage:
    return dns.update.UpdateMessage(zone, keyring={OTHER_KEY: dns.tsig.Key(OTHER_KEY, secret)})


def _name_the_third(change: dns.update.UpdateMessage, address: str) -> None:
    """PowerDNS does not know this zone, the secondary does."""
    change.add(f"{_THIRD}.", 60, "A", address)
    change.add(f"{ZONE}.", 60, "NS", f"{_THIRD}.")
