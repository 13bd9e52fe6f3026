"""docs/benchmarks.md, made of docs/benchmarks.json. Pure: the same numbers give the same page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tests.bench import prose
from tests.bench.goals import goals
from tests.bench.numbers import Spread, digits, half, middle, reach, times, whole

Results = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]

_MS, _HOUR = 1000.0, 3600.0


def page(results: Results) -> str:
    """The whole page, of as many parts as have been measured."""
    parts = [prose.HEAD, *_goals(results)]
    for name, section in _SECTIONS.items():
        if name in results:
            part = results[name]
            parts += [*section(part["rows"]), _when(part)]
    with_what = results.get("machine", {}) | results.get("versions", {})
    parts += ["## Where, and with what\n", _table(("", ""), with_what.items()), prose.WITH_WHAT]
    return "\n".join(parts)


def _when(part: Mapping[str, Any]) -> str:
    little = " This was a quick run, of too little to be quoted." if part["quick"] else ""
    load = f"the machine's load in the minute before was {part['load']}."
    return f"Measured {part['at']}; {load}{little}\n"


def _goals(results: Results) -> list[str]:
    rows = [(goal.what, goal.measured, "yes" if goal.reached else "no") for goal in goals(results)]
    return [prose.GOALS, _table(("goal", "measured", "reached"), rows)] if rows else []


def _rivals(rows: Rows) -> list[str]:
    ours = next(_spread(row, "served") for row in rows if row["every"] is None)
    heads = ("program", "looks", "flips", "first call, median")
    more = ("served, median", "middle half", "least to most", "times upstun's")
    return [prose.RIVALS, _table((*heads, *more), (_rival(row, ours) for row in rows))]


def _rival(row: Mapping[str, Any], ours: Spread | None) -> tuple[str, ...]:
    call, served = _spread(row, "call"), _spread(row, "served")
    which = "" if row["every"] is None else ", default" if row["default"] else ", smallest"
    ratio = times(served.median, ours.median) if served and ours else "-"
    looks = f"{_looks(row)}{which}"
    return (row["program"], looks, _count(row), middle(call), *_three(served), ratio)


def _flips(rows: Rows) -> list[str]:
    heads = ("told by", "flips", "update sent, median", "served, median", "middle half")
    cells = (
        (row["way"], _count(row), middle(_spread(row, "call")), *_three(_spread(row, "served")))
        for row in rows
    )
    return [prose.FLIPS, _table((*heads, "least to most"), cells)]


def _hardships(rows: Rows) -> list[str]:
    heads = ("what happens", "ended right", "served, median (least to most)", "writes")
    more = ("closest two writes, s", "untrue writes")
    return [prose.HARDSHIPS, _table((*heads, *more), (_hardship(row) for row in rows))]


def _hardship(row: Mapping[str, Any]) -> tuple[str, ...]:
    runs = row["runs"]
    gaps = [run["closest"] for run in runs if run["closest"] is not None]
    return (
        row["what"],
        f"{sum(run['right'] for run in runs)} of {len(runs)}",
        whole(Spread.of(run["served"] for run in runs)),
        " or ".join(map(str, sorted({run["writes"] for run in runs}))),
        digits(min(gaps)) if gaps else "-",
        str(sum(run["untrue"] for run in runs)),
    )


def _oneshot(rows: Rows) -> list[str]:
    heads = ("program", "runs", "wall ms", "times upstun's", "CPU ms", "times upstun's")
    more = ("peak MiB", "times upstun's")
    return [prose.ONESHOT, _table((*heads, *more), (_pass(row, rows[0]) for row in rows))]


def _pass(row: Mapping[str, Any], ours: Mapping[str, Any]) -> tuple[str, ...]:
    cells = [row["program"], str(len(row["wall"]))]
    for key in ("wall", "cpu"):
        its, base = (Spread.of(value * _MS for value in one[key]) for one in (row, ours))
        cells += [whole(its), times(its.median, base.median) if its and base else "-"]
    return (*cells, digits(row["peak"]), times(row["peak"], ours["peak"]))


def _idle(rows: Rows) -> list[str]:
    heads = ("program", "looks", "for s", "CPU s", "% of a core", "wake-ups")
    more = ("RSS MiB", "RSS at first", "PSS", "USS", "files changed")
    asked = ("web requests", "STUN", "provider calls", "DNS packets", "all packets out")
    return [
        prose.IDLE,
        _table((*heads, *more), (_at_rest(row) for row in rows)),
        prose.ASKED,
        _table(
            ("program", *(f"{what} an hour" for what in (*asked, "packets to the router"))),
            (_asked(row) for row in rows),
        ),
    ]


def _at_rest(row: Mapping[str, Any]) -> tuple[str, ...]:
    share = row["cpu"] / row["seconds"] * 100
    memory = (digits(row[key]) for key in ("rss", "rss_before", "pss", "uss"))
    used = (digits(row["seconds"]), digits(row["cpu"]), f"{share:.3f}", str(row["wakeups"]))
    return (row["program"], _looks(row), *used, *memory, ", ".join(row["changed"]) or "none")


def _asked(row: Mapping[str, Any]) -> tuple[str, ...]:
    hours = row["seconds"] / _HOUR
    kinds = ("echo", "stun", "provider", "dns", "out", "lan")
    return (row["program"], *(f"{row[kind] / hours:,.0f}" for kind in kinds))


def _many(told: Mapping[str, Any]) -> list[str]:
    records = told["zones"] * told["names"]
    heads = ("", "all served after s", "records right", "UPDATE messages", "packets sent")
    cells = (
        (
            what,
            "never" if told[what]["served"] is None else digits(told[what]["served"]),
            f"{told[what]['right']:,} of {records:,}",
            *(f"{told[what][key]:,}" for key in ("updates", "packets")),
            *(digits(told[what][key]) if key in told[what] else "-" for key in ("cpu", "rss")),
        )
        for what in ("start", "flip")
    )
    title = f"## {records:,} records in {told['zones']} zones\n"
    return [title, prose.MANY, _table((*heads, "CPU s", "RSS MiB"), cells)]


_SECTIONS: Mapping[str, Callable[[Any], list[str]]] = {
    "rivals": _rivals,
    "flips": _flips,
    "hardships": _hardships,
    "oneshot": _oneshot,
    "idle": _idle,
    "many": _many,
}


def _spread(row: Mapping[str, Any], key: str) -> Spread | None:
    return Spread.of(flip[key] for flip in row["flips"])


def _three(served: Spread | None) -> tuple[str, str, str]:
    return middle(served), half(served), reach(served)


def _count(row: Mapping[str, Any]) -> str:
    """How many flips there were, and of how many nothing came."""
    missed = sum(flip["served"] is None for flip in row["flips"])
    return f"{len(row['flips'])}, {missed} missed" if missed else str(len(row["flips"]))


def _looks(row: Mapping[str, Any]) -> str:
    return "when told" if row["every"] is None else f"every {row['every']} s"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
