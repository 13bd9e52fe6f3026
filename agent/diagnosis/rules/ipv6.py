"""What IPv6 is worth in this home."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import router_igd, verdict_of
from agent.diagnosis.finding import Finding
from agent.diagnosis.menus import place
from agent.diagnosis.phrases import sentence
from agent.values import Settled
from discovery.observation import Family

_CONSEQUENCES = {
    "v6_direct": "People with IPv6 can reach you by it, as far as firewalls let them.",
    "v6_unconfirmed": "Whether it works to the outside is not known.",
    "v6_nat66_or_vpn": "Whether people can come in by an address of this machine is not known.",
    "v6_waiting": "Until the new address is ready, nothing is published, and records stay as they "
    "are.",
    "v6_none": "An address that does not last is not fit for a name.",
    "v6_absent": "Nobody can come in by IPv6.",
    "unsupported": "Nothing can be said of IPv6 here.",
}
_FIXES = {
    "v6_waiting": "Nothing: it takes some seconds. If it stays so, restart the router.",
    "v6_nat66_or_vpn": "Switch the VPN off for this machine, or let IPv6 go past it.",
    "v6_none": "Let the system make a stable address too (Linux: addr_gen_mode eui64 or "
    "stable-privacy; Windows: a DHCPv6 address from the router).",
    "v6_absent": "If your provider offers IPv6, switch it on in the router.",
}


def of_verdict6(evidence: Evidence) -> Iterator[Finding]:
    """The one finding that names the situation of the home's IPv6."""
    verdict = evidence.verdicts.get(Family.V6)
    if verdict is None:
        return
    trouble = verdict.code in ("v6_nat66_or_vpn", "v6_none")
    yield Finding(
        code=verdict.code,
        severity="warn" if trouble else "info",
        fact=sentence(verdict.because),
        consequence=_CONSEQUENCES.get(verdict.code, ""),
        fix=_FIXES.get(verdict.code, ""),
        confidence="proved" if isinstance(verdict, Settled) else "likely",
        subject="IPv6",
    )


def of_prefix6(evidence: Evidence) -> Iterator[Finding]:
    """A record of another machine, whose address cannot be made, for the prefix is not known."""
    for exam in evidence.records:
        verdict = verdict_of(evidence, exam)
        if verdict is not None and verdict.code == "v6_no_prefix":
            yield Finding(
                code="v6_no_prefix",
                severity="warn",
                fact=sentence(verdict.because),
                consequence="The record is left as it is.",
                fix="Switch on router advertisements with a prefix (SLAAC) in the router, beside "
                "DHCPv6, or run upstun on that machine itself.",
                confidence="proved",
                subject=exam.record.name,
            )


def of_firewall6(evidence: Evidence) -> Iterator[Finding]:
    """A router that keeps everybody out of IPv6 (RFC 6092 is the usual default)."""
    firewall = evidence.router.firewall6 if evidence.router else None
    if firewall is None or not firewall.enabled:
        return
    if not isinstance(evidence.verdicts.get(Family.V6), Settled):
        return
    yield Finding(
        code="v6_firewall_closed",
        severity="warn",
        fact="The router says that its IPv6 firewall is on.",
        consequence="Then nobody can come in by IPv6 except on ports that are opened there.",
        fix=f"Open the port for this machine in the router: {place('ipv6', router_igd(evidence))}.",
        confidence="likely",
    )
