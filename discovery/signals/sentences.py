"""What is known of a signal, in the words that people read. Pure.

Shared by those who try each signal once and by those who keep them open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from discovery.signals.view import Signal, SignalName

# From the change to the notice, measured against miniupnpd; routers of other makes are no slower
# in what they send, as far as they send.
_SOON_MS: Final[Mapping[SignalName, int]] = {"netlink": 5, "natpmp_announce": 10, "gena": 35}

_NO_ROUTER = "no home router was found to listen to"

LISTENS: Final[Mapping[SignalName, str]] = {
    "natpmp_announce": "this machine can listen; only the router's next announcement can prove "
    "that it arrives here",
    "ssdp": "this machine can listen; a router tells here that it restarted, and nothing of a new "
    "address, so only its next restart can prove it",
    "gena": "the router granted an event subscription; its first event has yet to arrive",
}

_WORKS: Final[Mapping[SignalName, str]] = {
    "netlink": "this system tells at once when this machine's own addresses, routes or links "
    "change",
    "natpmp_announce": "the router announced a change, and that arrived here",
    "gena": "the router granted an event subscription, and its first event arrived",
    "ssdp": "the router told of a stop or a start of its UPnP service, and that arrived here",
    "natpmp_poll": "the router answers NAT-PMP and is asked {pace}",
    "upnp_poll": "the router answers UPnP and is asked {pace}",
    "stun_poll": "a STUN server answers and is asked {pace}",
    "clock": "this machine notices when it slept or when its clock is set",
}

AGAIN: Final[Mapping[SignalName, str]] = {
    "netlink": "this machine's own network is watched again",
    "natpmp_announce": "the router's announcements are listened to again",
    "gena": "the router's events are subscribed to again",
    "ssdp": "the router's UPnP service is listened to again",
    "natpmp_poll": "the router is asked by NAT-PMP again",
    "upnp_poll": "the router is asked by UPnP again",
    "stun_poll": "a STUN server is asked again",
    "clock": "this machine's clock is watched again",
}
"""A reason to look: nobody knows what happened while nobody listened."""


def opened(name: SignalName, every: float = 0.0) -> Signal:
    """A source that is open: proved by that, unless only what it hears can prove it."""
    if name not in LISTENS:
        return proved(name, every)
    return maybe(name, LISTENS[name])


def proved(name: SignalName, every: float = 0.0) -> Signal:
    """A signal that was seen to work. `every` is the pace of a poll, in seconds."""
    detail = _WORKS[name].format(pace=_pace(every))
    return Signal(name=name, works=True, expected_ms=_expected(name, every), detail=detail)


def maybe(name: SignalName, why: str) -> Signal:
    """A signal that is listened to, and that only its own event can prove."""
    return Signal(name=name, works=None, expected_ms=_SOON_MS.get(name), detail=why)


def spared(name: SignalName, why: str) -> Signal:
    """A signal that is not used, so that nobody knows whether it would work."""
    return Signal(name=name, works=None, expected_ms=None, detail=why)


def left_out(name: SignalName) -> Signal:
    """A signal that the user does without."""
    why = "the configuration leaves it out"
    return Signal(name=name, works=None, expected_ms=None, detail=why, left_out=True)


def cannot(name: SignalName, why: str) -> Signal:
    """A signal that cannot be had."""
    return Signal(name=name, works=False, expected_ms=None, detail=why)


def no_router(name: SignalName) -> Signal:
    """Nobody is there who could send it."""
    return cannot(name, _NO_ROUTER)


def no_first_event(limit: float) -> Signal:
    """The router promised events, and `limit` seconds brought none."""
    return Signal(
        name="gena",
        works=False,
        expected_ms=None,
        detail="the router granted an event subscription, but its first event did not arrive "
        f"within {limit:g} s; a firewall on this machine may drop it",
        unheard=True,
    )


def no_upnp_yet(name: SignalName) -> Signal:
    """Where the router's UPnP service is has yet to be found out."""
    return spared(name, "no UPnP router has been found yet, so there is nobody to ask for it")


def natpmp_instead() -> Signal:
    """One poll of the router is enough."""
    return spared("upnp_poll", "the router is asked by UPnP only where it does not answer NAT-PMP")


def no_stun_server() -> Signal:
    """The configuration names none."""
    return cannot("stun_poll", "no STUN server is configured, so none can be asked")


def broken(name: SignalName, fault: BaseException) -> Signal:
    """Our own fault. Only its class is told, for its text might hold anything."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return cannot(name, f"listening for it failed inside upstun ({type(fault).__name__})")


def _pace(every: float) -> str:
    return "each second" if every == 1 else f"every {every:g} s"


def _expected(name: SignalName, every: float) -> int | None:
    return _SOON_MS.get(name, round(every * 1000) or None)
