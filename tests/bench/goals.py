"""What upstun is to reach, held against what was measured. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.bench.numbers import Spread, digits

_PACE = 10.0  # seconds between two writes of one RRset
_MEDIAN, _WORST, _OWN_STUN = 0.15, 0.5, 3.0  # seconds from the flip to both servers serving it
_REST = 0.1  # percent of a core
_MANY = 10.0  # seconds until a thousand records are served


class Goal(NamedTuple):
    """What is to be reached, what was measured, and whether that is enough."""

    what: str
    measured: str
    reached: bool


def goals(results: Mapping[str, Any]) -> list[Goal]:
    """One for each goal whose part has been measured."""
    return [
        goal
        for part, judge in _JUDGES.items()
        if part in results
        for goal in judge(results[part]["rows"])
    ]


def _flips(rows: Any) -> Iterator[Goal]:
    first, last = (
        Spread.of(flip["served"] for flip in row["flips"]) for row in (rows[0], rows[-1])
    )
    median = None if first is None else first.median
    yield _within("A router that speaks: served after, median", median, _MEDIAN)
    yield _within("A router that speaks: served after, worst", _worst(first), _WORST)
    yield _within("STUN alone, one's own server: served after, worst", _worst(last), _OWN_STUN)


def _hardships(rows: Any) -> Iterator[Goal]:
    runs = [run for row in rows for run in row["runs"]]
    right = sum(run["right"] for run in runs)
    untrue = sum(run["untrue"] for run in runs)
    gaps = [run["closest"] for run in runs if run["closest"] is not None]
    yield Goal("Hardships: each ends right", f"{right} of {len(runs)}", right == len(runs))
    yield Goal("Hardships: no untrue address is written", f"{untrue} written", untrue == 0)
    if gaps:
        what = f"Hardships: at least {_PACE:g} s between two writes"
        yield Goal(what, f"{digits(min(gaps))} s", min(gaps) >= _PACE)


def _idle(rows: Any) -> Iterator[Goal]:
    row = rows[0]
    share = row["cpu"] / row["seconds"] * 100
    what = f"At rest: at most {_REST:g} % of a core"
    yield Goal(what, f"{share:.3f} %", share <= _REST)
    for key, of in (("echo", "third-party web request"), ("provider", "provider call")):
        yield Goal(f"At rest: no {of}", str(row[key]), row[key] == 0)


def _many(told: Any) -> Iterator[Goal]:
    flip, records = told["flip"], told["zones"] * told["names"]
    yield _within(f"{records:,} records: all served after", flip["served"], _MANY)
    what = f"{records:,} records: one message for each of {told['zones']} zones"
    yield Goal(what, str(flip["updates"]), flip["updates"] <= told["zones"])


_JUDGES: Mapping[str, Callable[[Any], Iterator[Goal]]] = {
    "flips": _flips,
    "hardships": _hardships,
    "idle": _idle,
    "many": _many,
}


def _worst(spread: Spread | None) -> float | None:
    return None if spread is None or spread.missed else spread.most


def _within(what: str, seconds: float | None, bound: float) -> Goal:
    """A goal of seconds; None is worse than any bound."""
    measured = "never" if seconds is None else f"{digits(seconds)} s"
    return Goal(f"{what}, at most {bound:g} s", measured, seconds is not None and seconds <= bound)
