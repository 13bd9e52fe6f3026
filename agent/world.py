"""The ports in one frozen bundle: all that a round may touch. Tests build their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address
from random import Random

from agent.events import Emit
from agent.store import Store
from agent.values import Account
from discovery.interface import Surroundings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.view import Lookup
from discovery.observation import Method
from discovery.signals.source import LookNow
from discovery.signals.view import Signal, SignalName
from providers.engine.drive import Send

Signals = Mapping[SignalName, Signal]
"""What is known of each signal now; it changes while it is listened to."""

Listen = Callable[[LookNow], AbstractAsyncContextManager[Signals]]
"""Listens for signals while the block is open."""


@asynccontextmanager
async def deaf(_: LookNow) -> AsyncIterator[Signals]:
    """Listen to nothing."""
    yield {}


async def without_ipv6(_: IPv6Address | None) -> Ipv6View:
    """See a machine of which nothing is known."""
    return Ipv6View(supported=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the agent sees of the outside.

    `wall` gives aware UTC time and is the only wall clock; monotonic time is the event loop's own.
    `methods` gives the witnesses for the surroundings of the moment; the verdict picks among them.
    `ipv6` looks at this machine's IPv6 addresses, given the one that is published; `outside6` gives
    the witnesses outside that are asked from one of them. `listen` is for the daemon, and so is
    `warm`, which loads what the first call of a provider would wait for.
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
    ipv6: Callable[[IPv6Address | None], Awaitable[Ipv6View]] = without_ipv6
    outside6: Callable[[IPv6Address], tuple[Method, ...]] = lambda _: ()
    listen: Listen = deaf
    warm: Callable[[], None] = lambda: None
    strict: bool = False

    def now(self) -> float:
        """Wall time in seconds since the epoch."""
        return self.wall().timestamp()


def fault_name(fault: BaseException) -> str:
    """The class of what really happened, inside any exception groups."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return type(fault).__name__
