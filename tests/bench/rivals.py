"""Part "rivals": all programs at once, against the same flips, through the same service."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import programs
from tests.bench.flips import fresh_addresses, since
from tests.bench.household import Household
from tests.bench.programs import Program
from tests.bench.served import Watch
from tests.lab.places import WAN, ZONE
from tests.lab.plan import Plan

Make = Callable[[Path], Program]

_SMALLEST, _LARGEST = 60, 300  # seconds; inadyn's are 30 and 120
_STAGGER = 60.0  # seconds within which the programs are started, about: none is in step
_START = 90.0  # and in which those with the smallest interval have published


@dataclass(frozen=True, slots=True)
class _Guest:
    role: str
    make: Make


_GUESTS = (
    _Guest("ddclient", lambda room: programs.ddclient(room, 60, default=False)),
    _Guest("inadyn", lambda room: programs.inadyn(room, 30, default=False)),
    _Guest("ddns", lambda room: programs.ddns(room, 60, default=False)),
    _Guest("ddnsweb", lambda room: programs.ddns_web(room, 60, default=False)),
    _Guest("ddclient", lambda room: programs.ddclient(room, 300, default=True)),
    _Guest("inadyn", lambda room: programs.inadyn(room, 120, default=True)),
    _Guest("ddns", lambda room: programs.ddns(room, 300, default=True)),
    _Guest("ddnsweb", lambda room: programs.ddns_web(room, 300, default=True)),
)
HOSTS = (
    f"upstun.{ZONE}",
    *(f"{name}-{every}.{ZONE}" for name in ("ddclient", "ddns", "ddnsweb") for every in (60, 300)),
    *(f"inadyn-{every}.{ZONE}" for every in (30, 120)),
)


def measure(household: Household, few: int, many: int) -> list[dict[str, Any]]:
    """A row for each program and interval, with what it did on each flip.

    First `many` flips, each awaited by the programs at their smallest intervals; then `few`, each
    awaited by those at their defaults too.
    """
    household.arrange(Plan())
    with contextlib.ExitStack() as stack:
        running = _start(household, stack)
        quick = {program.record for program in running if not program.default or not program.every}
        watch = stack.enter_context(household.watch(*HOSTS))
        watch.expect(WAN)
        watch.wait(_START, quick)
        rows: dict[str, list[dict[str, float | None]]] = {one.record: [] for one in running}
        addresses = fresh_addresses(many + few)
        for _ in range(many):
            _flip(household, watch, next(addresses), rows, quick, _SMALLEST)
        for _ in range(few):
            _flip(household, watch, next(addresses), rows, set(rows), _LARGEST)
    return [
        {
            "program": program.name,
            "every": program.every,
            "default": program.default,
            "flips": rows[program.record],
        }
        for program in running
    ]


def _start(household: Household, stack: contextlib.ExitStack) -> list[Program]:
    guests = [
        _Guest("upstun", lambda room: programs.upstun_dyndns2(room, household.lab.secrets)),
        *_GUESTS,
    ]
    running = []
    for guest in guests:
        machine = household.guest(guest.role)
        program = guest.make(machine.room)
        time.sleep(random.uniform(0, 2 * _STAGGER / len(guests)))
        stack.enter_context(machine.running(program.daemon))
        running.append(program)
    return running


def _flip(
    household: Household,
    watch: Watch,
    address: str,
    rows: dict[str, list[dict[str, float | None]]],
    awaited: set[str],
    every: int,
) -> None:
    """One flip at a moment that no program's interval knows of, and what `awaited` did on it."""
    time.sleep(random.uniform(0, every))
    watch.expect(address)
    moment = household.lab.flip(address)
    watch.wait(every * 2 + 30.0, awaited)
    served = watch.everywhere()
    for record in awaited:
        call = household.provider.first(record, address, moment)
        rows[record].append(since(moment, call=call, served=served.get(record)))
