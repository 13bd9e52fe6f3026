"""An update is finished when it is served: watching the authoritative servers after a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat

from agent.decide.agreement import State, compare
from agent.events import NotServed, Served
from agent.hurry import Hurry
from agent.look import look
from agent.report import Row
from agent.values import Config
from agent.world import World
from discovery.observation import Address

_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
_LONG_PAUSE = 5.0


def pauses() -> Iterator[float]:
    """Seconds between looks: at once, then ever longer, for a fast server and a slow one alike."""
    return chain(_PAUSES, repeat(_LONG_PAUSE))


async def watch(
    world: World, config: Config, row: Row, *, limit: float, hurry: Hurry | None = None
) -> Row:
    """Look until every server that answers serves the wanted RRset, at most `limit` seconds.

    The first look is at once and the last when the time is up. `hurry` ends the watch when there is
    something better to do.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + limit
    wanted = frozenset[Address]() if row.wanted is None else frozenset({row.wanted})
    fronts = config.accounts[row.record.account].provider.fronts
    for pause in pauses():
        left = end - loop.time()
        if pause and (left <= 0 or await _called_away(hurry, min(pause, left))):
            break
        view = await look(world, row.record.name, row.rtype)
        after = compare(view, wanted, fronts)
        row = replace(row, view=view, after=after, verified=after.state is State.ALL)
        if row.verified:
            break
    return row


async def until_served(
    world: World,
    config: Config,
    row: Row,
    *,
    limit: float,
    round_number: int,
    hurry: Hurry | None = None,
) -> Row:
    """Watch an RRset that is on its way, and tell how that ended, unless it was cut short."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    row = await watch(world, config, row, limit=limit, hurry=hurry)
    if row.verified or not (hurry and hurry.called_away):
        world.emit(
            (Served if row.verified else NotServed)(
                at=world.wall(),
                round=round_number,
                name=row.record.name,
                rtype=row.rtype,
                agreement=row.after,
                took=loop.time() - start,
            )
        )
    return row


async def _called_away(hurry: Hurry | None, pause: float) -> bool:
    """Wait `pause` seconds; true when something called meanwhile."""
    if hurry is not None:
        return await hurry.pause(pause)
    await asyncio.sleep(pause)
    return False
