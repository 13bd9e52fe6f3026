"""Every section in its order. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.sections import dns, home, path, services, witnesses
from agent.diagnosis.sections.row import Section

_SECTIONS = (
    ("1 This machine", home.of_machine),
    ("2 The router", home.of_router),
    ("3 The path", path.of_path),
    ("4 Witnesses outside", witnesses.of_witnesses),
    ("5 IPv6", witnesses.of_ipv6),
    ("6 DNS", dns.of_dns),
    ("7 The DNS services", services.of_accounts),
    ("8 Signs of a change", services.of_signals),
)


def sections(evidence: Evidence) -> Iterator[Section]:
    """Every section; the ninth, the findings, is told before them."""
    for title, rows in _SECTIONS:
        yield Section(title, tuple(rows(evidence)))
