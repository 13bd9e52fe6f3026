"""How the boxes of an access are numbered and routed, as `ip` commands. All text, no process.

The lines are point to point: any address on one end, any gateway on the other.
"""

from __future__ import annotations

from tests.lab.places import (
    HOME,
    ROUTER,
    SECOND_GATEWAY,
    SECOND_WAN,
    VPN_EXIT,
    WAN_GATEWAY,
)
from tests.lab.plan import Plan

SECOND_LINE = 2  # the mark of a connection that uses it, and its routing table


def home(plan: Plan, outer: str) -> tuple[str, ...]:
    """This machine's own address, and the way out."""
    address, gateway = (HOME, ROUTER) if plan.behind_router else (outer, WAN_GATEWAY)
    return (
        "address flush dev eth0",
        f"address add {address}/24 dev eth0",
        f"route replace default via {gateway} dev eth0",
        *([f"route replace {VPN_EXIT}/32 via {gateway} dev eth0"] if plan.vpn else []),
    )


def router(plan: Plan, outer: str) -> tuple[str, ...]:
    """The home's box: a router, or a modem that is nothing but a bridge."""
    if not plan.behind_router:
        return (
            "address flush dev wan",
            "address flush dev lan",
            "link set wan up master lan",
        )
    return (
        "link set wan nomaster",
        f"address replace {ROUTER}/24 dev lan",
        *_router_end("wan", _inner(plan, outer), plan.router_gateway, up=plan.wan_up),
        *_router_end("wan2", SECOND_WAN, SECOND_GATEWAY, up=plan.two_lines, table=SECOND_LINE),
    )


def provider(plan: Plan, outer: str) -> tuple[str, ...]:
    """The provider's box. As a second NAT it owns the public address; else it knows the way."""
    owned = [f"address add {outer}/32 dev lo"] if plan.upstream != "direct" else []
    return (
        "address flush dev lo scope global",
        *owned,
        *_provider_end("home", plan.router_gateway, _inner(plan, outer)),
        *_provider_end("home2", SECOND_GATEWAY, SECOND_WAN),
    )


def _inner(plan: Plan, outer: str) -> str:
    return outer if plan.upstream == "direct" else plan.router_wan


def _router_end(
    device: str, address: str, gateway: str, *, up: bool, table: int = 254
) -> tuple[str, ...]:
    if not up:
        return (f"address flush dev {device}", f"link set {device} down")
    return (
        f"address flush dev {device}",
        f"link set {device} up",
        f"address add {address}/32 dev {device}",
        f"route replace default via {gateway} dev {device} onlink table {table}",
    )


def _provider_end(device: str, gateway: str, customer: str) -> tuple[str, ...]:
    return (
        f"address flush dev {device}",
        f"route flush dev {device}",
        f"neighbour flush dev {device}",
        f"address add {gateway}/32 dev {device}",
        f"route replace {customer}/32 dev {device}",
    )
