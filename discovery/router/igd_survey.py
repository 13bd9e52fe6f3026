"""Every device that answers the router search, and all that the believed one tells by UPnP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from discovery.interface import Surroundings
from discovery.observation import Family, Observation
from discovery.probe import probe
from discovery.router import soap, ssdp
from discovery.router.description import Facts, facts
from discovery.router.igd_list import Candidate, chosen, list_igds, worth_a_name
from discovery.router.igd_rest import add_rest
from discovery.router.ssdp import Harvest, location_host
from discovery.router.upnp import MOST_LOCATIONS, UpnpMethod
from discovery.router.view import RouterView


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How the router search is made: seconds, and where it goes.

    `limit` bounds it in the gateway's silence. `linger` is how long after the gateway's first
    answer others are still listened to; they may take the second that MX grants them.
    """

    limit: float = 2.0
    linger: float = 1.2
    resend: float = 0.7
    port: int = ssdp.PORT
    group: str = ssdp.GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class IgdSurvey:
    """One survey by UPnP. `limit` is seconds for the whole of it.

    About a third of them each is for the search, for the addresses, and for the rest, so that a
    slow device cannot take what another question needs. `location` is the description that the
    configuration names; then the search only tells who else is there.
    """

    around: Surroundings
    location: str = ""
    limit: float = 6.5
    search: Search = field(default_factory=Search)

    async def run(self, quiet: Awaitable[object]) -> RouterView:
        """Search, ask, choose, and ask the chosen one for the rest.

        `quiet` is awaited before the port mappings are read: the PCP question makes a mapping of
        its own for a moment, which would stand in the list.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        gateway = self.around.gateway
        harvest, fault = await self._search()
        searched = loop.time() - start
        asked, names = await asyncio.gather(
            asyncio.gather(*(self._examine(place) for place in self._places(harvest))),
            self._name_strangers(harvest),
        )
        best = chosen(asked)
        view = RouterView(
            gateway=str(gateway or ""),
            igds=list_igds(harvest, asked, gateway=gateway, given=bool(self.location), names=names),
            upnp=best.observation if best else await self._nobody(harvest, fault, searched),
        )
        if best is None or not best.is_router:
            return view
        return await add_rest(view, best, self.around.local, quiet=quiet, end=start + self.limit)

    async def _search(self) -> tuple[Harvest, OSError | None]:
        how = self.search
        if self.around.gateway is None:
            return Harvest(), None
        try:
            return await ssdp.search(
                self.around,
                limit=min(how.limit, self.limit / 3),
                grace=how.linger,
                gateway_grace=how.linger,
                resend=how.resend,
                port=how.port,
                group=how.group,
            ), None
        except OSError as fault:
            return Harvest(), fault

    def _places(self, harvest: Harvest) -> list[str]:
        """The descriptions to ask for the address."""
        if self.location:
            return [self.location]
        own = [one.location for one in harvest.adverts if one.host == self.around.gateway]
        return own[:MOST_LOCATIONS]

    async def _examine(self, location: str) -> Candidate:
        """Ask at one description as the daemon does, then read the description itself."""
        method = UpnpMethod(surroundings=lambda: self.around, location=location)
        observation = await probe(method, Family.V4, limit=self.limit / 3)
        candidate = Candidate(location=location, host="", observation=observation)
        place = candidate.evidence.location  # a configured host name has become an address
        host = location_host(place)
        if host is None:
            return replace(candidate, location="")
        text = await self._describe(place, host)
        return replace(
            candidate, location=place, host=str(host), description=text, facts=facts(text)
        )

    async def _name_strangers(self, harvest: Harvest) -> dict[str, Facts]:
        gateway = self.around.gateway
        if gateway is None:
            return {}
        places = worth_a_name(harvest, gateway, self.around.local)
        texts = await asyncio.gather(*(self._describe(*place) for place in places.items()))
        return {place: facts(text) for place, text in zip(places, texts, strict=True)}

    async def _describe(self, location: str, host: IPv4Address) -> str:
        """A description's text; empty where there is none, or too much, or too slowly."""
        with suppress(OSError, ValueError):
            async with asyncio.timeout(self.limit / 6):
                return await soap.fetch(location, str(host))
        return ""

    async def _nobody(
        self, harvest: Harvest, fault: OSError | None, searched: float
    ) -> Observation:
        """Why nobody could be asked."""
        limit = min(self.search.limit, self.limit / 3)
        method = UpnpMethod(surroundings=lambda: self.around, search_limit=limit)
        if self.around.gateway is None:
            return await probe(method, Family.V4, limit=limit)
        if fault is not None:
            return method.unsearchable(self.around, fault)
        return replace(method.nobody(harvest, self.around.gateway), elapsed=searched)
