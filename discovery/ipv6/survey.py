"""One look at this machine's IPv6: its addresses, the judgement on them, and NAT64."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import IPv6Address

from discovery.interface import is_tunnel
from discovery.ipv6 import nat64
from discovery.ipv6.absence import absence
from discovery.ipv6.addresses import default_routes, held
from discovery.ipv6.choice import choose
from discovery.ipv6.routes import DefaultRoute, way_out
from discovery.ipv6.view import Held, Ipv6View

LookupAaaa = Callable[[str], Awaitable[tuple[str, ...] | None]]
"""Asks the network's resolver for AAAA records. Empty is "none"; None is "nobody answered"."""


async def survey_ipv6(
    *,
    interface: str = "",
    current: IPv6Address | None = None,
    aaaa: LookupAaaa | None = None,
    limit: float = 3.0,
) -> Ipv6View:
    """Look at this machine's IPv6 now.

    `interface` names the only link to use; else it is chosen. `current` is the address that is
    published now. `aaaa` must ask the network's own resolver, for only that one knows of its
    NAT64; it is given `limit` seconds. Never raises for network trouble.
    """
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(asyncio.to_thread(lambda: (held(), default_routes())))
        asking = group.create_task(_nat64(aaaa, limit))
    found, routes = looking.result()
    prefix = asking.result()
    view = judge(found, routes, is_tunnel=is_tunnel, interface=interface, current=current)
    return replace(view, nat64=prefix or "", nat64_known=prefix is not None)


def judge(
    found: tuple[Held, ...] | None,
    routes: tuple[DefaultRoute, ...],
    *,
    is_tunnel: Callable[[str], bool],
    interface: str = "",
    current: IPv6Address | None = None,
) -> Ipv6View:
    """Choose among the addresses found (None: the system does not tell their flags). Pure."""
    out = way_out(routes, interface=interface, is_tunnel=is_tunnel)
    device = out.device if out else ""
    choice = choose(
        found or (),
        way_out=device if routes else None,
        is_tunnel=is_tunnel,
        interface=interface,
        current=current,
    )
    view = Ipv6View(
        candidates=choice.candidates,
        chosen=choice.chosen,
        has_route=bool(routes),
        gateway=out.gateway if out else "",
        device=device,
        supported=found is not None,
    )
    flaw = absence(view)
    return replace(view, note=f"This machine {flaw.detail}.") if flaw else view


async def _nat64(aaaa: LookupAaaa | None, limit: float) -> str | None:
    """The NAT64 prefix, empty when the resolver knows of none; None when it did not say."""
    if aaaa is None:
        return None
    try:
        async with asyncio.timeout(limit):
            answers = await aaaa(nat64.NAME)
    except TimeoutError:
        return None
    return None if answers is None else nat64.prefix(answers)
