"""One box of the drawing, and how it fares by the findings that are about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from agent.diagnosis.drawing.tags import TAGS, Place
from agent.diagnosis.finding import Finding, Severity

State = Literal["broken", "doubtful", "unknown", "sound"]

_WORDS: dict[State, str] = {
    "broken": "Trouble",
    "doubtful": "Look here",
    "unknown": "Not known",
    "sound": "Fine",
}
_RANK: tuple[State, ...] = ("broken", "doubtful", "unknown", "sound")
_STATES: dict[Severity, State] = {"error": "broken", "warn": "doubtful", "info": "sound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One box of the drawing: a title, some short lines, how it fares, and why in a few words."""

    id: Place
    title: str
    lines: tuple[str, ...] = ()
    state: State = "sound"
    why: str = ""

    @property
    def word(self) -> str:
        """The state in words, with the reason."""
        return f"{_WORDS[self.state]}: {self.why}" if self.why else _WORDS[self.state]


def rank(station: Station) -> int:
    """A sort key that puts the worst in front."""
    return _RANK.index(station.state)


def with_heaviest(station: Station, about: Iterable[Finding]) -> Station:
    """The station in the state of the heaviest of the findings about it; good news changes none."""
    worst = min(about, key=lambda one: _RANK.index(_STATES[one.severity]), default=None)
    if worst is None or worst.severity == "info":
        return station
    why = TAGS[worst.code].words if worst.code in TAGS else ""
    return replace(station, state=_STATES[worst.severity], why=why)
