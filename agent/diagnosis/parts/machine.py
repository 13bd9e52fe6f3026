"""The machine in the document: where it stands, its IPv6, what would tell it of a change. Pure."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from agent.diagnosis.evidence import Evidence, Noticing
from agent.diagnosis.parts.words import text
from discovery.ipv6.view import Candidate, Ipv6View
from discovery.signals.view import Signal


def machine_json(evidence: Evidence) -> dict[str, Any]:
    """Where this machine stands."""
    around = evidence.around
    return {
        "local": text(around.local),
        "gateway": text(around.gateway),
        "device": around.device or None,
        "network": None if around.network is None else str(around.network),
        "default_is_tunnel": around.default_is_tunnel,
        "has_route": around.has_route,
        "clock_skew_s": evidence.clock_skew_s,
    }


def ipv6_json(view: Ipv6View) -> dict[str, Any]:
    """The IPv6 addresses of this machine, each with the judgement on it."""
    return {
        "chosen": text(view.chosen),
        "has_route": view.has_route,
        "gateway": view.gateway or None,
        "device": view.device or None,
        "supported": view.supported,
        "nat64": view.nat64 or None,
        "nat64_known": view.nat64_known,
        "note": view.note,
        "candidates": [_candidate(one) for one in view.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    held = candidate.held
    flags = [field.name for field in fields(held) if getattr(held, field.name) is True]
    return {
        "address": str(held.address),
        "prefix": held.prefix,
        "device": held.device,
        "kept": candidate.kept,
        "reason": candidate.reason,
        "flags": flags,
        "preferred_s": held.preferred_s,
        "valid_s": held.valid_s,
    }


def signal_json(signal: Signal) -> dict[str, Any]:
    """One signal of a change."""
    return {
        "name": signal.name,
        "works": signal.works,
        "expected_ms": signal.expected_ms,
        "detail": signal.detail,
        "left_out": signal.left_out,
        "unheard": signal.unheard,
    }


def noticing_json(noticing: Noticing) -> dict[str, Any]:
    """How soon a new address of one family is noticed."""
    return {"in_s": noticing.seconds, "by": noticing.by, "latest_s": noticing.latest_s}
