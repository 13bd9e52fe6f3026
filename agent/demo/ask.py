"""The story's own question to a name server, so that the agent's word is not all there is."""

from __future__ import annotations

import asyncio

import dns.asyncquery
import dns.exception
import dns.message


async def addresses_at(server: str, name: str, *, patience: float = 2.0) -> frozenset[str]:
    """Which A records `server` ("127.0.0.1:port") has for `name`.

    Empty when it has none, or says nothing for `patience` seconds.
    """
    host, _, port = server.rpartition(":")
    query = dns.message.make_query(name, "A", flags=0)
    try:
        async with asyncio.timeout(patience):
            response = await dns.asyncquery.udp(query, host, port=int(port))
    except (OSError, dns.exception.DNSException):
        return frozenset()
    return frozenset(rdata.to_text() for rrset in response.answer for rdata in rrset)
