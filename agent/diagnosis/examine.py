"""The examination: everything is measured side by side, within one deadline. Concludes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from agent.decide.agreement import compare
from agent.diagnosis import headlines
from agent.diagnosis.accounts import examine_accounts
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.instruments import Instruments, Words
from agent.diagnosis.judge import judge
from agent.diagnosis.progress import Part, Progress, Tell
from agent.observe import LIMITS
from agent.values import Config, Record
from agent.version import version
from agent.world import World, fault_name
from discovery.interface import Surroundings
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53
from discovery.live_dns.view import RType
from discovery.observation import Address, EchoEvidence, Family, Method, Seen
from discovery.path.view import Hairpin, Ownership, PathView, Reach, Transport
from discovery.probe import probe
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView

LIMIT_S = 7.0
"""The whole examination, seconds; what is not done by then is told as not measured."""

MOST_RECORDS = 40
"""Records that are examined closely; a home has one to five."""

_PATIENCE_S = 2.0  # how long parts that build on the first sightings wait for them

T = TypeVar("T")
Awaited: TypeAlias = asyncio.Task[T | None]


@dataclass(slots=True, kw_only=True)
class Examination:
    """One examination of one home. `port` is a port to prove (`--port`)."""

    world: World
    config: Config
    tools: Instruments
    around: Surroundings
    port: tuple[Transport, int] | None = None
    tell: Tell = lambda _: None
    _unmeasured: dict[str, str] = field(default_factory=dict)
    _end: float = 0.0

    async def run(self) -> Evidence:
        """Measure everything. Ends within `LIMIT_S`; cancellation cleans up and propagates."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        self._end = start + LIMIT_S
        tools = self.tools
        async with asyncio.TaskGroup() as group:

            def part(name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T | None]:
                return group.create_task(self._bounded(name, work))

            router = part("the router", self._router())
            outside = part("the witnesses outside", self._outside())
            vpn = part("the view through the VPN", self._ask(tools.through_vpn, Family.V4))
            ipv6 = part("IPv6", self._ipv6())
            owned = part("the owner of the address", self._ownership(outside, router))
            path = part("the path", self._path(owned))
            ice = part("the WebRTC opinion", self._ice(outside, owned))
            records = part("the records in DNS", self._records())
            port53 = part("port 53", self._port53(outside))
            accounts = part("the accounts", self._accounts())
            signals = part("the signals", self._signals(outside, router))
        v6, outside6 = ipv6.result() or (Ipv6View(), ())
        opinion = ice.result()
        evidence = Evidence(
            at=self.world.wall(),
            took=loop.time() - start,
            version=version(),
            configured=bool(self.config.records),
            around=self.around,
            noticed_in_s=self.config.poll,
            port=self.port,
            witnesses=(*_words(router.result()), *(outside.result() or ()), *outside6),
            through_vpn=vpn.result() or (),
            router=router.result(),
            path=path.result() or PathView(),
            ipv6=v6,
            ice=opinion,
            ice_differs=tools.differs(opinion, outside.result() or ()) if opinion else "",
            records=records.result() or (),
            port53=port53.result(),
            accounts=accounts.result() or (),
            signals=signals.result() or (),
            clock_skew_s=self._skew(outside.result() or ()),
            unmeasured=self._unmeasured,
        )
        return judge(evidence, self.config)

    async def _bounded(self, name: str, work: Coroutine[Any, Any, T]) -> T | None:
        """The only deadline and the only exception firewall of a part."""
        try:
            async with asyncio.timeout_at(self._end):
                return await work
        except TimeoutError:
            self._unmeasured[name] = f"Looking at {name} did not end within {LIMIT_S:g} s"
        except Exception as fault:
            if self.world.strict:
                raise
            self._unmeasured[name] = f"Looking at {name} failed inside upstun ({fault_name(fault)})"
        return None

    def _done(self, part: Part, text: str) -> None:
        self.tell(Progress(part=part, text=text))

    async def _router(self) -> RouterView | None:
        if self.tools.router is None:
            return None
        view = await self.tools.router()
        self._done("router", headlines.of_router(view))
        return view

    async def _ask(self, methods: Sequence[Method], family: Family) -> Words:
        """Ask witnesses side by side; each bounds itself below the whole."""
        strict = self.world.strict
        return tuple(
            await asyncio.gather(
                *(
                    probe(method, family, limit=LIMITS[method.source], strict=strict)
                    for method in methods
                )
            )
        )

    async def _outside(self) -> Words:
        said = await self._ask(self.tools.outside, Family.V4)
        self._done("outside", headlines.of_witnesses(said))
        return said

    async def _ipv6(self) -> tuple[Ipv6View, Words]:
        view = await self.tools.ipv6()
        methods = self.tools.outside6(view.chosen) if view.has_route else ()
        said = await self._ask(methods, Family.V6)
        self._done("ipv6", headlines.of_ipv6(view, said))
        return view, said

    async def _path(
        self,
        owned: Awaited[tuple[Ownership, ...]],
    ) -> PathView:
        """Every measurement of the path; those that fail leave the others standing."""
        path, wanted = self.tools.path, self.port
        tcp = (wanted[1],) if wanted and wanted[0] == "tcp" else ()
        behaviour, scatter, hairpin, trail, reaches = await asyncio.gather(
            self._bounded("the NAT's behaviour", path.behaviour()),
            self._bounded("ports outside", path.scatter()),
            self._bounded("the way back in", self._hairpin(tcp, owned)),
            self._bounded("the routers on the way", path.trail()),
            self._bounded("the port", self._reaches(wanted)),
        )
        bare = PathView()
        view = PathView(
            behaviour=behaviour or bare.behaviour,
            scatter=scatter or bare.scatter,
            hairpin=hairpin or bare.hairpin,
            trail=trail or bare.trail,
            reaches=reaches or (),
            ownership=(owned.result() if owned.done() else None) or (),
        )
        self._done("path", headlines.of_path(view))
        return view

    async def _hairpin(
        self, tcp: tuple[int, ...], owned: Awaited[tuple[Ownership, ...]]
    ) -> Hairpin:
        """Packets to our own address come after the question whose it is.

        Linux routers complain six times in a row and then once a second (`icmp_ratelimit`): the
        complaints about these packets would use up those that tell the owner.
        """
        await asyncio.wait((owned,), timeout=_PATIENCE_S)
        return await self.tools.path.hairpin(tcp)

    async def _reaches(self, wanted: tuple[Transport, int] | None) -> tuple[Reach, ...]:
        return () if wanted is None else (await self.tools.path.reach(*wanted),)

    async def _ownership(
        self,
        outside: Awaited[Words],
        router: Awaited[RouterView],
    ) -> tuple[Ownership, ...]:
        """Who has the addresses that were named: at most three of them."""
        await asyncio.wait((outside, router), timeout=_PATIENCE_S * 2)
        said = list((outside.result() if outside.done() else None) or ())
        view = router.result() if router.done() else None
        said += _words(view)
        named = list(dict.fromkeys(one.address for one in said if isinstance(one, Seen)))
        found = await asyncio.gather(*(self.tools.path.ownership(one) for one in named[:3]))
        return tuple(found)

    async def _ice(self, outside: Awaited[Words], owned: Awaited[tuple[Ownership, ...]]) -> IceView:
        """After the owner of the address is known, for the reason that `_hairpin` gives."""
        await asyncio.wait((outside, owned), timeout=_PATIENCE_S)
        said = (outside.result() if outside.done() else None) or ()
        answered = [one.witness for one in said if isinstance(one, Seen) and one.source == "stun"]
        servers = dict.fromkeys((*answered, *self.config.discovery.stun_servers))
        view = await self.tools.ice(tuple(servers))
        self._done("webrtc", headlines.of_ice(view))
        return view

    async def _port53(self, outside: Awaited[Words]) -> Port53:
        await asyncio.wait((outside,), timeout=_PATIENCE_S)
        said = (outside.result() if outside.done() else None) or ()
        ours = frozenset[Address](one.address for one in said if isinstance(one, Seen))
        view = await self.tools.port53(ours)
        self._done("port53", headlines.of_port53(view))
        return view

    async def _records(self) -> tuple[RecordExam, ...]:
        wanted: list[tuple[Record, RType]] = []
        for record in self.config.records:
            wanted += [(record, "A")] if record.ipv4 else []
            wanted += [(record, "AAAA")] if record.ipv6 else []
        if len(wanted) > MOST_RECORDS:
            left = len(wanted) - MOST_RECORDS
            self._unmeasured["further records"] = f"{left} more records were not examined"
        exams = await asyncio.gather(
            *(self._record(record, rtype) for record, rtype in wanted[:MOST_RECORDS])
        )
        if exams:
            self._done("dns", headlines.of_records(exams))
        return tuple(exams)

    async def _record(self, record: Record, rtype: RType) -> RecordExam:
        exam = await self.tools.examine(record.name, rtype)
        return RecordExam(record=record, exam=exam, agreement=compare(exam.view, None))

    async def _accounts(self) -> tuple[AccountExam, ...]:
        exams = await examine_accounts(self.world, self.config)
        if exams:
            self._done("accounts", headlines.of_accounts(exams))
        return exams

    async def _signals(
        self, outside: Awaited[Words], router: Awaited[RouterView]
    ) -> tuple[Signal, ...]:
        """Try the signals, with what the router and those outside have said by then."""
        await asyncio.wait((router,))
        said = (outside.result() if outside.done() else None) or ()
        view = await self.tools.signals(router.result(), said)
        self._done("signals", headlines.of_signals(view))
        return view

    def _skew(self, said: Words) -> float | None:
        """Our clock minus that of the web services, seconds; the least of several."""
        skews = [
            self.world.now() - one.evidence.date
            for one in said
            if isinstance(one.evidence, EchoEvidence) and one.evidence.date is not None
        ]
        return min(skews, key=abs, default=None)


def _words(view: RouterView | None) -> Words:
    """What the router said over each of its protocols."""
    said = (view.upnp, view.natpmp, view.pcp) if view else ()
    return tuple(one for one in said if one is not None)
