"""A STUN server (RFC 8489) that sees this home come from its pretend public address.

Written with `struct` alone: the agent's codec is another one, so each checks the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from ipaddress import IPv4Address

from agent.demo.pretend.doors import Endpoint
from agent.demo.pretend.line import Line

_COOKIE = 0x2112A442
_HEADER = struct.Struct("!HHI12s")  # type, length, magic cookie, transaction id (§5)
_ATTRIBUTE = struct.Struct("!HH")  # type, length (§14)

_REQUEST, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111  # Binding, by class
_ERROR_CODE, _UNKNOWN_ATTRIBUTES = 0x0009, 0x000A
_XOR_MAPPED_ADDRESS, _SOFTWARE = 0x0020, 0x8022
_IPV4 = 0x01
_OPTIONAL = 0x8000  # attributes from here on may be passed over (§14)


class StunServer:
    """Answers Binding requests over UDP; `asked` counts them."""

    def __init__(self, line: Line) -> None:
        """Look at the home from the far end of `line`."""
        self._line = line
        self.asked = 0

    def hear(self, datagram: bytes, sender: Endpoint) -> bytes | None:
        """Answer one datagram; None where silence is the right answer."""
        reply = respond(datagram, self._line.address, sender[1])
        self.asked += reply is not None
        return reply


def respond(datagram: bytes, address: IPv4Address, port: int) -> bytes | None:
    """Tell whoever sent `datagram` that it came from `address` and `port`.

    Whatever is not a Binding request is passed over in silence (§6.3). An attribute that must be
    understood and is not leads to error 420 with its number (§6.3.1).
    """
    if len(datagram) < _HEADER.size:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(datagram)
    body = datagram[_HEADER.size :]
    if kind != _REQUEST or cookie != _COOKIE or length != len(body):
        return None
    try:
        strangers = [kind for kind in _kinds(body) if kind < _OPTIONAL]
    except struct.error:
        return None
    if strangers:
        reason = struct.pack("!HBB", 0, 4, 20) + b"Unknown Attribute"
        numbers = struct.pack(f"!{len(strangers)}H", *strangers)
        found = (_attribute(_ERROR_CODE, reason), _attribute(_UNKNOWN_ATTRIBUTES, numbers))
        return _message(_ERROR, transaction, *found)
    mapped = struct.pack("!xBHI", _IPV4, port ^ (_COOKIE >> 16), int(address) ^ _COOKIE)
    return _message(
        _SUCCESS,
        transaction,
        _attribute(_XOR_MAPPED_ADDRESS, mapped),
        _attribute(_SOFTWARE, b"pretend home"),
    )


def _kinds(body: bytes) -> Iterator[int]:
    """The type of each attribute. Raises struct.error where one runs over the end."""
    at = 0
    while at < len(body):
        kind, length = _ATTRIBUTE.unpack_from(body, at)
        at += _ATTRIBUTE.size + length + -length % 4
        if at > len(body):
            raise struct.error("an attribute runs over the end of the message")
        yield kind


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _message(kind: int, transaction: bytes, *attributes: bytes) -> bytes:
    body = b"".join(attributes)
    return _HEADER.pack(kind, len(body), _COOKIE, transaction) + body
