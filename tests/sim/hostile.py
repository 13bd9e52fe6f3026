"""A pretend home in a hostile world, drawn from a seed, and a referee that holds the promises.

One thing is spared the home: at most one witness is wrong at a time, and while that is the router,
an honest witness outside can be heard. (With nobody outside to be heard, a router is believed after
three equal answers: `agent.decide.verdict`, row 4.)
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Address
from math import inf
from pathlib import Path
from random import Random

from agent.daemon import Daemon
from agent.decide.plan import LONGEST_GRACE_S
from agent.events import Event, RoundBegan, Trouble
from agent.sinks.words import sentence
from agent.store import Store
from agent.values import Confirm, Discovery, Record
from discovery.live_dns.view import Absent, Answer, DnsView, Present, RType
from discovery.observation import Family, Observation, Why, judge, missed
from providers.engine import limits
from providers.engine.wire import Call, Fault, Reply, Request, Response
from tests.sim.home import NAME, SimHome, SimWitness, Values
from tests.support.simloop import run_simulated

POOL = tuple(IPv4Address(f"81.2.69.{last}") for last in range(142, 147))
PRIVATE = tuple(map(IPv4Address, ("10.0.0.7", "192.168.178.2", "100.64.0.9", "0.0.0.0")))
MINUTE, HOUR = 60.0, 3600.0
TRUE_LATELY_S = 60.0  # an address that the home had this long ago is not called wrong
LONGEST_LAG_S = 480.0


class Broken(AssertionError):
    """A promise was broken."""


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Moody(SimWitness):
    """A witness whose answers are drawn anew each time, by its mood of the moment."""

    mood: str = "honest"
    lie: IPv4Address = POOL[0]
    chance: Random = field(default_factory=Random)

    async def observe(self, family: Family) -> Observation:
        chance = self.chance
        true = self.home.address  # what it saw when it was asked, though it may answer late
        await asyncio.sleep(0.02 if chance.random() < 0.8 else chance.uniform(0, 3.5))
        if not self.home.online and self.source != "upnp":
            return missed(self, family, Why.NO_ROUTE, "there is no way out")
        match self.mood:
            case "honest":
                return judge(self, family, true)
            case "lying":
                return judge(self, family, chance.choice((*POOL, true, *PRIVATE)))
            case "stuck":
                return judge(self, family, self.lie)
            case "private":
                return judge(self, family, chance.choice(PRIVATE))
            case "flaky" if chance.random() < 0.5:
                return judge(self, family, true)
            case _:
                await asyncio.sleep(chance.choice((0.0, 2.0)))
                why = chance.choice((Why.SILENT, Why.REFUSED, Why.DOWN, Why.MALFORMED))
                return missed(self, family, why, f"{self.witness} gave no address")


@dataclass
class MoodyService:
    """A dyndns2 service behind the `Send` port that refuses, dawdles, and loses answers."""

    home: HostileHome
    mood: str = "fine"

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        assert isinstance(call, Request)
        sent = dict(call.query)
        name, wanted = str(sent["hostname"]), IPv4Address(str(sent["myip"]))
        home, chance, referee = self.home, self.home.chance, self.home.referee
        await asyncio.sleep(chance.uniform(0.01, 0.4))
        referee.called(name, wanted)
        if not home.online:
            return Fault(sent=False, text="the service cannot be reached")
        mood = self.mood if chance.random() < 0.7 else "fine"
        match mood:
            case "down":
                return Response(status=503)
            case "busy":
                told = chance.choice((60, 300, 1800))
                referee.told_to_wait(told)
                return Response(status=429, headers={"retry-after": str(told)})
            case "angry":
                referee.locked = True
                return Response(status=200, body=chance.choice((b"badauth", b"abuse")))
            case "strange":
                return Response(status=200, body=b"<html>maintenance</html>")
            case "deaf":
                await asyncio.sleep(chance.uniform(0, limit))
                return Fault(sent=True, text="the connection broke")
            case _:
                pass
        # From here on the service makes the change, even if whoever asked for it dies meanwhile.
        referee.made(name, wanted)
        home.later(chance.uniform(0, 0.3), frozenset({wanted}), name)
        if mood in ("slow", "mute"):
            await asyncio.sleep(chance.uniform(0, limit - 1))
        if mood == "mute":
            return Fault(sent=True, text="the connection broke before the answer came")
        referee.unheard -= 1
        return Response(status=200, body=f"good {wanted}\n".encode())


@dataclass
class Referee:
    """Keeps its own books, by the loop's clock, and cries out when a promise is broken."""

    home: HostileHome
    pace: limits.Pace
    rounds: int = 0
    calls: int = 0
    needless: int = 0
    unheard: int = 0  # changes that were made, though nobody heard so: answers lost, agents killed
    excused: int = 0  # what else makes a call needless: jumping clocks, other people's edits …
    locked: bool = False
    wait_until: float = 0.0
    tokens: float = 0.0
    filled: float = 0.0
    seen: dict[str, list[Answer]] = field(default_factory=dict)
    primary: dict[str, Values | None] = field(default_factory=dict)

    def heard(self, event: Event) -> None:
        sentence(event)
        if isinstance(event, RoundBegan):
            self.rounds += 1
        if isinstance(event, Trouble):
            raise Broken(event.text)

    def clock_jumped(self) -> None:
        """Waits and the pace are kept by the wall clock: a jump may end them, for every record."""
        self.excused += len(self.home.config.records)
        self.tokens, self.filled, self.wait_until = float(self.pace.burst), now(), 0.0

    def told_to_wait(self, seconds: float) -> None:
        self.wait_until = max(self.wait_until, now() + seconds)

    def edited(self, name: str, values: Values | None) -> None:
        self.excused += 1
        self.primary[name] = values

    def called(self, name: str, wanted: IPv4Address) -> None:
        self.calls += 1
        if wanted not in self.home.lately():
            raise Broken(f"{wanted} was published for {name}, and is not the home's")
        answers = [one for one in self.seen[name] if isinstance(one, Present | Absent)]
        shown = [one.values if isinstance(one, Present) else frozenset() for one in answers]
        if not shown:
            raise Broken(f"{name} was sent though nothing was known of DNS")
        if all(values == frozenset({wanted}) for values in shown):
            raise Broken(f"{name} was sent though DNS was right")
        if self.locked:
            raise Broken("a locked account was called")
        if now() < self.wait_until:
            raise Broken(f"the account was called {self.wait_until - now():.0f} s too early")
        self.tokens += (now() - self.filled) / self.pace.every
        self.tokens, self.filled = min(float(self.pace.burst), self.tokens) - 1, now()
        if self.tokens < -0.02:  # the way to the service takes its time
            raise Broken("the account was called faster than its pace")

    def made(self, name: str, wanted: IPv4Address) -> None:
        """The service carries out a change; until its answer is heard, nobody knows."""
        if self.primary.get(name) == frozenset({wanted}):
            self.needless += 1
            if self.needless > self.unheard + self.excused:
                raise Broken(f"{self.needless} needless calls, {self.unheard} answers unheard")
        self.unheard += 1
        self.primary[name] = frozenset({wanted})


class HostileHome(SimHome):
    """The home, its enemies, and the agent, which is killed and begun anew."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.chance, self.folder = seed, Random(seed), folder
        self.lived: list[tuple[float, IPv4Address]] = []
        self.errands: set[asyncio.Task[None]] = set()
        names = [NAME, *(f"n{n}.example.com" for n in range(self.chance.choice((0, 0, 1, 5))))]
        confirm: Confirm = "always" if self.chance.random() < 0.25 else "change"
        super().__init__(
            records=tuple(Record(name=name, account="home") for name in names),
            discovery=Discovery(ipv4=("upnp", "stun", "http"), confirm=confirm),
            poll=self.chance.choice((60.0, 300.0)),
        )
        self.witnesses = [self._moody(one) for one in (self.router, *self.stun, *self.http)]
        self.service = MoodyService(self)
        pace = self.config.accounts["home"].provider.pace
        self.referee = Referee(self, pace, tokens=float(pace.burst))
        self.store: Store
        self.daemon: Daemon
        self.life: asyncio.Task[None]

    def _moody(self, one: SimWitness) -> Moody:
        return Moody(self, one.source, one.witness, one.operator, chance=self.chance)

    # ---- what is true ----------------------------------------------------------------------------

    @property
    def address(self) -> IPv4Address:
        return self.lived[-1][1]

    @address.setter
    def address(self, new: IPv4Address) -> None:
        self.lived.append((now() if self.lived else -inf, new))

    def lately(self) -> set[IPv4Address]:
        """The addresses that were the home's at some time of the last minute."""
        ends = [since for since, _ in self.lived[1:]] + [inf]
        lived = zip(self.lived, ends, strict=True)
        return {address for (_, address), end in lived if end >= now() - TRUE_LATELY_S}

    @property
    def all_right(self) -> bool:
        """Whether every server serves the home's address, and it alone, for every record."""
        right = frozenset({self.address})
        return all(
            server.holds(now(), record.name) == right
            for record in self.config.records
            for server in self.servers
        )

    def later(self, delay: float, values: Values, name: str) -> None:
        async def change() -> None:
            await asyncio.sleep(delay)
            self.publish(values, name)

        task = asyncio.create_task(change())
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)

    # ---- the ports -------------------------------------------------------------------------------

    async def look(self, name: str, rtype: RType) -> DnsView:
        view = await super().look(name, rtype)
        self.referee.seen[name] = [one.answer for one in view.servers]
        return view

    # ---- the agent -------------------------------------------------------------------------------

    def begin(self) -> None:
        self.store = Store(self.folder / f"{self.seed}.sqlite3", self._complain)
        world = replace(
            self.world(self.store),
            rng=Random(self.chance.random()),
            methods=lambda _where: tuple(self.witnesses),
            send=lambda _account: self.service,
            emit=self._hear,
        )
        self.daemon = Daemon(world, self.config)
        self.life = asyncio.create_task(self.daemon.run())

    async def kill(self) -> None:
        """Cut short at this instant; what is on the disk remains."""
        self.life.cancel()
        await asyncio.wait((self.life,))
        if not self.life.cancelled():
            self.life.result()
        self.store.close()

    def _complain(self, text: str) -> None:
        raise Broken(text)

    def _hear(self, event: Event) -> None:
        self.events = [*self.events[-199:], event]
        self.referee.heard(event)

    @property
    def told_to_wait(self) -> float:
        """Seconds that the agent is bound to wait: told, backing off, or for its own change."""
        wall = self.wall().timestamp()
        ledger = limits.notice_clock(self.store.ledger("home"), now=wall)
        sent = [self.store.publication(one.name, "A") for one in self.config.records]
        ends = [wall + ledger.not_before - ledger.set_at, ledger.paid_until]
        ends += [one.at + 600.0 for one in sent if one and one.state == "accepted"]
        return min(max(0.0, *(end - wall for end in ends)), LONGEST_GRACE_S)


class Fate:
    """What happens to a home, one blow after another."""

    def __init__(self, home: HostileHome) -> None:
        self.home = home
        # Other people's edits and jumping clocks excuse needless calls: half the homes have none.
        self.excusing = home.chance.random() < 0.5
        self.wrong: Moody | None = None  # the last witness that was wrong, and until when
        self.wronged = -inf

    def _may_be_wrong(self, witness: Moody) -> bool:
        """Two liars in one round are two liars, even if the one repents before the other begins."""
        if self.wrong not in (None, witness) and now() - self.wronged < 3 * MINUTE:
            return False
        self.wrong = witness
        return True

    async def strike(self) -> None:
        home, chance = self.home, self.home.chance
        if chance.random() < 0.5:  # without a way out nothing happens that is worth a round
            home.online, home.intercepted = True, False
        blows = (
            (6, self.flip), (6, self.moods), (4, self.service), (3, self.servers), (1, self.line),
            (1, self.intercept), (2, self.nudge), (1, self.unlock),
            (self.excusing, self.edit), (self.excusing, self.jump),
        )  # fmt: skip
        weights, acts = zip(*blows, strict=True)
        if chance.random() < 0.08:
            await home.kill()
            await asyncio.sleep(chance.choice((0.0, 1.0, 300.0)))
            home.begin()
        chance.choices(acts, weights)[0]()

    def flip(self) -> None:
        home, chance = self.home, self.home.chance
        before, home.address = home.address, chance.choice(POOL)
        router, *others = home.witnesses
        honest = all(one.mood == "honest" for one in others)
        if chance.random() < 0.3 and honest and self._may_be_wrong(router):
            router.mood, router.lie = "stuck", before

    def moods(self) -> None:
        chance, witnesses = self.home.chance, self.home.witnesses
        if any(one.mood in ("lying", "stuck") for one in witnesses):
            self.wronged = now()
        moods = chance.choice((("honest",), ("honest", "flaky", "silent"), ("honest", "silent")))
        for one in witnesses:
            one.mood = chance.choice(moods)
        wrong = chance.choice((None, *witnesses))
        if wrong is not None and self._may_be_wrong(wrong):
            wrong.mood, wrong.lie = chance.choice(("lying", "stuck")), chance.choice(POOL)
        elif chance.random() < 0.2:
            witnesses[0].mood = "private"
        if witnesses[0].mood in ("lying", "stuck"):
            chance.choice(witnesses[1:]).mood = "honest"

    def service(self) -> None:
        moods = ("fine", "down", "busy", "angry", "strange", "deaf", "mute", "slow")
        self.home.service.mood = self.home.chance.choice(moods)

    def servers(self) -> None:
        """Where those that have a change fall silent, the one that lags is all there is to see."""
        home, chance = self.home, self.home.chance
        for name, values in home.referee.primary.items():
            home.referee.excused += any(one.holds(now(), name) != values for one in home.servers)
        for server in home.servers:
            server.lag = chance.choice((0.1, 2.0, chance.uniform(0, LONGEST_LAG_S)))
            server.down = chance.random() < 0.15
            server.lame = chance.random() < 0.1

    def line(self) -> None:
        self.home.online = not self.home.online

    def intercept(self) -> None:
        self.home.intercepted = not self.home.intercepted

    def edit(self) -> None:
        home, chance = self.home, self.home.chance
        name = chance.choice(home.config.records).name
        values: Values | None = frozenset(chance.sample(POOL, chance.choice((1, 2))))
        if chance.random() < 0.2:
            values = None
        home.referee.edited(name, values)
        home.publish(values, name)

    def jump(self) -> None:
        far = self.home.chance.choice((1.0, MINUTE, HOUR, 8 * HOUR, 400 * 24 * HOUR))
        self.home.wall.jump(timedelta(seconds=self.home.chance.uniform(-far, far)))
        self.home.referee.clock_jumped()

    def nudge(self) -> None:
        self.home.daemon.nudge("something moved")

    def unlock(self) -> None:
        home = self.home
        home.store.save_ledger("home", limits.unlock(home.store.ledger("home")))
        home.referee.locked, home.referee.wait_until = False, 0.0

    def relent(self) -> None:
        """All trouble ends, and the user says `unlock` where that is needed."""
        home = self.home
        home.online, home.intercepted, home.service.mood = True, False, "fine"
        for one in home.witnesses:
            one.mood = "honest"
        for server in home.servers:
            server.down = server.lame = False
            server.lag = 0.2
        if home.referee.locked:
            self.unlock()


async def _episode(home: HostileHome) -> None:
    home.address = home.chance.choice(POOL)
    home.lived = [(-inf, home.address)]
    home.already_published(home.chance.choice(POOL))
    home.begin()
    fate = Fate(home)
    try:
        end = now() + home.chance.uniform(0.5, 3) * HOUR
        while now() < end:
            await asyncio.wait((home.life,), timeout=home.chance.expovariate(1 / 80))
            _alive(home)
            await fate.strike()
        fate.relent()
        home.daemon.nudge("the trouble is over")
        limit = now() + home.told_to_wait + LONGEST_LAG_S + 20 * MINUTE
        await asyncio.wait((home.life,), timeout=LONGEST_LAG_S)  # for what is still on its way
        while not home.all_right:
            await asyncio.wait((home.life,), timeout=10.0)
            _alive(home)
            if now() > limit:
                raise Broken("the trouble is long over, and DNS is still wrong")
        # Everything is right and stays so without a word to the provider.
        await asyncio.wait((home.life,), timeout=15 * MINUTE)
        calls = home.referee.calls
        await asyncio.wait((home.life,), timeout=2 * HOUR)
        _alive(home)
        if home.referee.calls != calls or not home.all_right:
            raise Broken("a healthy home did not stay at rest")
    finally:
        await home.kill()


def _alive(home: HostileHome) -> None:
    if home.life.done():
        home.life.result()
        raise Broken("the daemon ended by itself")


def play(seed: int, folder: Path) -> Referee:
    """One episode of some hours. Raises Broken with the seed and the last events."""
    home: HostileHome | None = None

    async def main() -> Referee:
        nonlocal home
        home = HostileHome(seed, folder)
        await _episode(home)
        return home.referee

    try:
        return run_simulated(main())
    except Exception as fault:
        events = [] if home is None else [(one, sentence(one)) for one in home.events]
        told = [f"{event.at:%H:%M:%S.%f} {text}" for event, text in events if text]
        raise Broken(f"seed {seed}: {fault!r}\n" + "\n".join(told[-30:])) from fault
