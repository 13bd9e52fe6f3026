"""Whose turn it is to ask a server, and who need not wait for one that is silent."""

from __future__ import annotations

import asyncio

import pytest

from discovery.live_dns.server import Server
from discovery.live_dns.slots import SilenceError, Slots
from tests.support.simloop import run_simulated

ONE, OTHER = (Server(name=name, address=name) for name in ("192.0.2.1", "192.0.2.2"))
TEN = 10


async def question(slots: Slots, *, answered: bool, server: Server = ONE) -> str:
    """Take a turn of one second."""
    try:
        async with slots.one(server) as door:
            await asyncio.sleep(1)
            if answered:
                door.heard()
            else:
                door.unheard()
    except SilenceError:
        return "unasked"
    return "asked"


async def burst(slots: Slots, count: int, *, answered: bool) -> list[str]:
    return await asyncio.gather(*(question(slots, answered=answered) for _ in range(count)))


def test_a_burst_at_one_server_goes_by_tens() -> None:
    async def main() -> None:
        assert set(await burst(Slots(), 95, answered=True)) == {"asked"}
        assert asyncio.get_running_loop().time() == TEN

    run_simulated(main())


def test_servers_do_not_wait_for_each_other() -> None:
    async def main() -> None:
        slots = Slots()
        await asyncio.gather(
            *(question(slots, answered=True, server=at) for at in (ONE, OTHER) for _ in range(TEN))
        )
        assert asyncio.get_running_loop().time() == 1

    run_simulated(main())


@pytest.mark.parametrize(("count", "unasked"), [(TEN, 0), (TEN + 1, 1), (1000, 990)])
def test_behind_ten_questions_without_an_answer_nobody_waits(count: int, unasked: int) -> None:
    async def main() -> None:
        said = await burst(Slots(), count, answered=False)
        assert said.count("unasked") == unasked
        assert asyncio.get_running_loop().time() == 1

    run_simulated(main())


def test_a_server_that_speaks_again_is_asked_by_all_who_wait() -> None:
    async def main() -> None:
        slots = Slots()
        await burst(slots, 100, answered=False)
        assert set(await burst(slots, 100, answered=True)) == {"asked"}

    run_simulated(main())


def test_one_answer_among_silence_keeps_the_door_open() -> None:
    async def main() -> None:
        slots = Slots()
        await burst(slots, TEN - 1, answered=False)
        await question(slots, answered=True)
        assert "unasked" not in await burst(slots, TEN, answered=False)

    run_simulated(main())


def test_a_turn_that_is_given_up_leaves_its_slot_to_others() -> None:
    async def main() -> None:
        slots = Slots()
        tasks = [asyncio.create_task(question(slots, answered=True)) for _ in range(500)]
        await asyncio.sleep(0.5)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await burst(slots, TEN, answered=True)
        assert asyncio.get_running_loop().time() == pytest.approx(1.5)

    run_simulated(main())
