"""Finding the zone that holds a name, and every address of its servers.

First upwards, by the resolvers, from the name's parent: the name itself may not exist yet, and a
resolver that is asked about it would remember that (RFC 2308). All names below one parent share
that walk, all parents within one zone the zone, and all zones the addresses of their servers.

Then the servers of the zone that was found are asked for the record itself. Their responses mostly
tell whether that zone holds the name; where they do not, or tell of a zone further down, it is
looked for downwards, by the authorities, which remember nothing. So a name costs one question for
each RRset and server, and one more where a server is sparing with what it adds to an answer.

What was found is kept for as long as its NS records may be (within bounds), and found anew before
that is over (`discovery.live_dns.kept`), so that a look asks authorities alone.

One trace is left: where the parent does not exist either, a resolver remembers that, and one that
follows RFC 8020 concludes for a while that nothing is below it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import dns.message
import dns.name
import dns.rdatatype

from discovery.live_dns.authority import Response
from discovery.live_dns.kept import Fact, Kept, lasting
from discovery.live_dns.question import Question
from discovery.live_dns.renewals import Renewals
from discovery.live_dns.reply import (
    Delegation,
    closest_zone,
    descend,
    holds,
    locate,
    name_servers,
    text,
)
from discovery.live_dns.resolvers import Resolvers
from discovery.live_dns.server import Server
from discovery.live_dns.servers import AddressBook, Zone, ZoneError
from discovery.live_dns.transport import NoReplyError, Transport

_DEEPEST = 8  # delegations followed; real trees have one or two below a registered domain
_SOME_PARENTS = 3  # asked for their copy of a delegation
_CERTAIN = 3600  # seconds for which a name is known to lie in the zone above it


class Zones:
    """Finds zones, and remembers them by the names looked for."""

    def __init__(self, authorities: Transport, resolvers: Resolvers, *, port: int) -> None:
        """`port` is that of every server found by the walk: an NS record carries none."""
        self._authorities = authorities
        self._resolvers = resolvers
        self._renewals = Renewals(ZoneError, NoReplyError)
        self._book = AddressBook(resolvers, self._renewals, port=port)
        self._above: Kept[dns.name.Name, Zone] = Kept(self._renewals)
        self._below: Kept[dns.name.Name, Zone | None] = Kept(self._renewals)

    async def find(self, name: dns.name.Name) -> Zone:
        """The zone that holds `name` as far as is known, else the closest one above it.

        Raises `ZoneError` or `NoReplyError`.
        """
        self._renewals.tell()
        self._book.spare(name)
        below = self._below.peek(name)
        if below is not None and below.value is not None:
            return below.value
        return (await self._around(name)).value

    async def exact(self, name: dns.name.Name, zone: Zone, responses: Sequence[Response]) -> Zone:
        """The zone that holds `name`, now that the servers of the found `zone` were asked about it.

        Raises `ZoneError` or `NoReplyError`.
        """
        if self._below.sure(name):
            return zone
        known = self._below.peek(name)
        told = _told(responses, name, zone)
        if told == zone.apex and (known is None or known.value is None):
            self._below.put(name, lasting(None, _CERTAIN))
            return zone
        if known is not None:
            self._below.renew_when_due(name, partial(self._down, name))
            return zone
        answering = [
            one.server for one in responses if one.message is not None and holds(one.message, name)
        ]
        if told is None and not answering:
            return zone  # an alias, strangers to the zone, or silence
        below = await self._below.get(name, partial(self._down, name, answering))
        return below.value or zone

    def forget(self, name: dns.name.Name, zone: Zone) -> None:
        """Walk again at the next look: no server of `zone` answered for it any more."""
        self._below.drop(name)
        self._book.forget()
        above = self._above.peek(name.parent())
        # It may have been found anew meanwhile, by a look at a sibling that ended sooner.
        if above is not None and (above.value is zone or above.value.apex != zone.apex):
            self._above.forget(lambda known: known is above.value)

    async def parent(self, apex: dns.name.Name) -> tuple[Server, ...]:
        """Some servers of the zone that delegates `apex`. Raises `ZoneError` or `NoReplyError`.

        A few are enough, and "com" has 26 addresses to look up.
        """
        for ancestor in ancestors(apex):
            delegation = await self._delegation(ancestor)
            if delegation is not None:
                some = replace(delegation, hosts=delegation.hosts[:_SOME_PARENTS])
                return (await self._book.zone(some)).value.servers
        raise _no_zone()

    async def aclose(self) -> None:
        """End what is done in the background."""
        await self._renewals.aclose()

    async def _around(self, name: dns.name.Name) -> Fact[Zone]:
        return await self._above.get(name.parent(), partial(self._up, name.parent()))

    async def _up(self, node: dns.name.Name) -> Fact[Zone]:
        """The closest zone that the resolvers know at `node` or above it."""
        if len(node) <= 1:  # the root: nobody's record lies there
            raise _no_zone()
        delegation = await self._delegation(node)
        if delegation is not None:
            return await self._book.zone(delegation)
        return await self._above.young(node.parent(), partial(self._up, node.parent()))

    async def _delegation(self, node: dns.name.Name) -> Delegation | None:
        """The zone at `node` and its servers' names, by the resolvers; None where there is none."""
        soa, ns = await asyncio.gather(
            self._resolvers.ask(node, dns.rdatatype.SOA),
            self._resolvers.ask(node, dns.rdatatype.NS),
        )
        if not closest_zone(soa, node):
            return None
        delegation = name_servers(ns, node)
        if delegation is None:
            raise ZoneError(f"the resolver names no name servers for the zone {text(node)}")
        return replace(delegation, glue=self._book.glue(delegation))

    async def _down(self, name: dns.name.Name, first: Sequence[Server] = ()) -> Fact[Zone | None]:
        """The zone below the one around `name` that holds it; None where that one does itself.

        `first` are servers of the one around that are known to answer.
        """
        around = (await self._around(name)).value
        found: Fact[Zone] | None = None
        apex, servers = around.apex, tuple(dict.fromkeys((*first, *around.servers)))
        for _ in range(_DEEPEST):
            step = await self._step(name, apex, servers)
            if step is None and found is None:
                return lasting(None, 0)  # nobody tells: it is asked again at the next look
            if not isinstance(step, Delegation):
                break
            found = await self._book.zone(step)
            apex, servers = found.value.apex, found.value.servers
        return found or lasting(None, _CERTAIN)

    async def _step(
        self, name: dns.name.Name, apex: dns.name.Name, servers: Sequence[Server]
    ) -> Delegation | dns.name.Name | None:
        """What the first server that tells says: a delegation towards `name`, or the same apex."""
        question = Question(name, dns.rdatatype.SOA)
        for server in servers:
            reply = await self._try(server, question)
            told = None if reply is None else descend(reply, name, apex)
            if isinstance(told, Delegation) or told == apex:
                return told
            if told is not None:
                # The same server holds a zone below as well: only its NS records are missing.
                ns = await self._try(server, Question(told, dns.rdatatype.NS))
                return None if ns is None else name_servers(ns, told)
        return None

    async def _try(self, server: Server, question: Question) -> dns.message.Message | None:
        try:
            return (await self._authorities.ask(server, question)).message
        except NoReplyError:
            return None


def _told(
    responses: Sequence[Response], name: dns.name.Name, zone: Zone
) -> Delegation | dns.name.Name | None:
    """Where the name is, by the first server that tells."""
    steps = (locate(one.message, name, zone.apex) for one in responses if one.message is not None)
    return next((step for step in steps if step is not None), None)


def _no_zone() -> ZoneError:
    return ZoneError("the resolvers know no zone above it")


def ancestors(name: dns.name.Name) -> list[dns.name.Name]:
    """The names above `name`, closest first, without the root: nobody's record lies there."""
    above = []
    while len(name := name.parent()) > 1:
        above.append(name)
    return above
