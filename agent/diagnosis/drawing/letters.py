"""Lines that fit a box of the drawing: SVG does not wrap. Pure.

The page takes the reader's own system font, so widths are those of the widest that are common
(DejaVu Sans, Verdana); with a narrower one some room is left.
"""

from __future__ import annotations

from functools import partial
from unicodedata import east_asian_width

from agent.diagnosis.breaking import broken, rides

_EMS = {
    **dict.fromkeys("iIjlf|!'", 0.42),
    **dict.fromkeys('rt.,:;()[]{}/\\ "-', 0.46),
    **dict.fromkeys("mwMW@%—…", 1.04),
}
_UPPER, _LOWER, _EAST_ASIAN = 0.76, 0.65, 1.05


def breadth(text: str, size: float) -> float:
    """How wide a line is at most, in the units of its font's size."""
    return sum(map(_ems, text)) * size


def fitted(text: str, room: float, size: float, most: int) -> tuple[str, ...]:
    """At most `most` lines, none wider than `room`; what is left out shows as "…"."""
    lines = broken(text, room, partial(breadth, size=size))
    if len(lines) <= most:
        return tuple(line for line in lines if line)
    last = lines[most - 1]
    while last and breadth(f"{last}…", size) > room:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _ems(letter: str) -> float:
    if rides(letter):
        return 0.0
    if east_asian_width(letter) in "WF":
        return _EAST_ASIAN
    return _EMS.get(letter, _UPPER if letter.isupper() else _LOWER)
