"""Which web addresses may be asked, and how they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.echo_url import DEFAULT_URLS, EchoUrl, parse_url
from discovery.hosts import operator_of


@pytest.mark.parametrize(
    ("text", "shown", "host", "secure"),
    [
        ("https://api64.ipify.org", "https://api64.ipify.org", "api64.ipify.org", True),
        ("HTTPS://Echo.Example.ORG:8443/ip", "https://Echo.Example.ORG:8443/ip", "", True),
        ("https://e.example/ip?token=hunter2#x", "https://e.example/ip", "e.example", True),
        ("https://me:hunter2@e.example/ip", "https://e.example/ip", "e.example", True),
        ("https://[2001:db8::7]:8443/", "https://[2001:db8::7]:8443/", "2001:db8::7", True),
        ("http://127.0.0.1:8080/ip", "http://127.0.0.1:8080/ip", "127.0.0.1", False),
        ("http://[::1]/", "http://[::1]/", "::1", False),
        ("http://localhost/", "http://localhost/", "localhost", False),
    ],
)
def test_a_url_is_read_and_shown_without_what_may_be_secret(
    text: str, shown: str, host: str, secure: bool
) -> None:
    url = parse_url(text)
    assert isinstance(url, EchoUrl)
    assert (url.request, url.shown, url.secure) == (text, shown, secure)
    assert not host or url.host == host
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must begin with https:// and a host"),
        ("api64.ipify.org", "must begin with https:// and a host"),
        ("https:///ip", "must begin with https:// and a host"),
        ("ftp://e.example/", "must begin with https:// and a host"),
        ("file:///etc/passwd", "must begin with https:// and a host"),
        ("https://e.example:99999/", "port out of range"),
        ("https://e.example:abc/", "port could not be cast"),
        ("https://[::1/", "invalid ipv6 url"),
        ("https://e.example/a b", "a blank or a letter"),
        ("https://e.example/\r\nHost: x", "a blank or a letter"),
        ("https://bücher.example/", "a blank or a letter"),
        ("http://e.example/?token=hunter2", "http://e.example/ is cleartext http"),
        ("http://192.168.1.7/", "allow_http = true"),
        ("http://localhost.example/", "is cleartext http"),
    ],
)
def test_a_mistake_is_one_sentence_without_a_secret(text: str, problem: str) -> None:
    said = parse_url(text)
    assert isinstance(said, str)
    assert problem in said
    assert said.endswith(".")
    assert said.isprintable()
    assert "hunter2" not in said


def test_cleartext_is_accepted_when_it_was_asked_for() -> None:
    url = parse_url("http://192.168.1.7/ip", allow_http=True)
    assert isinstance(url, EchoUrl)
    assert not url.secure


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    for prefix in ("", "https://", "https://[", "http://localhost:"):
        parse_url(prefix + text)


def test_the_default_urls_are_valid_encrypted_and_run_by_different_operators() -> None:
    urls = [parse_url(text) for text in DEFAULT_URLS]
    assert all(isinstance(url, EchoUrl) and url.secure for url in urls)
    operators = {operator_of(url.host) for url in urls if isinstance(url, EchoUrl)}
    assert len(operators) == len(DEFAULT_URLS) >= 3
