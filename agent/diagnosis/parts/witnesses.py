"""The witnesses in the document. Pure."""

from __future__ import annotations

from typing import Any, Literal

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.parts.words import ms, text
from discovery.observation import (
    DohEvidence,
    EchoEvidence,
    Family,
    Observation,
    PmpEvidence,
    Seen,
    StunEvidence,
)

Kind = Literal["natpmp", "pcp", "upnp", "stun", "doh", "https", "http", "interface"]
"""What a witness speaks; "http" is cleartext."""

THROUGH_VPN = "vpn"
"""The link of a witness that was asked the way that ordinary traffic goes."""


def witnesses_json(evidence: Evidence) -> list[dict[str, Any]]:
    """Everybody who was asked, first by the link that faces the router, then through a VPN."""
    links = {Family.V4: evidence.around.device or None, Family.V6: evidence.ipv6.device or None}
    direct = [witness_json(one, links[one.family]) for one in evidence.witnesses]
    return [*direct, *(witness_json(one, THROUGH_VPN) for one in evidence.through_vpn)]


def witness_json(said: Observation, via: str | None) -> dict[str, Any]:
    """One witness and what it said."""
    told = said.evidence
    return {
        "kind": _kind(said),
        "operator": said.operator,
        "target": said.witness,
        "answered_by": told.server if isinstance(told, StunEvidence) else None,
        "family": int(said.family),
        "address": str(said.address) if isinstance(said, Seen) else None,
        "port": told.mapped_port if isinstance(told, StunEvidence) else None,
        "rtt_ms": ms(said.elapsed),
        "authenticated": isinstance(told, EchoEvidence | DohEvidence) and told.authenticated,
        "via": via,
        "error": None if isinstance(said, Seen) else said.why.value,
        "reported": None if isinstance(said, Seen) else text(said.reported),
        "detail": None if isinstance(said, Seen) else said.detail,
    }


def _kind(said: Observation) -> Kind:
    if said.source != "http":
        by_pcp = isinstance(said.evidence, PmpEvidence) and said.evidence.protocol == "pcp"
        return "pcp" if said.source == "natpmp" and by_pcp else said.source
    if isinstance(said.evidence, DohEvidence) or said.witness.endswith("(DoH)"):
        return "doh"
    return "http" if said.witness.startswith("http://") else "https"
