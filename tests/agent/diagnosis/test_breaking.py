"""Lines that never run over the edge, whatever stands in them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.diagnosis.breaking import broken, printable
from agent.diagnosis.drawing.letters import breadth, fitted
from agent.diagnosis.typeset import WIDTH, width, wrapped

COMBINING = "e\u0301"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Home Box", "Home Box"),
        ("Home\nBox\t3", "Home Box 3"),
        ("\x1b[31mred", " [31mred"),
        ("exe.\u202egpj", "exe. gpj"),
        ("zero\u200bwidth", "zero width"),
        ("nul\x00l", "nul l"),
        ("half \ud800", "half  "),
        ("schön 漢字 “x”", "schön 漢字 “x”"),
    ],
)
def test_what_cannot_be_seen_becomes_a_space(text: str, seen: str) -> None:
    assert printable(text) == seen


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("漢字", 4), ("\uff21\uff22", 4), (COMBINING, 1), ("“…”", 3), ("", 0)],
)
def test_letters_take_the_columns_that_a_terminal_gives_them(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("takes 18 ms", 8, ["takes", "18 ms"]),
        ("no address", 10, ["no address"]),
        ("ns1.example.com", 9, ["ns1.", "example.", "com"]),
        ("see ns1.example.com", 12, ["see ns1.", "example.com"]),
        ("see ns1.example.com", 15, ["see", "ns1.example.com"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("ab abcdefgh", 3, ["ab", "abc", "def", "gh"]),
        ("漢字漢字", 5, ["漢字", "漢字"]),
        (COMBINING * 4, 2, [COMBINING * 2] * 2),
        ("ab", 0.5, ["a", "b"]),
    ],
)
def test_lines_are_broken_at_the_best_place(text: str, room: float, lines: list[str]) -> None:
    assert broken(text, room, width) == lines


def test_the_first_line_has_less_room_where_something_stands_already() -> None:
    assert broken("one two", 8, width, taken=4) == ["one", "two"]
    assert broken("one two", 8, width, taken=6) == ["", "one two"]


def test_a_label_stands_before_the_text_and_the_rest_is_indented() -> None:
    text = " ".join(["word"] * 20)
    first, *rest = wrapped(text, first="label: ", indent=7)
    assert first.startswith("label: word")
    assert rest
    assert all(line.startswith("       word") for line in rest)
    assert wrapped("", first="label:   ") == ["label:"]


@given(st.text(), st.integers(0, 40))
def test_no_line_is_wider_than_the_terminal_and_no_letter_is_lost(text: str, indent: int) -> None:
    lines = wrapped(text, first="x" * indent, indent=indent)
    assert all(width(line) <= WIDTH for line in lines)
    assert all(line.isprintable() for line in lines)
    told = "".join(line[indent:] for line in lines)
    assert "".join(told.split()) == "".join(printable(text).split())


@given(st.text(), st.floats(30, 300), st.integers(1, 4))
def test_a_box_of_the_drawing_holds_every_text(text: str, room: float, most: int) -> None:
    lines = fitted(text, room, 14, most)
    assert len(lines) <= most
    assert all(breadth(line, 14) <= room for line in lines)


def test_what_a_box_leaves_out_shows() -> None:
    short = fitted("one two three four five", 60, 14, 2)
    assert short[-1].endswith("…")
    assert fitted("one", 60, 14, 2) == ("one",)
    assert fitted("", 60, 14, 2) == ()


@pytest.mark.parametrize("size", [12, 14])
def test_breadth_grows_with_the_letters(size: float) -> None:
    measure = partial(breadth, size=size)
    assert measure("il.") < measure("abc") < measure("ABC") < measure("MWM") < measure("漢字漢字")
    assert measure("e\u0301") == measure("e")
