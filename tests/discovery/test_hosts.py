"""Hosts as text: addresses, ports, and who runs them."""

from __future__ import annotations

import pytest

from discovery.hosts import endpoint, literal, operator_of


@pytest.mark.parametrize(
    ("host", "operator"),
    [
        ("stun.l.google.com", "google.com"),
        ("stun1.l.google.com", "google.com"),
        ("dns.google", "google.com"),
        ("8.8.8.8", "google.com"),
        ("stun.cloudflare.com", "cloudflare.com"),
        ("api.cloudflare.com", "cloudflare.com"),
        ("ipv4.icanhazip.com", "cloudflare.com"),
        ("one.one.one.one", "cloudflare.com"),
        ("cloudflare-dns.com", "cloudflare.com"),
        ("1.1.1.1", "cloudflare.com"),
        ("2606:4700:4700:0::1111", "cloudflare.com"),
        ("STUN.Example.ORG.", "example.org"),
        ("a.co.uk", "co.uk"),
        ("b.co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::7"),
    ],
)
def test_an_operator_is_a_domain_or_the_address_itself(host: str, operator: str) -> None:
    assert operator_of(host) == operator


def test_an_endpoint_brackets_ipv6() -> None:
    assert endpoint("192.0.2.7", 53) == "192.0.2.7:53"
    assert endpoint("2001:db8::7", 53) == "[2001:db8::7]:53"
    assert endpoint("stun.example.org", 3478) == "stun.example.org:3478"


def test_a_literal_is_an_address_and_nothing_like_one() -> None:
    assert str(literal("192.0.2.7")) == "192.0.2.7"
    assert str(literal("2001:DB8::7")) == "2001:db8::7"
    for name in ("stun.example.org", "10.1", "192.0.2.07", "[::1]", ""):
        assert literal(name) is None
