"""Which signals work in this home: each is tried, and what cannot be tried is left open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from ipaddress import IPv4Address
from typing import Any

from discovery.interface import Surroundings
from discovery.observation import Observation
from discovery.router import ssdp
from discovery.router.view import RouterView
from discovery.signals import announcements, sentences
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
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from discovery.signals.wishes import CLOCK_S, ROUTER_QUESTIONS

_LEASE_S = 300  # of the subscription that is only made to be proved; it is given back at once


async def prove_signals(
    around: Surroundings,
    *,
    router: RouterView | None,
    outside: tuple[Observation, ...] | None = None,
    own_stun: bool = False,
    allowed: Collection[SignalName] = EVERY_SIGNAL,
    limit: float = 3.0,
    watch: Callable[[LookNow], Source] = links,
    announcement_port: int = announcements.PORT,
    ssdp_port: int = ssdp.PORT,
) -> tuple[Signal, ...]:
    """Try every signal, side by side. Never raises for network trouble; leaves nothing open.

    `router` is what a survey found and `outside` what outside witnesses said; None where nobody
    was asked. `own_stun` says that the STUN servers among these are the user's own. What is not
    `allowed` is not tried. Takes `limit` seconds at most until the last verdict, and one more to
    give back a subscription to a router that has fallen silent.
    """
    trials: dict[SignalName, Callable[[], Coroutine[Any, Any, Signal]]] = {
        "netlink": lambda: _links(watch),
        "natpmp_announce": lambda: _announcements(around, router, announcement_port),
        "gena": lambda: _gena(around, router, limit),
        "ssdp": lambda: _ssdp(around, router, ssdp_port),
    }
    async with asyncio.TaskGroup() as tasks:
        tried = [tasks.create_task(try_it()) for name, try_it in trials.items() if name in allowed]
    found = {signal.name: signal for signal in (task.result() for task in tried)}
    # The clock's source needs nobody, and cannot fail.
    further = (natpmp_poll(router), upnp_poll(router), sentences.proved("clock", CLOCK_S))
    found |= {signal.name: signal for signal in further if signal.name in allowed}
    talks = any(found[name].works for name in ROUTER_QUESTIONS if name in found)
    if "stun_poll" in allowed:
        found["stun_poll"] = stun_poll(outside, talks=talks, own=own_stun)
    return tuple(found.get(name) or sentences.left_out(name) for name in EVERY_SIGNAL)


async def _links(watch: Callable[[LookNow], Source]) -> Signal:
    try:
        async with watch(_nobody):
            return sentences.proved("netlink")
    except Unavailable as why:
        return sentences.cannot("netlink", str(why))


async def _announcements(around: Surroundings, router: RouterView | None, port: int) -> Signal:
    link = _link(around)
    if link is None:
        return sentences.no_router("natpmp_announce")
    protocols = spoken(router)
    if protocols is not None and not protocols:
        return sentences.cannot(
            "natpmp_announce",
            "the router speaks neither NAT-PMP nor PCP, so it announces no new address",
        )
    try:
        async with Announcements(_nobody, local=link[0], router=link[1], port=port):
            pass
    except Unavailable as why:
        return sentences.cannot("natpmp_announce", str(why))
    if protocols is None:
        return sentences.maybe(
            "natpmp_announce",
            "this machine can listen; whether the router announces was not tried",
        )
    return sentences.maybe(
        "natpmp_announce",
        f"this machine can listen and the router speaks {_names(protocols)}; only its next "
        "announcement can prove that it arrives here",
    )


async def _gena(around: Surroundings, router: RouterView | None, limit: float) -> Signal:
    location = description(router)
    if tells_by_upnp(router) is None and not location:
        return sentences.spared(
            "gena", "no UPnP router was looked for, so no events were subscribed to"
        )
    if not location:
        return sentences.cannot(
            "gena", "no UPnP router answers, so there are no events to subscribe to"
        )
    if around.local is None:
        return sentences.no_router("gena")
    gena = Gena(_nobody, location=location, local=around.local, lease_s=_LEASE_S, limit=limit)
    granted = False
    try:
        async with asyncio.timeout(limit), gena:
            granted = True
            await gena.first_event.wait()
    except Unavailable as why:
        return sentences.cannot("gena", str(why))
    except TimeoutError:
        if not granted:
            return sentences.cannot(
                "gena", f"the router did not grant an event subscription within {limit:g} s"
            )
        if not gena.first_event.is_set():  # else only giving it back took too long
            return sentences.no_first_event(limit)
    return sentences.proved("gena")


async def _ssdp(around: Surroundings, router: RouterView | None, port: int) -> Signal:
    link = _link(around)
    if link is None:
        return sentences.no_router("ssdp")
    if tells_by_upnp(router) is False and not description(router):
        return sentences.cannot("ssdp", "no UPnP router answers, so none will tell of its restart")
    try:
        async with SsdpNotices(_nobody, local=link[0], router=link[1], port=port):
            pass
    except Unavailable as why:
        return sentences.cannot("ssdp", str(why))
    return sentences.opened("ssdp")


def _link(around: Surroundings) -> tuple[IPv4Address, IPv4Address] | None:
    """Our address and the router's on the link between the two."""
    if around.local is None or around.gateway is None:
        return None
    return around.local, around.gateway


def _names(protocols: frozenset[str]) -> str:
    return " and ".join(name for name in ("NAT-PMP", "PCP") if name.lower() in protocols)


def _nobody(_why: str) -> None:
    """Nobody looks while signals are only tried."""
