"""What validating resolvers say of an RRset's signatures. Pure.

One resolver, asked with DO set and AD clear (RFC 6840 §5.8), and beside it about two others: the
root's SOA, which is signed, and the SOA of the RRset's zone. A resolver that vouches for one of
them (AD) is known to validate, and only from such a one does the lack of AD mean something.

===================================  =========  =========  =======================================
it answers about the RRset           validates  with CD    it says
===================================  =========  =========  =======================================
NOERROR, AD set                      any        any        secure
NOERROR, AD clear                    yes        any        insecure: no chain of signatures leads
                                                           to it
NOERROR, AD clear                    no         any        unknown: it may not validate at all
SERVFAIL                             yes        NOERROR    bogus: only unchecked is it given out
SERVFAIL                             yes        otherwise  unknown: the zone may just be broken
SERVFAIL                             no         any        unknown
anything else, or nothing            any        any        unknown
===================================  =========  =========  =======================================

Several resolvers: those that say "unknown" are passed over, and the others must agree; where they
do not, it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rcode

from discovery.live_dns.exam import Dnssec

_Reply = dns.message.Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What one resolver answered about the RRset, about the others, and about the RRset with CD."""

    reply: _Reply
    others: tuple[_Reply, ...] = ()
    unchecked: _Reply = None

    @property
    def validates(self) -> bool:
        """Whether the resolver vouches for anything."""
        replies = (self.reply, *self.others)
        return any(reply is not None and authenticated(reply) for reply in replies)


def authenticated(reply: dns.message.Message) -> bool:
    """Whether the resolver vouches for the answer (AD)."""
    return reply.rcode() == dns.rcode.NOERROR and bool(reply.flags & dns.flags.AD)


def refused(reply: _Reply) -> bool:
    """Whether the resolver says SERVFAIL, as it does for signatures that do not hold."""
    return reply is not None and reply.rcode() == dns.rcode.SERVFAIL


def state_of(said: Replies) -> Dnssec:
    """What one resolver says; see the module's table."""
    if said.reply is None or not said.validates:
        return "unknown"
    if authenticated(said.reply):
        return "secure"
    if said.reply.rcode() == dns.rcode.NOERROR:
        return "insecure"
    given_out = said.unchecked is not None and said.unchecked.rcode() == dns.rcode.NOERROR
    return "bogus" if refused(said.reply) and given_out else "unknown"


def agree(states: Iterable[Dnssec]) -> Dnssec:
    """What all resolvers that know anything say alike."""
    said = {one for one in states if one != "unknown"}
    return said.pop() if len(said) == 1 else "unknown"
