"""What the home router and the provider's router do to packets, as nftables rulesets."""

from __future__ import annotations

from collections.abc import Sequence

from tests.lab.plan import PRIMARY, RESOLVER, SECONDARY, Plan

FENCE_PORT = 9  # discard; always let out, so that the wire-tap knows when it has seen everything

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


def home_router(plan: Plan) -> str:
    """Masquerading, and whatever the plan blocks or bends. Replaces the ruleset before it."""
    blocked = []
    if plan.stun != "open":
        blocked.append("udp dport != 53 drop")
    if plan.stun == "blocked":
        blocked.append("tcp dport 3478 drop")
    if not plan.http:
        blocked.append("tcp dport { 80, 443 } drop")
    if not plan.updates:
        blocked.append(f"ip daddr {PRIMARY} tcp dport 53 reject with tcp reset")
    bent = []
    if plan.dns_intercepted:
        bent = [f"{proto} dport 53 dnat to {RESOLVER}" for proto in ("udp", "tcp")]
    return _table(
        forward=[f"udp dport {FENCE_PORT} accept", *(f'iifname "lan" {rule}' for rule in blocked)],
        prerouting=[f'iifname "lan" {rule}' for rule in bent],
        postrouting=['oifname "wan" masquerade'],
    )


def provider_router(plan: Plan, outer: str) -> str:
    """A plain router, or the second NAT that gives the home `outer` as its public address."""
    translated = [] if plan.upstream == "direct" else [f'oifname "world" snat to {outer}']
    return _table(postrouting=translated)


def world(plan: Plan) -> str:
    """The wire between the two name servers, cut where the secondary is to lag."""
    cut = [f"ip saddr {PRIMARY} ip daddr {SECONDARY} drop"] if plan.secondary_lags else []
    return _table(incoming=cut)


def _table(
    *,
    forward: Sequence[str] = (),
    incoming: Sequence[str] = (),
    prerouting: Sequence[str] = (),
    postrouting: Sequence[str] = (),
) -> str:
    chains = (
        ("forward", "type filter hook forward priority 10", forward),
        ("incoming", "type filter hook input priority 0", incoming),
        ("prerouting", "type nat hook prerouting priority -100", prerouting),
        ("postrouting", "type nat hook postrouting priority 100", postrouting),
    )
    body = "\n".join(
        f"  chain {name} {{\n    {hook};\n" + "".join(f"    {rule}\n" for rule in rules) + "  }"
        for name, hook, rules in chains
    )
    return f"table ip lab\ndelete table ip lab\ntable ip lab {{\n{body}\n}}\n"
