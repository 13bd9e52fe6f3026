"""Echo answers: one address in a known shape, and nothing that merely looks like one."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.echo_body import MAX_BODY, read_date, read_echo
from discovery.observation import Flaw, Why

TRACE = (
    b"fl=1f1\nh=api.cloudflare.com\nip=81.2.69.142\nts=1763800000.123\nvisit_scheme=https\n"
    b"uag=upstun\ncolo=LHR\nsliver=none\nhttp=http/1.1\nloc=GB\ntls=TLSv1.3\nsni=plaintext\n"
    b"warp=off\ngateway=off\nrbi=off\nkex=X25519\n"
)


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (b"81.2.69.142", "81.2.69.142"),
        (b"  81.2.69.142\r\n", "81.2.69.142"),
        (b"2a02:8071::1\n", "2a02:8071::1"),
        (b"::ffff:81.2.69.142", "::ffff:81.2.69.142"),
        (b"10.0.0.7", "10.0.0.7"),  # told as it is; judging it is not the reader's business
        (TRACE, "81.2.69.142"),
        (TRACE.replace(b"81.2.69.142", b"2a02:8071::1"), "2a02:8071::1"),
        (b"ip=81.2.69.142", "81.2.69.142"),
        (b'{"ip":"81.2.69.142"}', "81.2.69.142"),
        (b'{"ip": "2a02:8071::1", "country": "GB", "asn": 1234}\n', "2a02:8071::1"),
        (b'{"IP_Address": "81.2.69.142"}', "81.2.69.142"),
        (b'{"origin": "81.2.69.142"}', "81.2.69.142"),
        (b'{"query": "81.2.69.142", "nested": {"ip": "10.0.0.1"}}', "81.2.69.142"),
    ],
)
def test_the_known_shapes_are_read(body: bytes, address: str) -> None:
    assert read_echo(200, "text/plain", body) == ip_address(address)


def test_a_bare_address_is_read_even_where_a_server_calls_it_html() -> None:
    assert read_echo(200, "text/html; charset=UTF-8", b"81.2.69.142") == ip_address("81.2.69.142")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        b"build 10.4.2.7",
        b"Your address is 81.2.69.142",
        b"Current IP Address: 81.2.69.142",
        b"81.2.69.142 81.2.69.143",
        b"81.2.69.142\n81.2.69.143",
        b"81.2.69.142:4711",
        b"81.2.69.142/32",
        b"081.2.69.142",
        b"81.2.69",
        b"1365394830",
        b"0x51.2.69.142",
        b"[2a02:8071::1]",
        b"fe80::1%eth0",
        b'"81.2.69.142"',
        b"\xef\xbb\xbf81.2.69.142",
        b"\xd9\xa8\xd9\xa1.2.69.142",
        b"81.2.69.142\0",
        b'["81.2.69.142"]',
        b"{}",
        b'{"ip": 1365394830}',
        b'{"ip": ["81.2.69.142"]}',
        b'{"data": {"ip": "81.2.69.142"}}',
        b'{"ip": "81.2.69.142", "proxy": "81.2.69.143"}',
        b'{"ip": "81.2.69.142", "ip": "81.2.69.143"}',
        b'{"ip": "81.2.69.142", "build": "10.4.2.7"}',
        b'{"build": "81.2.69.142"}',
        b'{"ip": "81.2.69.142"',
        b'{"ip": "81.2.69.142"} trailing',
        b'{"a":' + b"[" * 4000,
        b'{"n": ' + b"9" * 4000,
        b"ip=81.2.69.142\nip=81.2.69.143",
        b"ip=not an address\nwarp=off",
        b"ip=\nwarp=off",
        b"fl=1f1\nwarp=off",
        b"ip=81.2.69.142\nsome prose\n",
        b"\xff\xfe\x00",
    ],
)
def test_nothing_is_searched_for_an_address(body: bytes) -> None:
    answer = read_echo(200, "text/plain", body)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.MALFORMED


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html><body>81.2.69.142</body></html>"),
        ("text/html; charset=utf-8", b"Welcome to Hotel Example. Your IP: 81.2.69.142"),
        ("text/plain", b"\n <!DOCTYPE html><title>Log in</title>"),
        ("", b"<?xml version='1.0'?><ip>81.2.69.142</ip>"),
        ("TEXT/HTML", b"Gr\xfc\xdfe"),
    ],
)
def test_a_web_page_is_a_captive_portal(kind: str, body: bytes) -> None:
    answer = read_echo(200, kind, body)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.CAPTIVE


@pytest.mark.parametrize("warp", [b"warp=on", b"warp=plus"])
def test_an_address_seen_through_a_tunnel_is_not_this_homes(warp: bytes) -> None:
    answer = read_echo(200, "text/plain", TRACE.replace(b"warp=off", warp))
    assert isinstance(answer, Flaw)
    assert answer.why is Why.NOT_PUBLIC
    assert "WARP" in answer.detail


@pytest.mark.parametrize(
    ("status", "location", "why", "words"),
    [
        (302, "http://login.hotel.example/?mac=00:11", Why.CAPTIVE, "login.hotel.example: a login"),
        (301, "", Why.CAPTIVE, "redirected to another page"),
        (307, "http://[broken", Why.CAPTIVE, "redirected to a damaged address"),
        (511, "", Why.CAPTIVE, "wants a login"),
        (403, "", Why.REFUSED, "answered HTTP 403 (Forbidden)"),
        (429, "", Why.REFUSED, "answered HTTP 429 (Too Many Requests)"),
        (500, "", Why.REFUSED, "answered HTTP 500 (Internal Server Error)"),
        (204, "", Why.REFUSED, "answered HTTP 204 (No Content)"),
        (299, "", Why.REFUSED, "answered HTTP 299"),
    ],
)
def test_only_200_brings_an_address(status: int, location: str, why: Why, words: str) -> None:
    answer = read_echo(status, "text/plain", b"81.2.69.142", location=location)
    assert isinstance(answer, Flaw)
    assert answer.why is why
    assert words in answer.detail
    assert "00:11" not in answer.detail


def test_more_than_an_address_needs_is_oversized() -> None:
    assert isinstance(
        read_echo(200, "text/plain", b"81.2.69.142".rjust(MAX_BODY)),
        type(ip_address("81.2.69.142")),
    )
    answer = read_echo(200, "text/plain", b"81.2.69.142".rjust(MAX_BODY + 1))
    assert isinstance(answer, Flaw)
    assert answer.why is Why.OVERSIZED


@given(st.binary(max_size=300), st.sampled_from([b"", b"{", b'{"ip":', b"ip=", b"<"]))
def test_no_body_makes_it_raise(body: bytes, start: bytes) -> None:
    read_echo(200, "text/plain", start + body)


@given(st.integers(100, 999), st.text(max_size=50), st.text(max_size=50))
def test_no_head_makes_it_raise(status: int, kind: str, location: str) -> None:
    answer = read_echo(status, kind, b"x", location=location)
    assert isinstance(answer, Flaw)
    assert answer.detail.isprintable()


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),  # the three forms of RFC 9110 §5.6.7
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777.0),
        ("Sun Nov  6 08:49:37 1994", 784111777.0),
        ("", None),
        ("yesterday", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None),
    ],
)
def test_the_servers_clock_is_read_or_unknown(header: str, date: float | None) -> None:
    assert read_date(header) == date
