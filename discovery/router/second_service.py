"""Asking the WAN service of a router that miniupnpc cannot be told to ask.

Many DSL routers describe a WANIPConnection and a WANPPPConnection, and only one of them is in use
(openhab1-addons#5296). With a given description, miniupnpc's Python binding takes the first and
has no way to the second. So where the first one has no public address, the second is asked here:
a capped GET and two capped POSTs, to the same machine only.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from discovery.router import soap
from discovery.router.description import WAN_CONNECTIONS, Service, element, number, services
from discovery.router.upnp_process import Report
from discovery.router.upnp_worker import leads_to


async def ask_second(location: str, host: str, *, asked: str, limit: float) -> Report | None:
    """Ask the WAN service whose control URL is not `asked`; None when there is none or it fails.

    The report is of the same form as the worker's. At most `limit` seconds.
    """
    with suppress(OSError, ValueError):
        async with asyncio.timeout(limit):
            description = await soap.fetch(location, host)
            for service in services(description, location, WAN_CONNECTIONS):
                if service.control_url != asked and leads_to(service.control_url, host):
                    return await _ask(service, host)
    return None


async def _ask(service: Service, host: str) -> Report:
    address = await soap.call(service, host, "GetExternalIPAddress")
    status = await soap.call(service, host, "GetStatusInfo")
    return {
        "control_url": service.control_url,
        "address": element(address, "NewExternalIPAddress"),
        "status": element(status, "NewConnectionStatus"),
        "last_error": element(status, "NewLastConnectionError"),
        "uptime": number(element(status, "NewUptime"), 0xFFFFFFFF),
    }
