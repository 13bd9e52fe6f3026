"""What a round takes from memory and leaves there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from agent.decide.agreement import unanimous
from agent.decide.plan import Publication
from agent.report import Row
from agent.values import FAMILY_OF, RRsetKey
from agent.world import World
from discovery.live_dns.view import DnsView
from discovery.observation import Address, Family


def known_addresses(
    world: World, family: Family, views: Mapping[RRsetKey, DnsView]
) -> frozenset[Address]:
    """Addresses whose publication would be nothing new.

    They are the last one that was verified, and one that every record shows at every server.
    """
    known = unanimous(view for (_, rtype), view in views.items() if FAMILY_OF[rtype] is family)
    try:
        return known | {ip_address(world.store.fact(_key(family)) or "")}
    except ValueError:
        return known


def remember_served(world: World, rows: Iterable[Row]) -> None:
    """Write down what is served now; nothing is written when it was known already."""
    for row in rows:
        if not row.verified or row.wanted is None:
            continue
        name, rtype = row.record.name, row.rtype
        world.store.save_fact(_key(FAMILY_OF[rtype]), str(row.wanted))
        memory = world.store.publication(name, rtype)
        if memory is None or (memory.state, memory.address) != ("served", row.wanted):
            now = Publication(address=row.wanted, state="served", at=world.now())
            world.store.save_publication(name, rtype, now)


def _key(family: Family) -> str:
    return f"verified_ipv{family:d}"
