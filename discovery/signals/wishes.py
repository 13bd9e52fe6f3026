"""Which sources of signals are worth having open, in the surroundings of the moment. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from typing import Final

from discovery.interface import Surroundings
from discovery.observation import Source
from discovery.signals import sentences
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName

# NAT-PMP is the cheapest question there is: 70 bytes on the home's own link and, as measured, a
# millisecond of the router. Where an event or an announcement was seen to come, the poll is but
# their safety net, and five seconds keep within them whatever they lose.
NATPMP_ALONE_S: Final = 1.0
NATPMP_BESIDE_S: Final = 5.0

# A UPnP question is 1.5 kB and a process of the router; slow routers take a second to answer.
UPNP_ALONE_S: Final = 5.0
UPNP_BESIDE_S: Final = 10.0

# The public STUN servers are other people's, and free. 25 s is what Tailscale does to its own.
STUN_BESIDE_S: Final = 60.0
STUN_ALONE_S: Final = 25.0
STUN_OWN_S: Final = 1.0

CLOCK_S: Final = 15.0

ROUTER_QUESTIONS: Final[tuple[SignalName, ...]] = ("natpmp_poll", "upnp_poll", "gena")
"""The signals for which the router is asked something; where none works, STUN is all there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One source to have open. With any other value here but `every`, it is another source.

    `local` is our address on the link `device`, where `router` is; `location` is the router's UPnP
    description. `own` asks the STUN servers of the user's own in place of the public ones.
    `every` is the pace of a poll in seconds, zero for what only listens.
    """

    name: SignalName
    local: IPv4Address | None = None
    router: IPv4Address | None = None
    device: str = ""
    location: str = ""
    own: bool = False
    every: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the wishes depend on.

    `allowed` are the kinds of signal that may be used, `sources` those who may be asked anything.
    `location` is the router's UPnP description, empty while none is known. `public_stun` and
    `own_stun` say whether there are such servers. `known` is what came of earlier wishes.
    """

    allowed: Collection[SignalName]
    sources: Collection[Source]
    around: Surroundings
    location: str = ""
    public_stun: bool = False
    own_stun: bool = False
    known: Mapping[SignalName, Signal] = field(default_factory=dict)


def wishes(case: Case) -> tuple[Wish, ...]:
    """What to have open now, one source for each kind of signal at most.

    ===============  =============================  ==========================================
    signal           is wished where                every
    ===============  =============================  ==========================================
    netlink, clock   always
    natpmp_announce  our address and the gateway's
    ssdp             are known
    gena             our address and `location`
                     are known, UPnP may be asked
    natpmp_poll      as natpmp_announce, and        5 s while GENA works or an announcement
                     NAT-PMP may be asked           was heard, else 1 s
    upnp_poll        as gena, and NAT-PMP is not    10 s while GENA works, else 5 s
                     polled or does not answer
    stun_poll        there are servers, and STUN    own servers 1 s; else 25 s when it is known
                     may be asked                   that no question above works, else 60 s
    ===============  =============================  ==========================================

    Nothing is wished that `allowed` leaves out. Listening asks nobody, so `sources` does not
    restrict it. An announcement is proved by the router's address alone, which a neighbour can
    forge; that gains him a poll that is four seconds slower, and nothing else.
    """
    found = _considered(case).values()
    return tuple(one for one in found if isinstance(one, Wish))


def spared(case: Case) -> tuple[Signal, ...]:
    """What is allowed and yet not wished for, each with the reason."""
    found = _considered(case).values()
    return tuple(one for one in found if isinstance(one, Signal))


def _considered(case: Case) -> dict[SignalName, Wish | Signal]:
    found: dict[SignalName, Wish | Signal | None] = {
        "netlink": Wish(name="netlink"),
        "natpmp_announce": _listening(case, "natpmp_announce"),
        "gena": _gena(case),
        "ssdp": _listening(case, "ssdp"),
        "natpmp_poll": _natpmp_poll(case),
        "upnp_poll": _upnp_poll(case),
        "stun_poll": _stun_poll(case),
        "clock": Wish(name="clock", every=CLOCK_S),
    }
    allowed = [name for name in EVERY_SIGNAL if name in case.allowed]
    return {name: one for name in allowed if (one := found[name]) is not None}


def _listening(case: Case, name: SignalName) -> Wish | Signal:
    around = case.around
    if around.local is None or around.gateway is None:
        return sentences.no_router(name)
    return Wish(name=name, local=around.local, router=around.gateway, device=around.device)


def _gena(case: Case) -> Wish | Signal | None:
    if "upnp" not in case.sources:
        return None
    if case.around.local is None:
        return sentences.no_router("gena")
    if not case.location:
        return sentences.no_upnp_yet("gena")
    # The gateway is named although nothing is sent there: with another one, all of it is in doubt.
    return Wish(
        name="gena",
        local=case.around.local,
        router=case.around.gateway,
        location=case.location,
    )


def _natpmp_poll(case: Case) -> Wish | Signal | None:
    if "natpmp" not in case.sources:
        return None
    wish = _listening(case, "natpmp_poll")
    if isinstance(wish, Signal):
        return wish
    told_anyway = _works(case, "gena") or _works(case, "natpmp_announce")
    return replace(wish, every=NATPMP_BESIDE_S if told_anyway else NATPMP_ALONE_S)


def _upnp_poll(case: Case) -> Wish | Signal | None:
    if "upnp" not in case.sources:
        return None
    if case.around.local is None:
        return sentences.no_router("upnp_poll")
    if not case.location:
        return sentences.no_upnp_yet("upnp_poll")
    if _is_polled(case, "natpmp_poll") and _works(case, "natpmp_poll") is not False:
        return sentences.natpmp_instead()
    return Wish(
        name="upnp_poll",
        local=case.around.local,
        router=case.around.gateway,
        location=case.location,
        every=UPNP_BESIDE_S if _works(case, "gena") else UPNP_ALONE_S,
    )


def _stun_poll(case: Case) -> Wish | Signal | None:
    if "stun" not in case.sources:
        return None
    if case.own_stun:
        return Wish(name="stun_poll", own=True, every=STUN_OWN_S)
    if not case.public_stun:
        return sentences.no_stun_server()
    asked = [name for name in ROUTER_QUESTIONS if _is_polled(case, name)]
    # What is not known yet will be in a moment: a pace that is soon slowed down is no courtesy.
    alone = all(_works(case, name) is False for name in asked)
    return Wish(name="stun_poll", every=STUN_ALONE_S if alone else STUN_BESIDE_S)


def _is_polled(case: Case, name: SignalName) -> bool:
    """Whether the router is asked in this way, or would be."""
    if name not in case.allowed:
        return False
    wish = {"natpmp_poll": _natpmp_poll, "upnp_poll": _upnp_poll, "gena": _gena}[name](case)
    return isinstance(wish, Wish)


def _works(case: Case, name: SignalName) -> bool | None:
    signal = case.known.get(name)
    return None if signal is None else signal.works
