"""Between a round that is under way and whoever learns meanwhile that something is going on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from agent.values import Verdict
from discovery.observation import Family

Verdicts = Mapping[Family, Verdict]


class Hurry:
    """What came up while a round is under way. Both sides live in one event loop.

    `verdicts` is what the round goes by, None while it still asks for the address.
    """

    def __init__(self, told: Callable[[], object] = lambda: None) -> None:
        """Nothing came up yet. `told` is called when the verdicts are there."""
        self.verdicts: Verdicts | None = None
        self._told = told
        self._called = asyncio.Event()

    def go_by(self, verdicts: Verdicts) -> None:
        """Say what the round goes by from now on."""
        self.verdicts = verdicts
        self._told()

    def call_away(self) -> None:
        """Say that there is something better to do than to wait for what is on its way."""
        self._called.set()

    @property
    def called_away(self) -> bool:
        """Whether the round should come to its end."""
        return self._called.is_set()

    async def called(self) -> None:
        """Wait until the round is called away, for ever if it is not."""
        await self._called.wait()

    async def pause(self, seconds: float) -> bool:
        """Wait; true, and sooner, when the round is called away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()
        return self.called_away
