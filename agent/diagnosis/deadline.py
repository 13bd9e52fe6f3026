"""The one deadline of an examination, and the only firewall around each of its parts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from agent.world import fault_name

T = TypeVar("T")

_BREATH_S = 0.2
"""How long before the end whatever is done inside a part gives up, so that the part can tell."""

Work = Callable[[], Awaitable[T]]


@dataclass(slots=True, kw_only=True)
class Deadline:
    """`seconds` from when it is made, on the event loop's clock.

    `unmeasured` collects, by the name of a part, the sentence why it brought nothing. With `strict`
    (tests) an exception that nobody expected flies; otherwise its class is all that is told.
    """

    seconds: float
    strict: bool = False
    unmeasured: dict[str, str] = field(default_factory=dict)
    start: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    @property
    def took(self) -> float:
        """Seconds since the start."""
        return asyncio.get_running_loop().time() - self.start

    @property
    def left(self) -> float:
        """Seconds in which something inside a part has to be done."""
        return max(0.0, self.seconds - _BREATH_S - self.took)

    async def bound(self, name: str, work: Work[T], *, inside: bool = False) -> T | None:
        """What the work brings before the end; None, and a reason, where it brings nothing.

        With `inside` it is one of several in a part, and is given up while the part can still tell
        of the others. Cancellation from outside propagates. One that leaks out of the work itself
        is a fault like any other.
        """
        seconds = self.seconds - (_BREATH_S if inside else 0.0)
        end = asyncio.timeout_at(self.start + seconds)
        try:
            async with end:
                return await work()
        except (Exception, asyncio.CancelledError) as fault:
            if end.expired() and isinstance(fault, TimeoutError):
                why = f"did not end within {seconds:g} s"
            elif self.strict or _cancelled(fault):
                raise
            else:
                why = f"failed inside upstun ({fault_name(fault)})"
            self.unmeasured[name] = f"Looking at {name} {why}"
            return None

    async def soon(self, task: asyncio.Task[T | None], by: float) -> T | None:
        """What another part brings, if it does within `by` seconds of the start; else None.

        The wait ends shortly before the deadline at the latest.
        """
        await asyncio.wait((task,), timeout=min(max(0.0, by - self.took), self.left))
        return task.result() if task.done() else None


def _cancelled(fault: BaseException) -> bool:
    """Whether somebody wants this task to end, and not only something that it awaited."""
    task = asyncio.current_task()
    return isinstance(fault, asyncio.CancelledError) and task is not None and task.cancelling() > 0
