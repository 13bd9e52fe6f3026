"""Finding the zone that holds a name, and every address of its servers.

First upwards, by the resolvers, from the name's parent: the name itself may not exist yet, and a
resolver that is asked about it would remember that (RFC 2308). Then downwards, by the authorities
of the zone that was found, which remember nothing: they know whether the name is a zone of its
own, or lies in one that was delegated further down. What was found is kept for as long as its NS
records may be (within bounds), so that the next look asks authorities alone.

One trace is left: where the parent does not exist either, a resolver remembers that, and one that
follows RFC 8020 concludes for a while that nothing is below it.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from dataclasses import dataclass, replace

import dns.message
import dns.name
import dns.rdatatype

from discovery.live_dns.question import Question
from discovery.live_dns.reply import Delegation, closest_zone, descend, name_servers, text
from discovery.live_dns.resolvers import Resolvers
from discovery.live_dns.server import Server, has_route
from discovery.live_dns.transport import NoReplyError, Transport

_SHORTEST, _LONGEST = 300, 3600  # how long a delegation is kept, seconds, whatever its TTL
_DEEPEST = 8  # delegations followed; real trees have one or two below a registered domain
_MOST_SERVERS = 64  # addresses per zone; the root has 26, and a hostile zone could name thousands
_SOME_PARENTS = 3  # asked for their copy of a delegation
_AT_ONCE = 2  # authorities asked side by side for the zone cut: any of them knows


class ZoneError(Exception):
    """The zone or its servers cannot be found. The text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone's apex and its servers, to be looked up anew at `expires` of the loop's time."""

    apex: dns.name.Name
    servers: tuple[Server, ...]
    expires: float = math.inf


class Zones:
    """Finds zones, and remembers them by the names looked for."""

    def __init__(self, authorities: Transport, resolvers: Resolvers, *, port: int) -> None:
        """`port` is that of every server found by the walk: an NS record carries none."""
        self._authorities = authorities
        self._resolvers = resolvers
        self._port = port
        self._known: dict[tuple[str, dns.name.Name], Zone] = {}
        self._busy: defaultdict[tuple[str, dns.name.Name], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def find(self, name: dns.name.Name) -> Zone:
        """The zone that holds `name`. Raises `ZoneError` or `NoReplyError`."""
        key = ("at", name)
        async with self._busy[key]:
            zone = self._remembered(key)
            if zone is None:
                zone = await self._down(name, await self._above(name))
                self._known[key] = zone
            return zone

    def forget(self, name: dns.name.Name) -> None:
        """Walk again at the next look: none of the servers answered for the zone any more."""
        self._known.pop(("at", name), None)
        if len(name) > 1:
            self._known.pop(("above", name.parent()), None)

    async def parent(self, apex: dns.name.Name) -> tuple[Server, ...]:
        """Some servers of the zone that delegates `apex`. Raises `ZoneError` or `NoReplyError`.

        A few are enough, and "com" has 26 addresses to look up.
        """
        delegation = await self._closest(apex)
        some = replace(delegation, hosts=delegation.hosts[:_SOME_PARENTS])
        return (await self._zone(some, apex)).servers

    def _remembered(self, key: tuple[str, dns.name.Name]) -> Zone | None:
        zone = self._known.get(key)
        if zone is None or zone.expires <= asyncio.get_running_loop().time():
            return None
        return zone

    async def _above(self, name: dns.name.Name) -> Zone:
        """The closest zone above `name` that the resolvers know; siblings share the answer."""
        key = ("above", name.parent())
        async with self._busy[key]:
            zone = self._remembered(key)
            if zone is None:
                zone = await self._up(name)
                self._known[key] = zone
            return zone

    async def _up(self, name: dns.name.Name) -> Zone:
        return await self._zone(await self._closest(name), name)

    async def _closest(self, name: dns.name.Name) -> Delegation:
        """The closest zone above `name` that the resolvers know, and its servers' names."""
        for ancestor in ancestors(name):
            soa, ns = await asyncio.gather(
                self._resolvers.ask(ancestor, dns.rdatatype.SOA),
                self._resolvers.ask(ancestor, dns.rdatatype.NS),
            )
            if not closest_zone(soa, ancestor):
                continue
            delegation = name_servers(ns, ancestor)
            if delegation is None:
                raise ZoneError(f"the resolver names no name servers for the zone {text(ancestor)}")
            # A resolver adds the addresses it happens to have, of one family perhaps: look them up.
            own = tuple(pair for pair in delegation.glue if pair[0] == name)
            return replace(delegation, glue=own)
        raise ZoneError(f"no zone was found above {text(name)}: the resolvers know none there")

    async def _down(self, name: dns.name.Name, zone: Zone) -> Zone:
        for _ in range(_DEEPEST):
            delegation = await self._next(name, zone)
            if delegation is None:
                break
            zone = await self._zone(delegation, name)
        return zone

    async def _next(self, name: dns.name.Name, zone: Zone) -> Delegation | None:
        """The delegation one step below `zone` towards `name`; None when there is none."""
        question = Question(name, dns.rdatatype.SOA)
        for start in range(0, len(zone.servers), _AT_ONCE):
            some = zone.servers[start : start + _AT_ONCE]
            replies = await asyncio.gather(*(self._try(server, question) for server in some))
            for server, reply in zip(some, replies, strict=True):
                step = None if reply is None else descend(reply, name, zone.apex)
                if isinstance(step, Delegation):
                    return step
                if step is not None and step != zone.apex:
                    # The same server holds a zone below as well: only its NS records are missing.
                    ns = await self._try(server, Question(step, dns.rdatatype.NS))
                    return None if ns is None else name_servers(ns, step)
                if step is not None:
                    return None
        return None

    async def _try(self, server: Server, question: Question) -> dns.message.Message | None:
        try:
            return (await self._authorities.ask(server, question)).message
        except NoReplyError:
            return None

    async def _zone(self, delegation: Delegation, name: dns.name.Name) -> Zone:
        """Turn host names into addresses; a delegation's glue needs no looking up."""
        told: defaultdict[dns.name.Name, list[str]] = defaultdict(list)
        for host, address in delegation.glue:
            told[host].append(address)
        # `name` may be a server of its own zone; even then no resolver is asked about it.
        unknown = [host for host in delegation.hosts if host not in told and host != name]
        looked_up = await asyncio.gather(*(self._resolvers.addresses(host) for host in unknown))
        told.update((host, list(some.found)) for host, some in zip(unknown, looked_up, strict=True))
        servers = tuple(
            dict.fromkeys(
                Server(name=text(host), address=address, port=self._port)
                for host in delegation.hosts
                for address in told[host]
            )
        )
        if not servers:
            hosts = ", ".join(map(text, delegation.hosts))
            raise ZoneError(
                f"the name servers of {text(delegation.zone)} have no known address ({hosts})"
            )
        # With an address perhaps missing, not every server is asked: look again soon.
        longest = _LONGEST if all(some.whole for some in looked_up) else _SHORTEST
        kept_for = min(max(delegation.ttl, _SHORTEST), longest)
        return Zone(
            apex=delegation.zone,
            servers=reachable(servers),
            expires=asyncio.get_running_loop().time() + kept_for,
        )


def reachable(servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """Leave out the servers that this machine has no route to, such as IPv6 ones without IPv6.

    They cannot be asked, which says nothing about them. When no server has a route all are kept:
    then the machine is offline, and asking says so.
    """
    routed = tuple(server for server in servers if has_route(server))
    return (routed or servers)[:_MOST_SERVERS]


def ancestors(name: dns.name.Name) -> list[dns.name.Name]:
    """The names above `name`, closest first, without the root: nobody's record lies there."""
    above = []
    while len(name := name.parent()) > 1:
        above.append(name)
    return above
