"""The way out in the document: NATs, who gets in, and the WebRTC stack's second opinion. Pure."""

from __future__ import annotations

from typing import Any

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import sightings
from agent.diagnosis.layers import nat_layers
from discovery.observation import StunEvidence
from discovery.path.view import Scatter


def path_json(evidence: Evidence) -> dict[str, Any]:
    """What the NATs on the way do, and who gets in."""
    path = evidence.path
    exits = dict.fromkeys(str(one.address) for one in sightings(evidence.through_vpn))
    return {
        "nat_layers": nat_layers(evidence),
        "mapping": path.behaviour.mapping,
        "filtering": path.behaviour.filtering,
        "hairpin": path.hairpin.udp,
        "port_preserved": path.scatter.port_preserved,
        "alg": _alg(evidence),
        "vpn": {"addresses": list(exits)} if evidence.around.default_is_tunnel else None,
        "behaviour": {
            "server": path.behaviour.server or None,
            "translated": path.behaviour.translated,
            "note": path.behaviour.note,
        },
        "hairpin_tcp": {str(port): accepted for port, accepted in path.hairpin.tcp},
        "hairpin_note": path.hairpin.note,
        "scatter": _scatter(path.scatter),
        "reaches": [
            {
                "transport": one.transport,
                "port": one.port,
                "grade": one.grade,
                "because": one.because,
            }
            for one in path.reaches
        ],
        "trail": {
            "hops": [
                {"distance": hop.distance, "address": str(hop.address)} for hop in path.trail.hops
            ],
            "supported": path.trail.supported,
            "note": path.trail.note,
        },
        "ownership": [
            {"address": str(one.address), "owner": one.owner, "because": one.because}
            for one in path.ownership
        ],
    }


def _scatter(scatter: Scatter) -> dict[str, Any]:
    return {
        "addresses": list(map(str, scatter.addresses)),
        "mapped": [
            {
                "local_port": one.local_port,
                "address": str(one.address),
                "port": one.port,
                "server": one.server,
            }
            for one in scatter.mapped
        ],
        "rewritten": list(scatter.rewritten),
        "note": scatter.note,
    }


def _alg(evidence: Evidence) -> bool | None:
    """Whether something rewrites addresses inside packets; None where no STUN server answered."""
    stun = [one.evidence for one in evidence.witnesses if isinstance(one.evidence, StunEvidence)]
    scatter = evidence.path.scatter
    if scatter.rewritten or any(one.rewritten for one in stun):
        return True
    return False if stun or scatter.mapped else None


def ice_json(evidence: Evidence) -> dict[str, Any] | None:
    """The WebRTC stack's second opinion; None where it was not asked."""
    ice = evidence.ice
    if ice is None:
        return None
    return {
        "available": ice.available,
        "server": ice.server or None,
        "candidates": [
            {
                "kind": one.kind,
                "address": str(one.address),
                "port": one.port,
                "base": one.base or None,
            }
            for one in ice.candidates
        ],
        "data_channel": ice.data_channel,
        "differs": evidence.ice_differs or None,
        "note": ice.note,
    }
