"""The one deadline of an examination, and what its firewall lets through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agent.diagnosis.deadline import Deadline
from tests.support.simloop import run_simulated


async def quick() -> str:
    await asyncio.sleep(1.0)
    return "done"


async def slow() -> str:
    await asyncio.sleep(100.0)
    return "late"


async def broken() -> str:
    raise LookupError("s3cret")


async def grouped() -> str:
    raise ExceptionGroup("s3cret", [ExceptionGroup("s3cret", [KeyError("s3cret")])])


async def impatient() -> str:
    async with asyncio.timeout(0.5):
        return await slow()


async def leaking() -> str:
    raise asyncio.CancelledError


def unmade() -> Awaitable[str]:
    raise OSError("s3cret")


ROWS: list[tuple[Callable[[], Awaitable[str]], str | None, str, float]] = [
    (quick, "done", "", 1.0),
    (slow, None, "did not end within 7 s", 7.0),
    (broken, None, "failed inside upstun (LookupError)", 0.0),
    (grouped, None, "failed inside upstun (KeyError)", 0.0),
    (impatient, None, "failed inside upstun (TimeoutError)", 0.5),
    (leaking, None, "failed inside upstun (CancelledError)", 0.0),
    (unmade, None, "failed inside upstun (OSError)", 0.0),
]


@pytest.mark.parametrize(
    ("work", "brought", "why", "took"), ROWS, ids=[row[0].__name__ for row in ROWS]
)
def test_what_work_brings_and_why_not(
    work: Callable[[], Awaitable[str]], brought: str | None, why: str, took: float
) -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0)
        assert await deadline.bound("the roof", work) == brought
        assert deadline.unmeasured == ({"the roof": f"Looking at the roof {why}"} if why else {})
        assert deadline.took == pytest.approx(took)

    run_simulated(main())


def test_what_is_inside_a_part_gives_up_a_breath_before() -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0)
        await asyncio.sleep(2.0)
        assert deadline.left == pytest.approx(4.8)
        await asyncio.gather(
            deadline.bound("the tiles", slow, inside=True), deadline.bound("the roof", slow)
        )
        assert list(deadline.unmeasured) == ["the tiles", "the roof"]
        assert deadline.unmeasured["the tiles"].endswith("did not end within 6.8 s")
        assert deadline.took == pytest.approx(7.0)
        assert deadline.left == 0.0

    run_simulated(main())


def test_after_the_end_nothing_is_begun() -> None:
    async def main() -> None:
        deadline = Deadline(seconds=1.0)
        await asyncio.sleep(2.0)
        assert await deadline.bound("the roof", quick) is None
        assert deadline.took == pytest.approx(2.0)

    run_simulated(main())


@pytest.mark.parametrize("work", [broken, leaking, impatient])
def test_tests_see_the_exception_itself(work: Callable[[], Awaitable[str]]) -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0, strict=True)
        with pytest.raises((LookupError, asyncio.CancelledError, TimeoutError)):
            await deadline.bound("the roof", work)
        assert deadline.unmeasured == {}

    run_simulated(main())


def test_to_be_late_is_no_fault_also_in_tests() -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0, strict=True)
        assert await deadline.bound("the roof", slow) is None

    run_simulated(main())


def test_a_cancellation_from_outside_propagates() -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0)
        task = asyncio.create_task(deadline.bound("the roof", slow))
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert deadline.unmeasured == {}

    run_simulated(main())


@pytest.mark.parametrize(
    ("by", "brought", "waited"), [(2.0, "done", 1.0), (0.5, None, 0.5), (-1.0, None, 0.0)]
)
def test_another_part_is_waited_for_and_left_alone(
    by: float, brought: str | None, waited: float
) -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0)
        other = asyncio.create_task(deadline.bound("the roof", quick))
        assert await deadline.soon(other, by) == brought
        assert deadline.took == pytest.approx(waited)
        assert await other == "done"

    run_simulated(main())


def test_nobody_waits_for_another_part_up_to_the_very_end() -> None:
    async def main() -> None:
        deadline = Deadline(seconds=7.0)
        other = asyncio.create_task(deadline.bound("the roof", slow))
        assert await deadline.soon(other, 100.0) is None
        assert deadline.took == pytest.approx(6.8)
        await other

    run_simulated(main())
