"""How long a STUN question waits, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All times are seconds.

    RFC 8489 §6.2.1 would wait 39.5 s for an answer; a home's address must be known sooner.
    Browsers ask again after 250 ms (libwebrtc), and so does this.

    TCP is not kept for the end: where UDP is blocked, every look would cost the whole wait. After
    `patience` of silence, three requests unanswered, TCP is tried beside it, and the first good
    answer wins. A server that answers UDP within `patience` never sees a connection.
    """

    sends: tuple[float, ...] = (0.0, 0.25, 0.5, 1.0)  # when the same UDP request leaves
    udp: float = 2.0  # how long one address is listened to over UDP
    next_address: float = 0.25  # how long until the server's next address is asked too
    patience: float = 0.6  # how long until TCP is tried too
    total: float = 3.5  # when the question is given up
