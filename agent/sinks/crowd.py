"""A home of thousands of records: one round says the same of all of them, and nobody reads that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from agent.events import Answered, Event, NotServed, Planned, Sent, Served
from providers.engine.outcome import Refused

_ROOM = 20  # events of one sort that are told in one round


class Crowd:
    """Counts the events of each sort in a round. One refusal among a thousand yeses is no crowd."""

    def __init__(self) -> None:
        """Begin before the first round."""
        self._seen: Counter[tuple[str, Hashable]] = Counter()

    def has_room_for(self, event: Event) -> bool:
        """Whether this event is to be told by itself."""
        sort = _sort(event)
        if sort is None:
            return True
        self._seen[sort] += 1
        return self._seen[sort] <= _ROOM

    def leave(self) -> list[str]:
        """End the round: a sentence for each sort of which not everything was told."""
        beyond = [(what, count - _ROOM) for (what, _), count in self._seen.items() if count > _ROOM]
        self._seen.clear()
        return [f"and {count} more {what}; `upstun history` has them" for what, count in beyond]


def _sort(event: Event) -> tuple[str, Hashable] | None:
    """What the event has in common with many others; None for what never comes in crowds."""
    match event:
        case Planned(decision=decision):
            return "decisions of that kind", (type(decision), getattr(decision, "code", ""))
        case Sent():
            return "calls", ""
        case Answered(outcome=outcome):
            cause = outcome.cause if isinstance(outcome, Refused) else ""
            return "answers of that kind", (type(outcome), cause)
        case Served():
            return "records that are served", ""
        case NotServed():
            return "records that are not served", ""
        case _:
            return None
