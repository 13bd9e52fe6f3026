"""From a name to addresses: SRV records where asked for, both transports, one family."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence

import pytest

from discovery.observation import Family, Flaw, Why
from discovery.stun_address import StunServer
from discovery.stun_lookup import Destination, SrvLookup, SrvTarget, look_up

Names = Mapping[str, Sequence[str] | Exception]


def resolve(monkeypatch: pytest.MonkeyPatch, names: Names) -> list[tuple[str, int]]:
    """Let the event loop resolve these names only; returns what it is asked."""
    asked: list[tuple[str, int]] = []

    async def getaddrinfo(
        self: object, host: str, port: None, *, family: int, **hints: int
    ) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append((host, family))
        found = names[host]
        if isinstance(found, Exception):
            raise found
        return [(family, hints["type"], 0, "", (address, 0)) for address in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


def records(table: Mapping[str, Sequence[SrvTarget] | None]) -> SrvLookup:
    async def srv(name: str) -> Sequence[SrvTarget] | None:
        return table[name]

    return srv


def found(server: StunServer, srv: SrvLookup | None = None, family: Family = Family.V4) -> object:
    destinations = asyncio.run(look_up(server, family, srv))
    if isinstance(destinations, Flaw):
        return destinations
    return [(d.transport, str(d), d.host) for d in destinations]


AUTO = StunServer(host="example.org", discover=True)
NAME = StunServer(host="stun.example.org", port=19302)


def test_a_name_gives_two_addresses_over_udp_and_then_over_tcp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolve(
        monkeypatch,
        {"stun.example.org": ["198.51.100.1", "198.51.100.1", "198.51.100.2", "198.51.100.3"]},
    )
    assert found(NAME) == [
        ("udp", "198.51.100.1:19302", "stun.example.org"),
        ("udp", "198.51.100.2:19302", "stun.example.org"),
        ("tcp", "198.51.100.1:19302", "stun.example.org"),
        ("tcp", "198.51.100.2:19302", "stun.example.org"),
    ]
    assert asked == [("stun.example.org", socket.AF_INET)]


def test_the_family_asked_is_the_family_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve(monkeypatch, {"stun.example.org": ["2001:db8::1"]})
    assert found(NAME, family=Family.V6) == [
        ("udp", "[2001:db8::1]:19302", "stun.example.org"),
        ("tcp", "[2001:db8::1]:19302", "stun.example.org"),
    ]
    assert asked == [("stun.example.org", socket.AF_INET6)]


def test_an_address_is_not_looked_up_and_has_one_family() -> None:
    server = StunServer(host="2001:db8::7", port=3478)
    assert found(server, family=Family.V6) == [
        ("udp", "[2001:db8::7]:3478", "2001:db8::7"),
        ("tcp", "[2001:db8::7]:3478", "2001:db8::7"),
    ]
    assert found(server, family=Family.V4) == Flaw(
        why=Why.UNSUPPORTED, detail="cannot be asked over IPv4: it is an IPv6 address"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "no IPv4 address was found for stun.example.org (name or service not known)",
        ),
        (socket.gaierror(socket.EAI_AGAIN, "Try again"), "(try again)"),
        (UnicodeError("label too long"), "'stun.example.org' is not a host name"),
    ],
)
def test_a_name_without_an_address_is_unresolved(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    resolve(monkeypatch, {"stun.example.org": error})
    flaw = found(NAME)
    assert isinstance(flaw, Flaw)
    assert flaw.why is Why.UNRESOLVED
    assert words in flaw.detail


def test_srv_records_name_the_servers_of_each_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, {"a.example.org": ["198.51.100.1"], "b.example.net": ["198.51.100.2"]})
    srv = records(
        {
            "_stun._udp.example.org": [
                SrvTarget(host="a.example.org", port=3478),
                SrvTarget(host="b.example.net", port=3479),
            ],
            "_stun._tcp.example.org": [SrvTarget(host="b.example.net", port=443)],
        }
    )
    assert found(AUTO, srv) == [
        ("udp", "198.51.100.1:3478", "a.example.org"),
        ("udp", "198.51.100.2:3479", "b.example.net"),
        ("tcp", "198.51.100.2:443", "b.example.net"),
    ]


def test_a_dead_target_does_not_hide_a_living_one(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(
        monkeypatch,
        {"a.example.org": socket.gaierror(-2, "unknown"), "b.example.net": ["198.51.100.2"]},
    )
    targets = [SrvTarget(host="a.example.org", port=1), SrvTarget(host="b.example.net", port=2)]
    srv = records({"_stun._udp.example.org": targets, "_stun._tcp.example.org": None})
    assert found(AUTO, srv) == [("udp", "198.51.100.2:2", "b.example.net")]


def test_a_domain_without_srv_records_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, {"example.org": ["198.51.100.9"]})
    srv = records({"_stun._udp.example.org": [], "_stun._tcp.example.org": []})
    assert found(AUTO, srv) == [
        ("udp", "198.51.100.9:3478", "example.org"),
        ("tcp", "198.51.100.9:3478", "example.org"),
    ]


def test_unknown_srv_records_are_not_absent_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, {"example.org": ["198.51.100.9"]})
    srv = records({"_stun._udp.example.org": None, "_stun._tcp.example.org": []})
    assert found(AUTO, srv) == Flaw(
        why=Why.UNRESOLVED,
        detail="cannot be asked: its SRV records could not be looked up",
    )


def test_a_service_that_is_decidedly_not_there_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolve(monkeypatch, {})
    nowhere = [SrvTarget(host="", port=0)]
    srv = records({"_stun._udp.example.org": nowhere, "_stun._tcp.example.org": []})
    assert found(AUTO, srv) == Flaw(
        why=Why.UNRESOLVED,
        detail="cannot be asked: its SRV record says that there is no such service",
    )
    assert asked == []


def test_discovery_without_a_lookup_is_unsupported() -> None:
    flaw = found(AUTO, None)
    assert isinstance(flaw, Flaw)
    assert flaw.why is Why.UNSUPPORTED


def test_a_destination_shows_its_address() -> None:
    there = Destination(host="x", transport="udp", address="2001:db8::1", port=3478)
    assert str(there) == "[2001:db8::1]:3478"
