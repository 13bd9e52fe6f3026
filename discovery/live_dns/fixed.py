"""`[dns] authority`: exactly these servers are asked, and the delegation is not walked.

For zones that the public tree does not lead to, or whose servers are better reached by another
way: an internal zone, a hidden primary, a laboratory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dns.name
import dns.rdatatype

from discovery.live_dns.authority import Response
from discovery.live_dns.question import Question
from discovery.live_dns.reply import Delegation, aliased, descend, holds, locate
from discovery.live_dns.server import Server
from discovery.live_dns.servers import Zone
from discovery.live_dns.transport import NoReplyError, Transport
from discovery.live_dns.zone import ancestors


class Fixed:
    """Finds the zone of a name by asking the given servers for it; the servers are known."""

    def __init__(self, authorities: Transport, servers: tuple[Server, ...]) -> None:
        """The servers, in the order in which they are shown."""
        self._authorities = authorities
        self._servers = servers
        self._known: dict[dns.name.Name, dns.name.Name] = {}

    async def find(self, name: dns.name.Name) -> Zone:
        """The zone of `name` as the servers told it; the root where they did not yet."""
        return Zone(apex=self._known.get(name, dns.name.root), servers=self._servers)

    async def exact(self, name: dns.name.Name, zone: Zone, responses: Sequence[Response]) -> Zone:
        """The zone of `name`, now that the servers were asked about it; else as it was."""
        if name in self._known:
            return zone
        told = [
            apex
            for one in responses
            if one.message is not None
            and isinstance(apex := locate(one.message, name, dns.name.root), dns.name.Name)
        ]
        told += await self._asked(name, responses)
        if not told:
            return zone
        self._known[name] = max(told, key=len)
        return await self.find(name)

    def forget(self, name: dns.name.Name, _zone: Zone) -> None:
        """Ask for the zone again at the next look."""
        self._known.pop(name, None)

    async def parent(self, apex: dns.name.Name) -> tuple[Server, ...]:  # noqa: ARG002 - as `Zones`
        """None: the tree above the given servers is not walked."""
        return ()

    async def aclose(self) -> None:
        """Nothing is done in the background."""

    async def _asked(
        self, name: dns.name.Name, responses: Sequence[Response]
    ) -> list[dns.name.Name]:
        """The apex that a server tells which has the name but did not say of which zone it is.

        An alias at the name hides it; then the names above tell.
        """
        for one in responses:
            if one.message is None:
                continue
            if aliased(one.message):
                apex = await self._apex(one.server, ancestors(name))
            elif holds(one.message, name):
                apex = await self._apex(one.server, (name,))
            else:
                continue
            if apex is not None:
                return [apex]
        return []

    async def _apex(self, server: Server, names: Iterable[dns.name.Name]) -> dns.name.Name | None:
        for asked in names:
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
