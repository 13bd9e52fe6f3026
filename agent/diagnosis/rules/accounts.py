"""What the DNS services say of the credentials, and what holds an account back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.facts import cut_off
from agent.diagnosis.finding import Finding
from agent.report import EXIT_OF_CAUSE
from providers.engine.outcome import Refused, Unconfirmed


def of_accounts(evidence: Evidence) -> Iterator[Finding]:
    """Rejected credentials, locks and waits; silence where all is well or nothing was to be had."""
    for exam in evidence.accounts:
        yield from _locks(exam)
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
            fix="Mend that first.",
            confidence="likely",
            subject=exam.account.name,
        )
    if status in (Exit.PROVIDER, Exit.USER_MUST_ACT):
        return Finding(
            code="account_rejected",
            severity="error",
            fact=f"{about}: {proof.text.rstrip('.')}.",
            consequence="Records of this account cannot be changed.",
            fix=f"Look at [account.{exam.account.name}]; “upstun check --online” tries again.",
            exit=status,
            subject=exam.account.name,
        )
    return Finding(
        code="account_unproved",
        severity="warn",
        fact=f"{about}: {proof.text.rstrip('.')}.",
        consequence="Whether the credentials are right is not known.",
        fix="Try again later.",
        confidence="likely",
        subject=exam.account.name,
    )


def _bent(evidence: Evidence, exam: AccountExam) -> bool:
    """Whether the refusal may be somebody else's: DNS UPDATE goes through port 53 as well."""
    by_trial = evidence.port53 is not None and evidence.port53.intercepted
    by_view = any(one.exam.view.intercepted for one in evidence.records)
    return exam.account.provider.id == "rfc2136" and (by_trial or by_view)


def _locks(exam: AccountExam) -> Iterator[Finding]:
    if exam.locked is not None:
        yield Finding(
            code="account_locked",
            severity="error",
            fact=f"Account {exam.account.name} is stopped: {exam.locked_text.rstrip('.')}.",
            consequence="It is not called again until you act.",
            fix=f"Mend the cause, then: upstun unlock {exam.account.name}",
            exit=EXIT_OF_CAUSE[exam.locked],
            subject=exam.account.name,
        )
    elif exam.locked_until is not None and isfinite(exam.locked_until):
        until = datetime.fromtimestamp(exam.locked_until, UTC).strftime("%H:%M:%S")
        yield Finding(
            code="account_waits",
            severity="info",
            fact=f"Account {exam.account.name} waits until {until} UTC: "
            f"{exam.locked_text.rstrip('.')}.",
            consequence="A change is told to the service after that.",
            subject=exam.account.name,
        )
