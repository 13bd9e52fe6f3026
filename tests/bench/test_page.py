"""The page about the bench says what was measured, and stands where the numbers stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.bench.goals import goals
from tests.bench.numbers import Spread, digits, half, reach, times
from tests.bench.page import page
from tests.bench.plot import plot

DOCS = Path(__file__).parents[2] / "docs"
WHEN = {"at": "2026-01-02 03:04 UTC", "load": "0.10", "quick": False}


def flips(*served: float | None) -> list[dict[str, Any]]:
    return [{"call": None if at is None else at / 2, "served": at} for at in served]


def a_rival(program: str, every: int | None, *served: float | None) -> dict[str, Any]:
    return {"program": program, "every": every, "default": True, "flips": flips(*served)}


RIVALS = {
    **WHEN,
    "rows": [
        a_rival("upstun (dyndns2)", None, 0.1, 0.2, 0.3),
        a_rival("inadyn", 30, 20.0, None, 10.0, 30.0),
        a_rival("stuck", 60, None, None),
    ],
}
FLIPS = {**WHEN, "rows": [{"way": "GENA; alone", "flips": flips(0.05, 0.15, 0.1, 0.2, 0.1)}]}


def hardship(*, right: bool = True, writes: int = 1, closest: float | None = None) -> Any:
    return {"served": 0.4, "right": right, "writes": writes, "closest": closest, "untrue": 0}


HARDSHIPS = {
    **WHEN,
    "rows": [
        {
            "what": "It breaks.",
            "runs": [hardship(), hardship(right=False, writes=2, closest=10.1)],
        }
    ],
}
ONESHOT = {
    **WHEN,
    "rows": [
        {"program": "upstun", "wall": [0.2, 0.4, 0.3], "cpu": [0.1] * 3, "peak": 30.0},
        {"program": "inadyn", "wall": [0.006] * 3, "cpu": [0.005] * 3, "peak": 5.0},
    ],
}
REST = {
    **dict.fromkeys(("wakeups", "provider", "stun", "dns", "out", "lan"), 0),
    **dict.fromkeys(("rss", "rss_before", "pss", "uss"), 4.56),
    "program": "inadyn",
    "every": 120,
    "changed": ["state.sqlite3"],
    "seconds": 600.0,
    "cpu": 0.3,
    "echo": 5,
}
MANY = {
    **WHEN,
    "rows": {
        "zones": 50,
        "names": 20,
        "start": {"served": 4.2, "updates": 50, "packets": 300, "right": 1000},
        "flip": {
            "served": None,
            "updates": 49,
            "packets": 99,
            "right": 980,
            "cpu": 1.5,
            "rss": 60.0,
        },
    },
}


def row_of(text: str, first: str) -> list[str]:
    """The cells of the table row that begins so."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        *((0.0, "0.000"), (0.0304, "0.030"), (0.9994, "0.999"), (0.9996, "1.00")),
        *((9.994, "9.99"), (9.996, "10.0"), (99.94, "99.9"), (99.96, "100"), (1234.5, "1,234")),
    ],
)
def test_numbers_have_three_digits(value: float, words: str) -> None:
    assert digits(value) == words


@pytest.mark.parametrize(
    ("value", "base", "words"),
    [(30.0, 0.1, "300"), (0.1, 0.1, "1.00"), (0.006, 0.3, "1/50.0"), (1.0, 0.0, "-"), (0, 1, "-")],
)
def test_a_ratio_is_never_a_row_of_zeros(value: float, base: float, words: str) -> None:
    assert times(value, base) == words


def test_a_spread_knows_what_was_missed() -> None:
    spread = Spread.of([3.0, None, 1.0, 2.0])
    assert spread is not None
    assert (spread.n, spread.missed, spread.median) == (4, 1, 2.0)
    assert (spread.least, spread.most) == (1.0, 3.0)
    assert Spread.of([None, None]) is None


def test_three_values_have_no_middle_half_and_five_have_one() -> None:
    assert half(Spread.of([1.0, 2.0, 3.0])) == "-"
    assert half(Spread.of([1.0, 2.0, 3.0, 4.0, 5.0])) == "2.00 to 4.00"
    assert reach(None) == "-"


def test_a_program_is_measured_against_upstun_and_its_missed_flips_are_told() -> None:
    text = page({"rivals": RIVALS})
    assert row_of(text, "upstun (dyndns2)")[1:3] == ["when told", "3"]
    row = row_of(text, "inadyn")
    assert row[1:5] == ["every 30 s, default", "4, 1 missed", "**10.0**", "**20.0**"]
    assert row[-2:] == ["10.0 to 30.0", "100"]
    assert row_of(text, "stuck")[2:] == ["2, 2 missed", "-", "-", "-", "-", "-"]


def test_each_way_of_being_told_has_its_row() -> None:
    row = row_of(page({"flips": FLIPS}), "GENA; alone")
    assert row[1:] == ["5", "**0.050**", "**0.100**", "0.100 to 0.150", "0.050 to 0.200"]


def test_a_hardship_that_ended_wrong_once_says_so() -> None:
    row = row_of(page({"hardships": HARDSHIPS}), "It breaks.")
    assert row[1:] == ["1 of 2", "**0.400** (0.400 to 0.400)", "1 or 2", "10.1", "0"]


def test_what_is_cheaper_than_upstun_is_shown_as_cheaper() -> None:
    row = row_of(page({"oneshot": ONESHOT}), "inadyn")
    assert row[1:4] == ["3", "**6.00** (6.00 to 6.00)", "1/50.0"]
    assert row[-2:] == ["5.00", "1/6.00"]


def test_rest_is_told_as_a_share_of_a_core_and_by_the_hour() -> None:
    text = page({"idle": {**WHEN, "rows": [REST]}})
    first, second = (line for line in text.splitlines() if line.startswith("| inadyn |"))
    assert first.startswith("| inadyn | every 120 s | 600 | 0.300 | 0.050 | 0 | 4.56 |")
    assert first.endswith(" | state.sqlite3 |")
    assert second == "| inadyn | 30 | 0 | 0 | 0 | 0 | 0 |"


def test_many_records_that_were_never_all_served_are_not_called_served() -> None:
    text = page({"many": MANY})
    assert "1,000 records in 50 zones" in text
    assert row_of(text, "start")[1:] == ["4.20", "1,000 of 1,000", "50", "300", "-", "-"]
    assert row_of(text, "flip")[1:] == ["never", "980 of 1,000", "49", "99", "1.50", "60.0"]


def test_a_quick_run_says_so() -> None:
    quick = {**MANY, "quick": True}
    assert "quick run" in page({"many": quick})
    assert "quick run" not in page({"many": MANY})


def judged(results: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {what: (measured, reached) for what, measured, reached in goals(results)}


def ways(first: list[dict[str, Any]], last: list[dict[str, Any]]) -> dict[str, Any]:
    return {"flips": {"rows": [{"flips": first}, {"flips": flips(9.9)}, {"flips": last}]}}


def test_a_goal_is_reached_at_its_bound_and_not_beyond() -> None:
    good = judged(ways(flips(0.1, 0.15, 0.5), flips(3.0)))
    assert [reached for _, reached in good.values()] == [True, True, True]
    late = judged(ways(flips(0.1, 0.16, 0.51), flips(3.01)))
    assert [reached for _, reached in late.values()] == [False, False, False]


def test_a_missed_flip_is_worse_than_any_bound() -> None:
    told = judged(ways(flips(0.1, None), flips(None)))
    assert list(told.values()) == [("0.100 s", True), ("never", False), ("never", False)]


def test_goals_of_hardships_rest_and_many_records_can_be_missed() -> None:
    rest = {**REST, "cpu": 0.7, "echo": 1}
    told = judged({"hardships": HARDSHIPS, "idle": {"rows": [rest]}, "many": MANY})
    assert list(told.values()) == [
        *(("1 of 2", False), ("0 written", True), ("10.1 s", True)),
        *(("0.117 %", False), ("1", False), ("0", True), ("never", False), ("49", True)),
    ]


def test_goals_are_on_the_page() -> None:
    rows = page({"many": MANY})
    assert row_of(rows, "1,000 records: all served after, at most 10 s")[1:] == ["never", "no"]


def test_a_part_that_was_not_measured_is_not_on_the_page() -> None:
    text = page({"many": MANY, "machine": {"kernel": "Linux 6"}, "versions": {"BIND": "9"}})
    assert "Hardships" not in text
    assert row_of(text, "kernel") == ["kernel", "Linux 6"]
    assert row_of(text, "BIND") == ["BIND", "9"]


def dots(drawn: str) -> Sequence[ET.Element]:
    return ET.fromstring(drawn).findall(".//{*}circle")


def test_every_flip_that_was_served_is_a_dot_inside_the_picture() -> None:
    drawn = plot({"flips": FLIPS, "rivals": RIVALS})
    width = float(ET.fromstring(drawn).attrib["viewBox"].split()[2])
    places = [float(dot.attrib["cx"]) for dot in dots(drawn)]
    assert len(places) == 5 + 3 + 3
    assert all(0 < place < width for place in places)


def test_later_is_further_to_the_right_and_extremes_stay_inside() -> None:
    row = a_rival("any", 60, 0.0001, 0.01, 1.0, 100.0, 99_999.0)
    drawn = plot({"rivals": {**WHEN, "rows": [row]}})
    places = [float(dot.attrib["cx"]) for dot in dots(drawn)]
    assert places == sorted(places)
    assert places[0] == places[1] < places[2] < places[3] < places[4]


def test_a_name_with_angle_brackets_does_not_break_the_picture() -> None:
    assert ET.fromstring(plot({"rivals": {**WHEN, "rows": [a_rival("<&>", 60, 1.0)]}}))


def test_the_page_and_its_plot_are_made_of_the_numbers_beside_them() -> None:
    results = json.loads((DOCS / "benchmarks.json").read_text(encoding="utf-8"))
    for name, made in (("benchmarks.md", page(results)), ("benchmarks.svg", plot(results))):
        there = (DOCS / name).read_text(encoding="utf-8")
        assert there == made, f"python -m tests.bench --page writes docs/{name} anew"
