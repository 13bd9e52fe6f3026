"""Witnesses that are wrong, and what was changed on the way to them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.decide.witnesses import OUTSIDE
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import address_of, outside
from agent.diagnosis.finding import Finding
from discovery.observation import Family, Missed, Observation, StunEvidence, Why


def of_liars(evidence: Evidence) -> Iterator[Finding]:
    """Witnesses outside who name something that all others, or sense, contradict."""
    address = address_of(evidence, Family.V4)
    own = {address, *evidence.path.scatter.lines}
    for seen in outside(evidence):
        if address is not None and seen.address not in own:
            yield _liar(seen, f"{seen.witness} says {seen.address}, everybody else says {address}.")
    for one in evidence.witnesses:
        if isinstance(one, Missed) and one.why is Why.NOT_PUBLIC and one.source in OUTSIDE:
            yield _liar(one, f"{one.detail}: no witness outside can see that one.")


def _liar(witness: Observation, fact: str) -> Finding:
    table = "[discovery.stun] servers" if witness.source == "stun" else "[discovery.http] urls"
    return Finding(
        code="liar",
        severity="warn",
        fact=fact,
        consequence="It is outvoted, but its word can delay a change.",
        fix=f"Take it out of {table}, unless you know of a second line or a proxy on the way.",
        confidence="likely",
        subject=urlsplit(witness.witness).hostname or witness.witness,
    )


def of_alg(evidence: Evidence) -> Iterator[Finding]:
    """Something rewrites addresses inside packets (RFC 5780 §3.6)."""
    rewritten = [
        one.evidence.rewritten
        for one in evidence.witnesses
        if isinstance(one.evidence, StunEvidence) and one.evidence.rewritten
    ]
    if rewritten := list(dict.fromkeys([*rewritten, *evidence.path.scatter.rewritten])):
        yield Finding(
            code="alg",
            severity="warn",
            fact=f"Something on the way rewrites addresses inside packets (to {rewritten[0]}).",
            consequence="Calls, games and some VPNs may fail in odd ways; upstun reads the "
            "unspoilt copy.",
            fix="Switch off “SIP ALG” or “application layer gateway” in the router.",
        )


def of_udp(evidence: Evidence) -> Iterator[Finding]:
    """No STUN server answers over UDP, though the outside can be reached otherwise."""
    stun = [one for one in evidence.witnesses if one.source == "stun" and one.family is Family.V4]
    by_udp = [
        one
        for one in stun
        if isinstance(one.evidence, StunEvidence) and one.evidence.transport == "udp"
    ]
    if stun and not by_udp and not evidence.path.scatter.mapped and outside(evidence):
        yield Finding(
            code="udp_blocked",
            severity="warn",
            fact="UDP to the outside is blocked: no STUN server answers by it, while TCP works.",
            consequence="Calls, games and most VPNs do not work; your address is found by TCP.",
            fix="Allow outgoing UDP (port 3478, or all) in this machine's or the network's "
            "firewall.",
            confidence="likely",
        )
