"""One resolver asked the same over UDP, TCP and HTTPS must answer the same.

Whoever takes over port 53 mostly leaves TCP alone, and cannot touch HTTPS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from discovery.live_dns.asker import asker, question
from discovery.live_dns.exam import Trial
from discovery.live_dns.hearsay import Source
from discovery.live_dns.question import Question
from discovery.live_dns.reply import of_type
from discovery.live_dns.targets import Targets
from discovery.live_dns.transport import NoReplyError
from discovery.live_dns.trials.heard import Heard
from discovery.observation import Address, Flaw

Heards = Mapping[str, Heard]
"""By the way it came: "UDP", "TCP", "HTTPS"."""


async def transports(ways: Mapping[str, Source], targets: Targets) -> Trial:
    """Ask by each way for an address that everybody knows, and who is asking."""
    known = Question(dns.name.from_text(targets.known), dns.rdatatype.A, recurse=True)
    heard = await asyncio.gather(
        _by_each(ways, known), _by_each(ways, question(targets.service, recurse=True))
    )
    return judge(ways["UDP"].shown, *heard)


def judge(who: str, known: Heards, service: Heards) -> Trial:
    """Decide about the resolver `who`.

    ===================================================  ===========
    two ways give other addresses of the known name      intercepted
    by one way it names who asks, by another it cannot   intercepted
    fewer than two ways were heard                       unknown
    by two ways it names two askers                      unknown: several lines, a VPN
    otherwise                                            not
    ===================================================  ===========
    """
    answers = {way: _addresses(one.message) for way, one in known.items() if one.message}
    names = {way: asker(one.message) for way, one in service.items() if one.message}
    knows = {
        way: "names whoever asks it" if not isinstance(said, Flaw) else "cannot tell who asks it"
        for way, said in names.items()
    }
    for outcomes in (answers, knows):
        if len(set(outcomes.values())) > 1:
            told = ", but over ".join(f"{way}: {what}" for way, what in outcomes.items())
            return _trial(True, f"{who} answers differently. Over {told}.")
    if len(answers) < 2:  # noqa: PLR2004 - it takes two to compare
        problems = "; ".join(one.problem for one in known.values() if one.problem)
        return _trial(None, f"Fewer than two ways to ask {who} work ({problems}).")
    askers = {named for named in names.values() if not isinstance(named, Flaw)}
    if _of_one_version(askers) != len(askers):
        seen = " and ".join(sorted(map(str, askers)))
        return _trial(
            None, f"{who} is asked by {seen}: several internet lines, or something between."
        )
    return _trial(False, f"{who} answers the same over {' and '.join(answers)}.")


def _of_one_version(askers: set[Address]) -> int:
    """How many there would be if each IP version had one address."""
    return len({named.version for named in askers})


def _addresses(reply: dns.message.Message) -> str:
    if reply.rcode() != dns.rcode.NOERROR:
        return dns.rcode.to_text(reply.rcode())
    found = {item.address for rrset in of_type(reply.answer, dns.rdatatype.A) for item in rrset}
    return " and ".join(sorted(found)) or "no address"


async def _by_each(ways: Mapping[str, Source], asked: Question) -> Heards:
    async def by(source: Source) -> Heard:
        try:
            return Heard(who=source.shown, message=await source.ask(asked))
        except NoReplyError as trouble:
            return Heard(who=source.shown, problem=str(trouble))

    heard = await asyncio.gather(*map(by, ways.values()))
    return dict(zip(ways, heard, strict=True))


def _trial(intercepted: bool | None, detail: str) -> Trial:
    return Trial(name="transports", intercepted=intercepted, detail=detail)
