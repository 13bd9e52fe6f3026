"""A finding, and the examination's whole conclusion: values, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.decide.exit_status import Exit
from agent.diagnosis.codes import CODES

Severity = Literal["error", "warn", "info"]
Confidence = Literal["proved", "likely", "guess"]
Question = Literal["reach", "address", "witnesses", "dns", "when", "todo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the user should know.

    `code` is a stable word with a page of its own (`--explain CODE`). `fact` says what is,
    `consequence` what that means for the user, `fix` what to do, in his words; the last two may
    be empty. `confidence` says how sure that is. `exit` is the status that it alone would give.
    `subject` is what it is about where that may be several (a record, an account, a witness).
    """

    code: str
    severity: Severity
    fact: str
    consequence: str = ""
    fix: str = ""
    confidence: Confidence = "proved"
    exit: Exit = Exit.HEALTHY
    subject: str = ""

    def __post_init__(self) -> None:
        """No finding without a page: a code that is not on the list is a fault of ours."""
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is no code of a finding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the six questions with its answer: a few whole sentences or list items."""

    question: Question
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What an examination comes to. `findings` are ordered by impact, the heaviest first."""

    exit: Exit
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
