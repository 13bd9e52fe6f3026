"""Asking the servers of a trial, and what came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import dns.flags
import dns.message

from discovery.live_dns.question import Question
from discovery.live_dns.server import Server, reachable, read_endpoint
from discovery.live_dns.transport import NoReplyError, Reply

Ask = Callable[[Server, Question], Awaitable[Reply]]


class Target(Protocol):
    """Whatever is asked at one endpoint."""

    @property
    def server(self) -> str:
        """Its "address:port"."""
        ...


T = TypeVar("T", bound=Target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Who was asked and what came back; without a message, `problem` says why."""

    who: str
    message: dns.message.Message | None = None
    problem: str = ""

    @property
    def recursive(self) -> bool:
        """Whether a resolver speaks: RA set, AA clear."""
        return self._flags == dns.flags.RA

    @property
    def authoritative(self) -> bool:
        """Whether an authority speaks, and one that does not recurse: AA set, RA clear."""
        return self._flags == dns.flags.AA

    @property
    def _flags(self) -> int:
        flags = 0 if self.message is None else int(self.message.flags)
        return flags & (dns.flags.AA | dns.flags.RA)


async def put(ask: Ask, server: Server, question: Question) -> Heard:
    """Ask one server. Never raises for network trouble."""
    try:
        reply = await ask(server, question)
    except NoReplyError as trouble:
        return Heard(who=server.endpoint, problem=str(trouble))
    return Heard(who=server.endpoint, message=reply.message)


def at(endpoint: str) -> Server:
    """The server at "address:port"."""
    address, port = read_endpoint(endpoint)
    return Server(name=address, address=address, port=port)


def in_reach(targets: Iterable[T]) -> list[tuple[T, Server]]:
    """The targets that this machine has a route to; all of them when it has none at all."""
    by_server = {at(target.server): target for target in targets}
    return [(by_server[server], server) for server in reachable(tuple(by_server))]


def problems(heard: Iterable[Heard]) -> str:
    """Why nothing was heard, of everybody who was asked."""
    return "; ".join(one.problem for one in heard if one.problem)
