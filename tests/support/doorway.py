"""A second loopback address for a server that only listens on 127.0.0.1.

BIND listens on the addresses of network interfaces, and `lo` has one; giving it more takes root
and changes the machine. A socket, though, may be bound to any of 127.0.0.0/8: a `Doorway` does
that, and hands each datagram and each connection on, bytes unchanged.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

Endpoint = tuple[str, int]


class Doorway:
    """Relays UDP questions and TCP connections at `front` to the server at `back`."""

    def __init__(self, front: Endpoint, back: Endpoint) -> None:
        """Open at once. Raises OSError when `front` cannot be bound."""
        self._back = back
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.setblocking(False)
        self._udp.bind(front)
        self._tcp = socket.create_server(front)
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"doorway {front}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Shut the door: afterwards the address refuses, as a host without a server does."""
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        streams = await asyncio.start_server(self._connection, sock=self._tcp)
        questions = asyncio.create_task(self._questions())
        await self._closing.wait()
        streams.close()
        questions.cancel()
        await asyncio.wait([questions])
        self._udp.close()

    async def _questions(self) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as answering:
            while True:
                question, client = await loop.sock_recvfrom(self._udp, 65535)
                answering.create_task(self._answer(question, client))

    async def _answer(self, question: bytes, client: Endpoint) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inner:
            inner.setblocking(False)
            inner.connect(self._back)
            # A server that is down refuses: the asker then hears nothing, as through a real relay.
            with contextlib.suppress(OSError):
                await loop.sock_sendall(inner, question)
                answer = await loop.sock_recv(inner, 65535)
                await loop.sock_sendto(self._udp, answer, client)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(*self._back)
        except OSError:
            writer.close()
            return
        async with asyncio.TaskGroup() as pumps:
            pumps.create_task(_pump(reader, inner_writer))
            pumps.create_task(_pump(inner_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()
