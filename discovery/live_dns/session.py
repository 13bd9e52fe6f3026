"""The working half of `LiveDns`, which loads dnspython: find the zone, ask its servers, judge."""

from __future__ import annotations

import asyncio

import dns.exception
import dns.name

from discovery.live_dns.authority import ask_all, authoritative, interception
from discovery.live_dns.fixed import Fixed
from discovery.live_dns.reply import text
from discovery.live_dns.resolvers import PATIENCE, Resolvers
from discovery.live_dns.server import Server
from discovery.live_dns.transport import NoReplyError, Patience, Slots, Transport
from discovery.live_dns.view import DnsView, RType
from discovery.live_dns.zone import ZoneError, Zones

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
    ) -> None:
        """See `discovery.live_dns.live.LiveDns`."""
        slots = Slots()
        # Of the limit, three fifths go to two attempts over UDP; the rest is for TCP.
        patience = Patience(attempts=(limit * 0.2, limit * 0.4), limit=limit)
        self._authorities = Transport(slots, patience)
        self.resolvers = Resolvers(Transport(slots, PATIENCE), resolvers)
        self._zones: Zones | Fixed = (
            Fixed(self._authorities, authority)
            if authority
            else Zones(self._authorities, self.resolvers, port=port)
        )

    async def look(self, name: str, rtype: RType) -> DnsView:
        """See `discovery.live_dns.view.Lookup`."""
        try:
            asked = dns.name.from_text(name)
            asked.parent()
        except (dns.exception.DNSException, ValueError) as error:
            problem = f"{name!r} is not a name that a record can have ({type(error).__name__})"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem)
        try:
            async with asyncio.timeout(_WALK_LIMIT):
                zone = await self._zones.find(asked)
        except TimeoutError:
            problem = f"the name servers for {name} were not found within {_WALK_LIMIT:g} s"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem)
        except (ZoneError, NoReplyError) as error:
            problem = f"the name servers for {name} were not found: {error}"
            return DnsView(name=name, rtype=rtype, zone="", problem=problem)
        answers = await ask_all(self._authorities, zone.servers, asked, rtype, zone.apex)
        if not authoritative(answers):
            self._zones.forget(asked)
        return DnsView(
            name=name,
            rtype=rtype,
            zone="" if zone.apex == dns.name.root else text(zone.apex),
            servers=answers,
            intercepted=interception(answers),
        )
