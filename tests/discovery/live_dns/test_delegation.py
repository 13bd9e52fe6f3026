"""Reading the NS RRset of a zone from its parent's reply and from its own."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest

from discovery.live_dns.delegation import at_child, at_parent
from discovery.live_dns.exam import NameServers

APEX = dns.name.from_text("example.test")
NS = ("example.test.", "NS", "NS2.example.test.", "ns1.example.test.")
BOTH = ("ns1.example.test", "ns2.example.test")


def reply(
    flags: str = "",
    *,
    answer: tuple[str, ...] = (),
    authority: tuple[str, ...] = (),
    rcode: int = 0,
) -> dns.message.Message:
    message = dns.message.make_response(dns.message.make_query(APEX, "NS"))
    message.flags |= dns.flags.from_text(flags)
    message.set_rcode(dns.rcode.Rcode(rcode))
    for section, records in ((message.answer, answer), (message.authority, authority)):
        if records:
            owner, rtype, *values = records
            section.append(dns.rrset.from_text(owner, 3600, "IN", rtype, *values))
    return message


ABOVE = ("test.", "NS", "ns.test.")
SOA = ("example.test.", "SOA", "ns1.example.test. hostmaster.example.test. 1 2 3 4 5")

TABLE: dict[str, tuple[dns.message.Message, tuple[str, ...] | None, tuple[str, ...] | None]] = {
    "a referral": (reply(authority=NS), BOTH, None),
    "a referral that claims authority": (reply("AA", authority=NS), BOTH, None),
    "a referral in the answer": (reply(answer=NS), BOTH, None),
    "the zone itself": (reply("AA", answer=NS), None, BOTH),
    "a resolver": (reply("RA", answer=NS), None, None),
    "a recursing authority": (reply("AA RA", answer=NS), None, BOTH),
    "a denial": (reply("AA", authority=SOA), None, None),
    "a referral upwards": (reply(authority=ABOVE), None, None),
    "a refusal": (reply(authority=NS, rcode=5), None, None),
    "nothing": (reply(), None, None),
}


@pytest.mark.parametrize(("message", "parent", "child"), TABLE.values(), ids=TABLE.keys())
def test_whose_copy_a_reply_is(
    message: dns.message.Message, parent: tuple[str, ...] | None, child: tuple[str, ...] | None
) -> None:
    assert at_parent(message, APEX) == parent
    assert at_child(message, APEX) == child


def test_only_two_known_copies_can_differ() -> None:
    assert NameServers(parent=("a",), child=("b",)).differ
    assert not NameServers(parent=("a",), child=("a",)).differ
    assert not NameServers(parent=("a",)).differ
    assert not NameServers(child=("a",)).differ
