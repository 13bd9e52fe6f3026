"""The log on stderr: a line for each piece of news, as text or as one JSON object."""

from __future__ import annotations

import json
from typing import Any, Literal, TextIO

from agent.events import Event, to_json
from agent.sinks.news import gist, repeats, subject
from agent.sinks.words import sentence


class LogSink:
    """Writes news to a stream. A healthy home writes nothing between two changes."""

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
        self._last: dict[tuple[str, str | None], dict[str, Any] | None] = {}

    def __call__(self, event: Event) -> None:
        """Write one event, unless it is chatter or says what the last one said."""
        said = gist(event)
        key = (type(event).__name__, subject(event))
        if said is None or isinstance(event, self._without) or repeats(event, self._last.get(key)):
            return
        self._last[key] = said
        if self._form == "json":
            line = json.dumps({**to_json(event), "text": sentence(event)})
        else:
            line = f"{event.at:%Y-%m-%d %H:%M:%S} {sentence(event)}"
        self._stream.write(line + "\n")
        self._stream.flush()
