"""Name servers that tell who asks them, as Cloudflare's and Google's do.

`whoami.cloudflare CH TXT` at 1.1.1.1, which is a resolver for everything else, and
`o-o.myaddr.l.google.com TXT` at ns1.google.com, which knows its own name besides.
"""

from __future__ import annotations

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.lab.dns_service import DnsService
from tests.lab.places import CLOUDFLARE, GOOGLE_NS, RESOLVER

_CLOUDFLARE = (dns.name.from_text("whoami.cloudflare."), dns.rdataclass.CH, dns.rdatatype.TXT)
_GOOGLE = (dns.name.from_text("o-o.myaddr.l.google.com."), dns.rdataclass.IN, dns.rdatatype.TXT)
_GOOGLE_NS = dns.name.from_text("ns1.google.com.")
_GOOGLE_ZONE = dns.name.from_text("google.com.")


class Whoami(DnsService):
    """Both servers."""

    async def start(self) -> None:
        """Listen, until `close`."""
        await self.serve(CLOUDFLARE, cloudflare)
        await self.serve(GOOGLE_NS, _google)


async def cloudflare(query: dns.message.Message, asker: str) -> dns.message.Message | None:
    """Tell who asks; relay every other question to the resolver."""
    question = query.question[0]
    if (question.name, question.rdclass, question.rdtype) == _CLOUDFLARE:
        return _told(query, asker)
    try:
        return await dns.asyncquery.tcp(query, RESOLVER, timeout=3)
    except (OSError, dns.exception.DNSException):
        return None


async def _google(query: dns.message.Message, asker: str) -> dns.message.Message | None:
    question = query.question[0]
    reply = dns.message.make_response(query)
    if question.rdclass != dns.rdataclass.IN or not question.name.is_subdomain(_GOOGLE_ZONE):
        reply.set_rcode(dns.rcode.REFUSED)
        return reply
    if (question.name, question.rdclass, question.rdtype) == _GOOGLE:
        reply = _told(query, asker)
    elif (question.name, question.rdtype) == (_GOOGLE_NS, dns.rdatatype.A):
        reply.answer = [dns.rrset.from_text(_GOOGLE_NS, 3600, "IN", "A", GOOGLE_NS)]
    elif question.name not in {_GOOGLE[0], _GOOGLE_NS}:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    reply.flags |= dns.flags.AA
    return reply


def _told(query: dns.message.Message, asker: str) -> dns.message.Message:
    question = query.question[0]
    reply = dns.message.make_response(query)
    text = dns.rrset.from_text(question.name, 60, question.rdclass, "TXT", f'"{asker}"')
    reply.answer = [text]
    return reply
