"""From the names of a zone's servers to their addresses, and how long that may be relied upon."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

import dns.name

from discovery.live_dns.kept import Fact, Kept, lasting
from discovery.live_dns.renewals import Renewals
from discovery.live_dns.reply import Delegation, text
from discovery.live_dns.resolvers import Addresses, Resolvers
from discovery.live_dns.server import Server, reachable

# How long a delegation is kept, seconds, whatever its TTL. Half of the shortest is more than the
# six minutes that may lie between two looks of a quiet daemon: one of them always renews it.
_SHORTEST, _LONGEST = 900, 3600
_SOON = 300  # with an address perhaps missing, not every server is asked: renew it this soon
_SHARED = 300  # for so long, zones on the same servers share one look-up of the servers' addresses
_MOST_HOSTS = 64  # the root has 13


class ZoneError(Exception):
    """The zone or its servers cannot be found. The text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone's apex and its servers."""

    apex: dns.name.Name
    servers: tuple[Server, ...]


class AddressBook:
    """Turns delegations into zones that can be asked."""

    def __init__(self, resolvers: Resolvers, renewals: Renewals, *, port: int) -> None:
        """`port` is that of every server: an NS record carries none."""
        self._resolvers = resolvers
        self._port = port
        self._hosts: Kept[dns.name.Name, Addresses] = Kept(renewals)
        self._spared: set[dns.name.Name] = set()

    def spare(self, name: dns.name.Name) -> None:
        """Never ask a resolver about `name`, though it may be a server of its own zone."""
        self._spared.add(name)

    def glue(self, delegation: Delegation) -> tuple[tuple[dns.name.Name, str], ...]:
        """What a resolver told along about names that it cannot be asked about.

        It adds the addresses it happens to have, of one family perhaps: those of all other names
        are looked up.
        """
        return tuple(pair for pair in delegation.glue if pair[0] in self._spared)

    async def zone(self, delegation: Delegation) -> Fact[Zone]:
        """The zone, its servers' names as addresses. Raises `ZoneError` where there are none."""
        hosts = delegation.hosts[:_MOST_HOSTS]
        told: defaultdict[dns.name.Name, list[str]] = defaultdict(list)
        for host, address in delegation.glue:
            told[host].append(address)
        unknown = [host for host in hosts if host not in told and host not in self._spared]
        looked_up = await asyncio.gather(*map(self._addresses, unknown))
        told.update((host, list(some.found)) for host, some in zip(unknown, looked_up, strict=True))
        servers = tuple(
            dict.fromkeys(
                Server(name=text(host), address=address, port=self._port)
                for host in hosts
                for address in told[host]
            )
        )
        if not servers:
            raise ZoneError(
                f"the name servers of {text(delegation.zone)} have no known address "
                f"({', '.join(map(text, hosts))})"
            )
        kept_for = min(max(delegation.ttl, _SHORTEST), _LONGEST)
        whole = all(some.whole for some in looked_up)
        zone = Zone(apex=delegation.zone, servers=reachable(servers))
        return lasting(zone, kept_for, renew=None if whole else _SOON)

    def forget(self) -> None:
        """Look every address up again."""
        self._hosts.forget(lambda _: True)

    async def _addresses(self, host: dns.name.Name) -> Addresses:
        return (await self._hosts.young(host, partial(self._look_up, host))).value

    async def _look_up(self, host: dns.name.Name) -> Fact[Addresses]:
        found = await self._resolvers.addresses(host)
        kept_for = _SHARED if found.whole and found.found else 0
        return lasting(found, kept_for, renew=kept_for)
