"""Asking the world for the home's address. Decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from math import inf

from agent.decide.questions import Look
from agent.decide.verdict import next_step
from agent.decide.witnesses import Case, Sweep, Witness
from agent.events import Judged, Probed
from agent.values import Discovery, Verdict
from agent.world import World
from discovery.observation import Address, Family, Method, Source
from discovery.probe import probe

LIMITS: Mapping[Source, float] = {
    "upnp": 7.5,  # search for 2 s, then a worker process that is killed after 5 s
    "natpmp": 3.6,  # NAT-PMP, then PCP
    "stun": 4.0,  # UDP, then TCP
    "http": 6.0,
    "interface": 1.0,
}
"""How long one witness of each kind may take, in seconds."""

EAGER_LIMIT_S = 1.5
"""The same for everyone, in a hurry."""


Known = Callable[[], Awaitable[frozenset[Address]]]
"""Finds out which addresses can be settled on one witness's word (`Case.known`)."""


async def find_address(
    world: World,
    discovery: Discovery,
    family: Family,
    known: Known,
    *,
    round_number: int = 0,
    noticed: str = "",
    patient: bool = True,
    eager: bool = False,
) -> Verdict:
    """Ask one witness after another until the verdict is clear; with `eager`, the first at once.

    `noticed` is the signal that led here. `known` is called only after the first answer is in, so
    that it can be found out meanwhile.
    """
    where = world.surroundings()
    order = discovery.ipv4 if family is Family.V4 else discovery.ipv6
    methods = [method for method in world.methods(where) if method.source in order]
    case = Case(
        family=family,
        order=order,
        menu=tuple(
            Witness(source=method.source, name=method.witness, operator=method.operator)
            for method in methods
        ),
        confirm=discovery.confirm,
        unreachable=discovery.unreachable,
        prefer_outside=discovery.prefer_outside,
        local=where.local,
        has_route=where.has_route,
        patient=patient,
        eager=eager,
    )
    most = EAGER_LIMIT_S if eager else inf
    sweeps: tuple[Sweep, ...] = ()
    while isinstance(step := next_step(sweeps, case), Look):
        if step.after:
            await asyncio.sleep(step.after)
        chosen = {(witness.source, witness.name) for witness in step.witnesses}
        asked = [method for method in methods if (method.source, method.witness) in chosen]
        sweeps = (*sweeps, await ask(world, asked, family, round_number=round_number, most=most))
        case = replace(case, known=await known())
    world.emit(Judged(at=world.wall(), round=round_number, verdict=step, noticed=noticed))
    return step


async def ask(
    world: World,
    methods: Iterable[Method],
    family: Family,
    *,
    round_number: int = 0,
    most: float = inf,
) -> Sweep:
    """Put the same question to several witnesses side by side, for `most` seconds at most."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                probe(
                    method,
                    family,
                    limit=min(LIMITS[method.source], most),
                    strict=world.strict,
                )
            )
            for method in methods
        ]
    sweep = tuple(task.result() for task in tasks)
    for observation in sweep:
        world.emit(Probed(at=world.wall(), round=round_number, observation=observation))
    return sweep
