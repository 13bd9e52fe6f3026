"""The bytes of PCP, the Port Control Protocol (RFC 6887). Pure but for the nonce.

PCP has no question for the external address. ANNOUNCE shows that the gateway speaks PCP; the
address comes only with a mapping. So a short mapping is made for our own, about to be closed
socket, and deleted again.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

VERSION: Final = 2
ANNOUNCE: Final = 0
MAP: Final = 1
UDP: Final = 17  # the IANA protocol number
NONCE_SIZE: Final = 12

SUCCESS: Final = 0
NETWORK_FAILURE: Final = 7
ADDRESS_MISMATCH: Final = 12

# RFC 6887 §7.4, completing "answered …".
RESULTS: Final = {
    1: "that it does not speak this version of PCP",
    2: "that this machine is not authorized",
    3: "that the request was malformed",
    4: "that it does not support this question",
    5: "that it does not support an option",
    6: "that an option was malformed",
    7: "that its own network has failed: it has no external address at the moment",
    8: "that it has no more resources",
    9: "that it does not map UDP",
    10: "that this machine has too many mappings",
    11: "that it cannot provide the external address",
    12: "that another router rewrites our address on the way to it",
    13: "that there are too many peers",
}

_MAPPED = IPv6Address("::ffff:0.0.0.0").packed[:12]
_HEADER = struct.Struct("!BBxBII12x")  # of a response: version, R|opcode, result, lifetime, epoch
_MAP = struct.Struct("!12sB3xHH16s")  # nonce, protocol, internal port, external port, address
_LONGEST = 1100  # RFC 6887 §7


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpReply:
    """A response; `external` and `nonce` are those of a MAP response."""

    opcode: int
    result: int
    lifetime_s: int
    epoch_s: int
    nonce: bytes = b""
    external: IPv4Address | IPv6Address | None = None


def fresh_nonce() -> bytes:
    """96 random bits that tie an answer to its request (§11.2)."""
    return secrets.token_bytes(NONCE_SIZE)


def announce(client: IPv4Address) -> bytes:
    """An ANNOUNCE request (§14.1), which changes nothing and whose answer tells the epoch."""
    return _request(ANNOUNCE, 0, client)


def map_udp(client: IPv4Address, port: int, *, nonce: bytes, lifetime_s: int) -> bytes:
    """A MAP request (§11.1) for our own UDP `port`; with `lifetime_s` 0 it deletes (§15).

    The client's address stands in the packet: a gateway that sees another source address answers
    ADDRESS_MISMATCH, which gives a second NAT away.
    """
    any_external = _MAPPED + bytes(4)
    return _request(MAP, lifetime_s, client) + _MAP.pack(nonce, UDP, port, 0, any_external)


def _request(opcode: int, lifetime_s: int, client: IPv4Address) -> bytes:
    return struct.pack("!BBxxI16s", VERSION, opcode, lifetime_s, _MAPPED + client.packed)


def read_reply(data: bytes) -> PcpReply | None:
    """Read a response; None for what is none: a request, another version, a wrong length."""
    if not _HEADER.size <= len(data) <= _LONGEST or len(data) % 4:
        return None
    version, kind, result, lifetime, epoch = _HEADER.unpack_from(data)
    if version != VERSION or not kind & 0x80:
        return None
    nonce, external = b"", None
    if kind & 0x7F == MAP and len(data) >= _HEADER.size + _MAP.size:
        nonce, _, _, _, packed = _MAP.unpack_from(data, _HEADER.size)
        six = IPv6Address(packed)
        external = six.ipv4_mapped or six
    return PcpReply(
        opcode=kind & 0x7F,
        result=result,
        lifetime_s=lifetime,
        epoch_s=epoch,
        nonce=nonce,
        external=external,
    )
