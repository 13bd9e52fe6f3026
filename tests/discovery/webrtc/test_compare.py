"""When two stacks that look at the same home disagree, and when they only seem to."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from discovery.webrtc.compare import disagreement
from discovery.webrtc.view import IceCandidate, IceView

HOME, TUNNEL = "192.168.1.10", "10.2.0.2"
WAN, MOVED, EXIT = "81.2.69.142", "81.2.69.150", "62.10.0.9"


def view(*seen: tuple[str, str]) -> IceView:
    """A gather; `seen` are outer addresses and the local ones behind them."""
    hosts = [
        IceCandidate(kind="host", address=IPv4Address(base), port=40000)
        for base in dict.fromkeys((HOME, *(base for _, base in seen)))
    ]
    outer = [
        IceCandidate(kind="srflx", address=IPv4Address(address), port=50000, base=base)
        for address, base in seen
    ]
    return IceView(candidates=(*hosts, *outer))


def addresses(*texts: str) -> frozenset[IPv4Address]:
    return frozenset(map(IPv4Address, texts))


@pytest.mark.parametrize(
    ("seen", "ours"),
    [
        (view((WAN, HOME)), addresses(WAN)),
        (view((WAN, HOME), (EXIT, TUNNEL)), addresses(WAN)),
        (view((WAN, HOME)), addresses(WAN, MOVED)),
        (view((WAN, HOME)), addresses()),
        (view(), addresses(WAN)),
        (IceView(available=False), addresses(WAN)),
    ],
    ids=[
        "the same",
        "a tunnel beside it",
        "two lines, one of them met",
        "we saw nothing",
        "it saw nothing",
        "it is not installed",
    ],
)
def test_no_disagreement(seen: IceView, ours: frozenset[IPv4Address]) -> None:
    assert disagreement(seen, ours) == ""


def test_another_address_is_told_with_both() -> None:
    assert disagreement(view((MOVED, HOME)), addresses(WAN)) == (
        "WebRTC applications on this machine are seen as 81.2.69.150, but our own questions are "
        "seen as 81.2.69.142: they leave by different ways, or one of the servers does not tell "
        "the truth."
    )


def test_several_addresses_are_told_in_order() -> None:
    said = disagreement(view((MOVED, HOME), (EXIT, TUNNEL)), addresses(WAN))
    assert "seen as 62.10.0.9 and 81.2.69.150, but" in said


def test_an_address_inside_the_home_is_not_what_applications_are_seen_as() -> None:
    only_inside = IceView(
        candidates=(IceCandidate(kind="host", address=IPv4Address(WAN), port=40000),)
    )
    assert disagreement(only_inside, addresses(MOVED)) == ""
