"""The working half of `LiveDns.examine`: the look, and what lies around it, side by side."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence

import dns.name

from discovery.echo_url import EchoUrl
from discovery.live_dns.deadline import by
from discovery.live_dns.delegation import name_servers, negative_ttl
from discovery.live_dns.dnssec import agree
from discovery.live_dns.exam import DnsExam, Dnssec, NameServers, ResolverAnswer
from discovery.live_dns.fixed import Fixed
from discovery.live_dns.hearsay import Source, hear, nowhere, over_https, plain, unheard
from discovery.live_dns.server import Server
from discovery.live_dns.servers import Zone
from discovery.live_dns.session import Session
from discovery.live_dns.sibling import Sibling, sibling
from discovery.live_dns.transport import NoReplyError, Patience, Transport
from discovery.live_dns.view import Absent, DnsView, Opaque, Present, RType

# Seconds. A first resolver that is dead takes 3 of the walk's; then the second still finds it.
_WALK, _ALL = 3.5, 6.0
_PATIENCE = Patience(attempts=(0.6, 1.2), limit=2.0)


class Examiner:
    """Examines RRsets with the connections of one session."""

    def __init__(
        self, session: Session, *, tls: ssl.SSLContext | None, new_label: Callable[[], str]
    ) -> None:
        """See `discovery.live_dns.live.LiveDns`."""
        self._session = session
        self._transport = Transport(session.slots, _PATIENCE)
        self._tls = tls
        self._new_label = new_label

    async def examine(
        self, name: str, rtype: RType, *, public: Sequence[Server], doh: Sequence[EchoUrl]
    ) -> DnsExam:
        """See `discovery.live_dns.live.LiveDns.examine`."""
        deadline = asyncio.get_running_loop().time() + _ALL
        view, zone = await self._session.look_closely(name, rtype, walk_limit=_WALK)
        (copies, beside, negative), said = await asyncio.gather(
            self._around(view, zone, deadline),
            asyncio.gather(
                *(self._hear(source, view, deadline) for source in self._sources(public, doh))
            ),
        )
        return DnsExam(
            name=name,
            rtype=rtype,
            view=view,
            name_servers=copies,
            wildcard=beside.answered,
            sibling=beside.values,
            negative_ttl=negative,
            resolvers=tuple(answer for answer, _ in said),
            dnssec=agree(dnssec for _, dnssec in said),
        )

    async def _around(
        self, view: DnsView, zone: Zone | None, deadline: float
    ) -> tuple[NameServers, Sibling, int | None]:
        """What else the authorities know: both NS RRsets, a wildcard, the SOA."""
        if zone is None:
            return NameServers(), Sibling(), None
        authorities, zones = self._session.authorities, self._session.zones
        asked = dns.name.from_text(view.name)
        return await asyncio.gather(
            by(deadline, lambda: name_servers(authorities, zones, zone), NameServers()),
            by(
                deadline,
                lambda: sibling(authorities, zone, asked, view.rtype, self._new_label),
                Sibling(),
            ),
            by(deadline, lambda: negative_ttl(authorities, zone), None),
        )

    def _sources(self, public: Sequence[Server], doh: Sequence[EchoUrl]) -> list[Source]:
        """Every resolver once: the system's first, then the configured ones, then the public."""
        resolvers = self._session.resolvers
        found: list[Source] = []
        try:
            found += (plain(self._transport, server, "system") for server in resolvers.system())
        except NoReplyError as trouble:
            found.append(nowhere("system", str(trouble)))
        found += (plain(self._transport, server, "configured") for server in resolvers.given)
        found += (plain(self._transport, server, "public") for server in public)
        found += (over_https(url, _PATIENCE.limit, self._tls) for url in doh)
        once: dict[str, Source] = {}
        for source in found:
            once.setdefault(source.shown, source)
        return list(once.values())

    async def _hear(
        self, source: Source, view: DnsView, deadline: float
    ) -> tuple[ResolverAnswer, Dnssec]:
        private = isinstance(self._session.zones, Fixed) and source.whose == "public"
        reason = reason_not_to_ask(view, private=private)
        if reason:
            return unheard(source, f"not asked: {reason}"), "unknown"
        late = unheard(source, f"{source.shown} did not answer in time")
        asked = dns.name.from_text(view.name)
        apex = dns.name.from_text(view.zone)
        return await by(deadline, lambda: hear(source, asked, view.rtype, apex), (late, "unknown"))


def reason_not_to_ask(view: DnsView, *, private: bool) -> str:
    """Why no resolver may be asked about the RRset; empty when asking does no harm.

    A resolver remembers "no such name" (RFC 2308), and would go on denying a record that is made
    a minute later. So it is asked only for what every server that can be heard serves. `private`
    is a public resolver and a zone whose servers are given in the settings.
    """
    heard = [server for server in view.servers if isinstance(server.answer, Present | Absent)]
    for server in heard:
        if isinstance(server.answer, Absent):
            return f"{server.server} denies the record, and a resolver would remember that"
    if not heard:
        if any(isinstance(server.answer, Opaque) for server in view.servers):
            return "the name is an alias, and what it leads to is not this record"
        return (
            "no name server said that the record exists, and a resolver remembers one that does not"
        )
    if private:
        return "the settings name this zone's servers, and the public DNS may not lead to them"
    return ""
