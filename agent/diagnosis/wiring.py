"""From a configuration to the instruments of an examination; heavy libraries load when asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address

from agent.diagnosis.instruments import Instruments, Words
from agent.values import Config
from discovery.echo import EchoMethod
from discovery.interface import Surroundings
from discovery.ipv6.survey import survey_ipv6
from discovery.live_dns.live import LiveDns
from discovery.live_dns.whoami import WhoamiMethod
from discovery.observation import Method, Observation, Seen, Source
from discovery.path.probe import PathProbe
from discovery.router.survey import survey_router
from discovery.signals.prove import prove_signals
from discovery.stun import StunMethod
from discovery.stun_lookup import SrvLookup, srv_lookup
from discovery.webrtc.compare import disagreement
from discovery.webrtc.opinion import ask_ice
from discovery.webrtc.view import IceView

# Signals are tried when the router has answered; together they fit into the whole examination.
_ROUTER_LIMIT_S, _SIGNALS_LIMIT_S = 4.5, 1.5

_HEAVY = (
    "aiohttp",
    "discovery.stun_query",
    "discovery.live_dns.examiner",
    "discovery.live_dns.doh",
)


def warm_up() -> None:
    """Load the heavy libraries before anything is timed: a load would count as a round trip.

    One that is missing is told by whoever needs it.
    """
    for name in _HEAVY:
        with suppress(ImportError):
            import_module(name)


def instruments(config: Config, around: Surroundings) -> Instruments:
    """Everything that this configuration allows to measure with; nothing is opened yet.

    Whoever is left out of `[discovery] ipv4` is not asked here either.
    """
    settings, dns = config.discovery, config.dns
    lookup = LiveDns(authority=dns.authority, resolvers=dns.resolvers)
    srv = srv_lookup(lookup.srv)
    device = around.device if settings.interface or around.default_is_tunnel else ""
    stun = _stun(config) if "stun" in settings.ipv4 else ()
    asks_router = bool({"upnp", "natpmp"} & set(settings.ipv4))

    outside = partial(_outside, config, srv)
    survey = partial(
        survey_router,
        around,
        sources=settings.ipv4,
        location=settings.upnp_location,
        limit=_ROUTER_LIMIT_S,
    )

    async def resolve(name: str) -> tuple[str, ...] | None:
        return await lookup.addresses(name, "AAAA")

    return Instruments(
        outside=outside(settings.ipv4, device=device),
        through_vpn=outside(settings.ipv4) if around.default_is_tunnel else (),
        outside6=lambda stable: outside(settings.ipv6, bind=stable),
        router=survey if asks_router else None,
        path=PathProbe(stun, device=device, srv=srv),
        ipv6=partial(survey_ipv6, interface=settings.interface, aaaa=resolve),
        stun=stun,
        ice=partial(ask_ice, srv=srv),
        signals=lambda view, said: prove_signals(
            around,
            router=view,
            outside=_polled(config, said),
            own_stun=bool(settings.stun_own),
            allowed=settings.signals,
            limit=_SIGNALS_LIMIT_S,
        ),
        examine=partial(lookup.examine, public=dns.public, doh=dns.doh),
        port53=lambda ours: lookup.port53(ours=ours),
        differs=_differs,
    )


def _outside(
    config: Config,
    srv: SrvLookup,
    allowed: tuple[Source, ...],
    *,
    bind: IPv6Address | None = None,
    device: str = "",
) -> tuple[Method, ...]:
    """The witnesses outside: STUN servers, echo services, and DoH servers that name their asker."""
    settings = config.discovery
    methods: list[Method] = []
    if "stun" in allowed:
        methods += [
            StunMethod(server, bind=bind, device=device, srv=srv) for server in _stun(config)
        ]
    if "http" in allowed:
        methods += [
            EchoMethod(url, allow_http=settings.allow_http, bind=bind, device=device)
            for url in settings.http_urls
        ]
        methods += [WhoamiMethod(url, bind=bind, device=device) for url in settings.doh_whoami]
    return tuple(methods)


def _stun(config: Config) -> tuple[str, ...]:
    """All STUN servers, each once; those of the user's own come first."""
    settings = config.discovery
    return tuple(dict.fromkeys((*settings.stun_own, *settings.stun_servers)))


def _polled(config: Config, said: Words) -> Words:
    """The words of those whom the agent would ask again and again: servers of one's own alone."""
    own = {StunMethod(server).witness for server in config.discovery.stun_own}
    return tuple(one for one in said if one.witness in own) if own else said


def _differs(view: IceView, said: Sequence[Observation]) -> str:
    """Whether the WebRTC stack saw another IPv4 address than the STUN witnesses."""
    seen = {one.address for one in said if isinstance(one, Seen) and one.source == "stun"}
    return disagreement(view, frozenset(one for one in seen if isinstance(one, IPv4Address)))
