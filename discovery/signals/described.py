"""Fetching the router's description for a signal that needs one."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from discovery.egress import reason
from discovery.router import soap
from discovery.router.ssdp import location_host
from discovery.signals.source import Unavailable


async def describe(
    location: str, *, local: IPv4Address | None, limit: float
) -> tuple[IPv4Address, str]:
    """The router's address and what it describes; `local` is our address to ask from.

    Takes `limit` seconds at most. Raises Unavailable.
    """
    router = location_host(location)
    if router is None:
        raise Unavailable("the router's description is not at a plain http:// address")
    try:
        async with asyncio.timeout(limit):
            return router, await soap.fetch(location, str(router), local=local)
    except TimeoutError:
        raise Unavailable(f"the router did not send its description within {limit:g} s") from None
    except OSError as error:
        raise Unavailable(
            f"the router's description cannot be fetched ({reason(error)})"
        ) from error
    except ValueError as error:
        raise Unavailable("the router sent something that is no description of a device") from error
