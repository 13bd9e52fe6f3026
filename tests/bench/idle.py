"""Part "idle": what each program costs at its default interval while nothing happens at all."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from tests.bench import processes, programs
from tests.bench.household import Household
from tests.bench.machine import Machine
from tests.bench.programs import Program
from tests.bench.tap import Sent
from tests.lab.packet import Packet
from tests.lab.places import ECHO, LAN, ZONE
from tests.lab.plan import Plan

HOSTS = tuple(
    f"{name}.{ZONE}" for name in ("ddclient-300", "inadyn-120", "ddns-300", "ddnsweb-300")
)
_LAN = ip_network(LAN)


@dataclass(frozen=True, slots=True)
class _Resident:
    machine: Machine
    program: Program
    pid: int


def measure(household: Household, seconds: float, settle: float) -> list[dict[str, Any]]:
    """A row for each program, all of them at rest side by side for so many seconds.

    `settle` is how long each has had, since its publication, to come to rest.
    """
    household.arrange(Plan())
    with contextlib.ExitStack() as stack:
        residents = [_move_in(household, stack, *one) for one in _programs(household)]
        time.sleep(settle)
        calls = len(household.provider.calls)
        before = [_reading(one) for one in residents]
        time.sleep(seconds)
        rows = [_row(one, then, _reading(one)) for one, then in zip(residents, before, strict=True)]
        asked = Counter(call.host for call in household.provider.calls[calls:])
    for row, one in zip(rows, residents, strict=True):
        row["provider"] += asked[one.program.record]
    return rows


Make = Callable[[Path], Program]


def _programs(household: Household) -> Iterable[tuple[str, Make]]:
    yield "upstun", lambda room: programs.upstun(room, household.lab.secrets)
    yield "ddclient", lambda room: programs.ddclient(room, 300, default=True)
    yield "inadyn", lambda room: programs.inadyn(room, 120, default=True)
    yield "ddns", lambda room: programs.ddns(room, 300, default=True)
    yield "ddnsweb", lambda room: programs.ddns_web(room, 300, default=True)


def _move_in(household: Household, stack: contextlib.ExitStack, role: str, make: Make) -> _Resident:
    machine = household.guest(role)
    program = make(machine.room)
    with machine.runner() as runner:
        runner.once(program.once)  # publishes, so that the daemon finds all well
    return _Resident(machine, program, stack.enter_context(machine.running(program.daemon)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    at: float
    cpu: processes.Cpu
    wakeups: int
    held: processes.Held
    files: dict[str, tuple[int, int]]
    sent: list[Sent]


def _reading(one: _Resident) -> _Reading:
    return _Reading(
        at=time.monotonic(),
        cpu=processes.cpu(one.pid),
        wakeups=processes.wakeups(one.pid),
        held=processes.memory(one.pid),
        files=processes.state_files(one.machine.room),
        sent=one.machine.tap.take(),
    )


def _row(one: _Resident, then: _Reading, now: _Reading) -> dict[str, Any]:
    log = str(one.machine.room / "output.log")
    changed = [name for name, at in now.files.items() if then.files.get(name) != at and name != log]
    kinds = Counter(_kind(sent.packet) for sent in now.sent)
    return {
        "program": one.program.name,
        "every": one.program.every,
        "seconds": round(now.at - then.at, 1),
        "cpu": round(now.cpu.since(then.cpu), 4),
        "wakeups": now.wakeups - then.wakeups,
        **now.held._asdict(),
        "rss_before": then.held.rss,
        "changed": sorted(Path(name).name for name in changed),
        "provider": kinds["provider"],
        "echo": sum(_opens_http(sent.packet, ECHO) for sent in now.sent),
        "stun": kinds["stun"],
        "dns": kinds["dns"],
        "lan": kinds["lan"],
        "out": len(now.sent) - kinds["lan"],
    }


def _kind(packet: Packet) -> str:
    """What a packet is for. A dyndns2 call is counted at the service, an UPDATE here."""
    target = ip_address(packet.destination)
    if target in _LAN or target.is_multicast or packet.destination == "255.255.255.255":
        return "lan"
    return "provider" if packet.is_dns_update else packet.kind


def _opens_http(packet: Packet, addresses: tuple[str, ...]) -> bool:
    return packet.opens and packet.destination in addresses
