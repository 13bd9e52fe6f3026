"""What is in the lab's name space: a root, four top-level domains, and the zones below them.

The delegation is real: the recursive resolver starts at the root server and is referred to the
top-level domains and then to the zones, as it would be in the world. All text, no process.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.lab.places import (
    CLOUDFLARE_DOH,
    CLOUDFLARE_DOH6,
    CLOUDFLARE_DOH_NAME,
    DOH,
    DOH_NAME,
    ECHO,
    ECHO6,
    ECHO_NAMES,
    GOOGLE_NS,
    KNOT,
    KNOT_ZONE,
    LIAR,
    LIAR_NAME,
    LIAR_STUN_NAME,
    POWER,
    POWER_ZONE,
    PRIMARY,
    PRIMARY6,
    ROOT_SERVER,
    SECONDARY,
    SECONDARY6,
    SIGNED_ZONE,
    STALE,
    STUN,
    STUN6,
    STUN_NAMES,
    TELLER_NAMES,
    TELLERS,
    TLD_SERVER,
    ZONE,
)

TOP_LEVEL = ("com", "net", "org", "test")
ROOT_HINTS = f". 3600000 NS a.root.\na.root. 3600000 A {ROOT_SERVER}\n"
_SOA = "hostmaster.example.com. 1 3600 600 86400 15"
_TLD_NAME = "a.nic.test"


def _delegation(zone: str, *glued: tuple[str, str]) -> str:
    """NS records, and an A or AAAA record for each name server's address."""
    servers = "".join(f"{zone}. NS {name}.\n" for name in dict.fromkeys(name for name, _ in glued))
    return servers + _addresses(*glued)


def _addresses(*pairs: tuple[str, str]) -> str:
    return "".join(f"{name}. {'AAAA' if ':' in ip else 'A'} {ip}\n" for name, ip in pairs)


_NAME_SERVERS = (
    (f"ns1.{ZONE}", PRIMARY),
    (f"ns1.{ZONE}", PRIMARY6),
    (f"ns2.{ZONE}", SECONDARY),
    (f"ns2.{ZONE}", SECONDARY6),
)
_TLD_APEX = f"$TTL 3600\n@ SOA {_TLD_NAME}. {_SOA}\n@ NS {_TLD_NAME}.\n"

INFRASTRUCTURE: Mapping[str, str] = {
    ".": (
        f"$TTL 86400\n@ SOA a.root. {_SOA}\n@ NS a.root.\n"
        + _addresses(("a.root", ROOT_SERVER))
        + "".join(_delegation(zone, (_TLD_NAME, TLD_SERVER)) for zone in TOP_LEVEL)
    ),
    "com": _TLD_APEX
    + _delegation(ZONE, *_NAME_SERVERS)
    + _delegation("google.com", ("ns1.google.com", GOOGLE_NS))
    + _addresses((CLOUDFLARE_DOH_NAME, CLOUDFLARE_DOH), (CLOUDFLARE_DOH_NAME, CLOUDFLARE_DOH6)),
    "net": _TLD_APEX + _delegation(POWER_ZONE, (f"ns.{POWER_ZONE}", POWER)),
    "org": _TLD_APEX + f"{SIGNED_ZONE}. NS ns1.{ZONE}.\n",
    "test": _TLD_APEX
    + _addresses((_TLD_NAME, TLD_SERVER))
    + _delegation(KNOT_ZONE, (f"ns.{KNOT_ZONE}", KNOT))
    + _addresses(*zip(TELLER_NAMES, TELLERS, strict=True))
    + _addresses(*zip(STUN_NAMES * 2, STUN + STUN6, strict=True))
    + _addresses(*zip(ECHO_NAMES * 2, ECHO + ECHO6, strict=True))
    + _addresses((LIAR_NAME, LIAR), (LIAR_STUN_NAME, LIAR), (DOH_NAME, DOH)),
}
"""The zones of the root server and of the one server for all top-level domains."""

HOME_ZONE = f"""$TTL 60
@ SOA ns1 {_SOA}
@ NS ns1
@ NS ns2
{_addresses(*_NAME_SERVERS)}home A {STALE}
www CNAME home
"""
