"""From evidence to the whole conclusion. Pure."""

from __future__ import annotations

from agent.diagnosis.answers import answers
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Diagnosis
from agent.diagnosis.findings import find, status


def conclude(evidence: Evidence) -> Diagnosis:
    """Findings by weight, the six answers, and the exit status that wins."""
    findings = find(evidence)
    return Diagnosis(exit=status(findings), answers=answers(evidence, findings), findings=findings)
