"""Facts that are found out once, used for their time, and renewed before it is over."""

from __future__ import annotations

import asyncio
import gc

import pytest

from discovery.live_dns.kept import Fact, Kept, lasting
from discovery.live_dns.renewals import Renewals
from tests.support.simloop import run_simulated

KEY = "key"


class Source:
    """Counts how often it is asked; takes a second, and fails as it is told to."""

    def __init__(self) -> None:
        self.times = 0
        self.fault: Exception | None = None

    async def __call__(self) -> Fact[int]:
        self.times += 1
        times = self.times
        await asyncio.sleep(1)
        if self.fault is not None:
            raise self.fault
        return lasting(times, 100)


def kept() -> tuple[Kept[str, int], Source, Renewals]:
    renewals = Renewals(ConnectionError)
    return Kept(renewals), Source(), renewals


def test_those_who_want_it_at_the_same_time_find_it_out_once() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        found = await asyncio.gather(*(facts.get(KEY, source) for _ in range(20)))
        assert {fact.value for fact in found} == {1}
        assert source.times == 1

    run_simulated(main())


def test_they_fail_together_and_the_next_one_tries_again() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        source.fault = ConnectionError()
        wants = (facts.get(KEY, source) for _ in range(20))
        found = await asyncio.gather(*wants, return_exceptions=True)
        assert {type(one) for one in found} == {ConnectionError}
        source.fault = None
        assert (await facts.get(KEY, source)).value == 2

    run_simulated(main())


def test_when_the_one_who_finds_it_out_is_cancelled_another_takes_over() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        tasks = [asyncio.create_task(facts.get(KEY, source)) for _ in range(3)]
        await asyncio.sleep(0.5)
        tasks[0].cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(found[0], asyncio.CancelledError)
        assert [fact.value for fact in found[1:] if isinstance(fact, Fact)] == [2, 2]

    run_simulated(main())


@pytest.mark.parametrize(
    ("age", "first", "afterwards"),
    [
        pytest.param(49, 1, 1, id="in its first half it is used"),
        pytest.param(51, 1, 2, id="in its second half it is used and renewed"),
        pytest.param(101, 2, 2, id="after its end it is found out anew"),
    ],
)
def test_a_fact_has_two_halves(age: float, first: int, afterwards: int) -> None:
    async def main() -> None:
        facts, source, _ = kept()
        await facts.get(KEY, source)
        await asyncio.sleep(age)
        assert (await facts.get(KEY, source)).value == first
        await asyncio.sleep(2)
        assert source.times == afterwards
        assert (await facts.get(KEY, source)).value == afterwards

    run_simulated(main())


def test_what_is_built_upon_it_is_built_upon_a_young_one() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        for age, value in ((0, 1), (49, 1), (2, 2)):
            await asyncio.sleep(age)
            assert (await facts.young(KEY, source)).value == value

    run_simulated(main())


def test_a_failed_renewal_is_repeated_after_a_pause_and_never_past_the_end() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        await facts.get(KEY, source)
        await asyncio.sleep(60)
        source.fault = ConnectionError()
        for _ in range(5):
            assert (await facts.get(KEY, source)).value == 1
            await asyncio.sleep(2)
        assert source.times == 2
        await asyncio.sleep(21)
        assert (await facts.get(KEY, source)).value == 1
        await asyncio.sleep(2)
        assert source.times == 3
        await asyncio.sleep(8)
        with pytest.raises(ConnectionError):
            await facts.get(KEY, source)

    run_simulated(main())


def test_what_has_ended_is_not_young_even_while_its_renewal_pauses() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        await facts.get(KEY, source)
        await asyncio.sleep(99)
        source.fault = ConnectionError()
        await facts.get(KEY, source)
        await asyncio.sleep(2)
        source.fault = None
        assert not facts.sure(KEY)
        assert (await facts.young(KEY, source)).value == 3

    run_simulated(main())


def test_a_failure_that_one_alone_waited_for_leaves_nothing_unheard() -> None:
    unheard: list[object] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
        facts, source, _ = kept()
        source.fault = ConnectionError()
        with pytest.raises(ConnectionError):
            await facts.get(KEY, source)
        del facts, source
        gc.collect()

    run_simulated(main())
    assert unheard == []


def test_a_fault_in_the_background_is_told_once() -> None:
    async def main() -> None:
        facts, source, renewals = kept()
        await facts.get(KEY, source)
        await asyncio.sleep(60)
        source.fault = LookupError("of our own")
        await facts.get(KEY, source)
        await asyncio.sleep(2)
        with pytest.raises(LookupError, match="of our own"):
            renewals.tell()
        renewals.tell()

    run_simulated(main())


def test_a_fault_that_nobody_asked_for_is_told_at_the_end() -> None:
    async def main() -> None:
        facts, source, renewals = kept()
        await facts.get(KEY, source)
        await asyncio.sleep(60)
        source.fault = LookupError("of our own")
        await facts.get(KEY, source)
        await asyncio.sleep(2)
        with pytest.raises(LookupError, match="of our own"):
            await renewals.aclose()

    run_simulated(main())


def test_what_is_doubted_is_found_out_anew() -> None:
    async def main() -> None:
        facts, source, _ = kept()
        await facts.get("one", source)
        await facts.get("two", source)
        await facts.get("three", source)
        facts.forget(lambda value: value == 1)
        facts.drop("two")
        facts.drop("never known")
        assert [facts.peek(key) is None for key in ("one", "two", "three")] == [True, True, False]

    run_simulated(main())


def test_two_renewals_are_under_way_at_a_time() -> None:
    async def main() -> None:
        facts, source, renewals = kept()
        for number in range(6):
            facts.put(str(number), Fact(value=0, renew=0, expires=1000))
        for number in range(6):
            await facts.get(str(number), source)
        await asyncio.sleep(0.5)
        assert source.times == 2
        await asyncio.sleep(1)
        assert source.times == 4
        await renewals.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_simulated(main())
