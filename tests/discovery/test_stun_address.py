"""STUN servers as people write them, and what they are told about their mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.hosts import operator_of
from discovery.stun_address import DEFAULT_SERVERS, StunServer, parse_server


@pytest.mark.parametrize(
    ("text", "server", "shown"),
    [
        ("stun:stun.example.org", StunServer(host="stun.example.org"), "stun.example.org:3478"),
        ("stun:stun.example.org:19302", StunServer(host="stun.example.org", port=19302), ""),
        ("stun.example.org:443", StunServer(host="stun.example.org", port=443), ""),
        ("stun.example.org", StunServer(host="stun.example.org", port=3478), ""),
        ("STUN:Stun.Example.ORG.:3478", StunServer(host="stun.example.org", port=3478), ""),
        (" stun:a.example:1 ", StunServer(host="a.example", port=1), ""),
        ("stun:192.0.2.7:65535", StunServer(host="192.0.2.7", port=65535), ""),
        ("stun:[2001:db8::7]:3479", StunServer(host="2001:db8::7", port=3479), ""),
        ("[2001:db8::7]", StunServer(host="2001:db8::7"), "[2001:db8::7]:3478"),
        ("localhost:34780", StunServer(host="localhost", port=34780), ""),
        ("stun:http", StunServer(host="http"), "http:3478"),
        ("_x.example-y.org", StunServer(host="_x.example-y.org"), ""),
        ("auto:example.org", StunServer(host="example.org", discover=True), "auto:example.org"),
        ("AUTO:Example.org.", StunServer(host="example.org", discover=True), "auto:example.org"),
    ],
)
def test_a_server_is_read_and_shown(text: str, server: StunServer, shown: str) -> None:
    assert parse_server(text) == server
    assert not shown or str(server) == shown


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("stuns:stun.example.org", "STUN over TLS is not spoken here"),
        ("turn:turn.example.org:3478", "a STUN server is wanted"),
        ("https://api.example.org", "belongs into [discovery.http]"),
        ("stun://stun.example.org", "the two slashes do not belong there"),
        ("stun:stun.example.org?transport=udp", "RFC 7064 knows no query"),
        ("stun:stun.example.org:0", "a number from 1 to 65535"),
        ("stun:stun.example.org:65536", "a number from 1 to 65535"),
        ("stun:stun.example.org:000003478", "a number from 1 to 65535"),
        ("stun:stun.example.org:", "a number from 1 to 65535"),
        ("stun:stun.example.org:٣٤", "a number from 1 to 65535"),
        ("stun:stun.example.org:-1", "a number from 1 to 65535"),
        ("stun:stun.example.org/path", "not a host name"),
        ("2001:db8::7", "an IPv6 address stands in brackets"),
        ("stun:2001:db8::7", "an IPv6 address stands in brackets"),
        ("stun:[2001:db8::7", "the bracket is not closed"),
        ("stun:[2001:db8::7]3478", "the bracket is not closed"),
        ("stun:[stun.example.org]:3478", "not an IPv6 address"),
        ("stun:[fe80::1%eth0]", "with a zone is not on the internet"),
        ("stun:10.1", "neither a host name nor an IPv4 address"),
        ("stun:3478", "neither a host name nor an IPv4 address"),
        ("stun:192.0.2.256", "neither a host name nor an IPv4 address"),
        ("", "the host is missing"),
        ("stun:", "the host is missing"),
        (":3478", "the host is missing"),
        ("stun:bücher.example", "xn-- form"),
        ("stun:-a.example", "not a host name"),
        ("stun:a..example", "not a host name"),
        ("stun:" + "a" * 64 + ".example", "not a host name"),
        ("stun:user@stun.example.org", "not a host name"),
        ("auto:", "a domain without a port is expected"),
        ("auto:example.org:3478", "a domain without a port is expected"),
        ("auto:192.0.2.7", "a domain without a port is expected"),
    ],
)
def test_a_mistake_is_one_sentence_that_says_what_to_write(text: str, problem: str) -> None:
    said = parse_server(text)
    assert isinstance(said, str)
    assert problem in said
    assert said.endswith("write stun:host:port or auto:domain.")
    assert "\n" not in said


@given(st.text())
def test_no_text_makes_it_raise_and_what_is_read_can_be_written(text: str) -> None:
    for prefix in ("", "stun:", "auto:", "stun:["):
        parsed = parse_server(prefix + text)
        assert isinstance(parsed, str) or parse_server(str(parsed)) == parsed


def test_the_default_servers_are_valid_and_run_by_different_operators() -> None:
    servers = [parse_server(text) for text in DEFAULT_SERVERS]
    assert all(isinstance(server, StunServer) for server in servers)
    operators = {operator_of(s.host) for s in servers if isinstance(s, StunServer)}
    assert len(operators) == len(DEFAULT_SERVERS) >= 3
