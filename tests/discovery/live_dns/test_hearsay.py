"""Reading what a resolver tells: addresses, denials, and for how long."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from discovery.live_dns.exam import Dnssec, ResolverAnswer
from discovery.live_dns.hearsay import Source, hear, plain
from discovery.live_dns.question import Question
from discovery.live_dns.server import Server
from discovery.live_dns.slots import Slots
from discovery.live_dns.transport import NoReplyError, Patience, Transport
from tests.support.dns_liar import Liar, Over

NAME, ZONE = dns.name.from_text("nas.example.test"), dns.name.from_text("example.test")
SOA = "example.test 3600 SOA ns1.example.test. hostmaster.example.test. 1 2 3 4 15"


class Pretend:
    """A resolver that answers with these records, and remembers what it was asked."""

    def __init__(
        self,
        *answer: str,
        authority: tuple[str, ...] = (),
        rcode: str = "NOERROR",
        ad: bool = False,
    ) -> None:
        self.asked: list[dns.message.Message] = []
        self._answer, self._authority = answer, authority
        self._rcode, self._ad = rcode, ad

    async def __call__(self, question: Question) -> dns.message.Message:
        query = dns.message.from_wire(question.wire)
        self.asked.append(query)
        reply = dns.message.make_response(query)
        if question.name == NAME:
            reply.set_rcode(dns.rcode.from_text(self._rcode))
            reply.answer = list(map(rrset, self._answer))
            reply.authority = list(map(rrset, self._authority))
            reply.flags |= dns.flags.AD if self._ad else 0
        return reply


def rrset(line: str) -> dns.rrset.RRset:
    owner, ttl, rtype, data = line.split(None, 3)
    return dns.rrset.from_text(f"{owner}.", int(ttl), "IN", rtype, data)


def heard(resolver: Pretend) -> tuple[ResolverAnswer, Dnssec]:
    source = Source(shown="192.0.2.9:53", whose="system", ask=resolver)
    return asyncio.run(hear(source, NAME, "A", ZONE))


TABLE: dict[str, tuple[Pretend, set[str] | None, int | None, str]] = {
    "an address, and how long it is kept": (
        Pretend("nas.example.test 27 A 192.0.2.1"),
        {"192.0.2.1"},
        27,
        "",
    ),
    "a chain is as short-lived as its shortest link": (
        Pretend("nas.example.test 9 CNAME b.example.test.", "b.example.test 60 A 192.0.2.2"),
        {"192.0.2.2"},
        9,
        "",
    ),
    "no such name": (Pretend(authority=(SOA,), rcode="NXDOMAIN"), set(), 15, ""),
    "no such type, with an SOA that has grown old": (
        Pretend(authority=(SOA.replace("3600", "7"),)),
        set(),
        7,
        "",
    ),
    "a denial without an SOA": (Pretend(rcode="NXDOMAIN"), set(), None, ""),
    "trouble": (Pretend(rcode="REFUSED"), None, None, "192.0.2.9:53 answers REFUSED"),
}


@pytest.mark.parametrize(("resolver", "values", "left", "error"), TABLE.values(), ids=TABLE.keys())
def test_what_a_resolver_tells(
    resolver: Pretend, values: set[str] | None, left: int | None, error: str
) -> None:
    answer, dnssec = heard(resolver)
    assert answer == ResolverAnswer(
        resolver="192.0.2.9:53",
        whose="system",
        values=None if values is None else frozenset(map(ip_address, values)),
        left_s=left,
        error=error,
        elapsed=answer.elapsed,
    )
    assert dnssec == "unknown"


def test_it_is_asked_to_vouch_without_a_bit_that_could_be_copied_back() -> None:
    resolver = Pretend("nas.example.test 27 A 192.0.2.1", ad=True)
    answer, dnssec = heard(resolver)
    assert (answer.authenticated, dnssec) == (True, "secure")
    assert {query.question[0].name for query in resolver.asked} == {NAME, ZONE, dns.name.root}
    for query in resolver.asked:
        assert query.ednsflags & dns.flags.DO
        assert query.flags & dns.flags.RD
        assert not query.flags & (dns.flags.AD | dns.flags.CD)


def test_a_resolver_in_trouble_is_asked_once_more_without_checking() -> None:
    resolver = Pretend(rcode="SERVFAIL")
    heard(resolver)
    first, second = (query for query in resolver.asked if query.question[0].name == NAME)
    assert not first.flags & dns.flags.CD
    assert second.flags & dns.flags.CD


def test_a_silent_resolver_is_a_sentence() -> None:
    async def ask(_: Question) -> dns.message.Message:
        raise NoReplyError("192.0.2.9:53 did not answer within 1.8 s")

    source = Source(shown="192.0.2.9:53", whose="public", ask=ask)
    answer, dnssec = asyncio.run(hear(source, NAME, "A", ZONE))
    assert answer.error == "192.0.2.9:53 did not answer within 1.8 s"
    assert (answer.values, answer.left_s, dnssec) == (None, None, "unknown")


def test_a_box_that_copies_the_header_back_does_not_seem_to_vouch() -> None:
    """The question's flags with QR set, as careless forwarders answer."""

    def copied(query: dns.message.Message, over: Over) -> list[bytes]:
        reply = dns.message.make_response(query)
        reply.flags = query.flags | dns.flags.QR
        reply.answer = [rrset("nas.example.test 27 A 192.0.2.1")]
        return [reply.to_wire()]

    async def main() -> tuple[ResolverAnswer, Dnssec]:
        async with Liar(copied) as box:
            transport = Transport(Slots(), Patience(attempts=(5.0,), limit=5.0))
            server = Server(name=box.address, address=box.address, port=box.port)
            return await hear(plain(transport, server, "system"), NAME, "A", ZONE)

    answer, dnssec = asyncio.run(main())
    assert answer.values == frozenset({ip_address("192.0.2.1")})
    assert (answer.authenticated, dnssec) == (False, "unknown")
