"""Between a round that is under way and whoever learns meanwhile that something is going on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from agent.values import Verdict
from discovery.observation import Family


class Hurry:
    """What came up while a round is under way. Both sides live in one event loop.

    `verdicts` is what the round goes by, None while it still looks for the address.
    """

    def __init__(self) -> None:
        """Nothing came up yet."""
        self.verdicts: Mapping[Family, Verdict] | None = None
        self._alarm = asyncio.Event()
        self._called = asyncio.Event()

    def alarm(self) -> None:
        """Say that something may have changed: no pause before asking again is worth it now."""
        self._alarm.set()

    def call_away(self) -> None:
        """Say that there is something better to do than to wait for what is on its way."""
        self._alarm.set()
        self._called.set()

    @property
    def called_away(self) -> bool:
        """Whether the round should come to its end."""
        return self._called.is_set()

    async def before_asking(self, pause: float) -> None:
        """Wait `pause` seconds, or until an alarm that came since the last question."""
        if pause and not self.called_away:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._alarm.wait()
        self._alarm.clear()

    async def while_served(self, pause: float) -> bool:
        """Wait `pause` seconds; true, and sooner, when the round is called away."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._called.wait()
        return self.called_away
