"""The way out and in, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.layers import nat_layers
from agent.diagnosis.phrases import named, sentence
from agent.diagnosis.sections.row import Row
from discovery.address import Scope, scope
from discovery.path.view import Grade, Hairpin, Scatter

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
_KINDS = {
    Scope.PUBLIC: "public",
    Scope.PRIVATE: "private",
    Scope.CGNAT: "inside a provider's NAT",
    Scope.DS_LITE: "of an IPv4-over-IPv6 tunnel",
}
_PORTS: dict[bool | None, str] = {
    True: "keep the number that they have inside",
    False: "get another number than inside",
}
_BACK_IN: dict[bool | None, str] = {
    True: "leads back in (hairpin)",
    False: "leads nowhere (no hairpin)",
}
_GRADES: dict[Grade, str] = {
    "proved": "reached, proved",
    "likely": "probably reached",
    "refuted": "not reached, proved",
    "unknown": "not known",
}
_ICE_CHANNEL = {
    True: "opened over the outside addresses alone",
    False: "did not open",
    None: "not tried",
}


def of_path(evidence: Evidence) -> Iterator[Row]:
    """How many NATs, how they behave, and who was seen on the way."""
    path = evidence.path
    layers = nat_layers(evidence)
    yield Row(
        "NATs on the way", "not known" if layers is None else _LAYERS.get(layers, str(layers))
    )
    yield from _behaviour(evidence)
    yield from _scatter(path.scatter)
    yield from _hairpin(path.hairpin)
    for reach in path.reaches:
        port = f"{reach.transport.upper()} {reach.port}"
        yield Row(f"{port} from outside", f"{_GRADES[reach.grade]}. {sentence(reach.because)}")
    yield Row("First routers", _trail(evidence))
    for one in path.ownership:
        yield Row(f"Who has {one.address}", sentence(one.because))
    yield from _ice(evidence)


def _behaviour(evidence: Evidence) -> Iterator[Row]:
    behaviour = evidence.path.behaviour
    cannot = f"not known. {sentence(behaviour.note)}" if behaviour.note else "not known"
    if behaviour.translated is False:
        yield Row("Mapping", "none: the outside sees this machine's own socket")
    else:
        yield Row("Mapping", _MAPPING.get(behaviour.mapping, cannot))
    yield Row("Filtering", _FILTERING.get(behaviour.filtering, cannot))
    if behaviour.server:
        yield Row("Tested with", behaviour.server)


def _scatter(scatter: Scatter) -> Iterator[Row]:
    unknown = f"not known. {sentence(scatter.note)}" if scatter.note else "not known"
    yield Row("Ports outside", _PORTS.get(scatter.port_preserved, unknown))
    if scatter.shared_ports:
        yield Row("Ports of your own", "only some: the outside ports have the pattern of a share")
    if scatter.lines:
        yield Row("Outside addresses", f"{named(scatter.lines, '')}, in turn")
    if scatter.rewritten:
        yield Row("Rewritten on the way", f"addresses inside packets, to {scatter.rewritten[0]}")


def _hairpin(hairpin: Hairpin) -> Iterator[Row]:
    unknown = f"not known. {sentence(hairpin.note)}" if hairpin.note else "not known"
    yield Row("Own address from inside", _BACK_IN.get(hairpin.udp, unknown))
    for port, accepted in hairpin.tcp:
        yield Row(f"TCP {port}", "accepted" if accepted else "not accepted", under=True)


def _trail(evidence: Evidence) -> str:
    trail = evidence.path.trail
    if not trail.hops:
        return f"none told. {sentence(trail.note)}" if trail.note else "none told"
    return "; ".join(
        f"{hop.distance}: {hop.address} ({_KINDS.get(scope(hop.address), scope(hop.address).word)})"
        for hop in trail.hops
    )


def _ice(evidence: Evidence) -> Iterator[Row]:
    ice = evidence.ice
    if ice is None:
        return
    if not ice.available:
        yield Row("WebRTC", sentence(ice.note) or "not installed")
        return
    outside = [f"{one.address}:{one.port}" for one in ice.candidates if one.kind == "srflx"]
    yield Row("WebRTC sees", named(outside, "no outside address"))
    note = f". {sentence(ice.note)}" if ice.note else ""
    yield Row("WebRTC channel", f"{_ICE_CHANNEL[ice.data_channel]}{note}")
