"""A DoH server (RFC 8484) that speaks HTTP/1.1, as Cloudflare's does and BIND's does not.

It knows what its plain-DNS sister knows: who asks, and for everything else a resolver.
"""

from __future__ import annotations

import ssl

from tests.lab.dns_service import respond
from tests.lab.web import Web
from tests.lab.whoami import cloudflare

_MESSAGE = "application/dns-message"


class Doh(Web):
    """Answers a POST to `/dns-query`, and nothing else."""

    def __init__(self) -> None:
        super().__init__(_answer)

    async def serve(self, address: str, tls: ssl.SSLContext) -> None:
        """Listen on port 443 of one more address."""
        await self.listen(address, {443: tls})


async def _answer(head: str, body: bytes, asker: str) -> tuple[str, str, bytes]:
    if not head.startswith("POST /dns-query "):
        return "404 Not Found", "text/plain", b"DNS-over-HTTPS lives at /dns-query\n"
    if f"\r\ncontent-type: {_MESSAGE}\r\n" not in head.lower():
        return "415 Unsupported Media Type", "text/plain", b""
    answer = await respond(cloudflare, body, asker)
    if answer is None:
        return "400 Bad Request", "text/plain", b"that is no question, or nobody can answer it\n"
    return "200 OK", _MESSAGE, answer
