"""One DNS question on the wire, and the check that an answer belongs to it (RFC 1035 §4.1)."""

from __future__ import annotations

import copy
import secrets
from functools import partial

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype

# What every path carries without fragments; larger answers come over TCP (DNS Flag Day 2020).
_PAYLOAD = 1232

# The servers of a zone mostly answer alike, to the octet, and go on to until something changes.
# So an answer that was read a moment ago is not read again. Large ones are not worth the memory.
_REMEMBERED = 4


class UnusableError(Exception):
    """These bytes are no answer to the question. The text completes "the server …"."""


class Question:
    """A query with a random id; `recurse` is RD, which is for resolvers alone."""

    def __init__(
        self,
        name: dns.name.Name,
        rtype: dns.rdatatype.RdataType,
        *,
        rdclass: dns.rdataclass.RdataClass = dns.rdataclass.IN,
        recurse: bool = False,
        edns: bool = True,
        dnssec: bool = False,
        unchecked: bool = False,
        nsid: bool = False,
        number: int | None = None,
    ) -> None:
        """Make the message. An authority is asked with RD clear, so that none has to recurse.

        `dnssec` is DO, upon which a validating resolver sets AD (RFC 6840 §5.8). AD itself is
        never set in a question: a box that merely copies the header back would seem to vouch.
        `unchecked` is CD, `nsid` asks for the server's own name (RFC 5001), `number` is the id.
        """
        self.name = name
        self.rtype = rtype
        self._again = partial(
            type(self), name, rtype, rdclass=rdclass, recurse=recurse, unchecked=unchecked
        )
        self._dnssec, self._nsid = dnssec, nsid
        self._message = dns.message.make_query(
            name,
            rtype,
            rdclass,
            use_edns=0 if edns else False,
            want_dnssec=dnssec and edns,
            payload=_PAYLOAD if edns else None,
            options=[dns.edns.NSIDOption(b"")] if nsid and edns else None,
            id=0,
            flags=(dns.flags.RD if recurse else 0) | (dns.flags.CD if unchecked else 0),
        )
        self._read: dict[bytes, dns.message.Message] = {}
        self._rest = self._message.to_wire()[2:]
        self._number(secrets.randbits(16) if number is None else number)

    def _number(self, number: int) -> None:
        self._id = number.to_bytes(2)
        self.wire = self._id + self._rest

    def renumbered(self) -> Question:
        """Ask the same with an id of its own, without making the message anew."""
        again = copy.copy(self)
        again._number(secrets.randbits(16))  # noqa: SLF001 - of the same class
        return again

    def plain(self) -> Question:
        """Ask the same without EDNS, for servers from before it (RFC 6891 §7)."""
        return self._again(edns=False)

    def unnumbered(self) -> Question:
        """Ask the same with the id 0, as HTTP caches like it (RFC 8484 §4.1)."""
        return self._again(dnssec=self._dnssec, nsid=self._nsid, number=0)

    def read(self, wire: bytes) -> dns.message.Message:
        """Parse an answer: the same id, the same question, a response.

        A truncated answer (TC) is given as far as it can be read. The id of the message is 0, and
        others may be given the same one: nobody may change it. Raises `UnusableError`.
        """
        rest = wire[2:]
        reply = self._read.get(rest)
        known = reply is not None
        if reply is None:
            reply = _parse(bytes(2) + rest)
        if wire[:2] != self._id:
            raise UnusableError("sent an answer with the id of another query")
        if not known:
            if not self._message.is_response(reply):
                raise UnusableError("sent an answer to another question")
            if len(rest) <= _PAYLOAD:
                self._remember(rest, reply)
        return reply

    def _remember(self, rest: bytes, reply: dns.message.Message) -> None:
        """Keep what was read for those that ask the same with another id, too."""
        if len(self._read) >= _REMEMBERED:
            self._read.clear()
        self._read[rest] = reply


def _parse(wire: bytes) -> dns.message.Message:
    try:
        return dns.message.from_wire(wire, keyring=False, raise_on_truncation=True)
    except dns.message.Truncated as cut:
        return cut.message()  # type: ignore[no-any-return,no-untyped-call]  # left bare there
    except (dns.exception.DNSException, ValueError) as error:
        kind = type(error).__name__
        raise UnusableError(f"sent bytes that are no DNS message ({kind})") from None
