"""The examination as text: one screen in plain words, then the findings, then the evidence.

Pure, 80 columns at most, without colour; no meaning lies in a symbol alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Answer, Diagnosis, Finding
from agent.diagnosis.sections.all import sections
from agent.diagnosis.sections.row import Section

WIDTH = 79
_LABEL = 27  # of the left column; the longest question has 26 letters

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
SEVERITY = {"error": "Trouble", "warn": "Warning", "info": "Good to know"}


def screen(evidence: Evidence, diagnosis: Diagnosis) -> str:
    """The whole text, without a final newline."""
    lines = [*_answers(diagnosis.answers), "", *_findings(diagnosis.findings)]
    for section in sections(evidence):
        lines += ["", *_section(section)]
    lines += ["", *_hang(ending(evidence, diagnosis), "", 0)]
    return "\n".join(line.rstrip() for line in lines)


def _answers(answers: Iterable[Answer]) -> Iterator[str]:
    for answer in answers:
        label = answer.title
        for line in answer.lines:
            yield from _hang(line, label.ljust(_LABEL), _LABEL)
            label = ""


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    yield "WHAT WAS FOUND, the heaviest first"
    for number, finding in enumerate(findings, 1):
        yield ""
        head = f"{number}. {SEVERITY[finding.severity]}: {finding.fact}"
        yield from _hang(head, "", 3)
        if finding.consequence:
            yield from _hang(finding.consequence, "   ", 3)
        if finding.fix:
            yield from _hang(f"What to do: {finding.fix}", "   ", 3)
        yield f"   ({finding.confidence}; more: upstun diagnose --explain {finding.code})"


def _section(section: Section) -> Iterator[str]:
    yield section.title.upper()
    for row in section.rows:
        yield from _hang(
            row.text, f"  {row.label}".ljust(_LABEL) if row.label else "  ", _indent(row.label)
        )


def _indent(label: str) -> int:
    return _LABEL if label else 4


def ending(evidence: Evidence, diagnosis: Diagnosis) -> str:
    """The exit status in words, and when and by what that was found."""
    moment = evidence.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return (
        f"Exit status {int(diagnosis.exit)}: {_ENDS[diagnosis.exit]}. Looked at on {moment} in "
        f"{evidence.took:.1f} s by upstun {evidence.version}."
    )


def _hang(text: str, first: str, indent: int) -> list[str]:
    """Wrap `text` behind `first`; what follows is indented. A long address is never cut."""
    rest = " " * indent
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]
