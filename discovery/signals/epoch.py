"""Whether a router has lost its state, told by the clock that it sends along. Pure.

NAT-PMP and PCP answers carry the seconds since the router's tables were last empty. A clock that
went back means a restart, and with many routers (miniupnpd is one) a new external address too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """The router's clock and ours when it was received, both in seconds.

    `received` is monotonic. Where that clock stops during sleep, the first answer afterwards looks
    as if the router's clock had run away: PCP's rule calls it a loss, and a look is due anyway.
    """

    router: int
    received: float


def natpmp_lost(last: Epoch | None, now: Epoch) -> bool:
    """Whether a NAT-PMP router lost its state in between (RFC 6886 §3.6).

    Its clock may run slower than ours by an eighth, and be behind by two seconds.
    """
    if last is None:
        return False
    least = last.router + (now.received - last.received) * 7 / 8
    return now.router < least - 2


def pcp_lost(last: Epoch | None, now: Epoch) -> bool:
    """Whether a PCP router lost its state in between (RFC 6887 §8.5).

    Its clock may not go back by more than a second, and the two clocks may not differ by more than
    a sixteenth and two seconds, in either direction.
    """
    if last is None:
        return False
    if now.router + 1 < last.router:
        return True
    ours, theirs = now.received - last.received, now.router - last.router
    return ours + 2 < theirs - theirs / 16 or theirs + 2 < ours - ours / 16
