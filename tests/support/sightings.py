"""Short ways to say what a witness said, for tests of decisions."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from agent.decide.witnesses import Case, Witness
from discovery.observation import (
    Family,
    Missed,
    Observation,
    Seen,
    StunEvidence,
    Why,
)

ROUTER = Witness(source="upnp", name="router", operator="router")
PMP = Witness(source="natpmp", name="gateway", operator="router")
STUN = tuple(
    Witness(source="stun", name=f"stun.{who}.example:3478", operator=f"{who}.example")
    for who in ("one", "two", "three")
)
HTTP = tuple(
    Witness(source="http", name=f"https://ip.{who}.example/", operator=f"{who}.example")
    for who in ("four", "five")
)
MENU = (ROUTER, PMP, *STUN, *HTTP)

PUBLIC = ip_address("81.2.69.142")
OTHER = ip_address("89.160.20.112")
THIRD = ip_address("8.8.8.8")
LOCAL = IPv4Address("192.168.1.10")


def case(**changes: object) -> Case:
    """A home behind a router, everybody may be asked, nothing is published yet."""
    base = Case(family=Family.V4, order=("upnp", "natpmp", "stun", "http"), menu=MENU, local=LOCAL)
    return replace(base, **changes)  # type: ignore[arg-type]  # the test names real fields


def seen(
    witness: Witness, address: IPv4Address | IPv6Address | str, *, rewritten: str = ""
) -> Seen:
    """The witness names a public address."""
    evidence = None
    if witness.source == "stun":
        evidence = StunEvidence(
            server="192.0.2.1:3478",
            transport="udp",
            local="192.168.1.10:40000",
            mapped_port=40000,
            rewritten=rewritten,
        )
    return Seen(
        source=witness.source,
        witness=witness.name,
        operator=witness.operator,
        family=Family.V4,
        address=ip_address(address),
        evidence=evidence,
    )


def missed(witness: Witness, why: Why = Why.SILENT, reported: str | None = None) -> Missed:
    """The witness names none."""
    return Missed(
        source=witness.source,
        witness=witness.name,
        operator=witness.operator,
        family=Family.V4,
        why=why,
        detail=f"{witness.name} gave no address ({why.value})",
        reported=None if reported is None else ip_address(reported),
    )


def router_says(reported: str) -> Missed:
    """The router names an address that cannot be published."""
    return missed(ROUTER, Why.NOT_PUBLIC, reported)


SILENT_ROUTER: tuple[Observation, ...] = (missed(ROUTER), missed(PMP))
