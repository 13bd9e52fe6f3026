"""The control messages of Linux's error queue, byte by byte."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.path.icmp_note import IP_RECVERR, Word, read_complaint

ROUTER = IPv4Address("192.168.1.1")


def note(kind: int, *, origin: int = 2, sender: bytes = ROUTER.packed) -> bytes:
    error = struct.pack("=IBBBBII", 113, origin, kind, 0, 0, 0, 0)
    return error + struct.pack("=HH4s8x", 2, 0, sender)


@pytest.mark.parametrize(
    ("ancillary", "word"),
    [
        ([(0, IP_RECVERR, note(11))], Word(kind="expired", sender=ROUTER)),
        ([(0, IP_RECVERR, note(3))], Word(kind="unreachable", sender=ROUTER)),
        ([(0, 2, b"\x40\0\0\0"), (0, IP_RECVERR, note(11))], Word(kind="expired", sender=ROUTER)),
        ([(0, IP_RECVERR, note(5))], None),  # a redirect
        ([(0, IP_RECVERR, note(11, origin=1))], None),  # our own system said so
        ([(0, IP_RECVERR, note(11, sender=bytes(4)))], None),
        ([(0, IP_RECVERR, note(11)[:20])], None),
        ([(0, IP_RECVERR, b"")], None),
        ([(41, IP_RECVERR, note(11))], None),
        ([], None),
    ],
)
def test_an_entry_is_read(ancillary: list[tuple[int, int, bytes]], word: Word | None) -> None:
    assert read_complaint(ancillary) == word


@given(st.lists(st.tuples(st.just(0), st.just(IP_RECVERR), st.binary(max_size=40))))
def test_no_bytes_raise(ancillary: list[tuple[int, int, bytes]]) -> None:
    read_complaint(ancillary)
