"""Reading frames: what counts as leaving, as DNS, and as a provider request."""

from __future__ import annotations

import struct
from ipaddress import IPv6Address

import dns.message
import dns.update
import pytest

from tests.lab.packet import Packet, connections, kinds, parse, updates
from tests.lab.places import HOME6, PRIMARY, STUN, STUN6

ETHERNET = bytes(12) + b"\x08\x00"
QUERY = dns.message.make_query("home.example.com", "A").to_wire()
UDP_TO_STUN = struct.pack("!HHHH", 40000, 3478, 8, 0)
UPDATE = dns.update.UpdateMessage("example.com").to_wire()


def ipv4(protocol: int, destination: str, body: bytes) -> bytes:
    """A frame with a plain IPv4 header; the checksums are nobody's concern here."""
    octets = bytes(map(int, destination.split(".")))
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0)
    return ETHERNET + head + bytes((81, 2, 69, 142)) + octets + body


def udp(destination: str, port: int, payload: bytes) -> bytes:
    return ipv4(17, destination, struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload)


def tcp(destination: str, port: int, payload: bytes = b"", flags: int = 0x18) -> bytes:
    head = struct.pack("!HHIIBBHHH", 40000, port, 1, 1, 5 << 4, flags, 0, 0, 0)
    return ipv4(6, destination, head + payload)


def ipv6(protocol: int, destination: str, body: bytes) -> bytes:
    head = struct.pack("!IHBB", 0x60000000, len(body), protocol, 255)
    addresses = IPv6Address(HOME6).packed + IPv6Address(destination).packed
    return bytes(12) + b"\x86\xdd" + head + addresses + body


def read(frame: bytes) -> Packet:
    packet = parse(frame)
    assert packet is not None
    return packet


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        pytest.param(udp(PRIMARY, 53, QUERY), "dns", id="a query"),
        pytest.param(tcp(PRIMARY, 53, UPDATE), "dns", id="an update"),
        pytest.param(udp(STUN[0], 3478, b"binding"), "stun", id="STUN over UDP"),
        pytest.param(tcp(STUN[1], 3478), "stun", id="STUN over TCP"),
        pytest.param(tcp("23.21.10.1", 443), "http", id="HTTPS"),
        pytest.param(tcp("46.165.10.10", 8081), "http", id="PowerDNS's API"),
        pytest.param(udp("23.21.10.1", 443, b"quic"), "other", id="QUIC"),
        pytest.param(udp("239.255.255.250", 1900, b"M-SEARCH"), "other", id="SSDP"),
        pytest.param(ipv4(1, PRIMARY, b"ping"), "other", id="ICMP"),
        pytest.param(ipv6(17, STUN6[0], UDP_TO_STUN), "stun", id="STUN over IPv6"),
        pytest.param(ipv6(58, STUN6[0], b"\x80ping"), "other", id="ICMPv6 echo"),
    ],
)
def test_a_packet_is_told_apart_by_where_it_goes(frame: bytes, kind: str) -> None:
    assert kinds([read(frame)]) == {kind}


def test_only_a_request_with_opcode_update_counts_as_a_provider_request() -> None:
    answer = bytearray(UPDATE)
    answer[2] |= 0x80
    frames = {
        "update over UDP": (udp(PRIMARY, 53, UPDATE), 1),
        "update over TCP": (tcp(PRIMARY, 53, struct.pack("!H", len(UPDATE)) + UPDATE), 1),
        "query over UDP": (udp(PRIMARY, 53, QUERY), 0),
        "query over TCP": (tcp(PRIMARY, 53, struct.pack("!H", len(QUERY)) + QUERY), 0),
        "a response": (udp(PRIMARY, 53, bytes(answer)), 0),
        "an empty segment": (tcp(PRIMARY, 53), 0),
        "another port": (udp(PRIMARY, 5353, UPDATE), 0),
    }
    for name, (frame, expected) in frames.items():
        assert updates([read(frame)]) == expected, name


def test_a_connection_is_counted_by_its_first_packet() -> None:
    syn, ack = tcp(PRIMARY, 53, flags=0x02), tcp(PRIMARY, 53, flags=0x10)
    seen = [read(frame) for frame in (syn, syn, ack)]
    assert connections(seen, PRIMARY) == 1, "a repeated SYN is the same connection"
    assert connections(seen, STUN[0]) == 0


def test_a_cut_frame_is_no_packet() -> None:
    whole = udp(PRIMARY, 53, QUERY)
    assert [parse(whole[:length]) for length in range(34)] == [None] * 34


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(bytes(12) + b"\x08\x06" + bytes(46), id="ARP"),
        pytest.param(ipv6(58, "ff02::1:ff00:1", b"\x87" + bytes(23)), id="neighbour solicitation"),
        pytest.param(ipv6(0, "ff02::16", bytes(28)), id="multicast listener report"),
    ],
)
def test_what_is_of_the_link_alone_does_not_count_as_leaving(frame: bytes) -> None:
    assert parse(frame) is None
