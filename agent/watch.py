"""An update is finished when it is served: watching the authoritative servers after a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat

from agent.decide.agreement import State, compare
from agent.events import NotServed, Served
from agent.report import Row
from agent.world import World
from discovery.observation import Address
from providers.engine.spec import Provider

_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
_LONG_PAUSE = 5.0


def pauses() -> Iterator[float]:
    """Seconds between looks: at once, then ever longer, for a fast server and a slow one alike."""
    return chain(_PAUSES, repeat(_LONG_PAUSE))


async def watch(
    world: World,
    row: Row,
    provider: Provider,
    *,
    limit: float,
    round_number: int,
    tell: bool = True,
) -> Row:
    """Look until every server that answers serves the wanted RRset, at most `limit` seconds."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    wanted = frozenset[Address]() if row.wanted is None else frozenset({row.wanted})
    for pause in pauses():
        if pause and loop.time() + pause > start + limit:
            break
        await asyncio.sleep(pause)
        view = await world.lookup.look(row.record.name, row.rtype)
        row = replace(row, view=view, after=compare(view, wanted, provider.fronts))
        if row.after.state is State.ALL:
            row = replace(row, verified=True)
            break
    event = Served if row.verified else NotServed
    if tell:
        world.emit(
            event(
                at=world.wall(),
                round=round_number,
                name=row.record.name,
                rtype=row.rtype,
                agreement=row.after,
                took=loop.time() - start,
            )
        )
    return row
