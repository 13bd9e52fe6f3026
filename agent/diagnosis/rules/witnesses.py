"""Witnesses that are wrong, and what was changed on the way to them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.decide.questions import PAIR
from agent.decide.witnesses import OUTSIDE, count
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import address_of, listed, outside, router_igd
from agent.diagnosis.finding import Finding
from agent.diagnosis.menus import place
from agent.diagnosis.phrases import clause, sentence
from discovery.observation import (
    Address,
    DohEvidence,
    Family,
    Missed,
    Observation,
    Seen,
    StunEvidence,
    Why,
)

_UNHEARD = frozenset({Why.SILENT, Why.REFUSED})  # a firewall drops, or says so by ICMP


def of_liars(evidence: Evidence) -> Iterator[Finding]:
    """Witnesses outside who name something that all others, or sense, contradict."""
    for family in Family:
        address = address_of(evidence, family)
        if address is not None:
            yield from _contradicted(evidence, address)
    for one in evidence.witnesses:
        if isinstance(one, Missed) and one.why is Why.NOT_PUBLIC and one.source in OUTSIDE:
            yield _liar(
                one,
                sentence(f"{clause(one.detail)}: no witness outside can see that one."),
                "Its word is not used.",
            )


def _contradicted(evidence: Evidence, address: Address) -> Iterator[Finding]:
    """Those who name another address than the home's.

    One alone against two is wrong, or stands behind something that the others do not see. Two who
    name the same do not lie: a proxy for web pages, or another line, is what they see.
    """
    tally = count(outside(evidence, Family(address.version)))
    own = {address, *evidence.path.scatter.lines, *_held(evidence)}
    agreeing = len(tally.get(address, ())) + any(
        isinstance(one, Seen) and one.address == address and one.source not in OUTSIDE
        for one in evidence.witnesses
    )
    for seen in outside(evidence, Family(address.version)):
        others = len(tally[seen.address])
        if seen.address in own:
            continue
        if others == 1 and agreeing >= PAIR:
            yield _liar(
                seen,
                f"{seen.witness} says {seen.address}, while {agreeing} others say {address}.",
                "It is outvoted, but its word can delay a change.",
            )
        else:
            yield _differing(evidence, seen.address, address)


def _held(evidence: Evidence) -> set[Address]:
    """IPv6 addresses of this machine: to be seen by a temporary one is no lie."""
    return {candidate.held.address for candidate in evidence.ipv6.candidates}


def _differing(evidence: Evidence, other: Address, address: Address) -> Finding:
    who = [one.witness for one in outside(evidence, Family(other.version)) if one.address == other]
    says = "says" if len(who) == 1 else "say"
    return Finding(
        code="witnesses_disagree",
        severity="warn",
        fact=f"{listed(who)} {says} {other}, and not {address}.",
        consequence="Some of your traffic may leave by another line, a proxy or a VPN; a change "
        "is believed later.",
        fix="Look for a second line, a proxy or a VPN; if there is none, name other witnesses.",
        subject=str(other),
    )


def _liar(witness: Observation, fact: str, consequence: str) -> Finding:
    table = "[discovery.stun] servers" if witness.source == "stun" else "[discovery.http] urls"
    if isinstance(witness.evidence, DohEvidence):
        table = "[discovery.http] doh"
    return Finding(
        code="liar",
        severity="warn",
        fact=fact,
        consequence=consequence,
        fix=f"Take it out of {table}, unless you know of a second line or a proxy on the way.",
        confidence="likely",
        subject=urlsplit(witness.witness).hostname or witness.witness,
    )


def of_alg(evidence: Evidence) -> Iterator[Finding]:
    """Something rewrites addresses inside packets (RFC 5780 §3.6), or a server says so."""
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
            fix="Switch off “SIP ALG” or “application layer gateway” in the router: "
            f"{place('alg', router_igd(evidence))}.",
            confidence="likely",
        )


def of_udp(evidence: Evidence) -> Iterator[Finding]:
    """No STUN server answers over UDP, though one answers over TCP, or several keep silent at once.

    A single server that keeps silent may just be down; two operators are hardly down together. A
    server whose name cannot be looked up was not asked.
    """
    stun = [one for one in evidence.witnesses if one.source == "stun" and one.family is Family.V4]
    heard = {_transport(one) for one in stun}
    if "udp" in heard or evidence.path.scatter.mapped or not outside(evidence):
        return
    silent = {one.operator for one in stun if isinstance(one, Missed) and one.why in _UNHEARD}
    if "tcp" not in heard and len(silent) < PAIR:
        return
    yield Finding(
        code="udp_blocked",
        severity="warn",
        fact="UDP to the outside seems to be blocked: no STUN server answers by it, while TCP "
        "works.",
        consequence="Calls, games and most VPNs do not work; your address is found by TCP.",
        fix="Allow outgoing UDP (port 3478, or all) in this machine's or the network's firewall.",
        confidence="likely",
    )


def _transport(one: Observation) -> str:
    """By which transport a STUN server answered, with whatever address; empty where it did not."""
    return one.evidence.transport if isinstance(one.evidence, StunEvidence) else ""
