from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from discovery.signals.gena_http import Peer
from discovery.signals.heads import Head
from tests.discovery.signals.listening import nothing_left

ROUTER, LOCAL = IPv4Address("127.0.0.1"), IPv4Address("127.0.0.3")


def ask(answer: bytes, *, seen: Callable[[str], None] = lambda _: None) -> Head:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen(writer.get_extra_info("peername")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def main() -> Head:
        server = await asyncio.start_server(serve, str(ROUTER), 0)
        try:
            async with nothing_left():
                port = server.sockets[0].getsockname()[1]
                return await Peer(router=ROUTER, local=LOCAL).ask(port, b"GET / HTTP/1.1\r\n\r\n")
        finally:
            server.close()
            await asyncio.sleep(0)
        raise AssertionError

    return asyncio.run(main())


def test_the_router_is_asked_from_our_own_address() -> None:
    seen: list[str] = []
    assert ask(b"HTTP/1.1 200 OK\r\nSID: x\r\n\r\n", seen=seen.append).text("SID") == "x"
    assert seen == [str(LOCAL)]


def test_a_head_without_an_end_is_not_read_for_ever() -> None:
    with pytest.raises(ValueError, match="without an end"):
        ask(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20))


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_head_that_is_cut_off_is_an_end_of_file(answer: bytes) -> None:
    with pytest.raises(EOFError):
        ask(answer)
