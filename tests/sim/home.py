"""A pretend home at the ports: a router, STUN operators, name servers and a provider with scripts.

Everything inside the agent is real: verdict, plan, round, daemon, store, driver, and the dyndns2
provider with its grammar. Only what lies behind a port is played, in simulated time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random

from agent.daemon import Daemon, Reload
from agent.events import Event
from agent.sinks.fan_out import FanOut
from agent.sinks.journal import JournalSink
from agent.sinks.repeats import Repeats
from agent.sinks.words import sentence
from agent.store import Store
from agent.values import Account, Config, Discovery, Record
from agent.world import World
from discovery.interface import Surroundings
from discovery.live_dns.view import (
    Absent,
    Answer,
    DnsView,
    Lame,
    NoAnswer,
    Present,
    Resolver,
    RType,
    ServerAnswer,
)
from discovery.observation import Family, Method, Observation, Source, Why, judge, missed
from providers.catalogue import by_id
from providers.engine.drive import Send
from providers.engine.wire import Call, Fault, Reply, Request, Response, Secret
from tests.support.simloop import SimWall, run_simulated

FIRST = IPv4Address("81.2.69.142")
SECOND = IPv4Address("81.2.69.160")
THIRD = IPv4Address("89.160.20.112")
NAME = "home.example.com"


@dataclass
class SimWitness:
    """One witness; `says` is an address, why there is none, or None for the home's true one."""

    home: SimHome
    source: Source
    witness: str
    operator: str
    says: IPv4Address | Why | None = None
    asked: int = 0

    async def observe(self, family: Family) -> Observation:
        self.asked += 1
        await asyncio.sleep(0.02)
        said = self.home.address if self.says is None else self.says
        if not self.home.online and self.source != "upnp":
            said = Why.NO_ROUTE
        if isinstance(said, Why):
            if said is Why.SILENT:
                await asyncio.sleep(2.0)
            return missed(self, family, said, f"{self.witness} gave no address ({said.value})")
        return judge(self, family, said)


Values = frozenset[IPv4Address]


@dataclass
class SimServer:
    """One authoritative server; it copies the zone `lag` seconds after a change."""

    name: str
    lag: float = 0.2
    down: bool = False
    lame: bool = False
    past: dict[str, list[tuple[float, Values | None]]] = field(default_factory=dict)

    def set(self, at: float, values: Values | None, name: str = "") -> None:
        """Change one name at a time to come; the empty name stands for all that have no other."""
        self.past.setdefault(name, []).append((at + self.lag, values))

    def holds(self, now: float, name: str) -> Values | None:
        for key in (name, ""):
            for at, values in reversed(self.past.get(key, [])):
                if at <= now:
                    return values
        return None

    def answer(self, now: float, name: str) -> Answer:
        if self.down:
            return NoAnswer(detail=f"{self.name} did not answer within 2.5 s")
        if self.lame:
            return Lame(detail=f"{self.name} answered REFUSED")
        values = self.holds(now, name)
        if values is None:
            return Absent(nxdomain=True, negative_ttl=60)
        return Present(values=frozenset(values), ttl=60)


@dataclass
class SimProvider:
    """A dyndns2 service behind the `Send` port: a list of scripted answers, then the truth.

    A script's entry is a Response, a Fault, or "lost": the change is made and its answer is not.
    """

    home: SimHome
    script: list[Response | Fault | str] = field(default_factory=list)
    calls: list[tuple[float, str]] = field(default_factory=list)

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        assert isinstance(call, Request)
        sent = dict(call.query)
        await asyncio.sleep(0.15)
        loop = asyncio.get_running_loop()
        wanted = IPv4Address(str(sent["myip"]))
        self.calls.append((loop.time(), str(wanted)))
        if not self.home.online:
            return Fault(sent=False, text="the service cannot be reached")
        entry = self.script.pop(0) if self.script else None
        if isinstance(entry, Response | Fault):
            return entry
        self.home.publish(frozenset({wanted}), str(sent["hostname"]))
        if entry == "lost":
            return Fault(sent=True, text="the connection broke before the answer came")
        return Response(status=200, body=f"good {wanted}\n".encode())


class SimHome:
    """The home and its world; scripts change it while the daemon runs."""

    def __init__(self, **changes: object) -> None:
        self.address: IPv4Address = FIRST
        self.online = True
        self.intercepted = False
        self.router = SimWitness(self, "upnp", "the router", "router")
        self.stun = [
            SimWitness(self, "stun", f"stun.{who}.example:3478", f"{who}.example")
            for who in ("one", "two", "three")
        ]
        self.http = [
            SimWitness(self, "http", f"https://ip.{who}.example/", f"{who}.example")
            for who in ("four", "five")
        ]
        self.servers = [SimServer(f"ns{number}.example.com") for number in (1, 2, 3)]
        self.provider = SimProvider(self)
        self.wall = SimWall()
        self.journal: list[str] = []
        self.events: list[Event] = []
        self.config = replace(config(), **changes)  # type: ignore[arg-type]  # real field names
        self._repeats = Repeats()

    # ---- what scripts do -------------------------------------------------------------------------

    def publish(self, values: Values | None, name: str = NAME) -> None:
        """Put the RRset at the primary; every server copies it in its own time."""
        for server in self.servers:
            server.set(asyncio.get_running_loop().time(), values, name)

    def already_published(self, *addresses: IPv4Address) -> None:
        """Every name has stood there like this for ever."""
        for server in self.servers:
            server.past[""] = [(0.0, frozenset(addresses))]

    @property
    def served(self) -> set[frozenset[str] | None]:
        """What the servers that are up serve at this moment."""
        now = asyncio.get_running_loop().time()
        answers = [server.answer(now, NAME) for server in self.servers]
        return {
            frozenset(map(str, answer.values)) if isinstance(answer, Present) else None
            for answer in answers
            if not isinstance(answer, NoAnswer | Lame)
        }

    # ---- the ports -------------------------------------------------------------------------------

    async def look(self, name: str, rtype: RType) -> DnsView:
        await asyncio.sleep(0.01)
        if not self.online:
            return DnsView(
                name=name, rtype=rtype, zone="", problem="the system's resolver did not answer"
            )
        now = asyncio.get_running_loop().time()
        answers: list[Answer] = [server.answer(now, name) for server in self.servers]
        if self.intercepted:
            answers = [Resolver(detail=f"{one.name} recursed") for one in self.servers]
        servers = tuple(
            ServerAnswer(server=server.name, endpoint=f"192.0.2.{n}:53", answer=answer)
            for n, (server, answer) in enumerate(zip(self.servers, answers, strict=True), 1)
        )
        sentence = "something between here and the name servers answers in their place"
        return DnsView(
            name=name,
            rtype=rtype,
            zone="example.com",
            servers=servers,
            intercepted=sentence if self.intercepted else "",
        )

    def methods(self, where: Surroundings) -> tuple[Method, ...]:
        return (self.router, *self.stun, *self.http)

    def world(self, store: Store) -> World:
        return World(
            wall=self.wall,
            rng=Random(7),
            surroundings=lambda: Surroundings(
                local=IPv4Address("192.168.1.10"),
                gateway=IPv4Address("192.168.1.1"),
                device="eth0",
                network=IPv4Network("192.168.1.0/24"),
                has_route=self.online,
            ),
            methods=self.methods,
            lookup=self,
            send=self.senders,
            store=store,
            emit=_Strict(self.events.append, self._write, JournalSink(store)),
            strict=True,
        )

    def senders(self, account: Account) -> Send:
        """The way to an account's provider; stories with several accounts override it."""
        return self.provider

    def _write(self, event: Event) -> None:
        """The journal: the news with the time since the story began."""
        if not self._repeats.is_news(event):
            return
        since = timedelta(seconds=round(asyncio.get_running_loop().time(), 2))
        self.journal.append(f"{_clock(since)}  {type(event).__name__:<14} {sentence(event)}")


class _Strict(FanOut):
    """A stream whose listeners may not fail: what `FanOut` forgives is a fault here."""

    def __call__(self, event: Event) -> None:
        for sink in self._sinks:
            sink(event)


def _clock(since: timedelta) -> str:
    hours, rest = divmod(since.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    hundredths = since.microseconds // 10_000
    return f"day {since.days:>3} {hours:02}:{minutes:02}:{seconds:02}.{hundredths:02}"


def config() -> Config:
    """One record at a dyndns2 service, everything else at its default."""
    provider = by_id("dyndns2")
    assert provider is not None
    account = Account(
        name="home",
        provider=provider,
        settings={
            "endpoint": "https://dyn.example/nic/update",
            "username": "me",
            "password": Secret("s3cret-of-the-story"),
        },
        fingerprint="fingerprint-1",
    )
    return Config(
        source="config.toml",
        discovery=Discovery(ipv4=("upnp", "stun", "http")),
        accounts={"home": account},
        records=(Record(name=NAME, account="home"),),
    )


Script = Callable[["SimHome", Daemon], Coroutine[None, None, None]]


def live(
    home: SimHome,
    script: Script,
    *,
    store: Path | None = None,
    reload: Reload | None = None,
) -> SimHome:
    """Run the daemon in simulated time until the script (a coroutine function) is over."""

    async def main() -> None:
        memory = Store(store, home.journal.append)
        daemon = Daemon(home.world(memory), home.config, reload)
        life = asyncio.create_task(daemon.run())
        acting = asyncio.create_task(script(home, daemon))
        done, _ = await asyncio.wait((life, acting), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        daemon.stop("the story is over")
        await life
        memory.close()

    run_simulated(main())
    return home
