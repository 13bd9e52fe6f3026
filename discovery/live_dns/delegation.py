"""The NS RRset of a zone: the parent's copy, which leads everybody here, and the zone's own.

They should be equal (RFC 1034 §4.2.2) and often are not: one is changed at the registrar, the
other at the DNS service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from discovery.live_dns.exam import NameServers
from discovery.live_dns.fixed import Fixed
from discovery.live_dns.question import Question
from discovery.live_dns.reply import of_type, text
from discovery.live_dns.server import Server
from discovery.live_dns.servers import Zone, ZoneError
from discovery.live_dns.transport import NoReplyError, Transport
from discovery.live_dns.zone import Zones

_NS, _SOA = dns.rdatatype.NS, dns.rdatatype.SOA
_ENOUGH = 4  # servers asked side by side for what all of them know

T = TypeVar("T")


async def name_servers(authorities: Transport, zones: Zones | Fixed, zone: Zone) -> NameServers:
    """Both copies, as far as they are to be had. Never raises for network trouble."""
    question = Question(zone.apex, _NS)
    parent, child = await asyncio.gather(
        _parent(authorities, zones, zone.apex, question),
        first_told(authorities, zone.servers, question, lambda reply: at_child(reply, zone.apex)),
    )
    return NameServers(parent=parent, child=child)


async def negative_ttl(authorities: Transport, zone: Zone) -> int | None:
    """How long "no such name" is remembered, from the zone's SOA (RFC 2308 §5), seconds."""

    def read(reply: dns.message.Message) -> int | None:
        if not reply.flags & dns.flags.AA:
            return None
        soa = next((one for one in of_type(reply.answer, _SOA) if one.name == zone.apex), None)
        return None if soa is None else min(soa.ttl, soa[0].minimum)

    return await first_told(authorities, zone.servers, Question(zone.apex, _SOA), read)


def at_parent(reply: dns.message.Message, apex: dns.name.Name) -> tuple[str, ...] | None:
    """The delegation in a parent's reply to "`apex` NS"; None where it holds none.

    A server of both zones answers from the child with AA set, and a resolver in the server's
    place answers with RA set: neither is the parent's copy. Old servers put the delegation into
    the answer, or set AA on it.
    """
    if reply.rcode() != dns.rcode.NOERROR:
        return None
    if reply.answer and reply.flags & (dns.flags.AA | dns.flags.RA):
        return None
    return _hosts(reply.answer or reply.authority, apex)


def at_child(reply: dns.message.Message, apex: dns.name.Name) -> tuple[str, ...] | None:
    """The NS RRset in the zone's own authoritative reply; None where it is no such reply."""
    return _hosts(reply.answer, apex) if reply.flags & dns.flags.AA else None


async def first_told(
    authorities: Transport,
    servers: Sequence[Server],
    question: Question,
    read: Callable[[dns.message.Message], T | None],
) -> T | None:
    """Ask some servers side by side, and take what the first of them in order tells."""

    async def told_by(server: Server) -> T | None:
        try:
            return read((await authorities.ask(server, question)).message)
        except NoReplyError:
            return None

    answers = await asyncio.gather(*map(told_by, servers[:_ENOUGH]))
    return next((answer for answer in answers if answer is not None), None)


async def _parent(
    authorities: Transport, zones: Zones | Fixed, apex: dns.name.Name, question: Question
) -> tuple[str, ...] | None:
    try:
        servers = await zones.parent(apex)
    except (ZoneError, NoReplyError):
        return None
    return await first_told(authorities, servers, question, lambda reply: at_parent(reply, apex))


def _hosts(section: Iterable[dns.rrset.RRset], apex: dns.name.Name) -> tuple[str, ...] | None:
    ns = next((rrset for rrset in of_type(section, _NS) if rrset.name == apex), None)
    return None if ns is None else tuple(sorted(text(item.target).lower() for item in ns))
