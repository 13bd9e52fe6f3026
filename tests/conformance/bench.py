"""What the conformance suite needs to know about a provider: how to serve it, seed it and spoil it.

A provider joins the suite by a `Bench` in `benches.py`. What a service cannot do is a property of
its bench, and the suite expects the honest answer to it; nothing is skipped for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from providers.engine.outcome import Cause
from providers.engine.spec import Provider
from providers.engine.wire import Secret
from tests.support.gremlin import Gremlin

Settings = Mapping[str, str | Secret | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a service can do, and how it says no."""

    http: bool = True
    looks_first: bool = True  # reads before it writes, or is told what live DNS shows
    makes_names: bool = True  # an unknown name is created; else it is refused with `no_name`
    many_values: bool = True  # several addresses in one RRset
    atomic: bool = True  # whatever is to change at one name changes in one write
    both_families: bool = True  # A and AAAA of one name change in one write
    change: int = 1  # writes for one address; 2: a new record is made, then the old one deleted
    zones: bool = True  # knows zones, holds other records, takes any name below its zone
    apex: bool = True  # takes the zone's own name too; else it is refused
    tells_unchanged: bool = True  # says so when nothing was to be changed
    first_with_key: int = 1  # the call that carries the key first: OVH's clock is asked before
    no_name: Cause = Cause.NOT_FOUND
    no_zone: Cause | None = Cause.NOT_FOUND  # None: it takes names of any zone
    wrong_key: Cause = Cause.CREDENTIALS


class Service(ABC):
    """A running service. Seeding and reading go past the provider, by the administrator's door."""

    settings: Settings  # the right ones, with the address of `wire`
    wrong_key: Settings  # what to replace in them for a key that the service refuses
    wire: Gremlin

    @abstractmethod
    def seed(self, name: str, rtype: str, *values: str) -> None:
        """Make exactly these values the RRset."""

    @abstractmethod
    def held(self, name: str, rtype: str) -> list[str]:
        """The values of the RRset, sorted; equal ones are shown as often as they are held."""

    @abstractmethod
    def is_write(self, request: bytes) -> bool:
        """Whether a request, as it went over the wire, was to change something."""

    def violations(self) -> list[str]:
        """What the service found wrong with requests that it could have let pass."""
        return []

    @property
    def writes(self) -> int:
        """How many requests so far were to change something."""
        return sum(map(self.is_write, self.wire.requests))


class Bench(ABC):
    """One provider on trial. `start` comes before the first trial, `serve` frames each one."""

    name: str
    provider: Provider
    witness: str = ""  # the real server that it is, where it is one
    zone: str
    traits: Traits = Traits()

    def start(self, folder: Path, end: ExitStack) -> None:  # noqa: B027  a fake has nothing to start
        """Start what takes long to start, a real server; what is to be stopped goes to `end`."""

    @abstractmethod
    def serve(self) -> AbstractAsyncContextManager[Service]:
        """Give a service for one trial, inside the running loop, behind its gremlin."""
