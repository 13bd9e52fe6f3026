"""What resolvers' answers say of signatures: every row of the table."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest

from discovery.live_dns.dnssec import Replies, agree, state_of
from discovery.live_dns.exam import Dnssec


def reply(rcode: str = "NOERROR", flags: str = "RA") -> dns.message.Message:
    message = dns.message.make_response(dns.message.make_query("nas.example.test", "A"))
    message.flags |= dns.flags.from_text(flags)
    message.set_rcode(dns.rcode.from_text(rcode))
    return message


SIGNED, PLAIN, SERVFAIL, REFUSED = (
    reply(flags="RA AD"),
    reply(),
    reply("SERVFAIL"),
    reply("REFUSED"),
)

TABLE: dict[str, tuple[Replies, Dnssec]] = {
    "vouched for": (Replies(reply=SIGNED, others=(PLAIN,)), "secure"),
    "vouched for, and nothing else was heard": (Replies(reply=SIGNED), "secure"),
    "only the root is vouched for": (Replies(reply=PLAIN, others=(SIGNED, PLAIN)), "insecure"),
    "only the zone is vouched for": (Replies(reply=PLAIN, others=(PLAIN, SIGNED)), "insecure"),
    "nothing is vouched for": (Replies(reply=PLAIN, others=(PLAIN, PLAIN)), "unknown"),
    "others were not heard": (Replies(reply=PLAIN, others=(None, None)), "unknown"),
    "given out unchecked alone": (
        Replies(reply=SERVFAIL, others=(SIGNED,), unchecked=PLAIN),
        "bogus",
    ),
    "unchecked by one that never vouches": (
        Replies(reply=SERVFAIL, others=(PLAIN,), unchecked=PLAIN),
        "unknown",
    ),
    "broken, unchecked too": (
        Replies(reply=SERVFAIL, others=(SIGNED,), unchecked=SERVFAIL),
        "unknown",
    ),
    "broken, unchecked not heard": (Replies(reply=SERVFAIL, others=(SIGNED,)), "unknown"),
    "refused": (Replies(reply=REFUSED, others=(SIGNED,), unchecked=PLAIN), "unknown"),
    "SERVFAIL that claims to be checked": (
        Replies(reply=reply("SERVFAIL", "RA AD"), others=(PLAIN,), unchecked=PLAIN),
        "unknown",
    ),
    "not heard": (Replies(reply=None, others=(SIGNED,)), "unknown"),
}


@pytest.mark.parametrize(("said", "expected"), TABLE.values(), ids=TABLE.keys())
def test_one_resolver(said: Replies, expected: Dnssec) -> None:
    assert state_of(said) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["secure"], "secure"),
        (["secure", "unknown", "secure"], "secure"),
        (["unknown", "bogus"], "bogus"),
        (["secure", "insecure"], "unknown"),
        (["bogus", "insecure"], "unknown"),
        (["unknown"], "unknown"),
        ([], "unknown"),
    ],
)
def test_those_who_know_must_agree(states: list[Dnssec], expected: Dnssec) -> None:
    assert agree(states) == expected
