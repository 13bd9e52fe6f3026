"""The working half of `LiveDns`, which loads dnspython: find the zone, ask its servers, judge."""

from __future__ import annotations

import asyncio

import dns.exception
import dns.name

from discovery.live_dns.authority import (
    Response,
    authoritative,
    hear_all,
    interception,
    judge,
)
from discovery.live_dns.fixed import Fixed
from discovery.live_dns.reply import text
from discovery.live_dns.resolvers import PATIENCE, Resolvers
from discovery.live_dns.server import Server
from discovery.live_dns.servers import Zone, ZoneError
from discovery.live_dns.slots import Slots
from discovery.live_dns.transport import NoReplyError, Patience, Transport
from discovery.live_dns.view import DnsView, RType
from discovery.live_dns.zone import Zones

_WALK_LIMIT = 10.0  # seconds to find a zone: a few questions, the first resolver dead


class Session:
    """Resolvers, known zones and open questions of one `LiveDns`."""

    def __init__(
        self,
        *,
        authority: tuple[Server, ...],
        resolvers: tuple[Server, ...],
        limit: float,
        port: int,
        system: tuple[Server, ...] | None = None,
    ) -> None:
        """See `discovery.live_dns.live.LiveDns`."""
        self.slots = Slots()
        # Of the limit, three fifths go to two attempts over UDP; the rest is for TCP.
        patience = Patience(attempts=(limit * 0.2, limit * 0.4), limit=limit)
        self.authorities = Transport(self.slots, patience)
        self.resolvers = Resolvers(
            Transport(self.slots, PATIENCE),
            resolvers,
            None if system is None else lambda: list(system),
        )
        self.zones: Zones | Fixed = (
            Fixed(self.authorities, authority)
            if authority
            else Zones(self.authorities, self.resolvers, port=port)
        )

    async def look(self, name: str, rtype: RType) -> DnsView:
        """See `discovery.live_dns.view.Lookup`."""
        view, _ = await self.look_closely(name, rtype)
        return view

    async def look_closely(
        self, name: str, rtype: RType, *, walk_limit: float = _WALK_LIMIT
    ) -> tuple[DnsView, Zone | None]:
        """Look, and tell the zone too where it was found. `walk_limit` is seconds to find it."""
        try:
            asked = dns.name.from_text(name)
            asked.parent()
        except (dns.exception.DNSException, ValueError) as error:
            problem = f"{name!r} is not a name that a record can have ({type(error).__name__})"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem), None
        try:
            zone, responses = await hear(
                self.zones, self.authorities, asked, rtype, walk_limit=walk_limit
            )
        except TimeoutError:
            problem = f"the name servers for {name} were not found within {walk_limit:g} s"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem), None
        except (ZoneError, NoReplyError) as error:
            problem = f"the name servers for {name} were not found: {error}"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem), None
        answers = judge(responses, asked, rtype, zone.apex)
        if not authoritative(answers):
            self.zones.forget(asked, zone)
        view = DnsView(
            name=name,
            rtype=rtype,
            zone="" if zone.apex == dns.name.root else text(zone.apex),
            servers=answers,
            intercepted=interception(answers),
        )
        return view, zone

    async def aclose(self) -> None:
        """End what is done in the background."""
        await self.zones.aclose()


async def hear(
    zones: Zones | Fixed,
    authorities: Transport,
    name: dns.name.Name,
    rtype: RType,
    *,
    walk_limit: float = _WALK_LIMIT,
) -> tuple[Zone, tuple[Response, ...]]:
    """Ask the zone that is known to hold the name or to be above it, and see whether it does.

    Where another zone turns out to hold it, its servers are asked. `walk_limit` is seconds to find
    the one, and to find the other. Raises `ZoneError`, `NoReplyError` or TimeoutError.
    """
    async with asyncio.timeout(walk_limit):
        found = await zones.find(name)
    responses = await hear_all(authorities, found.servers, name, rtype)
    async with asyncio.timeout(walk_limit):
        zone = await zones.exact(name, found, responses)
    if zone.servers != found.servers:
        responses = await hear_all(authorities, zone.servers, name, rtype)
    return zone, responses
