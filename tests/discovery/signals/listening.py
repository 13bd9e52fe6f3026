"""What the tests of signals share: a memory for reasons, and a count of what is left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PATIENCE_S = 10.0  # for what another process or the kernel does; reached by failing tests alone


class Heard:
    """Remembers every reason that it is given as `look_now`."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def __call__(self, why: str) -> None:
        self.reasons.append(why)

    async def until(self, *words: str, times: int = 1) -> None:
        """Wait until so many reasons hold each of the words; fails with what was heard instead."""

        def enough() -> bool:
            fitting = [why for why in self.reasons if all(word in why for word in words)]
            return len(fitting) >= times

        await until(enough, lambda: f"not {times} times {words}: {self.reasons}")


async def until(done: Callable[[], bool], complaint: Callable[[], str]) -> None:
    """Wait, within bounds, for something that tells nobody when it has happened."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not done():
        assert asyncio.get_running_loop().time() < deadline, complaint()
        await asyncio.sleep(0.005)


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Fail when the block leaves a task running or a descriptor open that it found closed.

    What a pretend router in the same process still has to close gets its time for that.
    """
    tasks, handles = asyncio.all_tasks(), _open_handles()
    yield
    await until(
        lambda: asyncio.all_tasks() <= tasks and _open_handles() <= handles,
        lambda: f"left: {asyncio.all_tasks() - tasks} {_open_handles() - handles}",
    )


def _open_handles() -> set[str]:
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one with which the folder was just listed
            found.add(f"{one.name} {one.readlink()}")
    return found
