"""Instruments for an examination in pretend time: each brings what it is told to, when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Any

from agent.diagnosis.instruments import Instruments, Words
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import DnsExam, Port53
from discovery.live_dns.view import RType
from discovery.observation import Address, Family, Observation, Source
from discovery.path.view import Behaviour, Hairpin, Ownership, Reach, Scatter, Trail, Transport
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView
from tests.support.evidence import record
from tests.support.evidence_parts import DOH, GATEWAY, ICE, IGD, IPV6, PATH, PORT53, SEEN6
from tests.support.sightings import HTTP, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.views import serves

Act = Callable[[], Awaitable[None]]

ROUTER_VIEW = RouterView(
    gateway=str(GATEWAY), igds=(IGD,), upnp=seen(ROUTER, PUBLIC), natpmp=missed(PMP)
)
SIGNAL = Signal(name="netlink", works=True, expected_ms=5, detail="The system tells changes.")
SECOND = 1.0


def takes(seconds: float) -> Act:
    """Something that needs this long."""

    async def act() -> None:
        await asyncio.sleep(seconds)

    return act


def raises(fault: BaseException) -> Act:
    """Something that breaks after a moment."""

    async def act() -> None:
        await asyncio.sleep(0.1)
        raise fault

    return act


async def hang() -> None:
    """Wait for ever."""
    await asyncio.sleep(10**9)


@dataclass
class PretendTools:
    """All instruments. Each takes a second, but for those in `acts`, by name.

    `calls` are the names of those that were asked, with the time; `given` is what they were given;
    `left` are those that were begun and are neither done nor cancelled.
    """

    acts: dict[str, Act] = field(default_factory=dict)
    outside: tuple[Observation, ...] = (
        *(seen(who, PUBLIC) for who in STUN),
        seen(HTTP[0], PUBLIC),
        DOH,
    )
    through_vpn: tuple[Observation, ...] = ()
    outside6: tuple[Observation, ...] = (SEEN6,)
    router: RouterView | None = ROUTER_VIEW
    ipv6: Ipv6View = IPV6
    calls: dict[str, float] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)

    async def act(self, name: str, given: object = None) -> None:
        """Be asked, and take as long as it takes."""
        self.calls[name] = asyncio.get_running_loop().time()
        self.given[name] = given
        self.left.add(name)
        try:
            await self.acts.get(name, takes(SECOND))()
        finally:
            self.left.discard(name)

    def bundle(self) -> Instruments:
        """As an examination wants them."""
        return Instruments(
            outside=tuple(PretendWitness(self, "outside", said) for said in self.outside),
            through_vpn=tuple(PretendWitness(self, "vpn", said) for said in self.through_vpn),
            outside6=self._outside6,
            router=None if self.router is None else self._router,
            path=PretendPath(self),
            ipv6=self._ipv6,
            stun=("stun:a.example", STUN[1].name),
            ice=self._ice,
            signals=self._signals,
            examine=self._examine,
            port53=self._port53,
            differs=lambda _view, said: f"{len(said)} were compared.",
        )

    def _outside6(self, stable: IPv6Address | None) -> tuple[PretendWitness, ...]:
        self.given["stable"] = stable
        return tuple(PretendWitness(self, "outside6", said) for said in self.outside6)

    async def _router(self) -> RouterView:
        await self.act("router")
        assert self.router is not None
        return self.router

    async def _ipv6(self) -> Ipv6View:
        await self.act("ipv6")
        return self.ipv6

    async def _ice(self, servers: Sequence[str]) -> IceView:
        await self.act("ice", tuple(servers))
        return ICE

    async def _signals(self, router: RouterView | None, said: Words) -> tuple[Signal, ...]:
        await self.act("signals", (router, said))
        return (SIGNAL,)

    async def _examine(self, name: str, rtype: RType) -> DnsExam:
        await self.act(f"{name} {rtype}")
        return record(serves(str(PUBLIC)), name=name, rtype=rtype).exam

    async def _port53(self, ours: frozenset[Address]) -> Port53:
        await self.act("port53", ours)
        return PORT53


@dataclass(frozen=True)
class PretendWitness:
    """A witness that says this, when the instrument `name` acts; `name witness` acts for it."""

    tools: PretendTools
    name: str
    said: Observation

    @property
    def source(self) -> Source:
        return self.said.source

    @property
    def witness(self) -> str:
        return self.said.witness

    @property
    def operator(self) -> str:
        return self.said.operator

    async def observe(self, family: Family) -> Observation:
        assert family is self.said.family
        alone = f"{self.name} {self.witness}"
        await self.tools.act(alone if alone in self.tools.acts else self.name)
        return self.said


@dataclass(frozen=True)
class PretendPath:
    """The path of the pretend home."""

    tools: PretendTools

    async def behaviour(self) -> Behaviour:
        await self.tools.act("behaviour")
        return PATH.behaviour

    async def scatter(self) -> Scatter:
        await self.tools.act("scatter")
        return PATH.scatter

    async def hairpin(self, tcp_ports: Sequence[int] = ()) -> Hairpin:
        await self.tools.act("hairpin", tuple(tcp_ports))
        return PATH.hairpin

    async def reach(self, transport: Transport, port: int) -> Reach:
        await self.tools.act("reach", (transport, port))
        return PATH.reaches[0]

    async def trail(self) -> Trail:
        await self.tools.act("trail")
        return PATH.trail

    async def ownership(self, address: Address) -> Ownership:
        await self.tools.act("ownership", address)
        return Ownership(address=address, owner="router", because="It answers for it.")
