"""The progress display on a terminal: a line for each part, filled in as answers come.

It is erased at the end, so that the result stands alone. Words tell the state, not colours or a
spinner: a screen reader hears each line once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from agent.diagnosis.progress import PARTS, Part, Progress, Tell


@contextmanager
def live() -> Iterator[Tell]:
    """Show the display until the block ends; what it yields takes the news."""
    console = Console(highlight=False, color_system=None)
    done: dict[Part, str] = {}
    with Live(_table(done), console=console, transient=True, auto_refresh=False) as display:

        def show(progress: Progress) -> None:
            done[progress.part] = progress.text
            display.update(_table(done), refresh=True)

        yield show


def _table(done: dict[Part, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="ellipsis", no_wrap=True)
    table.add_row("Looking at your network; this takes some seconds.", "")
    for part, title in PARTS.items():
        table.add_row(f"  {title}", done.get(part, "…"))
    return table
