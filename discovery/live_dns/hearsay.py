"""What recursive resolvers tell their users about one RRset, each for itself, and for how long."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from discovery.echo_url import EchoUrl
from discovery.live_dns import doh
from discovery.live_dns.dnssec import Replies, authenticated, refused, state_of
from discovery.live_dns.exam import Dnssec, ResolverAnswer, Whose
from discovery.live_dns.question import Question
from discovery.live_dns.reply import of_type
from discovery.live_dns.server import Server
from discovery.live_dns.transport import NoReplyError, Transport
from discovery.live_dns.view import RType
from discovery.observation import Flaw

Ask = Callable[[Question], Awaitable[dns.message.Message]]
"""Puts a question; raises `NoReplyError` with a sentence."""

_CHANGES_NAME = (dns.rdatatype.CNAME, dns.rdatatype.DNAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One resolver: how it is shown, whose it is, and how to ask it."""

    shown: str
    whose: Whose
    ask: Ask


def plain(transport: Transport, server: Server, whose: Whose) -> Source:
    """A resolver on port 53."""

    async def ask(question: Question) -> dns.message.Message:
        return (await transport.ask(server, question)).message

    return Source(shown=server.endpoint, whose=whose, ask=ask)


def over_tcp(transport: Transport, server: Server) -> Source:
    """A public resolver that is asked over TCP from the start."""

    async def ask(question: Question) -> dns.message.Message:
        return (await transport.over_tcp(server, question)).message

    return Source(shown=server.endpoint, whose="public", ask=ask)


def over_https(url: EchoUrl, limit: float, tls: ssl.SSLContext | None) -> Source:
    """A resolver that is asked over HTTPS; `limit` is seconds for one question."""

    async def ask(question: Question) -> dns.message.Message:
        try:
            async with asyncio.timeout(limit):
                reply = await doh.ask(url, question, tls=tls)
        except TimeoutError:
            raise NoReplyError(f"{url.shown} did not answer within {limit:g} s") from None
        if isinstance(reply, Flaw):
            raise NoReplyError(f"{url.shown} {reply.detail}")
        return reply.message

    return Source(shown=url.shown, whose="public", ask=ask)


def nowhere(whose: Whose, trouble: str) -> Source:
    """A place where a resolver should have been named, and none was."""

    async def ask(_: Question) -> dns.message.Message:
        raise NoReplyError(trouble)

    return Source(shown=whose, whose=whose, ask=ask)


def unheard(source: Source, error: str) -> ResolverAnswer:
    """The answer of a resolver that was not asked, or not heard."""
    return ResolverAnswer(resolver=source.shown, whose=source.whose, error=error)


async def hear(
    source: Source, name: dns.name.Name, rtype: RType, zone: dns.name.Name
) -> tuple[ResolverAnswer, Dnssec]:
    """Ask one resolver about the RRset, and how far it can be believed. Never raises.

    It remembers what it finds: only ask about an RRset that the authorities serve (RFC 2308).
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    kind = dns.rdatatype.from_text(rtype)
    apexes = (_checked(apex, dns.rdatatype.SOA) for apex in {dns.name.root, zone})
    others = asyncio.gather(*(_reply(source, question) for question in apexes))
    try:
        reply = await _reply(source, _checked(name, kind))
        elapsed = loop.time() - start
        unchecked = None
        if not isinstance(reply, NoReplyError) and refused(reply):
            question = Question(name, kind, recurse=True, dnssec=True, unchecked=True)
            unchecked = _message(await _reply(source, question))
        said = Replies(
            reply=_message(reply),
            others=tuple(map(_message, await others)),
            unchecked=unchecked,
        )
    finally:
        others.cancel()
    return told(source, reply, kind, elapsed), state_of(said)


def told(
    source: Source,
    reply: dns.message.Message | NoReplyError,
    rtype: dns.rdatatype.RdataType,
    elapsed: float,
) -> ResolverAnswer:
    """Read a resolver's reply: the addresses wherever aliases lead, or a denial."""

    def answer(
        values: frozenset[str] | None = None, left: int | None = None, error: str = ""
    ) -> ResolverAnswer:
        return ResolverAnswer(
            resolver=source.shown,
            whose=source.whose,
            values=None if values is None else frozenset(map(ip_address, values)),
            left_s=left,
            authenticated=not isinstance(reply, NoReplyError) and authenticated(reply),
            elapsed=elapsed,
            error=error,
        )

    if isinstance(reply, NoReplyError):
        return answer(error=str(reply))
    if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return answer(error=f"{source.shown} answers {dns.rcode.to_text(reply.rcode())}")
    found = list(of_type(reply.answer, rtype))
    if not found:
        return answer(frozenset(), _denied_for(reply))
    # The first part of a chain of aliases that expires makes the resolver ask anew.
    chain = (*found, *of_type(reply.answer, *_CHANGES_NAME))
    values = frozenset(item.address for rrset in found for item in rrset)
    return answer(values, min(rrset.ttl for rrset in chain))


def _denied_for(reply: dns.message.Message) -> int | None:
    """How long a denial is remembered: the SOA beside it tells (RFC 2308 §5)."""
    soa = next(of_type(reply.authority, dns.rdatatype.SOA), None)
    return None if soa is None else min(soa.ttl, soa[0].minimum)


def _checked(name: dns.name.Name, rtype: dns.rdatatype.RdataType) -> Question:
    return Question(name, rtype, recurse=True, dnssec=True)


async def _reply(source: Source, question: Question) -> dns.message.Message | NoReplyError:
    try:
        return await source.ask(question)
    except NoReplyError as trouble:
        return trouble


def _message(reply: dns.message.Message | NoReplyError) -> dns.message.Message | None:
    return None if isinstance(reply, NoReplyError) else reply
