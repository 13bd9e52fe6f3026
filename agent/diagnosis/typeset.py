"""Lines for a terminal: printable letters only, broken by the columns that they take. Pure.

Names of routers and headers of devices are a stranger's words: no escape sequence, line break or
change of writing direction in them reaches the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, east_asian_width

WIDTH = 79
"""Columns of a line at most: a terminal of 80 would add an empty line behind a full one."""

_UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|minutes|hours|days)\b)")
_JOINED = "\0"  # stands for a space at which no line is broken; `printable` lets none in
_BREAKS = "/.-_?&=@,:"  # a name or URL that is too long is best broken behind one of these


def printable(text: str) -> str:
    """The same text with a space for whatever is not a letter to be seen."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def width(text: str) -> int:
    """How many columns a terminal needs for it: Chinese, Japanese and Korean take two a letter.

    By Unicode Standard Annex #11; accents that sit on the letter before them take none.
    """
    return sum(_columns(letter) for letter in text)


def wrapped(text: str, *, first: str = "", indent: int = 0, limit: int = WIDTH) -> list[str]:
    """Break `text` into lines behind `first`; those that follow are indented.

    A number stays with its unit. A word that is longer than a line is broken, too.
    """
    lines, line, used, fresh = [], first, width(first), True
    for word, goes_on in _pieces(text, limit - indent):
        needed = width(word) + (not fresh)
        if goes_on or (used + needed > limit and not (fresh and used == indent)):
            lines.append(line)
            line, used, fresh = " " * indent, indent, True
            needed = width(word)
        line += word if fresh else f" {word}"
        used += needed
        fresh = False
    return [one.rstrip() for one in (*lines, line)]


def _pieces(text: str, room: int) -> Iterator[tuple[str, bool]]:
    """Every word, or its pieces; true for a piece that goes on with the word before it."""
    for word in _UNIT.sub(_JOINED, printable(text)).split(" "):
        rest, goes_on = word.replace(_JOINED, " "), False
        while width(rest) > room:
            cut = _cut(rest, room)
            yield rest[:cut], goes_on
            rest, goes_on = rest[cut:], True
        if rest:
            yield rest, goes_on


def _cut(word: str, room: int) -> int:
    """How many letters go on this line: as many as fit, or up to a good place in the last half."""
    fit = 1
    while width(word[: fit + 1]) <= room:
        fit += 1
    good = max(word.rfind(letter, fit // 2, fit) for letter in _BREAKS)
    return good + 1 if good > 0 else fit


def _columns(letter: str) -> int:
    if category(letter) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
