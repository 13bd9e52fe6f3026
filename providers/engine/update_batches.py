"""Many RRsets in few DNS UPDATE messages, each all or nothing. Pure, as providers are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from providers.engine.outcome import Cause, Refused
from providers.engine.wire import Address, Call, Reply, RRset

_OCTETS = 60_000  # of a message's 65,535; the rest is for its header and its signature
_PER_RECORD = 26  # octets beside the name, of an IPv6 address
_MOST_MESSAGES = 24  # in one errand, besides those that only look closer at a conflict

Sent = Generator[Call, Reply, Refused | None]
"""The exchange of one message, or of many; why it was refused."""
Send = Callable[[tuple[RRset, ...]], Sent]


def replace_all(rrsets: Iterable[RRset], send: Send) -> Sent:
    """Send them; where one RRset spoils a message for all, find that one and do the others."""
    refusals: list[Refused] = []
    accepted = False
    waiting = deque(_messages(rrsets))
    for _ in range(_MOST_MESSAGES):
        if not waiting or (len(refusals) > 1 and not accepted):  # then all will be refused
            break
        part = waiting.popleft()
        refused = yield from send(part)
        if refused is None:
            accepted = True
        elif refused.cause not in (Cause.CONFLICT, Cause.REJECTED):
            return refused
        elif len(part) > 1:
            half = len(part) // 2
            waiting.extendleft((part[half:], part[:half]))
        elif refused.cause is Cause.CONFLICT and (yield from _other_than_shown(part[0], send)):
            accepted = True
        else:
            refusals.append(refused)
    if waiting and not refusals:
        text = "the server refuses too many of these records to tell which"
        return Refused(cause=Cause.CONFLICT, text=text)
    return refusals[0] if refusals else None


def _other_than_shown(rrset: RRset, send: Send) -> Generator[Call, Reply, bool]:
    """Whether the server holds nothing of its own, or what is wanted: then it is done now.

    What live DNS showed may come from a wildcard, with no RRset at the name itself. And an earlier
    message may have made the change, whose answer was lost or spoke of another record.
    """
    for live in (frozenset[Address](), rrset.values):
        again = replace(rrset, live=live)
        if rrset.live not in (None, live) and (yield from send((again,))) is None:
            return True
    return False


def _messages(rrsets: Iterable[RRset]) -> Iterator[tuple[RRset, ...]]:
    """The RRsets in as few messages as are sure to be small enough, names not compressed."""
    message: list[RRset] = []
    octets = 0
    for rrset in rrsets:
        # The condition, no alias, the deletion, and what is new: a record each, or one per value.
        records = max(len(rrset.live or ()), 1) + 2 + len(rrset.values)
        size = records * (len(rrset.name) + 2 + _PER_RECORD)
        if message and octets + size > _OCTETS:
            yield tuple(message)
            message, octets = [], 0
        message.append(rrset)
        octets += size
    if message:
        yield tuple(message)
