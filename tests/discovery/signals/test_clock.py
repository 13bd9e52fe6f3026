from __future__ import annotations

import asyncio
import time

import pytest

from discovery.signals.clock import Clock, Reading, boot_clock, judge
from tests.discovery.signals.listening import Heard, nothing_left
from tests.support.simloop import run_simulated

EVERY = 15.0
START = Reading(wall=1000.0, steady=50.0, boot=70.0)
BOOTLESS = Reading(wall=1000.0, steady=50.0, boot=None)


@pytest.mark.parametrize(
    ("wall", "steady", "boot", "said"),
    [
        pytest.param(15, 15, 15, None, id="a quiet tick"),
        pytest.param(16, 16, 16, None, id="a tick a little late"),
        pytest.param(15.8, 15, 15.8, None, id="clocks read at slightly different moments"),
        pytest.param(19.9, 15, 15, None, id="a clock that was corrected a little"),
        pytest.param(
            3615, 15, 3615, "this machine slept for about 3600 s", id="a sleep of an hour"
        ),
        pytest.param(18, 15, 18, "this machine slept for about 3 s", id="a sleep of seconds"),
        pytest.param(
            7215, 15, 3615, "this machine slept for about 3600 s", id="a sleep, and the clock set"
        ),
        pytest.param(
            75,
            15,
            15,
            "the clock of this machine was set forward by about 60 s",
            id="the clock set forward",
        ),
        pytest.param(
            -45,
            15,
            15,
            "the clock of this machine was set back by about 60 s",
            id="the clock set back",
        ),
        pytest.param(
            100,
            100,
            100,
            "this machine slept, or did not let this program run, for about 85 s",
            id="a steady clock that counts sleep",
        ),
        pytest.param(37, 37, 37, None, id="a busy machine"),
        pytest.param(
            75,
            15,
            None,
            "this machine slept, or its clock was set forward, for about 60 s",
            id="nobody can tell which",
        ),
        pytest.param(
            -45,
            15,
            None,
            "the clock of this machine was set back by about 60 s",
            id="the clock set back, without a boot clock",
        ),
        pytest.param(19.9, 15, None, None, id="a small correction, without a boot clock"),
    ],
)
def test_what_the_three_clocks_mean(
    wall: float, steady: float, boot: float | None, said: str | None
) -> None:
    last = BOOTLESS if boot is None else START
    now = Reading(
        wall=last.wall + wall,
        steady=last.steady + steady,
        boot=None if boot is None or last.boot is None else last.boot + boot,
    )
    assert judge(last, now, EVERY) == said


class Clocks:
    """Clocks that run with the loop, and can be moved against it."""

    def __init__(self) -> None:
        self.wall_ahead = 1e9
        self.boot_ahead = 0.0

    def wall(self) -> float:
        return asyncio.get_running_loop().time() + self.wall_ahead

    def boot(self) -> float:
        return asyncio.get_running_loop().time() + self.boot_ahead


def test_a_quiet_day_gives_no_reason() -> None:
    async def main() -> None:
        heard, clocks = Heard(), Clocks()
        async with nothing_left(), Clock(heard, wall=clocks.wall, boot=clocks.boot):
            await asyncio.sleep(86_400)
        assert heard.reasons == []

    run_simulated(main())


def test_a_sleep_is_told_once_and_within_a_period() -> None:
    async def main() -> None:
        heard, clocks = Heard(), Clocks()
        async with Clock(heard, wall=clocks.wall, boot=clocks.boot):
            await asyncio.sleep(100)
            clocks.wall_ahead += 600
            clocks.boot_ahead += 600
            assert heard.reasons == []
            await asyncio.sleep(EVERY)
            assert heard.reasons == ["this machine slept for about 600 s"]
            await asyncio.sleep(1000)
            assert len(heard.reasons) == 1

    run_simulated(main())


def test_a_clock_that_is_set_is_told_once() -> None:
    async def main() -> None:
        heard, clocks = Heard(), Clocks()
        async with Clock(heard, wall=clocks.wall, boot=clocks.boot, every=2):
            await asyncio.sleep(100)
            clocks.wall_ahead -= 600
            await asyncio.sleep(1000)
        assert heard.reasons == ["the clock of this machine was set back by about 600 s"]

    run_simulated(main())


def test_without_a_boot_clock_a_sleep_is_still_noticed() -> None:
    async def main() -> None:
        heard, clocks = Heard(), Clocks()
        async with Clock(heard, wall=clocks.wall):
            clocks.wall_ahead += 600
            await asyncio.sleep(100)
        assert heard.reasons == [
            "this machine slept, or its clock was set forward, for about 600 s"
        ]

    run_simulated(main())


def test_it_ends_with_its_block_and_ticks_no_more() -> None:
    async def main() -> None:
        heard, clocks = Heard(), Clocks()
        async with nothing_left():
            async with Clock(heard, wall=clocks.wall, boot=clocks.boot) as clock:
                ended = asyncio.create_task(clock.ended())
                await asyncio.sleep(100)
                assert not ended.done()
            clocks.boot_ahead += 600
            await asyncio.sleep(100)
            assert heard.reasons == []
            assert await ended == "the clocks are not compared any more (closed)"

    run_simulated(main())


def test_linux_has_a_clock_that_counts_sleep() -> None:
    boot = boot_clock("linux")
    if not hasattr(time, "CLOCK_BOOTTIME"):
        assert boot is None
        return
    assert boot is not None
    before, now = boot(), time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= now


def test_windows_has_none_besides_the_event_loops() -> None:
    assert boot_clock("win32") is None
    assert boot_clock("plan9") is None
