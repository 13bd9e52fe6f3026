"""One TCP connection, made to see whether it is accepted, and closed again."""

from __future__ import annotations

import asyncio
import socket

from discovery.egress import Egress
from discovery.observation import Family
from discovery.path.exchange import Peer


async def accepts(egress: Egress, to: Peer, limit: float) -> bool:
    """Whether a connection to `to` stands within `limit` seconds. Never raises for the network."""
    try:
        with egress.open(Family.V4, socket.SOCK_STREAM) as sock:
            async with asyncio.timeout(limit):
                await asyncio.get_running_loop().sock_connect(sock, (str(to.address), to.port))
    except OSError:  # TimeoutError is one
        return False
    return True
