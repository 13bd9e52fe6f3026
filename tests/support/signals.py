"""What trying every signal would have brought in a pretend home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from discovery.observation import Observation, PmpEvidence
from discovery.router.view import RouterView
from discovery.signals import sentences
from discovery.signals.polls import natpmp_poll, spoken, stun_poll, tells_by_upnp, upnp_poll
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from discovery.signals.wishes import CLOCK_S, ROUTER_QUESTIONS
from tests.support.evidence_parts import GATEWAY
from tests.support.sightings import PMP, PUBLIC, ROUTER, STUN, seen

_NO_UPNP = "no UPnP router answers, so there are no events to subscribe to"
_NO_RESTARTS = "no UPnP router answers, so none will tell of its restart"
_NOT_LOOKED_FOR = "no UPnP router was looked for, so no events were subscribed to"
_NO_NATPMP = "the router speaks neither NAT-PMP nor PCP, so it announces no new address"


UPNP = seen(ROUTER, PUBLIC)
NAT_PMP = replace(
    seen(PMP, PUBLIC),
    evidence=PmpEvidence(gateway=str(GATEWAY), protocol="nat-pmp", result=0),
)
"""The words of a router that speaks."""

STUN_WORDS = (seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC))


def without(*names: SignalName) -> tuple[SignalName, ...]:
    """All signals but these."""
    return tuple(one for one in EVERY_SIGNAL if one not in names)


def tried(
    router: RouterView | None,
    said: Sequence[Observation],
    *,
    events: bool = True,
    allowed: Collection[SignalName] = EVERY_SIGNAL,
    own: bool = False,
) -> tuple[Signal, ...]:
    """As `discovery.signals.prove` tells it. `events`: those that a UPnP router promises arrive."""
    listens = sentences.no_router if router is None else sentences.opened
    announcements = listens("natpmp_announce")
    if spoken(router) == frozenset():
        announcements = sentences.cannot("natpmp_announce", _NO_NATPMP)
    restarts = listens("ssdp")
    if tells_by_upnp(router) is False:
        restarts = sentences.cannot("ssdp", _NO_RESTARTS)
    gena = sentences.spared("gena", _NOT_LOOKED_FOR)
    if tells_by_upnp(router) is not None:
        gena = sentences.cannot("gena", _NO_UPNP)
    if tells_by_upnp(router):
        gena = sentences.proved("gena") if events else sentences.no_first_event(1.5)
    every = (
        sentences.proved("netlink"),
        announcements,
        gena,
        restarts,
        natpmp_poll(router),
        upnp_poll(router),
        sentences.proved("clock", CLOCK_S),
    )
    found = {signal.name: signal for signal in every if signal.name in allowed}
    talks = any(found[name].works for name in ROUTER_QUESTIONS if name in found)
    if "stun_poll" in allowed:
        found["stun_poll"] = stun_poll(tuple(said), talks=talks, own=own)
    return tuple(found.get(name) or sentences.left_out(name) for name in EVERY_SIGNAL)
