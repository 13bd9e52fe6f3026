"""Asking the home router for its external address by UPnP (Internet Gateway Device 1 and 2)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from discovery import interface
from discovery.interface import Surroundings
from discovery.observation import Family, Missed, Observation, Seen, Source, Why, missed
from discovery.router import ssdp
from discovery.router.igd import printable, read_igd
from discovery.router.second_service import ask_second
from discovery.router.upnp_process import library_folder, run_worker

MOST_LOCATIONS = 3  # a router with several descriptions (tailscale#3557) has two or three

# Misses in which a router did speak of its line; a better answer from the next description wins,
# but these are worth more than that one could not be fetched.
_ANSWERS = frozenset({Why.DOWN, Why.NO_ADDRESS, Why.NOT_PUBLIC, Why.WRONG_FAMILY})

# Misses after which another WAN service of the same router may have the line.
_ANOTHER_MAY_KNOW = frozenset({Why.DOWN, Why.NO_ADDRESS, Why.NOT_PUBLIC, Why.REFUSED})


@dataclass(slots=True)
class Whereabouts:
    """Where the gateway's description was last time; its port changes when the router restarts.

    `moved` is called whenever that is another place than before.
    """

    gateway: IPv4Address | None = None
    location: str = ""
    moved: Callable[[], object] = lambda: None

    def note(self, gateway: IPv4Address, location: str) -> None:
        """The gateway's description is there now."""
        is_new = location != self.location
        self.gateway, self.location = gateway, location
        if is_new:
            self.moved()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpnpMethod:
    """The router's word over UPnP: search, choose the gateway, ask it in a worker process.

    `location` skips the search: its host is then taken to be the router, since the user said so.
    All limits are seconds. The description that worked is remembered in `found`, so a second look
    costs one worker (about 20 ms) and no search.
    """

    surroundings: Callable[[], Surroundings] = interface.surroundings
    location: str = ""
    search_limit: float = 2.0
    worker_limit: float = 5.0
    ssdp_port: int = ssdp.PORT
    ssdp_group: str = ssdp.GROUP
    found: Whereabouts = field(default_factory=Whereabouts, repr=False, compare=False)

    source: ClassVar[Source] = "upnp"
    operator: ClassVar[str] = "router"

    @property
    def witness(self) -> str:
        """Who is asked, for people."""
        return "the router (UPnP)"

    async def observe(self, family: Family) -> Observation:
        """Ask once; see `discovery.router.igd.read_igd` for what the answers mean."""
        if family is not Family.V4:
            sentence = "UPnP routers tell an external address for IPv4 only"
            return missed(self, family, Why.UNSUPPORTED, sentence)
        folder = library_folder()
        if folder is None:
            return self._miss(
                Why.UNSUPPORTED,
                "the router was not asked by UPnP: the miniupnpc library is not installed (it has "
                "no ready-made package for every system); NAT-PMP and outside witnesses are asked "
                "instead. To add it, install a C compiler, then run: pip install miniupnpc",
            )
        if self.location:
            return await self._ask_given(folder)
        around = await asyncio.to_thread(self.surroundings)
        if around.gateway is None:
            sentence = "no home router was found to ask: there is no physical default route"
            return self._miss(Why.NO_ROUTE, sentence)
        return await self._ask_remembered(around, around.gateway, folder)

    async def _ask_given(self, folder: str) -> Observation:
        """Ask at the configured description; a host name in it is looked up first."""
        wrong = (
            f"the UPnP location “{printable(self.location, 200)}” is not usable; expected a "
            "plain http:// URL such as http://192.168.1.1:5000/rootDesc.xml"
        )
        try:
            parts = urlsplit(self.location)
            port = parts.port or 80
        except ValueError:
            return self._miss(Why.UNSUPPORTED, wrong)
        if parts.scheme != "http" or not parts.hostname or parts.username is not None:
            return self._miss(Why.UNSUPPORTED, wrong)
        try:
            host = await _look_up(parts.hostname)
        except (OSError, UnicodeError):  # the latter: a label that IDNA forbids
            sentence = f"the router's name {printable(parts.hostname)} could not be looked up"
            return self._miss(Why.UNRESOLVED, sentence)
        location = urlunsplit(("http", f"{host}:{port}", parts.path or "/", parts.query, ""))
        return await self._ask(location, host, folder)

    async def _ask_remembered(
        self, around: Surroundings, gateway: IPv4Address, folder: str
    ) -> Observation:
        """Ask where the router was last time; search when it is not there any more."""
        if self.found.gateway == gateway:
            again = await self._ask(self.found.location, str(gateway), folder)
            if merit(again):
                return again
        self.found.gateway = None
        try:
            harvest = await ssdp.search(
                around, limit=self.search_limit, port=self.ssdp_port, group=self.ssdp_group
            )
        except OSError as fault:
            return self.unsearchable(around, fault)
        own = [advert.location for advert in harvest.adverts if advert.host == gateway]
        best: Observation | None = None
        for location in own[:MOST_LOCATIONS]:
            answer = await self._ask(location, str(gateway), folder)
            if best is None or merit(answer) > merit(best):
                best = answer
                self.found.note(gateway, location)
            if isinstance(best, Seen):
                break
        return best or self.nobody(harvest, gateway)

    async def _ask(self, location: str, host: str, folder: str) -> Observation:
        limit = self.worker_limit
        report = await run_worker(location, host, limit=limit, folder=folder)
        answer = read_igd(self, report, location=location)
        control = report.get("control_url")
        if isinstance(answer, Missed) and answer.why in _ANOTHER_MAY_KNOW and control:
            other = await ask_second(location, host, asked=str(control), limit=limit)
            if other is not None:
                second = read_igd(self, other, location=location)
                return second if isinstance(second, Seen) else answer
        return answer

    def unsearchable(self, around: Surroundings, fault: OSError) -> Missed:
        """Say that the search could not even be sent."""
        sentence = f"no router search can be sent from {around.local} ({fault.strerror})"
        return self._miss(Why.NO_ROUTE, sentence)

    def nobody(self, harvest: ssdp.Harvest, gateway: IPv4Address) -> Missed:
        """Say why the search found no router that may be asked."""
        for advert in harvest.adverts:
            if advert.is_gateway_device:
                name = printable(advert.server or advert.usn) or "unnamed"
                return self._miss(
                    Why.FOREIGN,
                    f"{advert.host} ({name}) says that it is a router, but this home's gateway is "
                    f"{gateway}, so it was not asked. If it is your router, set location = "
                    f'"{advert.location}" under [discovery.upnp]',
                )
        for rejected in harvest.rejected:
            if rejected.responder == str(gateway) or rejected.why in {Why.FOREIGN, Why.SPOOFED}:
                return self._miss(rejected.why, rejected.detail)
        return self._miss(
            Why.SILENT,
            f"the gateway {gateway} did not answer a UPnP search within {self.search_limit:g} s; "
            "UPnP may be switched off in it (on a FRITZ!Box: Home Network > Network, “Transmit "
            "status information over UPnP”), or a firewall on this machine drops the answers",
        )

    def _miss(self, why: Why, sentence: str) -> Missed:
        return missed(self, Family.V4, why, sentence)


def merit(observation: Observation) -> int:
    """How much a description's answer is worth: 2 an address, 1 a word of the line, 0 neither."""
    if isinstance(observation, Seen):
        return 2
    return int(observation.why in _ANSWERS)


async def _look_up(host: str) -> str:
    """The IPv4 address of a configured host as text; raises OSError when there is none."""
    try:
        return str(IPv4Address(host))
    except ValueError:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, None, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
        return str(found[0][4][0])
