"""What is news: an event that does not just repeat what the last one of its kind said. Pure."""

from __future__ import annotations

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

_CHATTER = (RoundBegan, RoundEnded, Probed, LookedUp)
_FLEETING = {"at", "round", "took", "elapsed", "next_in"}


def subject(event: Event) -> str | None:
    """What the event is about: a record's name, or an address family."""
    if isinstance(event, Judged):
        return f"ipv{event.verdict.family:d}"
    if isinstance(event, Listened):
        return event.signal.name
    name = getattr(event, "name", None)
    return name if isinstance(name, str) else None


def gist(event: Event) -> dict[str, Any] | None:
    """What the event says, without times; None when it is never news.

    A decision to keep is news only as the end of something else, which tells it better.
    """
    if isinstance(event, _CHATTER):
        return None
    if isinstance(event, Planned) and not isinstance(event.decision, Push | Hold):
        return None
    return essence(to_json(event))


def essence(body: dict[str, Any]) -> dict[str, Any]:
    """The same for an event that is JSON data already, as history keeps it.

    Of a verdict it is the meaning alone: who said so varies from round to round.
    """
    if body.get("type") == "Judged":
        verdict = body.get("verdict", {})
        return {key: verdict.get(key) for key in ("type", "code", "address", "caveats")}
    return {key: value for key, value in body.items() if key not in _FLEETING}


def repeats(event: Event, last: dict[str, Any] | None) -> bool:
    """Whether a verdict or a hold says just what the last one about the same subject said."""
    return isinstance(event, Judged | Planned | Listened) and gist(event) == last
