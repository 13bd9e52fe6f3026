"""What Linux tells of this machine's own addresses, routes and links (rtnetlink(7)).

Only as much is parsed as it takes to drop repeats: each router advertisement makes the kernel send
RTMNEW_ADDRESS for every address again, each Wi-Fi scan an RTM_NEWLINK. Whoever is told reads the
state anew, since not all of it is told: a link that goes down takes its IPv4 routes along without
an RTM_DELROUTE.
"""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from errno import EAFNOSUPPORT

from discovery.rtnetlink import (
    ADDRESS,
    IFA_ADDRESS,
    IFA_CACHEINFO,
    IFA_FLAGS,
    IFA_LOCAL,
    NEW_ADDRESS,
    Torn,
    attributes,
    messages,
)
from discovery.signals.kernel_socket import KernelSocket
from discovery.signals.source import LookNow

# RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE of <linux/rtnetlink.h>.
_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400

_NEWLINK, _DELLINK, _DELADDR, _NEWROUTE, _DELROUTE = 16, 17, 21, 24, 25

_LINK = struct.Struct("=BxHiII")  # ifinfomsg: family, type, link, flags, change
_UINT = struct.Struct("=I")

_MOST_REMEMBERED = 1024  # addresses and links; beyond it, repeats count as news for a while

_REASONS = {
    **dict.fromkeys((NEW_ADDRESS, _DELADDR), "an address of this machine changed"),
    **dict.fromkeys((_NEWROUTE, _DELROUTE), "a route of this machine changed"),
    **dict.fromkeys((_NEWLINK, _DELLINK), "a network link of this machine changed"),
}

_Key = tuple[int, int, bytes]  # message type of its kind, family, what it is about


def netlink(look_now: LookNow) -> KernelSocket:
    """Watch this machine's network. Needs no privilege."""
    return KernelSocket(look_now, open_socket=open_netlink, reader=Changes())


def open_netlink() -> socket.socket:
    """A socket that hears of addresses, routes and links. Raises OSError, also off Linux."""
    if sys.platform != "linux":
        raise OSError(EAFNOSUPPORT, "only Linux has netlink")
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    try:
        sock.setblocking(False)
        sock.bind((0, _GROUPS))
    except OSError:
        sock.close()
        raise
    return sock


class Changes:
    """Tells news from repeats, in bounded memory.

    ==============================  =================================================
    message                         is news
    ==============================  =================================================
    RTMNEW_ADDRESS                     when the address is, or its flags, or whether it is
                                    preferred at all (its remaining seconds are not)
    RTM_NEWLINK                     when the link is, or its flags (up, running, …)
    RTM_DEL…, RTM_NEWROUTE          always
    one that cannot be read         always: it cannot be shown to be a repeat
    any other                       never
    ==============================  =================================================
    """

    def __init__(self) -> None:
        """Know nothing: every first message about a thing is news."""
        self._known: dict[_Key, tuple[int, bool]] = {}

    def read(self, data: bytes, sender: object) -> str | None:
        """The reason to look for a batch of messages; only the kernel (port 0) is heard."""
        if isinstance(sender, tuple) and sender[0] != 0:
            return None
        why: str | None = None
        with suppress(Torn):
            for message in messages(data):
                if self._is_news(message.kind, message.body):
                    why = why or _REASONS[message.kind]
        return why

    def forget(self) -> None:
        """Messages were lost, so any message may be news."""
        self._known.clear()

    def _is_news(self, kind: int, body: bytes) -> bool:
        if kind in {NEW_ADDRESS, _DELADDR}:
            about = read_address(body)
        elif kind in {_NEWLINK, _DELLINK}:
            about = read_link(body)
        else:
            return kind in _REASONS
        if about is None:
            return True
        key, state = about
        if kind in {_DELADDR, _DELLINK}:
            self._known.pop(key, None)
            return True
        if self._known.get(key) == state:
            return False
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = state
        return True


def read_address(body: bytes) -> tuple[_Key, tuple[int, bool]] | None:
    """Which address on which link a message is about, and its flags and whether it is preferred."""
    if len(body) < ADDRESS.size:
        return None
    family, prefix, flags, _, link = ADDRESS.unpack_from(body)
    address, local, preferred = b"", b"", True
    with suppress(Torn):
        for kind, value in attributes(body[ADDRESS.size :]):
            if kind == IFA_ADDRESS:
                address = value
            elif kind == IFA_LOCAL:
                local = value
            elif kind == IFA_FLAGS and len(value) == _UINT.size:
                flags = _UINT.unpack(value)[0]  # the header has room for the low eight only
            elif kind == IFA_CACHEINFO and len(value) >= _UINT.size:
                preferred = _UINT.unpack_from(value)[0] > 0
    # On a point-to-point link IFA_ADDRESS is the other end, and IFA_LOCAL is ours.
    about = _UINT.pack(link) + bytes([prefix, len(local)]) + local + address
    return (NEW_ADDRESS, family, about), (flags, preferred)


def read_link(body: bytes) -> tuple[_Key, tuple[int, bool]] | None:
    """Which link a message is about, and its flags."""
    if len(body) < _LINK.size:
        return None
    family, _, link, flags, _ = _LINK.unpack_from(body)
    return (_NEWLINK, family, struct.pack("=i", link)), (flags, True)
