"""The router's own announcement of a new address: NAT-PMP and PCP on 224.0.0.1:5350.

A gateway sends one when it starts and when its address changes (RFC 6886 §3.2.1, RFC 6887
§14.1.3). NAT-PMP puts the address in; it is not even read, since anybody on the LAN could have
sent it. Ten copies over two minutes are usual; miniupnpd sends one.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar, Final, Literal

from discovery.router import pcp, pmp_codec
from discovery.signals.epoch import Epoch, natpmp_lost, pcp_lost
from discovery.signals.multicast import GroupSource
from discovery.signals.source import LookNow
from discovery.signals.view import SignalName

GROUP: Final = IPv4Address("224.0.0.1")
PORT: Final = 5350

_LOST = {"nat-pmp": natpmp_lost, "pcp": pcp_lost}
_WORDS = {"nat-pmp": "NAT-PMP", "pcp": "PCP"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is kept of one: who could have sent it, and the router's clock."""

    protocol: Literal["nat-pmp", "pcp"]
    epoch_s: int


def read_announcement(data: bytes) -> Announcement | None:
    """Read a packet; None for what announces nothing."""
    pmp = pmp_codec.read_reply(data)
    if pmp is not None:
        return Announcement(protocol="nat-pmp", epoch_s=pmp.epoch_s)
    reply = pcp.read_reply(data)
    if reply is not None and reply.opcode == pcp.ANNOUNCE:
        return Announcement(protocol="pcp", epoch_s=reply.epoch_s)
    return None


class Announcements(GroupSource):
    """A `Source`: every announcement of the router is a reason to look.

    The last clock of each protocol is kept, so that the reason can tell a restart. No announcement
    is dropped as a copy: between two that look alike there may have been one that was lost.
    """

    name: ClassVar[SignalName] = "natpmp_announce"
    group: ClassVar[IPv4Address] = GROUP

    def __init__(
        self, look_now: LookNow, *, local: IPv4Address, router: IPv4Address, port: int = PORT
    ) -> None:
        """Nothing is opened yet; `local` is our address on the router's link."""
        super().__init__(look_now, local=local, router=router, port=port)
        self._epochs: dict[str, Epoch] = {}

    def hear(self, data: bytes, now: float) -> str | None:
        """Say what was announced."""
        told = read_announcement(data)
        if told is None:
            return None
        epoch = Epoch(router=told.epoch_s, received=now)
        lost = _LOST[told.protocol](self._epochs.get(told.protocol), epoch)
        self._epochs[told.protocol] = epoch
        how = _WORDS[told.protocol]
        if lost:
            return f"the router announced that it began anew, as after a restart ({how})"
        return f"the router announced a change ({how})"
