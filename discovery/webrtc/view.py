"""What the WebRTC stack found: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from discovery.observation import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class IceCandidate:
    """One candidate of a gather (RFC 8445 §5.1.1); `base` is the local address behind a srflx."""

    kind: Literal["host", "srflx"]
    address: Address
    port: int
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IceView:
    """A real gather, and a data channel between two peers over server-reflexive candidates alone.

    `data_channel` is the hairpin test as a WebRTC application lives it; None when it could not be
    tried, and `note` says why in one sentence. Beside False, `note` says what that cannot tell
    apart. `server` is the STUN server of the gather.
    """

    available: bool = True
    server: str = ""
    candidates: tuple[IceCandidate, ...] = ()
    data_channel: bool | None = None
    note: str = ""
