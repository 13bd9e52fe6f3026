"""What a verdict means, said to someone who has never heard of NAT. Wording only."""

from __future__ import annotations

from collections.abc import Mapping

from agent.values import Code
from discovery.observation import Address, Missed, Observation, Seen, Source

SOURCE_NAMES: Mapping[Source, str] = {
    "upnp": "the router (UPnP)",
    "natpmp": "the router (NAT-PMP)",
    "stun": "STUN servers outside",
    "http": "web services outside",
    "interface": "this machine",
}

_VERDICTS: Mapping[Code, str] = {
    "direct": "{address} is this machine's own public address.",
    "single_nat": "{address} is the public address of your router, says {who}.",
    "router_only": "Only the router speaks: {address}. Nobody outside could be asked to check it.",
    "upstream_nat": "The world sees {address}, though your router names another address.",
    "double_nat": (
        "{address} is right, but two routers stand in a row, and your router is the inner one. "
        "To be reached, forward ports on both, or put the outer one into bridge mode."
    ),
    "nat_1to1": (
        "A stranger's packet came in by {address}, though your router names an inner address: it "
        "is mapped to your router one to one, or the router before yours forwards the port."
    ),
    "cgnat": (
        "Your provider shares {address} among many customers (CGNAT): nobody can reach you on "
        "IPv4. Ask for a public IPv4 address, use IPv6, or use a relay."
    ),
    "cgnat_likely": (
        "Your router will not tell its address and the world sees {address}: very likely your "
        "provider shares it among many customers (CGNAT), and nobody can reach you on IPv4."
    ),
    "ds_lite": (
        "Your provider carries IPv4 through an IPv6 tunnel (DS-Lite); {address} is shared and "
        "nobody can reach you by it. Publish IPv6."
    ),
    "stun_agrees": "The router tells nothing; STUN servers outside agree on {address}.",
    "http_agrees": "Neither the router nor STUN tells; web services outside agree on {address}.",
    "one_witness": "{who} names {address}; nobody else was asked.",
    "vpn_active": (
        "{address} is your home's public address. A VPN hides it from ordinary tests: the world "
        "sees the VPN's address instead."
    ),
    "multi_wan": (
        "Your router uses several internet lines; {address} is the one that it names as its own."
    ),
    "shared_ipv4": (
        "{address} is right, but your provider shares it among several customers, each with some "
        "ports (MAP-E or lw4o6): only ports of your share can be reached."
    ),
}

_UNKNOWN: Mapping[Code, str] = {
    "one_witness": "{seen}, and nobody independent confirms it yet; waiting for a second witness.",
    "liar": "The outside witnesses name addresses that cannot be public ({named}).",
    "wan_down": "The internet line is down: {router}.",
    "captive": "This network answers with a web page of its own: a login page is in the way.",
    "offline": "This machine has no way out to the internet.",
    "no_address": "Nobody could tell the public address: {misses}.",
    "nat64": "This is an IPv6-only network; it reaches IPv4 through a translator (NAT64).",
}


def verdict(code: Code, address: Address, sources: tuple[Source, ...]) -> str:
    """Say what a settled or unreachable address is."""
    who = " and ".join(SOURCE_NAMES[source] for source in sources) or "nobody"
    return _VERDICTS[code].format(address=address, who=who)


def direct6(address: Address, standing: str) -> str:
    """Say that an IPv6 address is this machine's own, and on whose word."""
    return f"{address} is this machine's own stable IPv6 address, {standing}."


def unconfirmed6(address: Address, outside: tuple[Observation, ...]) -> str:
    """Say that nobody outside has seen this machine's own IPv6 address, and why."""
    misses = (one for one in outside if isinstance(one, Missed))
    details = "; ".join(dict.fromkeys(miss.detail.rstrip(".") for miss in misses))
    why = f" ({details})" if details else ""
    return f"This machine has {address}, but nobody outside could be asked from it{why}."


def dispute(code: Code, router: Seen | None, tally: Mapping[Address, frozenset[str]]) -> str:
    """Say who names which address."""
    named = [f"the router says {router.address}"] if router else []
    named += [f"{_say(sorted(who))} {address}" for address, who in tally.items()]
    said = "; ".join(named)
    if code == "upstream_nat":
        return f"Router and world disagree ({said}): two lines, or a router with a stale value."
    return f"The witnesses disagree ({said}); nothing is published until they agree."


def unknown(code: Code, misses: tuple[Missed, ...], seen: tuple[Seen, ...]) -> str:
    """Say why no address can be named."""
    details = "; ".join(dict.fromkeys(miss.detail.rstrip(".") for miss in misses))
    router = next((miss.detail for miss in misses if miss.source in ("upnp", "natpmp")), "")
    return _UNKNOWN[code].format(
        misses=details or "there was nobody to ask",
        router=router.rstrip(".") or "the router is silent",
        named=", ".join(dict.fromkeys(str(miss.reported) for miss in misses if miss.reported)),
        seen="; ".join(f"{one.witness} names {one.address}" for one in seen),
    )


def _say(names: list[str]) -> str:
    return f"{' and '.join(names)} {'says' if len(names) == 1 else 'say'}"
