from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest

from discovery.router import pcp
from discovery.router.pcp import PcpReply, announce, map_udp, read_reply

CLIENT = IPv4Address("192.168.1.10")
NONCE = bytes(range(12))
MAPPED = bytes(10) + b"\xff\xff"


def test_an_announce_is_a_bare_header_with_our_address() -> None:
    assert announce(CLIENT) == bytes.fromhex("02000000" + "00000000") + MAPPED + CLIENT.packed


def test_a_map_request_is_60_bytes_in_the_order_of_the_rfc() -> None:
    assert map_udp(CLIENT, 0x1234, nonce=NONCE, lifetime_s=60) == (
        bytes.fromhex("02010000" + "0000003c")
        + MAPPED
        + CLIENT.packed
        + NONCE
        + bytes.fromhex("11000000" + "1234" + "0000")
        + MAPPED
        + bytes(4)
    )


def test_deleting_differs_in_the_lifetime_alone() -> None:
    make = map_udp(CLIENT, 9, nonce=NONCE, lifetime_s=60)
    delete = map_udp(CLIENT, 9, nonce=NONCE, lifetime_s=0)
    assert [n for n in range(60) if make[n] != delete[n]] == [7]


def answer(kind: str = "81", result: str = "00", external: bytes = MAPPED) -> bytes:
    head = bytes.fromhex("02" + kind + "00" + result + "0000003c" + "00000487") + bytes(12)
    body = NONCE + bytes.fromhex("11000000" + "1234" + "5678")
    return head + body + external + (bytes.fromhex("510245a0") if len(external) == 12 else b"")


def test_a_map_answer_tells_the_external_address() -> None:
    assert read_reply(answer()) == PcpReply(
        opcode=pcp.MAP,
        result=0,
        lifetime_s=60,
        epoch_s=0x487,
        nonce=NONCE,
        external=IPv4Address("81.2.69.160"),
    )


def test_an_external_address_of_version_6_is_kept_as_it_is() -> None:
    six = IPv6Address("2a02:8108::1")
    reply = read_reply(answer(external=six.packed))
    assert reply is not None
    assert reply.external == six


def test_an_announce_answer_has_an_epoch_and_no_address() -> None:
    assert read_reply(answer("80")[:24]) == PcpReply(
        opcode=pcp.ANNOUNCE, result=0, lifetime_s=60, epoch_s=0x487
    )


@pytest.mark.parametrize("result", [*pcp.RESULTS, 200])
def test_an_error_is_read(result: int) -> None:
    reply = read_reply(answer(result=f"{result:02x}"))
    assert reply is not None
    assert reply.result == result


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(answer()[:23], id="cut"),
        pytest.param(answer() + b"x", id="not a multiple of four"),
        pytest.param(answer() + bytes(1100), id="longer than the RFC allows"),
        pytest.param(answer("01"), id="a request"),
        pytest.param(b"\x00" + answer()[1:], id="version 0"),
        pytest.param(b"\x01" + answer()[1:], id="version 1"),
    ],
)
def test_what_is_no_answer_is_none(data: bytes) -> None:
    assert read_reply(data) is None


def test_a_map_answer_without_its_body_has_no_address() -> None:
    reply = read_reply(answer()[:24])
    assert reply is not None
    assert reply.external is None


def test_two_nonces_differ() -> None:
    assert pcp.fresh_nonce() != pcp.fresh_nonce()
    assert len(pcp.fresh_nonce()) == 12
