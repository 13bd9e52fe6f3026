"""The DNS services' accounts, and the signals of a change, in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.sections.row import Row
from discovery.signals.view import Signal
from providers.engine.outcome import Changed, Refused, Unchanged, Unconfirmed

_NAMES = {
    "netlink": "this machine's links",
    "natpmp_announce": "router's announcements",
    "gena": "UPnP events",
    "ssdp": "router's restarts",
    "natpmp_poll": "asking by NAT-PMP",
    "upnp_poll": "asking by UPnP",
    "stun_poll": "asking by STUN",
}


def of_accounts(evidence: Evidence) -> Iterator[Row]:
    """Each account: accepted or not, and what holds it back."""
    for exam in evidence.accounts:
        yield Row(exam.account.name, f"{exam.account.provider.title}: {_account(exam)}")
    if not evidence.accounts:
        yield Row("", "No account is configured.")


def _account(exam: AccountExam) -> str:
    if exam.locked is not None:
        return f"stopped, and not asked now: {exam.locked_text}"
    waits = ""
    if exam.locked_until is not None:
        until = datetime.fromtimestamp(exam.locked_until, UTC)
        waits = f"; waits until {until:%H:%M:%S} UTC ({exam.locked_text})"
    match exam.proof:
        case None:
            return f"its credentials cannot be proved without an update{waits}"
        case Changed() | Unchanged():
            return f"the credentials are accepted{waits}"
        case Refused(text=text) | Unconfirmed(text=text):
            return f"{text}{waits}"


def of_signals(evidence: Evidence) -> Iterator[Row]:
    """Which signals work here, and what the agent makes of them."""
    for signal in evidence.signals:
        yield Row(_NAMES[signal.name], _signal(signal))
    if not evidence.signals:
        yield Row("", "Not tried.")
    seconds = evidence.noticed_in_s
    yield Row("a change is noticed", f"within {seconds:g} s at the latest, by a running agent")


def _signal(signal: Signal) -> str:
    word = {True: "works", False: "does not work", None: "perhaps"}[signal.works]
    soon = ""
    if signal.works is not False and signal.expected_ms is not None:
        soon = f", within {_time(signal.expected_ms)}"
    return f"{word}{soon}. {signal.detail}"


def _time(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"  # noqa: PLR2004
