"""What a reply means, from its text form: no socket, no server."""

from __future__ import annotations

from ipaddress import ip_address

import dns.message
import dns.name
import pytest

from discovery.live_dns.reply import (
    Delegation,
    classify,
    closest_zone,
    descend,
    holds,
    locate,
    name_servers,
)
from discovery.live_dns.view import Absent, Answer, Lame, NoAnswer, Opaque, Present, Resolver

ZONE = dns.name.from_text("example.test")
NAS = dns.name.from_text("nas.example.test")
SOA = "SOA ns1.example.test. hostmaster.example.test. 1 3600 600 86400"


def reply(
    flags: str = "QR AA",
    rcode: str = "NOERROR",
    *,
    answer: str = "",
    authority: str = "",
    additional: str = "",
    question: str = "nas.example.test. IN A",
) -> dns.message.Message:
    header = f"id 1\nopcode QUERY\nrcode {rcode}\nflags {flags}\n;QUESTION\n{question}\n"
    sections = {"ANSWER": answer, "AUTHORITY": authority, "ADDITIONAL": additional}
    # An empty line would end the message as dnspython reads it.
    given = (f";{section}\n{records}\n" for section, records in sections.items() if records)
    return dns.message.from_text(header + "".join(given))


CHILD_NS = "sub.example.test. 300 IN NS ns.sub.example.test."

ANSWERS: dict[str, tuple[dns.message.Message, Answer]] = {
    "one address": (
        reply(answer="nas.example.test. 60 IN A 192.0.2.1"),
        Present(values=frozenset({ip_address("192.0.2.1")}), ttl=60),
    ),
    "the whole RRset, with the lowest TTL of a server that sends several": (
        reply(answer="nas.example.test. 60 IN A 192.0.2.1\nnas.example.test. 30 IN A 192.0.2.2"),
        Present(values=frozenset({ip_address("192.0.2.1"), ip_address("192.0.2.2")}), ttl=30),
    ),
    "a server that recurses for others as well": (
        reply("QR AA RA", answer="nas.example.test. 60 IN A 192.0.2.1"),
        Present(values=frozenset({ip_address("192.0.2.1")}), ttl=60),
    ),
    "an owner in capitals": (
        reply(answer="NAS.Example.TEST. 60 IN A 192.0.2.1"),
        Present(values=frozenset({ip_address("192.0.2.1")}), ttl=60),
    ),
    "NXDOMAIN; the SOA's MINIMUM is lower than its TTL": (
        reply(rcode="NXDOMAIN", authority=f"example.test. 3600 IN {SOA} 15"),
        Absent(nxdomain=True, negative_ttl=15),
    ),
    "NODATA; the SOA's TTL is lower than its MINIMUM": (
        reply(authority=f"example.test. 5 IN {SOA} 15"),
        Absent(nxdomain=False, negative_ttl=5),
    ),
    "a denial without SOA, as servers from before RFC 2308 give": (
        reply(rcode="NXDOMAIN"),
        Absent(nxdomain=True),
    ),
    "a denial for a zone below, on the same server": (
        reply(authority=f"nas.example.test. 60 IN {SOA} 15"),
        Absent(nxdomain=False, negative_ttl=15),
    ),
    "a denial by the zone above: this server does not serve ours": (
        reply(rcode="NXDOMAIN", authority=f"test. 60 IN {SOA} 15"),
        Lame(detail="answers for test, not for example.test"),
    ),
    "a denial by a zone beside the name": (
        reply(rcode="NXDOMAIN", authority=f"sub.example.test. 60 IN {SOA} 15"),
        Lame(detail="answers for sub.example.test, not for example.test"),
    ),
    "a denial by a zone that merely ends with the same letters": (
        reply(rcode="NXDOMAIN", authority=f"ample.test. 60 IN {SOA} 15"),
        Lame(detail="answers for ample.test, not for example.test"),
    ),
    "an alias": (
        reply(answer="nas.example.test. 60 IN CNAME other.test."),
        Opaque(kind="cname", target="other.test"),
    ),
    "an alias with the address of its target along": (
        reply(
            answer="nas.example.test. 60 IN CNAME www.example.test.\n"
            "www.example.test. 60 IN A 192.0.2.1"
        ),
        Opaque(kind="cname", target="www.example.test"),
    ),
    "a renamed tree, and the alias that comes of it": (
        reply(
            answer="example.test. 60 IN DNAME other.test.\n"
            "nas.example.test. 60 IN CNAME nas.other.test."
        ),
        Opaque(kind="dname", target="other.test"),
    ),
    "a renamed tree below the name, which leaves the name alone": (
        reply(
            answer="nas.example.test. 60 IN DNAME other.test.\nnas.example.test. 60 IN A 192.0.2.1"
        ),
        Present(values=frozenset({ip_address("192.0.2.1")}), ttl=60),
    ),
    "REFUSED": (
        reply("QR", "REFUSED"),
        Lame(detail="answers REFUSED about nas.example.test"),
    ),
    "SERVFAIL with AA, an expired secondary": (
        reply("QR AA", "SERVFAIL"),
        Lame(detail="answers SERVFAIL about nas.example.test"),
    ),
    "NOTAUTH": (
        reply("QR", "NOTAUTH"),
        Lame(detail="answers NOTAUTH about nas.example.test"),
    ),
    "data without AA": (
        reply("QR", answer="nas.example.test. 60 IN A 192.0.2.1"),
        Lame(detail="does not claim authority for nas.example.test"),
    ),
    "data without AA, with name servers for the name along": (
        reply(
            "QR",
            answer="nas.example.test. 60 IN A 192.0.2.1",
            authority="nas.example.test. 60 IN NS ns.nas.example.test.",
        ),
        Lame(detail="does not claim authority for nas.example.test"),
    ),
    "a referral upwards": (
        reply("QR", authority=". 60 IN NS a.root-servers.net."),
        Lame(detail="does not claim authority for nas.example.test"),
    ),
    "a referral to the zone that it should serve": (
        reply("QR", authority="example.test. 60 IN NS ns1.example.test."),
        Lame(detail="does not claim authority for nas.example.test"),
    ),
    "a referral to a zone beside the name": (
        reply("QR", authority=CHILD_NS),
        Lame(detail="does not claim authority for nas.example.test"),
    ),
    "a resolver's cached data": (
        reply("QR RA", answer="nas.example.test. 41 IN A 192.0.2.1"),
        Resolver(detail="answers as a resolver, not as an authority, about nas.example.test"),
    ),
    "a resolver that refuses what it has not cached": (
        reply("QR RA", "REFUSED"),
        Resolver(detail="answers as a resolver, not as an authority, about nas.example.test"),
    ),
    "AA, about another name": (
        reply(answer="evil.example.test. 60 IN A 192.0.2.66"),
        NoAnswer(
            detail="answers about evil.example.test A when asked about nas.example.test A",
        ),
    ),
    "AA, about another type": (
        reply(answer="nas.example.test. 60 IN TXT hello"),
        NoAnswer(
            detail="answers about nas.example.test TXT when asked about nas.example.test A",
        ),
    ),
    "AA, an address of the zone above": (
        reply(answer="example.test. 60 IN A 192.0.2.66"),
        NoAnswer(detail="answers about example.test A when asked about nas.example.test A"),
    ),
}


@pytest.mark.parametrize(("message", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_servers_reply_is_judged(message: dns.message.Message, expected: Answer) -> None:
    assert classify(message, NAS, "A", ZONE) == expected


def test_ipv6_addresses_are_read_as_such() -> None:
    message = reply(
        answer="nas.example.test. 60 IN AAAA 2001:db8::1", question="nas.example.test. IN AAAA"
    )
    expected = Present(values=frozenset({ip_address("2001:db8::1")}), ttl=60)
    assert classify(message, NAS, "AAAA", ZONE) == expected


def test_records_of_another_class_are_no_addresses() -> None:
    chaos = dns.message.from_text(
        "id 1\nopcode QUERY\nrcode NOERROR\nflags QR AA\n;QUESTION\nnas.example.test. IN A\n"
        ";ANSWER\nnas.example.test. 60 CH A example.test. 1\n"
    )
    assert isinstance(classify(chaos, NAS, "A", ZONE), NoAnswer)


@pytest.mark.parametrize("flags", ["QR", "QR AA"])
def test_a_referral_below_the_zone_is_followed_with_its_glue(flags: str) -> None:
    below = dns.name.from_text("nas.sub.example.test")
    message = reply(
        flags,
        authority=CHILD_NS,
        additional="ns.sub.example.test. 60 IN A 192.0.2.53\nelse.test. 60 IN A 192.0.2.66",
        question="nas.sub.example.test. IN A",
    )
    host = dns.name.from_text("ns.sub.example.test")
    expected = Delegation(
        zone=dns.name.from_text("sub.example.test"),
        hosts=(host,),
        glue=((host, "192.0.2.53"),),
        ttl=300,
    )
    assert classify(message, below, "A", ZONE) == expected
    assert descend(message, below, ZONE) == expected


def test_of_two_referrals_the_closer_one_is_followed() -> None:
    message = reply(
        "QR",
        authority="test. 60 IN NS ns.test.\nsub.example.test. 60 IN NS ns.test.",
        question="nas.sub.example.test. IN A",
    )
    found = classify(message, dns.name.from_text("nas.sub.example.test"), "A", ZONE)
    assert isinstance(found, Delegation)
    assert found.zone == dns.name.from_text("sub.example.test")


def test_a_wildcard_is_asked_for_by_its_own_name() -> None:
    star = dns.name.from_text("*.example.test")
    message = reply(answer="*.example.test. 60 IN A 192.0.2.1", question="*.example.test. IN A")
    assert isinstance(classify(message, star, "A", ZONE), Present)
    assert isinstance(classify(message, NAS, "A", ZONE), NoAnswer)


def soa_reply(asked: str, answer: str = "", authority: str = "") -> dns.message.Message:
    return reply("QR RD RA", answer=answer, authority=authority, question=f"{asked}. IN SOA")


HOME = dns.name.from_text("home.example.test")
CLOSEST = {
    "the apex itself": (soa_reply("home.example.test", f"home.example.test. 60 IN {SOA} 15"), True),
    "no SOA there": (
        soa_reply("home.example.test", authority=f"example.test. 60 IN {SOA} 15"),
        False,
    ),
    "an alias into the zone above": (
        soa_reply(
            "home.example.test",
            f"home.example.test. 60 IN CNAME example.test.\nexample.test. 60 IN {SOA} 15",
        ),
        False,
    ),
    "an alias beside an SOA, which no sound server gives": (
        soa_reply(
            "home.example.test",
            f"home.example.test. 60 IN CNAME x.test.\nhome.example.test. 60 IN {SOA} 15",
        ),
        False,
    ),
    "another zone's SOA in the answer": (
        soa_reply("home.example.test", f"example.test. 60 IN {SOA} 15"),
        False,
    ),
}


@pytest.mark.parametrize(("message", "expected"), CLOSEST.values(), ids=CLOSEST.keys())
def test_only_an_soa_of_its_own_makes_a_zone(
    message: dns.message.Message,
    expected: bool,
) -> None:
    assert closest_zone(message, HOME) is expected


def test_name_servers_are_those_of_the_zone_and_no_others() -> None:
    question = "example.test. IN NS"
    right = reply(answer="example.test. 60 IN NS ns1.example.test.", question=question)
    found = name_servers(right, ZONE)
    assert found is not None
    assert found.hosts == (dns.name.from_text("ns1.example.test"),)
    other = reply(answer="test. 60 IN NS ns1.example.test.", question=question)
    assert name_servers(other, ZONE) is None
    alias = reply(
        answer="example.test. 60 IN CNAME test.\nexample.test. 60 IN NS ns1.example.test.",
        question=question,
    )
    assert name_servers(alias, ZONE) is None


DESCENTS: dict[str, tuple[dns.message.Message, dns.name.Name | None]] = {
    "the name is in the zone": (
        reply(rcode="NXDOMAIN", authority=f"example.test. 60 IN {SOA} 15"),
        ZONE,
    ),
    "the name is a zone of its own on the same server": (
        reply(answer=f"nas.example.test. 60 IN {SOA} 15"),
        NAS,
    ),
    "an alias does not tell": (
        reply(
            answer="nas.example.test. 60 IN CNAME x.y.example.test.",
            authority=f"example.test. 60 IN {SOA} 15",
        ),
        None,
    ),
    "an alias to the zone's apex does not tell either": (
        reply(answer=f"nas.example.test. 60 IN CNAME example.test.\nexample.test. 60 IN {SOA} 15"),
        None,
    ),
    "lame": (reply("QR", "REFUSED"), None),
    "no authority": (reply("QR RA", answer=f"nas.example.test. 60 IN {SOA} 15"), None),
    "the zone above": (reply(rcode="NXDOMAIN", authority=f"test. 60 IN {SOA} 15"), None),
    "upwards": (reply("QR", authority="test. 60 IN NS ns.test."), None),
}


@pytest.mark.parametrize(("message", "expected"), DESCENTS.values(), ids=DESCENTS.keys())
def test_an_authority_tells_which_zone_holds_the_name(
    message: dns.message.Message, expected: dns.name.Name | None
) -> None:
    assert descend(message, NAS, ZONE) == expected


HERE = "nas.example.test. 60 IN A 192.0.2.1"
PLACES: dict[str, tuple[dns.message.Message, str | None]] = {
    "an address, with the zone's name servers along": (
        reply(answer=HERE, authority="example.test. 60 IN NS ns1.example.test."),
        "example.test.",
    ),
    "an address from a zone of its own on the same server": (
        reply(answer=HERE, authority="nas.example.test. 60 IN NS ns1.example.test."),
        "nas.example.test.",
    ),
    "an address alone": (reply(answer=HERE), None),
    "an address from the zone above": (
        reply(answer=HERE, authority="test. 60 IN NS ns.test."),
        None,
    ),
    "an address with the name servers of a zone beside": (
        reply(answer=HERE, authority="www.example.test. 60 IN NS ns.test."),
        None,
    ),
    "an address without authority": (
        reply("QR", answer=HERE, authority="nas.example.test. 60 IN NS ns.test."),
        None,
    ),
    "an address with an error": (
        reply(rcode="SERVFAIL", answer=HERE, authority="nas.example.test. 60 IN NS ns.test."),
        None,
    ),
    "an alias, with the name servers of wherever it leads": (
        reply(
            answer="nas.example.test. 60 IN CNAME a.b.example.test.",
            authority="example.test. 60 IN NS ns.test.",
        ),
        None,
    ),
    "an answer about another name": (
        reply(
            answer="evil.example.test. 60 IN A 192.0.2.66",
            authority="nas.example.test. 60 IN NS ns.test.",
        ),
        None,
    ),
    "no such name": (
        reply(rcode="NXDOMAIN", authority=f"example.test. 60 IN {SOA} 15"),
        "example.test.",
    ),
    "no such type at the apex of a zone of its own": (
        reply(authority=f"nas.example.test. 60 IN {SOA} 15"),
        "nas.example.test.",
    ),
    "a denial by the zone above": (reply(authority=f"test. 60 IN {SOA} 15"), None),
    "a denial without SOA": (reply(rcode="NXDOMAIN"), None),
    "refused": (reply("QR", "REFUSED"), None),
}


@pytest.mark.parametrize(("message", "apex"), PLACES.values(), ids=PLACES.keys())
def test_a_reply_about_an_address_may_tell_which_zone_holds_the_name(
    message: dns.message.Message, apex: str | None
) -> None:
    expected = None if apex is None else dns.name.from_text(apex)
    assert locate(message, NAS, ZONE) == expected


def test_a_referral_in_place_of_an_address_is_to_be_followed() -> None:
    told = locate(reply("QR", authority="nas.example.test. 60 IN NS ns.test."), NAS, ZONE)
    assert isinstance(told, Delegation)
    assert told.zone == NAS


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (reply(answer=HERE), True),
        (reply(answer="nas.example.test. 60 IN AAAA 2001:db8::1"), True),
        (reply("QR", answer=HERE), False),
        (reply(rcode="SERVFAIL", answer=HERE), False),
        (reply(answer="nas.example.test. 60 IN CNAME www.test."), False),
        (reply(answer="www.example.test. 60 IN A 192.0.2.1"), False),
        (reply(authority=f"example.test. 60 IN {SOA} 15"), False),
    ],
)
def test_an_authority_holds_what_it_answers_with(
    message: dns.message.Message, *, expected: bool
) -> None:
    assert holds(message, NAS) is expected
