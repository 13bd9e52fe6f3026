"""Binding responses: recorded, mutated, forged. Nothing raises, and no trap is left open."""

from __future__ import annotations

import struct
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from discovery.observation import Flaw, Why
from discovery.stun_codec import (
    MAX_MESSAGE,
    Binding,
    binding_request,
    body_length,
    knows_us,
    read_binding,
)
from tests.support.stun_liar import (
    ERROR,
    ERROR_CODE,
    HOME,
    INDICATION,
    MAPPED,
    REQUEST,
    SOFTWARE,
    XOR_MAPPED,
    address_value,
    attribute,
    fingerprinted,
    honest,
    mapped,
    message,
    refusing,
    xor_mapped,
)

MUSEUM = Path(__file__).parents[1] / "museum" / "stun"
RECORDED_ID = bytes.fromhex("b7e7a701bc34d686fa87dfae")  # RFC 5769 §2, and our recordings
ID = b"twelve bytes"
ASKED = binding_request(ID)
GOOD = honest(ASKED)[0]


def recorded(name: str) -> bytes:
    lines = (MUSEUM / name).read_text(encoding="utf-8").splitlines()
    return bytes.fromhex("".join(line for line in lines if not line.startswith("#")))


def test_a_request_is_twenty_bytes_that_tell_nothing_about_us() -> None:
    assert bytes.fromhex("00010000 2112a442") + ID == ASKED


def test_a_change_request_is_eight_bytes_more() -> None:
    assert binding_request(ID, change=6) == (
        bytes.fromhex("00010008 2112a442") + ID + bytes.fromhex("00030004 00000006")
    )


OTHER_ADDRESS = 0x802C


@pytest.mark.parametrize("host", ["192.0.2.7", "10.0.0.7", "0.0.0.0", "2001:db8::7"])
def test_a_second_address_is_read_as_announced(host: str) -> None:
    other = attribute(OTHER_ADDRESS, address_value(host, 3479))
    answer = read_binding(message(ASKED, xor_mapped(ASKED), other), ID)
    assert isinstance(answer, Binding)
    assert answer.other == (ip_address(host), 3479)


def test_a_second_address_cut_short_spoils_the_answer() -> None:
    other = attribute(OTHER_ADDRESS, address_value("192.0.2.7", 3479)[:6])
    assert isinstance(read_binding(message(ASKED, xor_mapped(ASKED), other), ID), Flaw)


@pytest.mark.parametrize(
    ("name", "address", "port", "software"),
    [
        ("rfc5769-ipv4.hex", "192.0.2.1", 32853, "test vector"),
        ("rfc5769-ipv6.hex", "2001:db8:1234:5678:11:2233:4455:6677", 32853, "test vector"),
        ("coturn-4.6.1-ipv4.hex", "127.0.0.1", 45678, "Coturn-4.6.1 'Gorst'"),
        ("coturn-4.6.1-ipv6.hex", "::1", 45678, "Coturn-4.6.1 'Gorst'"),
        ("coturn-4.6.1-fingerprint.hex", "127.0.0.1", 45678, "Coturn-4.6.1 'Gorst'"),
    ],
)
def test_recorded_responses_are_read(name: str, address: str, port: int, software: str) -> None:
    assert read_binding(recorded(name), RECORDED_ID) == Binding(
        address=ip_address(address), port=port, software=software
    )


def test_a_recorded_error_is_a_refusal_with_its_code() -> None:
    assert read_binding(recorded("coturn-4.6.1-error-420.hex"), RECORDED_ID) == Flaw(
        why=Why.REFUSED, detail="answered with STUN error 420 Unknown Attribute"
    )


def test_every_piece_of_the_museum_is_read_by_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{piece.name}"' in source for piece in MUSEUM.iterdir())


def test_xor_mapped_is_preferred_and_a_different_mapped_address_betrays_a_rewriter() -> None:
    both = message(ASKED, mapped("192.168.1.10", 5000), xor_mapped(ASKED, HOME, 40000))
    assert read_binding(both, ID) == Binding(
        address=ip_address(HOME), port=40000, rewritten="192.168.1.10:5000"
    )


def test_a_rewritten_port_alone_betrays_a_rewriter_too() -> None:
    both = message(ASKED, xor_mapped(ASKED, HOME, 40000), mapped(HOME, 40001))
    answer = read_binding(both, ID)
    assert isinstance(answer, Binding)
    assert answer.rewritten == f"{HOME}:40001"


def test_equal_addresses_in_both_attributes_are_no_rewriting() -> None:
    both = message(ASKED, mapped(HOME, 40000), xor_mapped(ASKED, HOME, 40000))
    assert read_binding(both, ID) == Binding(address=ip_address(HOME), port=40000)


def test_mapped_address_alone_is_a_fallback() -> None:
    assert read_binding(message(ASKED, mapped(HOME, 40000)), ID) == Binding(
        address=ip_address(HOME), port=40000
    )


def test_an_unknown_optional_attribute_is_ignored() -> None:
    data = message(ASKED, attribute(0xC057, b"\0\0\0\1"), xor_mapped(ASKED))
    assert isinstance(read_binding(data, ID), Binding)


def test_software_is_one_short_line_whatever_the_server_sends() -> None:
    noisy = attribute(SOFTWARE, b"evil\r\n\x1b[31m" + b"x" * 300)
    answer = read_binding(message(ASKED, xor_mapped(ASKED), noisy), ID)
    assert isinstance(answer, Binding)
    assert answer.software == "evil[31m" + "x" * 56


def _cookie(data: bytes) -> bytes:
    return data[:4] + struct.pack("!I", 0xDEADBEEF) + data[8:]


def _top_bits(data: bytes, bits: int) -> bytes:
    return bytes([data[0] | bits]) + data[1:]


BODYLESS = message(ASKED)
PLAIN = message(ASKED, xor_mapped(ASKED))  # without a fingerprint, which would find any damage
MALFORMED = {
    "nothing": b"",
    "a short datagram": b"\x01\x01",
    "a header cut short": GOOD[:19],
    "a wrong cookie": _cookie(PLAIN),
    "the second top bit": _top_bits(PLAIN, 0x40),
    "the first top bit": _top_bits(PLAIN, 0x80),
    "http": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a body cut short": GOOD[:-4],
    "bytes after the body": GOOD + b"\0\0\0\0",
    "two equal addresses": message(ASKED, xor_mapped(ASKED), xor_mapped(ASKED)),
    "a second address at the end": message(
        ASKED, xor_mapped(ASKED), attribute(SOFTWARE, b"x"), xor_mapped(ASKED, "203.0.113.9")
    ),
    "two unknown optional attributes": message(
        ASKED, xor_mapped(ASKED), attribute(0xC001, b""), attribute(0xC001, b"")
    ),
    "an address after the fingerprint": message(
        ASKED, *(GOOD[20:],), attribute(MAPPED, address_value("203.0.113.9"))
    ),
    "an address after the integrity": message(
        ASKED, attribute(0x0008, bytes(20)), xor_mapped(ASKED, "203.0.113.9")
    ),
    "an unknown required attribute": message(ASKED, xor_mapped(ASKED), attribute(0x7777, b"")),
    "a wrong fingerprint": GOOD[:-1] + bytes([GOOD[-1] ^ 1]),
    "a short fingerprint": message(ASKED, xor_mapped(ASKED), attribute(0x8028, b"\1\2")),
    "a torn attribute": message(ASKED, xor_mapped(ASKED), b"\x80\x22"),
    "an attribute beyond the end": message(ASKED, struct.pack("!HH", XOR_MAPPED, 64)),
    "an attribute without its padding": message(ASKED, struct.pack("!HH", SOFTWARE, 1) + b"x"),
    "software that is not utf-8": message(ASKED, xor_mapped(ASKED), attribute(SOFTWARE, b"\xff")),
    "no address": BODYLESS,
    "an address of no family": message(ASKED, attribute(XOR_MAPPED, b"\0\3" + bytes(6))),
    "an ipv4 address of five bytes": message(ASKED, attribute(XOR_MAPPED, b"\0\1" + bytes(7))),
    "an empty address": message(ASKED, attribute(XOR_MAPPED, b"")),
    "port zero": message(ASKED, xor_mapped(ASKED, HOME, 0)),
    "a damaged address beside a good one": message(
        ASKED, xor_mapped(ASKED), attribute(MAPPED, b"\0\1\0")
    ),
    "our own request": ASKED,
    "a request with an address": message(ASKED, xor_mapped(ASKED), kind=REQUEST),
    "an indication": message(ASKED, xor_mapped(ASKED), kind=INDICATION),
    "an allocation": message(ASKED, xor_mapped(ASKED), kind=0x0103),
    "a method nobody knows": message(ASKED, xor_mapped(ASKED), kind=0x0101 | 0x2000),
    "an error without a code": message(ASKED, kind=ERROR),
    "an error code of two bytes": message(ASKED, attribute(ERROR_CODE, b"\0\0"), kind=ERROR),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_the_protocol_does_not_allow_is_malformed(data: bytes) -> None:
    answer = read_binding(data, ID)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.MALFORMED
    assert answer.detail.startswith("answered")
    assert answer.detail.isprintable()


def test_a_response_to_another_transaction_is_spoofed() -> None:
    forged = message(ASKED, xor_mapped(ASKED), transaction=b"another id..")
    answer = read_binding(forged, ID)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.SPOOFED
    assert not knows_us(forged, ID)
    assert knows_us(GOOD, ID)


def test_a_datagram_larger_than_any_honest_answer_is_not_parsed() -> None:
    large = message(ASKED, xor_mapped(ASKED), attribute(SOFTWARE, b"x" * MAX_MESSAGE))
    answer = read_binding(large, ID)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.OVERSIZED


@pytest.mark.parametrize(
    ("code", "phrase", "said"),
    [
        (401, b"Unauthorized", "STUN error 401 Unauthorized"),
        (300, b"", "STUN error 300"),
        (500, b"line one\nline two", "STUN error 500 line oneline two"),
    ],
)
def test_an_error_response_is_a_refusal(code: int, phrase: bytes, said: str) -> None:
    [data] = refusing(code, phrase)(ASKED)
    assert read_binding(data, ID) == Flaw(why=Why.REFUSED, detail=f"answered with {said}")


def test_a_stream_header_says_how_much_follows() -> None:
    assert body_length(GOOD[:20]) == len(GOOD) - 20
    junk = body_length(b"HTTP/1.1 400 Bad Req")
    assert isinstance(junk, Flaw)
    assert junk.why is Why.MALFORMED
    huge = body_length(struct.pack("!HHI", 0x0101, 0xFFFC, 0x2112A442) + ID)
    assert isinstance(huge, Flaw)
    assert huge.why is Why.OVERSIZED


@given(st.binary(max_size=200))
@example(b"")
def test_no_bytes_make_it_raise(data: bytes) -> None:
    assert isinstance(read_binding(data, ID), Flaw)


@given(st.binary(max_size=120), st.sampled_from([0x0101, 0x0111, 0x0001, 0x0103, 0x3EFF]))
def test_no_body_behind_a_right_header_makes_it_raise(body: bytes, kind: int) -> None:
    read_binding(message(ASKED, body, kind=kind), ID)


ATTRIBUTES = st.builds(
    attribute,
    st.sampled_from([0x0001, 0x0004, 0x0008, 0x0009, 0x0014, 0x0020, 0x8022, 0x8028, 0x802B]),
    st.binary(max_size=24),
)


@given(st.lists(ATTRIBUTES, max_size=5), st.sampled_from([0x0101, 0x0111]))
@settings(max_examples=400)
def test_no_attributes_make_it_raise(attributes: list[bytes], kind: int) -> None:
    read_binding(message(ASKED, *attributes, kind=kind), ID)


FINGERPRINTED = recorded("coturn-4.6.1-fingerprint.hex")
PLACES = st.integers(0, len(FINGERPRINTED) - 1)
CHANGES = st.tuples(PLACES, st.integers(1, 255))


@given(CHANGES)
@settings(max_examples=400)
def test_one_damaged_byte_never_yields_another_address(change: tuple[int, int]) -> None:
    mutated = bytearray(FINGERPRINTED)
    mutated[change[0]] ^= change[1]
    answer = read_binding(bytes(mutated), RECORDED_ID)
    assert isinstance(answer, Flaw) or (str(answer.address), answer.port) == ("127.0.0.1", 45678)


@given(st.lists(CHANGES, max_size=6), PLACES)
@settings(max_examples=400)
def test_no_mutation_of_a_recorded_response_makes_it_raise(
    changes: list[tuple[int, int]], cut: int
) -> None:
    for name in ("coturn-4.6.1-ipv4.hex", "coturn-4.6.1-error-420.hex", "rfc5769-ipv6.hex"):
        mutated = bytearray(recorded(name))
        for place, change in changes:
            mutated[place % len(mutated)] ^= change
        read_binding(bytes(mutated), RECORDED_ID)
        read_binding(bytes(mutated[:cut]), RECORDED_ID)


def test_a_fingerprint_is_checked_over_the_whole_message() -> None:
    assert isinstance(read_binding(fingerprinted(message(ASKED, xor_mapped(ASKED))), ID), Binding)
