"""The ways in which home routers translate addresses, as nftables rules."""

from __future__ import annotations

from tests.lab.places import FORWARDED, HOME, LAN
from tests.lab.plan import Plan

_PSID = 0x34
PORT_SET = tuple((high << 12 | _PSID << 4, high << 12 | _PSID << 4 | 0xF) for high in range(1, 16))
"""A MAP-E port set (RFC 7597 §5.1): 15 times 16 ports, alike in the eight bits of the PSID."""

RANGES = ", ".join(f"{first}-{last}" for first, last in PORT_SET)


def outgoing(plan: Plan, outer: str) -> list[str]:
    """What becomes of the source of a packet that leaves for the world, or for the home itself."""
    every = 'oifname { "wan", "wan2" }'
    if plan.nat == "symmetric":
        return [f"{every} masquerade random,fully-random"]
    if plan.nat == "port_set":
        # The hash keeps the blocks of one socket together: one port, whatever the destination.
        blocks = ", ".join(f"{number} : goto block{number}" for number in range(len(PORT_SET)))
        which = f"jhash ip saddr . th sport mod {len(PORT_SET)}"
        return [
            f"{every} meta l4proto {{ tcp, udp }} {which} vmap {{ {blocks} }}",
            f"{every} masquerade",
        ]
    if plan.nat == "dmz":
        return [
            f"{every} masquerade",
            f'oifname "lan" ct status dnat ip saddr {LAN} snat to {outer}',
        ]
    return [f"{every} masquerade"]


def port_blocks(plan: Plan) -> dict[str, list[str]]:
    """One chain for each block of the port set."""
    if plan.nat != "port_set":
        return {}
    return {
        f"block{number}": [f"meta l4proto {{ tcp, udp }} masquerade to :{first}-{last}"]
        for number, (first, last) in enumerate(PORT_SET)
    }


def incoming(plan: Plan, outer: str) -> list[str]:
    """Where a packet is sent on to that nobody in the home has asked for."""
    rules = [f'iifname "wan" udp dport {FORWARDED} dnat to {HOME}'] if plan.forwarded else []
    if plan.nat == "dmz":
        rules += [f'iifname "wan" dnat to {HOME}', f'iifname "lan" ip daddr {outer} dnat to {HOME}']
    return rules
