"""What is remembered of published addresses, as rounds need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address

from agent.decide.agreement import compare
from agent.decide.hosts import verdict_for
from agent.decide.plan import Publication, left_alone_with
from agent.report import Row
from agent.values import Config, Record, RRsetKey, Settled
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
        quiet = _quiet(world, config, record, views[name, rtype])
        if quiet is not None:
            known = quiet if known is None else known & quiet
    return known or frozenset()


def own_address6(world: World, records: Mapping[RRsetKey, Record]) -> IPv6Address | None:
    """The address of this machine itself that was published last; None when there was none."""
    found: Publication | None = None
    for (name, rtype), record in records.items():
        if rtype == "AAAA" and record.ipv6 is True:
            memory = world.store.publication(name, rtype)
            if memory is not None and (found is None or memory.at > found.at):
                found = memory
    return found.address if found and isinstance(found.address, IPv6Address) else None


def sends_nothing6(
    world: World,
    config: Config,
    wanted: Mapping[RRsetKey, Record],
    views: Mapping[RRsetKey, DnsView],
    candidate: Settled,
) -> bool:
    """Whether settling on this IPv6 address sends nothing: no AAAA record follows it anywhere."""
    for (name, rtype), record in wanted.items():
        own = verdict_for(record, rtype, candidate)
        if rtype != "AAAA" or not isinstance(own, Settled):
            continue
        quiet = _quiet(world, config, record, views[name, rtype])
        if quiet is not None and own.address not in quiet:
            return False
    return True


def _quiet(
    world: World, config: Config, record: Record, view: DnsView
) -> frozenset[Address] | None:
    """The addresses with which this RRset is left alone; None: it is with any."""
    provider = config.accounts[record.account].provider
    return left_alone_with(
        record,
        compare(view, None, provider.fronts),
        world.store.publication(view.name, view.rtype),
        now=world.now(),
        readable=provider.read is not None,
    )


def remember_served(world: World, rows: Iterable[Row]) -> None:
    """Write down what is served now; nothing is written when it was known already.

    When it was first sent stays; an address that stood there by itself leaves the time of what was
    sent before it, which is 0 where nothing was.
    """
    with world.store.together():
        for row in rows:
            if not row.verified or row.wanted is None:
                continue
            name, rtype, memory = row.record.name, row.rtype, row.memory
            if row.outcome is not None:  # it was told of meanwhile
                memory = world.store.publication(name, rtype)
            if memory is None or (memory.state, memory.address) != ("served", row.wanted):
                now, since = world.now(), 0.0 if memory is None else memory.since
                served = Publication(address=row.wanted, state="served", at=now, since=since)
                world.store.save_publication(name, rtype, served)
