"""Messages as Darwin's <net/route.h> lays them out, made by hand."""

from __future__ import annotations

import struct
import sys

import pytest

from discovery.signals.routing_socket import RouteMessages, open_routing_socket

ADDRESS = "an address of this machine changed"
ROUTE = "a route of this machine changed"
LINK = "a network link of this machine changed"


def message(kind: int, *, flags: int = 0x3, version: int = 5, more: bytes = bytes(80)) -> bytes:
    """rt_msghdr: length, version, type, link, flags, and what follows."""
    return struct.pack("=HBBHxxi", 12 + len(more), version, kind, 4, flags) + more


def read(data: bytes) -> str | None:
    return RouteMessages().read(data, None)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (0x1, ROUTE),
        (0x2, ROUTE),
        (0x3, ROUTE),
        (0xC, ADDRESS),
        (0xD, ADDRESS),
        (0xE, LINK),
        (0x4, None),
        (0x7, None),
        (0xF, None),
        (0xFF, None),
    ],
)
def test_addresses_routes_and_links_are_news_and_the_rest_is_not(
    kind: int, why: str | None
) -> None:
    assert read(message(kind)) == why


@pytest.mark.parametrize("flag", [0x400, 0x20000])
def test_neighbours_and_cloned_host_routes_are_chatter(flag: int) -> None:
    assert read(message(0x1, flags=0x3 | flag)) is None
    assert read(message(0xC, flags=flag)) == ADDRESS


def test_news_behind_chatter_in_one_read_is_found() -> None:
    assert read(message(0x1, flags=0x400) + message(0x2)) == ROUTE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x05",
        bytes(200),
        b"\xff" * 200,
        message(0xC)[:-1],
        message(0xC, version=3),
        struct.pack("=HBB", 0, 5, 0xC) * 20,
    ],
)
def test_damage_is_silence(data: bytes) -> None:
    assert read(data) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="is macOS")
def test_elsewhere_the_number_is_not_tried() -> None:
    with pytest.raises(OSError, match="only macOS"):
        open_routing_socket()
