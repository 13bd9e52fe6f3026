"""An event loop of its own, in a thread of its own, for a library that leaves things behind.

When a gather or a handshake of aiortc is cancelled, tasks that it started go on, sockets stay
open, and exceptions that nobody awaits are told to the loop. In a loop of its own all of that ends
with the loop, and the application's loop, its exception handler and its log never hear of it. The
keys and handshakes that take a slow processor a while do not hold up the other measurements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

CLOSING = 1.0  # seconds that `run_aside` waits for work that was told to stop


async def run_aside(work: Callable[[], Coroutine[Any, Any, T]], *, limit: float) -> T:
    """Run `work()` in a loop and a thread of its own, and end both whatever happens.

    Raises what `work` raises, and TimeoutError when it is not done after `limit` seconds. It is
    cancelled then, as it is when the caller is cancelled, and has `CLOSING` seconds to clean up; a
    thread that a C library holds up even longer is left to end by itself.
    """
    halt = asyncio.Event()
    loop = _Loop()
    # Not the application's executor: name lookups that hang may occupy every thread of that.
    executor = ThreadPoolExecutor(1, thread_name_prefix="aside")
    running = asyncio.get_running_loop().run_in_executor(executor, _live, loop, work, halt)
    # Whoever is told to stop need not be heard out: nobody has to fetch what it says then.
    running.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    try:
        done, _ = await asyncio.wait([running], timeout=limit)
        if done:
            return running.result()
        raise TimeoutError
    finally:
        if not running.done():
            with suppress(RuntimeError):  # it has just ended, and only the news is on its way
                loop.call_soon_threadsafe(halt.set)
            await asyncio.wait([running], timeout=CLOSING)
        executor.shutdown(wait=running.done())


class _Loop(asyncio.SelectorEventLoop):
    """A loop that is silent about what goes wrong in it, and that closes its sockets itself."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[asyncio.DatagramTransport] = []
        self.set_exception_handler(lambda _loop, _context: None)

    async def create_datagram_endpoint(self, *args: Any, **kwargs: Any) -> Any:
        """Open a socket as usual, and remember it."""
        transport, protocol = await super().create_datagram_endpoint(*args, **kwargs)
        self._opened.append(transport)
        return transport, protocol

    def close(self) -> None:
        """Cut off what is still open, and close the loop."""
        for transport in self._opened:
            transport.abort()
        self._opened.clear()
        self.run_until_complete(asyncio.sleep(0))  # a transport closes in the loop's next turn
        super().close()


def _live(loop: _Loop, work: Callable[[], Coroutine[Any, Any, T]], halt: asyncio.Event) -> T:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(_until(work, halt))


async def _until(work: Callable[[], Coroutine[Any, Any, T]], halt: asyncio.Event) -> T:
    """Await the work, but cancel it as soon as somebody wants a halt."""
    task = asyncio.ensure_future(work())
    halted = asyncio.ensure_future(halt.wait())
    await asyncio.wait((task, halted), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.wait((task,))
        raise TimeoutError
    return task.result()
