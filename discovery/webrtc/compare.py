"""Whether the WebRTC stack and our own STUN questions saw the same public address."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from discovery.observation import Address
from discovery.webrtc.candidates import outer_addresses
from discovery.webrtc.view import IceView


def disagreement(view: IceView, ours: frozenset[IPv4Address]) -> str:
    """Say in a sentence that the two saw different addresses; empty when there is none to say.

    aiortc asks once from every address of the machine, also from those of a VPN, a container
    bridge or a second line, each of which may come out elsewhere; our own questions leave by one
    of these ways, or come out at several addresses themselves. One address in common is therefore
    agreement, and where either side saw nothing there is nothing to compare.
    """
    theirs = outer_addresses(view.candidates)
    if not theirs or not ours or theirs & ours:
        return ""
    return (
        f"WebRTC applications on this machine are seen as {_listed(theirs)}, but our own "
        f"questions are seen as {_listed(ours)}: they leave by different ways, or one of the "
        "servers does not tell the truth."
    )


def _listed(addresses: Iterable[Address]) -> str:
    return " and ".join(sorted(map(str, addresses)))
