"""The home's internet line: the one thing in the pretend home that changes by itself."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address


class Line:
    """A line with a public address, for as long as the internet provider leaves it in place."""

    def __init__(self, address: IPv4Address) -> None:
        """Connect with `address`. Needs a running event loop, whose clock it goes by."""
        self.address = address
        self._since = asyncio.get_running_loop().time()

    def reconnect(self, address: IPv4Address) -> float:
        """Drop the line and come back as `address`; return when, on the loop's clock."""
        self.address = address
        self._since = asyncio.get_running_loop().time()
        return self._since

    @property
    def uptime(self) -> int:
        """Whole seconds since the line last connected."""
        return int(asyncio.get_running_loop().time() - self._since)
