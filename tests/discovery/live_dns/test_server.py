"""How a DNS server is written, and whether there is a way to it."""

from __future__ import annotations

import errno
import socket

import pytest

from discovery.live_dns.server import Server, has_route, reachable, read_endpoint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        ("[2001:db8::53]", ("2001:db8::53", 53)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("fe80::1%eth0", ("fe80::1%eth0", 53)),
        ("ns1.example.com:53", ("ns1.example.com", 53)),
        ("ns1.example.com", ("ns1.example.com", 53)),
    ],
)
def test_an_endpoint_is_a_host_and_perhaps_a_port(text: str, expected: tuple[str, int]) -> None:
    assert read_endpoint(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":53",
        "192.0.2.53:",
        "192.0.2.53:0",
        "192.0.2.53:65536",
        "192.0.2.53:dns",
        "[::1",
        "[]:53",
        "192.0.2.53:53:53",
        "[::1]53",
        "[::1]:",
        "192.0.2.53:-1",
        "192.0.2.53:٥٣",
    ],
)
def test_what_is_no_endpoint_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not a DNS server; expected "192\.0\.2\.53:53"'):
        read_endpoint(text)


def test_a_server_is_shown_by_name_and_address_once_each() -> None:
    named = Server(name="ns1.example.com", address="2001:db8::53")
    assert str(named) == "ns1.example.com ([2001:db8::53]:53)"
    assert str(Server(name="192.0.2.53", address="192.0.2.53")) == "192.0.2.53:53"


class _Routed(socket.socket):
    """A socket whose connect chooses a source address, or fails, without any network."""

    source: str | None = None

    def connect(self, address: object) -> None:
        if self.source is None:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

    def getsockname(self) -> tuple[str, int]:
        assert self.source is not None
        return self.source, 40000


@pytest.mark.parametrize(
    ("server", "source", "expected"),
    [
        ("8.8.8.8", "192.168.1.2", True),
        ("8.8.8.8", None, False),
        ("2001:4860:4860::8888", "2003:db::2", True),
        ("2001:4860:4860::8888", "fd00::2", False),
        ("2001:4860:4860::8888", "fe80::2", False),
        ("2001:4860:4860::8888", None, False),
        ("fd00::53", "fd00::2", True),
    ],
)
def test_a_public_ipv6_server_needs_a_public_ipv6_address_here(
    monkeypatch: pytest.MonkeyPatch, server: str, source: str | None, *, expected: bool
) -> None:
    monkeypatch.setattr(_Routed, "source", source)
    monkeypatch.setattr(socket, "socket", _Routed)
    assert has_route(Server(name="ns", address=server)) is expected


def test_servers_without_a_route_are_left_out_unless_none_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    four, six = (Server(name="ns", address=a) for a in ("192.0.2.53", "2001:db8::53"))
    routed = "discovery.live_dns.server.has_route"
    monkeypatch.setattr(routed, lambda server: ":" not in server.address)
    assert reachable((four, six)) == (four,)
    monkeypatch.setattr(routed, lambda server: False)
    assert reachable((four, six)) == (four, six)
