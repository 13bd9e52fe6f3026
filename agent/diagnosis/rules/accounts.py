"""What the DNS services say of the credentials, and what holds an account back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite

from agent.decide.exit_status import Exit
from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.finding import Finding
from agent.report import EXIT_OF_CAUSE
from providers.engine.outcome import Refused, Unconfirmed


def of_accounts(evidence: Evidence) -> Iterator[Finding]:
    """Rejected credentials, locks and waits; silence where all is well."""
    for exam in evidence.accounts:
        yield from _locks(exam)
        title = exam.account.provider.title
        if isinstance(exam.proof, Refused) and _bent(evidence, exam):
            yield Finding(
                code="account_unproved",
                severity="warn",
                fact=f"{title}, account {exam.account.name}: the credentials could not be proved, "
                "because something on the way answers DNS in the server's place.",
                fix="Mend that first.",
                confidence="likely",
                subject=exam.account.name,
            )
        elif isinstance(exam.proof, Refused):
            status = EXIT_OF_CAUSE[exam.proof.cause]
            rejected = status in (Exit.PROVIDER, Exit.USER_MUST_ACT)
            yield Finding(
                code="account_rejected" if rejected else "account_unproved",
                severity="error" if rejected else "warn",
                fact=f"{title}, account {exam.account.name}: {exam.proof.text.rstrip('.')}.",
                consequence="Records of this account cannot be changed." if rejected else "",
                fix=f"Look at [account.{exam.account.name}]; “upstun check --online” tries again."
                if rejected
                else "Try again later.",
                exit=status if rejected else Exit.HEALTHY,
                subject=exam.account.name,
            )
        if isinstance(exam.proof, Unconfirmed):
            yield Finding(
                code="account_unproved",
                severity="warn",
                fact=f"{title}, account {exam.account.name}: {exam.proof.text.rstrip('.')}.",
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
