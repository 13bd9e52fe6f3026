"""What a round leaves in memory."""

from __future__ import annotations

from collections.abc import Iterable

from agent.decide.plan import Publication
from agent.report import Row
from agent.world import World


def remember_served(world: World, rows: Iterable[Row]) -> None:
    """Write down what is served now; nothing is written when it was known already."""
    for row in rows:
        if not row.verified or row.wanted is None:
            continue
        name, rtype = row.record.name, row.rtype
        memory = world.store.publication(name, rtype)
        if memory is None or (memory.state, memory.address) != ("served", row.wanted):
            now = Publication(address=row.wanted, state="served", at=world.now())
            world.store.save_publication(name, rtype, now)
