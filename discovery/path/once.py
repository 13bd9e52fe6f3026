"""A question that several measurements have at the same time, and that is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The first caller asks, the others wait for the same answer, and later ones have it at once.

    A caller that is cancelled, or whose question fails, leaves it to the next in line.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        """Remember what to ask; nothing is asked yet."""
        self._ask = ask
        self._lock = asyncio.Lock()
        self._answer: tuple[T] | None = None

    async def __call__(self) -> T:
        """The answer."""
        async with self._lock:
            if self._answer is None:
                self._answer = (await self._ask(),)
            return self._answer[0]
