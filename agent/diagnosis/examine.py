"""The examination: everything is measured side by side, within one deadline. Concludes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias, TypeVar

from agent.diagnosis import headlines
from agent.diagnosis.accounts import examine_accounts
from agent.diagnosis.deadline import Deadline, Work
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.instruments import Instruments, Words
from agent.diagnosis.judge import judge
from agent.diagnosis.path_exam import SIGHTINGS_S, Owners, PathExam
from agent.diagnosis.progress import Part, Progress, Tell
from agent.diagnosis.records import examine_records
from agent.observe import LIMITS
from agent.values import Config
from agent.version import version
from agent.world import World
from discovery.interface import Surroundings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53
from discovery.observation import EchoEvidence, Family, Method, Seen
from discovery.path.view import PathView, Transport
from discovery.probe import probe
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView

LIMIT_S = 7.0
"""The whole examination, seconds; what is not done by then is told as not measured."""

# Until when the owners and the signals wait for the router, in seconds from the start. A router
# that speaks does so in two; the signals of one that keeps silent are tried in no time.
_ROUTER_S, _SIGNALS_S = 4.0, 5.5

_NO_IPV6: Final = Ipv6View(
    supported=False, note="The IPv6 addresses of this machine could not be looked at in time."
)

T = TypeVar("T")
Awaited: TypeAlias = asyncio.Task[T | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One examination of one home. `port` is a port to prove (`--port`)."""

    world: World
    config: Config
    tools: Instruments
    around: Surroundings
    port: tuple[Transport, int] | None = None
    tell: Tell = lambda _: None

    async def run(self) -> Evidence:
        """Measure everything. Ends within `LIMIT_S`; cancellation cleans up and propagates."""
        deadline = Deadline(seconds=LIMIT_S, strict=self.world.strict)
        return await _Run(self, deadline).all()


@dataclass(frozen=True, slots=True)
class _Run:
    """The parts of one examination, as they run."""

    of: Examination
    deadline: Deadline

    async def all(self) -> Evidence:
        """Run the parts side by side, and put together what they brought."""
        of, tools = self.of, self.of.tools
        walk = PathExam(path=tools.path, port=of.port, deadline=self.deadline)
        async with asyncio.TaskGroup() as group:

            def part(name: str, work: Work[T]) -> Awaited[T]:
                return group.create_task(self.deadline.bound(name, work))

            router = part("the router", self._router)
            outside = part("the witnesses outside", self._outside)
            vpn = part("the view through the VPN", partial(self._ask, tools.through_vpn, Family.V4))
            ipv6 = part("IPv6", tools.ipv6)
            outside6 = part("the witnesses over IPv6", partial(self._outside6, ipv6))
            owned = part("the owner of the address", partial(self._owners, walk, outside, router))
            path = part("the path", partial(self._path, walk, owned))
            ice = part("the WebRTC opinion", partial(self._ice, outside, owned))
            records = part("the records in DNS", self._records)
            port53 = part("port 53", partial(self._port53, outside))
            accounts = part("the accounts", self._accounts)
            signals = part("the signals", partial(self._signals, outside, router))
        said, opinion = outside.result() or (), ice.result()
        evidence = Evidence(
            at=of.world.wall(),
            took=self.deadline.took,
            version=version(),
            configured=bool(of.config.records),
            around=of.around,
            port=of.port,
            witnesses=(*_words(router.result()), *said, *(outside6.result() or ())),
            through_vpn=vpn.result() or (),
            router=router.result(),
            path=replace(path.result() or PathView(), ownership=owned.result() or ()),
            ipv6=ipv6.result() or _NO_IPV6,
            ice=opinion,
            ice_differs=tools.differs(opinion, said) if opinion else "",
            records=records.result() or (),
            port53=port53.result(),
            accounts=accounts.result() or (),
            signals=signals.result() or (),
            clock_skew_s=_skew(said, of.world.now() - self.deadline.took),
            unmeasured=self.deadline.unmeasured,
        )
        return judge(evidence, of.config)

    def _done(self, part: Part, text: str) -> None:
        self.of.tell(Progress(part=part, text=text))

    async def _router(self) -> RouterView | None:
        if self.of.tools.router is None:
            return None
        view = await self.of.tools.router()
        self._done("router", headlines.of_router(view))
        return view

    async def _ask(self, methods: Sequence[Method], family: Family) -> Words:
        """Ask witnesses side by side; each is given up before the end, so that the others count."""
        left, strict = self.deadline.left, self.of.world.strict
        questions = (
            probe(method, family, limit=min(LIMITS[method.source], left), strict=strict)
            for method in methods
        )
        return tuple(await asyncio.gather(*questions))

    async def _outside(self) -> Words:
        said = await self._ask(self.of.tools.outside, Family.V4)
        self._done("outside", headlines.of_witnesses(said))
        return said

    async def _outside6(self, ipv6: Awaited[Ipv6View]) -> Words:
        """Ask over IPv6, from the stable address; a survey that is late leaves nobody to ask."""
        view = await self.deadline.soon(ipv6, self.deadline.seconds)
        if view is None:
            return ()
        methods = self.of.tools.outside6(view.chosen) if view.has_route else ()
        said = await self._ask(methods, Family.V6)
        self._done("ipv6", headlines.of_ipv6(view, said))
        return said

    async def _owners(
        self, walk: PathExam, outside: Awaited[Words], router: Awaited[RouterView]
    ) -> Owners:
        """Who has the addresses that were named, by those outside and by the router."""
        by_others = await self.deadline.soon(outside, _ROUTER_S) or ()
        by_router = _words(await self.deadline.soon(router, _ROUTER_S))
        named = (one.address for one in (*by_others, *by_router) if isinstance(one, Seen))
        return await walk.owners(named)

    async def _path(self, walk: PathExam, owned: Awaited[Owners]) -> PathView:
        view = await walk.measure(owned)
        self._done("path", headlines.of_path(view))
        return view

    async def _ice(self, outside: Awaited[Words], owned: Awaited[Owners]) -> IceView:
        """After the owner of the address is known, as the hairpin test of `PathExam`."""
        said = await self.deadline.soon(outside, SIGHTINGS_S) or ()
        await self.deadline.soon(owned, SIGHTINGS_S)
        answered = [one.witness for one in said if isinstance(one, Seen) and one.source == "stun"]
        servers = dict.fromkeys((*answered, *self.of.tools.stun))
        view = await self.of.tools.ice(tuple(servers))
        self._done("webrtc", headlines.of_ice(view))
        return view

    async def _port53(self, outside: Awaited[Words]) -> Port53:
        said = await self.deadline.soon(outside, SIGHTINGS_S) or ()
        ours = frozenset(one.address for one in said if isinstance(one, Seen))
        view = await self.of.tools.port53(ours)
        self._done("port53", headlines.of_port53(view))
        return view

    async def _records(self) -> tuple[RecordExam, ...]:
        exams = await examine_records(self.of.config, self.of.tools.examine, self.deadline)
        self._done("dns", headlines.of_records(exams))
        return exams

    async def _accounts(self) -> tuple[AccountExam, ...]:
        of = self.of
        exams = await examine_accounts(of.world, of.config, limit=self.deadline.left)
        self._done("accounts", headlines.of_accounts(exams))
        return exams

    async def _signals(
        self, outside: Awaited[Words], router: Awaited[RouterView]
    ) -> tuple[Signal, ...]:
        """Try the signals, with what the router and those outside have said by then."""
        view = await self.deadline.soon(router, _SIGNALS_S)
        said = await self.deadline.soon(outside, SIGHTINGS_S) or ()
        signals = await self.of.tools.signals(view, said)
        self._done("signals", headlines.of_signals(signals))
        return signals


def _words(view: RouterView | None) -> Words:
    """What the router said over each of its protocols."""
    said = (view.upnp, view.natpmp, view.pcp) if view else ()
    return tuple(one for one in said if one is not None)


def _skew(said: Words, asked: float) -> float | None:
    """Our clock minus that of the web services, seconds; the least of several.

    All were asked at the wall time `asked`. A Date header leaves the fraction of its second out.
    """
    skews = [
        asked + one.elapsed - (one.evidence.date + 0.5)
        for one in said
        if isinstance(one.evidence, EchoEvidence) and one.evidence.date is not None
    ]
    return min(skews, key=abs, default=None)
