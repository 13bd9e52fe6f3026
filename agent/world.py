"""The ports in one frozen bundle: all that a round may touch. Tests build their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from agent.events import Emit
from agent.store import Store
from discovery.interface import Surroundings
from discovery.live_dns.view import Lookup
from discovery.observation import Method
from providers.engine.drive import Send


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the agent sees of the outside.

    `wall` gives aware UTC time and is the only wall clock; monotonic time is the event loop's own.
    `methods` are asked in the configured order of their sources. `strict` lets unexpected
    exceptions of adapters fly, for tests.
    """

    wall: Callable[[], datetime]
    rng: Random
    surroundings: Callable[[], Surroundings]
    methods: tuple[Method, ...]
    lookup: Lookup
    send: Send
    store: Store
    emit: Emit
    strict: bool = False

    def now(self) -> float:
        """Wall time in seconds since the epoch."""
        return self.wall().timestamp()
