"""Who is called when: accounts side by side, and nobody with old news or against its ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from agent.call import about_one_of, call, fingerprint
from agent.decide.jobs import gather, lock_name
from agent.decide.plan import withheld
from agent.hurry import Hurry
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


def _errands(account: Account, rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """The account's errands, handed out one at a time to whoever is free."""
    yield from gather((row for row in rows if isinstance(row.decision, Push)), account.provider)
    yield from ((row,) for row in rows if isinstance(row.decision, Ask))  # an API is read singly


class Desk:
    """Where the errands of one round are worked off: accounts side by side, each as it allows."""

    def __init__(self, world: World, config: Config, round_number: int, hurry: Hurry) -> None:
        """Nothing is done yet. `hurry` ends the wait for slow services."""
        self._world, self._config = world, config
        self._round, self._hurry = round_number, hurry
        self._places = {
            account.name: asyncio.Semaphore(account.provider.side_by_side)
            for account in config.accounts.values()
        }
        self._done: dict[tuple[str, str], Row] = {}

    async def act(self, rows: Sequence[Row]) -> list[Row]:
        """Carry out every Push and Ask.

        What a slow service leaves no time for is held until the next round, which may begin at
        once.
        """
        end = asyncio.get_running_loop().time() + DECISION_LASTS_S
        due: dict[str, list[Row]] = {}
        for row in rows:
            if isinstance(row.decision, Push | Ask):
                due.setdefault(row.record.account, []).append(row)
        async with asyncio.TaskGroup() as group:
            for name, some in due.items():
                account = self._config.accounts[name]
                errands = _errands(account, some)
                for _ in range(account.provider.side_by_side):
                    group.create_task(self._work_off(account, errands, end))
        return [self._done.get((row.record.name, row.rtype), row) for row in rows]

    async def _work_off(
        self, account: Account, errands: Iterator[tuple[Row, ...]], end: float
    ) -> None:
        """Do one errand after another until none is left, or the decisions are old news."""
        for rows in errands:
            async with self._places[account.name]:
                late = asyncio.get_running_loop().time() >= end
                if late or self._hurry.called_away:
                    self._hold(rows, self._too_late(account))
                else:
                    await self._errand(account, rows)

    async def _errand(self, account: Account, rows: Sequence[Row]) -> None:
        """One errand; where its refusal may be about one record of several, in halves."""
        allowed = permits(self._world, account)
        for row in rows:
            if stop := withheld(allowed(row.record), account.name):
                self._hold(rows, stop)
                return
        done = await call(self._world, account, rows, round_number=self._round, hurry=self._hurry)
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
        self._done |= {(row.record.name, row.rtype): row for row in rows}
