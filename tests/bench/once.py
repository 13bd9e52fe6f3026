"""`python -m tests.bench.once [RUNS]`: what a check costs that finds nothing to do.

A pretend home (router, STUN servers, two name servers) runs in a process of its own on loopback, so
that its work is not counted. `upstun once` publishes there first; each run after that asks the
router and both name servers, and finds everything right. A bare interpreter takes turns with it, as
the measure of the machine. Needs a system that accounts for its processes (not Windows).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

# Little is imported here: a started process inherits its parent's size as its own first peak.

_RUNS = 15
_MAXRSS_PER_MIB = 1 << 20 if sys.platform == "darwin" else 1 << 10  # bytes there, KiB elsewhere
_NAMES = {"upstun once": ("-m", "agent", "once"), "python -c pass": ("-c", "pass")}


class Cost(NamedTuple):
    """Wall and CPU in milliseconds, with all children; the peak of the largest process in MiB."""

    wall: float
    cpu: float
    peak: float


def main(arguments: Sequence[str]) -> int:
    """Measure and print the medians."""
    if arguments[:1] == ["--home"]:
        return _serve(Path(arguments[1]))
    runs = int(arguments[0]) if arguments else _RUNS
    with tempfile.TemporaryDirectory(prefix="upstun-bench-") as folder:
        home = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.once", "--home", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with home:
            assert home.stdout is not None
            if not home.stdout.readline():
                return 1
            _measure(runs, _environment(folder))
    return 0


def _environment(folder: str) -> dict[str, str]:
    """Ours, but bytecode is kept, as that of an installed command is."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "UPSTUN_CONFIG": f"{folder}/config.toml"}


def _serve(folder: Path) -> int:
    """Be the pretend home until the other side closes our standard input."""
    from tests.support.pretend import pretend_home

    with pretend_home(folder) as home:
        home.write()
        _say("open")
        sys.stdin.read()
    return 0


def _measure(runs: int, environment: dict[str, str]) -> None:
    _cost(_NAMES["upstun once"], environment)  # publishes
    _cost(_NAMES["upstun once"], environment)  # and is left with nothing to do
    costs: dict[str, list[Cost]] = {name: [] for name in _NAMES}
    for _ in range(runs):
        for name, command in _NAMES.items():
            costs[name].append(_cost(command, environment))
    _say(f"medians of {runs} runs (least to most), Python {sys.version.split()[0]}")
    for name, several in costs.items():
        wall, cpu, peak = (
            f"{median(each):5.1f} ({min(each):.1f} to {max(each):.1f})"
            for each in zip(*several, strict=True)
        )
        _say(f"  {name:<16} wall {wall} ms  CPU {cpu} ms  peak RSS {peak} MiB")


def _cost(command: Sequence[str], environment: dict[str, str]) -> Cost:
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit status {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return Cost(wall * 1000, cpu * 1000, used.ru_maxrss / _MAXRSS_PER_MIB)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
