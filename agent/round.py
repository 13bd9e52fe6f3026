"""The story: one pass from "what is my address?" to "everybody is told it". Read it top to bottom.

configuration -> observe the address -> verdict -> observe live DNS -> plan -> act -> verify
-> remember. Every judgement is a pure function in `agent.decide`; every question and every call
goes through a port of `World`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import TypeVar

from agent.act import Desk, permit
from agent.addresses import find_addresses
from agent.decide.agreement import compare
from agent.decide.hosts import verdict_for
from agent.decide.plan import plan, time_left
from agent.events import LookedUp, Planned, RoundBegan
from agent.hurry import Hurry
from agent.look import Looks
from agent.memory import needs_no_call, remember_served, sends_nothing6
from agent.report import Report, Row
from agent.values import FAMILY_OF, Config, Keep, Push, Record, RRsetKey, Settled, Verdict
from agent.watch import until_served, watch
from agent.world import World
from discovery.live_dns.view import DnsView
from discovery.observation import Address
from providers.engine.outcome import Refused

T = TypeVar("T")
_FRESH_S = 2.0  # what was read from DNS longer ago than this is read again before a call
_LAGGARDS_S = 0.5  # how long everybody waits for the slowest name server, and ...
_LAGGARDS_EACH_S = 0.005  # ... for each RRset: a thousand take their time in health too
_INTERRUPTED_S = 5.0  # how long an earlier call that was cut short is looked for in DNS


async def run_round(
    world: World,
    config: Config,
    *,
    number: int = 1,
    because: str = "asked",
    noticed: str = "",
    dry_run: bool = False,
    hurry: Hurry | None = None,
    eager: bool = False,
) -> Report:
    """Make one pass over all records and say what was found and done.

    `noticed` is the signal that woke it, for whoever is told of a new address. The address and live
    DNS are observed side by side; RRsets whose name servers take long come after the others. With
    `dry_run` it ends at the plan. `hurry` ends the wait for a service that is slow, and for what is
    on its way to be served; the next round takes that up again. `eager` asks the router and the
    outside at once, and waits for nobody long.
    """
    hurry = hurry or Hurry()
    world.emit(RoundBegan(at=world.wall(), round=number, because=because, hurry=eager))
    wanted = _wanted(config.records)
    patience = _LAGGARDS_S + len(wanted) * _LAGGARDS_EACH_S
    looks, desk = Looks(world, wanted), Desk(world, config, number, hurry)

    async def known() -> frozenset[Address]:
        complete = await looks.complete(patience if eager else None)
        return needs_no_call(world, config, wanted, looks.views) if complete else frozenset()

    async def quiet(found: Settled) -> bool:
        complete = await looks.complete(patience if eager else None)
        return complete and sends_nothing6(world, config, wanted, looks.views, found)

    async def bring(views: Mapping[RRsetKey, DnsView]) -> list[Row]:
        rows = [
            _decide(world, config, wanted[key], verdicts[FAMILY_OF[key[1]]], view)
            for key, view in views.items()
        ]
        _tell(world, rows, number)
        if dry_run:
            return rows
        return list(chain(*await _each(_by_account(rows), carry_out)))

    async def carry_out(rows: list[Row]) -> list[Row]:
        stale = looks.age((row.record.name, row.rtype) for row in rows) > _FRESH_S
        rows = await _each(rows, partial(_still_due, world, config, number, hurry, stale=stale))
        rows = await desk.act(rows)
        rows = await _each(rows, partial(_until_served, world, config, number, hurry))
        remember_served(world, rows)
        return rows

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(looks.read())
        verdicts = await find_addresses(
            world,
            config.discovery,
            wanted,
            known,
            quiet,
            round_number=number,
            noticed=noticed,
            eager=eager,
            hurry=hurry,
        )
        hurry.go_by(verdicts)
        await looks.complete(patience)
        prompt = looks.views
        first = group.create_task(bring(prompt))
        rest = await looks.complete_unless(hurry)
        reading.cancel()
        late = await bring({key: view for key, view in rest.items() if key not in prompt})
    rows = {(row.record.name, row.rtype): row for row in (*first.result(), *late)}
    return Report(addresses=verdicts, rows=tuple(rows[key] for key in wanted))


def _wanted(records: Iterable[Record]) -> dict[RRsetKey, Record]:
    wanted: dict[RRsetKey, Record] = {}
    for record in records:
        if record.ipv4:
            wanted[record.name, "A"] = record
        if record.ipv6:
            wanted[record.name, "AAAA"] = record
    return wanted


def _decide(world: World, config: Config, record: Record, verdict: Verdict, view: DnsView) -> Row:
    """Compare live DNS with the verdict and plan what to do about it."""
    account, verdict = config.accounts[record.account], verdict_for(record, view.rtype, verdict)
    wanted = frozenset({verdict.address}) if isinstance(verdict, Settled) else None
    agreement = compare(view, wanted, account.provider.fronts)
    memory = world.store.publication(view.name, view.rtype)
    may, readable = permit(world, account, record), account.provider.read is not None
    decision = plan(
        record,
        verdict,
        agreement,
        memory,
        may,
        now=world.now(),
        readable=readable,
        calm=config.calm,
    )
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


def _tell(world: World, rows: Iterable[Row], number: int) -> None:
    for row in rows:
        at, name, rtype = world.wall(), row.record.name, row.rtype
        world.emit(LookedUp(at=at, round=number, name=name, rtype=rtype, agreement=row.before))
        world.emit(Planned(at=at, round=number, name=name, rtype=rtype, decision=row.decision))


async def _still_due(
    world: World, config: Config, number: int, hurry: Hurry, row: Row, *, stale: bool
) -> Row:
    """Before a call, look again where the last look is old or an earlier call was cut short."""
    if not isinstance(row.decision, Push):
        return row
    interrupted = time_left(row.memory, row.wanted, config.settle, now=world.now()) > 0
    if not (stale or interrupted):
        return row
    seen = await watch(
        world, config, row, limit=_INTERRUPTED_S if interrupted else 0.0, hurry=hurry
    )
    row = _decide(world, config, row.record, row.verdict, seen.view)
    _tell(world, [row], number)
    return row


async def _until_served(world: World, config: Config, number: int, hurry: Hurry, row: Row) -> Row:
    """Watch the authorities after a call that was made, or may have been, now or lately."""
    if row.verified or row.by_api or isinstance(row.outcome, Refused):
        return row
    limit = config.settle
    if row.outcome is None:
        limit = time_left(row.memory, row.wanted, config.settle, now=world.now())
    if not limit:
        return row
    return await until_served(world, config, row, limit=limit, round_number=number, hurry=hurry)


def _by_account(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Accounts go their ways side by side, so that a slow one keeps nobody waiting."""
    accounts: dict[str, list[Row]] = {}
    for row in rows:
        accounts.setdefault(row.record.account, []).append(row)
    return accounts.values()


async def _each(items: Iterable[T], step: Callable[[T], Awaitable[T]]) -> list[T]:
    """Take a step with all of them side by side."""

    async def one(item: T) -> T:
        return await step(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]
