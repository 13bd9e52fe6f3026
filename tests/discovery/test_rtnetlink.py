"""The framing of rtnetlink: whole messages are read, torn ones are said to be torn."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.rtnetlink import HEADER, Torn, attributes, messages


def message(kind: int, body: bytes) -> bytes:
    return HEADER.pack(HEADER.size + len(body), kind, 0, 1, 0) + body + bytes(-len(body) % 4)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


BATCH = message(20, b"abcde") + message(24, b"") + message(16, b"12345678")


def test_messages_begin_on_a_boundary_of_four_bytes() -> None:
    assert [(one.kind, one.body) for one in messages(BATCH)] == [
        (20, b"abcde"),
        (24, b""),
        (16, b"12345678"),
    ]


def test_attributes_lose_the_two_bits_that_say_how_they_are_packed() -> None:
    body = attribute(0x8001, b"x") + attribute(0x4002, b"wxyz")
    assert list(attributes(body)) == [(1, b"x"), (2, b"wxyz")]


@pytest.mark.parametrize("end", range(1, len(BATCH)))
def test_what_comes_before_a_tear_is_whole(end: int) -> None:
    whole = list(messages(BATCH))
    read = []
    try:
        for one in messages(BATCH[:end]):
            read.append(one)  # noqa: PERF402 - what was read before the tear counts
    except Torn:
        pass
    assert read == whole[: len(read)]


@pytest.mark.parametrize("length", [0, 3, 15, 4096])
def test_a_length_that_cannot_be_is_torn(length: int) -> None:
    with pytest.raises(Torn):
        list(messages(HEADER.pack(length, 20, 0, 1, 0)))


@pytest.mark.parametrize("body", [b"\x00", b"\x03\x00\x01\x00", b"\x09\x00\x01\x00abcd"])
def test_an_attribute_that_cannot_be_is_torn(body: bytes) -> None:
    with pytest.raises(Torn):
        list(attributes(body))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_torn(data: bytes) -> None:
    for read in (messages, attributes):
        try:
            list(read(data))
        except Torn:
            continue
