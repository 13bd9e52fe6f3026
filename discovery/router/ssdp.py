"""Searching for the home router by SSDP (UPnP Device Architecture 1.1, §1.3).

Our own search instead of miniupnpc's: that one always waits its whole delay (1 s at least), takes
the device that answers last, asks for version 1 only, and may prefer the cache of a minissdpd.

Anything on the LAN can answer an M-SEARCH, so an answer is only believed as far as it can be
checked: it comes from a neighbour, and names a place on that neighbour or on the gateway.
"""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from discovery.interface import Surroundings
from discovery.observation import Why

PORT = 1900
GROUP = "239.255.255.250"

_IGD = "urn:schemas-upnp-org:device:InternetGatewayDevice:"
_WAN_IP = "urn:schemas-upnp-org:service:WANIPConnection:"
_WAN_PPP = "urn:schemas-upnp-org:service:WANPPPConnection:"
_ROUTER_NAMES = (_IGD, _WAN_IP, _WAN_PPP)

# Some routers answer the exact version only, some send one description to `ssdp:all` and no more
# (tailscale#7377, #3557), so each target is asked for by name. rootdevice finds the odd rest.
TARGETS = (f"{_IGD}1", f"{_IGD}2", f"{_WAN_IP}1", f"{_WAN_IP}2", f"{_WAN_PPP}1", "upnp:rootdevice")

_MOST_REPLIES = 16
_MOST_OTHERS = 64  # of all devices but the gateway, and
_MOST_OF_ONE = 8  # of each of them: one that floods shall not push the rest out
_LONGEST_REPLY = 4096
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)")
# Stricter than any URL parser, so that no two parsers can disagree about which host is meant.
_LOCATION = re.compile(r"http://(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?(/[!-~]{0,400})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """A device that answered, and the description it points at."""

    location: str
    host: IPv4Address  # where `location` lies
    responder: IPv4Address
    st: str = ""
    usn: str = ""
    server: str = ""
    bootid: int | None = None  # BOOTID.UPNP.ORG: another number after every restart

    @property
    def is_gateway_device(self) -> bool:
        """Whether it answered to a router's name, rather than as some device with a description."""
        return self.st.startswith(_ROUTER_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An answer that is not believed, and why, in one sentence."""

    responder: str
    why: Why
    detail: str
    is_gateway_device: bool = False  # as for an Advert, where that could be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a search brought; `adverts` are ranked, the gateway's own first."""

    adverts: tuple[Advert, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def request(target: str, host: str, *, wait: int | None) -> bytes:
    """One M-SEARCH. `wait` is MX, the seconds over which multicast answers may be spread.

    A unicast search has no MX (UDA 1.1 §1.3.2): the device answers at once.
    """
    lines = ["M-SEARCH * HTTP/1.1", f"HOST: {host}", 'MAN: "ssdp:discover"', f"ST: {target}"]
    if wait is not None:
        lines.append(f"MX: {wait}")
    return "\r\n".join((*lines, "", "")).encode("ascii")


def read_reply(
    data: bytes, responder: str, *, gateway: IPv4Address, network: IPv4Network | None
) -> Advert | Rejected:
    """Read one answer to an M-SEARCH.

    The source *port* does not matter: some routers answer from any (tailscale#7377).
    """

    def no(why: Why, what: str, target: str = "") -> Rejected:
        return Rejected(
            responder=responder,
            why=why,
            detail=f"{responder} {what}",
            is_gateway_device=target.startswith(_ROUTER_NAMES),
        )

    source = _address(responder)
    if source is None or not (source == gateway or (network is not None and source in network)):
        return no(Why.SPOOFED, "answered the router search, but is not on this network")
    if len(data) > _LONGEST_REPLY:
        return no(Why.OVERSIZED, f"answered the router search with {len(data)} bytes")
    first, *lines = data.decode("utf-8", "replace").splitlines() or [""]
    if not re.match(r"HTTP/1\.\d 200\b", first, re.IGNORECASE):
        return no(Why.MALFORMED, "answered the router search with something that is no SSDP answer")
    headers: dict[str, str] = {}
    for line in lines:
        if header := _HEADER.fullmatch(line):
            headers.setdefault(header[1].upper(), header[2].strip())
    location = headers.get("LOCATION", "")
    host = location_host(location)
    if host is None:
        return no(
            Why.MALFORMED,
            "answered the router search without an http:// LOCATION at a numeric IPv4 address",
            headers.get("ST", ""),
        )
    if host not in (source, gateway):
        return no(
            Why.FOREIGN,
            f"pointed the router search at {host}, which is neither itself nor the gateway",
            headers.get("ST", ""),
        )
    bootid = headers.get("BOOTID.UPNP.ORG", "")
    return Advert(
        location=location,
        host=host,
        responder=source,
        st=headers.get("ST", "")[:200],
        usn=headers.get("USN", "")[:200],
        server=headers.get("SERVER", "")[:200],
        bootid=int(bootid) if re.fullmatch(r"[0-9]{1,10}", bootid) else None,
    )


def location_host(location: str) -> IPv4Address | None:
    """The host of a description's URL; None unless it is plain http at a numeric address.

    No userinfo, no name to look up, no octal or short form that inet_aton would also take.
    """
    parts = _LOCATION.fullmatch(location)
    if parts is None or not 0 < int(parts[2] or 80) <= 0xFFFF:  # noqa: PLR2004 - ports
        return None
    return _address(parts[1])


def rank(adverts: list[Advert], gateway: IPv4Address) -> list[Advert]:
    """The gateway's own first, routers before other devices, else in the order of arrival.

    One line per LOCATION: a router answers once to each name it has.
    """

    def merit(advert: Advert) -> tuple[bool, bool, bool]:
        return (
            advert.host != gateway,
            advert.responder != gateway,
            not advert.is_gateway_device,
        )

    best: dict[str, Advert] = {}
    for advert in sorted(adverts, key=merit):
        best.setdefault(advert.location, advert)
    return list(best.values())


async def search(
    around: Surroundings,
    *,
    limit: float,
    grace: float = 0.3,
    gateway_grace: float = 0.05,
    resend: float = 0.7,
    port: int = PORT,
    group: str = GROUP,
) -> Harvest:
    """Ask the gateway, then everybody, for a router. Needs `around.gateway`.

    Ends `grace` seconds after the gateway's first answer, or `gateway_grace` after it answered to
    a router's name; in its silence, `limit` seconds after the start. What others say never ends
    the search: a television that answers in 2 ms must not shut out a router that takes its time.
    Everything is sent again each `resend` seconds, since UDP may lose it.
    Raises OSError when nothing could be sent and nothing was heard.
    """
    assert around.gateway is not None
    loop = asyncio.get_running_loop()
    listener = _Listener(around.gateway, around.network)
    transport, _ = await loop.create_datagram_endpoint(lambda: listener, sock=_open(around.local))
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit), asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(
                    _send(transport, str(around.gateway), group, port, resend)
                )
                await listener.answered.wait()
                with suppress(TimeoutError):
                    async with asyncio.timeout(grace):
                        await listener.settled.wait()
                        await asyncio.sleep(gateway_grace)
                sender.cancel()
    finally:
        transport.close()
    adverts = rank([*listener.gateways, *listener.others], around.gateway)
    if listener.fault is not None and not (adverts or listener.rejected):
        raise listener.fault
    return Harvest(adverts=tuple(adverts), rejected=tuple(listener.rejected))


def _open(local: IPv4Address | None) -> socket.socket:
    """A socket whose multicast leaves through our LAN address, whatever the default route is."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if local is not None:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, local.packed)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)  # UDA 1.1 §1.3.2
        sock.bind((str(local or ""), 0))
    except OSError:
        sock.close()
        raise
    return sock


async def _send(
    transport: asyncio.DatagramTransport, gateway: str, group: str, port: int, resend: float
) -> None:
    """Unicast first: it opens a stateful host firewall for the answer to the multicast.

    Some routers answer multicast only (tailscale#3197), so both are always sent.
    """
    while True:
        for target in TARGETS:
            transport.sendto(request(target, f"{gateway}:{port}", wait=None), (gateway, port))
        for target in TARGETS:
            transport.sendto(request(target, f"{group}:{port}", wait=1), (group, port))
        await asyncio.sleep(resend)


class _Listener(asyncio.DatagramProtocol):
    """Keeps what came, bounded so that a flood costs nothing and cannot push the gateway out."""

    def __init__(self, gateway: IPv4Address, network: IPv4Network | None) -> None:
        self._gateway, self._network = gateway, network
        self.gateways: list[Advert] = []
        self.others: list[Advert] = []
        self.rejected: list[Rejected] = []
        self.fault: OSError | None = None
        self.answered = asyncio.Event()  # the gateway said something
        self.settled = asyncio.Event()  # the gateway answered to a router's name

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        reply = read_reply(data, str(addr[0]), gateway=self._gateway, network=self._network)
        if isinstance(reply, Rejected):
            if len(self.rejected) < _MOST_REPLIES and reply not in self.rejected:
                self.rejected.append(reply)
        elif reply.responder != self._gateway:
            self._keep_other(reply)
        elif len(self.gateways) < _MOST_REPLIES:
            self.gateways.append(reply)
            self.answered.set()
            if reply.is_gateway_device:
                self.settled.set()

    def _keep_other(self, advert: Advert) -> None:
        """Keep it, unless it is only a repetition, as each device answers to all its names."""
        same = [one for one in self.others if one.responder == advert.responder]
        known = {(one.location, one.is_gateway_device) for one in same}
        if (
            len(self.others) < _MOST_OTHERS
            and len(same) < _MOST_OF_ONE
            and (advert.location, advert.is_gateway_device) not in known
        ):
            self.others.append(advert)

    def error_received(self, exc: Exception) -> None:
        # Half of the packets may fail, say where a container has no multicast; the rest may do.
        if isinstance(exc, OSError):
            self.fault = exc


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
