"""Part "oneshot": what one pass costs that finds nothing to do."""

from __future__ import annotations

import contextlib
from typing import Any

from tests.bench import programs
from tests.bench.household import Household
from tests.bench.machine import Runner
from tests.bench.programs import Program
from tests.lab.plan import Plan

HOSTS = tuple(f"{name}.example.com" for name in ("ddclient-300", "inadyn-120", "ddns-300"))


def measure(household: Household, runs: int) -> list[dict[str, Any]]:
    """A row for each program: wall and CPU in seconds of each run, taken in turns; peak in MiB."""
    household.arrange(Plan())
    home = household.home
    with contextlib.ExitStack() as stack:
        guests = [household.guest(role) for role in ("ddclient", "inadyn", "ddns")]
        machines = [home, *guests, home]
        each: list[tuple[Program, Runner]] = list(
            zip(
                [
                    programs.upstun(home.room, household.lab.secrets),
                    programs.ddclient(guests[0].room, 300, default=True),
                    programs.inadyn(guests[1].room, 120, default=True),
                    programs.ddns(guests[2].room, 300, default=True),
                    programs.BARE,
                ],
                [stack.enter_context(machine.runner()) for machine in machines],
                strict=True,
            )
        )
        for program, runner in each:
            runner.once(program.once)  # publishes
            runner.once(program.once)  # and has nothing to do from here on
        rows: list[dict[str, Any]] = [
            {"program": program.name, "wall": [], "cpu": [], "peak": runner.peak(program.once)}
            for program, runner in each
        ]
        before = len(household.provider.calls)
        for _ in range(runs):
            for row, (program, runner) in zip(rows, each, strict=True):
                cost = runner.once(program.once)
                row["wall"].append(round(cost.wall, 5))
                row["cpu"].append(round(cost.cpu, 5))
        if len(household.provider.calls) != before:
            raise RuntimeError(f"there was something to do: {household.provider.calls[before:]}")
    return rows
