"""One resolver asked the same over UDP, TCP and HTTPS must answer the same.

Whoever takes over port 53 mostly leaves TCP alone, and cannot touch HTTPS.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

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
from discovery.live_dns.trials.heard import Heard, problems
from discovery.observation import Flaw

_SURE = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)

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

    ===================================================  ======================================
    two ways give other addresses of the known name      intercepted
    by one way it names who asks, by another it cannot   intercepted
    HTTPS was not heard, or it alone was                 unknown: whoever bends one of the others
                                                         may bend both
    by two ways it names two askers                      unknown: several lines, a VPN
    otherwise                                            not
    ===================================================  ======================================
    """
    answers = {way: _addresses(reply) for way, reply in _settled(known, *_SURE)}
    names = {way: asker(reply) for way, reply in _settled(service, *_SURE, dns.rcode.REFUSED)}
    knows = {
        way: "names whoever asks it" if not isinstance(said, Flaw) else "cannot tell who asks it"
        for way, said in names.items()
    }
    for outcomes in (answers, knows):
        if len(set(outcomes.values())) > 1:
            told = ", but over ".join(f"{way}: {what}" for way, what in outcomes.items())
            return _trial(True, f"{who} answers differently. Over {told}.")
    if "HTTPS" not in answers or len(answers) == 1:
        return _trial(None, f"{who} cannot be compared with itself ({problems(known.values())}).")
    askers = {named for named in names.values() if not isinstance(named, Flaw)}
    if len(askers) > len({named.version for named in askers}):
        seen = " and ".join(sorted(map(str, askers)))
        return _trial(
            None, f"{who} is asked by {seen}: several internet lines, or something between."
        )
    return _trial(False, f"{who} answers the same over {' and '.join(answers)}.")


def _settled(heards: Heards, *rcodes: dns.rcode.Rcode) -> Iterator[tuple[str, dns.message.Message]]:
    """The replies that say something; a resolver in trouble may say SERVFAIL by any way."""
    for way, one in heards.items():
        if one.message is not None and one.message.rcode() in rcodes:
            yield way, one.message


def _addresses(reply: dns.message.Message) -> str:
    if reply.rcode() == dns.rcode.NXDOMAIN:
        return "no such name"
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
