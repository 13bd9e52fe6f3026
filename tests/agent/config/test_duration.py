from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.duration import duration, seconds_of, spelled
from agent.config.form import Misfit


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30.0),
        ("5m", 300.0),
        ("24h", 86400.0),
        ("1h30m", 5400.0),
        ("1d2h3m4s", 93784.0),
        ("90m", 5400.0),
        ("0s", 0.0),
        (45, 45.0),
        (1.5, 1.5),
    ],
)
def test_a_duration_is_read(written: object, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    "written",
    ["", "5", "m", "5 m", "5min", "1.5h", "-5m", "30m1h", "5M", "٣s", "9999999999s", "1h 30m"],
)
def test_text_that_is_no_duration_is_refused(written: str) -> None:
    with pytest.raises(Misfit):
        seconds_of(written)


@pytest.mark.parametrize(
    "written", [True, None, float("nan"), float("inf"), [], {}, ["5m"]], ids=repr
)
def test_what_is_neither_text_nor_a_number_is_refused(written: object) -> None:
    with pytest.raises(Misfit):
        seconds_of(written)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("5", 'write "5s"'),
        ("5 min", 'write "5m"'),
        ("5M", 'write "5m"'),
        ("2 hours", 'write "2h"'),
        ("7days", 'write "7d"'),
        ("soon", ""),
    ],
)
def test_what_was_meant_is_told_where_it_can_be_guessed(written: str, hint: str) -> None:
    with pytest.raises(Misfit) as caught:
        seconds_of(written)
    assert caught.value.hint == hint


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_what_is_spelled_is_read_back(seconds: int) -> None:
    assert seconds_of(spelled(seconds)) == seconds


@settings(deadline=None)
@given(st.text(max_size=12) | st.floats() | st.integers())
def test_whatever_is_written_is_a_finite_number_of_seconds_or_a_misfit(written: object) -> None:
    try:
        seconds = duration(10, 86400).read(written)
    except Misfit:
        return
    assert 10 <= seconds <= 86400


def test_the_bounds_belong_to_it() -> None:
    form = duration(10, 60)

    assert (form.read("10s"), form.read("1m")) == (10.0, 60.0)
    for outside in ("9s", "61s", 9.999, 60.001):
        with pytest.raises(Misfit):
            form.read(outside)
    assert form.expected == 'a duration from 10s to 1m, such as "60s"'
