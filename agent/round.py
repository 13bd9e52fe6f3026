"""The story: one pass from "what is my address?" to "everybody is told it". Read it top to bottom.

configuration -> observe the address -> verdict -> observe live DNS -> plan -> act -> verify
-> remember. Every judgement is a pure function in `agent.decide`; every question and every call
goes through a port of `World`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from agent.act import act, permit
from agent.decide.agreement import compare, unanimous
from agent.decide.plan import plan
from agent.decide.verdict import unpublished_family
from agent.events import Judged, LookedUp, Planned, RoundBegan
from agent.memory import remember_served
from agent.observe import find_address, look_up
from agent.report import Report, Row
from agent.values import FAMILY_OF, Config, Keep, Push, Record, RRsetKey, Settled, Verdict
from agent.watch import watch
from agent.world import World
from discovery.live_dns.view import DnsView
from discovery.observation import Address, Family
from providers.engine.outcome import Refused

_INTERRUPTED_S = 5.0


async def run_round(
    world: World, config: Config, *, number: int = 1, because: str = "asked", dry_run: bool = False
) -> Report:
    """Make one pass over all records and say what was found and done.

    The address and live DNS are observed side by side. With `dry_run` it ends at the plan.
    """
    world.emit(RoundBegan(at=world.wall(), round=number, because=because))
    wanted = _wanted(config.records)
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(look_up(world, wanted))
        finding = group.create_task(_find_addresses(world, config, wanted, looking, number))
    verdicts, views = finding.result(), looking.result()
    rows = [
        _decide(world, config, record, verdict=verdicts[FAMILY_OF[rtype]], view=views[name, rtype])
        for (name, rtype), record in wanted.items()
    ]
    _tell(world, rows, number)
    if not dry_run:
        rows = await _side_by_side(rows, lambda row: _after_a_crash(world, config, row, number))
        rows = list(await act(world, config, rows, round_number=number))
        rows = await _side_by_side(rows, lambda row: _until_served(world, config, row, number))
        remember_served(world, rows)
    return Report(addresses=verdicts, rows=tuple(rows))


def _wanted(records: Sequence[Record]) -> dict[RRsetKey, Record]:
    wanted: dict[RRsetKey, Record] = {}
    for record in records:
        if record.ipv4:
            wanted[record.name, "A"] = record
        if record.ipv6:
            wanted[record.name, "AAAA"] = record
    return wanted


async def _find_addresses(
    world: World,
    config: Config,
    wanted: Mapping[RRsetKey, Record],
    looking: asyncio.Task[dict[RRsetKey, DnsView]],
    number: int,
) -> dict[Family, Verdict]:
    """Find the address of every family that some record wants; without records, IPv4 alone."""

    async def known() -> frozenset[Address]:
        # An address that every record shows already publishes nothing new, whoever names it.
        views = await asyncio.shield(looking)
        return unanimous(view for (_, rtype), view in views.items() if rtype == "A")

    verdicts: dict[Family, Verdict] = {}
    families = {FAMILY_OF[rtype] for _, rtype in wanted} or {Family.V4}
    if Family.V4 in families:
        verdicts[Family.V4] = await find_address(
            world, config.discovery, Family.V4, known, round_number=number
        )
    if Family.V6 in families:
        verdicts[Family.V6] = unpublished_family(Family.V6)
        world.emit(Judged(at=world.wall(), round=number, verdict=verdicts[Family.V6]))
    return verdicts


def _decide(
    world: World, config: Config, record: Record, *, verdict: Verdict, view: DnsView
) -> Row:
    """Compare live DNS with the verdict and plan what to do about it."""
    account = config.accounts[record.account]
    wanted = frozenset({verdict.address}) if isinstance(verdict, Settled) else None
    agreement = compare(view, wanted, account.provider.fronts)
    memory = world.store.publication(view.name, view.rtype)
    may = permit(world, account, record)
    decision = plan(record, verdict, agreement, memory, may, now=world.now())
    return Row(
        record=record,
        rtype=view.rtype,
        view=view,
        verdict=verdict,
        before=agreement,
        after=agreement,
        memory=memory,
        decision=decision,
        verified=isinstance(decision, Keep),
    )


def _tell(world: World, rows: Sequence[Row], number: int) -> None:
    for row in rows:
        at, name, rtype = world.wall(), row.record.name, row.rtype
        world.emit(LookedUp(at=at, round=number, name=name, rtype=rtype, agreement=row.before))
        world.emit(Planned(at=at, round=number, name=name, rtype=rtype, decision=row.decision))


async def _after_a_crash(world: World, config: Config, row: Row, number: int) -> Row:
    """A call that was cut short may have been made: give its answer a moment to be served."""
    memory = row.memory
    if not isinstance(row.decision, Push) or memory is None or memory.state != "sending":
        return row
    age = world.now() - memory.at
    if memory.address != row.wanted or not 0.0 <= age < config.settle:
        return row
    provider = config.accounts[row.record.account].provider
    row = await watch(world, row, provider, limit=_INTERRUPTED_S, round_number=number, tell=False)
    if not row.verified:
        return row
    return replace(row, decision=Keep(because=f"an earlier call was made; {row.after.because}"))


async def _until_served(world: World, config: Config, row: Row, number: int) -> Row:
    """Watch the authorities after a call that was made, or may have been."""
    if row.verified or row.outcome is None or isinstance(row.outcome, Refused):
        return row
    provider = config.accounts[row.record.account].provider
    return await watch(world, row, provider, limit=config.settle, round_number=number)


async def _side_by_side(rows: Sequence[Row], step: Callable[[Row], Awaitable[Row]]) -> list[Row]:
    async def one(row: Row) -> Row:
        return await step(row)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(row)) for row in rows]
    return [task.result() for task in tasks]
