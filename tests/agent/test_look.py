"""Looking up many RRsets: all of them, few at a time, and none at another's cost."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from agent.hurry import Hurry
from agent.look import Looks
from agent.values import RRsetKey
from agent.world import World
from discovery.live_dns.view import DnsView, RType
from tests.support.simloop import run_simulated


class Sight:
    """A look-up that takes a second, and for one name for ever; counts who is in it at a time."""

    strict = False

    def __init__(self) -> None:
        self.lookup = self
        self.now = self.most = 0

    async def look(self, name: str, rtype: RType) -> DnsView:
        self.now += 1
        self.most = max(self.most, self.now)
        if name == "broken":
            raise LookupError
        await asyncio.sleep(1e6 if name == "hangs" else 1)
        self.now -= 1
        return DnsView(name=name, rtype=rtype, zone="test")


def look(sight: Sight, *keys: RRsetKey) -> dict[RRsetKey, DnsView]:
    return run_simulated(timed(sight, keys))[0]


async def timed(sight: Sight, keys: tuple[RRsetKey, ...]) -> tuple[dict[RRsetKey, DnsView], float]:
    looks = Looks(cast("World", sight), keys)
    await looks.read()
    return looks.views, asyncio.get_running_loop().time()


def test_every_key_has_its_own_view_in_the_order_asked_for() -> None:
    keys: list[RRsetKey] = [(f"n{n}", rtype) for n in range(300) for rtype in ("A", "AAAA")]
    views = look(Sight(), *keys)
    assert list(views) == keys
    assert all((view.name, view.rtype) == key for key, view in views.items())


@pytest.mark.parametrize(("count", "most", "seconds"), [(0, 0, 0), (1, 1, 1), (128, 128, 1)])
def test_up_to_a_hundred_and_twenty_eight_are_looked_up_side_by_side(
    count: int, most: int, seconds: float
) -> None:
    sight = Sight()
    keys: tuple[RRsetKey, ...] = tuple((f"n{n}", "A") for n in range(count))
    _, took = run_simulated(timed(sight, keys))
    assert (sight.most, took) == (most, seconds)


def test_a_thousand_are_never_under_way_at_once() -> None:
    sight = Sight()
    keys: tuple[RRsetKey, ...] = tuple((f"n{n}", "A") for n in range(1000))
    _, took = run_simulated(timed(sight, keys))
    assert (sight.most, took) == (128, 8)


def test_one_that_hangs_holds_up_no_other() -> None:
    sight = Sight()
    keys: tuple[RRsetKey, ...] = (("hangs", "A"), *((f"n{n}", "A") for n in range(1000)))
    views = run_simulated(timed(sight, keys))[0]
    assert views["hangs", "A"].problem == "looking up hangs did not end within 60 s"
    assert sum(not view.problem for view in views.values()) == 1000


def test_one_that_fails_inside_is_unknown_and_no_other() -> None:
    views = look(Sight(), ("broken", "A"), ("fine", "A"))
    assert "LookupError" in views["broken", "A"].problem
    assert not views["fine", "A"].problem


HANGS: tuple[RRsetKey, ...] = (("a", "A"), ("hangs", "A"), ("b", "A"))


def test_who_can_wait_no_longer_has_what_is_there() -> None:
    async def main() -> tuple[list[RRsetKey], bool, float]:
        async with asyncio.TaskGroup() as group:
            looks = Looks(cast("World", Sight()), HANGS)
            reading = group.create_task(looks.read())
            complete = await looks.complete(2.5)
            at = asyncio.get_running_loop().time()
            reading.cancel()
        return list(looks.views), complete, at

    assert run_simulated(main()) == ([("a", "A"), ("b", "A")], False, 2.5)


def test_what_is_missing_when_something_newer_comes_up_is_unknown() -> None:
    async def main() -> tuple[dict[RRsetKey, str], float]:
        hurry = Hurry()
        async with asyncio.TaskGroup() as group:
            looks = Looks(cast("World", Sight()), HANGS)
            reading = group.create_task(looks.read())
            asyncio.get_running_loop().call_later(4.0, hurry.call_away)
            views = await looks.complete_unless(hurry)
            at = asyncio.get_running_loop().time()
            reading.cancel()
        return {key: view.problem for key, view in views.items()}, at

    problems, at = run_simulated(main())
    assert at == 4.0
    assert list(problems) == list(HANGS)
    assert "hangs had not answered when something newer came up" in problems["hangs", "A"]
    assert not problems["a", "A"]
