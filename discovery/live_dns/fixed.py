"""`[dns] authority`: exactly these servers are asked, and the delegation is not walked.

For zones that the public tree does not lead to, or whose servers are better reached by another
way: an internal zone, a hidden primary, a laboratory.
"""

from __future__ import annotations

import asyncio

import dns.name
import dns.rdatatype

from discovery.live_dns.question import Question
from discovery.live_dns.reply import Delegation, descend
from discovery.live_dns.server import Server
from discovery.live_dns.transport import NoReplyError, Transport
from discovery.live_dns.zone import Zone, ancestors


class Fixed:
    """Finds the zone of a name by asking the given servers for it; the servers are known."""

    def __init__(self, authorities: Transport, servers: tuple[Server, ...]) -> None:
        """The servers, in the order in which they are shown."""
        self._authorities = authorities
        self._servers = servers
        self._known: dict[dns.name.Name, dns.name.Name] = {}

    async def find(self, name: dns.name.Name) -> Zone:
        """The zone of `name` as the servers see it; the root where they do not tell."""
        if name not in self._known:
            told = await asyncio.gather(*(self._apex(server, name) for server in self._servers))
            apex = max((apex for apex in told if apex is not None), key=len, default=None)
            if apex is None:
                return Zone(apex=dns.name.root, servers=self._servers)
            self._known[name] = apex
        return Zone(apex=self._known[name], servers=self._servers)

    def forget(self, name: dns.name.Name) -> None:
        """Ask for the zone again at the next look."""
        self._known.pop(name, None)

    async def parent(self, apex: dns.name.Name) -> tuple[Server, ...]:  # noqa: ARG002 - as `Zones`
        """None: the tree above the given servers is not walked."""
        return ()

    async def _apex(self, server: Server, name: dns.name.Name) -> dns.name.Name | None:
        """The apex that one server tells; an alias at the name hides it, then the parent tells."""
        for asked in (name, *ancestors(name)):
            try:
                reply = await self._authorities.ask(server, Question(asked, dns.rdatatype.SOA))
            except NoReplyError:
                return None
            apex = descend(reply.message, asked, dns.name.root)
            if isinstance(apex, Delegation):
                return None  # the zone is held by others
            if apex is not None:
                return apex
        return None
