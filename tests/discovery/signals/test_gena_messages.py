from __future__ import annotations

import pytest

from discovery.signals import gena_messages
from discovery.signals.gena_messages import (
    Event,
    Grant,
    Refusal,
    missed_between,
    read_grant,
    read_notify,
    read_timeout,
)
from discovery.signals.heads import read_head


def test_the_three_requests_are_those_of_the_architecture() -> None:
    asked = gena_messages.subscribe("/evt", "192.168.1.1:5000", "http://192.168.1.10:4/x", 1800)
    assert asked == (
        b"SUBSCRIBE /evt HTTP/1.1\r\nHOST: 192.168.1.1:5000\r\n"
        b"CALLBACK: <http://192.168.1.10:4/x>\r\nNT: upnp:event\r\nTIMEOUT: Second-1800\r\n"
        b"Connection: close\r\n\r\n"
    )
    renewed = gena_messages.renew("/evt", "h", "uuid:1", 300)
    assert b"\r\nSID: uuid:1\r\nTIMEOUT: Second-300\r\n" in renewed
    assert b"CALLBACK" not in renewed
    assert gena_messages.unsubscribe("/evt", "h", "uuid:1").startswith(b"UNSUBSCRIBE /evt HTTP")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Second-1800", 1800),
        ("second-5", 5),
        ("Second-infinite", 7200),
        ("infinite", 1800),
        ("", 1800),
        ("Second--5", 1800),
        ("Second-1800; x", 1800),
    ],
)
def test_a_timeout_is_read_in_every_spelling(text: str, seconds: int) -> None:
    assert read_timeout(text) == seconds


def granted(answer: str) -> Grant | Refusal:
    return read_grant(read_head(answer.encode()))


def test_a_grant_is_a_name_and_a_time() -> None:
    grant = granted("HTTP/1.1 200 OK\r\nSID: uuid:1\r\nTIMEOUT: Second-1800\r\n\r\n")
    assert grant == Grant(sid="uuid:1", lease_s=1800)


@pytest.mark.parametrize(
    ("timeout", "lease"), [("Second-86400", 7200), ("Second-10", 10), ("soon", 1800)]
)
def test_a_lease_is_held_within_bounds(timeout: str, lease: int) -> None:
    grant = granted(f"HTTP/1.1 200 OK\r\nSID: uuid:1\r\nTIMEOUT: {timeout}\r\n\r\n")
    assert grant == Grant(sid="uuid:1", lease_s=lease)


@pytest.mark.parametrize(
    ("answer", "words", "lost"),
    [
        ("HTTP/1.1 412 Precondition Failed\r\n\r\n", "answered 412", True),
        ("HTTP/1.1 501 Not Implemented\r\n\r\n", "answered 501", False),
        ("HTTP/1.1 200 OK\r\nTIMEOUT: Second-1800\r\n\r\n", "without a name", False),
        ("HTTP/1.1 200 OK\r\nSID: a b\r\n\r\n", "without a name", False),
        (f"HTTP/1.1 200 OK\r\nSID: {'a' * 300}\r\n\r\n", "without a name", False),
        ("HTTP/1.1 200 OK\r\nSID: x\r\nTIMEOUT: Second-0\r\n\r\n", "for 0 s only", False),
        ("SSH-2.0-dropbear\r\n\r\n", "no HTTP", False),
        ("", "no HTTP", False),
    ],
)
def test_whatever_else_is_a_refusal_in_words(answer: str, words: str, lost: bool) -> None:
    refusal = granted(answer)
    assert isinstance(refusal, Refusal)
    assert words in refusal.words
    assert refusal.lost is lost


def notify(**changed: str) -> str:
    headers = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": "uuid:1", "SEQ": "0", **changed}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["NOTIFY /x HTTP/1.1", *lines, "", ""])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (notify(), Event(sid="uuid:1", seq=0)),
        (notify(SEQ="4294967295"), Event(sid="uuid:1", seq=4294967295)),
        (notify(SEQ="x"), Event(sid="uuid:1", seq=None)),
        (notify(NT="upnp:other"), 412),
        (notify(NTS="ssdp:alive"), 412),
        (notify(NT=""), 400),
        (notify(NTS=""), 400),
        (notify(SID=""), 400),
        (notify().replace("NOTIFY", "POST"), 405),
        (notify().replace("HTTP/1.1", "HTTP/9"), 405),
        ("", 405),
    ],
)
def test_a_notify_is_an_event_or_the_status_that_refuses_it(text: str, read: Event | int) -> None:
    assert read_notify(read_head(text.encode())) == read


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        (None, 7, False),
        (0, 1, False),
        (1, 1, False),
        (1, 3, True),
        (3, 1, True),
        (4294967295, 1, False),
        (4294967295, 2, True),
        (5, None, False),
    ],
)
def test_a_gap_in_the_numbers_is_a_lost_event(
    last: int | None, now: int | None, missed: bool
) -> None:
    assert missed_between(last, now) is missed
