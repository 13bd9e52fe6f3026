from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.router.pmp_codec import RESULTS, PmpReply, read_reply, request


def test_the_request_is_two_zero_bytes() -> None:
    assert request() == b"\x00\x00"


def test_an_answer_of_miniupnpd_is_read() -> None:
    data = bytes.fromhex("0080000000000487510245a0")
    assert read_reply(data) == PmpReply(result=0, epoch_s=0x487, address=IPv4Address("81.2.69.160"))


@pytest.mark.parametrize("result", [*RESULTS, 6, 65535])
@pytest.mark.parametrize("length", [8, 12])
def test_an_error_has_no_address_even_where_one_is_sent(result: int, length: int) -> None:
    data = (b"\x00\x80" + result.to_bytes(2) + bytes.fromhex("00000001510245a0"))[:length]
    assert read_reply(data) == PmpReply(result=result, epoch_s=1, address=None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        "0080000000000487",  # success without an address
        "0080000000000487510245",  # cut
        "0080000000000487510245a000",  # too long
        "0000000000000487510245a0",  # a request
        "0081000000000487510245a0",  # the answer to a mapping
        "0280000000000487510245a0",  # version 2
    ],
)
def test_what_is_no_answer_is_none(text: str) -> None:
    assert read_reply(bytes.fromhex(text)) is None
