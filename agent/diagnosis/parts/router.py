"""The part of the document about the home's router. Pure."""

from __future__ import annotations

from typing import Any

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.parts.witnesses import witness_json
from agent.diagnosis.rules.router import state_of
from discovery.observation import Observation
from discovery.router.view import Firewall6, Igd, PortMapping


def router_json(evidence: Evidence) -> dict[str, Any] | None:
    """What the router says, and what it is; None where it was not surveyed."""
    router = evidence.router
    if router is None:
        return None
    return {
        "gateway": router.gateway or None,
        "igds": [_igd(one) for one in router.igds],
        "epoch_s": router.epoch_s,
        "upnp": _protocol(router.upnp, evidence),
        "natpmp": _protocol(router.natpmp, evidence),
        "pcp": _protocol(router.pcp, evidence),
        "mappings": None if router.mappings is None else [_mapping(one) for one in router.mappings],
        "mappings_of_others": router.others,
        "mappings_note": router.mappings_note,
        "firewall6": _firewall6(router.firewall6),
        "firewall6_note": router.firewall6_note,
    }


def _igd(igd: Igd) -> dict[str, Any]:
    return {
        "location": igd.location,
        "host": igd.host,
        "accepted": igd.accepted,
        "reason": igd.reason or None,
        "name": igd.name or None,
        "vendor": igd.vendor or None,
        "model": igd.model or None,
        "server": igd.server or None,
        "status": igd.status or None,
        "connection_type": igd.connection_type or None,
        "uptime_s": igd.uptime_s,
        "last_error": igd.last_error or None,
        "wan": igd.wan or None,
        "claims_router": igd.claims_router,
    }


def _protocol(said: Observation | None, evidence: Evidence) -> dict[str, Any]:
    """One of the router's protocols: works, off, lies or not_asked, and its answer as a witness."""
    state = state_of(said, evidence).replace(" ", "_")
    if said is None:
        return {"state": state}
    return {"state": state, **witness_json(said, evidence.around.device or None)}


def _mapping(mapping: PortMapping) -> dict[str, Any]:
    return {
        "protocol": mapping.protocol,
        "external_port": mapping.external_port,
        "host": mapping.host,
        "port": mapping.port,
        "description": mapping.description,
        "enabled": mapping.enabled,
        "lease_s": mapping.lease_s,
    }


def _firewall6(firewall: Firewall6 | None) -> dict[str, Any] | None:
    if firewall is None:
        return None
    return {"enabled": firewall.enabled, "pinholes_allowed": firewall.pinholes_allowed}
