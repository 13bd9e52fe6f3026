"""One DNS question on the wire, and the check that an answer belongs to it (RFC 1035 §4.1)."""

from __future__ import annotations

from typing import Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype

# What every path carries without fragments; larger answers come over TCP (DNS Flag Day 2020).
_PAYLOAD = 1232


class UnusableError(Exception):
    """These bytes are no answer to the question. The text completes "the server …"."""


class Question:
    """A query with a random id; `recurse` is RD, which is for resolvers alone."""

    def __init__(
        self,
        name: dns.name.Name,
        rtype: dns.rdatatype.RdataType,
        *,
        recurse: bool = False,
        edns: bool = True,
    ) -> None:
        """Make the message. An authority is asked with RD clear, so that none has to recurse."""
        self.name = name
        self.rtype = rtype
        self._recurse = recurse
        self._message = dns.message.make_query(
            name,
            rtype,
            use_edns=0 if edns else False,
            payload=_PAYLOAD if edns else None,
            flags=dns.flags.RD if recurse else 0,
        )
        self.wire = self._message.to_wire()

    def plain(self) -> Self:
        """Ask the same without EDNS, for servers from before it (RFC 6891 §7)."""
        return type(self)(self.name, self.rtype, recurse=self._recurse, edns=False)

    def read(self, wire: bytes) -> dns.message.Message:
        """Parse an answer: the same id, the same question, a response.

        A truncated answer (TC) is given as far as it can be read. Raises `UnusableError`.
        """
        try:
            reply = dns.message.from_wire(wire, keyring=False, raise_on_truncation=True)
        except dns.message.Truncated as cut:
            reply = cut.message()  # type: ignore[no-untyped-call]  # dnspython leaves it bare
        except (dns.exception.DNSException, ValueError) as error:
            kind = type(error).__name__
            raise UnusableError(f"sent bytes that are no DNS message ({kind})") from None
        if reply.id != self._message.id:
            raise UnusableError("sent an answer with the id of another query")
        if not self._message.is_response(reply):
            raise UnusableError("sent an answer to another question")
        return reply
