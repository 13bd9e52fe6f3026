"""The fault table: each kind of junk that a STUN server can send, and the one sentence for it."""

from __future__ import annotations

import asyncio
import struct

import pytest

from discovery.observation import Family, Missed, Observation, Why
from discovery.probe import probe
from discovery.stun import StunMethod
from discovery.stun_timing import Timing
from tests.support.stun_liar import (
    COOKIE,
    ERROR,
    FINGERPRINT,
    SOFTWARE,
    XOR_MAPPED,
    Lie,
    attribute,
    fingerprinted,
    honest,
    liar,
    mapped,
    message,
    naming,
    refusing,
    silent,
    xor_mapped,
)

# Every lie is told at once; what is waited for is only the silence after some of them.
TIMING = Timing(sends=(0.0,), udp=0.4, patience=0.4, total=0.6)


def answering(*attributes: bytes, kind: int = 0x0101) -> Lie:
    return lambda request: [message(request, *attributes, kind=kind)]


def wrong_cookie(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), cookie=COOKIE ^ 1)]


def wrong_id(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), transaction=bytes(12))]


def duplicate(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), xor_mapped(request, "203.0.113.66"))]


def injected(request: bytes) -> list[bytes]:
    """An address appended behind the fingerprint, with the length put right."""
    body = fingerprinted(message(request, xor_mapped(request)))[20:]
    return [message(request, body, mapped("203.0.113.66"))]


def top_bits(request: bytes) -> list[bytes]:
    good = message(request, xor_mapped(request))
    return [bytes([good[0] | 0x40]) + good[1:]]


def short_fingerprint(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), attribute(FINGERPRINT, b"\1"))]


def long_and_ours(request: bytes) -> list[bytes]:
    return [message(request, xor_mapped(request), attribute(SOFTWARE, b"x" * 3000))]


def cut(request: bytes) -> list[bytes]:
    return [honest(request)[0][:30]]


def reflected(request: bytes) -> list[bytes]:
    return [request]


def junk(size: int) -> Lie:
    return lambda request: [b"\xff" * size]


FAULTS: dict[str, tuple[Lie, Why, Why]] = {
    # kind of junk: the lie, what it is called over UDP, what over TCP where UDP is refused
    "silence": (silent, Why.SILENT, Why.REFUSED),
    "wrong cookie": (wrong_cookie, Why.MALFORMED, Why.MALFORMED),
    "wrong transaction id": (wrong_id, Why.SPOOFED, Why.SPOOFED),
    "duplicate attribute": (duplicate, Why.MALFORMED, Why.MALFORMED),
    "injected attribute": (injected, Why.MALFORMED, Why.MALFORMED),
    "top bits set": (top_bits, Why.MALFORMED, Why.MALFORMED),
    "short fingerprint": (short_fingerprint, Why.MALFORMED, Why.MALFORMED),
    "error response": (refusing(403, b"Forbidden"), Why.REFUSED, Why.REFUSED),
    "error without a code": (answering(kind=ERROR), Why.MALFORMED, Why.MALFORMED),
    "no address": (answering(), Why.MALFORMED, Why.MALFORMED),
    "our own request": (reflected, Why.MALFORMED, Why.MALFORMED),
    "an empty attribute": (answering(attribute(XOR_MAPPED, b"")), Why.MALFORMED, Why.MALFORMED),
    "port zero": (naming("81.2.69.142", 0), Why.MALFORMED, Why.MALFORMED),
    "a message cut short": (cut, Why.MALFORMED, Why.MALFORMED),
    "3 KiB that know our id": (long_and_ours, Why.OVERSIZED, Why.OVERSIZED),
    "64 KiB of junk": (junk(65_507), Why.OVERSIZED, Why.MALFORMED),
    "one byte": (junk(1), Why.MALFORMED, Why.MALFORMED),
    "http": (lambda request: [b"HTTP/1.1 400 Bad Request\r\n\r\n"], Why.MALFORMED, Why.MALFORMED),
    "private address": (naming("10.0.0.7"), Why.NOT_PUBLIC, Why.NOT_PUBLIC),
    "shared address": (naming("100.64.0.5"), Why.NOT_PUBLIC, Why.NOT_PUBLIC),
    "no address at all": (naming("0.0.0.0"), Why.NO_ADDRESS, Why.NO_ADDRESS),
    "the other family": (naming("2a02:8071::1"), Why.WRONG_FAMILY, Why.WRONG_FAMILY),
    "private in disguise": (naming("::ffff:10.0.0.7"), Why.NOT_PUBLIC, Why.NOT_PUBLIC),
}


def ask_liar(udp: Lie | None, tcp: Lie | None) -> Observation:
    async def main() -> Observation:
        async with liar(udp, tcp) as heard:
            method = StunMethod(f"127.0.0.1:{heard.port}", timing=TIMING)
            return await probe(method, Family.V4, limit=10.0, strict=True)

    return asyncio.run(main())


def check(observation: Observation, why: Why) -> None:
    assert isinstance(observation, Missed)
    assert observation.why is why
    assert observation.detail.startswith(observation.witness + " ")
    assert observation.detail.isprintable()
    assert not observation.detail.endswith((".", " ", ":"))
    assert "Traceback" not in observation.detail
    assert len(observation.detail) < 250


@pytest.mark.parametrize(("lie", "why"), [(f[0], f[1]) for f in FAULTS.values()], ids=FAULTS)
def test_over_udp_it_is_a_typed_miss_with_one_sentence(lie: Lie, why: Why) -> None:
    check(ask_liar(lie, None), why)


@pytest.mark.parametrize(("lie", "why"), [(f[0], f[2]) for f in FAULTS.values()], ids=FAULTS)
def test_over_tcp_it_is_a_typed_miss_with_one_sentence(lie: Lie, why: Why) -> None:
    check(ask_liar(None, lie), why)


def test_over_tcp_a_server_that_hangs_up_has_refused() -> None:
    observation = ask_liar(None, lambda request: [])
    check(observation, Why.REFUSED)
    assert isinstance(observation, Missed)
    assert observation.detail.endswith("closed the TCP connection without an answer")


def test_over_tcp_a_length_beyond_reason_is_not_waited_for() -> None:
    def endless(request: bytes) -> list[bytes]:
        return [struct.pack("!HHI", 0x0101, 0xFFFC, COOKIE) + request[8:20]]

    check(ask_liar(None, endless), Why.OVERSIZED)
