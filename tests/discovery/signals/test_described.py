from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

import pytest

from discovery.signals.described import describe
from discovery.signals.source import Unavailable
from tests.discovery.router.fake_igd import Body, FakeIgd, drip, flood
from tests.support.tools import free_port


def test_a_description_comes_with_the_address_of_the_router() -> None:
    with FakeIgd(b"<root/>", {}) as igd:
        found = asyncio.run(describe(igd.location, local=None, limit=10))
    assert found == (IPv4Address("127.0.0.1"), "<root/>")


def test_it_is_asked_from_our_address() -> None:
    askers: list[str] = []

    def answer(connection: object, _stop: object) -> None:
        askers.append(connection.getpeername()[0])  # type: ignore[attr-defined]  # a socket
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")  # type: ignore[attr-defined]  # too

    with FakeIgd(answer, {}) as igd:
        asyncio.run(describe(igd.location, local=IPv4Address("127.0.0.3"), limit=10))
    assert askers == ["127.0.0.3"]


@pytest.mark.parametrize(
    ("body", "limit", "words"),
    [
        (drip, 0.2, "the router did not send its description within 0.2 s"),
        (flood(1 << 20), 10, "the router sent something that is no description of a device"),
    ],
)
def test_a_hostile_router_is_unavailable(body: Body, limit: float, words: str) -> None:
    with FakeIgd(body, {}) as igd, pytest.raises(Unavailable) as refused:
        asyncio.run(describe(igd.location, local=None, limit=limit))
    assert str(refused.value) == words


@pytest.mark.parametrize(
    "location", ["", "https://192.168.1.1/", "http://router.example/", "http://a@192.168.1.1/"]
)
def test_only_a_plain_numeric_address_is_asked(location: str) -> None:
    with pytest.raises(Unavailable, match="not at a plain http:// address"):
        asyncio.run(describe(location, local=None, limit=10))


def test_a_closed_port_is_unavailable() -> None:
    location = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(Unavailable, match=r"cannot be fetched \(connection refused\)"):
        asyncio.run(describe(location, local=None, limit=10))
