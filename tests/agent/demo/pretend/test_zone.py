"""The pretend zone: answers of RFC 1034 and updates of RFC 2136, one row per rule."""

from __future__ import annotations

from collections.abc import Callable

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import dns.update
import pytest
from dns.rcode import Rcode
from dns.rdataclass import RdataClass

from agent.demo.pretend.zone import Zone, answer, new_zone, update

SERVERS = {"ns1.example.com": "127.0.0.1", "ns2.example.com": "127.0.0.1"}
HOME = "home.example.com."


def zone_with(*records: tuple[str, str, str]) -> Zone:
    """The empty zone plus records, put there by an update as a provider would."""
    message = dns.update.UpdateMessage("example.com.")
    for name, rdtype, value in records:
        message.add(name, 60, rdtype, value)
    rcode, zone = update(new_zone("example.com", SERVERS), received(message))
    assert rcode == Rcode.NOERROR
    return zone


def received(message: dns.update.UpdateMessage) -> dns.update.UpdateMessage:
    """The message as the other side reads it from the wire."""
    parsed = dns.message.from_wire(message.to_wire())
    assert isinstance(parsed, dns.update.UpdateMessage)
    return parsed


def ask(zone: Zone, name: str, rdtype: str) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, flags=0)
    return answer(zone, dns.message.from_wire(query.to_wire()))


# ---- answers -------------------------------------------------------------------------------------


def test_an_answer_has_authority_and_offers_no_recursion() -> None:
    response = ask(zone_with((HOME, "A", "81.2.69.142")), "HOME.example.com.", "A")
    assert response.rcode() == Rcode.NOERROR
    assert response.flags & dns.flags.AA
    assert not response.flags & (dns.flags.RA | dns.flags.RD)
    assert [rrset.to_text() for rrset in response.answer] == [
        "HOME.example.com. 60 IN A 81.2.69.142"
    ]


def test_the_apex_names_both_servers_and_the_primary() -> None:
    zone = new_zone("example.com", SERVERS)
    names = {rdata.to_text() for rdata in ask(zone, "example.com.", "NS").answer[0]}
    assert names == {"ns1.example.com.", "ns2.example.com."}
    assert ask(zone, "example.com.", "SOA").answer[0][0].to_text().startswith("ns1.example.com. ")


@pytest.mark.parametrize(
    ("name", "rdtype", "rcode"),
    [
        (HOME, "AAAA", Rcode.NOERROR),
        ("nobody.example.com.", "A", Rcode.NXDOMAIN),
        ("deep.example.com.", "A", Rcode.NOERROR),  # leads to very.deep.example.com
    ],
    ids=["no data", "no name", "an empty non-terminal"],
)
def test_a_denial_shows_the_soa_with_the_time_to_remember_it(
    name: str, rdtype: str, rcode: Rcode
) -> None:
    zone = zone_with((HOME, "A", "81.2.69.142"), ("very.deep.example.com.", "A", "81.2.69.142"))
    response = ask(zone, name, rdtype)
    assert response.rcode() == rcode
    assert response.flags & dns.flags.AA
    assert not response.answer
    (soa,) = response.authority
    assert soa.rdtype == dns.rdatatype.SOA
    assert soa.ttl == 5


def test_an_alias_is_shown_in_place_of_an_address() -> None:
    response = ask(zone_with((HOME, "CNAME", "example.net.")), HOME, "A")
    assert [rrset.rdtype for rrset in response.answer] == [dns.rdatatype.CNAME]


@pytest.mark.parametrize(
    ("name", "rdtype"),
    [("example.net.", "A"), ("com.", "NS"), ("example.com.", "AXFR"), (HOME, "ANY")],
)
def test_what_it_has_no_authority_for_is_refused(name: str, rdtype: str) -> None:
    response = ask(zone_with((HOME, "A", "81.2.69.142")), name, rdtype)
    assert response.rcode() == Rcode.REFUSED
    assert not response.flags & dns.flags.AA


def test_a_query_without_a_question_is_malformed() -> None:
    assert answer(new_zone("example.com", SERVERS), dns.message.Message()).rcode() == Rcode.FORMERR


# ---- updates -------------------------------------------------------------------------------------

Change = Callable[[dns.update.UpdateMessage], None]
OLD, NEW = "81.2.69.142", "81.2.69.160"


def only(name: str, *arguments: object) -> Change:
    """One call of a method of dnspython's update message."""
    return lambda message: getattr(message, name)(*arguments)


@pytest.mark.parametrize(
    ("prerequisite", "rcode"),
    [
        (only("present", HOME), Rcode.NOERROR),
        (only("present", "nobody.example.com."), Rcode.NXDOMAIN),
        (only("absent", "nobody.example.com."), Rcode.NOERROR),
        (only("absent", HOME), Rcode.YXDOMAIN),
        (only("present", HOME, "A"), Rcode.NOERROR),
        (only("present", HOME, "AAAA"), Rcode.NXRRSET),
        (only("absent", HOME, "CNAME"), Rcode.NOERROR),
        (only("absent", HOME, "A"), Rcode.YXRRSET),
        (only("present", HOME, "A", OLD), Rcode.NOERROR),
        (only("present", HOME, "A", NEW), Rcode.NXRRSET),
        (only("present", HOME, "A", OLD, NEW), Rcode.NXRRSET),
        (only("present", "nobody.example.com.", "A", OLD), Rcode.NXRRSET),
        (only("present", "example.net.", "A"), Rcode.NOTZONE),
    ],
)
def test_a_prerequisite_decides_over_the_whole_update(prerequisite: Change, rcode: Rcode) -> None:
    before = zone_with((HOME, "A", OLD))
    message = dns.update.UpdateMessage("example.com.")
    prerequisite(message)
    message.replace(HOME, 60, "A", NEW)
    got, after = update(before, received(message))
    assert got == rcode
    assert after.values(HOME, "A") == {NEW if rcode == Rcode.NOERROR else OLD}
    assert after.soa.serial == before.soa.serial + (rcode == Rcode.NOERROR)


@pytest.mark.parametrize(
    ("change", "name", "rdtype", "left"),
    [
        (only("add", HOME, 60, "A", NEW), HOME, "A", {OLD, NEW}),
        (only("delete", HOME, "A"), HOME, "A", set()),
        (only("delete", HOME, "A", OLD), HOME, "A", set()),
        (only("delete", HOME, "A", NEW), HOME, "A", {OLD}),
        (only("delete", HOME), HOME, "A", set()),
        (only("delete", HOME, "AAAA"), HOME, "A", {OLD}),
        (only("delete", "other.example.com."), HOME, "A", {OLD}),
        (only("add", HOME, 60, "CNAME", "example.net."), HOME, "CNAME", set()),
        (only("add", "www.example.com.", 60, "A", NEW), "www.example.com.", "A", set()),
        (
            only("delete", "example.com."),
            "example.com.",
            "NS",
            {"ns1.example.com.", "ns2.example.com."},
        ),
    ],
    ids=[
        "add a value",
        "delete the set",
        "delete the value",
        "delete another value",
        "delete the name",
        "delete another type",
        "delete another name",
        "an alias beside an address is passed over",
        "an address beside an alias is passed over",
        "the apex keeps its name servers",
    ],
)
def test_each_kind_of_change(change: Change, name: str, rdtype: str, left: set[str]) -> None:
    before = zone_with((HOME, "A", OLD), ("www.example.com.", "CNAME", HOME))
    message = dns.update.UpdateMessage("example.com.")
    change(message)
    rcode, after = update(before, received(message))
    assert rcode == Rcode.NOERROR
    assert after.values(name, rdtype) == left


def test_a_new_ttl_alone_is_a_change_too() -> None:
    before = zone_with((HOME, "A", OLD))
    message = dns.update.UpdateMessage("example.com.")
    message.replace(HOME, 300, "A", OLD)
    _, after = update(before, received(message))
    assert ask(after, HOME, "A").answer[0].ttl == 300
    assert after.soa.serial == before.soa.serial + 1


def test_an_update_that_changes_nothing_keeps_the_serial() -> None:
    before = zone_with((HOME, "A", OLD))
    message = dns.update.UpdateMessage("example.com.")
    message.replace(HOME, 60, "A", OLD)
    assert update(before, received(message)) == (Rcode.NOERROR, before)


def test_the_serial_is_the_servers_own_affair() -> None:
    before = new_zone("example.com", SERVERS)
    message = dns.update.UpdateMessage("example.com.")
    message.add("example.com.", 60, "SOA", "evil.example. evil.example. 99 1 1 1 1")
    assert update(before, received(message)) == (Rcode.NOERROR, before)


def test_a_type_that_only_queries_may_have_spoils_the_whole_update() -> None:
    before = zone_with((HOME, "A", OLD))
    message = dns.update.UpdateMessage("example.com.")
    message.delete(HOME, "A")
    message.delete(HOME, "AXFR")
    assert update(before, received(message)) == (Rcode.FORMERR, before)


@pytest.mark.parametrize(
    ("message", "rcode"),
    [
        (dns.update.UpdateMessage("example.net."), Rcode.NOTAUTH),
        (dns.update.UpdateMessage("example.com.", rdclass=RdataClass.CH), Rcode.NOTAUTH),
        (dns.update.UpdateMessage(), Rcode.FORMERR),
    ],
    ids=["another zone", "another class", "no zone"],
)
def test_an_update_for_no_zone_of_ours_is_refused(
    message: dns.update.UpdateMessage, rcode: Rcode
) -> None:
    zone = new_zone("example.com", SERVERS)
    assert update(zone, message) == (rcode, zone)
