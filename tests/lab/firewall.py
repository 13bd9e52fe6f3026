"""What each box does to packets, as nftables rulesets: what it blocks, bends and translates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from tests.lab import nat
from tests.lab.lines import SECOND_LINE
from tests.lab.places import FENCE_PORT, HOME, PRIMARY, RESOLVER, ROUTER, SECONDARY
from tests.lab.plan import Plan

MINIUPNPD_CHAINS = """
table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
"""

_HOOKS = {
    "marks": "type filter hook prerouting priority -150",
    "prerouting": "type nat hook prerouting priority -100",
    "incoming": "type filter hook input priority 0",
    "forward": "type filter hook forward priority 10",
    "postrouting": "type nat hook postrouting priority 100",
}


def home_router(plan: Plan, outer: str) -> str:
    """Translation, and whatever the plan blocks or bends. Replaces the ruleset before it."""
    allowed = [f"udp dport {FENCE_PORT} accept"]
    return _table(
        {
            "marks": [*_take_turns(plan), *_alg(plan, outer)],
            "prerouting": [
                *(f'iifname "lan" {rule}' for rule in _diverted(plan)),
                *nat.incoming(plan, outer),
            ],
            "incoming": ['iifname "lan" meta l4proto { tcp, udp } drop'] if plan.stealth else [],
            "forward": [*allowed, *(f'iifname "lan" {rule}' for rule in _blocked(plan))],
            "postrouting": nat.outgoing(plan, outer),
        },
        nat.memory(plan),
    )


def provider_router(plan: Plan, outer: str) -> str:
    """A plain router, or the second NAT that gives the home `outer` as its public address."""
    inward, outward, refused = [], [], []
    if plan.upstream == "one_to_one":
        inward = [f'iifname "world" ip daddr {outer} dnat to {plan.router_wan}']
    if plan.upstream != "direct":
        outward = [f'oifname "world" snat to {outer}']
    if plan.nat == "port_set":  # the other ports of the address are other customers'
        refused = [
            f'iifname "world" ip daddr {outer} {proto} dport != {{ {nat.RANGES} }} drop'
            for proto in ("udp", "tcp")
        ]
    return _table({"prerouting": inward, "forward": refused, "postrouting": outward})


def world(plan: Plan) -> str:
    """The wire between the two name servers, cut where the secondary is to lag."""
    cut = [f"ip saddr {PRIMARY} ip daddr {SECONDARY} drop"] if plan.secondary_lags else []
    return _table({"incoming": cut})


def _blocked(plan: Plan) -> list[str]:
    if plan.portal:
        return ["drop"]
    rules = []
    if plan.stun != "open":
        rules.append("udp dport != 53 drop")
    if plan.stun == "blocked":
        rules.append("tcp dport 3478 drop")
    if not plan.http:
        rules.append("tcp dport { 80, 443 } drop")
    if not plan.updates:
        rules.append(f"ip daddr {PRIMARY} tcp dport 53 reject with tcp reset")
    return rules


def _diverted(plan: Plan) -> list[str]:
    """Whose packets end at another place than they were sent to."""
    if plan.portal:
        ports = ("udp dport 53", "tcp dport { 53, 80, 443 }")
        return [f"{port} dnat to {ROUTER}" for port in ports]
    if plan.dns_intercepted:
        return [f"{proto} dport 53 dnat to {RESOLVER}" for proto in ("udp", "tcp")]
    return []


def _take_turns(plan: Plan) -> list[str]:
    """Every other connection leaves by the second line, as MikroTik's `nth` does it.

    UDP and TCP take turns apart, so that a case does not depend on what else is under way; DNS
    and the wire-tap's mark stay on the first line.
    """
    if not plan.two_lines:
        return []
    turn = f"ct mark set numgen inc mod 2 map {{ 0 : 1, 1 : {SECOND_LINE} }}"
    return [
        f'iifname "lan" ct state new udp dport != {{ 53, {FENCE_PORT} }} {turn}',
        f'iifname "lan" ct state new tcp dport != 53 {turn}',
        'iifname "lan" meta mark set ct mark',
    ]


def _alg(plan: Plan, outer: str) -> list[str]:
    """Where coturn has its MAPPED-ADDRESS, the router puts the home's own address."""
    if not plan.alg:
        return []
    field, public, private = "@th,384,32", int(IPv4Address(outer)), int(IPv4Address(HOME))
    answer = f'iifname "wan" udp sport 3478 {field} {public:#x}'
    return [f"{answer} {field} set {private:#x} udp checksum set 0"]


def _table(chains: Mapping[str, Sequence[str]], declared: Sequence[str] = ()) -> str:
    body = "".join(f"  {line}\n" for line in declared) + "".join(
        f"  chain {name} {{\n    {_HOOKS[name]};\n"
        + "".join(f"    {rule}\n" for rule in rules)
        + "  }\n"
        for name, rules in chains.items()
    )
    return f"table ip lab\ndelete table ip lab\ntable ip lab {{\n{body}}}\n"


VPN_SERVER = _table({"postrouting": ['oifname "world" masquerade']})
