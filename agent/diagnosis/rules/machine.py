"""The clock, how soon a change is noticed, and what could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding
from discovery.observation import Family

CLOCK_LIMIT_S = 300.0
"""TSIG refuses a clock that is off by more (RFC 8945 §10); so do most signed APIs."""

_SLOW_S = 60.0


def of_clock(evidence: Evidence) -> Iterator[Finding]:
    """A clock that is off breaks TSIG, DNSSEC, TLS and signed APIs."""
    skew = evidence.clock_skew_s
    if skew is not None and abs(skew) > CLOCK_LIMIT_S:
        minutes = round(abs(skew) / 60)
        yield Finding(
            code="clock_wrong",
            severity="error",
            fact=f"This machine's clock is {minutes} minutes {'fast' if skew > 0 else 'slow'}.",
            consequence="Signed updates are refused, and certificates seem invalid.",
            fix="Switch automatic time on (Linux: timedatectl set-ntp true).",
        )


def of_vpn(evidence: Evidence) -> Iterator[Finding]:
    """A VPN that has the default route, where the verdict does not already say so."""
    verdict = evidence.verdicts.get(Family.V4)
    if evidence.around.default_is_tunnel and not (verdict and verdict.code == "vpn_active"):
        yield Finding(
            code="vpn_active",
            severity="warn",
            fact="A VPN or tunnel has the default route of this machine.",
            consequence="Your home's address was asked for past it. Answers to people who come in "
            "may leave through the VPN and get lost.",
            fix="If people cannot reach you, keep the service out of the VPN, or switch the VPN "
            "off here.",
        )


def of_noticing(evidence: Evidence) -> Iterator[Finding]:
    """How soon the agent would notice a change here."""
    if evidence.configured and evidence.noticed_in_s > _SLOW_S:
        yield Finding(
            code="slow_to_notice",
            severity="info",
            fact=f"A new address is noticed within {round(evidence.noticed_in_s / 60)} minutes: "
            "the agent looks at every poll.",
            consequence="So long the name may lead to the old address.",
            fix='Set a shorter poll, for example poll = "1m" under [agent].',
        )


def of_gaps(evidence: Evidence) -> Iterator[Finding]:
    """Measurements that brought nothing: told, because silence would look like “all is well”."""
    for name, why in evidence.unmeasured.items():
        yield Finding(
            code="not_measured",
            severity="info",
            fact=f"{why.rstrip('.')}.",
            consequence="Nothing is said about that part.",
            confidence="proved",
            subject=name,
        )
