"""The door for events, on loopback: the router is 127.0.0.1, a neighbour has 127.0.0.2."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address
from typing import Any

import pytest

from discovery.signals.gena_http import Peer
from discovery.signals.gena_listener import Listener
from discovery.signals.gena_messages import Event
from discovery.signals.source import Unavailable
from tests.discovery.signals.listening import nothing_left, until

ROUTER, LOCAL, NEIGHBOUR = "127.0.0.1", "127.0.0.3", "127.0.0.2"
PEER = Peer(router=IPv4Address(ROUTER), local=IPv4Address(LOCAL))


class Case:
    """A listener that expects events named uuid:1, and what it received."""

    def __init__(self, listener: Listener) -> None:
        self.events: list[Event] = []
        self.url = listener.expect(self.receive)
        _, _, place = self.url.partition("://")
        authority, _, path = place.partition("/")
        self.path, self.port = f"/{path}", int(authority.partition(":")[2])

    def receive(self, event: Event) -> bool:
        if event.sid == "uuid:1":
            self.events.append(event)
        return event.sid == "uuid:1"

    def notify(
        self, *, path: str = "", sid: str = "uuid:1", body: bytes = b"", more: str = ""
    ) -> bytes:
        head = (
            f"NOTIFY {path or self.path} HTTP/1.1\r\nHOST: x\r\nNT: upnp:event\r\n{more}"
            f"NTS: upnp:propchange\r\nSID: {sid}\r\nSEQ: 4\r\nCONTENT-LENGTH: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def send(self, data: bytes, source: str = ROUTER) -> bytes:
        """Send, and give what is answered until the line is closed."""
        reader, writer = await self.connect(source)
        try:
            writer.write(data)
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()

    async def connect(
        self, source: str = ROUTER
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(LOCAL, self.port, local_addr=(source, 0))


@asynccontextmanager
async def listening(limit: float) -> AsyncIterator[Case]:
    async with nothing_left(), Listener(PEER, limit=limit) as listener:
        yield Case(listener)


def run(test: Callable[[Case], Coroutine[Any, Any, None]], *, limit: float = 30.0) -> None:
    async def main() -> None:
        async with listening(limit) as case:
            await test(case)

    asyncio.run(main())


def status(answer: bytes) -> str:
    return answer.decode().split(" ")[1] if answer else ""


def test_an_event_is_received_and_answered() -> None:
    async def test(case: Case) -> None:
        answer = await case.send(case.notify(body=b"<e:propertyset/>"))
        assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        assert case.events == [Event(sid="uuid:1", seq=4)]

    run(test)


def test_the_listener_stands_on_our_lan_address_alone() -> None:
    async def test(case: Case) -> None:
        assert case.url.startswith(f"http://{LOCAL}:")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", case.port)

    run(test)


def test_a_neighbour_gets_no_answer_even_with_the_right_words() -> None:
    async def test(case: Case) -> None:
        assert await case.send(case.notify(), source=NEIGHBOUR) == b""
        assert case.events == []

    run(test)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda case: case.notify(path="/guess"), "404", id="another path"),
        pytest.param(lambda case: case.notify(path=case.path + "?"), "404", id="nearly the path"),
        pytest.param(lambda case: case.notify(sid="uuid:2"), "412", id="another subscription"),
        pytest.param(lambda case: case.notify().replace(b"NT:", b"N:"), "400", id="no NT"),
        pytest.param(lambda case: case.notify().replace(b"NOTIFY", b"GET"), "405", id="a GET"),
        pytest.param(lambda _: b"\xff\xfe\r\n\r\n", "405", id="noise"),
        pytest.param(lambda case: case.notify(more="X: " + "a" * 20_000), "", id="endless head"),
        pytest.param(lambda _: b"\r\n\r\n", "405", id="empty lines"),
    ],
)
def test_what_is_no_event_of_ours_is_refused(
    change: Callable[[Case], bytes], expected: str
) -> None:
    async def test(case: Case) -> None:
        assert status(await case.send(change(case))) == expected
        assert case.events == []

    run(test)


def test_a_path_that_is_forgotten_leads_nowhere() -> None:
    async def main() -> None:
        async with Listener(PEER) as listener:
            case, other = Case(listener), Case(listener)
            assert case.path != other.path
            listener.forget(case.url)
            assert status(await case.send(case.notify())) == "404"
            assert status(await other.send(other.notify())) == "200"

    asyncio.run(main())


def test_a_body_of_64_kib_is_taken_and_a_larger_one_is_not() -> None:
    async def test(case: Case) -> None:
        assert status(await case.send(case.notify(body=bytes(64 << 10)))) == "200"
        head = case.notify().replace(b"CONTENT-LENGTH: 0", b"CONTENT-LENGTH: 65537")
        assert status(await case.send(head)) == "413"

    run(test)


def test_a_body_in_chunks_is_not_waited_for_before_the_answer() -> None:
    async def test(case: Case) -> None:
        head = case.notify().replace(b"CONTENT-LENGTH: 0", b"TRANSFER-ENCODING: chunked")
        assert status(await case.send(head + b"5\r\nhello\r\n")) == "200"
        assert len(case.events) == 1

    run(test)


def test_a_flood_without_a_length_is_cut_off() -> None:
    async def test(case: Case) -> None:
        _, writer = await case.connect()
        writer.write(case.notify().replace(b"CONTENT-LENGTH: 0", b"X: y"))
        sent = 0
        with suppress(ConnectionError):
            while sent < 64 << 20:
                writer.write(bytes(1 << 16))
                await writer.drain()
                sent += 1 << 16
        writer.transport.abort()
        assert sent < 64 << 20

    run(test)


def test_whoever_says_nothing_is_cut_off() -> None:
    async def test(case: Case) -> None:
        assert await case.send(b"NOTIFY /") == b""

    run(test, limit=0.05)


def test_a_body_that_does_not_come_is_not_waited_for_beyond_the_limit() -> None:
    async def test(case: Case) -> None:
        head = case.notify().replace(b"CONTENT-LENGTH: 0", b"CONTENT-LENGTH: 10")
        assert await case.send(head) == b""
        assert len(case.events) == 1, "the event itself had come"

    run(test, limit=0.05)


def test_a_fifth_connection_at_once_is_refused_until_one_has_ended() -> None:
    async def test(case: Case) -> None:
        held = [await case.connect() for _ in range(4)]
        for _, writer in held:
            writer.write(b"NOTIFY ")
        await until(lambda: len(asyncio.all_tasks()) == 5, lambda: "four are not served")
        assert await case.send(case.notify()) == b""
        held[0][1].transport.abort()
        await until(lambda: len(asyncio.all_tasks()) == 4, lambda: "the first is still served")
        assert status(await case.send(case.notify())) == "200"
        for _, writer in held:
            writer.transport.abort()

    run(test)


def test_closing_ends_what_is_under_way() -> None:
    async def main() -> None:
        async with nothing_left():
            async with Listener(PEER) as listener:
                reader, writer = await Case(listener).connect()
                writer.write(b"NOTIFY ")
                await until(lambda: len(asyncio.all_tasks()) == 2, lambda: "it is not served")
            with suppress(ConnectionError):
                assert await reader.read() == b""
            writer.transport.abort()

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(8))
def test_a_connection_that_comes_just_before_the_end_is_closed_with_the_rest(steps: int) -> None:
    """asyncio makes its transport one step of the loop after it was accepted."""

    async def main() -> None:
        async with nothing_left(), Listener(PEER) as listener:
            port = Case(listener).port
            with socket.socket() as router:
                router.bind((ROUTER, 0))
                router.connect((LOCAL, port))
                for _ in range(steps):
                    await asyncio.sleep(0)
                await listener.__aexit__(None, None, None)

    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        asyncio.run(main())
        gc.collect()


def test_an_address_that_is_not_ours_is_a_sentence() -> None:
    async def main() -> None:
        peer = Peer(router=IPv4Address(ROUTER), local=IPv4Address("203.0.113.7"))
        with pytest.raises(Unavailable, match="no such address"):
            await Listener(peer).__aenter__()

    asyncio.run(main())
