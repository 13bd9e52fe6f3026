"""Asking all authoritative servers of a zone about one RRset, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import dns.name
import dns.rdatatype

from discovery.live_dns.question import Question
from discovery.live_dns.reply import Delegation, classify, text
from discovery.live_dns.server import Server
from discovery.live_dns.transport import NoReplyError, Transport
from discovery.live_dns.view import (
    Absent,
    Answer,
    Lame,
    NoAnswer,
    Opaque,
    Present,
    Resolver,
    RType,
    ServerAnswer,
)


async def ask_all(
    authorities: Transport,
    servers: Sequence[Server],
    name: dns.name.Name,
    rtype: RType,
    zone: dns.name.Name,
) -> tuple[ServerAnswer, ...]:
    """One answer per server, in their order. Never raises for network trouble."""
    return tuple(
        await asyncio.gather(*(_ask(authorities, server, name, rtype, zone) for server in servers))
    )


async def _ask(
    authorities: Transport,
    server: Server,
    name: dns.name.Name,
    rtype: RType,
    zone: dns.name.Name,
) -> ServerAnswer:
    loop = asyncio.get_running_loop()
    start = loop.time()
    question = Question(name, dns.rdatatype.from_text(rtype))
    answer: Answer
    tcp = False
    try:
        reply = await authorities.ask(server, question)
    except NoReplyError as trouble:
        answer = NoAnswer(detail=str(trouble))
    else:
        tcp = reply.tcp
        answer = _about(server, classify(reply.message, name, rtype, zone))
    return ServerAnswer(
        server=server.name,
        endpoint=server.endpoint,
        answer=answer,
        elapsed=loop.time() - start,
        tcp=tcp,
    )


def _about(server: Server, judged: Answer | Delegation) -> Answer:
    """Say whom a trouble is about. A delegation found only now is not this server's answer."""
    if isinstance(judged, Delegation):
        return Lame(detail=f"{server} refers to the servers of {text(judged.zone)}")
    if isinstance(judged, Lame | Resolver | NoAnswer):
        return replace(judged, detail=f"{server} {judged.detail}")
    return judged


def authoritative(answers: Sequence[ServerAnswer]) -> bool:
    """Whether at least one server answered as an authority."""
    return any(isinstance(item.answer, Present | Absent | Opaque) for item in answers)


def interception(answers: Sequence[ServerAnswer]) -> str:
    """A sentence when resolvers answer in the place of all authorities; empty otherwise.

    One server that answers as a resolver beside real authorities is merely misconfigured.
    """
    posing = [item.endpoint for item in answers if isinstance(item.answer, Resolver)]
    if not posing or authoritative(answers):
        return ""
    return (
        f"{' and '.join(posing)} should answer as an authority but answers as a resolver does: "
        "something on the way, often the router or the internet provider, takes over port 53."
    )
