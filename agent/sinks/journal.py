"""History on disk: the news, kept for `upstun history`."""

from __future__ import annotations

from agent.events import Event, to_json
from agent.sinks.news import essence, gist, repeats, subject
from agent.sinks.words import sentence
from agent.store import Line, Store


class JournalSink:
    """Appends news to the store.

    What the last line about a subject says is not written again,
    not even by another process: a timer that runs `once` for years fills no disk.
    """

    def __init__(self, store: Store) -> None:
        """Append to `store`."""
        self._store = store

    def __call__(self, event: Event) -> None:
        """Write one event down, when it is news."""
        if gist(event) is None:
            return
        kind, about = type(event).__name__, subject(event)
        last = self._store.last(kind, about)
        if last is not None and repeats(event, essence(last.body)):
            return
        self._store.append(
            Line(
                at=event.at.timestamp(),
                type=kind,
                name=about,
                text=sentence(event) or "",
                body=to_json(event),
            )
        )
