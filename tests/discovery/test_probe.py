"""The deadline and the firewall around a method, in simulated time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from discovery.observation import Family, Missed, Observation, Source, Why, missed
from discovery.probe import probe
from tests.support.simloop import run_simulated


class Scripted:
    """A method that does what a test says, and remembers how it ended."""

    source: Source = "http"
    witness = "https://echo.example.org/"
    operator = "example.org"

    def __init__(self, act: Callable[[], Awaitable[object]]) -> None:
        self._act = act
        self.ended = ""

    async def observe(self, family: Family) -> Observation:
        try:
            await self._act()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        return missed(self, family, Why.REFUSED, f"{self.witness} said no")


async def _fail() -> None:
    raise RuntimeError("token=hunter2 was rejected")


def test_an_answer_is_stamped_with_the_time_it_took() -> None:
    observation = run_simulated(
        probe(Scripted(lambda: asyncio.sleep(1.25)), Family.V4, limit=3.0, strict=True)
    )
    assert observation.elapsed == pytest.approx(1.25)
    assert isinstance(observation, Missed)
    assert observation.why is Why.REFUSED


def test_a_method_that_never_ends_is_cut_off_at_the_limit_and_cleans_up() -> None:
    method = Scripted(lambda: asyncio.sleep(3600))
    observation = run_simulated(probe(method, Family.V6, limit=2.5))
    assert isinstance(observation, Missed)
    assert observation.why is Why.SILENT
    assert observation.family is Family.V6
    assert observation.detail == "https://echo.example.org/ did not answer within 2.5 s"
    assert observation.elapsed == pytest.approx(2.5)
    assert method.ended == "cancelled"


def test_an_unexpected_exception_names_its_class_and_nothing_that_it_holds() -> None:
    observation = run_simulated(probe(Scripted(_fail), Family.V4, limit=1.0))
    assert isinstance(observation, Missed)
    assert observation.why is Why.BROKEN
    assert observation.detail == (
        "asking https://echo.example.org/ failed inside upstun (RuntimeError)"
    )


def test_a_strict_probe_raises_it_so_that_tests_notice() -> None:
    with pytest.raises(RuntimeError, match="hunter2"):
        run_simulated(probe(Scripted(_fail), Family.V4, limit=1.0, strict=True))


def test_cancellation_from_outside_is_not_an_answer() -> None:
    method = Scripted(lambda: asyncio.sleep(3600))

    async def main() -> None:
        task = asyncio.create_task(probe(method, Family.V4, limit=60.0))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() == pytest.approx(1.0)

    run_simulated(main())
    assert method.ended == "cancelled"
