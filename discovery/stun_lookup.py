"""From a STUN server's name to the addresses that can be asked (RFC 8489 §8.1)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from discovery.egress import address_family, reason
from discovery.hosts import endpoint, literal
from discovery.observation import Family, Flaw, Why
from discovery.stun_address import StunServer

Transport = Literal["udp", "tcp"]

# Two addresses cover a dead one. More would send every install's traffic to every node of a pool.
_ADDRESSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SrvTarget:
    """One SRV record's target, a host name without final dot, and its port."""

    host: str
    port: int


class SrvLookup(Protocol):
    """The one-function port behind which SRV records are looked up."""

    async def __call__(self, name: str) -> Sequence[SrvTarget] | None:
        """Look up the SRV records of `name`, best first in the order of RFC 2782.

        Empty means that there are none; None means that nobody could be heard. Never raises for
        network trouble.
        """
        ...


def srv_lookup(
    look: Callable[[str], Awaitable[tuple[tuple[str, int], ...] | None]],
) -> SrvLookup:
    """The port, from a function that gives hosts and ports (`LiveDns.srv`)."""

    async def srv(name: str) -> tuple[SrvTarget, ...] | None:
        found = await look(name)
        return None if found is None else tuple(SrvTarget(host=h, port=p) for h, p in found)

    return srv


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address to ask over one transport; `host` is the name that led there."""

    host: str
    transport: Transport
    address: str
    port: int

    def __str__(self) -> str:
        """The address and port, as evidence shows them."""
        return endpoint(self.address, self.port)


async def look_up(
    server: StunServer, family: Family, srv: SrvLookup | None
) -> tuple[Destination, ...] | Flaw:
    """Find whom to ask: every UDP destination first, then every TCP one.

    Never raises for network trouble; the flaw says why there is nobody.
    """
    if not server.discover:
        here = (SrvTarget(host=server.host, port=server.port),)
        return await _destinations({"udp": here, "tcp": here}, family)
    if srv is None:
        return Flaw(why=Why.UNSUPPORTED, detail="cannot be asked: SRV records are not looked up")
    udp, tcp = await asyncio.gather(
        srv(f"_stun._udp.{server.host}"), srv(f"_stun._tcp.{server.host}")
    )
    if not udp and not tcp:
        if udp is None or tcp is None:
            return _unresolved("its SRV records could not be looked up")
        # No records at all: RFC 8489 §8.1 falls back to the domain's own addresses.
        udp = tcp = (SrvTarget(host=server.host, port=server.port),)
    return await _destinations({"udp": udp or (), "tcp": tcp or ()}, family)


async def _destinations(
    targets: dict[Transport, Sequence[SrvTarget]], family: Family
) -> tuple[Destination, ...] | Flaw:
    hosts = dict.fromkeys(t.host for some in targets.values() for t in some[:_ADDRESSES])
    looked_up = await asyncio.gather(*(_addresses(host, family) for host in hosts))
    found = dict(zip(hosts, looked_up, strict=True))
    destinations: list[Destination] = []
    for transport, some in targets.items():
        known = [
            Destination(host=t.host, transport=transport, address=address, port=t.port)
            for t in some[:_ADDRESSES]
            if not isinstance(addresses := found[t.host], Flaw)
            for address in addresses
        ]
        destinations += known[:_ADDRESSES]
    if destinations:
        return tuple(destinations)
    return next(flaw for flaw in found.values() if isinstance(flaw, Flaw))


async def _addresses(host: str, family: Family) -> list[str] | Flaw:
    address = literal(host)
    if address is not None:
        if address.version == family:
            return [str(address)]
        return Flaw(
            why=Why.UNSUPPORTED,
            detail=f"cannot be asked over IPv{family:d}: it is an IPv{address.version} address",
        )
    if not host:  # a target of "." says that the service is decidedly not there (RFC 2782)
        return _unresolved("its SRV record says that there is no such service")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, None, family=address_family(family), type=socket.SOCK_DGRAM
        )
    except UnicodeError:  # a label that no resolver takes, from an SRV record
        return _unresolved(f"{host!r} is not a host name")
    except OSError as error:
        return _unresolved(f"no IPv{family:d} address was found for {host} ({reason(error)})")
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _unresolved(problem: str) -> Flaw:
    return Flaw(why=Why.UNRESOLVED, detail=f"cannot be asked: {problem}")
