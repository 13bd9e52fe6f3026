"""Everything that happens, as frozen values. Events flow outwards only; nothing decides from them.

`at` is wall-clock time (aware, UTC). `round` counts the rounds of this process from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

from agent.decide.agreement import Agreement
from agent.decide.exit_status import Exit
from agent.values import Decision, Verdict
from discovery.live_dns.view import RType
from discovery.observation import Observation
from discovery.signals.view import Signal
from providers.engine.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The daemon is up and knows its configuration."""

    at: datetime
    config: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReloaded:
    """A new configuration is in force."""

    at: datetime
    config: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRejected:
    """A new configuration has mistakes; the old one goes on."""

    at: datetime
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBegan:
    """A round begins; `because` says what woke it. In a `hurry` it was a signal."""

    at: datetime
    round: int
    because: str
    hurry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """One witness answered, or did not."""

    at: datetime
    round: int
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The observations of one family were weighed. `noticed` is the signal that led to it."""

    at: datetime
    round: int
    verdict: Verdict
    noticed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """Live DNS was read and compared with what is wanted."""

    at: datetime
    round: int
    name: str
    rtype: RType
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """It was decided what to do about one RRset."""

    at: datetime
    round: int
    name: str
    rtype: RType
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider is about to be called for these RRsets of one account."""

    at: datetime
    round: int
    account: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The provider's call ended. `took` is seconds."""

    at: datetime
    round: int
    account: str
    names: tuple[str, ...]
    outcome: Outcome
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """All authoritative servers that answer serve the RRset, after `took` seconds of watching."""

    at: datetime
    round: int
    name: str
    rtype: RType
    agreement: Agreement
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotServed:
    """Not every server serves the RRset after `took` seconds of watching, which ends here."""

    at: datetime
    round: int
    name: str
    rtype: RType
    agreement: Agreement
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEnded:
    """A round ended; `next_in` is seconds until the next one, None when none is planned."""

    at: datetime
    round: int
    exit: Exit
    settled: bool
    took: float
    next_in: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """What is known of one signal is new: it was proved, it was lost, or it cannot be had."""

    at: datetime
    signal: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something beside the work itself: the state file, the clock, an unexpected fault."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """The daemon was asked to stop."""

    at: datetime
    because: str


Event = (
    Started
    | ConfigReloaded
    | ConfigRejected
    | RoundBegan
    | Probed
    | Judged
    | LookedUp
    | Planned
    | Sent
    | Answered
    | Served
    | NotServed
    | RoundEnded
    | Listened
    | Trouble
    | Stopping
)
Emit = Callable[[Event], None]


def to_json(value: Any) -> Any:
    """Turn an event (or any value inside one) into plain JSON data, `type` first.

    Sets are sorted, so that equal events have equal text. Raises TypeError for a foreign type.
    """
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **named}
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float():
            return round(value, 6)
        case datetime():
            return value.isoformat()
        case IPv4Address() | IPv6Address() | IPv6Network():
            return str(value)
        case Mapping():
            return {str(key): to_json(one) for key, one in value.items()}
        case frozenset() | set():
            return sorted(str(one) for one in value)
        case tuple() | list():
            return [to_json(one) for one in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form here")
