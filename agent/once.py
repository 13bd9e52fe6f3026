"""`once`: rounds until everything is settled, for cron and timers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from agent.events import RoundEnded
from agent.report import Report, Row
from agent.round import run_round
from agent.values import Config
from agent.world import World
from providers.engine.outcome import Cause, Refused

_ROUNDS = 3
_PAUSE_S = 1.0


async def run_once(world: World, config: Config, *, dry_run: bool = False) -> Report:
    """Make one round; again only where somebody else was faster, or a slow service left no time.

    Waiting for a served answer is part of the round itself. What needs longer than that (a paced
    account, a lagging server) is for the next run. A flapping line is the daemon's business: who
    runs this wants what is true now.
    """
    config = replace(config, calm=0.0)
    loop = asyncio.get_running_loop()
    for number in range(1, _ROUNDS + 1):
        start = loop.time()
        report = await run_round(world, config, number=number, dry_run=dry_run)
        world.emit(
            RoundEnded(
                at=world.wall(),
                round=number,
                exit=report.exit,
                settled=report.settled,
                took=loop.time() - start,
            )
        )
        due = report.until is not None and report.until <= world.now()
        if number == _ROUNDS or not (due or any(map(_lost_a_race, report.rows))):
            return report
        await asyncio.sleep(_PAUSE_S)
    raise AssertionError("the loop returns in its last turn")


def _lost_a_race(row: Row) -> bool:
    return isinstance(row.outcome, Refused) and row.outcome.cause is Cause.CONFLICT
