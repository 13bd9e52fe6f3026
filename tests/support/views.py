"""Short ways to say what live DNS serves, for tests of decisions."""

from __future__ import annotations

from ipaddress import ip_address

from discovery.live_dns.view import (
    Absent,
    Answer,
    DnsView,
    Lame,
    NoAnswer,
    Opaque,
    Present,
    Resolver,
    ServerAnswer,
)

NAME = "home.example.com"
LAME = Lame(detail="ns answered REFUSED")
SILENT = NoAnswer(detail="ns did not answer within 2.5 s")
NXDOMAIN = Absent(nxdomain=True, negative_ttl=60)
NODATA = Absent(nxdomain=False, negative_ttl=60)
ALIAS = Opaque(kind="cname", target="elsewhere.example.net")
RECURSED = Resolver(detail="ns recursed")


def serves(*addresses: str, ttl: int = 60) -> Present:
    """An authoritative answer with these addresses."""
    return Present(values=frozenset(map(ip_address, addresses)), ttl=ttl)


def view(*answers: Answer, problem: str = "", intercepted: str = "") -> DnsView:
    """What ns1, ns2 … of example.com answered about the A record."""
    return DnsView(
        name=NAME,
        rtype="A",
        zone="" if problem else "example.com",
        servers=tuple(
            ServerAnswer(server=f"ns{n}.example.com", endpoint=f"192.0.2.{n}:53", answer=answer)
            for n, answer in enumerate(answers, 1)
        ),
        problem=problem,
        intercepted=intercepted,
    )
