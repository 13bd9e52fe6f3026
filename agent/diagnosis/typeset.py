"""Lines for a terminal, broken by the columns that they take. Pure."""

from __future__ import annotations

from unicodedata import east_asian_width

from agent.diagnosis.breaking import broken, rides

WIDTH = 79
"""Columns of a line at most: a terminal of 80 would add an empty line behind a full one."""


def width(text: str) -> int:
    """How many columns a terminal needs for it: Chinese, Japanese and Korean take two a letter.

    By Unicode Standard Annex #11.
    """
    return sum(_columns(letter) for letter in text)


def wrapped(text: str, *, first: str = "", indent: int = 0) -> list[str]:
    """Break `text` into lines behind `first`; those that follow are indented."""
    head, *rest = broken(text, WIDTH - indent, width, width(first) - indent)
    return [f"{first}{head}".rstrip(), *(" " * indent + line for line in rest)]


def _columns(letter: str) -> int:
    if rides(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
