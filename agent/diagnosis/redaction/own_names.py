"""Host names that belong to this home, or were chosen by it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.diagnosis.evidence import Evidence
from discovery.echo_url import DEFAULT_URLS
from discovery.hosts import literal, operator_of
from discovery.live_dns.view import Opaque
from discovery.stun_address import DEFAULT_SERVERS

WELL_KNOWN = frozenset(
    {
        *(server.split(":")[1] for server in DEFAULT_SERVERS),
        *(urlsplit(url).hostname or "" for url in DEFAULT_URLS),
        *("cloudflare-dns.com", "one.one.one.one", "whoami.cloudflare"),
        *("dns.google", "o-o.myaddr.l.google.com", "ns1.google.com"),
        *("dns.quad9.net", "myip.opendns.com", "ipv4only.arpa"),
    }
)
"""Hosts that every user of this program asks: they tell nothing of anybody."""


def lineage(name: str) -> Iterator[str]:
    """A name and its parents, but no top level and nothing to which a well-known host belongs."""
    labels = name.rstrip(".").lower().split(".")
    for start in range(len(labels) - 1):
        above = ".".join(labels[start:])
        if not any(host == above or host.endswith(f".{above}") for host in WELL_KNOWN):
            yield above
            yield from _unicode(above)


def _unicode(name: str) -> Iterator[str]:
    if "xn--" in name:
        try:
            yield name.encode("ascii").decode("idna")
        except UnicodeError:
            return


def own_servers(evidence: Evidence) -> Iterator[str]:
    """Servers that this home chose itself: STUN, echo, DNS over HTTPS; and where an alias leads."""
    witnesses = (*evidence.witnesses, *evidence.through_vpn)
    asked = [
        one.witness.removesuffix(" (DoH)") for one in witnesses if one.source in ("stun", "http")
    ]
    asked += [one.resolver for exam in evidence.records for one in exam.exam.resolvers]
    for target in asked:
        host = host_in(target)
        if host and host not in WELL_KNOWN:
            yield host
            yield from (above for above in lineage(host) if above == operator_of(host))
    for exam in evidence.records:
        for one in exam.exam.view.servers:
            if isinstance(one.answer, Opaque):
                yield one.answer.target.rstrip(".").lower()


def host_in(target: str) -> str:
    """The host name in "host", "host:port" or a URL; empty where it is an address."""
    try:
        host = urlsplit(target if "://" in target else f"//{target}").hostname or ""
    except ValueError:
        return ""
    return "" if literal(host) or "." not in host else host.rstrip(".")
