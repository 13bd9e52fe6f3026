"""The ports in one frozen bundle: all that a round may touch. Tests build their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from agent.events import Emit
from agent.store import Store
from agent.values import Account
from discovery.interface import Surroundings
from discovery.live_dns.view import Lookup
from discovery.observation import Method
from providers.engine.drive import Send


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the agent sees of the outside.

    `wall` gives aware UTC time and is the only wall clock; monotonic time is the event loop's own.
    `methods` gives the witnesses for the surroundings of the moment; the verdict picks among them.
    `send` gives the way to an account's provider. `strict` lets unexpected exceptions of adapters
    fly, for tests; otherwise `fault_name` is all that is told of one, for its text might hold
    anything.
    """

    wall: Callable[[], datetime]
    rng: Random
    surroundings: Callable[[], Surroundings]
    methods: Callable[[Surroundings], tuple[Method, ...]]
    lookup: Lookup
    send: Callable[[Account], Send]
    store: Store
    emit: Emit
    strict: bool = False

    def now(self) -> float:
        """Wall time in seconds since the epoch."""
        return self.wall().timestamp()


def fault_name(fault: BaseException) -> str:
    """The class of what really happened, inside any exception groups."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return type(fault).__name__
