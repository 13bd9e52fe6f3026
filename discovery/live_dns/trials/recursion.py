"""An authority that answers as a resolver is not the authority."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.name
import dns.rcode
import dns.rdatatype

from discovery.live_dns.exam import Trial
from discovery.live_dns.question import Question
from discovery.live_dns.targets import Authority
from discovery.live_dns.trials.heard import Ask, Heard, in_reach, problems, put


async def recursion(ask: Ask, authorities: Sequence[Authority]) -> Trial:
    """Ask authorities, with RD clear, for the SOA of their zone."""
    return judge(
        await asyncio.gather(
            *(
                put(ask, server, Question(dns.name.from_text(one.zone), dns.rdatatype.SOA))
                for one, server in in_reach(authorities)
            )
        )
    )


def judge(heard: Sequence[Heard]) -> Trial:
    """Decide by the flags alone.

    =====================================  ===========
    one with RA set and AA clear           intercepted
    otherwise, one with AA set, RA clear   not
    otherwise                              unknown
    =====================================  ===========
    """
    posing = [one.who for one in heard if one.recursive]
    if posing:
        return _trial(
            True,
            f"{' and '.join(posing)} should answer as an authority but answers as a resolver does: "
            "something on the way answers in its place.",
        )
    if any(one.authoritative for one in heard):
        return _trial(False, "Authoritative servers answer for themselves.")
    for one in heard:
        if one.message is not None:
            what = f"answers {dns.rcode.to_text(one.message.rcode())}"
            return _trial(
                None, f"{one.who} {what}, neither as an authority nor as a resolver does."
            )
    return _trial(None, f"No authoritative server could be heard ({problems(heard)}).")


def _trial(intercepted: bool | None, detail: str) -> Trial:
    return Trial(name="recursion", intercepted=intercepted, detail=detail)
