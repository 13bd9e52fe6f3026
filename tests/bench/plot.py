"""docs/benchmarks.svg: every flip a dot, from the change to its being served. Text, no library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10
from statistics import median
from typing import Any, NamedTuple

_LEFT, _RIGHT, _TOP, _ROW, _FOOT = 352, 40, 56, 26, 44
_WIDTH = 1000
_DECADES = (-2, 3)  # from a hundredth of a second to a thousand seconds
_OURS, _THEIRS, _INK, _GRID = "#0b7a55", "#8a8f98", "#1f2328", "#d8dce1"
_FONT = "font-family='system-ui, sans-serif' font-size='13'"


class Line(NamedTuple):
    """One row of the plot; `seconds` of all flips that were served."""

    label: str
    ours: bool
    seconds: Sequence[float]


def plot(results: Mapping[str, Any]) -> str:
    """The whole picture; the ways of upstun first, then all programs against the same flips."""
    lines = [*_ways(results), *_programs(results)]
    height = _TOP + _ROW * len(lines) + _FOOT
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' "
        f"role='img' aria-label='Seconds from a new address to its being served' {_FONT}>",
        f"<rect width='{_WIDTH}' height='{height}' fill='#ffffff'/>",
        f"<text x='16' y='26' fill='{_INK}' font-size='16' font-weight='600'>"
        "From a new address to its being served by both name servers</text>",
        *_grid(height),
    ]
    for number, line in enumerate(lines):
        parts += _row(line, _TOP + _ROW * number + _ROW / 2)
    return "\n".join([*parts, "</svg>", ""])


def _ways(results: Mapping[str, Any]) -> Iterator[Line]:
    for row in results.get("flips", {}).get("rows", ()):
        yield Line(f"upstun: {_short(row['way'])}", ours=True, seconds=_served(row))


def _programs(results: Mapping[str, Any]) -> Iterator[Line]:
    for row in results.get("rivals", {}).get("rows", ()):
        ours = row["every"] is None
        how = "" if ours else f", every {row['every']} s"
        yield Line(f"{row['program']}{how}", ours=ours, seconds=_served(row))


def _short(way: str) -> str:
    return str(way).partition(";")[0]


def _served(row: Mapping[str, Any]) -> list[float]:
    return [flip["served"] for flip in row["flips"] if flip["served"] is not None]


def _grid(height: int) -> Iterator[str]:
    first, last = _DECADES
    bottom = height - _FOOT + 4
    for decade in range(first, last + 1):
        x = _x(10.0**decade)
        yield f"<line x1='{x}' x2='{x}' y1='{_TOP - 6}' y2='{bottom}' stroke='{_GRID}'/>"
        text = f"{10.0**decade:g} s"
        yield f"<text x='{x}' y='{bottom + 18}' fill='{_INK}' text-anchor='middle'>{text}</text>"


def _row(line: Line, y: float) -> Iterator[str]:
    colour = _OURS if line.ours else _THEIRS
    label = escape(line.label)
    yield f"<text x='{_LEFT - 16}' y='{y + 4}' fill='{_INK}' text-anchor='end'>{label}</text>"
    for value in line.seconds:
        yield f"<circle cx='{_x(value)}' cy='{y}' r='4' fill='{colour}' fill-opacity='0.45'/>"
    if line.seconds:
        x = _x(median(line.seconds))
        yield (
            f"<line x1='{x}' x2='{x}' y1='{y - 9}' y2='{y + 9}' stroke='{colour}' "
            "stroke-width='3'/>"
        )


def _x(seconds: float) -> float:
    """Where a time stands on the logarithmic axis."""
    first, last = _DECADES
    place = (log10(max(seconds, 10.0**first)) - first) / (last - first)
    return round(_LEFT + min(place, 1.0) * (_WIDTH - _LEFT - _RIGHT), 1)
