"""A thousand records in fifty zones: what one change of address costs, and what a quiet home does.

Figures that grow are counted, not timed: calls, waits for the disk, statements, lines.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path

from agent.decide.plan import Publication
from agent.report import Report
from agent.round import run_round
from agent.sinks.log import LogSink
from agent.store import Store
from agent.values import Config
from agent.world import World
from discovery.live_dns.view import DnsView, RType
from providers.engine.limits import Pace
from providers.engine.outcome import Cause, Changed, Outcome, Refused
from providers.engine.spec import Provider
from providers.engine.wire import Call, Fault, Job, Reply
from tests.sim.home import FIRST, SECOND, THIRD, SimHome
from tests.sim.service import SimService, employ
from tests.support.simloop import run_simulated

ZONES = 50
NAMES = tuple(f"n{number}.zone{number % ZONES}.example" for number in range(1000))


class ManyZones(SimHome):
    """A home whose names lie in zones of their own parents' names."""

    async def look(self, name: str, rtype: RType) -> DnsView:
        return replace(await super().look(name, rtype), zone=name.partition(".")[2])


@dataclass
class OwnServer(SimService):
    """A service that takes a whole zone at once, and four of them side by side."""

    at_once: int = 4
    busy: int = 0
    busiest: int = 0

    @property
    def provider(self) -> Provider:
        pace = Pace(every=1.0, burst=100, after_error=5.0)
        return replace(super().provider, pace=pace, side_by_side=self.at_once)

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await super().__call__(call, limit=limit)
        finally:
            self.busy -= 1


@dataclass
class Disk:
    """What a store does with its file."""

    statements: list[str] = field(default_factory=list)

    def watch(self, store: Store) -> None:
        store._file._db.set_trace_callback(self.statements.append)

    @property
    def waits(self) -> int:
        """How often a write waited until it was on disk."""
        waits, durably = 0, True
        for sql in self.statements:
            if sql.startswith("PRAGMA synchronous"):
                durably = sql.endswith("FULL")
            waits += durably and sql == "COMMIT"
        return waits

    @property
    def writes(self) -> int:
        return sum(not sql.startswith("SELECT") for sql in self.statements)


class Many:
    """The home, its service, its store and its log; `round` makes one pass."""

    def __init__(self, folder: Path, *names: str, **service: object) -> None:
        self.home = ManyZones()
        self.home.already_published(FIRST)
        self.service = OwnServer(self.home, batch="zone", took=0.02, **service)  # type: ignore[arg-type]  # its own fields
        self.config: Config = employ(self.home, *(names or NAMES), home=self.service)
        self.store = Store(folder / "state.sqlite3", self.home.journal.append)
        self.log = io.StringIO()
        self.disk = Disk()
        self.number = 0
        self.world: World = self.home.world(self.store)
        self.world.emit.add(LogSink(self.log, "text"))  # type: ignore[attr-defined]  # a FanOut

    async def round(self) -> Report:
        """One pass; what it costs is in `disk` and `log` afterwards."""
        self.number += 1
        self.disk = Disk()
        self.disk.watch(self.store)
        self.log.truncate(0)
        report = await run_round(self.world, self.config, number=self.number)
        self.store.flush()
        return report

    def remembered(self, name: str) -> Publication:
        publication = self.store.publication(name, "A")
        assert publication is not None
        return publication


def story(many: Many, tell: Callable[[Many], object]) -> None:
    """Run a coroutine function about `many` in simulated time."""
    with closing(many.store):
        run_simulated(tell(many))  # type: ignore[arg-type]  # a coroutine


def test_one_change_costs_a_call_for_each_zone_and_few_waits_for_the_disk(tmp_path: Path) -> None:
    async def tell(many: Many) -> None:
        await many.round()
        many.home.address = SECOND
        start = asyncio.get_running_loop().time()
        report = await many.round()
        took = asyncio.get_running_loop().time() - start
        assert all(row.verified for row in report.rows)
        assert len(report.rows) == 1000
        assert len(many.service.jobs) == ZONES
        assert {len(job.rrsets) for job in many.service.jobs} == {1000 // ZONES}
        assert many.disk.waits <= 2 * ZONES + 2, "before and after each call, and at the end"
        assert took < 1.0, "of the services' own time, with four zones side by side"

    story(Many(tmp_path), tell)


def test_history_has_every_record_and_the_log_is_short(tmp_path: Path) -> None:
    async def tell(many: Many) -> None:
        await many.round()
        many.home.address = SECOND
        await many.round()
        lines = Counter(line.type for line in many.store.history(10_000))
        assert (lines["Planned"], lines["Served"]) == (1000, 1000)
        assert (lines["Sent"], lines["Answered"]) == (ZONES, ZONES)
        about = [line.type for line in many.store.history(10, NAMES[7])]
        assert about == ["Planned", "Served"]
        assert many.log.getvalue().count("\n") < 100

    story(Many(tmp_path), tell)


def test_a_quiet_round_writes_nothing(tmp_path: Path) -> None:
    def content() -> dict[str, tuple[int, bytes]]:
        return {
            file.name: (file.stat().st_mtime_ns, file.read_bytes())
            for file in tmp_path.iterdir()
            if not file.name.endswith("-shm")  # in memory, and no content
        }

    async def tell(many: Many) -> None:
        await many.round()
        before = content()
        for _ in range(3):
            await many.round()
            assert many.disk.writes == 0
        assert content() == before
        assert many.service.jobs == []

    story(Many(tmp_path), tell)


def test_as_many_zones_are_under_way_as_the_provider_allows(tmp_path: Path) -> None:
    async def tell(many: Many) -> None:
        many.home.address = SECOND
        await many.round()
        assert len(many.service.jobs) == ZONES
        assert many.service.busiest == many.service.at_once

    for at_once in (1, 4):
        folder = tmp_path / str(at_once)
        story(Many(folder, at_once=at_once), tell)


def test_one_bad_record_of_a_thousand_is_found_in_few_calls(tmp_path: Path) -> None:
    bad = NAMES[333]

    def mind(job: Job) -> Outcome:
        guilty = any(rrset.name == bad for rrset in job.rrsets)
        return Refused(cause=Cause.REJECTED, text="Sim rejects it") if guilty else Changed()

    async def tell(many: Many) -> None:
        many.home.address = SECOND
        report = await many.round()
        assert {row.record.name for row in report.rows if not row.verified} == {bad}
        assert len(many.service.jobs) <= ZONES + 10
        assert [lock.name.split()[0] for lock in many.store.ledger("home").locks] == [bad]

    story(Many(tmp_path, mind=mind), tell)


def test_a_locked_account_stops_the_zones_that_wait(tmp_path: Path) -> None:
    """Those under way at that moment are all that still go out."""

    async def tell(many: Many) -> None:
        many.home.address = SECOND
        report = await many.round()
        assert len(many.service.jobs) == many.service.at_once
        assert not any(row.verified for row in report.rows)
        held = sum(row.as_json()["code"] == "locked" for row in report.rows)
        assert held == 1000 - many.service.at_once * 1000 // ZONES

    refusal = Refused(cause=Cause.CREDENTIALS, text="Sim does not know you")
    story(Many(tmp_path, mind=lambda _: refusal), tell)


def test_killed_during_the_calls_every_record_under_way_is_remembered(tmp_path: Path) -> None:
    async def tell(many: Many) -> None:
        many.home.address = SECOND
        doing = asyncio.create_task(many.round())
        while not many.service.busy:
            await asyncio.sleep(0.001)
        with closing(Store(tmp_path / "state.sqlite3", many.home.journal.append)) as after:
            for job in many.service.jobs:
                for rrset in job.rrsets:
                    publication = after.publication(rrset.name, "A")
                    assert publication is not None
                    assert (publication.state, publication.address) == ("sending", SECOND)
            assert after.ledger("home").paid_until > 0
        doing.cancel()
        await asyncio.wait((doing,))

    story(Many(tmp_path), tell)


# ---- when an address was first sent --------------------------------------------------------------


def test_when_an_address_was_first_sent_stays_known_while_it_is_served(tmp_path: Path) -> None:
    (name,) = names = ("a.zone.example",)

    async def tell(many: Many) -> None:
        def expect(address: IPv4Address, since: float) -> None:
            kept = many.remembered(name)
            assert (kept.address, kept.state, kept.since) == (address, "served", since)

        await many.round()
        expect(FIRST, 0.0)  # nothing was ever sent from here
        for address in (SECOND, THIRD):
            await asyncio.sleep(60.0)
            many.home.address, sent = address, many.world.now()
            many.service.took = 2.0
            await many.round()
            first = many.remembered(name).since
            assert sent <= first < sent + 1.0, "before the two seconds of the call"
            expect(address, first)
            await asyncio.sleep(3600.0)
            await many.round()
            expect(address, first)

    story(Many(tmp_path, *names), tell)


def test_an_address_that_somebody_else_entered_leaves_the_time_of_our_own(tmp_path: Path) -> None:
    (name,) = names = ("a.zone.example",)

    async def tell(many: Many) -> None:
        await asyncio.sleep(60.0)
        many.home.address = SECOND
        await many.round()
        ours = many.remembered(name).since
        await asyncio.sleep(60.0)
        many.home.address = THIRD
        many.home.publish(frozenset({THIRD}), name)
        await asyncio.sleep(1.0)
        await many.round()
        assert len(many.service.jobs) == 1
        assert many.remembered(name).address == THIRD
        assert many.remembered(name).since == ours

    story(Many(tmp_path, *names), tell)
