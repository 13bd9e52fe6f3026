"""The bytes of NAT-PMP, the NAT Port Mapping Protocol (RFC 6886). Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

SUCCESS: Final = 0
UNSUPPORTED_VERSION: Final = 1
NETWORK_FAILURE: Final = 3

# RFC 6886 §3.5, completing "answered …".
RESULTS: Final = {
    1: "that it does not speak NAT-PMP",
    2: "that NAT-PMP is switched off",
    3: "that it has no external address: its line is down, or the provider shares one address "
    "among customers (CGNAT)",
    4: "that it has no more resources",
    5: "that it does not know the question",
}

_RESPONSE = 128
_HEAD = struct.Struct("!BBHI")  # version, opcode, result, seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class PmpReply:
    """The answer to an external address request (§3.2). Without success there is no address."""

    result: int
    epoch_s: int
    address: IPv4Address | None


def request() -> bytes:
    """The external address request (§3.2): version 0, opcode 0."""
    return b"\x00\x00"


def read_reply(data: bytes) -> PmpReply | None:
    """Read an answer; None for what is none.

    With an error code some gateways leave the address away and send 8 bytes; a gateway that knows
    PCP only answers in version 2 (RFC 6887 §9), which says the same as result 1.
    """
    if len(data) < _HEAD.size:
        return None
    version, opcode, result, epoch = _HEAD.unpack_from(data)
    if version != 0 or opcode != _RESPONSE:
        return None
    if result != SUCCESS:
        return PmpReply(result=result, epoch_s=epoch, address=None)
    if len(data) != _HEAD.size + 4:
        return None
    return PmpReply(result=result, epoch_s=epoch, address=IPv4Address(data[_HEAD.size :]))
