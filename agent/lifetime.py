"""Running an event loop whose end waits for nobody.

Name look-ups of the system run in threads that cannot be interrupted; a hung resolver holds one for
half a minute. `asyncio.run` would wait for it, and so would the interpreter. An agent that was told
to stop has a second.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class _DaemonThreads(ThreadPoolExecutor):
    """A thread for each call, which dies with the process. asyncio insists on the base class."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as fault:  # noqa: BLE001  whoever awaits the future gets it
                future.set_exception(fault)

        threading.Thread(target=work, name="upstun-look-up", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """There is nothing to wait for."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like `asyncio.run`, without waiting for threads at the end."""

    async def body() -> T:
        asyncio.get_running_loop().set_default_executor(_DaemonThreads())
        return await main

    return asyncio.run(body())
