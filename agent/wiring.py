"""From a configuration to a world: the only constructor of sockets, sessions and clocks.

Heavy libraries are loaded by the adapters when they are first needed, never here: a quiet check
that asks the router and the name servers loads neither aiohttp nor aioice.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from agent.events import Emit, Listened
from agent.store import Store
from agent.values import Account, Config, Discovery, Dns
from agent.version import version
from agent.world import Signals, World
from discovery.interface import Surroundings, surroundings
from discovery.ipv6.survey import survey_ipv6
from discovery.live_dns.live import LiveDns
from discovery.observation import Address, Method
from discovery.router.natpmp import NatPmpMethod
from discovery.router.upnp import UpnpMethod, Whereabouts
from discovery.signals.source import LookNow
from providers.engine.drive import Send
from providers.engine.sender import Sender

STATE_FILE = "state.sqlite3"


@asynccontextmanager
async def open_world(config: Config, store: Store, emit: Emit) -> AsyncIterator[World]:
    """Everything real that the configuration asks for; closed at the end of the block."""
    senders = _Senders(user_agent(config.contact))
    try:
        yield rewire(_bare_world(store, emit, senders), config)
    finally:
        await senders.aclose()


def rewire(world: World, config: Config) -> World:
    """The same world for another configuration: its store, clock and sessions go on."""
    lookup = LiveDns(authority=config.dns.authority, resolvers=config.dns.resolvers)
    methods = _Methods(config, lookup)
    return replace(
        world,
        surroundings=partial(surroundings, config.discovery.interface),
        methods=methods,
        ipv6=lambda current: survey_ipv6(interface=config.discovery.interface, current=current),
        outside6=methods.outside6,
        listen=partial(_listening, world, config.discovery, methods),
        lookup=lookup,
    )


def _listening(
    world: World, settings: Discovery, methods: _Methods, look_now: LookNow
) -> AbstractAsyncContextManager[Signals]:
    """All signals that may be used, for as long as the block is open."""
    from discovery.signals.listening import Listening  # noqa: PLC0415  used by `run` alone

    around = partial(surroundings, settings.interface)
    own, public = methods.stun(around())
    listening = Listening(
        look_now,
        allowed=settings.signals,
        sources=settings.ipv4,
        surroundings=around,
        location=lambda: methods.whereabouts.location,
        stun=public,
        own_stun=own,
        told=lambda signal: world.emit(Listened(at=world.wall(), signal=signal)),
        vary=world.rng.random,
        wall=world.now,
    )
    methods.whereabouts.moved = listening.reconsider
    return listening


def open_store(directory: Path, report: Callable[[str], None]) -> Store:
    """The memory in the state directory. Raises StateError when a newer upstun wrote it."""
    return Store(directory / STATE_FILE, report)


def defaults() -> Config:
    """What holds where nobody wrote a configuration: the built-in witnesses, no records."""
    from discovery.echo_url import DEFAULT_URLS  # noqa: PLC0415  known to few commands
    from discovery.live_dns import defaults as dns  # noqa: PLC0415  the same
    from discovery.stun_address import DEFAULT_SERVERS  # noqa: PLC0415  known to few commands

    discovery = Discovery(
        stun_servers=DEFAULT_SERVERS, http_urls=DEFAULT_URLS, doh_whoami=dns.DEFAULT_WHOAMI
    )
    return Config(
        source="the built-in defaults",
        discovery=discovery,
        dns=Dns(public=dns.DEFAULT_PUBLIC, doh=dns.DEFAULT_DOH),
    )


def wall_clock() -> datetime:
    """The time of day, aware, in UTC: the only place that the real one comes from."""
    return datetime.now(UTC)


def user_agent(contact: str) -> str:
    """What HTTP services see; several demand a program, a version and a contact."""
    return f"upstun/{version()} ({contact})" if contact else f"upstun/{version()}"


def _bare_world(store: Store, emit: Emit, senders: _Senders) -> World:
    lookup = LiveDns()
    return World(
        wall=wall_clock,
        rng=random.SystemRandom(),
        surroundings=surroundings,
        methods=lambda _: (),
        lookup=lookup,
        send=senders,
        store=store,
        emit=emit,
    )


class _Methods:
    """The witnesses that a configuration names, for the surroundings of the moment.

    The router's methods live on, because they remember where the router answered. Those outside are
    light and made anew: behind a full-tunnel VPN they are bound to the link that faces the router,
    for otherwise they would see the tunnel's exit.
    """

    def __init__(self, config: Config, lookup: LiveDns) -> None:
        self._discovery = config.discovery
        self._lookup = lookup
        self._around = partial(surroundings, config.discovery.interface)
        self.whereabouts = Whereabouts(location=config.discovery.upnp_location)
        self._router: tuple[Method, ...] = (
            UpnpMethod(
                surroundings=self._around,
                location=config.discovery.upnp_location,
                found=self.whereabouts,
            ),
            NatPmpMethod(surroundings=self._around),
        )

    def __call__(self, where: Surroundings) -> tuple[Method, ...]:
        return (*self._router, *self._outside(where))

    def outside6(self, address: Address) -> tuple[Method, ...]:
        """Those outside, asked from this address: otherwise from a temporary one (RFC 6724)."""
        return self._outside(self._around(), bind=address)

    def stun(
        self, where: Surroundings, bind: Address | None = None
    ) -> tuple[tuple[Method, ...], tuple[Method, ...]]:
        """The STUN servers of the user's own, and the others."""
        from discovery.stun import StunMethod  # noqa: PLC0415  used by few rounds
        from discovery.stun_lookup import srv_lookup  # noqa: PLC0415  used by few rounds

        make = partial(
            StunMethod, bind=bind, device=self._device(where), srv=srv_lookup(self._lookup.srv)
        )
        settings = self._discovery
        return tuple(map(make, settings.stun_own)), tuple(map(make, settings.stun_servers))

    def _outside(self, where: Surroundings, bind: Address | None = None) -> tuple[Method, ...]:
        from discovery.echo import EchoMethod  # noqa: PLC0415  used by few rounds

        own, public = self.stun(where, bind)
        allow, device = self._discovery.allow_http, self._device(where)
        echo = (
            EchoMethod(url, allow_http=allow, bind=bind, device=device)
            for url in self._discovery.http_urls
        )
        return (*own, *public, *echo)

    def _device(self, where: Surroundings) -> str:
        return where.device if self._discovery.interface or where.default_is_tunnel else ""


class _Senders:
    """One sender for the process, trusted as each account's settings say."""

    def __init__(self, agent: str) -> None:
        self._sender = Sender(user_agent=agent)

    def __call__(self, account: Account) -> Send:
        return self._sender.with_trust(
            ca_file=str(account.settings.get("ca_file", "")),
            allow_http=account.settings.get("allow_http") is True,
        )

    async def aclose(self) -> None:
        await self._sender.aclose()
