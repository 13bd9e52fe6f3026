"""From a configuration to a world: the only constructor of sockets, sessions and clocks.

Heavy libraries are loaded by the adapters when they are first needed, never here: a quiet check
that asks the router and the name servers loads neither aiohttp nor aioice.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self

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
from providers.engine.signing import Moment

STATE_FILE = "state.sqlite3"


@asynccontextmanager
async def open_world(config: Config, store: Store, emit: Emit) -> AsyncIterator[World]:
    """Everything real that the configuration asks for; closed at the end of the block."""
    async with Wiring(store, emit, contact=config.contact) as wiring:
        yield wiring.world(config)


class Wiring:
    """Makes worlds of configurations; they share a store, a clock, and the way to providers.

    What they have opened is closed at the end of the `async with` block.
    """

    def __init__(self, store: Store, emit: Emit, *, contact: str = "") -> None:
        """Nothing is opened yet."""
        self._store, self._emit = store, emit
        self._rng = random.SystemRandom()
        self._sender = Sender(user_agent=user_agent(contact), moment=moment)
        self._lookups: list[LiveDns] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what was opened."""
        for lookup in self._lookups:
            await lookup.aclose()
        await self._sender.aclose()

    def world(self, config: Config) -> World:
        """The world for this configuration; what a world before it opened goes on until the end."""
        settings = config.discovery
        lookup = LiveDns(authority=config.dns.authority, resolvers=config.dns.resolvers)
        self._lookups.append(lookup)
        methods = _Methods(config, lookup)
        return World(
            wall=wall_clock,
            rng=self._rng,
            surroundings=partial(surroundings, settings.interface),
            methods=methods,
            lookup=lookup,
            send=self._send,
            store=self._store,
            emit=self._emit,
            ipv6=lambda current: survey_ipv6(interface=settings.interface, current=current),
            outside6=methods.outside6,
            listen=partial(self._listen, settings, methods),
            warm=partial(self._warm, config),
        )

    def _send(self, account: Account) -> Send:
        return self._sender.with_trust(
            ca_file=str(account.settings.get("ca_file", "")),
            allow_http=account.settings.get("allow_http") is True,
        )

    def _warm(self, config: Config) -> None:
        # aiohttp would be 11 MiB, for the sake of 0.2 s at the first of few changes: not here.
        if any(account.provider.speaks == "dns" for account in config.accounts.values()):
            self._sender.warm("dns")

    def _listen(
        self, settings: Discovery, methods: _Methods, look_now: LookNow
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
            told=lambda signal: self._emit(Listened(at=wall_clock(), signal=signal)),
            vary=self._rng.random,
            wall=lambda: wall_clock().timestamp(),
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


def moment() -> Moment:
    """Now, with a nonce of its own: what requests to providers are signed with."""
    return Moment(at=wall_clock(), nonce=secrets.token_hex(16))


def user_agent(contact: str) -> str:
    """What HTTP services see; several demand a program, a version and a contact."""
    return f"upstun/{version()} ({contact})" if contact else f"upstun/{version()}"


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
        own, all_of_them = self._discovery.stun_own, self._discovery.stun_servers
        others = (server for server in all_of_them if server not in own)
        return tuple(map(make, own)), tuple(map(make, others))

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
