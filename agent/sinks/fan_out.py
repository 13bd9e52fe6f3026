"""One stream, many listeners: a broken one loses its own events and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from agent.events import Event


class FanOut:
    """Hands every event to every sink, in order."""

    def __init__(self, *sinks: Callable[[Event], Any]) -> None:
        """Begin with these sinks."""
        self._sinks = list(sinks)

    def add(self, sink: Callable[[Event], Any]) -> None:
        """Listen from now on."""
        self._sinks.append(sink)

    def __call__(self, event: Event) -> None:
        """Tell everyone. A sink that raises must not end the agent, and may work again later."""
        for sink in tuple(self._sinks):
            with suppress(Exception):  # a closed pipe, a full disk: whatever it is
                sink(event)
