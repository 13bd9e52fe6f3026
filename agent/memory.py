"""What is remembered of published addresses, as rounds need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.decide.agreement import compare
from agent.decide.plan import Publication, left_alone_with
from agent.report import Row
from agent.values import Config, Record, RRsetKey
from agent.world import World
from discovery.live_dns.view import DnsView
from discovery.observation import Address


def needs_no_call(
    world: World,
    config: Config,
    wanted: Mapping[RRsetKey, Record],
    views: Mapping[RRsetKey, DnsView],
) -> frozenset[Address]:
    """The IPv4 addresses that every record has already, so that settling on one sends nothing."""
    known: frozenset[Address] | None = None
    for (name, rtype), record in wanted.items():
        if rtype != "A":
            continue
        provider = config.accounts[record.account].provider
        quiet = left_alone_with(
            record,
            compare(views[name, rtype], None, provider.fronts),
            world.store.publication(name, rtype),
            now=world.now(),
            readable=provider.read is not None,
        )
        if quiet is not None:
            known = quiet if known is None else known & quiet
    return known or frozenset()


def remember_served(world: World, rows: Iterable[Row]) -> None:
    """Write down what is served now; nothing is written when it was known already."""
    for row in rows:
        if not row.verified or row.wanted is None:
            continue
        name, rtype = row.record.name, row.rtype
        memory = world.store.publication(name, rtype)
        if memory is None or (memory.state, memory.address) != ("served", row.wanted):
            now = world.now()
            served = Publication(address=row.wanted, state="served", at=now, since=now)
            world.store.save_publication(name, rtype, served)
