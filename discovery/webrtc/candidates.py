"""ICE candidates as a gather lists them and as SDP carries them (RFC 8445 §5.1, RFC 8839 §5.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import IPv4Address
from typing import Protocol

from discovery.address import publishable, scope
from discovery.hosts import literal
from discovery.observation import Address
from discovery.webrtc.view import IceCandidate

_HIGHEST_PORT = 65535
_CANDIDATE = "a=candidate:"
# foundation, component, transport, priority, address, port, "typ", type
_ADDRESS, _TYP, _TYPE = 4, 6, 7


class Gathered(Protocol):
    """What is used of aiortc's `RTCIceCandidate`."""

    type: str
    ip: str
    port: int
    relatedAddress: str | None  # noqa: N815 - aiortc keeps the spelling of the W3C


def read_candidates(found: Iterable[Gathered]) -> tuple[IceCandidate, ...]:
    """Keep the host and server-reflexive candidates that have an address and a port.

    Others are left out: relayed ones, and ".local" names in place of an address.
    """
    return tuple(read for one in found if (read := _read(one)) is not None)


def own_addresses(candidates: Iterable[IceCandidate]) -> frozenset[Address]:
    """The addresses that this machine has itself: those of the host candidates."""
    return frozenset(one.address for one in candidates if one.kind == "host")


def outer_addresses(candidates: Iterable[IceCandidate]) -> frozenset[Address]:
    """The addresses that the STUN server saw, one or more for each way out of this machine."""
    return frozenset(one.address for one in candidates if one.kind == "srflx")


def obstacle(candidates: Collection[IceCandidate], server: str) -> str:
    """Say why no channel can be tried over these candidates; empty when it can be."""
    own, outer = own_addresses(candidates), outer_addresses(candidates)
    if not any(isinstance(address, IPv4Address) for address in own):
        return "This machine has no IPv4 address in any network, so WebRTC had nothing to try."
    if not outer:
        return (
            f"{server} did not answer the WebRTC stack, so no public address was there to "
            "open a channel over."
        )
    if outer <= own:
        return (
            "The public address is this machine's own, so there is no router in between that "
            "could refuse to lead packets back; a channel over it would prove nothing."
        )
    if not any(_leads_back(address, own) for address in outer):
        absurd = min(outer - own, key=int)
        return f"{server} named {absurd}, {scope(absurd).sentence}; no channel was tried over it."
    return ""


def reflexive_only(sdp: str, own: Collection[Address]) -> str:
    """Take every candidate out of `sdp` but the server-reflexive ones with a public address.

    One that names an address of this machine (`own`) goes too: it would be a host candidate by
    another name, and a channel over it would never leave the machine.
    """
    return "".join(
        line
        for line in sdp.splitlines(keepends=True)
        if not line.startswith(_CANDIDATE) or _is_outer(line, own)
    )


def has_candidate(sdp: str) -> bool:
    """Whether `sdp` offers any candidate at all."""
    return any(line.startswith(_CANDIDATE) for line in sdp.splitlines())


def _read(one: Gathered) -> IceCandidate | None:
    address = literal(one.ip)
    if address is None or not 0 < one.port <= _HIGHEST_PORT:
        return None
    if one.type == "host":
        return IceCandidate(kind="host", address=address, port=one.port)
    if one.type == "srflx":
        base = one.relatedAddress or ""
        return IceCandidate(kind="srflx", address=address, port=one.port, base=base)
    return None


def _is_outer(line: str, own: Collection[Address]) -> bool:
    words = line.split()
    if len(words) <= _TYPE or words[_TYP : _TYPE + 1] != ["typ", "srflx"]:
        return False
    address = literal(words[_ADDRESS])
    return address is not None and _leads_back(address, own)


def _leads_back(address: Address, own: Collection[Address]) -> bool:
    """Whether a packet to this address goes out and could come back in."""
    return address not in own and publishable(address)
