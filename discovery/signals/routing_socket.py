"""What macOS tells of this machine's own addresses, routes and links (route(4), AF_ROUTE).

Written from Darwin's <net/route.h> and route(4); the reader is tested with messages made by hand,
the socket itself has not met a Mac.
"""

from __future__ import annotations

import socket
import struct
import sys
from errno import EAFNOSUPPORT

from discovery.signals.kernel_socket import KernelSocket
from discovery.signals.source import LookNow

_AF_ROUTE = 17  # <sys/socket.h>; Python names it on the BSDs only
_VERSION = 5  # RTM_VERSION
_HEADER = struct.Struct("=HBB")  # of every message: length, version, type
_ROUTE_FLAGS = struct.Struct("=HBBHxxi")  # rt_msghdr goes on with link and flags

_ADD, _DELETE, _CHANGE, _NEWADDR, _DELADDR, _IFINFO = 0x1, 0x2, 0x3, 0xC, 0xD, 0xE

# Neighbours in the ARP table and one host route for each machine spoken to also stand in Darwin's
# routing table. They come and go all day and tell nothing.
_RTF_LLINFO, _RTF_WASCLONED = 0x400, 0x20000

_REASONS = {
    **dict.fromkeys((_NEWADDR, _DELADDR), "an address of this machine changed"),
    **dict.fromkeys((_ADD, _DELETE, _CHANGE), "a route of this machine changed"),
    _IFINFO: "a network link of this machine changed",
}


def routing_socket(look_now: LookNow) -> KernelSocket:
    """Watch this machine's network. Needs no privilege."""
    return KernelSocket(look_now, open_socket=open_routing_socket, reader=RouteMessages())


def open_routing_socket() -> socket.socket:
    """A socket that hears every routing message. Raises OSError, also off macOS."""
    if sys.platform != "darwin":  # the number means something else elsewhere
        raise OSError(EAFNOSUPPORT, "only macOS has a routing socket of this kind")
    sock = socket.socket(_AF_ROUTE, socket.SOCK_RAW, 0)
    sock.setblocking(False)
    return sock


class RouteMessages:
    """Tells news from chatter; nothing is remembered."""

    def read(self, data: bytes, _sender: object) -> str | None:
        """The reason to look for what one read brought: usually one message, maybe several."""
        at = 0
        while len(data) - at >= _HEADER.size:
            length, version, kind = _HEADER.unpack_from(data, at)
            if not _HEADER.size <= length <= len(data) - at or version != _VERSION:
                return None
            if kind in _REASONS and not _is_chatter(kind, data[at : at + length]):
                return _REASONS[kind]
            at += length
        return None

    def forget(self) -> None:
        """Nothing to forget."""


def _is_chatter(kind: int, message: bytes) -> bool:
    if kind not in {_ADD, _DELETE, _CHANGE} or len(message) < _ROUTE_FLAGS.size:
        return False
    flags = _ROUTE_FLAGS.unpack_from(message)[-1]
    return bool(flags & (_RTF_LLINFO | _RTF_WASCLONED))
