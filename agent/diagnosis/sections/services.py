"""The DNS services' accounts, and the signals of a change, in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from typing import Final, assert_never

from agent.diagnosis.evidence import AccountExam, Evidence
from agent.diagnosis.noticing import families, tellers
from agent.diagnosis.phrases import clause, noticed, sentence, within
from agent.diagnosis.sections.row import Row
from agent.diagnosis.sooner import sooner
from discovery.observation import Family
from discovery.signals.view import Signal, SignalName
from discovery.signals.wishes import ROUTER_QUESTIONS
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed

# Without "clock": that this machine slept is a reason to look, and no sign of a new address.
_NAMES: dict[SignalName, str] = {
    "netlink": "This machine's links",
    "natpmp_announce": "Router's announcements",
    "gena": "UPnP events",
    "ssdp": "Router's restarts",
    "natpmp_poll": "Asking by NAT-PMP",
    "upnp_poll": "Asking by UPnP",
    "stun_poll": "Asking by STUN",
}
# Of the others, which ask, the detail tells the pace.
_AT_ONCE: Final[frozenset[SignalName]] = frozenset({"netlink", "natpmp_announce", "gena"})

# What comes when the router likes: there is nothing to be tried beforehand.
_UNASKED: Final[frozenset[SignalName]] = frozenset({"natpmp_announce", "ssdp"})


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
    """How soon the agent notices a new address, and which signals work here."""
    for family in families(evidence):
        yield Row(f"A new IPv{family:d} address", _noticed(evidence, family))
    if advice := sooner(evidence):
        yield Row("To notice it sooner", advice)
    told = [signal for signal in evidence.signals if signal.name in _NAMES]
    for signal in told:
        yield Row(_NAMES[signal.name], _signal(signal))
    if not told:
        yield Row("", "No sign of a change was tried.")


def _noticed(evidence: Evidence, family: Family) -> str:
    told = f"noticed by “upstun run” {noticed(evidence.noticing[family])}"
    tells = tellers(evidence, family)
    in_vain = any(
        signal.works and signal.name in ROUTER_QUESTIONS and signal.name not in tells
        for signal in evidence.signals
    )
    if family is Family.V6 or not in_vain or "netlink" in tells:
        return told
    return (
        f"{told}. What the router tells does not count here: the address that others see is not "
        "the one that it names."
    )


def _signal(signal: Signal) -> str:
    soon = ""
    if signal.name in _AT_ONCE and signal.works is not False and signal.expected_ms is not None:
        soon = f", {within(signal.expected_ms / 1000)}"
    return f"{_state(signal)}{soon}. {sentence(signal.detail)}"


def _state(signal: Signal) -> str:
    if signal.works is not None:
        return "works" if signal.works else "does not work"
    if signal.left_out:
        return "not used"
    return "perhaps" if signal.name in _UNASKED else "not known"
