"""Which second address can serve as the stranger, and which cannot."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.path.alternate import usable
from discovery.path.exchange import Peer


def peer(text: str) -> Peer:
    host, _, port = text.partition(":")
    return Peer(IPv4Address(host), int(port))


@pytest.mark.parametrize(
    ("other", "primary", "verdict"),
    [
        ("212.227.67.33:3479", "141.101.90.1:3478", True),
        ("192.168.7.3:3479", "192.168.7.2:3478", True),  # a server of one's own, all of it at home
        ("141.101.90.1:3479", "141.101.90.1:3478", False),
        ("212.227.67.33:3478", "141.101.90.1:3478", False),
        ("212.227.67.33:0", "141.101.90.1:3478", False),
        ("10.0.0.7:3479", "141.101.90.1:3478", False),
        ("0.0.0.0:3479", "141.101.90.1:3478", False),
        ("127.0.0.1:3479", "141.101.90.1:3478", False),
        ("100.64.0.5:3479", "141.101.90.1:3478", False),
        ("224.0.0.1:3479", "141.101.90.1:3478", False),
    ],
)
def test_a_second_address_must_be_one_of_its_own_and_as_public_as_the_first(
    other: str, primary: str, *, verdict: bool
) -> None:
    assert usable(peer(other), peer(primary)) is verdict


def test_none_is_no_second_address() -> None:
    assert not usable(None, peer("141.101.90.1:3478"))
