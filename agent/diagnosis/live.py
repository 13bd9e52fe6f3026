"""The progress display on a terminal: a line for each part, filled in as answers come.

It is erased at the end, so that the result stands alone. Words tell the state, not colours or a
spinner: nothing moves but what has news. Where nothing can be erased (a pipe, TERM=dumb as inside
an editor) the library shows nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agent.diagnosis.breaking import printable
from agent.diagnosis.progress import PARTS, Part, Progress, Tell

_OPENING = "Looking at your network; this takes up to eight seconds."
_WAITING = "waiting"


@contextmanager
def live(console: Console | None = None) -> Iterator[Tell]:
    """Show the display until the block ends; what it yields takes the news."""
    console = console or Console(highlight=False, color_system=None)
    told: dict[Part, str] = {}
    with Live(_display(told), console=console, transient=True, auto_refresh=False) as display:

        def show(progress: Progress) -> None:
            told[progress.part] = progress.text
            display.update(_display(told), refresh=True)

        yield show


def _display(told: Mapping[Part, str]) -> Group:
    """A stranger's words are plain text here: neither markup nor codes for the terminal."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    for part, title in PARTS.items():
        table.add_row(Text(f"{title}:"), Text(printable(told.get(part, _WAITING))))
    return Group(Text(_OPENING), table)
