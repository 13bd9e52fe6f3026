"""How rtnetlink frames what it says: messages, and attributes inside them (netlink(7)). Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

HEADER: Final = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # rtattr: length, type
_TYPE_MASK = 0x3FFF  # the two bits above say how the value is packed

# linux/rtnetlink.h, linux/if_addr.h
NEW_ADDRESS: Final = 20
ADDRESS: Final = struct.Struct("=BBBBI")  # ifaddrmsg: family, prefix, low flags, scope, link
IFA_ADDRESS, IFA_LOCAL, IFA_CACHEINFO, IFA_FLAGS = 1, 2, 6, 8


class Torn(ValueError):
    """The bytes end in the middle of something. What came before it is whole."""


class Message(NamedTuple):
    """One message without its header."""

    kind: int
    flags: int
    body: bytes


def messages(data: bytes) -> Iterator[Message]:
    """The messages of a batch, which all begin on a boundary of four bytes. Raises `Torn`."""
    at = 0
    while at < len(data):
        if len(data) - at < HEADER.size:
            raise Torn("it ends in the middle of a header")
        length, kind, flags, _sequence, _port = HEADER.unpack_from(data, at)
        if not HEADER.size <= length <= len(data) - at:
            raise Torn("it ends in the middle of a message")
        yield Message(kind, flags, data[at + HEADER.size : at + length])
        at += _aligned(length)


def attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each attribute. Raises `Torn`."""
    at = 0
    while at < len(body):
        if len(body) - at < _ATTRIBUTE.size:
            raise Torn("an attribute's head is cut short")
        length, kind = _ATTRIBUTE.unpack_from(body, at)
        if not _ATTRIBUTE.size <= length <= len(body) - at:
            raise Torn("an attribute is longer than its message")
        yield kind & _TYPE_MASK, body[at + _ATTRIBUTE.size : at + length]
        at += _aligned(length)


def _aligned(length: int) -> int:
    return (length + 3) & ~3
