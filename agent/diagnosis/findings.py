"""All rules over the evidence, and their findings in the order of their weight. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.decide.exit_status import Exit, heavier, worst
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding, Severity
from agent.diagnosis.rules import (
    accounts,
    dns,
    ipv6,
    machine,
    path,
    router,
    verdict,
    witnesses,
    zone,
)

Rule = Callable[[Evidence], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    verdict.of_verdict,
    dns.of_records,
    dns.of_wildcards,
    zone.of_servers,
    zone.of_delegation,
    zone.of_interception,
    zone.of_dnssec,
    dns.of_ttl,
    accounts.of_accounts,
    path.of_ports,
    router.of_stale,
    router.of_lies,
    router.of_foreign,
    router.of_protocols,
    witnesses.of_liars,
    witnesses.of_udp,
    witnesses.of_alg,
    path.of_mapping,
    path.of_filtering,
    path.of_hairpin,
    path.of_ice,
    ipv6.of_verdict6,
    ipv6.of_prefix6,
    ipv6.of_firewall6,
    machine.of_vpn,
    machine.of_clock,
    machine.of_noticing,
    router.of_mappings,
    machine.of_gaps,
)
"""Within one weight, findings keep this order."""

_SEVERITY: dict[Severity, int] = {"error": 0, "warn": 1, "info": 2}


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Every finding once, the heaviest first: by exit status, then by severity."""
    found = dict.fromkeys(finding for rule in RULES for finding in rule(evidence))
    return tuple(sorted(found, key=lambda one: (heavier(one.exit), _SEVERITY[one.severity])))


def status(findings: tuple[Finding, ...]) -> Exit:
    """The exit status that wins."""
    return worst(finding.exit for finding in findings)
