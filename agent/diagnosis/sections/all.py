"""Every section in its order. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.sections import dns, home, path, services, witnesses
from agent.diagnosis.sections.row import Section

FINDINGS = (1, "What was found, the heaviest first")
"""The first section, told right behind the six answers; it is no evidence and has no rows."""

_SECTIONS = (
    ("This machine", home.of_machine),
    ("The router", home.of_router),
    ("The path", path.of_path),
    ("Witnesses outside", witnesses.of_witnesses),
    ("IPv6", witnesses.of_ipv6),
    ("DNS", dns.of_dns),
    ("The DNS services", services.of_accounts),
    ("Signs of a change", services.of_signals),
)


def sections(evidence: Evidence) -> Iterator[Section]:
    """Every section of evidence; the first of all, the findings, is told before them."""
    for number, (title, rows) in enumerate(_SECTIONS, FINDINGS[0] + 1):
        yield Section(number, title, tuple(rows(evidence)))
