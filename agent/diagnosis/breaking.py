"""Breaking text into lines, whatever a letter's width is measured in. Pure.

Names of routers and headers of devices are a stranger's words: no escape sequence, line break or
change of writing direction in them gets through. A number stays with its unit. A word that is
longer than a line is broken, where it can be behind a dot or a slash: nothing runs over the edge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from unicodedata import category

Measure = Callable[[str], float]
Mask = Callable[[str], str]
"""Takes out of a text what is not for strangers (`agent.diagnosis.redact`)."""

_UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|minutes|hours|days)\b)")
_JOINED = "\0"  # stands for a space at which no line is broken; `printable` lets none in
_AFTER = re.compile(r"(?<=[/.\-_?&=@,:])(?=[^/.\-_?&=@,:])")


def printable(text: str) -> str:
    """The same text with a space for whatever is not a letter to be seen."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def rides(letter: str) -> bool:
    """Whether it takes no room of its own: an accent that sits on the letter before it."""
    return category(letter) in ("Mn", "Me")


def broken(text: str, room: float, measure: Measure, taken: float = 0) -> list[str]:
    """Lines that are no wider than `room`; the first is narrower by what is `taken` there."""
    lines, left = [""], room - taken
    for atom, joint in _atoms(text, room, measure):
        longer = f"{lines[-1]}{joint}{atom}" if lines[-1] else atom
        if measure(longer) <= left or (not lines[-1] and left >= room):
            lines[-1] = longer
        else:
            lines.append(atom)
            left = room
    return lines


def _atoms(text: str, room: float, measure: Measure) -> Iterator[tuple[str, str]]:
    """What is not to be broken, and what joins it to the line: nothing within a word."""
    for run in _UNIT.sub(_JOINED, printable(text)).split():
        word, joint = run.replace(_JOINED, " "), " "
        parts = [word] if measure(word) <= room else _AFTER.split(word)
        for part in parts:
            for chunk in _chunks(part, room, measure):
                yield chunk, joint
                joint = ""


def _chunks(part: str, room: float, measure: Measure) -> Iterator[str]:
    """Pieces that fit; at least a letter each, for something must stand on a line."""
    start = 0
    for end in range(1, len(part)):
        if measure(part[start : end + 1]) > room:
            yield part[start:end]
            start = end
    yield part[start:]
