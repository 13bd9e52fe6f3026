"""`upstun once`: one round to a settled end, verified."""

from __future__ import annotations

import argparse
import sys

from agent import lifetime
from agent.commands.common import (
    Refusal,
    complain,
    configured,
    memory,
    print_json,
    state_directory,
)
from agent.events import Judged, Planned
from agent.once import run_once
from agent.report import Report
from agent.sinks.fan_out import FanOut
from agent.sinks.journal import JournalSink
from agent.sinks.log import LogSink
from agent.state_lock import Occupied, state_lock
from agent.values import Config
from agent.wiring import open_world


def run(arguments: argparse.Namespace) -> int:
    """Run it; the exit status says how the records ended."""
    try:
        config = configured(arguments.config)
        with state_lock(state_directory(config)):
            report = lifetime.run(_once(config, dry_run=arguments.dry_run))
    except Refusal as refusal:
        return complain(refusal, as_json=arguments.json)
    except Occupied as reason:
        return complain(Refusal(str(reason)), as_json=arguments.json)
    if arguments.json:
        print_json(report.as_json(dry_run=arguments.dry_run))
    else:
        _print(report, dry_run=arguments.dry_run)
    return report.exit


async def _once(config: Config, *, dry_run: bool) -> Report:
    # The result on stdout tells verdict and plan; told here too, a timer would log them each time.
    emit = FanOut(LogSink(sys.stderr, config.log, without=(Judged, Planned)))
    store = memory(config)
    try:
        if not dry_run:
            emit.add(JournalSink(store))
        async with open_world(config, store, emit) as world:
            return await run_once(world, config, dry_run=dry_run)
    finally:
        store.close()


def _print(report: Report, *, dry_run: bool) -> None:
    for row in report.rows:
        done = {"keep": "right: ", "hold": "left alone: "}.get(row.action, "would be updated: ")
        if row.outcome is not None:
            done = "" if row.verified else "not finished: "  # the reason says that it was updated
        address = row.wanted or "(no address)"
        print(f"{row.record.name} {row.rtype} {address}  {done}{row.reason}")
    if dry_run:
        print("(dry run: nothing was sent)")
