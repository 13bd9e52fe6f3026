"""Statuses, JSON that is none, and what of a stranger's text a person is shown."""

from __future__ import annotations

import pytest

from providers.engine.errors import (
    Confused,
    excerpt,
    is_html,
    json_object,
    json_of,
    one_line,
    refusal,
    response_of,
    text_of,
)
from providers.engine.outcome import Cause
from providers.engine.wire import DnsReply, Response

STATUSES = {
    Cause.CREDENTIALS: [401, 403],
    Cause.BLOCKED: [402],
    Cause.NOT_FOUND: [404, 410],
    Cause.TRANSIENT: [408, 423, 425, 500, 502, 503, 504, 520, 599],
    Cause.CONFLICT: [409, 412],
    Cause.RATE_LIMITED: [429],
    Cause.REJECTED: [400, 405, 406, 411, 413, 414, 415, 418, 422, 431, 451, 499],
    Cause.CONFUSED: [100, 199, 300, 301, 302, 304, 307, 600, 999],
}


@pytest.mark.parametrize(
    ("status", "cause"), [(status, cause) for cause, many in STATUSES.items() for status in many]
)
def test_each_status_has_one_meaning(status: int, cause: Cause) -> None:
    refused = refusal("Vendor", Response(status=status, body=b"why not"))
    assert refused is not None
    assert refused.cause is cause
    assert refused.text.startswith("Vendor ")
    assert f"HTTP {status}" in refused.text
    assert "why not" in refused.text


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_no_refusal(status: int) -> None:
    assert refusal("Vendor", Response(status=status)) is None


@pytest.mark.parametrize(
    ("status", "wait"), [(429, 50.0), (503, 50.0), (423, 50.0), (401, None), (400, None)]
)
def test_a_wait_is_read_where_waiting_helps(status: int, wait: float | None) -> None:
    refused = refusal("Vendor", Response(status=status, headers={"retry-after": "50"}))
    assert refused is not None
    assert refused.wait == wait


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"   \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (
            b"<!DOCTYPE html><title> Sign \n in </title>",
            "HTML page where JSON was expected: Sign in",
        ),
        (b"  <HTML><body>hi", "HTML"),
        (b"OK", "not JSON: OK"),
        (b'{"a": 1', "not JSON"),
        (b"\x00\x01\x02", "empty"),
        (b"\xff\xfe{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_not_json_is_confusing_in_words(body: bytes, words: str) -> None:
    with pytest.raises(Confused, match=words):
        json_of(Response(status=200, body=body))


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null", b"true"])
def test_json_of_another_type_is_no_object(body: bytes) -> None:
    json_of(Response(status=200, body=body))
    with pytest.raises(Confused, match="not an object"):
        json_object(Response(status=200, body=body))


def test_a_byte_order_mark_does_not_hide_json() -> None:
    assert json_object(Response(status=200, body=b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


def test_html_is_known_by_its_type_as_well() -> None:
    assert is_html(Response(status=200, headers={"content-type": "Text/HTML; x"}, body=b"hi"))
    assert not is_html(Response(status=200, body=b"good 192.0.2.1"))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"message": "no such zone"}', "no such zone"),
        (b'{"errors": [{"code": 7, "message": "one"}, {"message": "two"}]}', "one; two"),
        (b'{"error": {"message": "inner", "code": 5}}', "inner"),
        (b'{"status": "error", "message": "outer"}', "outer"),
        (b'{"message": "", "detail": "told"}', "told"),
        (b'{"RequestId": "1", "Code": "No", "Message": "in capitals"}', "in capitals"),
        (b'{"Response": {"Error": {"Code": "No", "Message": "wrapped"}}}', "wrapped"),
        (b'{"error_code": "APIGW.0301", "error_msg": "of a gateway"}', "of a gateway"),
        (b'{"statusDescription": "in humps"}', "in humps"),
        (b'{"a": 1}', '{"a": 1}'),
        (b'"just text"', "just text"),
        (b"two\r\nlines\x1b[31m red", "two lines [31m red"),
        (b"<html><head><TITLE>502 Bad\nGateway</TITLE>", "502 Bad Gateway"),
        (b"\xef\xbb\xbfgood", "good"),
        (b'\xef\xbb\xbf{"message": "marked"}', "marked"),
        (b"\xff\xff", "\ufffd\ufffd"),
        (b"", ""),
        (b"\x00" * 300_000, ""),
    ],
)
def test_an_excerpt_is_one_line_of_the_vendors_own_words(body: bytes, shown: str) -> None:
    assert excerpt(body) == shown


def test_an_excerpt_is_short_and_says_when_it_was_cut() -> None:
    assert len(excerpt(b"x" * 100_000)) == 120
    assert excerpt(b"x" * 121).endswith("…")
    assert excerpt(b"x" * 120) == "x" * 120
    assert one_line("abcdef", 4) == "abc…"


def test_text_is_read_whatever_its_bytes_are() -> None:
    assert text_of(Response(status=200, body=b"\xef\xbb\xbfg\xffod")) == "g\ufffdod"


def test_a_dns_reply_is_not_read_as_http() -> None:
    with pytest.raises(Confused):
        response_of(DnsReply(rcode="NOERROR"))
