"""When to look again. Pure.

=====================================  =====================================================
the last round                         seconds until the next
=====================================  =====================================================
all is right                           the safety poll
offline, captive, no address           2, 4, 8 … 60: the network is awaited here, not by init
something is held until a known time   that time, within 1 s and the safety poll
anything else                          30, 60, 120 … at most the safety poll
=====================================  =====================================================

Each is varied by ±20 %, so that a thousand homes do not ask in step.
"""

from __future__ import annotations

from agent.decide.exit_status import Exit

_OFFLINE_FIRST, _OFFLINE_MOST = 2.0, 60.0
_WRONG_FIRST = 30.0
_JITTER = 0.2


def next_in(
    status: Exit,
    *,
    poll: float,
    streak: int,
    held_for: float | None = None,
    jitter: float = 0.5,
) -> float:
    """Seconds until the next round.

    `streak` counts the rounds in a row with this status before this one; `held_for` is seconds
    until the earliest known end of a hold; `jitter` is a random number from 0 to 1.
    """
    doubling = 2.0 ** min(streak, 16)
    if status is Exit.HEALTHY:
        wait = poll
    elif status is Exit.OFFLINE:
        wait = min(_OFFLINE_FIRST * doubling, _OFFLINE_MOST, poll)
    elif held_for is not None:
        wait = min(max(held_for, 1.0), poll)
    else:
        wait = min(_WRONG_FIRST * doubling, poll)
    return wait * (1.0 - _JITTER + 2.0 * _JITTER * jitter)
