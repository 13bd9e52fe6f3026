"""The truth table of RFC 5780 §4.3, row by row."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.path.exchange import Peer
from discovery.path.mapping import read_mapping
from discovery.path.view import Mapping

HOME = IPv4Address("81.2.69.142")
X, Y, Z = Peer(HOME, 40000), Peer(HOME, 40001), Peer(HOME, 40002)
ELSEWHERE = Peer(IPv4Address("89.160.20.112"), 40000)


@pytest.mark.parametrize(
    ("one", "two", "three", "mapping"),
    [
        (X, X, X, "eim"),
        (X, X, None, "eim"),
        (X, Y, Y, "adm"),
        (X, ELSEWHERE, ELSEWHERE, "adm"),
        (X, Y, Z, "apdm"),
        (X, Y, X, "apdm"),
        (X, X, Y, "apdm"),
        (X, Y, None, "unknown"),
        (X, None, X, "unknown"),
        (X, None, None, "unknown"),
        (None, X, X, "unknown"),
        (None, None, None, "unknown"),
    ],
)
def test_three_sightings_of_one_socket_are_a_mapping(
    one: Peer | None, two: Peer | None, three: Peer | None, mapping: Mapping
) -> None:
    assert read_mapping(one, two, three) == mapping
