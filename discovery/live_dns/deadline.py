"""One deadline for many pieces of work: each has its result ready by then, or another in place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def by(deadline: float, work: Callable[[], Awaitable[T]], otherwise: T) -> T:
    """Do the work until `deadline`, of the loop's time; then it is given up for `otherwise`."""
    try:
        async with asyncio.timeout_at(deadline):
            return await work()
    except TimeoutError:
        return otherwise
