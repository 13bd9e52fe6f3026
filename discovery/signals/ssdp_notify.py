"""What the router says unasked over SSDP: that its UPnP service stopped or started again.

It tells nothing of an address, but a restart drops every event subscription without a word, and
often comes with a new address. (UPnP Device Architecture 1.1 §1.2; BOOTID.UPNP.ORG since 1.1.)
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar, Final

from discovery.router import ssdp
from discovery.signals.heads import read_head
from discovery.signals.multicast import GroupSource
from discovery.signals.source import LookNow
from discovery.signals.view import SignalName

GROUP: Final = IPv4Address(ssdp.GROUP)

_LONGEST = 4096
_LONGEST_VALUE = 400
_MOST_DEVICES = 16  # a router has two or three: the gateway, a media server


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One NOTIFY: of which device, whether it is there, and how it can be told from an earlier one.

    `bootid` is another number after every restart, None with devices of UPnP 1.0. `origin` is the
    host and port of its description; after a restart the port is often another.
    """

    device: str
    alive: bool
    bootid: int | None = None
    origin: str = ""


def read_notice(data: bytes) -> Notice | None:
    """Read a packet; None for what is no ssdp:alive, ssdp:update or ssdp:byebye.

    ssdp:update (§1.2.4) announces the next BOOTID without a restart; the device is there.
    """
    if len(data) > _LONGEST:
        return None
    head = read_head(data)
    kind = head.text("NTS").lower()
    device = head.text("USN").partition("::")[0]
    if not head.first.upper().startswith("NOTIFY * HTTP/1."):
        return None
    if kind not in {"ssdp:alive", "ssdp:byebye", "ssdp:update"} or not device:
        return None
    next_bootid = head.number("NEXTBOOTID.UPNP.ORG") if kind == "ssdp:update" else None
    return Notice(
        device=device[:_LONGEST_VALUE],
        alive=kind != "ssdp:byebye",
        bootid=next_bootid if next_bootid is not None else head.number("BOOTID.UPNP.ORG"),
        origin=head.text("LOCATION").partition("://")[2].partition("/")[0][:_LONGEST_VALUE],
    )


def news(last: Notice | None, now: Notice) -> str | None:
    """What a notice tells that the last one of the same device did not.

    ====================  =========================  ========================
    last                  now                        news
    ====================  =========================  ========================
    none, or alive        byebye                     it stopped
    byebye                byebye, for its parts      nothing
    none, or byebye       alive                      it is there
    alive                 alive, another BOOTID      it restarted
    alive, no BOOTID      alive, on another port     it restarted
    alive                 alive, all the same        nothing: said every so often
    ====================  =========================  ========================

    Of LOCATION only the origin counts: one device may name its several descriptions in turn.
    """
    if not now.alive:
        return None if last is not None and not last.alive else "the router's UPnP service stopped"
    if last is None or not last.alive:
        return "the router's UPnP service started"
    moved = last.bootid is None and last.origin != now.origin
    if moved or last.bootid != now.bootid:
        return "the router's UPnP service restarted or moved"
    return None


class SsdpNotices(GroupSource):
    """A `Source`: a router whose UPnP service stops, starts or restarts is a reason to look."""

    name: ClassVar[SignalName] = "ssdp"
    group: ClassVar[IPv4Address] = GROUP

    def __init__(
        self, look_now: LookNow, *, local: IPv4Address, router: IPv4Address, port: int = ssdp.PORT
    ) -> None:
        """Nothing is opened yet; `local` is our address on the router's link."""
        super().__init__(look_now, local=local, router=router, port=port)
        self._last: dict[str, Notice] = {}

    def hear(self, data: bytes, now: float) -> str | None:  # noqa: ARG002 - no clock is told here
        """Say what is new, and remember the device; the seventeenth is not listened to."""
        notice = read_notice(data)
        if notice is None:
            return None
        last = self._last.get(notice.device)
        if last is None and len(self._last) >= _MOST_DEVICES:
            return None
        self._last[notice.device] = notice
        return news(last, notice)
