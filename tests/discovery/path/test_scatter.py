"""What many sightings add up to."""

from __future__ import annotations

from ipaddress import IPv4Address

from discovery.path.exchange import Peer, Reply
from discovery.path.line import NO_ANSWER, Target
from discovery.path.scatter import Sighting, read_sightings

SERVER = Target(name="stun.example.org:3478", peer=Peer(IPv4Address("141.101.90.1"), 3478))


def sighting(local: int, address: str, port: int, rewritten: str = "") -> Sighting:
    mapped = Peer(IPv4Address(address), port)
    return Sighting(local, SERVER, Reply(source=SERVER.peer, mapped=mapped, rewritten=rewritten))


def test_every_socket_is_told_with_its_server() -> None:
    seen = read_sightings([sighting(5000, "81.2.69.142", 6000)])
    (one,) = seen.mapped
    assert (one.local_port, one.port, one.server) == (5000, 6000, "stun.example.org:3478")
    assert seen.note == ""


def test_a_rewriter_is_told_once() -> None:
    seen = read_sightings([sighting(n, "81.2.69.142", n, "192.168.1.10:9") for n in (1, 2)])
    assert seen.rewritten == ("192.168.1.10:9",)


def test_an_address_that_is_not_public_is_no_line_of_ours() -> None:
    seen = read_sightings([sighting(1, "10.6.6.6", 1), sighting(2, "81.2.69.142", 2)])
    assert [str(address) for address in seen.addresses] == ["81.2.69.142"]
    assert seen.note == "stun.example.org:3478 names 10.6.6.6, which is not a public address."


def test_no_answer_is_no_sighting() -> None:
    assert read_sightings([]).note == NO_ANSWER
