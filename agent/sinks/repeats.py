"""Telling news from repeats: what was said last about every topic, in a few bytes each."""

from __future__ import annotations

from collections.abc import Callable

from agent.events import Event
from agent.sinks.news import Topic, is_chatter, point, topic

Said = Callable[[Event, Topic], bool]
"""Whether an event was the last word on its topic before this process began."""


class Repeats:
    """Knows the last word on every topic, as a hash: there may be thousands of records."""

    def __init__(self, said_before: Said = lambda _event, _topic: False) -> None:
        """Know nothing yet but what `said_before` tells."""
        self._said_before = said_before
        self._last: dict[Topic, int] = {}

    def is_news(self, event: Event) -> bool:
        """Whether the event is to be told; it counts as told then."""
        if is_chatter(event):
            return False
        said = point(event)
        if said is None:
            return True
        about, word = topic(event), hash(said)
        known = self._last.get(about)
        self._last[about] = word
        return not self._said_before(event, about) if known is None else known != word
