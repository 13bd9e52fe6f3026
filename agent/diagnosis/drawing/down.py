"""The drawing for a narrow page, such as a phone's: everything below each other. Pure.

Out goes down on the left lane of a way, in comes up on the right one. The VPN stands on top, with
its way around at the right edge; names and accounts hang on a rail at the left.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from agent.diagnosis.drawing.letters import fitted
from agent.diagnosis.drawing.picture import Picture
from agent.diagnosis.drawing.shapes import SMALL, Box, Label, Layout, Stroke, arrow, box, head
from agent.diagnosis.drawing.ways import Lane, Way

_WIDTH, _MARGIN, _RAIL = 360, 8, 24
_GAP, _SMALL_GAP = 58, 14
_LANE = 12
_LEADING = 14


def down(picture: Picture) -> Layout:
    """Lay it out from top to bottom."""
    y, above = float(_MARGIN), []
    wide = _WIDTH - 2 * _MARGIN - (_RAIL if picture.vpn else 0)
    if picture.vpn is not None:
        above = [box(picture.vpn, _MARGIN, y, wide)]
        y = above[0].bottom + _SMALL_GAP * 2
    path: list[Box] = []
    for station in picture.path:
        path.append(box(station, _MARGIN, y, wide))
        y = path[-1].bottom + _GAP
    y = path[-1].bottom + _SMALL_GAP
    below: list[Box] = []
    for station in picture.names:
        below.append(box(station, _MARGIN + _RAIL, y, wide - _RAIL))
        y = below[-1].bottom + _SMALL_GAP
    strokes = [*_detour(above, path), *_ties(path[-1], below)]
    labels: list[Label] = []
    for (upper, lower), way in zip(pairwise(path), picture.ways, strict=True):
        strokes += _lanes(upper, lower, way)
        labels += _words(upper.centre - _LANE - 10, upper.bottom, "out", way.out)
        labels += _words(upper.centre + _LANE + 10, upper.bottom, "in", way.back)
    return Layout(
        width=_WIDTH,
        height=(below or path)[-1].bottom + _MARGIN,
        boxes=(*above, *path, *below),
        strokes=tuple(strokes),
        labels=tuple(labels),
    )


def _lanes(upper: Box, lower: Box, way: Way) -> Iterator[Stroke]:
    left, right = upper.centre - _LANE, upper.centre + _LANE
    yield from arrow((left, upper.bottom + 4), (left, lower.y - 4), way.out.state)
    yield from arrow((right, lower.y - 4), (right, upper.bottom + 4), way.back.state)


def _words(x: float, y: float, direction: str, lane: Lane) -> Iterator[Label]:
    room = _WIDTH / 2 - _MARGIN - _RAIL - _LANE
    lines = fitted(f"{direction}: {lane.words}", room, SMALL, 3)
    first = y + (_GAP - _LEADING * len(lines)) / 2 + SMALL
    for i, text in enumerate(lines):
        yield Label(
            x=x,
            y=first + _LEADING * i,
            anchor="end" if direction == "out" else "start",
            state=lane.state,
            text=text,
        )


def _detour(above: list[Box], path: list[Box]) -> Iterator[Stroke]:
    """From this machine up, through the VPN, and at the right edge down to the internet."""
    for vpn in above:
        start, end, state = path[0], path[-1], vpn.station.state
        rail = vpn.right + _RAIL / 2
        around = f"M{vpn.right:g} {vpn.middle:g}H{rail:g}V{end.middle:g}H{end.right:g}"
        yield Stroke(kind="tie", state=state, d=f"M{start.centre:g} {start.y:g}V{vpn.bottom:g}")
        yield Stroke(kind="tie", state=state, d=around)
        yield head(start.centre, vpn.bottom + 2, 0, -1, state)
        yield head(end.right + 2, end.middle, -1, 0, state)


def _ties(internet: Box, below: list[Box]) -> Iterator[Stroke]:
    rail = internet.x + _RAIL / 2
    if below:
        d = f"M{rail:g} {internet.bottom:g}V{below[-1].middle:g}"
        yield Stroke(kind="tie", state="rail", d=d)
    for one in below:
        d = f"M{rail:g} {one.middle:g}H{one.x:g}"
        yield Stroke(kind="tie", state=one.station.state, d=d)
