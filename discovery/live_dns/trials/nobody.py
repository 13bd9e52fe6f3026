"""An answer from an address where no server is was given by something on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.name
import dns.rdatatype

from discovery.live_dns.exam import Trial
from discovery.live_dns.question import Question
from discovery.live_dns.server import reachable
from discovery.live_dns.trials.heard import Ask, Heard, at, put


async def nobody(ask: Ask, endpoints: Sequence[str]) -> list[Heard]:
    """Ask the empty addresses what every resolver knows: who serves the root."""
    question = Question(dns.name.root, dns.rdatatype.NS, recurse=True)
    servers = reachable(tuple(map(at, endpoints)))
    return await asyncio.gather(*(put(ask, server, question) for server in servers))


def judge(heard: Sequence[Heard], *, alive: bool) -> Trial:
    """Decide. Silence is the right answer, but only where port 53 works at all (`alive`)."""
    answered = [one.who for one in heard if one.message is not None]
    if answered:
        intercepted, detail = True, f"{' and '.join(answered)} answered, where no DNS server is."
    elif alive:
        intercepted, detail = False, "An address without a DNS server keeps silent, as it should."
    else:
        intercepted, detail = (
            None,
            "Nothing at all was heard from port 53, so silence tells nothing.",
        )
    return Trial(name="nobody", intercepted=intercepted, detail=detail)
