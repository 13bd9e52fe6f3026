"""What ICMP says of a packet that was sent, as Linux hands it to whoever sent it (ip(7)).

With IP_RECVERR set, errors wait in the socket's error queue, and each comes with a control message:
`struct sock_extended_err` (linux/errqueue.h) and the address of the router that complained.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

# linux/in.h; Python names them since 3.14 at the earliest.
IP_RECVERR = 11
_SOL_IP = 0

_EXTENDED_ERROR = struct.Struct("=IBBBBII")  # errno, origin, type, code, pad, info, data
_OFFENDER = struct.Struct("=HH4s")  # family, port, address: the start of struct sockaddr_in
_FROM_ICMP = 2  # SO_EE_ORIGIN_ICMP
_UNREACHABLE, _TIME_EXCEEDED = 3, 11  # ICMP types (RFC 792)

Kind = Literal["expired", "unreachable", "answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What came back for a packet: it ran out of hops, it was turned away, or it was answered."""

    kind: Kind
    sender: IPv4Address


def read_complaint(ancillary: Iterable[tuple[int, int, bytes]]) -> Word | None:
    """Read the control messages of one entry of the error queue; None where no router spoke."""
    for level, kind, data in ancillary:
        if (level, kind) != (_SOL_IP, IP_RECVERR):
            continue
        if len(data) < _EXTENDED_ERROR.size + _OFFENDER.size:
            return None
        _, origin, icmp_type, *_ = _EXTENDED_ERROR.unpack_from(data)
        sender = IPv4Address(_OFFENDER.unpack_from(data, _EXTENDED_ERROR.size)[2])
        if origin != _FROM_ICMP or sender.is_unspecified:
            return None
        if icmp_type == _TIME_EXCEEDED:
            return Word(kind="expired", sender=sender)
        return Word(kind="unreachable", sender=sender) if icmp_type == _UNREACHABLE else None
    return None
