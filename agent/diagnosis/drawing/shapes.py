"""What the drawing is made of, in the drawing's own units: boxes, lines, words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from agent.diagnosis.drawing import ways
from agent.diagnosis.drawing.letters import fitted
from agent.diagnosis.drawing.station import Station

TEXT, SMALL = 14, 12  # sizes of letters, as the page's style sheet has them
BOLD = 1.08 * TEXT  # bold letters take more room
_LINE, _PADDING, _APART = 18, 11, 6
_TITLE_LINES, _LINES, _WORD_LINES = 3, 2, 3
_HEAD, _CROSS = 5, 7

Kind = Literal["way", "head", "cross", "tie"]
"""A tie is a line between boxes that is no way: into the VPN, or down to names and accounts."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A station with its place and its lines: title, facts, and in what state it is."""

    station: Station
    x: float
    y: float
    width: float
    height: float
    title: tuple[str, ...]
    lines: tuple[str, ...]
    word: tuple[str, ...]

    @property
    def centre(self) -> float:
        """The middle, from left to right."""
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The middle, from top to bottom."""
        return self.y + self.height / 2

    @property
    def texts(self) -> Iterator[tuple[float, float, str, str]]:
        """Every line: where it begins, its style and its text. The state stands at the bottom."""
        x, top = self.x + _PADDING, self.y + _PADDING + TEXT
        low = self.bottom - _PADDING - _LINE * len(self.word) + TEXT
        facts = top + _LINE * len(self.title)
        for style, y, lines in (
            ("title", top, self.title),
            ("fact", facts, self.lines),
            ("word", low, self.word),
        ):
            for i, text in enumerate(lines):
                yield x, y + _LINE * i, style, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line, by SVG's path language; `state` is that of the way, or of the station it ties."""

    kind: Kind
    state: str
    d: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A line of words beside a way."""

    x: float
    y: float
    anchor: Anchor
    state: ways.State
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole drawing."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    labels: tuple[Label, ...] = ()


def box(station: Station, x: float, y: float, width: float) -> Box:
    """A station's box, as high as its text."""
    room = width - 2 * _PADDING
    title = fitted(station.title, room, BOLD, _TITLE_LINES)
    lines = [part for line in station.lines for part in fitted(line, room, TEXT, _LINES)]
    word = fitted(station.word, room, BOLD, _WORD_LINES)
    height = 2 * _PADDING + _LINE * (len(title) + len(lines) + len(word)) + _APART
    return Box(
        station=station,
        x=x,
        y=y,
        width=width,
        height=height,
        title=title,
        lines=tuple(lines),
        word=word,
    )


def row(stations: Iterable[Station], places: Iterable[float], y: float, width: float) -> list[Box]:
    """Boxes side by side, all as high as the highest."""
    boxes = [box(one, x, y, width) for one, x in zip(stations, places, strict=True)]
    height = max((one.height for one in boxes), default=0)
    return [replace(one, height=height) for one in boxes]


def arrow(
    start: tuple[float, float], end: tuple[float, float], state: ways.State
) -> Iterator[Stroke]:
    """A straight arrow, upright or level; with a cross on it where the way is blocked."""
    (x1, y1), (x2, y2) = start, end
    dx, dy = _sign(x2 - x1), _sign(y2 - y1)
    yield Stroke(kind="way", state=state, d=f"M{x1:g} {y1:g}L{x2 - dx:g} {y2 - dy:g}")
    yield head(x2, y2, dx, dy, state)
    if state == "blocked":
        x, y, c = (x1 + x2) / 2, (y1 + y2) / 2, _CROSS
        d = f"M{x - c:g} {y - c:g}L{x + c:g} {y + c:g}M{x - c:g} {y + c:g}L{x + c:g} {y - c:g}"
        yield Stroke(kind="cross", state=state, d=d)


def head(x: float, y: float, dx: int, dy: int, state: str) -> Stroke:
    """The head of an arrow that ends at x, y; dx 1 goes right, dy 1 goes down."""
    h = _HEAD
    back_x, back_y = x - 2 * h * dx, y - 2 * h * dy
    d = f"M{x:g} {y:g}L{back_x + h * dy:g} {back_y + h * dx:g}"
    return Stroke(kind="head", state=state, d=f"{d}L{back_x - h * dy:g} {back_y - h * dx:g}Z")


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
