"""Asking all authoritative servers of a zone about one RRset, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import dns.message
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back from one server; without a message, `problem` says why. Times in seconds."""

    server: Server
    message: dns.message.Message | None = None
    problem: str = ""
    tcp: bool = False
    elapsed: float = 0.0


async def ask_all(
    authorities: Transport,
    servers: Sequence[Server],
    name: dns.name.Name,
    rtype: RType,
    zone: dns.name.Name,
) -> tuple[ServerAnswer, ...]:
    """One answer per server, in their order. Never raises for network trouble."""
    return judge(await hear_all(authorities, servers, name, rtype), name, rtype, zone)


async def hear_all(
    authorities: Transport, servers: Sequence[Server], name: dns.name.Name, rtype: RType
) -> tuple[Response, ...]:
    """One response per server, in their order. Never raises for network trouble."""
    question = _question(name, dns.rdatatype.from_text(rtype))
    return tuple(
        await asyncio.gather(*(_hear(authorities, server, question) for server in servers))
    )


def judge(
    responses: Sequence[Response], name: dns.name.Name, rtype: RType, zone: dns.name.Name
) -> tuple[ServerAnswer, ...]:
    """What the responses of the servers of `zone` mean."""
    return tuple(
        ServerAnswer(
            server=one.server.name,
            endpoint=one.server.endpoint,
            answer=NoAnswer(detail=one.problem)
            if one.message is None
            else _about(one.server, classify(one.message, name, rtype, zone)),
            elapsed=one.elapsed,
            tcp=one.tcp,
        )
        for one in responses
    )


# A change is verified by asking the same many times in a second; each gets an id of its own.
@lru_cache(32)
def _question(name: dns.name.Name, rtype: dns.rdatatype.RdataType) -> Question:
    return Question(name, rtype)


async def _hear(authorities: Transport, server: Server, question: Question) -> Response:
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        reply = await authorities.ask(server, question)
    except NoReplyError as trouble:
        return Response(server=server, problem=str(trouble), elapsed=loop.time() - start)
    return Response(
        server=server, message=reply.message, tcp=reply.tcp, elapsed=loop.time() - start
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
