"""What a daemon has used and holds, as the kernel tells it under /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")  # a second
_NANOSECONDS = 1e9
_KIB_PER_MIB = 1024
_TIMERS = {"sh", "sleep"}  # what stands in cron's place is not the program's own


class Held(NamedTuple):
    """Memory in MiB: resident, its fair share of what is shared, and what is its alone."""

    rss: float
    pss: float
    uss: float


class Cpu(NamedTuple):
    """CPU seconds of a process and all that live below it, since each began.

    `ticked` is counted in ticks of 10 ms. `exact` is the scheduler's own, in nanoseconds, but of
    threads that live. `waited` are helpers that ended and were waited for, in ticks.
    """

    ticked: float
    exact: float
    waited: float

    def since(self, before: Cpu) -> float:
        """What was used since an earlier reading: exact, unless a thread took its time along."""
        ticked, exact, waited = (now - then for now, then in zip(self, before, strict=True))
        return max(exact, ticked - 1 / _TICKS) + waited


def cpu(pid: int) -> Cpu:
    """What a process has used so far."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    own, waited = (sum(map(int, pair)) / _TICKS for pair in (fields[11:13], fields[13:15]))
    threads = (_PROC / str(pid) / "task").glob("*/schedstat")
    exact = sum(int(path.read_text().split()[0]) for path in threads) / _NANOSECONDS
    each = [Cpu(own, exact, waited), *map(cpu, _children(pid))]
    return Cpu(*map(sum, zip(*each, strict=True)))


def memory(pid: int) -> Held:
    """What the program holds now, with its helpers that live."""
    processes = [one for one in _tree(pid) if _name(one) not in _TIMERS]
    each = [_rollup(one) for one in processes]
    return Held(*(round(sum(values), 2) for values in zip(*each, strict=True))) if each else _NONE


def wakeups(pid: int) -> int:
    """How often any of its threads that live has waited for something and was woken."""
    count = 0
    for status in (_PROC / str(pid) / "task").glob("*/status"):
        count += int(_field(status.read_text(), "voluntary_ctxt_switches"))
    return count


def state_files(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file below a folder with its size and its last change, in nanoseconds."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


_NONE = Held(0.0, 0.0, 0.0)


def _rollup(pid: int) -> tuple[float, float, float]:
    text = (_PROC / str(pid) / "smaps_rollup").read_text()
    rss, pss = (float(_field(text, key)) / _KIB_PER_MIB for key in ("Rss", "Pss"))
    private = (float(_field(text, key)) for key in ("Private_Clean", "Private_Dirty"))
    return rss, pss, sum(private) / _KIB_PER_MIB


def _field(text: str, key: str) -> str:
    line = next(line for line in text.splitlines() if line.startswith(f"{key}:"))
    return line.split()[1]


def _name(pid: int) -> str:
    return (_PROC / str(pid) / "comm").read_text().strip()


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in _children(pid):
        yield from _tree(child)


def _children(pid: int) -> list[int]:
    lists = (_PROC / str(pid) / "task").glob("*/children")
    return [int(child) for path in lists for child in path.read_text().split()]
