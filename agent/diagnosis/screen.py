"""The examination as text: one screen in plain words, then the findings, then the evidence.

Pure, 79 columns at most, without colour; no meaning lies in a symbol, a column or an indent alone:
every question ends with its mark and every label with a colon, also when read aloud.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from agent.decide.exit_status import Exit
from agent.diagnosis.breaking import Mask, printable
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Answer, Confidence, Diagnosis, Finding, Severity
from agent.diagnosis.sections.all import FINDINGS, sections
from agent.diagnosis.sections.row import Row, Section
from agent.diagnosis.typeset import width, wrapped

_LABEL = 27  # of the left column; the longest question has 26 letters
_STEP = 2

_ENDS = {
    Exit.HEALTHY: "all is well",
    Exit.HEALING: "something is wrong that upstun sets right by itself",
    Exit.USAGE: "the command line or the configuration is wrong",
    Exit.USER_MUST_ACT: "DNS is wrong, and you must act",
    Exit.UNREACHABLE: "the address is right, but nobody can reach you by it",
    Exit.DISPUTED: "witnesses disagree, so nothing is published",
    Exit.OFFLINE: "there is no way out, or no address",
    Exit.DNS_FAULT: "something is wrong with DNS itself",
    Exit.PROVIDER: "the DNS service rejects the credentials, or the account is stopped",
    Exit.INTERNAL: "upstun itself failed",
}
SEVERITY: dict[Severity, str] = {"error": "Trouble", "warn": "Warning", "info": "Good to know"}
SURE: dict[Confidence, str] = {"proved": "proved", "likely": "likely", "guess": "a guess"}


def screen(evidence: Evidence, diagnosis: Diagnosis, mask: Mask = str) -> str:
    """The whole text, without a final newline.

    `mask` is given every text before it is broken into lines: half a name at the end of a line and
    half at the beginning of the next could not be found afterwards.
    """
    answers = [replace(one, lines=tuple(map(mask, one.lines))) for one in diagnosis.answers]
    findings = [
        replace(one, fact=mask(one.fact), consequence=mask(one.consequence), fix=mask(one.fix))
        for one in diagnosis.findings
    ]
    lines = [*_answers(answers), "", *_findings(findings)]
    for number, title, rows in sections(evidence):
        masked = tuple(Row(mask(row.label), mask(row.text), row.under) for row in rows)
        lines += ["", *_section(Section(number, title, masked))]
    lines += ["", *wrapped(ending(evidence, diagnosis))]
    return "\n".join(lines)


def ending(evidence: Evidence, diagnosis: Diagnosis) -> str:
    """The exit status in words, and when and by what that was found."""
    moment = evidence.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return (
        f"Exit status {int(diagnosis.exit)}: {_end(diagnosis)}. Looked at on {moment} in "
        f"{evidence.took:.1f} s by upstun {evidence.version}."
    )


def _end(diagnosis: Diagnosis) -> str:
    """A status of 0 says that DNS needs nothing, not that nothing else was found."""
    severities = {one.severity for one in diagnosis.findings}
    if diagnosis.exit is not Exit.HEALTHY or not severities & {"error", "warn"}:
        return _ENDS[diagnosis.exit]
    if "error" in severities:
        return "DNS needs nothing, but there is trouble elsewhere"
    return "no trouble, but there are warnings"


def _answers(answers: Iterable[Answer]) -> Iterator[str]:
    for answer in answers:
        label = answer.title
        for line in answer.lines:
            yield from wrapped(line, first=label.ljust(_LABEL), indent=_LABEL)
            label = ""


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    number, title = FINDINGS
    yield f"{number} {title}"
    for count, finding in enumerate(findings, 1):
        if count > 1:
            yield ""
        first = f"{count}. ".rjust(_STEP + len("1. "))
        indent = len(first)
        head = f"{SEVERITY[finding.severity]}: {finding.fact}"
        yield from wrapped(head, first=first, indent=indent)
        rest = [finding.consequence, f"What to do: {finding.fix}" if finding.fix else ""]
        rest.append(
            f"How sure: {SURE[finding.confidence]}. More: upstun diagnose --explain {finding.code}"
        )
        for text in filter(None, rest):
            yield from wrapped(text, first=" " * indent, indent=indent)


def _section(section: Section) -> Iterator[str]:
    yield f"{section.number} {section.title}"
    for row in section.rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    """Label and text side by side, or one below the other where the label is too long."""
    margin = " " * (_STEP * (2 if row.under else 1))
    if not row.label:
        yield from wrapped(row.text, first=margin, indent=len(margin) + _STEP)
        return
    label = f"{margin}{printable(row.label)}:"
    if width(label) >= _LABEL:
        yield from wrapped(f"{row.label}:", first=margin, indent=len(margin) + _STEP)
        label = ""
    first = label + " " * (_LABEL - width(label))
    yield from wrapped(row.text, first=first, indent=_LABEL)
