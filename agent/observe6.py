"""Asking this machine, and the world from it, for the home's IPv6 address. Decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from ipaddress import IPv6Address
from math import inf

from agent.decide.questions import Look
from agent.decide.verdict6 import (
    candidate6,
    conclude6,
    next_step6,
    without_asking,
    worth_another_look,
)
from agent.decide.witnesses import Case, Sweep, Witness
from agent.events import Judged, Probed
from agent.hurry import Hurry
from agent.memory import own_address6
from agent.observe import EAGER_LIMIT_S, ask
from agent.values import Discovery, Record, RRsetKey, Settled, Verdict
from agent.world import World, fault_name
from discovery.ipv6.method import InterfaceMethod, observation
from discovery.ipv6.view import Ipv6View
from discovery.observation import Family

PAUSES_S = (0.3, 1.0, 3.0)
"""Before another look: a new address is checked for 1 to 2 s (RFC 4862 §5.4) before it is ready."""

LOOK_LIMIT_S = 3.0
"""How long this machine may take to name its addresses; macOS and Windows are asked by command."""

Quiet = Callable[[Settled], Awaitable[bool]]
"""Finds out whether settling on this would send nothing, for every record has what follows of it.

It is called after this machine was looked at, so that it can be found out meanwhile.
"""


async def find_address6(
    world: World,
    discovery: Discovery,
    records: Mapping[RRsetKey, Record],
    quiet: Quiet,
    *,
    round_number: int = 0,
    noticed: str = "",
    patient: bool = True,
    eager: bool = False,
    hurry: Hurry | None = None,
) -> Verdict:
    """Look at this machine, and ask outside where that could change anything.

    While a change of addresses is under way, all this is done again after a pause, if `patient`,
    until `hurry` calls away. With `eager` there is no pause, and all questions together have
    `EAGER_LIMIT_S` seconds.
    """
    hurry, current = hurry or Hurry(), own_address6(world, records)

    async def look() -> tuple[Verdict, tuple[Sweep, ...]]:
        view = await look6(world, discovery, current, round_number=round_number)
        return await _judge(world, discovery, view, quiet, round_number, eager=eager)

    verdict, sweeps = await look()
    for pause in PAUSES_S if patient and not eager else ():
        if not worth_another_look(verdict, sweeps) or await hurry.pause(pause):
            break
        verdict, sweeps = await look()
    world.emit(Judged(at=world.wall(), round=round_number, verdict=verdict, noticed=noticed))
    return verdict


async def look6(
    world: World, discovery: Discovery, current: IPv6Address | None, *, round_number: int = 0
) -> Ipv6View:
    """See this machine's addresses, if it may be asked. What fails inside is not known."""
    if "interface" not in discovery.ipv6:
        return Ipv6View(supported=False)
    start = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(LOOK_LIMIT_S):
            view = await world.ipv6(current)
    except TimeoutError:
        note = f"This machine did not name its IPv6 addresses within {LOOK_LIMIT_S:g} s."
        view = Ipv6View(supported=False, note=note)
    except Exception as fault:
        if world.strict:
            raise
        text = "Asking this machine for its IPv6 addresses failed inside upstun"
        view = Ipv6View(supported=False, note=f"{text} ({fault_name(fault)}).")
    elapsed = asyncio.get_running_loop().time() - start
    said = replace(observation(InterfaceMethod(), view), elapsed=elapsed)
    world.emit(Probed(at=world.wall(), round=round_number, observation=said))
    return view


async def _judge(
    world: World,
    discovery: Discovery,
    view: Ipv6View,
    quiet: Quiet,
    round_number: int,
    *,
    eager: bool,
) -> tuple[Verdict, tuple[Sweep, ...]]:
    """Put one question after another to those outside; say what they said, and what it means."""
    case = Case(
        family=Family.V6,
        order=discovery.ipv6,
        menu=(),
        confirm=discovery.confirm,
        has_route=view.has_route or world.surroundings().has_route,
    )
    if discovery.confirm != "never" and (found := candidate6(view)) and await quiet(found):
        case = replace(case, known=frozenset({found.address}))
    if verdict := without_asking(view, case):
        return verdict, ()
    methods = () if view.chosen is None else world.outside6(view.chosen)
    menu = tuple(
        Witness(source=one.source, name=one.witness, operator=one.operator) for one in methods
    )
    case = replace(case, menu=menu)
    loop, sweeps = asyncio.get_running_loop(), tuple[Sweep, ...]()
    end = loop.time() + (EAGER_LIMIT_S if eager else inf)
    while isinstance(step := next_step6(view, sweeps, case), Look):
        left = end - loop.time()
        if left <= 0:
            return conclude6(view, sweeps, case), sweeps
        chosen = {(witness.source, witness.name) for witness in step.witnesses}
        asked = [one for one in methods if (one.source, one.witness) in chosen]
        said = await ask(world, asked, Family.V6, round_number=round_number, most=left)
        sweeps = (*sweeps, said)
    return step, sweeps
