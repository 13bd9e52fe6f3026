"""A daemon that hears signals, in simulated time: at once, folded, not believed, and no storm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from agent.daemon import Daemon
from agent.events import RoundBegan, Served
from agent.store import Store
from agent.world import Signals, World
from discovery.observation import Why
from discovery.signals.source import LookNow
from discovery.signals.view import Signal
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, live

MINUTE, HOUR = 60.0, 3600.0
UPNP_WORKS = Signal(name="gena", works=True, expected_ms=35, detail="events come")


class Hearing(SimHome):
    """A home with signals; a test makes them with `tell`."""

    tell: LookNow
    heard_by = 0

    def world(self, store: Store) -> World:
        return replace(super().world(store), listen=self._listen)

    @asynccontextmanager
    async def _listen(self, look_now: LookNow) -> AsyncIterator[Signals]:
        self.tell = look_now
        self.heard_by += 1
        yield {"gena": UPNP_WORKS}
        self.heard_by -= 1


def rounds(home: SimHome) -> list[tuple[float, str]]:
    """When rounds began, in seconds since the story did, and why."""
    start = home.events[0].at
    return [
        (round((event.at - start).total_seconds(), 2), event.because)
        for event in home.events
        if isinstance(event, RoundBegan)
    ]


def calls(home: SimHome) -> list[str]:
    return [address for _, address in home.provider.calls]


def test_a_signal_is_answered_at_once() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.address = SECOND
        home.tell("the router sent an event")
        await asyncio.sleep(0.5)
        assert calls(home) == [str(SECOND)]
        await asyncio.sleep(20.0)

    home = Hearing()
    live(home, script)
    assert rounds(home) == [(0.0, "start"), (20.0, "the router sent an event")]
    assert home.heard_by == 0


def test_signals_that_come_together_make_one_round() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.address = SECOND
        for number in range(20):
            home.tell(f"signal {number}")
            await asyncio.sleep(0.013)
        await asyncio.sleep(MINUTE)

    home = live(Hearing(), script)
    assert rounds(home) == [(0.0, "start"), (20.0, "signal 0")]
    assert calls(home) == [str(SECOND)]


def test_a_signal_that_comes_before_the_change_is_followed_until_the_change_is_there() -> None:
    """miniupnpd tells that the old address is gone, and of the new one sometimes nothing."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.tell("the router sent an event")
        await asyncio.sleep(1.5)
        home.address = SECOND
        await asyncio.sleep(1.5)
        assert calls(home) == [str(SECOND)]

    live(Hearing(), script)


def test_a_line_that_goes_down_and_comes_back_is_followed_within_a_second() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.router.says, home.online = Why.DOWN, False
        home.tell("the router sent an event")
        await asyncio.sleep(25.3)
        home.router.says, home.online, home.address = None, True, SECOND
        await asyncio.sleep(2.0)
        assert calls(home) == [str(SECOND)], "although no signal told of the return"

    live(Hearing(), script)


def test_a_flapping_line_makes_one_call_in_ten_seconds_and_the_last_address_wins() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        for number in range(10):
            home.address = (SECOND, THIRD)[number % 2]
            home.tell("the router sent an event")
            await asyncio.sleep(1.0)
        await asyncio.sleep(12.0)
        assert home.served == {frozenset({str(THIRD)})}

    home = live(Hearing(), script)
    times = [at for at, _ in home.provider.calls]
    assert calls(home) == [str(SECOND), str(THIRD)]
    assert times[1] - times[0] >= 10.0


def test_the_old_address_back_after_a_gap_makes_no_call() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.router.says, home.online = Why.DOWN, False
        home.tell("the router sent an event")
        await asyncio.sleep(5.0)
        home.router.says, home.online = None, True
        home.tell("the router sent an event")
        await asyncio.sleep(MINUTE)

    assert calls(live(Hearing(), script)) == []


def test_a_change_during_the_wait_for_a_served_answer_is_taken_up_at_once() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        home.servers[2].lag = 40.0
        await asyncio.sleep(20.0)
        home.address = SECOND
        home.tell("one")
        await asyncio.sleep(15.0)
        home.address = THIRD
        home.tell("two")
        await asyncio.sleep(1.0)
        assert calls(home) == [str(SECOND), str(THIRD)]

    live(Hearing(), script)


def test_noise_does_not_disturb_the_wait_for_a_served_answer() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        home.servers[2].lag = 40.0
        await asyncio.sleep(20.0)
        home.address = SECOND
        home.tell("the change")
        for _ in range(100):
            await asyncio.sleep(0.5)
            home.tell("noise")

    home = live(Hearing(), script)
    assert [because for _, because in rounds(home)] == ["start", "the change"]
    assert len([event for event in home.events if isinstance(event, Served)]) == 1


def test_an_hour_of_forged_signals_costs_a_minute_of_rounds_and_no_call() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        for _ in range(36_000):
            home.tell("forged")
            await asyncio.sleep(0.1)

    home = live(Hearing(), script)
    assert calls(home) == []
    hurried = [because for _, because in rounds(home) if because == "forged"]
    assert len(hurried) <= 60
    assert home.router.asked <= HOUR, "no more than a glance each second or two"
    assert sum(witness.asked for witness in home.http) == 0


def test_a_router_that_disagrees_with_the_world_for_ever_does_not_keep_the_agent_busy() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.router.says = THIRD
        home.tell("the router sent an event")
        await asyncio.sleep(10 * MINUTE)

    home = live(Hearing(), script)
    assert calls(home) == []
    assert len(rounds(home)) < 20


def test_a_reload_listens_anew() -> None:
    home = Hearing()

    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        await asyncio.sleep(20.0)
        before = home.tell
        daemon.reload()
        await asyncio.sleep(1.0)
        assert home.tell is not before or home.heard_by == 1
        home.address = SECOND
        home.tell("the router sent an event")
        await asyncio.sleep(12.0)
        assert calls(home)[-1] == str(SECOND)

    def reload() -> tuple[object, World]:
        return home.config, home.world(Store(None, home.journal.append))

    live(home, script, reload=reload)  # type: ignore[arg-type]  # the configuration is the home's


def test_a_stop_during_a_glance_is_heard() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Hearing)
        home.already_published(FIRST)
        await asyncio.sleep(20.0)
        home.tell("one")
        await asyncio.sleep(3.0)
        home.router.says = Why.SILENT
        home.tell("two")
        await asyncio.sleep(0.01)

    live(Hearing(), script)
