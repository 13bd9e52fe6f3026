"""HTTP echo services of the world: one that tells the truth, over TLS too, and one that lies."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping

from tests.lab.places import LIE
from tests.lab.plan import EchoLie

Answer = Callable[[str], str]
"""From the address that asks to the body that it gets."""


def truth(asker: str) -> str:
    return f"{asker}\n"


def login_page(asker: str) -> str:
    return "<html><head><title>Welcome to the hotel</title></head><body>Please log in</body></html>"


ECHO_LIES: Mapping[EchoLie, Answer] = {
    "truth": truth,
    "wrong": lambda asker: f"{LIE}\n",
    "private": lambda asker: "10.6.6.6\n",
    "login_page": login_page,
}


class Echo:
    """A web server that answers every GET with what `answer` says; `asked` counts them.

    Under `/generate_204` it has no content, as the services have that tell a login page from
    the open Internet.
    """

    def __init__(self, answer: Answer = truth) -> None:
        self.answer = answer
        self.asked = 0
        self._servers: list[asyncio.Server] = []

    async def serve(self, address: str, tls: ssl.SSLContext) -> None:
        """Listen on ports 80 and 443 of one more address."""
        self._servers.append(await asyncio.start_server(self._visit, address, 80))
        self._servers.append(await asyncio.start_server(self._visit, address, 443, ssl=tls))

    async def close(self) -> None:
        """Listen no longer."""
        for server in self._servers:
            server.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            writer.write(self._response(head, writer.get_extra_info("peername")[0]))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the visitor went away
        finally:
            writer.close()

    def _response(self, head: bytes, asker: str) -> bytes:
        if head.startswith(b"GET /generate_204 "):
            return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        body = self.answer(asker).encode()
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
