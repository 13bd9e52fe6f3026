"""When to look again. Pure.

=====================================  =====================================================
the last round                         seconds until the next
=====================================  =====================================================
all is right                           the safety poll
offline, captive, no address           2, 4, 8 … 60: the network is awaited here, not by init
an IPv6 address is not ready, or not   2, 4, 8 … at most the safety poll
seen from outside yet
something is held until a known time   until just after that time, if the safety poll is later
anything else                          30, 60, 120 … at most the safety poll
=====================================  =====================================================

Each is varied by ±20 %, so that a thousand homes do not ask in step; to a known time up to a second
is added, for a look before it would be for nothing, and less where the wait is short.
"""

from __future__ import annotations

from agent.decide.exit_status import Exit

_SOON, _OFFLINE_MOST = 2.0, 60.0
_WRONG_FIRST = 30.0
_JITTER = 0.2
_KNOWN_JITTER = 0.05
_GRAIN = 0.01  # the wall clock and the loop's need not agree to the millisecond


def longest(poll: float) -> float:
    """The longest that a quiet agent waits, in seconds."""
    return poll * (1.0 + _JITTER)


def next_in(
    status: Exit,
    *,
    poll: float,
    streak: int,
    held_for: float | None = None,
    soon: bool = False,
    jitter: float = 0.5,
) -> float:
    """Seconds until the next round.

    `streak` counts the rounds in a row with this status before this one; `held_for` is seconds
    until the earliest known end of a hold; `soon` says that something may be ready within seconds;
    `jitter` is a random number from 0 to 1.
    """
    doubling = 2.0 ** min(streak, 16)
    if status is Exit.HEALTHY:
        wait = poll
    elif status is Exit.OFFLINE:
        wait = min(_SOON * doubling, _OFFLINE_MOST, poll)
    elif held_for is None:
        wait = min((_SOON if soon else _WRONG_FIRST) * doubling, poll)
    elif held_for < poll:
        held_for = max(held_for, 0.0)
        return held_for + _GRAIN + jitter * min(1.0, held_for * _KNOWN_JITTER)
    else:
        wait = poll
    return wait * (1.0 - _JITTER + 2.0 * _JITTER * jitter)
