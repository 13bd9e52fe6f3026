"""A year of one home, with two new addresses a week: nothing grows, and quiet weeks write nothing.

The safety poll comes every half hour here, so that the year is over in seconds. Every five minutes,
as by default: `UPSTUN_YEAR_POLL=300 pytest tests/story/test_a_year.py`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

from agent.daemon import Daemon
from agent.events import RoundBegan
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, live

POLL = float(os.environ.get("UPSTUN_YEAR_POLL", "1800"))
DAY = 86400.0
T = TypeVar("T")


class Lately(list[T]):
    """A list of the last few alone: what the pretended home notes must not look like a leak."""

    def append(self, one: T) -> None:
        super().append(one)
        del self[:-8]


def forgetful() -> SimHome:
    """A home that remembers no more of its past than a real one."""
    home = SimHome()
    home.config = replace(home.config, poll=POLL)
    home.events, home.journal, home.provider.calls = Lately(), Lately(), Lately()
    for server in home.servers:
        server.past = {"": Lately(), home.config.records[0].name: Lately()}
    return home


def in_use() -> int:
    """Blocks of memory that the interpreter has given out and not got back."""
    gc.collect()
    return sys.getallocatedblocks()


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    """What lies on the disk, and when it was written; the index of the log lies in memory."""
    return {
        file.name: (file.stat().st_mtime_ns, file.read_bytes())
        for file in folder.iterdir()
        if not file.name.endswith("-shm")
    }


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def test_a_year_later_the_agent_is_as_large_as_it_was(tmp_path: Path) -> None:
    blocks: list[int] = []
    sizes: list[int] = []
    chance = Random(7)

    async def month(home: SimHome) -> None:
        gone = 0.0
        while gone < 365 / 12 * DAY:
            pause = chance.expovariate(2 / (7 * DAY))
            await asyncio.sleep(pause)
            home.address, gone = chance.choice((FIRST, SECOND, THIRD)), gone + pause

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        for _ in range(12):
            await month(home)
            blocks.append(in_use())
            sizes.append(size(tmp_path))

    live(forgetful(), script, store=tmp_path / "state.sqlite3")
    assert max(blocks[2:]) - min(blocks[2:]) < 1000, blocks
    assert max(sizes) < 6 * 1024 * 1024, sizes


def test_a_quiet_week_writes_nothing(tmp_path: Path) -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(3600.0)
        before = content(tmp_path)
        await asyncio.sleep(7 * DAY)
        assert content(tmp_path) == before

    home = live(SimHome(), script, store=tmp_path / "state.sqlite3")
    assert sum(isinstance(event, RoundBegan) for event in home.events) > 2000
