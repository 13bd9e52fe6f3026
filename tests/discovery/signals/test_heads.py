from __future__ import annotations

import pytest

from discovery.signals.heads import read_head


def test_a_head_is_its_first_line_and_its_headers() -> None:
    head = read_head(
        b"HTTP/1.1 200 OK\r\nSID: uuid:1\r\nsid: uuid:2\r\nTimeout : Second-5 \r\n\r\n"
    )
    assert (head.first, head.status) == ("HTTP/1.1 200 OK", 200)
    assert head.headers == {"SID": "uuid:1", "TIMEOUT": "Second-5"}
    assert head.text("NOTHING") == ""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("HTTP/1.0 412", 412),
        ("HTTP/1.1 200", 200),
        ("HTTP/1.1 2000 x", None),
        ("HTTP/1.1 999 x", None),
        ("HTTP/2 200 OK", None),
        ("NOTIFY * HTTP/1.1", None),
        ("", None),
    ],
)
def test_a_status_is_three_digits_of_a_response(line: str, status: int | None) -> None:
    assert read_head(line.encode()).status == status


@pytest.mark.parametrize(
    ("value", "number"),
    [("0", 0), ("4294967295", 4294967295), ("-1", None), ("1e3", None), ("٣", None), ("", None),
     ("12345678901", None)],
)  # fmt: skip
def test_a_number_is_decimal_and_not_endless(value: str, number: int | None) -> None:
    assert read_head(f"x\r\nSEQ: {value}\r\n".encode()).number("SEQ") == number


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff" * 100, b"\r\n\r\n", b": x\r\n: y", b"x\r\n novalue\r\nA B: c", b"x\n\x00: y\n"],
)
def test_damage_is_a_head_without_headers(data: bytes) -> None:
    assert read_head(data).headers == {}


def test_a_thousand_headers_are_not_kept() -> None:
    data = b"x\r\n" + b"".join(b"H%d: x\r\n" % number for number in range(1000))
    assert len(read_head(data).headers) == 64
