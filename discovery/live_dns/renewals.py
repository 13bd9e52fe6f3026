"""Work that nobody waits for: each piece once at a time, few side by side, ended by its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable

_AT_ONCE = 2  # a look in a hurry must find the sockets free


class Renewals:
    """Background tasks. What fails as it may is passed over; any other fault is told later."""

    def __init__(self, *may_fail: type[Exception]) -> None:
        """`may_fail` are the exceptions that mean "not now": what is known goes on to hold."""
        self._may_fail = may_fail
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._faults: list[Exception] = []

    def start(self, key: Hashable, work: Callable[[], Coroutine[None, None, object]]) -> None:
        """Do the work soon, unless work under this key is still to be done."""
        if key not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._do(work))
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._tasks.pop(key))

    def tell(self) -> None:
        """Raise a fault of background work that nobody has seen; harmless where there is none."""
        if self._faults:
            raise self._faults.pop(0)

    async def aclose(self) -> None:
        """End all work, and `tell`."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.tell()

    async def _do(self, work: Callable[[], Coroutine[None, None, object]]) -> None:
        try:
            async with self._turns:
                await work()
        except self._may_fail:
            return
        except Exception as fault:  # noqa: BLE001 - nobody awaits the task: `tell` raises it
            self._faults.append(fault)
