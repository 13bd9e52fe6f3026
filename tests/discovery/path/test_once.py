"""One answer for all who ask at the same time."""

from __future__ import annotations

import asyncio

import pytest

from discovery.path.once import Once
from tests.support.simloop import run_simulated


def test_all_get_the_answer_that_the_first_asked_for() -> None:
    async def main() -> None:
        asked = 0

        async def ask() -> int:
            nonlocal asked
            asked += 1
            await asyncio.sleep(1)
            return asked

        once = Once(ask)
        assert list(await asyncio.gather(once(), once(), once())) == [1, 1, 1]
        assert await once() == 1

    run_simulated(main())


def test_none_is_an_answer_too() -> None:
    async def main() -> None:
        answers = iter([None, "another"])

        async def ask() -> str | None:
            return next(answers)

        once = Once(ask)
        assert [await once(), await once()] == [None, None]

    run_simulated(main())


def test_who_is_cancelled_leaves_the_question_to_the_next() -> None:
    async def main() -> None:
        asked = 0

        async def ask() -> int:
            nonlocal asked
            asked += 1
            await asyncio.sleep(1)
            return asked

        once = Once(ask)
        first, second = asyncio.create_task(once()), asyncio.create_task(once())
        await asyncio.sleep(0.5)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second == 2

    run_simulated(main())


def test_who_fails_leaves_it_too() -> None:
    async def main() -> None:
        async def ask() -> int:
            raise OSError("no way out")

        once = Once(ask)
        for _ in range(2):
            with pytest.raises(OSError, match="no way out"):
                await once()

    run_simulated(main())
