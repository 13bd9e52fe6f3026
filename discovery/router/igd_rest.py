"""What the believed router tells besides its address: its port mappings and IPv6 firewall."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address

from discovery.interface import facing
from discovery.router.description import WAN_CONNECTIONS, Service, services
from discovery.router.firewall6 import ask_firewall
from discovery.router.igd_list import Candidate
from discovery.router.port_mappings import list_mappings, towards
from discovery.router.upnp_worker import leads_to
from discovery.router.view import RouterView

_FIREWALL = ("WANIPv6FirewallControl",)


async def add_rest(
    view: RouterView,
    router: Candidate,
    local: IPv4Address | None,
    *,
    quiet: Awaitable[object],
    end: float,
) -> RouterView:
    """Ask `router` for the rest, until `end` on the event loop's clock, and add it to `view`.

    `local` is our address towards it. `quiet` is awaited before the mappings are read.
    """
    control = service_of(router, _FIREWALL)
    if control is None:
        view = replace(view, firewall6_note=_without(router, "a control of an IPv6 firewall"))
    else:
        share = _left(end) / 3
        firewall6, note = await ask_firewall(control, router.host, limit=share)
        view = replace(view, firewall6=firewall6, firewall6_note=note)
    connection = service_of(router, WAN_CONNECTIONS)
    if connection is None:
        return replace(view, mappings_note=_without(router, "an internet connection"))
    with suppress(TimeoutError):
        async with asyncio.timeout_at(end):
            await quiet
    listed = await list_mappings(connection, router.host, limit=_left(end))
    if listed.entries is None:
        return replace(view, mappings_note=listed.note)
    # A router knows us by the address that faces it, which is another where we have two links.
    own = {str(address) for address in (local, facing(IPv4Address(router.host))) if address}
    ours, others = towards(listed.entries, own)
    return replace(view, mappings=ours, others=others, mappings_note=listed.note)


def service_of(device: Candidate, names: tuple[str, ...]) -> Service | None:
    """The service of these names that lies on the device itself, the one asked before first."""
    found = [
        service
        for service in services(device.description, device.location, names)
        if leads_to(service.control_url, device.host)
    ]
    found.sort(key=lambda service: service.control_url != device.evidence.control_url)
    return found[0] if found else None


def _without(router: Candidate, what: str) -> str:
    if not router.description:
        return "the router's description could not be read"
    return f"the router does not describe {what}"


def _left(end: float) -> float:
    return max(0.0, end - asyncio.get_running_loop().time())
