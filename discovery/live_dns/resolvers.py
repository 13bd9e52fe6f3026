"""What the configured or the system's resolvers say: zones, servers' addresses, SRV records.

They are never asked about a name that this program keeps: a resolver remembers "no such name"
(RFC 2308), and would go on denying a record that has just been made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from discovery.live_dns.question import Question
from discovery.live_dns.reply import of_type, text
from discovery.live_dns.resolv_conf import named_by_system
from discovery.live_dns.server import DNS_PORT, Server
from discovery.live_dns.transport import NoReplyError, Patience, Transport
from discovery.live_dns.view import RType

# A resolver may have to ask three levels of servers before it can answer.
PATIENCE = Patience(attempts=(1.0, 2.0), limit=4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """A host's addresses; `whole` is false when nobody could be heard about one of the families."""

    found: tuple[str, ...]
    whole: bool


class Resolvers:
    """Asks one after the other until one answers. None given means the system's."""

    def __init__(
        self,
        transport: Transport,
        given: tuple[Server, ...] = (),
        system: Callable[[], list[Server]] | None = None,
    ) -> None:
        """`transport` should have `PATIENCE`; `system` tells the system's, at each question."""
        self.given = given
        self.system = system or system_resolvers
        self._transport = transport
        self._last_good = ""

    async def ask(self, name: dns.name.Name, rtype: dns.rdatatype.RdataType) -> dns.message.Message:
        """The first NOERROR or NXDOMAIN. Raises `NoReplyError` when no resolver gives one."""
        troubles: list[str] = []
        for server in self._in_order():
            try:
                reply = await self._transport.ask(server, Question(name, rtype, recurse=True))
            except NoReplyError as trouble:
                troubles.append(f"the resolver {trouble}")
                continue
            rcode = reply.message.rcode()
            if rcode in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                self._last_good = server.endpoint
                return reply.message
            troubles.append(
                f"the resolver {server} answers {dns.rcode.to_text(rcode)} about {text(name)}"
            )
        raise NoReplyError("; ".join(troubles))

    async def addresses(self, host: dns.name.Name) -> Addresses:
        """Every IPv4 and IPv6 address of a host, as far as resolvers can be heard."""
        some = await asyncio.gather(
            self._values(host, dns.rdatatype.A), self._values(host, dns.rdatatype.AAAA)
        )
        return Addresses(
            found=tuple(item.address for values in some for item in values or ()),
            whole=None not in some,
        )

    async def srv(self, name: str) -> tuple[tuple[str, int], ...] | None:
        """Hosts and ports of the SRV records at `name`, lowest priority number first (RFC 2782).

        Within a priority the heavier come first: weights share out load, which one question to
        one server does not need. A host is empty where the record says "no such service". Empty
        means that there are no records, None that nobody could be heard.
        """
        try:
            values = await self._values(dns.name.from_text(name), dns.rdatatype.SRV)
        except (dns.exception.DNSException, ValueError):
            return ()  # no name of this spelling can exist
        if values is None:
            return None
        values.sort(key=lambda item: (item.priority, -item.weight))
        return tuple((text(item.target).rstrip("."), item.port) for item in values)

    async def values(self, name: str, rtype: RType) -> tuple[str, ...] | None:
        """The addresses of one type at `name`, in the order of the answer.

        Empty means that there are none, or that no name of this spelling can exist; None that
        nobody could be heard.
        """
        try:
            found = await self._values(dns.name.from_text(name), dns.rdatatype.from_text(rtype))
        except (dns.exception.DNSException, ValueError):
            return ()
        return None if found is None else tuple(item.address for item in found)

    async def _values(
        self, name: dns.name.Name, rtype: dns.rdatatype.RdataType
    ) -> list[Any] | None:
        """The records of the type wherever aliases lead; None when nobody could be heard."""
        try:
            reply = await self.ask(name, rtype)
        except NoReplyError:
            return None
        return [item for rrset in of_type(reply.answer, rtype) for item in rrset]

    def _in_order(self) -> list[Server]:
        """The resolver that answered last comes first, so that a dead one costs its time once."""
        servers = list(self.given) or self.system()
        return sorted(servers, key=lambda server: server.endpoint != self._last_good)


def system_resolvers() -> list[Server]:
    """The resolvers that this machine's settings name at this moment.

    Raises `NoReplyError` where there are none. Read at each question, for a laptop that moves.
    """
    found = named_by_system()
    if not found:
        raise NoReplyError("this machine names no DNS resolver (looked in its own settings)")
    return [Server(name=address, address=address, port=DNS_PORT) for address in found]
