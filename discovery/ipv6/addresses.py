"""Asking this machine for its IPv6 addresses and its ways out, in the way of its system."""

from __future__ import annotations

import sys
from pathlib import Path

from discovery.interface import command_output
from discovery.ipv6.routes import DefaultRoute, read_proc_ipv6_route
from discovery.ipv6.view import Held


def held() -> tuple[Held, ...] | None:
    """Every IPv6 address of this machine with its flags, loopback and link-local ones too.

    None where the flags cannot be read, for then a temporary address looks like a lasting one.
    Takes under a millisecond on Linux; elsewhere a command is asked for up to 2 s, so call it
    from a thread. Never raises.
    """
    if sys.platform == "linux":
        from discovery.ipv6 import netlink  # noqa: PLC0415  Linux alone has it

        return netlink.held()
    if sys.platform == "darwin":
        from discovery.ipv6 import darwin  # noqa: PLC0415  macOS alone has it

        printed = command_output("/sbin/ifconfig", "-L")
        return darwin.read_ifconfig(printed) if printed else None
    if sys.platform == "win32":
        from discovery.ipv6 import windows  # noqa: PLC0415  Windows alone has it

        try:
            return windows.adapters().held
        except OSError:
            return None
    return None


def default_routes() -> tuple[DefaultRoute, ...]:
    """Every IPv6 default route of this machine; empty where they cannot be read. Never raises."""
    try:
        if sys.platform == "linux":
            table = Path("/proc/net/ipv6_route").read_text(encoding="ascii")
            return read_proc_ipv6_route(table)
        if sys.platform == "darwin":
            from discovery.ipv6 import darwin  # noqa: PLC0415  macOS alone has it

            return darwin.read_netstat6(command_output("/usr/sbin/netstat", "-rn", "-f", "inet6"))
        if sys.platform == "win32":
            from discovery.ipv6 import windows  # noqa: PLC0415  Windows alone has it

            return windows.adapters().routes
    except (OSError, ValueError):
        return ()
    return ()
