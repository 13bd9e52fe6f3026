"""Which signals work in this home: each is tried, and what cannot be tried is left open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

from discovery.interface import Surroundings
from discovery.observation import Observation
from discovery.router import ssdp
from discovery.router.view import RouterView
from discovery.signals import announcements
from discovery.signals.announcements import Announcements
from discovery.signals.gena import Gena
from discovery.signals.links import links
from discovery.signals.polls import (
    description,
    natpmp_poll,
    spoken,
    stun_poll,
    tells_by_upnp,
    upnp_poll,
)
from discovery.signals.source import LookNow, Source, Unavailable
from discovery.signals.ssdp_notify import SsdpNotices
from discovery.signals.view import Signal

# From the change to the notice, measured against miniupnpd; routers of other makes are no slower
# in what they send, as far as they send.
_LINKS_MS, _ANNOUNCEMENT_MS, _EVENT_MS = 5, 10, 35

_LEASE_S = 300  # of the subscription that is only made to be proved; it is given back at once

_NO_ROUTER = "no home router was found to listen to"


async def prove_signals(
    around: Surroundings,
    *,
    router: RouterView | None,
    outside: tuple[Observation, ...] | None = None,
    limit: float = 3.0,
    watch: Callable[[LookNow], Source] = links,
    announcement_port: int = announcements.PORT,
    ssdp_port: int = ssdp.PORT,
) -> tuple[Signal, ...]:
    """Try every signal, side by side. Never raises for network trouble; leaves nothing open.

    `router` is what a survey found and `outside` what outside witnesses said; None where nobody
    was asked. Takes `limit` seconds at most until the last verdict, and one more to give back a
    subscription to a router that has fallen silent.
    """
    async with asyncio.TaskGroup() as tasks:
        tried = [
            tasks.create_task(_links(watch)),
            tasks.create_task(_announcements(around, router, announcement_port)),
            tasks.create_task(_gena(around, router, limit)),
            tasks.create_task(_ssdp(around, router, ssdp_port)),
        ]
    return (
        *(task.result() for task in tried),
        natpmp_poll(router),
        upnp_poll(router),
        stun_poll(router, outside),
    )


async def _links(watch: Callable[[LookNow], Source]) -> Signal:
    try:
        async with watch(_nobody):
            return Signal(
                name="netlink",
                works=True,
                expected_ms=_LINKS_MS,
                detail="this system tells at once when this machine's own addresses, routes or "
                "links change",
            )
    except Unavailable as why:
        return Signal(name="netlink", works=False, expected_ms=None, detail=str(why))


async def _announcements(around: Surroundings, router: RouterView | None, port: int) -> Signal:
    def told(works: bool | None, detail: str) -> Signal:
        expected = None if works is False else _ANNOUNCEMENT_MS
        return Signal(name="natpmp_announce", works=works, expected_ms=expected, detail=detail)

    link = _link(around)
    if link is None:
        return told(False, _NO_ROUTER)
    protocols = spoken(router)
    if protocols is not None and not protocols:
        return told(
            False, "the router speaks neither NAT-PMP nor PCP, so it announces no new address"
        )
    try:
        async with Announcements(_nobody, local=link[0], router=link[1], port=port):
            pass
    except Unavailable as why:
        return told(False, str(why))
    if protocols is None:
        return told(None, "this machine can listen; whether the router announces was not tried")
    return told(
        None,
        f"this machine can listen and the router speaks {_names(protocols)}; only its next "
        "announcement can prove that it arrives here",
    )


async def _gena(around: Surroundings, router: RouterView | None, limit: float) -> Signal:
    def told(works: bool | None, detail: str) -> Signal:
        expected = _EVENT_MS if works else None
        return Signal(name="gena", works=works, expected_ms=expected, detail=detail)

    location = description(router)
    if tells_by_upnp(router) is None and not location:
        return told(None, "no UPnP router was looked for, so no events were subscribed to")
    if not location:
        return told(False, "no UPnP router answers, so there are no events to subscribe to")
    if around.local is None:
        return told(False, _NO_ROUTER)
    gena = Gena(_nobody, location=location, local=around.local, lease_s=_LEASE_S, limit=limit)
    granted = False
    try:
        async with asyncio.timeout(limit), gena:
            granted = True
            await gena.first_event.wait()
    except Unavailable as why:
        return told(False, str(why))
    except TimeoutError:
        if not granted:
            return told(False, f"the router did not grant an event subscription within {limit:g} s")
        if not gena.first_event.is_set():  # else only giving it back took too long
            return told(
                False,
                "the router granted an event subscription, but its first event did not arrive "
                f"within {limit:g} s; a firewall on this machine may drop it",
            )
    return told(True, "the router granted an event subscription, and its first event arrived")


async def _ssdp(around: Surroundings, router: RouterView | None, port: int) -> Signal:
    def told(works: bool | None, detail: str) -> Signal:
        return Signal(name="ssdp", works=works, expected_ms=None, detail=detail)

    link = _link(around)
    if link is None:
        return told(False, _NO_ROUTER)
    if tells_by_upnp(router) is False and not description(router):
        return told(False, "no UPnP router answers, so none will tell of its restart")
    try:
        async with SsdpNotices(_nobody, local=link[0], router=link[1], port=port):
            pass
    except Unavailable as why:
        return told(False, str(why))
    return told(
        None,
        "this machine can listen; a router tells here that it restarted, and nothing of a new "
        "address, so only its next restart can prove it",
    )


def _link(around: Surroundings) -> tuple[IPv4Address, IPv4Address] | None:
    """Our address and the router's on the link between the two."""
    if around.local is None or around.gateway is None:
        return None
    return around.local, around.gateway


def _names(protocols: frozenset[str]) -> str:
    return " and ".join(name for name in ("NAT-PMP", "PCP") if name.lower() in protocols)


def _nobody(_why: str) -> None:
    """Nobody looks while signals are only tried."""
