"""The DNS-over-HTTPS witness: a resolver that names the address it was asked from.

One round trip, and the answer is authenticated by TLS. Light to import: dnspython and aiohttp are
loaded by the first question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from discovery.echo import find_obstacle
from discovery.echo_url import parse_url
from discovery.egress import Egress
from discovery.hosts import operator_of
from discovery.observation import (
    Address,
    DohEvidence,
    Family,
    Flaw,
    Observation,
    Source,
    flawed,
    judge,
)

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The name whose TXT record is the asker's address; most live in class CHAOS."""

    name: str
    rdclass: Literal["IN", "CH"]


# Cloudflare's resolver answers from its own knowledge of the connection, whatever that speaks.
CLOUDFLARE = Service(name="whoami.cloudflare", rdclass="CH")
# Google's authorities answer, and see whoever asks *them*: this home over plain DNS, but over DoH
# the resolver, with the home's address cut to a network at best (edns0-client-subnet, RFC 7871).
# So it is no service for a DoH witness. Nor is myip.opendns.com, documented for plain DNS alone.
GOOGLE = Service(name="o-o.myaddr.l.google.com", rdclass="IN")


class WhoamiMethod:
    """One DoH server, asked over one address family who is asking (a `Method`).

    Raises ValueError with a sentence for a URL that may not be asked. The deadline is that of
    `discovery.probe.probe`. `bind` and `device` choose the link (`discovery.egress`), `tls` is for
    an own server with an own authority.
    """

    source: Source = "http"

    def __init__(
        self,
        url: str,
        service: Service = CLOUDFLARE,
        *,
        bind: Address | None = None,
        device: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Remember whom to ask; nothing is looked up or opened yet."""
        parsed = parse_url(url, what="a DoH server")
        if isinstance(parsed, str):
            raise ValueError(parsed)  # noqa: TRY004 - the text is the problem, not a wrong type
        self.witness = f"{parsed.host} (DoH)"
        self.operator = operator_of(parsed.host)
        self._url = parsed
        self._service = service
        self._egress = Egress(bind=bind, device=device)
        self._tls = tls

    async def observe(self, family: Family) -> Observation:
        """Ask once, on a connection of its own. Never raises for network trouble."""
        obstacle = find_obstacle(self._url, family, self._egress)
        if obstacle is not None:
            return flawed(self, family, obstacle)
        from discovery.live_dns import asker, doh  # noqa: PLC0415 - they load dnspython

        question = asker.question(self._service, recurse=True)
        reply = await doh.ask(
            self._url, question, family=family, egress=self._egress, tls=self._tls
        )
        if isinstance(reply, Flaw):
            return flawed(self, family, reply)
        evidence = DohEvidence(
            url=self._url.shown, status=reply.status, authenticated=self._url.secure
        )
        said = asker.asker(reply.message)
        if isinstance(said, Flaw):
            return flawed(self, family, said, evidence)
        return judge(self, family, said, evidence)
