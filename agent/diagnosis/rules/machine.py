"""The clock, how soon a change is noticed, and what could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import tunnelled
from agent.diagnosis.finding import Finding
from agent.diagnosis.noticing import slowest
from agent.diagnosis.phrases import lasting, sentence, within
from agent.diagnosis.sooner import sooner
from discovery.observation import EchoEvidence, Family

CLOCK_LIMIT_S = 300.0
"""TSIG refuses a clock that is off by more (RFC 8945 §10); so do most signed APIs."""

_SLOW_S = 72.0  # asking once a minute, with its variation


def of_clock(evidence: Evidence) -> Iterator[Finding]:
    """A clock that is off breaks TSIG, DNSSEC, TLS and signed APIs.

    Only services with a proved certificate are asked the time: a login page has whatever clock. One
    alone may be wrong, or hand out a page from a cache with the date of yesterday.
    """
    skew = evidence.clock_skew_s
    if skew is None or abs(skew) <= CLOCK_LIMIT_S:
        return
    told = {
        one.operator
        for one in evidence.witnesses
        if isinstance(one.evidence, EchoEvidence) and one.evidence.date is not None
    }
    yield Finding(
        code="clock_wrong",
        severity="error",
        fact=f"This machine's clock is {lasting(abs(skew))} {'fast' if skew > 0 else 'slow'}.",
        consequence="Signed updates are refused, and certificates may seem invalid.",
        fix="Switch automatic time on (Linux: timedatectl set-ntp true).",
        confidence="proved" if len(told) > 1 else "likely",
    )


def of_vpn(evidence: Evidence) -> Iterator[Finding]:
    """A VPN that has the default route, where the verdict does not already say so."""
    verdict = evidence.verdicts.get(Family.V4)
    if not tunnelled(evidence) or (verdict and verdict.code == "vpn_active"):
        return
    past = evidence.around.gateway is not None
    yield Finding(
        code="vpn_active",
        severity="warn",
        fact="A VPN or tunnel has the default route of this machine.",
        consequence="Your home's address was asked for past it. Answers to people who come in "
        "may leave through the VPN and get lost."
        if past
        else "There is no way past it, so the address above is that of its other end. If the "
        "tunnel is your own dial-up line (PPPoE), that is as it should be.",
        fix="If people cannot reach you, keep the service out of the VPN, or switch the VPN off "
        "here."
        if past
        else "If it is a VPN, switch it off here, or let this machine reach its router beside it.",
    )


def of_noticing(evidence: Evidence) -> Iterator[Finding]:
    """How soon the agent would notice a new address here; whether one runs is not known.

    Where no signal was tried, nobody knows.
    """
    seconds = slowest(evidence).seconds
    if evidence.configured and evidence.signals and seconds > _SLOW_S:
        poll = 'set a shorter poll, for example poll = "1m" under [agent].'
        advice = sooner(evidence)
        yield Finding(
            code="slow_to_notice",
            severity="info",
            fact=f"“upstun run” notices a new address {within(seconds)}: nothing that was tried "
            "here tells of it sooner.",
            consequence="So long the name may lead to the old address.",
            fix=f"{advice} Or {poll}" if advice else sentence(poll),
        )


def of_gaps(evidence: Evidence) -> Iterator[Finding]:
    """Measurements that brought nothing: told, because silence would look like “all is well”."""
    for name, why in evidence.unmeasured.items():
        yield Finding(
            code="not_measured",
            severity="info",
            fact=sentence(why),
            consequence="Nothing is said about that part.",
            subject=name,
        )
