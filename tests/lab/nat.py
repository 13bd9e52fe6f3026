"""The ways in which home routers translate addresses, as nftables rules."""

from __future__ import annotations

from tests.lab.places import FENCE_PORT, FORWARDED, HOME, LAN, STUN
from tests.lab.plan import Plan

_PSID = 0x34
PORT_SET = tuple((high << 12 | _PSID << 4, high << 12 | _PSID << 4 | 0xF) for high in range(1, 16))
"""A MAP-E port set (RFC 7597 §5.1): 15 times 16 ports, alike in the eight bits of the PSID."""

RANGES = ", ".join(f"{first}-{last}" for first, last in PORT_SET)
_PORTS = [port for first, last in PORT_SET for port in range(first, last + 1)]
_HALF = len(_PORTS) // 2


def outgoing(plan: Plan, outer: str) -> list[str]:
    """What becomes of the source of a packet that leaves for the world, or for the home itself."""
    every = 'oifname { "wan", "wan2" }'
    if plan.nat == "symmetric":
        return [f"{every} masquerade random,fully-random"]
    if plan.nat == "port_set":
        # Each socket has a port of its own, whatever the destination; the kernel by itself would
        # let two sockets share one, towards two destinations. Sockets that are shown to two servers
        # in turn get ports that go up and down: a router that counts its ports looks otherwise.
        socket = "meta l4proto . ip saddr . th sport"
        ports = ", ".join(f"{turn} : {port}" for turn, port in enumerate(_in_turn()))
        each = f"{every} meta l4proto {{ tcp, udp }}"
        turn = f"numgen inc mod {_HALF}"
        return [
            f"{every} udp dport {FENCE_PORT} masquerade",
            f"{each} ip daddr {STUN[0]} add @turns {{ {socket} : {turn} }}",
            f"{each} ip daddr != {STUN[0]} add @turns {{ {socket} : {turn} offset {_HALF} }}",
            f"{each} meta mark set {socket} map @turns",
            f"{each} masquerade to :meta mark map {{ {ports} }}",
            f"{every} masquerade",
        ]
    if plan.nat == "dmz":
        return [
            f"{every} masquerade",
            f'oifname "lan" ct status dnat ip saddr {LAN} snat to {outer}',
        ]
    return [f"{every} masquerade"]


def _in_turn() -> list[int]:
    """The ports in the order in which they are given out: two halves, in each the next far away."""
    turns = sorted(range(_HALF), key=lambda turn: f"{turn:07b}"[::-1])
    return [_PORTS[half + turn] for half in (0, _HALF) for turn in turns]


def memory(plan: Plan) -> list[str]:
    """What the rules above remember, as nftables declares it."""
    if plan.nat != "port_set":
        return []
    key = "inet_proto . ipv4_addr . inet_service"
    return [f"map turns {{ type {key} : mark; flags dynamic; size 65536; }}"]


def incoming(plan: Plan, outer: str) -> list[str]:
    """Where a packet is sent on to that nobody in the home has asked for."""
    rules = [f'iifname "wan" udp dport {FORWARDED} dnat to {HOME}'] if plan.forwarded else []
    if plan.nat == "dmz":
        rules += [f'iifname "wan" dnat to {HOME}', f'iifname "lan" ip daddr {outer} dnat to {HOME}']
    return rules
