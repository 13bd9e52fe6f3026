"""A service or a name server that hangs delays nobody but its own records, and they catch up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from agent.daemon import Daemon
from agent.events import Answered
from discovery.live_dns.view import DnsView, RType
from providers.engine.outcome import Unconfirmed
from providers.engine.wire import Job, Steps
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, live
from tests.sim.service import SimService, employ

SLOW, QUICK = "slow.example.com", "quick.example.com"
MINUTE = 60.0


class SlowDns(SimHome):
    """Whose zone of one name has servers that take their time."""

    patience = 8.0

    async def look(self, name: str, rtype: RType) -> DnsView:
        if name == SLOW:
            await asyncio.sleep(self.patience)
        return await super().look(name, rtype)


@dataclass
class Told(SimService):
    """A service that notes when it was told what."""

    log: list[tuple[str, float]] = field(default_factory=list)

    def times(self) -> dict[str, float]:
        """When each address was told first, in seconds since the story began."""
        return dict(reversed(self.log))

    def _update(self, job: Job) -> Steps:
        (value,) = job.rrsets[0].values
        self.log.append((str(value), asyncio.get_running_loop().time()))
        return (yield from super()._update(job))


def home_of(home: SimHome, *, slow_took: float) -> tuple[Told, Told]:
    home.already_published(FIRST)
    slow, quick = Told(home, took=slow_took), Told(home)
    employ(home, SLOW, QUICK, slow=slow, quick=quick)
    return slow, quick


def told_within(service: Told, address: object, flip: float, seconds: float) -> None:
    assert flip <= service.times()[str(address)] <= flip + seconds, service.log


def test_a_service_that_hangs_is_not_waited_for_when_the_address_changes_again() -> None:
    home = SimHome()
    slow, quick = home_of(home, slow_took=29.0)

    async def script(home: SimHome, daemon: Daemon) -> None:
        for at, address in ((40.0, SECOND), (52.0, THIRD)):
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            home.address = address
            daemon.look_now("the router announced something")
        await asyncio.sleep(MINUTE)
        slow.took = 0.1
        await asyncio.sleep(10 * MINUTE)

    live(home, script)
    told_within(quick, SECOND, 40.0, 1.0)
    told_within(quick, THIRD, 52.0, 1.0)
    assert slow.holds[SLOW] == quick.holds[QUICK] == frozenset({THIRD})


def test_what_was_not_waited_for_is_not_known_and_backs_off() -> None:
    home = SimHome()
    slow, _ = home_of(home, slow_took=29.0)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(40.0)
        home.address = SECOND
        daemon.look_now("the router announced something")
        await asyncio.sleep(12.0)
        home.address = THIRD
        daemon.look_now("the router announced something")
        await asyncio.sleep(5.0)

    live(home, script)
    outcomes = [event.outcome for event in home.events if isinstance(event, Answered)]
    (unknown,) = (outcome for outcome in outcomes if isinstance(outcome, Unconfirmed))
    assert "had not answered yet when there was something newer to tell" in unknown.text
    assert len(slow.jobs) == 1, "it has its half minute of back-off first"


@pytest.mark.parametrize("took", [0.1, 2.0])
def test_an_answer_that_is_not_overdue_is_waited_for(took: float) -> None:
    home = SimHome()
    slow, _ = home_of(home, slow_took=took)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(40.0)
        home.address = SECOND
        daemon.look_now("the router announced something")
        await asyncio.sleep(0.5)
        daemon.nudge("somebody asks")
        await asyncio.sleep(MINUTE)

    live(home, script)
    assert not any(
        isinstance(event.outcome, Unconfirmed)
        for event in home.events
        if isinstance(event, Answered)
    )
    told_within(slow, SECOND, 40.0, 1.0)


def test_name_servers_that_take_long_delay_their_own_records_alone() -> None:
    home = SlowDns()
    slow, quick = home_of(home, slow_took=0.1)

    async def script(home: SimHome, daemon: Daemon) -> None:
        for at, address in ((60.0, SECOND), (90.0, THIRD)):
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            home.address = address
            daemon.look_now("the router announced something")
        await asyncio.sleep(3 * MINUTE)

    live(home, script)
    told_within(quick, SECOND, 60.0, 1.5)
    told_within(quick, THIRD, 90.0, 1.5)
    told_within(slow, SECOND, 60.0, 12.0)
    assert slow.holds[SLOW] == frozenset({THIRD})


def test_a_change_while_slow_name_servers_are_asked_is_told_to_the_others_at_once() -> None:
    home = SlowDns()
    home.patience = 25.0
    slow, quick = home_of(home, slow_took=0.1)

    async def script(home: SimHome, daemon: Daemon) -> None:
        for at, address in ((60.0, SECOND), (72.0, THIRD)):
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            home.address = address
            daemon.look_now("the router announced something")
        await asyncio.sleep(3 * MINUTE)

    live(home, script)
    told_within(quick, SECOND, 60.0, 1.5)
    told_within(quick, THIRD, 72.0, 1.5)
    assert slow.holds[SLOW] == frozenset({THIRD})
