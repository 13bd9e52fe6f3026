"""One question after the other, to gateways on loopback that are honest, mute or noisy."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from errno import EHOSTUNREACH, EINVAL, EPERM
from ipaddress import IPv4Address
from typing import Any

import pytest

from discovery.router import pmp_codec
from discovery.signals.natpmp_line import Answer, NatPmpLine, Outcome
from discovery.signals.poller import Mute
from tests.discovery.router.fake_gateway import Answer as Answering
from tests.discovery.router.fake_gateway import Gateway
from tests.discovery.signals.listening import nothing_left, until
from tests.support.simloop import run_simulated
from tests.support.tools import free_port

LOOPBACK = IPv4Address("127.0.0.1")
HOME, OTHER = IPv4Address("81.2.69.142"), IPv4Address("81.2.69.160")


def reply(address: IPv4Address = HOME, *, result: int = 0, epoch: int = 7) -> bytes:
    return struct.pack("!BBHI", 0, 128, result, epoch) + address.packed


class Log:
    """What the line told, and the line."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.failures: list[str] = []
        self.line = NatPmpLine(self.outcomes.append, self.failures.append)

    async def outcome(self, tries: int = 3) -> Outcome:
        known = len(self.outcomes)
        self.line.ask(tries)
        await until(lambda: len(self.outcomes) > known, lambda: "no outcome")
        return self.outcomes[-1]


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Log]:
    """A line that is closed in time, and that never fails inside the event loop unseen."""
    log, faults = Log(), list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    async with nothing_left():
        await log.line.open(LOOPBACK, port)
        assert log.line._transport is not None
        bare = log.line._transport.get_extra_info("socket")
        try:
            yield log
        finally:
            await log.line.close()
        assert bare.fileno() == -1
    assert faults == []


@asynccontextmanager
async def gateway(answer: Answering) -> AsyncIterator[tuple[Gateway, int]]:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(
        lambda: Gateway(answer), local_addr=("127.0.0.1", 0)
    )
    made.transport = transport
    try:
        yield made, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(main)


def test_an_answer_is_what_it_says_and_the_clock_it_was_said_by() -> None:
    async def main() -> None:
        async with gateway(lambda _: [reply(epoch=99)]) as (asked, port), line_to(port) as log:
            answer = await log.outcome()
            assert isinstance(answer, Answer)
            assert answer.told == (0, HOME)
            assert answer.epoch.router == 99
            assert asked.asked == [pmp_codec.request()]

    run(main())


def test_an_error_code_is_an_answer_without_an_address() -> None:
    async def main() -> None:
        async with gateway(lambda _: [reply(result=3)]) as (_, port), line_to(port) as log:
            answer = await log.outcome()
            assert isinstance(answer, Answer)
            assert answer.told == (3, None)

    run(main())


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0\0", id="our own question"),
        pytest.param(reply()[:-1], id="torn"),
        pytest.param(reply() + bytes(1), id="a byte too long"),
        pytest.param(reply() + bytes(60_000), id="oversized"),
        pytest.param(b"\0\x81" + reply()[2:], id="another operation"),
        pytest.param(b"\x02" + reply()[1:], id="another version"),
        pytest.param(bytes(1 << 15), id="zeros"),
    ],
)
def test_noise_before_the_answer_is_passed_over(noise: bytes) -> None:
    async def main() -> None:
        both = [noise, reply(OTHER)]
        async with gateway(lambda _: both) as (_, port), line_to(port) as log:
            answer = await log.outcome()
            assert isinstance(answer, Answer)
            assert answer.told == (0, OTHER)
            assert log.failures == []

    run(main())


def test_what_nobody_asked_for_is_dropped() -> None:
    async def main() -> None:
        answers = [reply(), reply(OTHER), reply(OTHER)]
        async with gateway(lambda _: answers) as (_, port), line_to(port) as log:
            await log.outcome()
            answers[:] = [reply()]
            await log.outcome()  # by now, all that came before has been read
            assert [one.told for one in log.outcomes if isinstance(one, Answer)] == [(0, HOME)] * 2

    run(main())


def test_a_stranger_is_not_heard() -> None:
    async def main() -> None:
        async with gateway(lambda _: [reply()]) as (_, port), line_to(port) as log:
            assert log.line._transport is not None
            own = log.line._transport.get_extra_info("sockname")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                for _ in range(3):
                    stranger.sendto(reply(OTHER), own)
            answer = await log.outcome()
            assert isinstance(answer, Answer)
            assert answer.told == (0, HOME)

    run(main())


def test_a_closed_port_is_known_at_once() -> None:
    async def main() -> None:
        async with line_to(free_port(socket.SOCK_DGRAM)) as log:
            assert await log.outcome() is Mute.CLOSED
            assert await log.outcome() is Mute.CLOSED  # and the socket is as good as before
            assert log.failures == []

    run(main())


def test_in_silence_it_asks_again_and_then_says_so() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with gateway(lambda _: []) as (asked, port), line_to(port) as log:
            for tries, end in ((3, 0.75), (1, 1.0)):
                known, log.outcomes[:] = len(asked.asked), []
                log.line.ask(tries)
                while not log.outcomes:
                    await asyncio.sleep(0.01)
                assert log.outcomes == [Mute.SILENT]
                assert len(asked.asked) - known == tries
                assert end <= loop.time() < end + 0.05

    run_simulated(main())


@pytest.mark.parametrize("number", [EHOSTUNREACH, EPERM])
def test_a_passing_trouble_counts_as_silence(number: int) -> None:
    async def main() -> None:
        async with gateway(lambda _: [reply()]) as (_, port), line_to(port) as log:
            log.line.ask(1)
            log.line.error_received(OSError(number, "as told"))
            assert (log.outcomes, log.failures) == ([], [])
            await until(lambda: bool(log.outcomes), lambda: "the answer was not taken")

    run(main())


def test_a_socket_that_fails_says_so_and_asks_no_more() -> None:
    async def main() -> None:
        async with gateway(lambda _: [reply()]) as (_, port), line_to(port) as log:
            log.line.ask(3)
            log.line.error_received(OSError(EINVAL, "Invalid argument"))
            assert log.failures == ["invalid argument"]
            assert log.line._patience is None

    run(main())


def test_after_a_reset_windows_hears_nothing_so_a_new_socket_is_needed() -> None:
    async def main() -> None:
        async with gateway(lambda _: []) as (_, port), line_to(port) as log:
            log.line.ask(3)
            log.line.error_received(ConnectionResetError())
            assert log.outcomes == [Mute.CLOSED]
            assert len(log.failures) == 1

    run(main())


def test_closing_in_the_middle_of_a_question_leaves_nothing() -> None:
    async def main() -> None:
        async with gateway(lambda _: []) as (_, port):
            async with line_to(port) as log:
                log.line.ask(3)
            assert log.outcomes == []
            assert log.failures == ["closed"]

    run(main())


def test_small_room_is_made_for_a_datagram() -> None:
    async def main() -> None:
        async with line_to(free_port(socket.SOCK_DGRAM)) as log:
            transport: Any = log.line._transport
            assert transport.max_size == 64

    run(main())


def test_a_silence_because_our_own_address_is_another_now_needs_a_new_socket() -> None:
    class Elsewhere:
        """The transport of a socket that was made when our address was another."""

        def __init__(self, transport: asyncio.DatagramTransport) -> None:
            self._transport = transport

        def __getattr__(self, name: str) -> Any:
            return getattr(self._transport, name)

        def get_extra_info(self, name: str) -> object:
            own = ("192.168.1.77", 40000)
            return own if name == "sockname" else self._transport.get_extra_info(name)

    async def main() -> None:
        async with gateway(lambda _: []) as (_, port), line_to(port) as log:
            real: Any = log.line._transport
            log.line._transport = Elsewhere(real)  # type: ignore[assignment]  # stands for it
            log.line.ask(1)
            await asyncio.sleep(1)
            assert log.outcomes == [Mute.SILENT]
            assert log.failures == ["this machine's own address is another now"]

    run_simulated(main())
