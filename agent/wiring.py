"""From a configuration to a world: the only constructor of sockets, sessions and clocks.

Heavy libraries are loaded by the adapters when they are first needed, never here: a quiet check
that asks the router and the name servers loads neither aiohttp nor aioice.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from agent.events import Emit
from agent.store import Store
from agent.values import Account, Config, Discovery, Dns
from agent.version import version
from agent.world import World
from discovery.interface import Surroundings, surroundings
from discovery.live_dns.live import LiveDns
from discovery.observation import Method
from discovery.router.natpmp import NatPmpMethod
from discovery.router.upnp import UpnpMethod
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
    return replace(
        world,
        surroundings=partial(surroundings, config.discovery.interface),
        methods=_Methods(config, lookup),
        lookup=lookup,
    )


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
        around = partial(surroundings, config.discovery.interface)
        self._router: tuple[Method, ...] = (
            UpnpMethod(surroundings=around, location=config.discovery.upnp_location),
            NatPmpMethod(surroundings=around),
        )

    def __call__(self, where: Surroundings) -> tuple[Method, ...]:
        from discovery.echo import EchoMethod  # noqa: PLC0415  used by few rounds
        from discovery.stun import StunMethod  # noqa: PLC0415  used by few rounds
        from discovery.stun_lookup import srv_lookup  # noqa: PLC0415  used by few rounds

        srv = srv_lookup(self._lookup.srv)
        settings = self._discovery
        device = where.device if settings.interface or where.default_is_tunnel else ""
        stun = [StunMethod(server, device=device, srv=srv) for server in settings.stun_servers]
        echo = [
            EchoMethod(url, allow_http=settings.allow_http, device=device)
            for url in settings.http_urls
        ]
        return (*self._router, *stun, *echo)


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
