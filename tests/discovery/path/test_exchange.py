"""One socket and its transactions, among strangers, forgers and floods."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from typing import TypeVar

import pytest

from discovery.observation import Flaw, Why
from discovery.path.exchange import Exchange, Peer, Reply, binding
from discovery.path.timing import Tries
from tests.support.stun_liar import (
    HOME,
    Lie,
    honest,
    liar,
    mapped,
    message,
    refusing,
    silent,
    xor_mapped,
)

T = TypeVar("T")

BRIEF = Tries(sends=(0.0, 0.1), wait=0.3)
PATIENT = Tries(sends=(0.0,), wait=30.0)
LOOPBACK = IPv4Address("127.0.0.1")


def opened(new_id: Callable[[], bytes] | None = None) -> Exchange:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    ids = iter(bytes([number]) * 12 for number in range(1, 255))
    return Exchange(sock, new_id or (lambda: next(ids)))


def with_liar(
    lie: Lie, talk: Callable[[Exchange, Peer], Awaitable[T]], *, elsewhere: bool = False
) -> T:
    async def main() -> T:
        async with liar(lie, elsewhere=elsewhere) as heard, opened() as exchange:
            return await talk(exchange, Peer(LOOPBACK, heard.port))

    return asyncio.run(main())


def asking(tries: Tries) -> Callable[[Exchange, Peer], Awaitable[Reply | Flaw]]:
    return lambda exchange, peer: exchange.ask(peer, tries)


def test_a_reply_names_its_sender_and_what_it_saw() -> None:
    async def main() -> None:
        async with liar(honest) as heard, opened() as exchange:
            server = Peer(LOOPBACK, heard.port)
            assert await exchange.ask(server, PATIENT) == Reply(
                source=server, mapped=Peer(IPv4Address(HOME), 40000)
            )
            assert heard.sources == [("127.0.0.1", exchange.local_port)]

    asyncio.run(main())


def test_a_right_reply_from_another_socket_does_not_count() -> None:
    answer = with_liar(honest, asking(BRIEF), elsewhere=True)
    assert isinstance(answer, Flaw)
    assert answer.why is Why.SILENT


def test_silence_is_a_flaw_after_every_try() -> None:
    async def main() -> None:
        async with liar(silent) as heard, opened() as exchange:
            answer = await exchange.ask(Peer(LOOPBACK, heard.port), BRIEF)
            assert isinstance(answer, Flaw)
            assert answer.why is Why.SILENT
            assert len(heard.requests) == 2
            assert heard.requests[0] == heard.requests[1]  # the same transaction (RFC 8489 §6.2.1)

    asyncio.run(main())


def test_a_flood_of_forgeries_does_not_hide_the_right_reply() -> None:
    def flood(request: bytes) -> list[bytes]:
        forged = message(request, xor_mapped(request, "203.0.113.66"), transaction=b"another id..")
        return [b"junk", b"", forged] * 40 + honest(request)

    answer = with_liar(flood, asking(PATIENT))
    assert isinstance(answer, Reply)
    assert str(answer.mapped.address) == HOME


def test_an_error_and_a_damaged_reply_end_the_wait() -> None:
    for lie, why in (
        (refusing(420, b"Unknown Attribute"), Why.REFUSED),
        (lambda request: [honest(request)[0][:30]], Why.MALFORMED),
        (lambda request: [request], Why.MALFORMED),
    ):
        answer = with_liar(lie, asking(PATIENT))
        assert isinstance(answer, Flaw)
        assert answer.why is why


def test_an_ipv6_address_is_no_answer_over_ipv4() -> None:
    answer = with_liar(
        lambda request: [message(request, xor_mapped(request, "2a02:8071::1"))], asking(PATIENT)
    )
    assert isinstance(answer, Flaw)
    assert answer.why is Why.WRONG_FAMILY


def test_a_rewriter_on_the_way_is_told() -> None:
    answer = with_liar(
        lambda request: [message(request, mapped("192.168.1.10", 5000), xor_mapped(request))],
        asking(PATIENT),
    )
    assert isinstance(answer, Reply)
    assert answer.rewritten == "192.168.1.10:5000"


def test_two_transactions_at_once_do_not_mix_their_replies() -> None:
    async def main() -> None:
        async with (
            liar(lambda request: [message(request, xor_mapped(request, HOME, 1111))]) as one,
            liar(lambda request: [message(request, xor_mapped(request, HOME, 2222))]) as two,
            opened() as exchange,
        ):
            first, second = await asyncio.gather(
                exchange.ask(Peer(LOOPBACK, one.port), PATIENT),
                exchange.ask(Peer(LOOPBACK, two.port), PATIENT),
            )
        assert isinstance(first, Reply)
        assert isinstance(second, Reply)
        assert (first.mapped.port, second.mapped.port) == (1111, 2222)

    asyncio.run(main())


def test_awaited_bytes_arrive_from_whomever() -> None:
    async def main() -> None:
        async with opened() as one, opened() as two:
            packet = binding(b"twelve bytes")
            arrival = one.arrival(packet)
            two.send(b"something else", Peer(LOOPBACK, one.local_port))
            two.send(packet, Peer(LOOPBACK, one.local_port))
            async with asyncio.timeout(10):
                assert await arrival == Peer(LOOPBACK, two.local_port)

    asyncio.run(main())


@pytest.mark.parametrize("cancel", [False, True])
def test_the_port_is_free_the_moment_that_it_is_left(*, cancel: bool) -> None:
    async def main() -> None:
        asked = asyncio.Event()

        def note(request: bytes) -> list[bytes]:
            asked.set()
            return [] if cancel else honest(request)

        async def talk(server: Peer) -> None:
            exchange = opened()
            try:
                async with exchange:
                    await exchange.ask(server, PATIENT)
            finally:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as same:
                    same.bind(("127.0.0.1", exchange.local_port))

        async with liar(note) as heard:
            task = asyncio.create_task(talk(Peer(LOOPBACK, heard.port)))
            async with asyncio.timeout(10):
                await asked.wait()
            if cancel:
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            else:
                await task

    asyncio.run(main())


def test_a_system_that_does_not_send_is_quoted() -> None:
    async def main() -> None:
        async with opened() as exchange:
            answer = await exchange.ask(Peer(LOOPBACK, 0), BRIEF)  # no system sends to port 0
        assert isinstance(answer, Flaw)
        assert answer.detail.startswith("could not be asked: ")

    asyncio.run(main())
