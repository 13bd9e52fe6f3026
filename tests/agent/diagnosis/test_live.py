"""The progress display, on a terminal that is a string."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from agent.diagnosis.live import live
from agent.diagnosis.progress import PARTS, Progress

ERASE_LINE = "\x1b[2K"
ESCAPES_OF_ITS_OWN = ("\x1b[2K", "\x1b[1A", "\x1b[?25l", "\x1b[?25h")


def terminal(width: int = 80, *, kind: str = "xterm", tty: bool = True) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=tty,
        width=width,
        height=24,
        color_system=None,
        highlight=False,
        _environ={"TERM": kind},
    )


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def last_frame(text: str) -> str:
    """What stood on the terminal before the display was erased."""
    return text.rpartition("Looking at")[2].partition("\x1b[?25h")[0]


@pytest.mark.parametrize("width", [80, 40, 20])
def test_every_part_shows_its_answer_on_any_terminal(width: int) -> None:
    console = terminal(width)
    with live(console) as tell:
        for number, part in enumerate(PARTS):
            tell(Progress(part=part, text=f"answer-{number}"))
            assert f"answer-{number}" in shown(console)
    frame = last_frame(shown(console))
    assert all(f"answer-{number}" in frame for number in range(len(PARTS)))
    assert "waiting" not in frame
    assert all(len(line) <= width for line in frame.splitlines()[1:])


def test_parts_without_an_answer_say_that_they_are_waited_for() -> None:
    console = terminal()
    with live(console) as tell:
        tell(Progress(part="router", text="names 81.2.69.142"))
    frame = last_frame(shown(console))
    assert frame.count("waiting") == len(PARTS) - 1
    assert all(title in frame for title in PARTS.values())


def test_an_address_is_broken_where_it_must_be_and_never_cut() -> None:
    console, address = terminal(30), "2a02:8109:9440:1:9e7b:efff:fe12:3456"
    with live(console) as tell:
        tell(Progress(part="ipv6", text=address))
    told = "".join(last_frame(shown(console)).split())
    assert address in told
    assert "…" not in told


def test_the_display_is_erased_so_that_the_result_stands_alone() -> None:
    console = terminal()
    with live(console) as tell:
        tell(Progress(part="router", text="x"))
    after = shown(console).rpartition("\x1b[?25h")[2]
    assert after.count(ERASE_LINE) >= len(PARTS) + 1
    for code in ESCAPES_OF_ITS_OWN:
        after = after.replace(code, "")
    assert after.strip() == ""


def test_the_display_is_erased_when_the_examination_is_interrupted() -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt), live(console):
        raise KeyboardInterrupt
    assert shown(console).endswith(ERASE_LINE)


@pytest.mark.parametrize(
    "console", [terminal(tty=False), terminal(kind="dumb")], ids=["a pipe", "a dumb terminal"]
)
def test_where_nothing_can_be_erased_nothing_is_shown(console: Console) -> None:
    with live(console) as tell:
        tell(Progress(part="router", text="x"))
    assert shown(console) == ""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("[red]Home[/red] Box", "[red]Home[/red] Box"),
        ("Home[/] Box [link=http://x]y", "Home[/] Box [link=http://x]y"),
        ("Home\x1b[31m Box\x07", "Home [31m Box"),
        ("Home\r\n\tBox", "Home   Box"),
        ("Home \u202exoB", "Home  xoB"),
        (":smile: Box", ":smile: Box"),
    ],
)
def test_a_strangers_words_are_neither_markup_nor_commands(text: str, seen: str) -> None:
    console = terminal()
    with live(console) as tell:
        tell(Progress(part="router", text=text))
    frame = last_frame(shown(console))
    assert seen in frame
    for code in ESCAPES_OF_ITS_OWN:
        frame = frame.replace(code, "")
    assert "\x1b" not in frame
