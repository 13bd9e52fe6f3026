"""What polling the router by NAT-PMP tells: on a pretended line in pretended time, and for real."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from discovery.signals.epoch import Epoch
from discovery.signals.natpmp_line import Answer, Outcome
from discovery.signals.natpmp_poll import NatPmpPoll, news
from discovery.signals.poller import Mute
from discovery.signals.source import Unavailable
from tests.discovery.signals.listening import Heard, nothing_left, until
from tests.discovery.signals.test_natpmp_line import HOME, LOOPBACK, OTHER, gateway, reply
from tests.support.simloop import run_simulated
from tests.support.tools import free_port

DIFFERENT = "the router answers something else than before (NAT-PMP)"
SILENT = "the router does not answer any more (NAT-PMP)"
CLOSED = "the router has closed the service, as while it restarts (NAT-PMP)"
AGAIN = "the router answers again (NAT-PMP)"
ANEW = "the router began anew, as after a restart (NAT-PMP)"


def answer(
    address: IPv4Address | None = HOME, *, result: int = 0, epoch: int = 100, at: float = 0
) -> Answer:
    return Answer(told=(result, address), epoch=Epoch(router=epoch, received=at))


@pytest.mark.parametrize(
    ("last", "now", "told"),
    [
        (None, answer(), None),
        (None, Mute.SILENT, None),
        (answer(), answer(), None),
        (answer(epoch=100, at=0), answer(epoch=105, at=5), None),
        (answer(epoch=100, at=0), answer(epoch=103, at=5), None),
        (answer(epoch=100, at=0), answer(epoch=0, at=5), ANEW),
        (answer(), answer(OTHER), DIFFERENT),
        (answer(epoch=100, at=0), answer(OTHER, epoch=0, at=5), DIFFERENT),
        (answer(), answer(None, result=3), DIFFERENT),
        (answer(None, result=3), answer(None, result=2), DIFFERENT),
        (answer(), Mute.SILENT, SILENT),
        (answer(), Mute.CLOSED, CLOSED),
        (Mute.CLOSED, Mute.SILENT, None),
        (Mute.SILENT, Mute.CLOSED, None),
        (Mute.SILENT, answer(), AGAIN),
        (Mute.CLOSED, answer(OTHER, epoch=0), AGAIN),
    ],
)
def test_news_is_another_answer_another_clock_or_none(
    last: Outcome | None, now: Outcome, told: str | None
) -> None:
    assert news(last, now) == told


class FakeLine:
    """A line whose questions are answered after 10 ms by `say`, a function of the time."""

    def __init__(self, poll: NatPmpPoll, say: Callable[[float], Outcome]) -> None:
        self._settle, self._say = poll._settle, say
        self.asked: list[float] = []
        self.tries: list[int] = []
        self.closed = False

    async def open(self, router: IPv4Address, port: int) -> None:
        pass

    async def close(self) -> None:
        self.closed = True

    def ask(self, tries: int) -> None:
        loop = asyncio.get_running_loop()
        self.asked.append(loop.time())
        self.tries.append(tries)
        loop.call_later(0.01, lambda: None if self.closed else self._settle(self._say(loop.time())))


def pretended(
    say: Callable[[float], Outcome], *, every: float = 1.0
) -> tuple[Heard, NatPmpPoll, FakeLine]:
    heard = Heard()
    poll = NatPmpPoll(heard, router=LOOPBACK, every=every)
    line = FakeLine(poll, say)
    poll._line = line  # type: ignore[assignment]  # has what of a line is used
    return heard, poll, line


def constant(outcome: Outcome) -> Callable[[float], Outcome]:
    def say(now: float) -> Outcome:
        if isinstance(outcome, Answer):
            return Answer(told=outcome.told, epoch=Epoch(router=100 + int(now), received=now))
        return outcome

    return say


def test_a_router_that_says_the_same_gives_no_reason() -> None:
    async def main() -> None:
        heard, poll, line = pretended(constant(answer()))
        async with poll:
            await asyncio.sleep(1000)
        assert heard.reasons == []
        assert len(line.asked) == 1001

    run_simulated(main())


def test_questions_keep_their_pace_whatever_an_answer_takes() -> None:
    async def main() -> None:
        _, poll, line = pretended(constant(answer()), every=1)
        async with poll:
            await asyncio.sleep(3.5)
            assert line.asked == pytest.approx([0, 1, 2, 3])
            poll.pace(5)
            await asyncio.sleep(5)
            assert line.asked[4:] == pytest.approx([8])
            poll.pace(0.25)
            await asyncio.sleep(0.6)
            assert line.asked[5:] == pytest.approx([8.5, 8.75, 9.0], abs=0.02)

    run_simulated(main())


def test_a_pace_that_is_set_while_a_question_is_open_counts_from_that_question() -> None:
    async def main() -> None:
        _, poll, line = pretended(constant(answer()), every=100)
        async with poll:
            await asyncio.sleep(100.0)  # the answer is 10 ms away
            await asyncio.sleep(0.005)
            assert len(line.asked) == 2
            poll.pace(1)
            assert len(line.asked) == 2
            await asyncio.sleep(1)
            assert line.asked[2:] == pytest.approx([101])

    run_simulated(main())


def test_a_silence_is_told_once_and_its_end_once() -> None:
    def say(now: float) -> Outcome:
        return Mute.SILENT if 10 < now < 250 else constant(answer())(now)

    async def main() -> None:
        heard, poll, line = pretended(say)
        async with poll:
            await asyncio.sleep(500)
        assert heard.reasons == [SILENT, AGAIN]
        assert line.tries[5] == 3
        assert line.tries[100] == 1  # a router that is away is not asked three times
        assert line.tries[400] == 3

    run_simulated(main())


def test_a_silence_of_five_minutes_is_the_end() -> None:
    def say(now: float) -> Outcome:
        return Mute.SILENT if now > 10 else constant(answer())(now)

    async def main() -> None:
        heard, poll, line = pretended(say)
        async with poll:
            why = await poll.ended()
            assert why.endswith("(it has not answered for 300 s)")
        assert heard.reasons == [SILENT]
        assert line.asked[-1] == pytest.approx(310)

    run_simulated(main())


def test_a_restart_that_takes_seconds_is_two_reasons_and_no_end() -> None:
    def say(now: float) -> Outcome:
        return Mute.CLOSED if 10 < now < 40 else constant(answer())(now)

    async def main() -> None:
        heard, poll, _ = pretended(say)
        async with poll:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(poll.ended(), 500)
        assert heard.reasons == [CLOSED, AGAIN]

    run_simulated(main())


def test_a_port_that_stays_closed_for_a_minute_is_the_end() -> None:
    def say(now: float) -> Outcome:
        return Mute.CLOSED if now > 10 else constant(answer())(now)

    async def main() -> None:
        heard, poll, line = pretended(say)
        async with poll:
            why = await poll.ended()
            assert why == (
                "the router cannot be asked by NAT-PMP any more (it has refused for 60 s)"
            )
            asked = len(line.asked)
            poll.pace(0.1)
            await asyncio.sleep(100)
            assert len(line.asked) == asked
        assert heard.reasons == [CLOSED]
        assert line.closed

    run_simulated(main())


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Mute.SILENT, "the router did not answer NAT-PMP within 0.75 s"),
        (Mute.CLOSED, "the router refuses NAT-PMP: it has none, or it is switched off"),
        (answer(None, result=1), "the router answered that it does not speak NAT-PMP"),
        (answer(None, result=2), "the router answered that NAT-PMP is switched off"),
        (answer(None, result=99), "the router answered with the error code 99"),
    ],
)
def test_what_promises_nothing_is_not_polled(outcome: Outcome, words: str) -> None:
    async def main() -> None:
        heard, poll, line = pretended(lambda _: outcome)
        with pytest.raises(Unavailable) as refused:
            await poll.__aenter__()
        assert str(refused.value) == words
        assert line.closed
        await asyncio.sleep(10)
        assert len(line.asked) == 1
        assert heard.reasons == []

    run_simulated(main())


def test_a_router_without_a_line_can_be_polled_for_its_return() -> None:
    def say(now: float) -> Outcome:
        return constant(answer() if now > 5 else answer(None, result=3))(now)

    async def main() -> None:
        heard, poll, _ = pretended(say)
        async with poll:
            await asyncio.sleep(10)
        assert heard.reasons == [DIFFERENT]

    run_simulated(main())


def test_a_change_at_a_real_socket_is_noticed() -> None:
    async def main() -> None:
        answers, heard = [reply()], Heard()
        async with nothing_left(), gateway(lambda _: answers) as (asked, port):
            async with NatPmpPoll(heard, router=LOOPBACK, every=0.01, port=port):
                await until(lambda: len(asked.asked) > 5, lambda: "it is not asked again")
                assert heard.reasons == []
                answers[:] = [b"noise", reply()[:9], reply(OTHER)]
                await heard.until("something else")
            known = len(asked.asked)
            await asyncio.sleep(0)
            assert len(asked.asked) == known
        assert heard.reasons == [DIFFERENT]

    asyncio.run(main())


def test_a_closed_port_is_refused_at_once() -> None:
    async def main() -> None:
        async with nothing_left():
            port = free_port(socket.SOCK_DGRAM)
            with pytest.raises(Unavailable, match="refuses NAT-PMP"):
                await NatPmpPoll(Heard(), router=LOOPBACK, every=1, port=port).__aenter__()

    asyncio.run(main())


def test_a_router_without_a_way_to_it_is_unavailable() -> None:
    async def main() -> None:
        nowhere = IPv4Address("255.255.255.255")  # refused without SO_BROADCAST
        async with nothing_left():
            with pytest.raises(Unavailable, match="cannot be asked by NAT-PMP"):
                await NatPmpPoll(Heard(), router=nowhere, every=1).__aenter__()

    asyncio.run(main())


def test_cancelling_the_opening_leaves_nothing() -> None:
    async def main() -> None:
        async with nothing_left(), gateway(lambda _: []) as (asked, port):
            poll = NatPmpPoll(Heard(), router=LOOPBACK, every=1, port=port)
            opening = asyncio.create_task(poll.__aenter__())
            await until(lambda: bool(asked.asked), lambda: "nothing was asked")
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening

    asyncio.run(main())


def test_a_socket_that_fails_is_the_end() -> None:
    async def main() -> str:
        async with (
            nothing_left(),
            gateway(lambda _: [reply()]) as (_, port),
            NatPmpPoll(Heard(), router=LOOPBACK, every=0.01, port=port) as poll,
        ):
            poll._line.error_received(OSError(22, "Invalid argument"))
            return await poll.ended()
        raise AssertionError

    assert asyncio.run(main()) == (
        "the router cannot be asked by NAT-PMP any more (invalid argument)"
    )
