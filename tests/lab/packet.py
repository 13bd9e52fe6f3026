"""One packet that left the home, read from its frame and told apart by kind."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from tests.lab.places import STUN, STUN6

Kind = Literal["dns", "stun", "http", "other"]
_Ip = IPv4Address | IPv6Address
_TCP, _UDP = 6, 17
_HOP_BY_HOP, _ICMPV6 = 0, 58
_UPDATE = 5  # the opcode (RFC 2136 §2.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet as it left; ports are 0 where the protocol has none."""

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
        if self.destination in (*STUN, *STUN6) and self.destination_port == 3478:
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
    """Read an Ethernet frame; None for what does not leave, such as ARP and its kin in IPv6."""
    kind, header = frame[12:14], frame[14:]
    if kind == b"\x08\x00" and len(header) >= 20:
        length, total = (header[0] & 0x0F) * 4, struct.unpack_from("!H", header, 2)[0]
        source, destination = IPv4Address(header[12:16]), IPv4Address(header[16:20])
        return _packet(header[9], source, destination, header[length:total])
    if kind == b"\x86\xdd" and len(header) >= 40:
        total = 40 + struct.unpack_from("!H", header, 4)[0]
        six = IPv6Address(header[8:24]), IPv6Address(header[24:40])
        return None if _is_of_the_link(header) else _packet(header[6], *six, header[40:total])
    return None


def _is_of_the_link(header: bytes) -> bool:
    """Neighbour discovery (RFC 4861 §4) and multicast listeners' reports (RFC 3810 §5)."""
    next_header, icmp_type = header[6], header[40] if len(header) > 40 else 0
    return next_header == _HOP_BY_HOP or (next_header == _ICMPV6 and 130 <= icmp_type <= 143)


def _packet(
    protocol: int,
    source: IPv4Address | IPv6Address,
    destination: IPv4Address | IPv6Address,
    body: bytes,
) -> Packet:
    ports, payload, opens = (0, 0), body, False
    if protocol == _UDP and len(body) >= 8:
        ports, payload = struct.unpack_from("!HH", body), body[8:]
    elif protocol == _TCP and len(body) >= 20:
        ports, payload = struct.unpack_from("!HH", body), body[(body[12] >> 4) * 4 :]
        opens = body[13] & 0x12 == 0x02
    return Packet(
        protocol=protocol,
        source=str(source),
        source_port=ports[0],
        destination=str(destination),
        destination_port=ports[1],
        payload=payload,
        opens=opens,
    )
