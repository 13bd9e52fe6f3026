"""The same question over UDP, TCP and HTTPS."""

from __future__ import annotations

import dns.message
import dns.rcode
import dns.rdataclass
import dns.rrset
import pytest

from discovery.live_dns.trials.heard import Heard
from discovery.live_dns.trials.transports import judge

WHO = "1.1.1.1:53"
ONE, OTHER = "1.1.1.1", "10.10.34.36"


def known(address: str) -> Heard:
    """An answer about the name that everybody knows; a word in capitals is an RCODE."""
    reply = dns.message.make_response(dns.message.make_query("one.test", "A"))
    if address.isupper():
        reply.set_rcode(dns.rcode.from_text(address))
    elif address:
        reply.answer = [dns.rrset.from_text("one.test.", 60, "IN", "A", address)]
    return Heard(who=WHO, message=reply)


def asker(address: str) -> Heard:
    """An answer about who asks; without an address, a refusal."""
    reply = dns.message.make_response(
        dns.message.make_query("whoami.test", "TXT", dns.rdataclass.CH)
    )
    if address:
        reply.answer = [dns.rrset.from_text("whoami.test.", 60, "CH", "TXT", address)]
    else:
        reply.set_rcode(dns.rcode.REFUSED)
    return Heard(who=WHO, message=reply)


SILENT = Heard(who=WHO, problem=f"{WHO} did not answer within 1.8 s")
ME, ME_TOO, ME6 = "81.2.69.142", "62.180.3.7", "2a02:8071::1"

TABLE: dict[str, tuple[tuple[Heard, ...], tuple[Heard, ...], bool | None, str]] = {
    "all alike": (
        (known(ONE), known(ONE), known(ONE)),
        (asker(ME), asker(ME), asker(ME)),
        False,
        "answers the same over UDP and TCP and HTTPS",
    ),
    "over HTTPS by the other IP version": (
        (known(ONE), known(ONE), known(ONE)),
        (asker(ME), asker(ME), asker(ME6)),
        False,
        "answers the same",
    ),
    "without TCP": ((known(ONE), SILENT, known(ONE)), (asker(ME), SILENT, asker(ME)), False, "UDP"),
    "another address over UDP": (
        (known(OTHER), known(ONE), known(ONE)),
        (asker(ME), asker(ME), asker(ME)),
        True,
        "Over UDP: 10.10.34.36, but over TCP: 1.1.1.1",
    ),
    "denied over UDP": (
        (known("NXDOMAIN"), known(ONE), known(ONE)),
        (SILENT, SILENT, SILENT),
        True,
        "Over UDP: no such name",
    ),
    "a resolver in trouble": (
        (known("SERVFAIL"), known(ONE), known(ONE)),
        (asker(ME), asker(ME), asker(ME)),
        False,
        "answers the same over TCP and HTTPS",
    ),
    "no record over UDP and TCP": (
        (known(""), known(""), known(ONE)),
        (SILENT, SILENT, SILENT),
        True,
        "Over UDP: no address",
    ),
    "a service that only HTTPS reaches": (
        (known(ONE), known(ONE), known(ONE)),
        (asker(""), asker(""), asker(ME)),
        True,
        "Over UDP: cannot tell who asks it",
    ),
    "a service that nobody reaches": (
        (known(ONE), known(ONE), known(ONE)),
        (asker(""), asker(""), SILENT),
        False,
        "answers the same",
    ),
    "two askers": (
        (known(ONE), known(ONE), known(ONE)),
        (asker(ME_TOO), asker(ME), asker(ME)),
        None,
        "is asked by 62.180.3.7 and 81.2.69.142",
    ),
    "without HTTPS": (
        (known(ONE), known(ONE), SILENT),
        (asker(""), asker(""), SILENT),
        None,
        "cannot be compared with itself (1.1.1.1:53 did not answer",
    ),
    "HTTPS alone": (
        (SILENT, SILENT, known(ONE)),
        (SILENT, SILENT, asker(ME)),
        None,
        "cannot be compared with itself",
    ),
    "nothing": ((SILENT,) * 3, (SILENT,) * 3, None, "cannot be compared with itself"),
}


@pytest.mark.parametrize(
    ("addresses", "askers", "intercepted", "words"), TABLE.values(), ids=TABLE.keys()
)
def test_answers_that_differ_came_from_two(
    addresses: tuple[Heard, ...], askers: tuple[Heard, ...], intercepted: bool | None, words: str
) -> None:
    ways = ("UDP", "TCP", "HTTPS")
    trial = judge(
        WHO, dict(zip(ways, addresses, strict=True)), dict(zip(ways, askers, strict=True))
    )
    assert (trial.name, trial.intercepted) == ("transports", intercepted)
    assert words in trial.detail
