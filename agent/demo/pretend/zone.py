"""One DNS zone as its authority knows it: what it answers, and what an UPDATE makes of it. Pure.

Sources: RFC 1034 §4.3.2 (answers), RFC 2308 §2 (denials), RFC 2136 §3 (updates).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update
from dns.rcode import Rcode
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from dns.rdtypes.ANY.SOA import SOA

_Key = tuple[dns.name.Name, RdataType]
_KEPT_AT_APEX = {RdataType.SOA, RdataType.NS}  # no deletion reaches them (RFC 2136 §3.4.2.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The content of one RRset. `ttl` is seconds."""

    ttl: int
    values: frozenset[dns.rdata.Rdata]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Everything that the authority knows about the names at and below `origin`."""

    origin: dns.name.Name
    sets: Mapping[_Key, Data]

    @property
    def soa(self) -> SOA:
        """The zone's own record: who is the primary, and how often it has changed."""
        (soa,) = self.sets[self.origin, RdataType.SOA].values
        assert isinstance(soa, SOA)
        return soa

    def values(self, name: str, rdtype: str) -> frozenset[str]:
        """The RRset as text, empty where there is none."""
        key = (dns.name.from_text(name), RdataType.make(rdtype))
        data = self.sets.get(key)
        return frozenset(rdata.to_text() for rdata in data.values) if data else frozenset()


def new_zone(origin: str, servers: Mapping[str, str]) -> Zone:
    """Make a zone with nothing in it but its name servers; `servers` maps names to addresses.

    The first server is the primary. Denials may be remembered for 5 seconds.
    """
    apex = dns.name.from_text(origin)
    primary = next(iter(servers))
    soa = f"{primary}. hostmaster.{apex} 1 3600 600 86400 5"
    sets = {
        (apex, RdataType.SOA): _data(60, RdataType.SOA, [soa]),
        (apex, RdataType.NS): _data(60, RdataType.NS, [f"{server}." for server in servers]),
    }
    for server, address in servers.items():
        key = (dns.name.from_text(server), RdataType.A)
        sets[key] = _data(60, RdataType.A, [address])
    return Zone(origin=apex, sets=sets)


def answer(zone: Zone, query: dns.message.Message) -> dns.message.Message:
    """Answer a query with authority, or refuse: this server recurses for nobody."""
    response = dns.message.make_response(query)
    if len(query.question) != 1:
        response.set_rcode(Rcode.FORMERR)
        return response
    question = query.question[0]
    name, rdtype = question.name, question.rdtype
    ours = question.rdclass == RdataClass.IN and name.is_subdomain(zone.origin)
    if not ours or dns.rdatatype.is_metatype(rdtype):
        response.set_rcode(Rcode.REFUSED)
        return response
    response.flags |= dns.flags.AA
    for kind in (rdtype, RdataType.CNAME):
        if found := zone.sets.get((name, kind)):
            response.answer.append(_rrset(name, kind, found))
            return response
    # A name that only leads to others exists, with no data of its own (RFC 8020 §2).
    if not any(owner.is_subdomain(name) for owner, _ in zone.sets):
        response.set_rcode(Rcode.NXDOMAIN)
    soa = zone.sets[zone.origin, RdataType.SOA]
    denial = replace(soa, ttl=min(soa.ttl, zone.soa.minimum))
    response.authority.append(_rrset(zone.origin, RdataType.SOA, denial))
    return response


def update(zone: Zone, message: dns.update.UpdateMessage) -> tuple[Rcode, Zone]:
    """Apply an UPDATE whole, or refuse it whole. Who may send one is decided elsewhere."""
    asked = message.zone[0] if message.zone else None
    if asked is None:
        return Rcode.FORMERR, zone
    if (asked.name, asked.rdclass) != (zone.origin, RdataClass.IN):
        return Rcode.NOTAUTH, zone
    # dnspython keeps each record of an UPDATE in an RRset of its own.
    demands, changes = message.prerequisite, message.update
    if not all(one.name.is_subdomain(zone.origin) for one in chain(demands, changes)):
        return Rcode.NOTZONE, zone
    unmet = _unmet(zone, demands)
    if unmet is not None:
        return unmet, zone
    if not all(map(_sensible, changes)):
        return Rcode.FORMERR, zone
    sets = dict(zone.sets)
    for change in changes:
        _apply(sets, zone.origin, change)
    if sets == zone.sets:
        return Rcode.NOERROR, zone
    key = (zone.origin, RdataType.SOA)
    later = zone.soa.replace(serial=(zone.soa.serial + 1) % 2**32)
    sets[key] = replace(sets[key], values=frozenset({later}))
    return Rcode.NOERROR, replace(zone, sets=sets)


def _unmet(zone: Zone, demands: Iterable[dns.rrset.RRset]) -> Rcode | None:
    """Which prerequisite does not hold (RFC 2136 §3.2); None when all do."""
    whole: dict[_Key, frozenset[dns.rdata.Rdata]] = {}
    for demand in demands:
        key = (demand.name, demand.rdtype)
        named = any(owner == demand.name for owner, _ in zone.sets)
        match demand.deleting, demand.rdtype:
            case RdataClass.ANY, RdataType.ANY if not named:
                return Rcode.NXDOMAIN
            case RdataClass.NONE, RdataType.ANY if named:
                return Rcode.YXDOMAIN
            case RdataClass.ANY, rdtype if rdtype != RdataType.ANY and key not in zone.sets:
                return Rcode.NXRRSET
            case RdataClass.NONE, _ if key in zone.sets:
                return Rcode.YXRRSET
            case None, _:
                whole[key] = whole.get(key, frozenset()) | frozenset(demand)
            case _:
                pass  # this one holds
    for key, values in whole.items():
        if key not in zone.sets or zone.sets[key].values != values:
            return Rcode.NXRRSET
    return None


def _sensible(change: dns.rrset.RRset) -> bool:
    """Whether a change is one that the update section may hold (RFC 2136 §3.4.1.2)."""
    everything = change.deleting == RdataClass.ANY and change.rdtype == RdataType.ANY
    return everything or not dns.rdatatype.is_metatype(change.rdtype)


def _apply(sets: dict[_Key, Data], apex: dns.name.Name, change: dns.rrset.RRset) -> None:
    """Add or delete (RFC 2136 §3.4.2). A clash with an alias is passed over, as §3.4.2.2 says."""
    key = (change.name, change.rdtype)
    protected = _KEPT_AT_APEX if change.name == apex else set()
    match change.deleting:
        case None:
            if _clashes(sets, change) or change.rdtype == RdataType.SOA:
                return  # the serial is this server's own affair
            held = sets.get(key, Data(ttl=0, values=frozenset()))
            sets[key] = Data(ttl=change.ttl, values=held.values | frozenset(change))
        case RdataClass.NONE if change.rdtype not in protected and key in sets:
            left = sets[key].values - frozenset(change)
            sets[key] = replace(sets[key], values=left)
            if not left:
                del sets[key]
        case RdataClass.ANY:
            for owner, rdtype in list(sets):
                wanted = change.rdtype in {RdataType.ANY, rdtype} and rdtype not in protected
                if owner == change.name and wanted:
                    del sets[owner, rdtype]
        case _:
            pass  # nothing there to delete, or not to be deleted


def _clashes(sets: Mapping[_Key, Data], change: dns.rrset.RRset) -> bool:
    """An alias stands alone at its name (RFC 1034 §3.6.2)."""
    others = {rdtype for owner, rdtype in sets if owner == change.name}
    if change.rdtype == RdataType.CNAME:
        return bool(others - {RdataType.CNAME})
    return RdataType.CNAME in others


def _data(ttl: int, rdtype: RdataType, texts: Iterable[str]) -> Data:
    values = frozenset(dns.rdata.from_text(RdataClass.IN, rdtype, text) for text in texts)
    return Data(ttl=ttl, values=values)


def _rrset(name: dns.name.Name, rdtype: RdataType, data: Data) -> dns.rrset.RRset:
    rrset = dns.rrset.from_rdata_list(name, data.ttl, sorted(data.values))
    assert rrset.rdtype == rdtype
    return rrset
