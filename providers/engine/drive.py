"""The one driver: runs a provider's generator over a sender."""

from __future__ import annotations

from typing import Protocol

from providers.engine.outcome import Outcome, Refused
from providers.engine.wire import Call, Fault, Held, Reading, Reply, Steps


class Send(Protocol):
    """The one-method port to the outside: HTTP or DNS UPDATE. Never raises for network trouble."""

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        """Send one call and wait at most `limit` seconds for the reply."""
        ...


async def drive(steps: Steps, send: Send, *, limit: float = 30.0) -> Outcome:
    raise NotImplementedError


async def read_back(steps: Reading, send: Send, *, limit: float = 30.0) -> Held | Refused:
    raise NotImplementedError
