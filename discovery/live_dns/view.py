"""What live DNS says about one RRset: the values that a look at the authoritative servers yields.

Three facts are kept apart, always: *absent* (an authoritative server denies the RRset), *unknown*
(nobody authoritative could be heard) and *opaque* (the name is there, but as something whose
address cannot be compared, such as a CNAME).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal, Protocol

RType = Literal["A", "AAAA"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """An authoritative answer with the whole RRset. `ttl` is seconds."""

    values: frozenset[IPv4Address | IPv6Address]
    ttl: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An authoritative denial: NXDOMAIN, or NODATA when `nxdomain` is false."""

    nxdomain: bool
    negative_ttl: int | None = None  # how long resolvers may remember it, seconds (RFC 2308 §5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """The name exists as something else: a CNAME to `target`."""

    kind: Literal["cname", "dname"]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lame:
    """The server answered, but not as an authority for this zone (RFC 1912 §2.8)."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Something that recurses answered in the server's place: RA set, AA clear, to RD=0."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Nothing usable came back: timeout, ICMP error, wrong id, truncated over TCP, junk."""

    detail: str


Answer = Present | Absent | Opaque | Lame | Resolver | NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAnswer:
    """One address of one authoritative server and what it answered. `elapsed` is seconds."""

    server: str  # the NS name, or the address itself where `[dns] authority` names it
    endpoint: str  # "192.0.2.53:53" or "[2001:db8::53]:53"
    answer: Answer
    elapsed: float = 0.0
    tcp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsView:
    """All authoritative answers about one RRset.

    `zone` is the zone's apex without final dot; empty where the walk to it failed, in which case
    `servers` is empty and `problem` says why in one sentence. `intercepted` is a sentence when
    something between this machine and the servers answers in their place.
    """

    name: str
    rtype: RType
    zone: str
    servers: tuple[ServerAnswer, ...] = ()
    problem: str = ""
    intercepted: str = ""


class Lookup(Protocol):
    """The one-method port behind which dnspython lives."""

    async def look(self, name: str, rtype: RType) -> DnsView:
        """Ask every authoritative server for the RRset. Never raises for network trouble."""
        ...
