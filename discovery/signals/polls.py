"""What asking again and again would notice, and how soon. Pure: from what a survey has found."""

from __future__ import annotations

from typing import Literal

from discovery.observation import IgdEvidence, Observation, PmpEvidence, Seen, Why
from discovery.router import pmp_codec
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.signals.wishes import (
    NATPMP_ALONE_S,
    STUN_ALONE_S,
    STUN_BESIDE_S,
    STUN_OWN_S,
    UPNP_ALONE_S,
)

Protocol = Literal["nat-pmp", "pcp"]

_NATPMP_MS, _UPNP_MS = round(NATPMP_ALONE_S * 1000), round(UPNP_ALONE_S * 1000)

_PMP_SPOKEN = frozenset({pmp_codec.SUCCESS, pmp_codec.NETWORK_FAILURE})
_PCP_UNSUPPORTED_VERSION = 1
_UPNP_SPOKEN = frozenset({Why.NO_ADDRESS, Why.NOT_PUBLIC, Why.DOWN})


def spoken(router: RouterView | None) -> frozenset[Protocol] | None:
    """Which of NAT-PMP and PCP the router speaks; None when it was asked for neither."""
    asked = () if router is None else (router.natpmp, router.pcp)
    said = [one for one in asked if one is not None]
    found = (_protocol(one.evidence) for one in said)
    return frozenset(one for one in found if one is not None) if said else None


def tells_by_upnp(router: RouterView | None) -> bool | None:
    """Whether the router answers questions about its line over UPnP; None when it was not asked."""
    if router is None or router.upnp is None:
        return None
    return isinstance(router.upnp, Seen) or router.upnp.why in _UPNP_SPOKEN


def description(router: RouterView | None) -> str:
    """Where the description of the router that was believed lies; empty where none was."""
    if router is None:
        return ""
    for igd in router.igds:
        if igd.accepted:
            return igd.location
    evidence = router.upnp.evidence if router.upnp is not None else None
    spoke = tells_by_upnp(router) and isinstance(evidence, IgdEvidence)
    return evidence.location if spoke and isinstance(evidence, IgdEvidence) else ""


def natpmp_poll(router: RouterView | None) -> Signal:
    """Asking the router by NAT-PMP each second."""
    protocols = spoken(router)
    works, detail = None, "the router was not asked by NAT-PMP"
    if protocols is not None:
        works = "nat-pmp" in protocols
        detail = "the router does not answer NAT-PMP, so it cannot be asked each second"
        if works:
            detail = "the router answers NAT-PMP and can be asked each second"
        elif protocols:
            detail = "the router speaks PCP only, which has no question for the public address"
    expected = _NATPMP_MS if works else None
    return Signal(name="natpmp_poll", works=works, expected_ms=expected, detail=detail)


def upnp_poll(router: RouterView | None) -> Signal:
    """Asking the router by UPnP every five seconds."""
    works = tells_by_upnp(router)
    detail = {
        None: "the router was not asked by UPnP",
        True: "the router answers UPnP and can be asked every 5 s",
        False: "the router does not tell its address over UPnP, so it cannot be asked every 5 s",
    }[works]
    expected = _UPNP_MS if works else None
    return Signal(name="upnp_poll", works=works, expected_ms=expected, detail=detail)


def stun_poll(outside: tuple[Observation, ...] | None, *, talks: bool, own: bool = False) -> Signal:
    """Asking a STUN server: each minute, or more often where the router tells nothing.

    `outside` is what outside witnesses said, None when they were not asked. `talks`: the router can
    be asked too. `own`: the servers are the user's own.
    """
    asked = [one for one in outside or () if one.source == "stun"]
    works = any(isinstance(one, Seen) for one in asked) if asked else None
    every = STUN_OWN_S if own else STUN_BESIDE_S if talks else STUN_ALONE_S
    pace = "each second" if own else f"every {every:g} s"
    server = "STUN server of your own" if own else "STUN server"
    detail = {
        None: f"it is not known whether a {server} answers; one would be asked {pace}",
        True: f"a {server} answers and can be asked {pace}",
        False: f"no {server} answers, so none can be asked",
    }[works]
    known = round(every * 1000) if works is not False else None
    return Signal(name="stun_poll", works=works, expected_ms=known, detail=detail)


def _protocol(evidence: object) -> Protocol | None:
    """What an answer shows to be spoken; an answer that says "switched off" shows nothing."""
    if not isinstance(evidence, PmpEvidence):
        return None
    if evidence.protocol == "nat-pmp":
        return "nat-pmp" if evidence.result in _PMP_SPOKEN else None
    return "pcp" if evidence.result != _PCP_UNSUPPORTED_VERSION else None
