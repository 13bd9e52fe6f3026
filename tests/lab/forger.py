"""A device in the home that speaks in the router's name, as loudly as it can.

Whoever is on the link can put any source address into a datagram. What it cannot have is an answer:
a question to that address goes to the real router.
"""

from __future__ import annotations

import socket
import struct
import time
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from tests.lab.ear import ANNOUNCEMENTS, SSDP
from tests.lab.places import LIE, NEIGHBOUR, ROUTER
from tests.support.namespaces import Inside, Namespace, packet_socket

_PER_SECOND = 500
_HARDWARE = bytes.fromhex("020000000066")  # of a device that the bridge has never seen
_GATEWAY_UUID = "6d696e69-7570-4e70-8d64-000000000001"  # miniupnpd's, which everybody can ask for
_IPV4, _UDP = 0x0800, 17


class _Datagram(NamedTuple):
    group: tuple[str, int]
    port: int
    data: bytes


class Forger:
    """Sends from the neighbour's network socket."""

    def __init__(self, neighbour: Namespace) -> None:
        self._inside = Inside(neighbour)
        self._wire = self._inside.make(partial(packet_socket, "eth0"))
        self._wire.setblocking(True)

    def flood(self, seconds: float, sender: str = ROUTER) -> int:
        """Announce new addresses and restarts by NAT-PMP, PCP and SSDP; give how many."""
        kinds = (_natpmp, _pcp, _alive, _byebye)
        number, started = 0, time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds:
            if number < elapsed * _PER_SECOND:
                self._wire.send(_frame(sender, kinds[number % len(kinds)](number)))
                number += 1
            else:
                time.sleep(1 / _PER_SECOND)
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()
        self._inside.close()


def _natpmp(_number: int) -> _Datagram:
    """A new address, by a router that has just started (RFC 6886 §3.2.1)."""
    answer = struct.pack("!BBHI4s", 0, 128, 0, 0, socket.inet_aton(LIE))
    return _Datagram(ANNOUNCEMENTS, 5351, answer)


def _pcp(number: int) -> _Datagram:
    """Whatever was mapped is lost (RFC 6887 §14.1); its clock jumps about."""
    epoch = number % 2 * 1_000_000
    return _Datagram(ANNOUNCEMENTS, 5351, struct.pack("!BBBBII12x", 2, 0x80, 0, 0, 0, epoch))


def _alive(number: int) -> _Datagram:
    """The router's own device, started anew, and described by somebody else."""
    described = f"LOCATION: http://{NEIGHBOUR}:5000/rootDesc.xml\r\n"
    return _notice("ssdp:alive", f"{described}BOOTID.UPNP.ORG: {number}\r\n")


def _byebye(number: int) -> _Datagram:
    return _notice("ssdp:byebye", f"BOOTID.UPNP.ORG: {number}\r\n")


def _notice(kind: str, more: str) -> _Datagram:
    text = (
        f"NOTIFY * HTTP/1.1\r\nHOST: {SSDP[0]}:{SSDP[1]}\r\nNTS: {kind}\r\n"
        f"NT: upnp:rootdevice\r\nUSN: uuid:{_GATEWAY_UUID}::upnp:rootdevice\r\n{more}\r\n"
    )
    return _Datagram(SSDP, 1900, text.encode())


def _frame(sender: str, datagram: _Datagram) -> bytes:
    """Ethernet, IPv4 and UDP around it. UDP's checksum is left out, as RFC 768 lets."""
    group, to_port = socket.inet_aton(datagram.group[0]), datagram.group[1]
    multicast = b"\x01\x00\x5e" + bytes([group[1] & 0x7F]) + group[2:]  # RFC 1112 §6.4
    length = 8 + len(datagram.data)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 4, _UDP, 0, socket.inet_aton(sender), group
    )
    head = head[:10] + struct.pack("!H", _checksum(head)) + head[12:]
    udp = struct.pack("!HHHH", datagram.port, to_port, length, 0)
    return multicast + _HARDWARE + struct.pack("!H", _IPV4) + head + udp + datagram.data


def _checksum(head: bytes) -> int:
    total: int = sum(struct.unpack("!10H", head))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
