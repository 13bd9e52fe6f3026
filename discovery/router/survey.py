"""The home's router by every protocol that it may speak, asked side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from discovery.interface import Surroundings
from discovery.observation import Family, Method, Observation, PmpEvidence, Source
from discovery.probe import probe
from discovery.router.gateway_line import PORT
from discovery.router.igd_survey import IgdSurvey, Search
from discovery.router.natpmp import NatPmpMethod
from discovery.router.pcp_method import PcpMethod
from discovery.router.view import RouterView

_SEARCH = Search()


async def survey_router(
    around: Surroundings,
    *,
    sources: Collection[Source] = ("upnp", "natpmp"),
    location: str = "",
    limit: float = 6.5,
    search: Search = _SEARCH,
    pmp_port: int = PORT,
) -> RouterView:
    """Ask the router by UPnP, NAT-PMP and PCP for all that a diagnosis can use.

    Takes at most `limit` seconds and never raises for network trouble: what did not answer in
    time is a `Missed` that says so. `sources` are the words of the configuration for who may be
    asked; "natpmp" stands for PCP too. With a configured `location` that description is asked, and
    the search only tells who else is there.

    Who is asked for what, safety first:

    - The gateway (or the configured description's host) is asked for everything, as the daemon
      asks it: the address in the worker process; the rest over exchanges of 256 KiB at most.
    - A device that claims to be a router and is not the gateway is never asked for an address.
      Its description is fetched for its name, since "192.168.1.7 is a TP-Link Archer" is what
      helps to find it. That is one GET without redirects, to a numeric address on this link that
      has itself answered the search and is not our own, for four devices at most. Whoever could
      abuse it is in the home's network already and could send such a GET himself; the daemon,
      which searches unattended, does not fetch from strangers at all.
    - Any other device is listed by what it said in the search, and left alone.
    """
    methods: tuple[Method, ...] = (
        NatPmpMethod(surroundings=lambda: around, port=pmp_port, alone=True),
        PcpMethod(surroundings=lambda: around, port=pmp_port),
    )
    survey = IgdSurvey(around=around, location=location, limit=limit, search=search)
    async with asyncio.TaskGroup() as tasks:
        asked = [
            tasks.create_task(probe(method, Family.V4, limit=limit))
            for method in methods
            if "natpmp" in sources
        ]
        quiet = asyncio.gather(*map(asyncio.shield, asked))
        upnp = tasks.create_task(survey.run(quiet)) if "upnp" in sources else None
    view = upnp.result() if upnp else RouterView(gateway=str(around.gateway or ""))
    if not asked:
        return view
    natpmp, pcp = (task.result() for task in asked)
    return replace(view, natpmp=natpmp, pcp=pcp, epoch_s=_epoch(natpmp, pcp))


def _epoch(*said: Observation) -> int | None:
    """Seconds since the router's state began, from the first that told it."""
    for one in said:
        if isinstance(one.evidence, PmpEvidence) and one.evidence.epoch_s is not None:
            return one.evidence.epoch_s
    return None
