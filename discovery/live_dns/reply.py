"""What one reply means, decided without a socket: an answer, a denial, or "ask those below".

Names are compared label by label, never as text: "badexample.com" is not below "example.com".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from discovery.live_dns.view import (
    Absent,
    Answer,
    Lame,
    NoAnswer,
    Opaque,
    Present,
    Resolver,
    RType,
)

_A, _AAAA = dns.rdatatype.A, dns.rdatatype.AAAA
_NS, _SOA = dns.rdatatype.NS, dns.rdatatype.SOA
_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A zone, the hosts that serve it, and the addresses told along. `ttl` is seconds."""

    zone: dns.name.Name
    hosts: tuple[dns.name.Name, ...]
    glue: tuple[tuple[dns.name.Name, str], ...]
    ttl: int


def text(name: dns.name.Name) -> str:
    """A name as people write it: without the final dot."""
    return name.to_text(omit_final_dot=True)


def of_type(
    section: Iterable[dns.rrset.RRset], *rtypes: dns.rdatatype.RdataType
) -> Iterator[dns.rrset.RRset]:
    """The RRsets of these types; one of another class than IN has other contents."""
    return (
        rrset for rrset in section if rrset.rdtype in rtypes and rrset.rdclass == dns.rdataclass.IN
    )


def closest_zone(reply: dns.message.Message, asked: dns.name.Name) -> bool:
    """Whether a resolver's reply about the SOA of `asked` proves that `asked` is a zone's apex.

    Only an SOA that `asked` itself owns proves it. Where `asked` is an alias, the answer goes on
    to the SOA of the alias's target, which may be any zone, an ancestor of `asked` included.
    """
    return not aliased(reply) and _find(reply.answer, asked, _SOA) is not None


def name_servers(reply: dns.message.Message, zone: dns.name.Name) -> Delegation | None:
    """The NS RRset that a reply to "`zone` NS" answers with; None where there is none."""
    ns = None if aliased(reply) else _find(reply.answer, zone, _NS)
    return None if ns is None else _delegation(reply, ns)


def descend(
    reply: dns.message.Message, name: dns.name.Name, zone: dns.name.Name
) -> Delegation | dns.name.Name | None:
    """What the reply of an authority for `zone` to "`name` SOA" says about the zone of `name`.

    A delegation is to be followed; a name is the apex of the zone that holds `name`, `zone`
    itself or one below it that the same server serves; None means that the reply does not tell
    (lame, an error, an alias).
    """
    if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return None
    if not reply.flags & dns.flags.AA:
        return _referral(reply, name, zone)
    if aliased(reply):
        return None
    soa = _enclosing(reply.answer or reply.authority, name, _SOA)
    if soa is None or not soa.name.is_subdomain(zone):
        return _referral(reply, name, zone)
    return soa.name


def locate(
    reply: dns.message.Message, name: dns.name.Name, zone: dns.name.Name
) -> Delegation | dns.name.Name | None:
    """What the reply of an authority for `zone` about an address of `name` says, as `descend` does.

    A denial carries the SOA of the zone that denies (RFC 2308 §3). A positive answer need not say
    where it comes from, but BIND by its own settings, among others, adds the zone's NS records
    (RFC 1034 §6.2.1).
    """
    if not holds(reply, name):
        return descend(reply, name, zone)
    ns = _enclosing(reply.authority, name, _NS)
    return ns.name if ns is not None and ns.name.is_subdomain(zone) else None


def holds(reply: dns.message.Message, name: dns.name.Name) -> bool:
    """Whether an authority answers with records of `name` itself, of whatever zone they are."""
    return (
        bool(reply.flags & dns.flags.AA)
        and reply.rcode() == dns.rcode.NOERROR
        and not aliased(reply)
        and any(rrset.name == name for rrset in reply.answer)
    )


def classify(
    reply: dns.message.Message, name: dns.name.Name, rtype: RType, zone: dns.name.Name
) -> Answer | Delegation:
    """Judge a server's reply to "`name` `rtype`" with RD clear, as an authority's for `zone`.

    ===========================================  ===============================
    AA clear, RA set                             Resolver
    AA clear, NS below `zone`                    Delegation
    AA clear otherwise, or another RCODE         Lame
    AA, a CNAME at the name, a DNAME above it    Opaque
    AA, the RRset at the name                    Present
    AA, something else in the answer             NoAnswer
    AA, no answer, SOA above `zone`              Lame (another zone's authority)
    AA, no answer, no SOA, NS below `zone`       Delegation (old servers set AA)
    AA, no answer                                Absent
    ===========================================  ===============================

    Details complete a sentence that begins with the server.
    """
    flags, rcode = reply.flags, reply.rcode()
    if not flags & dns.flags.AA and flags & dns.flags.RA:
        return Resolver(detail=f"answers as a resolver, not as an authority, about {text(name)}")
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Lame(detail=f"answers {dns.rcode.to_text(rcode)} about {text(name)}")
    if not flags & dns.flags.AA:
        below = _referral(reply, name, zone)
        return below or Lame(detail=f"does not claim authority for {text(name)}")
    if reply.answer:
        return _answered(reply, name, rtype)
    return _denied(reply, name, zone)


def _answered(reply: dns.message.Message, name: dns.name.Name, rtype: RType) -> Answer:
    above = _enclosing(reply.answer, name, _DNAME)
    if above is not None and above.name != name:
        return Opaque(kind="dname", target=text(above[0].target))
    alias = _find(reply.answer, name, _CNAME)
    if alias is not None:
        return Opaque(kind="cname", target=text(alias[0].target))
    rrset = _find(reply.answer, name, dns.rdatatype.from_text(rtype))
    if rrset is None:
        other = reply.answer[0]
        about = f"{text(other.name)} {dns.rdatatype.to_text(other.rdtype)}"
        return NoAnswer(detail=f"answers about {about} when asked about {text(name)} {rtype}")
    return Present(values=frozenset(ip_address(item.address) for item in rrset), ttl=rrset.ttl)


def _denied(
    reply: dns.message.Message, name: dns.name.Name, zone: dns.name.Name
) -> Answer | Delegation:
    nxdomain = reply.rcode() == dns.rcode.NXDOMAIN
    soa = next(of_type(reply.authority, _SOA), None)
    if soa is None:
        # RFC 2308 §3 demands the SOA; servers from before it leave it out (§2.2, type 3).
        return _referral(reply, name, zone) or Absent(nxdomain=nxdomain)
    if not (name.is_subdomain(soa.name) and soa.name.is_subdomain(zone)):
        return Lame(detail=f"answers for {text(soa.name)}, not for {text(zone)}")
    return Absent(nxdomain=nxdomain, negative_ttl=min(soa.ttl, soa[0].minimum))


def _referral(
    reply: dns.message.Message, name: dns.name.Name, zone: dns.name.Name
) -> Delegation | None:
    """NS records for a zone below `zone` that holds `name`; anything else leads in circles."""
    ns = None if reply.answer else _enclosing(reply.authority, name, _NS)
    if ns is None or ns.name == zone or not ns.name.is_subdomain(zone):
        return None
    return _delegation(reply, ns)


def _delegation(reply: dns.message.Message, ns: dns.rrset.RRset) -> Delegation:
    hosts = tuple(sorted(item.target for item in ns))
    glue = tuple(
        (rrset.name, item.address)
        for rrset in of_type(reply.additional, _A, _AAAA)
        if rrset.name in hosts
        for item in rrset
    )
    return Delegation(zone=ns.name, hosts=hosts, glue=glue, ttl=ns.ttl)


def aliased(reply: dns.message.Message) -> bool:
    """Whether an alias is on the way to whatever else the answer holds."""
    return any(True for _ in of_type(reply.answer, _CNAME, _DNAME))


def _find(
    section: Iterable[dns.rrset.RRset], name: dns.name.Name, rtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    return next((rrset for rrset in of_type(section, rtype) if rrset.name == name), None)


def _enclosing(
    section: Iterable[dns.rrset.RRset], name: dns.name.Name, rtype: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    """The RRset of this type whose owner is `name` or the ancestor closest to it."""
    found = (rrset for rrset in of_type(section, rtype) if name.is_subdomain(rrset.name))
    return max(found, key=lambda rrset: len(rrset.name), default=None)
