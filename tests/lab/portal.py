"""A hotel's network before the login: every name is the portal, and every page its own."""

from __future__ import annotations

import asyncio
import ssl

import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.lab.dns_service import DnsService

LOGIN_NAME = "login.hotel.test"
_PAGE = "<html><head><title>Welcome to the hotel</title></head><body>Please log in</body></html>"


class Portal:
    """Serves DNS, HTTP, and HTTPS with a certificate that fits no name but its own."""

    def __init__(self, address: str, tls: ssl.SSLContext) -> None:
        self._address, self._tls = address, tls
        self._names = DnsService()
        self._web: list[asyncio.Server] = []

    async def serve(self) -> None:
        """Listen, until `close`."""
        await self._names.serve(self._address, self._answer)
        for port, tls in ((80, None), (443, self._tls)):
            server = await asyncio.start_server(_page, self._address, port, ssl=tls)
            self._web.append(server)

    async def close(self) -> None:
        await self._names.close()
        for server in self._web:
            server.close()

    async def _answer(self, query: dns.message.Message, asker: str) -> dns.message.Message | None:
        """Every A record leads here, every other RRset is empty."""
        question = query.question[0]
        reply = dns.message.make_response(query, recursion_available=True)
        if question.rdclass != dns.rdataclass.IN:
            reply.set_rcode(dns.rcode.REFUSED)
        elif question.rdtype == dns.rdatatype.A:
            reply.answer = [dns.rrset.from_text(question.name, 0, "IN", "A", self._address)]
        return reply


async def _page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        writer.write(response(await reader.readuntil(b"\r\n\r\n")))
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass  # the visitor went away, or does not trust the certificate
    finally:
        writer.close()


def response(head: bytes) -> bytes:
    """The login page under its own name; a redirection to it under every other."""
    if f"\r\nhost: {LOGIN_NAME}\r\n".encode() in head.lower():
        status, more = "200 OK", "Content-Type: text/html\r\n"
    else:
        status, more = "302 Found", f"Location: http://{LOGIN_NAME}/\r\n"
    length = f"Content-Length: {len(_PAGE)}\r\n"
    return f"HTTP/1.1 {status}\r\n{more}{length}Connection: close\r\n\r\n{_PAGE}".encode()
