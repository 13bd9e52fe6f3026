"""What a section is made of."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple


class Row(NamedTuple):
    """A label and a text; without a label the text stands alone.

    A text is a fragment in lower case without a dot, or whole sentences. `under` marks a row that
    is a part of the one above it.
    """

    label: str
    text: str
    under: bool = False


class Section(NamedTuple):
    """One part of the evidence. Sections are numbered as they are told; the findings are the first.

    `title` is without the number.
    """

    number: int
    title: str
    rows: tuple[Row, ...]

    @property
    def runs(self) -> tuple[tuple[bool, tuple[Row, ...]], ...]:
        """Rows with a label and rows without, in turn: a list of terms holds no bare text."""
        runs = groupby(self.rows, key=lambda row: bool(row.label))
        return tuple((labelled, tuple(rows)) for labelled, rows in runs)
