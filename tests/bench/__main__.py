"""`python -m tests.bench`: upstun beside ddclient, inadyn and ddns, in the lab.

Writes docs/benchmarks.json, and from it docs/benchmarks.md and docs/benchmarks.svg. Needs root, the
servers of the lab and the rivals (tests/bench/install_rivals.sh); `make bench` sees to them.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench import facts, flips, hardships, idle, many, oneshot, rivals
from tests.bench.household import Household
from tests.bench.page import page
from tests.bench.plot import plot

DOCS, QUICK = Path("docs"), Path("build/bench")
BESIDE = "rivals"  # in a lab of its own, while flips and hardships are measured in another


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured: numbers of repetitions, and seconds."""

    flips: int = 20
    rivals_many: int = 10
    rivals_few: int = 3
    hardships: int = 3
    minute: float = 60.0
    runs: int = 25
    idle: float = 600.0
    settle: float = 60.0
    zones: int = 50
    names: int = 20


_QUICK = Extent(
    flips=1,
    rivals_many=1,
    rivals_few=0,
    hardships=1,
    minute=5.0,
    runs=3,
    idle=30.0,
    settle=5.0,
    zones=5,
    names=4,
)


def _flips(extent: Extent) -> Any:
    with Household() as household:
        return flips.measure(household, extent.flips)


def _rivals(extent: Extent) -> Any:
    with Household(rivals.HOSTS) as household:
        return rivals.measure(household, extent.rivals_few, extent.rivals_many)


def _hardships(extent: Extent) -> Any:
    with Household() as household:
        return hardships.measure(household, extent.hardships, extent.minute)


def _oneshot(extent: Extent) -> Any:
    with Household(oneshot.HOSTS) as household:
        return oneshot.measure(household, extent.runs)


def _idle(extent: Extent) -> Any:
    with Household(idle.HOSTS) as household:
        return idle.measure(household, extent.idle, extent.settle)


def _many(extent: Extent) -> Any:
    with Household() as household:
        return many.measure(household, extent.zones, extent.names)


PARTS: Mapping[str, Callable[[Extent], Any]] = {
    "flips": _flips,
    "hardships": _hardships,
    "rivals": _rivals,
    "oneshot": _oneshot,
    "idle": _idle,
    "many": _many,
}


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, keep the rest of an earlier run, and write the page."""
    options = _options(arguments)
    # As an interrupt would: everything that was built is taken down on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = options.into or (QUICK if options.quick else DOCS)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [] if options.page else options.only or list(PARTS)
    aside = BESIDE in wanted and bool({"flips", "hardships"} & set(wanted))
    with_us = [part for part in PARTS if part in wanted and not (aside and part == BESIDE)]
    other = _start_aside(arguments, folder) if aside else None
    try:
        for part in with_us:
            if other is not None and part not in {"flips", "hardships"}:
                _finish(other)
                other = None
            _measure(part, _extent(options), folder, quick=options.quick)
        if other is not None:
            _finish(other)
            other = None
    finally:
        if other is not None:
            other.terminate()
            other.wait()
    if not options.no_page:
        write_page(folder)
    return 0


def write_page(folder: Path) -> None:
    """Make the page and its plot from what was measured."""
    results = _results(folder)
    (folder / "benchmarks.md").write_text(page(results), encoding="utf-8")
    (folder / "benchmarks.svg").write_text(plot(results), encoding="utf-8")
    _say(f"{folder}/benchmarks.md and its plot are written")


def _measure(part: str, extent: Extent, folder: Path, *, quick: bool) -> None:
    started = time.monotonic()
    _say(f"{part} ...")
    told: dict[str, Any] = {**facts.now(), "quick": quick}
    told["rows"] = PARTS[part](extent)
    took = round(time.monotonic() - started)
    # Read again: another process may have written its part meanwhile.
    results = _results(folder)
    results |= {"machine": facts.machine(), "versions": facts.versions(), part: told}
    text = json.dumps(results, indent=1, sort_keys=True)
    _file(folder).write_text(f"{text}\n", encoding="utf-8")
    _say(f"{part} took {took} s")


def _start_aside(arguments: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Measure one part beside the others, in a process of its own."""
    own = [*arguments, "--only", BESIDE, "--into", str(folder), "--no-page"]
    return subprocess.Popen([sys.executable, "-m", "tests.bench", *own])


def _finish(other: subprocess.Popen[bytes]) -> None:
    if other.wait():
        raise SystemExit(f"the part {BESIDE} failed")


def _results(folder: Path) -> dict[str, Any]:
    path = _file(folder)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _file(folder: Path) -> Path:
    return folder / "benchmarks.json"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", type=_parts, metavar="PARTS", help=f"of {','.join(PARTS)}; the others are kept"
    )
    parser.add_argument("--quick", action="store_true", help="little of each, into build/bench")
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="how long to rest")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where to write")
    parser.add_argument("--page", action="store_true", help="the page alone, of numbers there are")
    parser.add_argument("--no-page", action="store_true", help="the numbers alone")
    return parser.parse_args(arguments)


def _parts(text: str) -> list[str]:
    parts = text.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no part is called {', '.join(sorted(unknown))}")
    return parts


def _extent(options: argparse.Namespace) -> Extent:
    extent = _QUICK if options.quick else Extent()
    return extent if options.idle is None else replace(extent, idle=options.idle)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
