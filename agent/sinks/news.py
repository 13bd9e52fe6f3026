"""What is news: an event that does not just repeat what the last one of its kind said. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from agent.events import (
    Event,
    Judged,
    Listened,
    LookedUp,
    Planned,
    Probed,
    RoundBegan,
    RoundEnded,
    to_json,
)
from agent.values import Hold, Push

Topic = tuple[str, str | None, str | None]
"""Kind of event, subject, and type of RRset where that tells two subjects of one name apart."""

_CHATTER = (RoundBegan, RoundEnded, Probed, LookedUp)


def subject(event: Event) -> str | None:
    """What the event is about: a record's name, or an address family."""
    if isinstance(event, Judged):
        return f"ipv{event.verdict.family:d}"
    if isinstance(event, Listened):
        return event.signal.name
    name = getattr(event, "name", None)
    return name if isinstance(name, str) else None


def topic(event: Event) -> Topic:
    """What a later event must have in common with this one to be able to repeat it."""
    return type(event).__name__, subject(event), getattr(event, "rtype", None)


def is_chatter(event: Event) -> bool:
    """Whether the event is never news.

    A decision to keep is news only as the end of something else, which tells it better.
    """
    if isinstance(event, Planned):
        return not isinstance(event.decision, Push | Hold)
    return isinstance(event, _CHATTER)


def point(event: Event) -> Hashable:
    """What an event of a kind that repeats itself says, without times; None for the other kinds.

    Of a verdict it is the meaning alone: who said so varies from round to round.
    """
    match event:
        case Judged(verdict=verdict):
            address = getattr(verdict, "address", None)
            return type(verdict).__name__, verdict.code, address, verdict.caveats
        case Planned(decision=decision):
            return decision
        case Listened(signal=signal):
            return signal
        case _:
            return None


def says(event: Event, body: dict[str, Any]) -> bool:
    """Whether `body`, an event of the same topic as history keeps it, makes the event's point."""
    return point(event) is not None and _essence(to_json(event)) == _essence(body)


def _essence(body: dict[str, Any]) -> Any:
    """The point of an event that is JSON data already."""
    if body.get("type") == "Judged":
        verdict = body.get("verdict", {})
        return [verdict.get(key) for key in ("type", "code", "address", "caveats")]
    return body.get("decision", body.get("signal"))
