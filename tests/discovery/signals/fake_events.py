"""A router on loopback that describes its connection and sends events as a test wants."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"

Answer = bytes | None  # to a SUBSCRIBE or UNSUBSCRIBE; None is never
GRANTED = b"HTTP/1.1 200 OK\r\nSID: uuid:1\r\nTIMEOUT: Second-1800\r\nContent-Length: 0\r\n\r\n"


class FakeEvents:
    """Use it as an async context manager. `asked` lists methods and paths in order."""

    def __init__(
        self,
        description: bytes | None,
        *,
        answer: Callable[[str, str], Answer] = lambda _method, _path: GRANTED,
        events: int = 1,
    ) -> None:
        """`answer` gets method and path; after a grant so many events are sent to the CALLBACK.

        Without a description, none is ever sent.
        """
        self._description, self._answer, self._events = description, answer, events
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        self.callbacks: list[str] = []
        self.location = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.location = f"http://{HOST}:{self.port}/rootDesc.xml"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path = head.split()[:2]
                self.asked.append(f"{method} {path}")
                if method == "GET":
                    await self._send(writer, self._described())
                    return
                answer = self._answer(method, path)
                await self._send(writer, answer)
                callback = re.search(r"CALLBACK: <(.*)>", head)
                if callback and answer is not None and b" 200 " in answer:
                    self.callbacks.append(callback[1])
                    for seq in range(self._events):
                        await notify(callback[1], seq)
        finally:
            writer.transport.abort()

    def _described(self) -> Answer:
        if self._description is None:
            return None
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + self._description

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        if answer is None:
            await asyncio.Event().wait()
        assert answer is not None
        writer.write(answer)
        await writer.drain()
        writer.close()


async def notify(url: str, seq: int, sid: str = "uuid:1") -> None:
    """Send one event from the router's address."""
    host, _, rest = url.removeprefix("http://").partition(":")
    port, _, path = rest.partition("/")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(HOST, 0))
    try:
        writer.write(
            f"NOTIFY /{path} HTTP/1.1\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\n"
            f"SID: {sid}\r\nSEQ: {seq}\r\nCONTENT-LENGTH: 0\r\n\r\n".encode()
        )
        await reader.read()
    finally:
        writer.transport.abort()
