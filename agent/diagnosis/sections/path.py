"""The way out and in, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import listed
from agent.diagnosis.layers import nat_layers
from agent.diagnosis.sections.row import Row, yes_no
from discovery.address import scope

_MAPPING = {
    "eim": "one outside port for all destinations (endpoint-independent)",
    "adm": "another outside port for every destination address (address-dependent)",
    "apdm": "another outside port for every destination (symmetric)",
}
_FILTERING = {
    "eif": "anybody may answer (endpoint-independent)",
    "adf": "only addresses that were spoken to may answer (address-dependent)",
    "apdf": "only the very socket that was spoken to may answer (port-restricted)",
}
_LAYERS = {0: "none", 1: "one", 2: "two or more"}


def of_path(evidence: Evidence) -> Iterator[Row]:
    """How many NATs, how they behave, and who was seen on the way."""
    path = evidence.path
    layers = nat_layers(evidence)
    yield Row(
        "NATs on the way", "not known" if layers is None else _LAYERS.get(layers, str(layers))
    )
    behaviour, cannot = path.behaviour, path.behaviour.note or "cannot test"
    if behaviour.translated is False:
        yield Row("mapping", "none: the outside sees this machine's own socket")
    else:
        yield Row("mapping", _MAPPING.get(behaviour.mapping, cannot))
    yield Row("filtering", _FILTERING.get(behaviour.filtering, cannot))
    hairpin = path.hairpin
    yield Row("back in from inside", yes_no(hairpin.udp, hairpin.note or "not known"))
    for port, accepted in hairpin.tcp:
        yield Row("", f"TCP {port} by the public address: {'accepted' if accepted else 'no'}")
    yield Row(
        "ports kept outside", yes_no(path.scatter.port_preserved, path.scatter.note or "not known")
    )
    if path.scatter.lines:
        yield Row("outside addresses", f"{listed(path.scatter.lines)}, in turn")
    for reach in path.reaches:
        yield Row(f"{reach.transport.upper()} {reach.port}", f"{reach.grade}: {reach.because}")
    yield Row("first routers", _trail(evidence))
    for one in path.ownership:
        yield Row(f"who has {one.address}", one.because)
    yield from _ice(evidence)


def _trail(evidence: Evidence) -> str:
    trail = evidence.path.trail
    if not trail.hops:
        return trail.note or "none told"
    return "; ".join(
        f"{hop.distance}: {hop.address} ({scope(hop.address).name.lower()})" for hop in trail.hops
    )


def _ice(evidence: Evidence) -> Iterator[Row]:
    ice = evidence.ice
    if ice is None:
        return
    if not ice.available:
        yield Row("WebRTC", ice.note)
        return
    outside = [f"{one.address}:{one.port}" for one in ice.candidates if one.kind == "srflx"]
    yield Row("WebRTC sees", listed(outside) or "no outside address")
    opened = {
        True: "opened over the outside addresses alone",
        False: "did not open",
        None: "not tried",
    }
    note = f" ({ice.note.rstrip('.')})" if ice.note else ""
    yield Row("WebRTC channel", f"{opened[ice.data_channel]}{note}")
