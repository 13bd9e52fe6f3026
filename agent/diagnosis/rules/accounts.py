"""What the DNS services say of the credentials, and what holds an account back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.facts import cut_off, listed, taken_over
from agent.diagnosis.finding import Finding
from agent.diagnosis.phrases import clause
from agent.report import EXIT_OF_CAUSE
from providers.engine.outcome import Refused, Unconfirmed

_LONGEST_S = 366 * 86400.0  # a ledger that was damaged, or written by a clock that was


def of_accounts(evidence: Evidence) -> Iterator[Finding]:
    """Rejected credentials, locks and waits; silence where all is well or nothing was to be had."""
    for exam in evidence.accounts:
        yield from _locks(evidence, exam)
        if isinstance(exam.proof, Refused | Unconfirmed) and not cut_off(evidence):
            yield _refusal(evidence, exam, exam.proof)


def _refusal(evidence: Evidence, exam: AccountExam, proof: Refused | Unconfirmed) -> Finding:
    """What a proof that failed is worth."""
    about = f"{exam.account.provider.title}, account {exam.account.name}"
    status = EXIT_OF_CAUSE[proof.cause] if isinstance(proof, Refused) else Exit.HEALTHY
    if _bent(evidence, exam):
        return Finding(
            code="account_unproved",
            severity="warn",
            fact=f"{about}: the credentials could not be proved, because something on the way "
            "answers DNS in the server's place.",
            fix="Look again when DNS is no longer intercepted.",
            confidence="likely",
            subject=exam.account.name,
        )
    if status in (Exit.PROVIDER, Exit.USER_MUST_ACT):
        every = status is Exit.PROVIDER  # else the refusal may be about one of its names
        return Finding(
            code="account_rejected",
            severity="error",
            fact=f"{about}: {clause(proof.text)}.",
            consequence="No record of this account can be changed."
            if every
            else "At least one record of this account cannot be changed.",
            fix=f"Look at [account.{exam.account.name}]; “upstun check --online” tries again.",
            exit=status,
            subject=exam.account.name,
        )
    return Finding(
        code="account_unproved",
        severity="warn",
        fact=f"{about}: {clause(proof.text)}.",
        consequence="Whether the credentials are right is not known.",
        fix="Try again later.",
        confidence="likely",
        subject=exam.account.name,
    )


def _bent(evidence: Evidence, exam: AccountExam) -> bool:
    """Whether the refusal may be somebody else's: DNS UPDATE goes through port 53 as well."""
    return exam.account.provider.id == "rfc2136" and taken_over(evidence)


def _locks(evidence: Evidence, exam: AccountExam) -> Iterator[Finding]:
    name, why = exam.account.name, clause(exam.locked_text)
    if exam.locked is not None:
        names = listed(exam.locked_names)
        what = f"{names} of account {name}" if names else f"Account {name}"
        yield Finding(
            code="account_locked",
            severity="error",
            fact=f"{what} {'are' if len(exam.locked_names) > 1 else 'is'} stopped: {why}.",
            consequence="The service is not called about it again until you act.",
            fix=f"Mend the cause, then: upstun unlock {name}",
            exit=EXIT_OF_CAUSE[exam.locked],
            subject=name,
        )
    elif exam.locked_until is not None and isfinite(exam.locked_until):
        yield Finding(
            code="account_waits",
            severity="info",
            fact=f"Account {name} waits {_until(evidence, exam.locked_until)}: {why}.",
            consequence="A change is told to the service after that.",
            subject=name,
        )


def _until(evidence: Evidence, end: float) -> str:
    """Until when, with the date where that is not today; a service may ask for a week."""
    left = end - evidence.at.timestamp()
    if left > _LONGEST_S:
        return "for more than a year"
    until = datetime.fromtimestamp(end, UTC)
    today = until.date() == evidence.at.astimezone(UTC).date()
    return f"until {until:%H:%M:%S} UTC" if today else f"until {until:%Y-%m-%d %H:%M} UTC"
