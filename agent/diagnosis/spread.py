"""When everybody will see the right answer: the clock arithmetic of DNS caches. Pure.

One resolver (W is the wanted RRset; it counts from the moment it was asked):

====================  =======================================
it shows              it is fresh
====================  =======================================
W                     already
something else        when what it remembers has run out
nothing, or W is      not known
not known
====================  =======================================

Everybody, also resolvers that nobody asked:

=====================================  ==========================  ===========================
the name servers serve                 everyone_by                 after_update_s
=====================================  ==========================  ===========================
W, all of them, and no resolver that   now + TTL                   -
was asked shows something else
W, all; some show another RRset        now + the longest of TTL    -
                                       and what they have left
W, all; some show "no such name"       now + the longest of the    -
                                       negative TTL and what
                                       they have left
another RRset, all or some             -                           the longest TTL of it, or of
                                                                   what resolvers have left
no such name, all or some              -                           the same with the negative
                                                                   TTL (RFC 2308 §5)
anything, and one server is silent,    -                           -
or shows an alias, or something
answers in its place; W is not known
=====================================  ==========================  ===========================

That is: the moment in which the last name server serves W, and the TTL of what it served before.
Once W is served, the old TTL is seen no more; resolvers that still have the old answer show what is
left of it, and for all others the TTL of the RRset bounds it, which a change of address leaves as
it is. A server is not silent that answered at another of its addresses.

It holds for resolvers that keep to the TTL. Some raise low ones, some serve an old answer while the
name servers are down (RFC 8767), and browsers have caches of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import wanted_by
from discovery.live_dns.exam import DnsExam, ResolverAnswer
from discovery.live_dns.view import Absent, Lame, NoAnswer, Present
from discovery.observation import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One resolver, whether it shows the wanted RRset (None: not known), and from when it does.

    `fresh_at` supposes that the name servers serve the wanted RRset by then.
    """

    answer: ResolverAnswer
    fresh: bool | None
    fresh_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far the wanted RRset has come. See the module's tables.

    `served` tells whether every name server serves it; None when that is not known.
    """

    turns: tuple[Turn, ...]
    served: bool | None = None
    everyone_by: datetime | None = None
    after_update_s: int | None = None

    @property
    def stale(self) -> tuple[Turn, ...]:
        """The resolvers that still show something else."""
        return tuple(turn for turn in self.turns if turn.fresh is False)


def spread_of(exam: RecordExam, evidence: Evidence) -> Spread:
    """How far one record has come, counted from the end of the examination.

    What a resolver has left was read before that, so the times err towards later, never earlier.
    """
    now = evidence.at + timedelta(seconds=evidence.took)
    return spread(exam.exam, wanted_by(evidence, exam), now)


def spread(exam: DnsExam, wanted: Address | None, now: datetime) -> Spread:
    """How far `wanted` has come, and when it will be everywhere. See the module's tables."""
    now = _whole_second(now)
    right = None if wanted is None else frozenset({wanted})
    turns = tuple(_turn(answer, right, now) for answer in exam.resolvers)
    served = _served(exam, right)
    left = [turn.answer.left_s or 0 for turn in turns if turn.fresh is False]
    if served is None:
        return Spread(turns=turns)
    if served:
        denied = any(turn.fresh is False and not turn.answer.values for turn in turns)
        bound = _longest([*left, *_ttls(exam), exam.negative_ttl if denied else 0])
        by = None if bound is None else now + timedelta(seconds=bound)
        return Spread(turns=turns, served=True, everyone_by=by)
    return Spread(turns=turns, served=False, after_update_s=_longest([*left, *_old(exam, right)]))


def _turn(answer: ResolverAnswer, right: frozenset[Address] | None, now: datetime) -> Turn:
    if right is None or answer.values is None:
        return Turn(answer=answer, fresh=None, fresh_at=None)
    if answer.values == right:
        return Turn(answer=answer, fresh=True, fresh_at=now)
    left = answer.left_s
    later = None if left is None else now + timedelta(seconds=left)
    return Turn(answer=answer, fresh=False, fresh_at=later)


def _served(exam: DnsExam, right: frozenset[Address] | None) -> bool | None:
    """Whether every name server serves it. Lame ones do not count: no resolver believes them."""
    view = exam.view
    answers = [one.answer for one in view.servers if isinstance(one.answer, Present | Absent)]
    if right is None or view.intercepted or not answers:
        return None
    heard = {one.server for one in view.servers if isinstance(one.answer, Present | Absent)}
    for one in view.servers:
        elsewhere = isinstance(one.answer, NoAnswer) and one.server in heard
        if not isinstance(one.answer, Present | Absent | Lame) and not elsewhere:
            return None
    return all(isinstance(one, Present) and one.values == right for one in answers)


def _ttls(exam: DnsExam) -> Iterator[int]:
    return (one.answer.ttl for one in exam.view.servers if isinstance(one.answer, Present))


def _old(exam: DnsExam, right: frozenset[Address] | None) -> Iterator[int | None]:
    """How long each name server lets resolvers remember what is not the wanted RRset."""
    for one in exam.view.servers:
        match one.answer:
            case Present(values=values, ttl=ttl) if values != right:
                yield ttl
            case Absent(negative_ttl=ttl):
                yield exam.negative_ttl if ttl is None else ttl
            case _:
                pass


def _longest(seconds: Iterable[int | None]) -> int | None:
    """The longest of them; None when one of them is not known."""
    longest = 0
    for one in seconds:
        if one is None:
            return None
        longest = max(longest, one)
    return longest


def _whole_second(moment: datetime) -> datetime:
    """Round up: a bound that is rounded down is none."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)
