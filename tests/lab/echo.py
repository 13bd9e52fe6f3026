"""HTTP echo services of the world: one that tells the truth, over TLS too, and one that lies."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping

from tests.lab.places import LIE
from tests.lab.plan import EchoLie
from tests.lab.web import Web

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


class Echo(Web):
    """A web server that answers every GET with what `answer` says; `asked` counts them.

    Under `/generate_204` it has no content, as the services have that tell a login page from
    the open Internet.
    """

    def __init__(self, answer: Answer = truth) -> None:
        super().__init__(self._page)
        self.answer = answer
        self.asked = 0

    async def serve(self, address: str, tls: ssl.SSLContext) -> None:
        """Listen on ports 80 and 443 of one more address."""
        await self.listen(address, {80: None, 443: tls})

    async def _page(self, head: str, body: bytes, asker: str) -> tuple[str, str, bytes]:
        self.asked += 1
        if head.startswith("GET /generate_204 "):
            return "204 No Content", "", b""
        return "200 OK", "text/plain", self.answer(asker).encode()
