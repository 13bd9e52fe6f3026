"""The DNS services' accounts, and the signals of a change, in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from typing import assert_never

from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.phrases import clause, lasting, sentence
from agent.diagnosis.sections.row import Row
from discovery.signals.view import Signal, SignalName
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed

_NAMES: dict[SignalName, str] = {
    "netlink": "This machine's links",
    "natpmp_announce": "Router's announcements",
    "gena": "UPnP events",
    "ssdp": "Router's restarts",
    "natpmp_poll": "Asking by NAT-PMP",
    "upnp_poll": "Asking by UPnP",
    "stun_poll": "Asking by STUN",
    "clock": "This machine's clock",
}
_WORKS = {True: "works", False: "does not work", None: "perhaps"}


def of_accounts(evidence: Evidence) -> Iterator[Row]:
    """Each account: accepted or not, and what holds it back."""
    for exam in evidence.accounts:
        yield Row(exam.account.name, f"{exam.account.provider.title}: {_account(exam)}")
    if not evidence.accounts:
        yield Row("", "No account is configured.")


def _account(exam: AccountExam) -> str:
    if exam.locked is not None:
        return f"stopped, and not asked now. {sentence(exam.locked_text)}"
    waits = _waits(exam)
    return f"not asked now. {waits}" if waits else _proof(exam.proof)


def _proof(proof: Outcome | None) -> str:
    match proof:
        case None:
            return "the credentials cannot be proved without an update."
        case Changed() | Unchanged():
            return "the credentials are accepted."
        case Refused(text=text):
            return f"not accepted. {sentence(text)}"
        case Unconfirmed(text=text):
            return f"not known. {sentence(text)}"
        case other:
            assert_never(other)


def _waits(exam: AccountExam) -> str:
    if exam.locked_until is None or not isfinite(exam.locked_until):
        return ""
    until = datetime.fromtimestamp(exam.locked_until, UTC)
    return f"It waits until {until:%H:%M:%S} UTC: {clause(exam.locked_text)}."


def of_signals(evidence: Evidence) -> Iterator[Row]:
    """Which signals work here, and what the agent makes of them."""
    for signal in evidence.signals:
        yield Row(_NAMES[signal.name], _signal(signal))
    if not evidence.signals:
        yield Row("", "None was tried.")
    seconds = lasting(evidence.noticed_in_s)
    yield Row("A change is noticed", f"within {seconds} at the latest, while upstun is running")


def _signal(signal: Signal) -> str:
    soon = ""
    if signal.works is not False and signal.expected_ms is not None:
        soon = f", within {lasting(signal.expected_ms / 1000)}"
    return f"{_WORKS[signal.works]}{soon}. {sentence(signal.detail)}"
