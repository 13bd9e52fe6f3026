"""The daemon's life: nudges, reloads, faults inside, stopping, suspended machines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.daemon import Daemon, Reload
from agent.decide.exit_status import Exit
from agent.events import NotServed, RoundBegan, RoundEnded, Sent, Served, Stopping, Trouble
from agent.store import Store
from agent.values import Config
from agent.world import World
from discovery.interface import Surroundings
from discovery.observation import Method
from providers.engine.wire import Fault, Response
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, live
from tests.support.simloop import run_simulated

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def times(home: SimHome, kind: type) -> list[float]:
    """When such events happened, in seconds since the story began."""
    start = home.events[0].at
    return [(event.at - start).total_seconds() for event in home.events if isinstance(event, kind)]


# ---- a nudge while something is awaited ----------------------------------------------------------


def test_a_nudge_during_the_wait_for_a_served_answer_is_heard_at_once() -> None:
    """The address changes again while a slow server is awaited; the router says that it moved."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.servers[2].lag = 20.0
        await asyncio.sleep(MINUTE)
        home.address = SECOND
        daemon.nudge("the router announced something")
        await asyncio.sleep(5.0)
        home.address = THIRD  # the flap guard holds it for the rest of ten seconds
        daemon.nudge("the router announced something")
        await asyncio.sleep(6.0)
        assert [address for _, address in home.provider.calls] == [str(SECOND), str(THIRD)]
        await asyncio.sleep(MINUTE)

    home = live(SimHome(), script)
    assert len(times(home, Served)) == 1, "the wait that was cut short tells nothing"
    assert times(home, NotServed) == []


def test_a_wait_that_was_cut_short_is_taken_up_by_the_next_round() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.servers[2].lag = 20.0
        await asyncio.sleep(MINUTE)
        home.address = SECOND
        daemon.nudge("the router announced something")
        for _ in range(3):
            await asyncio.sleep(4.0)
            daemon.nudge("something else moved")
        await asyncio.sleep(15.0)
        (served,) = times(home, Served)
        assert 80.0 < served < 86.0, "as soon as the slow server has it, not at the next poll"

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1


def test_a_storm_of_nudges_makes_no_storm_of_calls() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.servers[1].lag = 30.0
        await asyncio.sleep(MINUTE)
        home.address = SECOND
        for _ in range(600):
            daemon.nudge("the cable is loose")
            await asyncio.sleep(0.1)

    assert len(live(SimHome(), script).provider.calls) == 1


def test_killed_while_an_answer_is_awaited_the_wait_goes_on_after_the_start(
    tmp_path: Path,
) -> None:
    async def main() -> list[str]:
        home = SimHome()
        home.already_published(SECOND)
        home.servers[2].lag = 30.0
        for lifetime in (10.0, MINUTE):
            store = Store(tmp_path / "state.sqlite3", home.journal.append)
            daemon = Daemon(home.world(store), home.config)
            life = asyncio.create_task(daemon.run())
            await asyncio.sleep(lifetime)
            life.cancel()
            await asyncio.wait((life,))
            store.close()
        assert len(home.provider.calls) == 1
        return [type(event).__name__ for event in home.events]

    told = run_simulated(main())
    assert told.count("Served") == 1


# ---- faults inside -------------------------------------------------------------------------------


class Leaking(SimHome):
    """A home whose surroundings cannot be read for a while: an adapter's own fault."""

    fault: BaseException | None = None

    def world(self, store: Store) -> World:
        real = super().world(store)

        def methods(where: Surroundings) -> tuple[Method, ...]:
            if self.fault is not None:
                raise self.fault
            return real.methods(where)

        return replace(real, strict=False, methods=methods)


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (ZeroDivisionError("s3cret"), "ZeroDivisionError"),
        (ExceptionGroup("", [ExceptionGroup("", [KeyError("s3cret")])]), "KeyError"),
        (asyncio.CancelledError(), "CancelledError"),
    ],
)
def test_a_fault_in_a_round_is_told_and_the_next_round_comes(
    fault: BaseException, named: str
) -> None:
    home = Leaking()

    async def script(home: SimHome, daemon: Daemon) -> None:
        assert isinstance(home, Leaking)
        home.already_published(SECOND)
        home.fault = fault
        await asyncio.sleep(10 * MINUTE)
        home.fault = None
        await asyncio.sleep(10 * MINUTE)
        assert home.served == {frozenset({str(FIRST)})}

    live(home, script)
    ends = [event for event in home.events if isinstance(event, RoundEnded)]
    assert (ends[0].exit, ends[0].settled) == (Exit.INTERNAL, False)
    troubles = [event.text for event in home.events if isinstance(event, Trouble)]
    assert named in troubles[0]
    assert not any("s3cret" in text for text in troubles)
    waits = [end.next_in or 0.0 for end in ends if end.exit is Exit.INTERNAL]
    assert waits[0] < 40.0 < waits[-1], "ever less often"


def test_a_fault_while_reloading_keeps_the_old_configuration() -> None:
    def reload() -> tuple[Config, World]:
        raise PermissionError("s3cret")

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(MINUTE)
        daemon.reload()
        home.address = SECOND
        await asyncio.sleep(MINUTE)
        assert home.served == {frozenset({str(SECOND)})}

    home = live(Leaking(), script, reload=reload)
    (trouble,) = [event.text for event in home.events if isinstance(event, Trouble)]
    assert "PermissionError" in trouble
    assert "s3cret" not in trouble


def test_a_reload_without_a_way_to_reload_is_only_a_look() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(MINUTE)
        daemon.reload()
        await asyncio.sleep(1.0)
        assert len(times(home, RoundBegan)) == 2

    live(SimHome(), script)


def test_a_record_that_left_the_configuration_is_left_alone() -> None:
    home = SimHome()

    def reload() -> tuple[Config, World]:
        home.config = replace(home.config, records=())
        return home.config, home.world(fresh)

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(MINUTE)
        daemon.reload()
        await asyncio.sleep(1.0)
        home.address = SECOND
        await asyncio.sleep(DAY)

    with closing(Store(None, home.journal.append)) as fresh:
        live(home, script, reload=_as_reload(reload))
    assert home.provider.calls == []
    ends = [event for event in home.events if isinstance(event, RoundEnded)]
    assert {end.exit for end in ends} == {Exit.HEALTHY}


def _as_reload(reload: Callable[[], tuple[Config, World]]) -> Reload:
    return reload


# ---- stopping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("because", ["SIGTERM", ""])
def test_stop_ends_the_daemon_at_once_whatever_it_does(because: str) -> None:
    async def main() -> None:
        for after in (0.0, 0.005, 0.03, 0.1, 1.0, MINUTE):
            home = SimHome()
            home.already_published(SECOND)
            home.servers[2].lag = HOUR
            with closing(Store(None, home.journal.append)) as store:
                daemon = Daemon(home.world(store), home.config)
                life = asyncio.create_task(daemon.run())
                await asyncio.sleep(after)
                daemon.stop(because)
                async with asyncio.timeout(0.001):
                    await life
            assert isinstance(home.events[-1], Stopping)

    run_simulated(main())


def test_a_fault_while_stopping_is_no_fault() -> None:
    home = Leaking()

    async def main() -> None:
        class Stubborn:
            source, witness, operator = "stun", "stun.one.example:3478", "one.example"

            async def observe(self, family: object) -> object:
                try:
                    await asyncio.sleep(DAY)
                finally:
                    raise OSError("the socket was gone already")

        with closing(Store(None, home.journal.append)) as store:
            world = replace(
                home.world(store),
                methods=lambda _: (Stubborn(),),  # type: ignore[arg-type,return-value]
                strict=True,
            )
            daemon = Daemon(world, home.config)
            life = asyncio.create_task(daemon.run())
            await asyncio.sleep(1.0)
            daemon.stop("SIGTERM")
            await life
        assert [type(event) for event in home.events[-1:]] == [Stopping]
        assert times(home, Trouble) == []

    run_simulated(main())


# ---- clocks --------------------------------------------------------------------------------------


def test_a_suspended_machine_is_right_again_within_a_poll_of_waking() -> None:
    """While it sleeps the wall clock goes on, and the loop's clock (CLOCK_MONOTONIC) does not."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        for night in range(20):
            await asyncio.sleep(16 * HOUR + 13.0 * night)
            home.wall.jump(timedelta(hours=8))
            home.address = SECOND if home.address == FIRST else FIRST
            await asyncio.sleep(6 * MINUTE + 1.0)
            assert home.served == {frozenset({str(home.address)})}

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 20


def test_a_machine_that_is_suspended_in_the_middle_of_a_call_forgets_nothing() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Fault(sent=True, text="the connection broke")]
        home.already_published(SECOND)
        while not times(home, Sent):
            await asyncio.sleep(0.01)
        home.wall.jump(timedelta(hours=8))
        await asyncio.sleep(10 * MINUTE)
        assert home.served == {frozenset({str(FIRST)})}

    assert len(live(SimHome(), script).provider.calls) == 2


def test_a_clock_that_starts_in_1970_and_is_then_set_loses_no_lock(tmp_path: Path) -> None:
    """A machine without a battery: the state on disk is from a future that has not come yet."""

    async def wait(home: SimHome, daemon: Daemon) -> None:
        home.already_published(SECOND)
        await asyncio.sleep(HOUR)

    home = SimHome()
    home.provider.script = [Response(status=200, body=b"abuse")]
    live(home, wait, store=tmp_path / "state.sqlite3")
    assert len(home.provider.calls) == 1
    again = SimHome()

    async def set_later(home: SimHome, daemon: Daemon) -> None:
        home.wall.jump(timedelta(days=-56 * 365))
        await wait(home, daemon)
        home.wall.jump(timedelta(days=56 * 365))
        await asyncio.sleep(HOUR)

    live(again, set_later, store=tmp_path / "state.sqlite3")
    assert again.provider.calls == []


# ---- the rhythm ----------------------------------------------------------------------------------


def test_a_wait_that_was_told_is_slept_through() -> None:
    """Looks a little before its end, and again, and again, would be looks for nothing."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Response(status=429, headers={"retry-after": "200"})]
        home.already_published(SECOND)
        await asyncio.sleep(20 * MINUTE)
        assert home.served == {frozenset({str(FIRST)})}

    home = live(SimHome(), script)
    first, second = (at for at, _ in home.provider.calls)
    between = [at for at in times(home, RoundBegan) if first < at < second - 1.0]
    assert len(between) == 1, "the one that finds out that it must wait"
    assert 200.0 <= second - first <= 200 * 1.2 + 1.5
