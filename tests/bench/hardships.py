"""Part "hardships": what a home's line and router do to upstun, each in its full length."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.bench import programs
from tests.bench.flips import since
from tests.bench.household import Household
from tests.lab.lab import Lab
from tests.lab.places import RECORD, WAN
from tests.lab.plan import Plan
from tests.lab.served import Served
from tests.lab.writes import Write

_QUIET = 13.0  # seconds before each, so that no pace of an earlier one is left
_PATIENCE = 90.0  # seconds after which the right address counts as never served
_BLINK = 0.3  # seconds in which nobody can know that the address he sends has just gone


@dataclass(frozen=True, slots=True)
class Line:
    """The home's line, moved about; `history` is which address it had since when (monotonic)."""

    lab: Lab
    history: list[tuple[float, str]]
    minute: float

    @property
    def address(self) -> str:
        """What it has now."""
        return self.history[-1][1]

    def next(self) -> str:
        """An address that it has not had."""
        return f"81.2.69.{160 + len(self.history) % 90}"

    def has(self, moment: float, address: str) -> float:
        """Note that it has this address since this moment."""
        self.history.append((moment, address))
        return moment


Hardship = Callable[[Line], float]
"""Does it, and gives the moment (monotonic) when the line was back with its last address."""


def _reboot(line: Line) -> float:
    address = line.next()
    return line.has(line.lab.reboot_router(5.0, address=address), address)


def _restart(line: Line) -> float:
    line.lab.restart_router_service()
    time.sleep(5.0)
    return _flip(line)


def _cable(line: Line) -> float:
    line.lab.cable(plugged=False)
    _flip(line)
    time.sleep(line.minute)
    line.lab.cable(plugged=True)
    return time.monotonic()


def _line_down(line: Line) -> float:
    line.lab.wan(up=False)
    time.sleep(line.minute)
    address = line.next()
    return line.has(line.lab.wan(up=True, address=address), address)


def _flapping(line: Line) -> float:
    moment = 0.0
    for _ in range(10):
        moment = _flip(line)
        time.sleep(1.0)
    return moment


def _old_address_back(line: Line) -> float:
    return line.has(line.lab.flip(line.address, gap=2.0), line.address)


def _there_and_back(line: Line) -> float:
    old = line.address
    _flip(line)
    time.sleep(3.0)
    return line.has(line.lab.flip(old), old)


def _flip(line: Line) -> float:
    address = line.next()
    return line.has(line.lab.flip(address), address)


HARDSHIPS: tuple[tuple[str, Hardship], ...] = (
    ("The router is off for five seconds and comes back with another address.", _reboot),
    ("miniupnpd is restarted; five seconds later the address changes.", _restart),
    ("The computer's cable is out for a minute; the address changes meanwhile.", _cable),
    ("The line is down for a minute and comes back with another address.", _line_down),
    ("Ten addresses in ten seconds.", _flapping),
    ("The line drops for two seconds and gets its old address back.", _old_address_back),
    ("Another address for three seconds, then the old one again.", _there_and_back),
)


def measure(household: Household, times: int, minute: float) -> list[dict[str, Any]]:
    """A row for each hardship with what came of it, `times` over; `minute` in seconds."""
    lab, home = household.lab, household.home
    household.arrange(Plan())
    program = programs.upstun(home.room, lab.secrets)
    line = Line(lab, [(time.monotonic(), WAN)], minute)
    rows: dict[str, list[dict[str, Any]]] = {title: [] for title, _ in HARDSHIPS}
    with home.running(program.daemon), lab.watch_served() as served:
        served.moment(WAN)
        for title, hardship in HARDSHIPS * times:
            time.sleep(_QUIET)
            before = len(lab.writes())
            moment = hardship(line)
            end = _served(served, line.address, moment)
            time.sleep(1.0)  # for whatever else would be written
            writes = lab.writes()[before:]
            rows[title].append(
                {
                    **since(moment, served=end),
                    "right": set(map(tuple, lab.zone(RECORD).values())) == {(line.address,)},
                    "writes": len(writes),
                    "closest": _closest(writes),
                    "untrue": sum(not _true(write, line.history) for write in writes),
                }
            )
    return [{"what": title, "runs": runs} for title, runs in rows.items()]


def _served(served: Served, address: str, moment: float) -> float | None:
    try:
        return served.moment(address, since=moment, patience=_PATIENCE)
    except AssertionError:
        return None


def _closest(writes: Sequence[Write]) -> float | None:
    """The shortest time between two writes, in seconds."""
    gaps = [later.at - sooner.at for sooner, later in pairwise(writes)]
    return round(min(gaps), 2) if gaps else None


def _true(write: Write, history: Sequence[tuple[float, str]]) -> bool:
    """Whether the line had the written address then, or a blink before."""
    ends = [moment for moment, _ in history[1:]] + [float("inf")]
    had = {
        address
        for (begun, address), end in zip(history, ends, strict=True)
        if begun <= write.at <= end + _BLINK
    }
    return set(write.values) <= had
