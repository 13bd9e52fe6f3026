"""How long the WebRTC stack is waited for, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All times are seconds.

    aioice itself waits five seconds for a STUN server that is silent towards one of the machine's
    addresses, and 63 seconds for a peer that cannot be reached: it sends at 0, 0.5, 1.5, 3.5, ...
    """

    gathering: float = 1.0  # one gather: two requests from each local address
    checking: float = 2.0  # connectivity checks: three requests for each pair of candidates
    opening: float = 1.5  # DTLS and SCTP, once the peers have found each other
    closing: float = 0.5  # saying goodbye; what is open after that is cut off


DEFAULT = Timing()
