"""Reading the answers of DNS services that name whoever asked them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import product

import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from discovery.live_dns.question import Question
from discovery.live_dns.whoami import Service
from discovery.observation import Address, Flaw, Why


def question(service: Service, *, recurse: bool = False) -> Question:
    """Ask a service who is asking."""
    return Question(
        dns.name.from_text(service.name),
        dns.rdatatype.TXT,
        rdclass=dns.rdataclass.from_text(service.rdclass),
        recurse=recurse,
    )


def asker(reply: dns.message.Message) -> Address | Flaw:
    """The one address that the reply names.

    Other texts are passed over: Google adds "edns0-client-subnet 192.0.2.0/24" where a resolver
    told it the network that it asks for.
    """
    if reply.rcode() != dns.rcode.NOERROR:
        return _malformed(f"answered {dns.rcode.to_text(reply.rcode())} instead of an address")
    named = set(_addresses(reply))
    if len(named) != 1:
        return _malformed(f"answered with {len(named) or 'no'} addresses")
    return named.pop()


def texts(reply: dns.message.Message) -> Iterator[str]:
    """Every TXT record that answers the question itself, its parts joined (RFC 7208 §3.3)."""
    for asked, rrset in product(reply.question, reply.answer):  # a refusal may repeat no question
        if rrset.match(asked.name, asked.rdclass, dns.rdatatype.TXT, dns.rdatatype.NONE):
            yield from (b"".join(item.strings).decode("latin-1") for item in rrset)


def _addresses(reply: dns.message.Message) -> Iterator[Address]:
    for text in texts(reply):
        try:
            yield ip_address(text)
        except ValueError:
            continue


def _malformed(detail: str) -> Flaw:
    return Flaw(why=Why.MALFORMED, detail=detail)
