from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from itertools import pairwise
from typing import Literal

import pytest

from discovery.observation import Family, Observation, Why, judge, missed
from discovery.signals.poller import Poller
from discovery.signals.source import Unavailable
from discovery.signals.stun_poll import StunPoll
from discovery.stun import StunMethod
from tests.discovery.signals.listening import Heard, nothing_left, until
from tests.support.simloop import run_simulated
from tests.support.stun_liar import liar, naming

DIFFERENT = "a STUN server sees this home at another address than before"
SILENT, AGAIN = "no STUN server answers any more", "a STUN server answers again"

Say = Callable[[float], str]  # an address, or the empty word for no answer


class Server:
    """Remembers when it was asked."""

    source: Literal["stun"] = "stun"

    def __init__(self, witness: str, say: Say) -> None:
        self.witness = self.operator = witness
        self._say = say
        self.asked: list[float] = []

    async def observe(self, family: Family) -> Observation:
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        said = self._say(now)
        if said:
            return judge(self, family, ip_address(said))
        return missed(self, family, Why.SILENT, f"{self.witness} did not answer")


def always(said: str) -> Say:
    return lambda _now: said


def after(change: float, before: str, then: str) -> Say:
    return lambda now: before if now < change else then


def story(
    *servers: Server, seconds: float, every: float = 60, vary: float = 0.5
) -> tuple[list[str], list[float]]:
    """What was told in so many seconds, and when anybody was asked."""

    async def main() -> list[str]:
        heard = Heard()
        async with StunPoll(heard, methods=servers, every=every, vary=lambda: vary):
            await asyncio.sleep(seconds)
        return heard.reasons

    reasons = run_simulated(main())
    return reasons, sorted(time for server in servers for time in server.asked)


def test_the_servers_take_turns() -> None:
    servers = [Server(name, always("81.2.69.142")) for name in "abc"]
    reasons, asked = story(*servers, seconds=310)
    assert reasons == []
    assert asked == pytest.approx([0, 60, 120, 180, 240, 300])
    assert [server.asked for server in servers] == [
        pytest.approx([0, 180]),
        pytest.approx([60, 240]),
        pytest.approx([120, 300]),
    ]


@pytest.mark.parametrize(("vary", "period"), [(0.0, 48), (1.0, 72)])
def test_the_pace_varies_by_a_fifth(vary: float, period: float) -> None:
    _, asked = story(Server("a", always("81.2.69.142")), seconds=150, vary=vary)
    assert asked[1:3] == pytest.approx([period, 2 * period])


def test_another_address_is_a_reason_once() -> None:
    servers = [Server(name, after(200, "81.2.69.142", "81.2.69.160")) for name in "abc"]
    reasons, asked = story(*servers, seconds=2000)
    assert reasons == [DIFFERENT]
    assert len(asked) == 34


def test_two_servers_that_disagree_for_ever_give_one_reason() -> None:
    """As in a home with two lines."""
    servers = Server("a", always("81.2.69.142")), Server("b", always("81.2.69.160"))
    assert story(*servers, seconds=20_000)[0] == [DIFFERENT]


def test_an_address_behind_the_providers_nat_is_watched_too() -> None:
    server = Server("a", after(100, "100.64.0.5", "100.64.0.9"))
    assert story(server, seconds=1000)[0] == [DIFFERENT]


def test_one_server_that_is_silent_is_no_news() -> None:
    servers = Server("a", always("81.2.69.142")), Server("b", always(""))
    reasons, asked = story(*servers, seconds=1000)
    assert reasons == []
    assert len(servers[0].asked) == 17  # in each poll; where it was not its turn, in b's stead
    assert len(asked) == 17 + 8


def test_while_nobody_answers_the_pace_slows_to_ten_minutes() -> None:
    def say(now: float) -> str:
        return "" if 50 < now < 5000 else "81.2.69.142"

    reasons, asked = story(Server("a", say), seconds=6000)
    assert reasons == [SILENT, AGAIN]
    silent = [time for time in asked if 50 < time < 5000]
    pauses = [later - sooner for sooner, later in pairwise(silent)]
    assert pauses[:5] == pytest.approx([120, 240, 480, 600, 600])
    answered = [time for time in asked if time >= 5000]
    assert answered[1] - answered[0] == pytest.approx(60)


def test_a_pace_slower_than_ten_minutes_is_kept() -> None:
    server = Server("a", after(50, "81.2.69.142", ""))
    _, asked = story(server, seconds=3700, every=900)
    assert asked == pytest.approx([0, 900, 1800, 2700, 3600])


def test_of_many_silent_servers_three_are_asked_at_a_time() -> None:
    servers = [Server(str(number), after(50, "81.2.69.142", "")) for number in range(9)]
    _, asked = story(*servers, seconds=100)
    assert len(asked) == 1 + 3


def test_nobody_to_ask_and_nobody_who_answers_are_unavailable() -> None:
    def words(*servers: Server) -> str:
        with pytest.raises(Unavailable) as refused:
            story(*servers, seconds=1)
        return str(refused.value)

    assert words() == "there is no STUN server to ask"
    assert words(Server("a", always(""))) == (
        "no STUN server told from where it sees this home: a did not answer"
    )


def test_a_server_that_hangs_is_given_up_in_time() -> None:
    class Hanging(Server):
        async def observe(self, family: Family) -> Observation:
            await asyncio.Event().wait()
            raise AssertionError

    async def main() -> float:
        servers = [Hanging("a", always("")), Server("b", always("81.2.69.142"))]
        async with StunPoll(Heard(), methods=servers, every=60, vary=lambda: 0.5, limit=2.0):
            return asyncio.get_running_loop().time()
        raise AssertionError

    assert run_simulated(main()) == pytest.approx(2.0)


def test_a_real_server_is_asked_from_a_new_port_each_time() -> None:
    async def main() -> None:
        address = "81.2.69.142"

        def answer(request: bytes) -> Iterable[bytes]:
            return naming(address)(request)

        async with nothing_left(), liar(answer) as server:
            heard = Heard()
            methods = [StunMethod(f"127.0.0.1:{server.port}")]
            async with StunPoll(heard, methods=methods, every=0.01, vary=lambda: 0.5) as poll:
                assert isinstance(poll, Poller)
                await until(lambda: len(server.sources) > 4, lambda: "it is not asked again")
                assert heard.reasons == []
                address = "81.2.69.160"
                await heard.until("another address")
            assert len(set(server.sources)) == len(server.sources)
            assert heard.reasons == [DIFFERENT]

    asyncio.run(main())
