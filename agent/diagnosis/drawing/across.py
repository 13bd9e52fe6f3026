"""The drawing for a wide page: the path in a row, the VPN above it, names and accounts below. Pure.

Out goes on the upper lane of a way, in comes on the lower one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from agent.diagnosis.drawing.letters import fitted
from agent.diagnosis.drawing.picture import Picture
from agent.diagnosis.drawing.shapes import SMALL, Box, Label, Layout, Stroke, arrow, box, head, row
from agent.diagnosis.drawing.ways import Lane

_BOX, _GAP, _NAME, _NAME_GAP = 196, 108, 184, 16
_MARGIN, _RISE, _DROP = 8, 34, 40
_LANE = 11  # from the middle of a way to each of its lanes
_APART = 11  # the words from their lane
_LEADING = 14


def across(picture: Picture) -> Layout:
    """Lay it out from left to right."""
    count, names = len(picture.path), len(picture.names)
    inner = max(count * _BOX + (count - 1) * _GAP, names * _NAME + max(0, names - 1) * _NAME_GAP)
    step = (inner - _BOX) / (count - 1) if count > 1 else 0
    top, above = float(_MARGIN), []
    if picture.vpn is not None:
        vpn = box(picture.vpn, _MARGIN + (inner - _BOX) / 2, top, _BOX)
        above = [vpn]
        top = vpn.bottom + _RISE
    path = row(picture.path, [_MARGIN + step * i for i in range(count)], top, _BOX)
    bottom = path[0].bottom
    wide = (inner - (names - 1) * _NAME_GAP) / names if names else 0
    places = [_MARGIN + (wide + _NAME_GAP) * i for i in range(names)]
    below = row(picture.names, places, bottom + _DROP, wide)
    strokes = [*_detour(above, path), *_ties(path[-1], below)]
    labels: list[Label] = []
    for (left, right), way in zip(pairwise(path), picture.ways, strict=True):
        y = left.middle
        strokes += arrow((left.right + 4, y - _LANE), (right.x - 4, y - _LANE), way.out.state)
        strokes += arrow((right.x - 4, y + _LANE), (left.right + 4, y + _LANE), way.back.state)
        labels += _words(left, right, way.out, way.back)
    return Layout(
        width=inner + 2 * _MARGIN,
        height=(below[0].bottom if below else bottom) + _MARGIN,
        boxes=(*above, *path, *below),
        strokes=tuple(strokes),
        labels=tuple(labels),
    )


def _words(left: Box, right: Box, out: Lane, back: Lane) -> Iterator[Label]:
    """What the lanes are, over the upper and under the lower one."""
    x, room = (left.right + right.x) / 2, right.x - left.right - 12
    over = fitted(f"out: {out.words}", room, SMALL, 3)
    under = fitted(f"in: {back.words}", room, SMALL, 3)
    first = left.middle - _LANE - _APART - _LEADING * (len(over) - 1)
    for i, text in enumerate(over):
        yield Label(x=x, y=first + _LEADING * i, anchor="middle", state=out.state, text=text)
    first = left.middle + _LANE + _APART - 2 + SMALL
    for i, text in enumerate(under):
        yield Label(x=x, y=first + _LEADING * i, anchor="middle", state=back.state, text=text)


def _detour(above: list[Box], path: list[Box]) -> Iterator[Stroke]:
    """From this machine up, through the VPN, and down to the internet."""
    for vpn in above:
        start, end, state = path[0], path[-1], vpn.station.state
        up = f"M{start.centre:g} {start.y:g}V{vpn.middle:g}H{vpn.x:g}"
        down = f"M{vpn.right:g} {vpn.middle:g}H{end.centre:g}V{end.y:g}"
        yield Stroke(kind="tie", state=state, d=up)
        yield Stroke(kind="tie", state=state, d=down)
        yield head(vpn.x - 2, vpn.middle, 1, 0, state)
        yield head(end.centre, end.y - 2, 0, 1, state)


def _ties(internet: Box, below: list[Box]) -> Iterator[Stroke]:
    """From the internet down to a rail, and from the rail to each name and account."""
    rail = internet.bottom + _DROP / 2
    if below:
        ends = [one.centre for one in (internet, *below)]
        trunk = f"M{internet.centre:g} {internet.bottom:g}V{rail:g}"
        d = f"{trunk}M{min(ends):g} {rail:g}H{max(ends):g}"
        yield Stroke(kind="tie", state="rail", d=d)
    for one in below:
        d = f"M{one.centre:g} {rail:g}V{one.y:g}"
        yield Stroke(kind="tie", state=one.station.state, d=d)
