"""The home's addresses, of both families side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from agent.hurry import Hurry
from agent.observe import Known, find_address
from agent.observe6 import Quiet, find_address6
from agent.values import FAMILY_OF, Discovery, Record, RRsetKey, Verdict
from agent.world import World
from discovery.observation import Family


async def find_addresses(
    world: World,
    discovery: Discovery,
    wanted: Mapping[RRsetKey, Record],
    known: Known,
    quiet: Quiet,
    *,
    round_number: int,
    noticed: str = "",
    eager: bool = False,
    hurry: Hurry | None = None,
) -> dict[Family, Verdict]:
    """Find the address of every family that some RRset wants; of IPv4 when none wants any.

    `known` and `quiet` find out which addresses need less proof, since nothing follows from them.
    """
    families = {FAMILY_OF[rtype] for _, rtype in wanted} or {Family.V4}
    finding: dict[Family, asyncio.Task[Verdict]] = {}
    async with asyncio.TaskGroup() as group:
        if Family.V4 in families:
            four = find_address(
                world,
                discovery,
                Family.V4,
                known,
                round_number=round_number,
                noticed=noticed,
                eager=eager,
            )
            finding[Family.V4] = group.create_task(four)
        if Family.V6 in families:
            six = find_address6(
                world,
                discovery,
                wanted,
                quiet,
                round_number=round_number,
                noticed=noticed,
                eager=eager,
                hurry=hurry,
            )
            finding[Family.V6] = group.create_task(six)
    return {family: task.result() for family, task in finding.items()}
