"""An authority that answers as a resolver: by the flags alone."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest

from discovery.live_dns.trials.heard import Heard
from discovery.live_dns.trials.recursion import judge


def heard(flags: str, who: str = "198.51.100.1:53", rcode: str = "NOERROR") -> Heard:
    reply = dns.message.make_response(dns.message.make_query(".", "SOA"))
    reply.flags |= dns.flags.from_text(flags)
    reply.set_rcode(dns.rcode.from_text(rcode))
    return Heard(who=who, message=reply)


SILENT = Heard(who="198.51.100.9:53", problem="198.51.100.9:53 did not answer within 1.8 s")


@pytest.mark.parametrize(
    ("replies", "intercepted", "words"),
    [
        ([heard("AA")], False, "answer for themselves"),
        ([heard("AA"), SILENT], False, "answer for themselves"),
        ([heard("RA")], True, "198.51.100.1:53 should answer as an authority"),
        ([heard("RA", rcode="REFUSED")], True, "should answer as an authority"),
        ([heard("AA"), heard("RA", "198.51.100.2:53")], True, "198.51.100.2:53 should"),
        ([heard("AA RA")], None, "neither as an authority nor as a resolver"),
        ([heard("", rcode="REFUSED")], None, "198.51.100.1:53 answers REFUSED"),
        ([SILENT], None, "No authoritative server could be heard (198.51.100.9:53 did not"),
        ([], None, "No authoritative server could be heard"),
    ],
)
def test_the_flags_decide(replies: list[Heard], intercepted: bool | None, words: str) -> None:
    trial = judge(replies)
    assert (trial.name, trial.intercepted) == ("recursion", intercepted)
    assert words in trial.detail
