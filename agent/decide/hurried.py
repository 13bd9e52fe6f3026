"""Whom a look in a hurry asks, and what a glance tells. Pure.

A look in a hurry asks the router by the quickest protocol that is known to work, and leaves out
those that are known not to: a search for a UPnP router that is not there takes two seconds.

=====================================  ====================================
known of the signals                   asked in a hurry
=====================================  ====================================
NAT-PMP answers, or was heard          NAT-PMP first, then as configured
NAT-PMP does not answer                as configured, without NAT-PMP
UPnP is listened to, and does not      as configured, without UPnP
work so far
=====================================  ====================================

Nobody who is left out of the configuration is asked, here or ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from agent.values import Code, Discovery, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.ipv6.view import Ipv6View
from discovery.observation import Observation, Seen, Source, Why
from discovery.signals.view import Signal, SignalName

_ROUTER: tuple[Source, ...] = ("natpmp", "upnp")

_LINE_IS_GONE = {Why.DOWN, Why.NO_ADDRESS, Why.NOT_PUBLIC, Why.NO_ROUTE}

_NO_ADDRESS6: tuple[Code, ...] = ("v6_waiting", "v6_none", "v6_absent", "offline")
_DOWN: tuple[Code, ...] = ("wan_down", "offline", "no_address", "captive")


def hurried(discovery: Discovery, signals: Mapping[SignalName, Signal]) -> Discovery:
    """The same settings for a look in a hurry. See the module's table."""
    works = {name: signal.works for name, signal in signals.items()}
    order = list(discovery.ipv4)
    if works.get("natpmp_poll") is False:
        order = [source for source in order if source != "natpmp"]
    elif works.get("natpmp_poll") or works.get("natpmp_announce"):
        order.sort(key=lambda source: source != "natpmp")
    upnp = [works[name] for name in ("gena", "upnp_poll") if name in works]
    if upnp and not any(upnp):
        order = [source for source in order if source != "upnp"]
    return replace(discovery, ipv4=tuple(source for source in order if source in discovery.ipv4))


def glances_at(discovery: Discovery, verdict: Verdict | None) -> Source | None:
    """Whom a glance at an IPv4 address asks; None asks nobody.

    ===========================  ============================================================
    the last verdict             asked
    ===========================  ============================================================
    on the router's word         the router, by the protocol that it spoke
    on the outside's word alone  a STUN server: this router does not see that address
    any other, or none           the router by its first protocol, else a STUN server
    ===========================  ============================================================
    """
    router = [source for source in discovery.ipv4 if source in _ROUTER]
    outside: Source | None = "stun" if "stun" in discovery.ipv4 else None
    if isinstance(verdict, Settled | OutOfReach):
        told = [source for source in router if source in verdict.sources]
        return next(iter(told), outside)
    return next(iter(router), outside)


def is_news(verdict: Verdict, seen: Observation) -> bool:
    """Whether one witness's word does not fit to what the last round went by.

    =======================  =================================================  ======
    the last verdict         the witness                                        news
    =======================  =================================================  ======
    settled, or held, on A   names A                                            no
    settled, or held, on A   names another                                      yes
    settled, by the router   is the router, and has no public address any more  yes
    settled                  cannot be asked: this machine has no way out       yes
    disputed                 names one that was not among them                  yes
    the line is down         names a public address                             yes
    anything else            anything else                                      no
    =======================  =================================================  ======

    Silence is no news: a router that restarts its service is silent for seconds, and so is a STUN
    server that lost a packet; the next round will ask others.
    """
    if isinstance(seen, Seen):
        match verdict:
            case Settled(address=address) | OutOfReach(address=address):
                return seen.address != address
            case Disputed(candidates=candidates):
                return seen.address not in candidates
            case Unknown(code=code):
                return code in _DOWN
    if not isinstance(verdict, Settled):
        return False
    by_router = bool(set(_ROUTER) & set(verdict.sources))
    gone = seen.why in _LINE_IS_GONE and seen.source in _ROUTER and by_router
    return gone or seen.why is Why.NO_ROUTE


def word(seen: Observation) -> str:
    """What a witness said, for a comparison with what it says next."""
    return str(seen.address) if isinstance(seen, Seen) else seen.why.value


def is_news6(verdict: Verdict, view: Ipv6View) -> bool:
    """Whether this machine's IPv6 addresses do not fit to what the last round went by."""
    match verdict:
        case Settled(address=address):
            return view.chosen != address
        case Disputed(candidates=candidates):
            return view.chosen is not None and view.chosen not in candidates
        case _:
            return view.chosen is not None and verdict.code in _NO_ADDRESS6
