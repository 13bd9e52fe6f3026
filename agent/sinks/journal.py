"""History on disk: the news, kept for `upstun history`."""

from __future__ import annotations

import asyncio

from agent.events import Event, to_json
from agent.sinks.news import Topic, says, subject
from agent.sinks.repeats import Repeats
from agent.sinks.words import sentence
from agent.store import Line, Store

_WITHIN_S = 0.5  # so soon others see a line; what comes meanwhile is written with it
_LOOK_BACK = 10  # lines of one kind about one name, among which the last one of each type is


class JournalSink:
    """Appends news to the store.

    What the last line about a topic says is not written again,
    not even by another process: a timer that runs `once` for years fills no disk.
    """

    def __init__(self, store: Store) -> None:
        """Append to `store`."""
        self._store = store
        self._repeats = Repeats(self._said_before)
        self._due: asyncio.TimerHandle | None = None

    def __call__(self, event: Event) -> None:
        """Write one event down, when it is news."""
        if not self._repeats.is_news(event):
            return
        self._store.append(
            Line(
                at=event.at.timestamp(),
                type=type(event).__name__,
                name=subject(event),
                text=sentence(event) or "",
                body=to_json(event),
            )
        )
        self._flush_soon()

    def _flush_soon(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # before and after the agent's life
            self._flush()
            return
        if self._due is None:
            self._due = loop.call_later(_WITHIN_S, self._flush)

    def _flush(self) -> None:
        self._due = None
        self._store.flush()

    def _said_before(self, event: Event, topic: Topic) -> bool:
        kind, about, rtype = topic
        for line in self._store.latest(kind, about, _LOOK_BACK):
            if line.body.get("rtype") == rtype:
                return says(event, line.body)
        return False
