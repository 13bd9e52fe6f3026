"""Reading frames: what counts as leaving, as DNS, and as a provider request."""

from __future__ import annotations

import struct

import dns.message
import dns.update
import pytest

from tests.lab.places import PRIMARY, STUN
from tests.lab.wire import Packet, connections, kinds, parse, updates

ETHERNET = bytes(12) + b"\x08\x00"
QUERY = dns.message.make_query("home.example.com", "A").to_wire()
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


def test_arp_does_not_count_as_leaving() -> None:
    assert parse(bytes(12) + b"\x08\x06" + bytes(46)) is None
