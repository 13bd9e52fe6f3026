"""Looking at live DNS. Light to import: dnspython is loaded by the first look (about 40 ms)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from discovery.live_dns.exam import DnsExam, Port53
from discovery.live_dns.server import DNS_PORT, Server, read_endpoint
from discovery.live_dns.view import DnsView, RType
from discovery.observation import Address

if TYPE_CHECKING:
    import ssl

    from discovery.live_dns.session import Session
    from discovery.live_dns.targets import Targets


def _new_label() -> str:
    return f"upstun-{os.urandom(8).hex()}"


class LiveDns:
    """Asks the servers of a name's zone, all of them, what they serve (a `Lookup`).

    However many looks are under way, 64 questions are on the wire at most, ten at one server.
    """

    def __init__(
        self,
        *,
        authority: Iterable[str] = (),
        resolvers: Iterable[str] = (),
        limit: float = 2.5,
        port: int = DNS_PORT,
        system: Iterable[str] | None = None,
        tls: ssl.SSLContext | None = None,
        new_label: Callable[[], str] = _new_label,
    ) -> None:
        """Raises ValueError with a sentence for an endpoint that is none; opens nothing.

        `authority` are the servers to ask instead of walking the delegation, `resolvers` those to
        walk with instead of the system's, each `"host:port"`. `limit` is how many seconds one
        server may take; `port` is where the servers found by the walk listen. For a laboratory,
        `system` stands in for the resolvers of this machine's settings, `tls` trusts an own
        authority, and `new_label` makes the names that nobody has.
        """
        self._authority = _servers(authority)
        self._resolvers = _servers(resolvers)
        self._limit = limit
        self._port = port
        self._system = None if system is None else _servers(system)
        self._tls = tls
        self._new_label = new_label
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

    async def addresses(self, name: str, rtype: RType) -> tuple[str, ...] | None:
        """Addresses of one type at `name`, by the resolvers: for names that are nobody's record.

        Empty means that there are none; None that nobody could be heard. Never raises for network
        trouble. The resolvers remember the answer, a denial too.
        """
        return await self._opened().resolvers.values(name, rtype)

    async def examine(
        self, name: str, rtype: RType, *, public: Sequence[str] = (), doh: Sequence[str] = ()
    ) -> DnsExam:
        """Look closely: the authorities, their delegation, and every resolver, within 6 seconds.

        `public` are resolvers, each `"host:port"`, and `doh` URLs, that are asked beside the
        system's and the configured ones; raises ValueError with a sentence for one that is none.
        No resolver is asked about a record that a server of the zone denies, nor about one that
        nobody confirms: it would remember the denial. Never raises for network trouble.
        """
        from discovery.live_dns.doh import read_doh_url  # noqa: PLC0415 - loads dnspython
        from discovery.live_dns.examiner import Examiner  # noqa: PLC0415 - the same

        examiner = Examiner(self._opened(), tls=self._tls, new_label=self._new_label)
        urls = tuple(map(read_doh_url, doh))
        return await examiner.examine(name, rtype, public=_servers(public), doh=urls)

    async def port53(
        self, *, ours: frozenset[Address] = frozenset(), targets: Targets | None = None
    ) -> Port53:
        """Try in five ways whether something takes over port 53, within 4 seconds.

        `ours` are the public addresses of this home, as far as they are known; without any, the
        services that name their asker tell nothing. `targets` stand in for the public servers
        that are asked. Never raises for network trouble.
        """
        from discovery.live_dns.interception import try_all  # noqa: PLC0415 - loads dnspython

        return await try_all(self._opened().slots, targets, ours, self._tls)

    async def aclose(self) -> None:
        """End what is done in the background: delegations are renewed before they expire.

        Raises a fault of that work that no look has raised yet. It may be used again afterwards.
        """
        if self._session is not None:
            await self._session.aclose()

    def _opened(self) -> Session:
        if self._session is None:
            from discovery.live_dns.session import Session  # noqa: PLC0415 - loads dnspython

            self._session = Session(
                authority=self._authority,
                resolvers=self._resolvers,
                limit=self._limit,
                port=self._port,
                system=self._system,
            )
        return self._session


def _servers(endpoints: Iterable[str]) -> tuple[Server, ...]:
    found = map(read_endpoint, endpoints)
    return tuple(Server(name=host, address=host, port=port) for host, port in found)
