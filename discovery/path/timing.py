"""How long the measurements of the path try, and how fast they may ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """When the same packet leaves, counted from the first, and when silence counts as silence.

    All in seconds.
    """

    sends: tuple[float, ...]
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTiming:
    """All times are seconds.

    `spacing` keeps every server below ten new transactions a second, and sends apart so that
    their repetitions do not fall together, as RFC 5780 §5 asks. `silence` is how long a packet is
    waited for that a NAT may well hold back; it is longer than `answer`, because there a lost
    packet would not be missed but taken for a filter.
    """

    lookup: float = 1.5  # until the servers' names must be known
    answer: Tries = Tries(sends=(0.0, 0.25, 0.5), wait=1.0)
    silence: Tries = Tries(sends=(0.0, 0.5, 1.0), wait=1.8)
    near: Tries = Tries(sends=(0.0, 0.5), wait=1.2)  # what the first routers are asked
    connect: float = 1.5  # until a TCP connection must stand
    spacing: float = 0.1
    limit: float = 5.5  # until a measurement is given up as a whole
