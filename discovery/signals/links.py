"""Addresses, routes and links of this machine, by whatever this system tells them with."""

from __future__ import annotations

import sys

from discovery.signals.source import LookNow, Source, Unavailable


def links(look_now: LookNow, *, platform: str = sys.platform) -> Source:
    """Watch this machine's own network.

    Raises Unavailable on a system that has none of the three ways.
    """
    # Each is imported where it is used: a home has one system.
    if platform == "linux":
        from discovery.signals.netlink import netlink  # noqa: PLC0415 - see above

        return netlink(look_now)
    if platform == "darwin":
        from discovery.signals.routing_socket import routing_socket  # noqa: PLC0415 - see above

        return routing_socket(look_now)
    if platform == "win32":
        from discovery.signals.windows import IpHelper  # noqa: PLC0415 - see above

        return IpHelper(look_now)
    raise Unavailable(f"this system ({platform}) does not tell when its own network changes")
