"""The log on stderr: a line for each piece of news, as text or as one JSON object."""

from __future__ import annotations

import json
from typing import Literal, TextIO

from agent.events import Event, RoundBegan, RoundEnded, to_json
from agent.sinks.crowd import Crowd
from agent.sinks.repeats import Repeats
from agent.sinks.words import sentence


class LogSink:
    """Writes news to a stream. A healthy home writes nothing between two changes.

    Text is for people: what one round says of thousands of records alike, it shows of the first
    twenty, and counts the others. JSON is for programs, and whole.
    """

    def __init__(
        self,
        stream: TextIO,
        form: Literal["text", "json"],
        *,
        without: tuple[type[Event], ...] = (),
    ) -> None:
        """Write to `stream`; `form` as `[agent] log` has it. `without` are told elsewhere."""
        self._stream = stream
        self._form = form
        self._without = without
        self._repeats = Repeats()
        self._crowd = Crowd()

    def __call__(self, event: Event) -> None:
        """Write one event, unless it is chatter or says what the last one said."""
        if isinstance(event, RoundEnded):
            for text in self._crowd.leave():
                self._write(event, text)
        if isinstance(event, self._without) or not self._is_told(event):
            return
        if self._form == "json":
            self._line(json.dumps({**to_json(event), "text": sentence(event)}))
        elif self._crowd.has_room_for(event):
            self._write(event, sentence(event) or "")

    def _is_told(self, event: Event) -> bool:
        # A program that reads along may want every look that a signal led to; people are told with
        # the verdict what was noticed.
        if isinstance(event, RoundBegan) and event.hurry:
            return self._form == "json"
        return self._repeats.is_news(event)

    def _write(self, event: Event, text: str) -> None:
        self._line(f"{event.at:%Y-%m-%d %H:%M:%S} {text}")

    def _line(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
