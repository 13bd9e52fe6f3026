"""Who is called when: accounts side by side, and nobody with old news or against its ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.call import about_one_of, call, fingerprint
from agent.decide.jobs import gather, lock_name
from agent.decide.plan import withheld
from agent.report import Row
from agent.values import Account, Ask, Config, Hold, Push, Record
from agent.world import World
from providers.engine import limits
from providers.engine.limits import Permit

DECISION_LASTS_S = 30.0
"""How long after the decisions calls may still begin: a slow service must not be told old news."""


def permit(world: World, account: Account, record: Record) -> Permit:
    """Whether this record's account may be called now, by what is remembered of it."""
    return permits(world, account)(record)


def permits(world: World, account: Account) -> Callable[[Record], Permit]:
    """The same for any number of records at one moment; what is remembered is read once."""
    now, remembered = world.now(), world.store.ledger(account.name)
    ledger = limits.notice_clock(remembered, now=now)
    if ledger != remembered:
        world.store.save_ledger(account.name, ledger)
    mark = fingerprint(world, account)

    def permit_of(record: Record) -> Permit:
        pace, name = account.provider.pace, lock_name(record)
        return limits.may_call(ledger, pace, now=now, fingerprint=mark, name=name)

    return permit_of


async def act(
    world: World, config: Config, rows: Sequence[Row], *, round_number: int
) -> tuple[Row, ...]:
    """Carry out every Push and Ask; accounts side by side, and errands of one as it allows.

    What a slow service leaves no time for is held until the next round, which may begin at once.
    """
    due: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(row.decision, Push | Ask):
            due.setdefault(row.record.account, []).append(row)
    desk = _Desk(world, round_number)
    async with asyncio.TaskGroup() as group:
        for name, some in due.items():
            account = config.accounts[name]
            errands = _errands(account, some)
            for _ in range(account.provider.side_by_side):
                group.create_task(desk.work_off(account, errands))
    return tuple(desk.done.get((row.record.name, row.rtype), row) for row in rows)


def _errands(account: Account, rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """The account's errands, handed out one at a time to whoever is free."""
    yield from gather((row for row in rows if isinstance(row.decision, Push)), account.provider)
    yield from ((row,) for row in rows if isinstance(row.decision, Ask))  # an API is read singly


class _Desk:
    """Where the errands of one round are worked off."""

    def __init__(self, world: World, round_number: int) -> None:
        self.done: dict[tuple[str, str], Row] = {}
        self._world = world
        self._round = round_number
        self._end = asyncio.get_running_loop().time() + DECISION_LASTS_S

    async def work_off(self, account: Account, errands: Iterator[tuple[Row, ...]]) -> None:
        """Do one errand after another until none is left."""
        for rows in errands:
            if asyncio.get_running_loop().time() < self._end:
                await self._errand(account, rows)
            else:
                self._hold(rows, self._too_late(account))

    async def _errand(self, account: Account, rows: Sequence[Row]) -> None:
        """One errand; where its refusal may be about one record of several, in halves."""
        allowed = permits(self._world, account)
        for row in rows:
            if stop := withheld(allowed(row.record), account.name):
                self._hold(rows, stop)
                return
        done = await call(self._world, account, rows, round_number=self._round)
        if about_one_of(rows, done[0].outcome):
            half = len(rows) // 2
            await self._errand(account, rows[:half])
            await self._errand(account, rows[half:])
        else:
            self._finish(done)

    def _too_late(self, account: Account) -> Hold:
        text = f"{account.provider.title} was too slow for one round; the next one goes on"
        return Hold(code="paced", because=text, until=self._world.now())

    def _hold(self, rows: Sequence[Row], decision: Hold) -> None:
        self._finish([replace(row, decision=decision) for row in rows])

    def _finish(self, rows: Sequence[Row]) -> None:
        self.done |= {(row.record.name, row.rtype): row for row in rows}
