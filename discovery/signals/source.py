"""What all signals have in common: they say "look now" and why, and carry no address.

    async with links(look_now) as source:
        sentence = await source.ended()

While a source is open it calls `look_now` in the event loop, with a reason for people. It keeps no
queue: whoever is told folds what comes together. What it hears and does not understand or does not
believe, it passes over without a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import ClassVar, Protocol, Self

from discovery.signals.view import SignalName

LookNow = Callable[[str], None]
"""Told of a reason to look, as a clause: "an address of this machine changed"."""


class Unavailable(Exception):
    """A signal that cannot be had here; the text is one sentence that says why."""


class Source(Protocol):
    """One signal, to be opened with `async with`; nothing of it is left when the block ends.

    A source that has ended is opened anew as a new object: that proves it again.
    """

    name: ClassVar[SignalName]

    async def __aenter__(self) -> Self:
        """Begin to listen. Raises Unavailable, and nothing else for trouble of the network."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        ...

    async def ended(self) -> str:
        """Wait until this source can tell nothing more; the sentence says why."""
        ...


class End:
    """The end of a source: told once, and anybody may wait for it."""

    def __init__(self) -> None:
        """Not yet."""
        self._told = asyncio.Event()
        self._why = ""

    def tell(self, why: str) -> None:
        """Say in one sentence why it ended; only the first word counts."""
        if not self._told.is_set():
            self._why = why
            self._told.set()

    async def wait(self) -> str:
        """The sentence, once it is told."""
        await self._told.wait()
        return self._why
