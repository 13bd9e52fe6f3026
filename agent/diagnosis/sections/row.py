"""What a section is made of."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A label and a text; without a label the text stands alone."""

    label: str
    text: str


class Section(NamedTuple):
    """One part of the evidence."""

    title: str
    rows: tuple[Row, ...]


def yes_no(value: bool | None, unknown: str = "not known") -> str:
    """A three-valued fact in words."""
    return unknown if value is None else "yes" if value else "no"
