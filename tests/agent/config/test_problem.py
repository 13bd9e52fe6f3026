from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.problem import Problem, clipped, kind, shown


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (
            Problem(
                file="config.toml",
                line=14,
                table="[account.home]",
                key="key_secret_file",
                expected="a file that only you can read",
                found="mode 0644",
                hint="run: chmod 600 tsig.key",
            ),
            (
                "config.toml:14: [account.home] key_secret_file: expected a file that only you"
                " can read, found mode 0644; run: chmod 600 tsig.key"
            ),
        ),
        (
            Problem(
                file="config.toml",
                line=9,
                table="[[record]] 1 (home.example.com)",
                key="provdier",
                found="unknown key",
                hint='did you mean "provider"?',
            ),
            (
                "config.toml:9: [[record]] 1 (home.example.com) provdier: unknown key;"
                ' did you mean "provider"?'
            ),
        ),
        (
            Problem(file="x", expected="settings", found="an empty file"),
            "x: expected settings, found an empty file",
        ),
    ],
)
def test_a_problem_is_one_line(problem: Problem, line: str) -> None:
    assert str(problem) == line


@pytest.mark.parametrize(
    ("value", "as_shown", "as_kind"),
    [
        ("5m", '"5m"', "text"),
        ("", 'empty text ("")', 'empty text ("")'),
        (True, "true", "true or false"),
        (5, "5", "a number"),
        (1.5, "1.5", "a number"),
        ([1], "a list", "a list"),
        ([], "an empty list", "an empty list"),
        ({}, "a table", "a table"),
        (dt.date(2026, 1, 1), "a date or time", "a date or time"),
        ("x" * 100, f'"{"x" * 39}…"', "text"),
        ("a\x1b[31m\nb", '"a\\u001b[31m\\u000ab"', "text"),
        ("\u202egnp", '"\\u202egnp"', "text"),
    ],
)
def test_a_value_is_shown_short_and_harmless(value: object, as_shown: str, as_kind: str) -> None:
    assert shown(value) == as_shown
    assert kind(value) == as_kind


@settings(deadline=None)
@given(st.text())
def test_nothing_shown_can_move_the_cursor_of_a_terminal(text: str) -> None:
    assert clipped(text).isprintable()
