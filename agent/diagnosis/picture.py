"""The path as a drawing: stations from this machine to DNS, and the ways between them. Pure.

A station is broken, doubtful, sound or not known by the findings that are about it. The drawing
says so in words and by the shape of its frame; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import (
    address_of,
    candidates,
    listed,
    outside,
    router_reported,
    router_title,
    settled,
)
from agent.diagnosis.finding import Diagnosis, Finding
from agent.diagnosis.layers import nat_layers
from agent.values import FAMILY_OF
from discovery.observation import Family

State = Literal["sound", "doubtful", "broken", "unknown"]

WORDS: dict[State, str] = {
    "sound": "fine",
    "doubtful": "look here",
    "broken": "trouble",
    "unknown": "not known",
}

_ABOUT = {
    "machine": {"offline", "clock_wrong", "vpn_active", "v6_none", "no_address", "direct"},
    "router": {
        *("router_upnp_off", "router_silent", "router_lies", "router_stale", "upstream_nat"),
        *("foreign_igd", "alg", "symmetric_nat", "open_nat", "port_not_reached", "multi_wan"),
        *("v6_firewall_closed", "wan_down", "double_nat"),
    },
    "provider": {"cgnat", "cgnat_likely", "ds_lite", "shared_ipv4", "nat64", "double_nat"},
    "internet": {
        *("udp_blocked", "liar", "witnesses_disagree", "captive", "one_witness", "router_only"),
        *("v6_nat66_or_vpn", "ice_differs"),
    },
    "dns": {
        *("dns_stale", "dns_partial", "dns_missing", "dns_extra", "dns_cname", "dns_wildcard"),
        *("dns_private", "dns_lame", "dns_silent", "dns_unknown", "dns_ns_differ"),
        *("dns_intercepted", "dns_ttl_high", "dns_bogus"),
    },
    "account": {"account_rejected", "account_locked", "account_waits", "account_unproved"},
}

_STATES: dict[str, State] = {"error": "broken", "warn": "doubtful", "info": "sound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One box of the drawing: a title, at most three short lines, and how it fares."""

    id: str
    title: str
    lines: tuple[str, ...]
    state: State
    trouble: str = ""  # the fact of its heaviest finding

    @property
    def word(self) -> str:
        """The state in words."""
        return WORDS[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The path from left to right, and what hangs below its right end."""

    path: tuple[Station, ...]
    names: tuple[Station, ...]

    @property
    def summary(self) -> str:
        """The whole drawing in a sentence, for those who cannot see it."""
        told = [f"{one.title}: {one.word}" for one in (*self.path, *self.names)]
        return "; ".join(told) + "."


def picture(evidence: Evidence, diagnosis: Diagnosis) -> Picture:
    """Draw the path of this home."""
    return Picture(
        path=tuple(_path(evidence, diagnosis.findings)),
        names=tuple(_names(evidence, diagnosis.findings)),
    )


def _path(evidence: Evidence, findings: tuple[Finding, ...]) -> Iterator[Station]:
    around = evidence.around
    local = str(around.local or "no IPv4 address")
    vpn = ("a VPN takes the traffic",) if around.default_is_tunnel else ()
    yield _station("machine", "This machine", (local, *vpn), findings)
    layers = nat_layers(evidence)
    if around.gateway is not None:
        says = router_reported(evidence)
        wan = f"outside: {says}" if says else "names no outside address"
        yield _station("router", "Your router", (router_title(evidence), wan), findings)
    if layers is None and around.gateway is not None:
        yield Station(
            id="provider",
            title="Another NAT?",
            lines=("cannot be told from here",),
            state="unknown",
        )
    elif layers is not None and layers > 1:
        yield _station("provider", "A second NAT", _second(evidence), findings)
    address = address_of(evidence, Family.V4)
    named = candidates(evidence.verdicts.get(Family.V4))
    seen = str(address) if address else listed(named, "or") or "nobody sees you"
    count = len({one.operator for one in outside(evidence)})
    who = f"{count} witness{'' if count == 1 else 'es'} outside"
    yield _station("internet", "The internet", (f"sees {seen}" if address else seen, who), findings)


def _second(evidence: Evidence) -> tuple[str, ...]:
    hops = [hop for hop in evidence.path.trail.hops if hop.distance > 1]
    return (
        (f"next router: {hops[0].address}",) if hops else ("your provider's, or a second router",)
    )


def _names(evidence: Evidence, findings: tuple[Finding, ...]) -> Iterator[Station]:
    for exam in evidence.records[:3]:
        wanted = settled(evidence, FAMILY_OF[exam.exam.rtype])
        served = listed(sorted(map(str, exam.agreement.live or ()))) or "no address"
        right = dns_verdict(exam, wanted) == "dns_ok"
        yield _station(
            "dns",
            f"{exam.record.name} {exam.exam.rtype}",
            (served, f"{exam.agreement.asked} name servers asked"),
            () if right else tuple(one for one in findings if one.subject == exam.record.name),
        )
    for account in evidence.accounts[:3]:
        title = account.account.provider.title
        own = tuple(one for one in findings if one.subject == account.account.name)
        yield _station("account", f"Account {account.account.name}", (title,), own)


def _station(
    id_: str, title: str, lines: tuple[str, ...], findings: tuple[Finding, ...]
) -> Station:
    about = [one for one in findings if one.code in _ABOUT[id_]]
    ranked = sorted(about, key=lambda one: ("error", "warn", "info").index(one.severity))
    state = _STATES[ranked[0].severity] if ranked else "sound"
    trouble = ranked[0].fact if ranked and state != "sound" else ""
    return Station(id=id_, title=title, lines=lines, state=state, trouble=trouble)
