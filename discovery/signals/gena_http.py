"""One capped HTTP question to the router, from our address on its link."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.signals.heads import Head, read_head

_LONGEST_HEAD = 8 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The router and our own address towards it.

    Asked from that address, since a router may refuse a CALLBACK to any other than the asker's:
    so miniupnpd closes CVE-2020-12695 ("CallStranger").
    """

    router: IPv4Address
    local: IPv4Address

    async def ask(self, port: int, request: bytes) -> Head:
        """Send a request and read the head of the answer; its body is left alone.

        Raises OSError, ValueError when no head ends within 8 KiB, EOFError when it is cut off.
        """
        reader, writer = await asyncio.open_connection(
            str(self.router), port, limit=_LONGEST_HEAD, local_addr=(str(self.local), 0)
        )
        try:
            writer.write(request)
            return read_head(await reader.readuntil(b"\r\n\r\n"))
        except asyncio.LimitOverrunError as overrun:
            raise ValueError("a head without an end") from overrun
        finally:
            writer.transport.abort()
            with suppress(OSError):  # closed for certain when this returns
                await writer.wait_closed()
