"""Looking at live DNS. Light to import: dnspython is loaded by the first look (about 40 ms)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from discovery.live_dns.server import DNS_PORT, Server, read_endpoint
from discovery.live_dns.view import DnsView, RType

if TYPE_CHECKING:
    from discovery.live_dns.session import Session


class LiveDns:
    """Asks the servers of a name's zone, all of them, what they serve (a `Lookup`)."""

    def __init__(
        self,
        *,
        authority: Iterable[str] = (),
        resolvers: Iterable[str] = (),
        limit: float = 2.5,
        port: int = DNS_PORT,
    ) -> None:
        """Raises ValueError with a sentence for an endpoint that is none; opens nothing.

        `authority` are the servers to ask instead of walking the delegation, `resolvers` those to
        walk with instead of the system's, each `"host:port"`. `limit` is how many seconds one
        server may take; `port` is where the servers found by the walk listen.
        """
        self._authority = _servers(authority)
        self._resolvers = _servers(resolvers)
        self._limit = limit
        self._port = port
        self._session: Session | None = None

    async def look(self, name: str, rtype: RType) -> DnsView:
        """Ask every authoritative server for the RRset. Never raises for network trouble."""
        return await self._opened().look(name, rtype)

    async def srv(self, name: str) -> tuple[tuple[str, int], ...] | None:
        """Hosts and ports of the SRV records of `name`, best first (RFC 2782), by the resolvers.

        Empty means that there are none; None that nobody could be heard. A host is empty where
        the record says that there is no such service. Never raises for network trouble.
        """
        return await self._opened().resolvers.srv(name)

    def _opened(self) -> Session:
        if self._session is None:
            from discovery.live_dns.session import Session  # noqa: PLC0415 - loads dnspython

            self._session = Session(
                authority=self._authority,
                resolvers=self._resolvers,
                limit=self._limit,
                port=self._port,
            )
        return self._session


def _servers(endpoints: Iterable[str]) -> tuple[Server, ...]:
    found = map(read_endpoint, endpoints)
    return tuple(Server(name=host, address=host, port=port) for host, port in found)
