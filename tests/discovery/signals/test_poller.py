from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from discovery.signals.poller import GIVE_UP_S, Absence, Mute, Poller, news
from discovery.signals.source import Unavailable
from discovery.signals.view import SignalName
from tests.discovery.signals.listening import Heard, nothing_left
from tests.support.simloop import run_simulated


@pytest.mark.parametrize(
    ("last", "now", "told"),
    [
        (None, "a", None),
        (None, Mute.SILENT, None),
        ("a", "a", None),
        ("a", "b", "the router answers something else than before (X)"),
        ("a", Mute.SILENT, "the router does not answer any more (X)"),
        ("a", Mute.CLOSED, "the router has closed the service, as while it restarts (X)"),
        (Mute.SILENT, Mute.SILENT, None),
        (Mute.SILENT, Mute.CLOSED, None),
        (Mute.CLOSED, Mute.SILENT, None),
        (Mute.SILENT, "a", "the router answers again (X)"),
        (Mute.CLOSED, "a", "the router answers again (X)"),
    ],
)
def test_news_is_what_the_last_poll_did_not_bring(
    last: object, now: object, told: str | None
) -> None:
    assert news(last, now, "X") == told


def test_an_absence_is_for_good_after_a_minute_without_a_break() -> None:
    async def main() -> list[bool]:
        absence, judged = Absence(), []
        for away in (True, True, False, True, True, True):
            judged.append(absence.is_for_good(away=away))
            await asyncio.sleep(GIVE_UP_S / 2)
        return judged

    assert run_simulated(main()) == [False, False, False, False, False, True]


class Counting(Poller):
    """Remembers when it asked; ends with the last of `most` polls."""

    name: ClassVar[SignalName] = "upnp_poll"

    def __init__(self, *, every: float, most: int = 3, factor: float = 1.0) -> None:
        super().__init__(Heard(), every=every)
        self.most, self.factor = most, factor
        self.asked: list[float] = []

    async def prove(self) -> None:
        if not self.most:
            raise Unavailable("there is nothing to ask")

    async def poll(self) -> str | None:
        self.asked.append(asyncio.get_running_loop().time())
        return "that was all" if len(self.asked) == self.most else None

    def stretch(self, every: float) -> float:
        return self.factor


def test_it_asks_in_its_pace_until_that_is_of_no_use() -> None:
    async def main() -> None:
        async with nothing_left(), Counting(every=5) as source:
            assert await source.ended() == "that was all"
            assert source.asked == [5, 10, 15]

    run_simulated(main())


def test_another_pace_counts_at_once() -> None:
    async def main() -> None:
        async with Counting(every=100, factor=2) as source:
            await asyncio.sleep(10)
            source.pace(10)
            await asyncio.sleep(35)
            assert source.asked == [20, 40]
            source.pace(100)
            await source.ended()
            assert source.asked == [20, 40, 240]

    run_simulated(main())


def test_a_pace_whose_time_has_passed_means_now() -> None:
    async def main() -> None:
        async with Counting(every=100, most=1) as source:
            await asyncio.sleep(50)
            source.pace(1)
            await source.ended()
            assert source.asked == [50]

    run_simulated(main())


def test_at_the_end_of_the_block_nobody_asks_any_more() -> None:
    async def main() -> None:
        async with nothing_left():
            async with Counting(every=1) as source:
                ended = asyncio.create_task(source.ended())
                await asyncio.sleep(1.5)
            assert await ended == "nobody is asked any more (closed)"
            await asyncio.sleep(10)
            assert source.asked == [1]

    run_simulated(main())


def test_what_cannot_be_proved_is_not_asked() -> None:
    async def main() -> None:
        async with nothing_left():
            source = Counting(every=1, most=0)
            with pytest.raises(Unavailable, match="nothing to ask"):
                await source.__aenter__()
            await asyncio.sleep(5)
            assert source.asked == []

    run_simulated(main())
