"""Whether everything that was written was right at its moment, judged from BIND's own log. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from tests.lab.writes import Write

APART_S = 10.0  # between two writes of one RRset
_CLOCK_S = 0.02  # BIND's clock moves on every four milliseconds, and is told in another time
_ON_ITS_WAY_S = 0.5  # from the last question to the router until BIND has carried the update out


def faults(writes: Sequence[Write], held: Sequence[tuple[float, str]]) -> list[str]:
    """Every write of an A record that should not have been, in a sentence each.

    `held` says from when on the home had which address, as `Lab.held` does.
    """
    return [*_in_a_row(writes), *(fault for one in writes for fault in _wrong(one, held))]


def _in_a_row(writes: Sequence[Write]) -> Iterator[str]:
    latest: dict[tuple[str, str], float] = {}
    for write in writes:
        pause = write.at - latest.get((write.name, write.rtype), -APART_S)
        latest[write.name, write.rtype] = write.at
        if pause < APART_S - _CLOCK_S:
            yield f"{write.values} was written {pause:.3f} s after the write before it"


def _wrong(write: Write, held: Sequence[tuple[float, str]]) -> Iterator[str]:
    if len(write.values) != 1:
        yield f"{write.values} is not one address"
    had = set(_had(write.at - _ON_ITS_WAY_S, write.at + _CLOCK_S, held))
    for value in write.values:
        if not ip_address(value).is_global:
            yield f"{value} is not an address for everybody"
        if value not in had:
            yield f"{value} was written when the home had {' or '.join(had)}"


def _had(start: float, end: float, held: Sequence[tuple[float, str]]) -> Iterator[str]:
    """What the home had between two moments."""
    for index, (since, address) in enumerate(held):
        until = held[index + 1][0] if index + 1 < len(held) else float("inf")
        if since <= end and until >= start:
            yield address or "none"
