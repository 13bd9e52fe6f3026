"""Addresses, routes and links of a box, changed by the kernel's own messages (rtnetlink(7)).

`ip` takes ten milliseconds to start, on a machine where the agent's answer to the change is timed.
A message is carried out before `sendto` returns, so the moment of a change is known exactly.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from functools import partial

from tests.support.namespaces import Inside, Namespace

_REQUEST, _ACK = 0x1, 0x4
_REPLACE, _CREATE = 0x100, 0x400
_NLMSG_ERROR = 2
_NEWLINK, _NEWADDR, _DELADDR, _NEWROUTE, _DELROUTE = 16, 20, 21, 24, 25
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_RTA_DST, _RTA_OIF, _RTA_GATEWAY = 1, 4, 5
_IFF_UP = 0x1
_TABLE_MAIN, _PROTO_BOOT, _UNICAST, _ONLINK = 254, 3, 1, 4
_UNIVERSE, _LINK_SCOPE = 0, 253
_ALREADY_SO = (errno.EEXIST, errno.EADDRNOTAVAIL, errno.ESRCH)
_HEADER = struct.Struct("=IHHII")


class Kernel:
    """The IPv4 side of one box. What is so already, or gone already, is no error."""

    def __init__(self, namespace: Namespace) -> None:
        """Open a socket in the namespace; its interfaces must be there."""
        inside = Inside(namespace)
        try:
            make = partial(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            self._socket = inside.make(make)
            self._number = {name: number for number, name in inside.make(socket.if_nameindex)}
        finally:
            inside.close()
        self._socket.settimeout(5)

    def link(self, device: str, *, up: bool) -> None:
        """Switch an interface on or off."""
        flags = _IFF_UP if up else 0
        head = struct.pack("=BxHiII", 0, 0, self._number[device], flags, _IFF_UP)
        self._ask(_NEWLINK, 0, head)

    def add_address(self, device: str, address: str, bits: int) -> None:
        """Give an interface an address, behind those that it has."""
        self._ask(_NEWADDR, _CREATE, self._address(device, address, bits))

    def remove_address(self, device: str, address: str, bits: int) -> None:
        """Take one away; with the last one go the routes of the interface."""
        self._ask(_DELADDR, 0, self._address(device, address, bits))

    def default_route(self, device: str, gateway: str) -> None:
        """Send everything to a neighbour, whatever the addresses here are."""
        head = self._route(0, _UNIVERSE, _ONLINK)
        body = head + _ip(_RTA_GATEWAY, gateway) + self._by(device)
        self._ask(_NEWROUTE, _CREATE | _REPLACE, body)

    def host_route(self, device: str, address: str) -> None:
        """Look for one address on an interface."""
        body = self._route(32, _LINK_SCOPE) + _ip(_RTA_DST, address) + self._by(device)
        self._ask(_NEWROUTE, _CREATE | _REPLACE, body)

    def remove_host_route(self, device: str, address: str) -> None:
        """And no longer."""
        body = self._route(32, _LINK_SCOPE) + _ip(_RTA_DST, address) + self._by(device)
        self._ask(_DELROUTE, 0, body)

    def close(self) -> None:
        self._socket.close()

    def _address(self, device: str, address: str, bits: int) -> bytes:
        head = struct.pack("=BBBBi", socket.AF_INET, bits, 0, _UNIVERSE, self._number[device])
        return head + _ip(_IFA_LOCAL, address) + _ip(_IFA_ADDRESS, address)

    def _route(self, bits: int, scope: int, flags: int = 0) -> bytes:
        kind = (_TABLE_MAIN, _PROTO_BOOT, scope, _UNICAST)
        return struct.pack("=BBBBBBBBI", socket.AF_INET, bits, 0, 0, *kind, flags)

    def _by(self, device: str) -> bytes:
        return _attribute(_RTA_OIF, struct.pack("=i", self._number[device]))

    def _ask(self, kind: int, flags: int, body: bytes) -> None:
        length = _HEADER.size + len(body)
        header = _HEADER.pack(length, kind, _REQUEST | _ACK | flags, 1, 0)
        self._socket.sendto(header + body, (0, 0))
        reply = self._socket.recv(4096)
        answer, error = struct.unpack_from("=H10xi", reply, 4)
        assert answer == _NLMSG_ERROR, "the kernel acknowledges every request"
        if error and -error not in _ALREADY_SO:
            raise OSError(-error, os.strerror(-error))


def _ip(kind: int, address: str) -> bytes:
    return _attribute(kind, socket.inet_aton(address))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value
