"""Where the boxes and lines of the drawing stand, in the drawing's own units. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from agent.diagnosis.picture import Picture, Station

BOX_WIDTH, BOX_HEIGHT = 190, 128
_GAP, _MARGIN, _ROW_GAP = 46, 10, 44
_LETTERS = 22  # that fit into a box's width in every common font


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A station with its place; `lines` are broken to fit."""

    station: Station
    x: int
    y: int
    title: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way between two boxes; `broken` where it leads into a broken one."""

    x1: int
    y1: int
    x2: int
    y2: int
    broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole drawing."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def layout(picture: Picture) -> Layout:
    """The path in a row, and names and accounts in a row below, tied to the internet."""
    step = BOX_WIDTH + _GAP
    top = [_box(one, _MARGIN + i * step, _MARGIN) for i, one in enumerate(picture.path)]
    below = _MARGIN + BOX_HEIGHT + _ROW_GAP
    columns = max(len(picture.path), len(picture.names))
    shift = columns - len(picture.names)  # right-aligned, below the internet
    low = [_box(one, _MARGIN + (i + shift) * step, below) for i, one in enumerate(picture.names)]
    middle = _MARGIN + BOX_HEIGHT // 2
    lines = [
        Line(
            x1=a.x + BOX_WIDTH,
            y1=middle,
            x2=b.x,
            y2=middle,
            broken=b.station.state == "broken",
        )
        for a, b in pairwise(top)
    ]
    if top:
        lines += [_drop(top[-1], box) for box in low]
    return Layout(
        width=2 * _MARGIN + columns * step - _GAP,
        height=(below + BOX_HEIGHT if low else _MARGIN + BOX_HEIGHT) + _MARGIN,
        boxes=(*top, *low),
        lines=tuple(lines),
    )


def _box(station: Station, x: int, y: int) -> Box:
    lines = [part for line in station.lines for part in _broken(line)]
    return Box(
        station=station, x=x, y=y, title=tuple(_broken(station.title))[:2], lines=tuple(lines[:4])
    )


def _broken(text: str) -> list[str]:
    return wrap(text, _LETTERS, break_on_hyphens=False)


def _drop(above: Box, box: Box) -> Line:
    return Line(
        x1=above.x + BOX_WIDTH // 2,
        y1=above.y + BOX_HEIGHT,
        x2=box.x + BOX_WIDTH // 2,
        y2=box.y,
        broken=box.station.state == "broken",
    )
