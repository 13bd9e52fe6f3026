"""Every packet that leaves the home, read off the router's WAN side and told apart by kind."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from typing import Any, Literal

from tests.lab.firewall import FENCE_PORT
from tests.lab.places import STRANGER, STUN
from tests.support.daemon import until
from tests.support.namespaces import Inside, Namespace, packet_socket

Kind = Literal["dns", "stun", "http", "other"]
_OUTGOING = 4  # PACKET_OUTGOING of <linux/if_packet.h>
_TCP, _UDP = 6, 17
_UPDATE = 5  # the opcode (RFC 2136 §2.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One IPv4 packet as it left; ports are 0 where the protocol has none."""

    protocol: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes
    opens: bool = False  # the first packet of a TCP connection (SYN without ACK)

    @property
    def kind(self) -> Kind:
        """What it is for, told by its port."""
        if self.destination_port == 53:
            return "dns"
        if self.destination in STUN and self.destination_port == 3478:
            return "stun"
        if self.protocol == _TCP and self.destination_port in {80, 443, 8081}:
            return "http"
        return "other"

    @property
    def is_dns_update(self) -> bool:
        """Whether it carries a request with opcode UPDATE, over UDP or as TCP's first segment."""
        message = self.payload[2:] if self.protocol == _TCP else self.payload
        if self.kind != "dns" or len(message) < 12:
            return False
        flags: int = struct.unpack_from("!H", message, 2)[0]
        is_request = not flags & 0x8000
        return is_request and (flags >> 11) & 0xF == _UPDATE


class Wire:
    """A tap on both of the router's WAN interfaces, from its making until `close`."""

    def __init__(self, router: Namespace, home: Namespace) -> None:
        self._router, self._home = Inside(router), Inside(home)
        self._taps = [self._router.make(partial(packet_socket, dev)) for dev in ("wan", "wan2")]
        self._seen: list[Packet] = []

    def take(self, *, fence: bool = True) -> tuple[Packet, ...]:
        """What has left since the last time.

        A packet of our own is sent after the others and awaited, so none is still on its way;
        without a `fence` (the cable is pulled) the tap is only emptied.
        """
        if fence:
            token = os.urandom(16)
            self._home.make(lambda: _mark(token))
            until(lambda: self._drained(token), "the wire-tap does not see the home's packets")
        else:
            self._drain()
        seen = tuple(packet for packet in self._seen if packet.destination_port != FENCE_PORT)
        self._seen.clear()
        return seen

    def close(self) -> None:
        for tap in self._taps:
            tap.close()
        self._router.close()
        self._home.close()

    def _drained(self, token: bytes) -> bool:
        self._drain()
        return any(packet.payload == token for packet in self._seen)

    def _drain(self) -> None:
        for tap in reversed(self._taps):  # the mark, which comes by the first, is seen last
            for frame, sender in _frames(tap):
                packet = parse(frame) if sender[2] == _OUTGOING else None
                if packet is not None:
                    self._seen.append(packet)


def kinds(packets: Iterable[Packet]) -> set[Kind]:
    """The kinds of packets that occur."""
    return {packet.kind for packet in packets}


def updates(packets: Iterable[Packet]) -> int:
    """How often a provider was asked for a change by RFC 2136."""
    return sum(packet.is_dns_update for packet in packets)


def connections(packets: Iterable[Packet], address: str) -> int:
    """How many TCP connections were opened to an address."""
    return len({p.source_port for p in packets if p.opens and p.destination == address})


def parse(frame: bytes) -> Packet | None:
    """Read an Ethernet frame; None for anything but IPv4 (ARP, for one, does not leave)."""
    if len(frame) < 34 or frame[12:14] != b"\x08\x00":
        return None
    ip = frame[14:]
    header, total, protocol = (ip[0] & 0x0F) * 4, struct.unpack_from("!H", ip, 2)[0], ip[9]
    body = ip[header:total]
    ports, payload, opens = (0, 0), body, False
    if protocol == _UDP and len(body) >= 8:
        ports, payload = struct.unpack_from("!HH", body), body[8:]
    elif protocol == _TCP and len(body) >= 20:
        ports, payload = struct.unpack_from("!HH", body), body[(body[12] >> 4) * 4 :]
        opens = body[13] & 0x12 == 0x02
    return Packet(
        protocol=protocol,
        source=str(IPv4Address(ip[12:16])),
        source_port=ports[0],
        destination=str(IPv4Address(ip[16:20])),
        destination_port=ports[1],
        payload=payload,
        opens=opens,
    )


def _frames(tap: socket.socket) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
    """Everything that waits at a tap, with the kernel's note on it."""
    while True:
        try:
            yield tap.recvfrom(65535)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENETDOWN:  # said once when the line goes down
                raise


def _mark(token: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as marker:
        # Past a VPN, whose packets would hide it.
        marker.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        marker.sendto(token, (STRANGER, FENCE_PORT))
