"""Reading candidates, and taking out of SDP what must not lead the peers to each other."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Literal

import pytest

from discovery.webrtc.candidates import (
    has_candidate,
    obstacle,
    outer_addresses,
    own_addresses,
    read_candidates,
    reflexive_only,
)
from discovery.webrtc.view import IceCandidate

HOME, BRIDGE, WAN = "192.168.1.10", "172.17.0.1", "81.2.69.142"
SECOND = "62.10.0.9"  # a public address of the machine itself, beside the translated one
OWN = frozenset(map(IPv4Address, (HOME, BRIDGE, SECOND)))


@dataclass
class Found:
    """What aiortc lists."""

    type: str
    ip: str
    port: int = 50000
    relatedAddress: str | None = None  # noqa: N815 - aiortc's name


def host(address: str) -> IceCandidate:
    return _candidate("host", address)


def srflx(address: str) -> IceCandidate:
    return _candidate("srflx", address)


def _candidate(kind: Literal["host", "srflx"], address: str) -> IceCandidate:
    return IceCandidate(kind=kind, address=ip_address(address), port=50000)


def test_a_gather_is_read_with_the_address_behind_each_outer_one() -> None:
    found = [Found("host", HOME, 40000), Found("srflx", WAN, 50000, HOME)]
    assert read_candidates(found) == (
        IceCandidate(kind="host", address=IPv4Address(HOME), port=40000),
        IceCandidate(kind="srflx", address=IPv4Address(WAN), port=50000, base=HOME),
    )


def test_an_outer_address_without_its_base_is_read_all_the_same() -> None:
    assert read_candidates([Found("srflx", WAN)])[0].base == ""


@pytest.mark.parametrize(
    "found",
    [
        Found("host", "6f9a1c.local"),
        Found("host", ""),
        Found("host", "192.168.1"),
        Found("host", HOME, 0),
        Found("host", HOME, -1),
        Found("srflx", WAN, 65536),
        Found("relay", WAN),
        Found("prflx", WAN),
        Found("", WAN),
    ],
    ids=repr,
)
def test_what_is_no_candidate_of_this_machine_is_left_out(found: Found) -> None:
    assert read_candidates([found]) == ()


def test_own_and_outer_addresses_are_told_apart() -> None:
    candidates = (host(HOME), host("2001:db8::1"), srflx(WAN))
    assert own_addresses(candidates) == {ip_address(HOME), ip_address("2001:db8::1")}
    assert outer_addresses(candidates) == {IPv4Address(WAN)}


@pytest.mark.parametrize(
    ("candidates", "said"),
    [
        ((host(HOME), srflx(WAN)), ""),
        ((host(HOME), host(BRIDGE), srflx(WAN), srflx(HOME)), ""),
        ((), "no IPv4 address"),
        ((host("2a02::1"),), "no IPv4 address"),
        ((host(HOME),), "stun.example.org:3478 did not answer"),
        ((host(WAN), srflx(WAN)), "this machine's own"),
        ((host(WAN), host(HOME), srflx(WAN)), "this machine's own"),
        ((host(HOME), srflx("10.6.6.6")), "named 10.6.6.6, a private address"),
        ((host(HOME), srflx("100.64.0.5")), "named 100.64.0.5, an address inside the provider"),
        ((host(HOME), srflx("0.0.0.0")), "named 0.0.0.0, which stands for having no address"),
        ((host(HOME), srflx(HOME), srflx("10.6.6.6")), "named 10.6.6.6"),
    ],
)
def test_what_stands_in_the_way_of_a_channel_is_said(
    candidates: tuple[IceCandidate, ...], said: str
) -> None:
    sentence = obstacle(candidates, "stun.example.org:3478")
    assert said in sentence
    assert bool(sentence) == bool(said)


HEAD = "v=0\r\nm=application 40000 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 192.168.1.10\r\n"
TAIL = "a=end-of-candidates\r\na=ice-ufrag:abcd\r\n"
OUTER = f"a=candidate:1 1 udp 1694498815 {WAN} 50000 typ srflx raddr {HOME} rport 40000\r\n"


def test_only_outer_candidates_stay_and_everything_else_stays_as_it_was() -> None:
    inner = f"a=candidate:2 1 udp 2130706431 {HOME} 40000 typ host\r\n"
    six = "a=candidate:3 1 udp 2130706431 2a02::1 40000 typ host\r\n"
    kept = reflexive_only(HEAD + inner + OUTER + six + TAIL, OWN)
    assert kept == HEAD + OUTER + TAIL


@pytest.mark.parametrize(
    "line",
    [
        f"a=candidate:1 1 udp 1 {WAN} 50000 typ host",
        f"a=candidate:1 1 udp 1 {WAN} 50000 typ relay raddr {HOME} rport 9",
        f"a=candidate:1 1 udp 1 {WAN} 50000 typ prflx raddr {HOME} rport 9",
        f"a=candidate:1 1 udp 1 {SECOND} 50000 typ srflx raddr {SECOND} rport 50000",
        f"a=candidate:1 1 udp 1 {SECOND} 50000 typ srflx raddr {BRIDGE} rport 50000",
        "a=candidate:1 1 udp 1 10.6.6.6 50000 typ srflx",
        "a=candidate:1 1 udp 1 6f9a1c.local 50000 typ srflx",
        f"a=candidate:1 1 udp 1 {WAN} 50000 typ",
        f"a=candidate:1 1 udp 1 {WAN} 50000 srflx typ",
        f"a=candidate:1 1 udp 1 {WAN}",
        "a=candidate:",
    ],
)
def test_every_other_candidate_goes_also_a_damaged_one(line: str) -> None:
    kept = reflexive_only(f"{HEAD}{line}\r\n{TAIL}", OWN)
    assert kept == HEAD + TAIL
    assert not has_candidate(kept)


def test_an_offer_is_one_where_a_candidate_is_left() -> None:
    assert has_candidate(reflexive_only(HEAD + OUTER + TAIL, OWN))
    assert not has_candidate(HEAD + TAIL)
    assert not has_candidate("")
