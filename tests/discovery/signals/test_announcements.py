from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest

from discovery.router import pcp
from discovery.signals.announcements import Announcement, Announcements, read_announcement

LOCAL = IPv4Address("127.0.0.1")


def nat_pmp(epoch: int, result: int = 0) -> bytes:
    return struct.pack("!BBHI4s", 0, 128, result, epoch, bytes([81, 2, 69, 142]))


def announce(epoch: int, opcode: int = 0) -> bytes:
    return struct.pack("!BBxBII12x", 2, 0x80 | opcode, 0, 0, epoch)


@pytest.mark.parametrize(
    ("data", "protocol", "epoch"),
    [
        (nat_pmp(7), "nat-pmp", 7),
        (nat_pmp(7, result=3), "nat-pmp", 7),
        (announce(9), "pcp", 9),
    ],
)
def test_an_announcement_is_who_sent_it_and_its_clock(
    data: bytes, protocol: str, epoch: int
) -> None:
    read = read_announcement(data)
    assert isinstance(read, Announcement)
    assert (read.protocol, read.epoch_s) == (protocol, epoch)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0\0", id="a NAT-PMP question"),
        pytest.param(pcp.announce(LOCAL), id="a PCP question"),
        pytest.param(announce(1, opcode=1), id="an answer to somebody's PCP mapping"),
        pytest.param(nat_pmp(1)[:-1], id="a NAT-PMP answer cut short"),
        pytest.param(nat_pmp(1) + b"x", id="a NAT-PMP answer and more"),
        pytest.param(announce(1)[:-1], id="a PCP answer cut short"),
        pytest.param(b"\xff" * 24, id="noise"),
        pytest.param(bytes(2000), id="zeros"),
    ],
)
def test_what_announces_nothing_is_passed_over(data: bytes) -> None:
    assert read_announcement(data) is None


def test_a_clock_that_went_back_is_told_as_a_new_beginning() -> None:
    source = Announcements(lambda _: None, local=LOCAL, router=LOCAL)
    assert source.hear(nat_pmp(1000), now=0) == "the router announced a change (NAT-PMP)"
    assert source.hear(nat_pmp(1010), now=10) == "the router announced a change (NAT-PMP)"
    again = source.hear(nat_pmp(0), now=20)
    assert again == "the router announced that it began anew, as after a restart (NAT-PMP)"


def test_each_protocol_has_a_clock_of_its_own() -> None:
    source = Announcements(lambda _: None, local=LOCAL, router=LOCAL)
    source.hear(nat_pmp(1000), now=0)
    assert source.hear(announce(5), now=0) == "the router announced a change (PCP)"


def test_noise_does_not_disturb_the_clock() -> None:
    source = Announcements(lambda _: None, local=LOCAL, router=LOCAL)
    source.hear(announce(1000), now=0)
    assert source.hear(b"noise", now=5) is None
    assert source.hear(announce(1010), now=10) == "the router announced a change (PCP)"
