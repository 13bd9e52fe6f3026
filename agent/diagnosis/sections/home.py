"""The home itself, its machine and its router, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.phrases import first_of, lasting, sentence, took
from agent.diagnosis.rules.router import state_of
from agent.diagnosis.sections.row import Row
from discovery.observation import Observation, Seen
from discovery.router.view import Igd, PortMapping, RouterView

_MOST_MAPPINGS = 12


def of_machine(evidence: Evidence) -> Iterator[Row]:
    """Where this machine stands, and its clock."""
    around = evidence.around
    link = f" on {around.device}" if around.device and around.local else ""
    yield Row("Address", f"{around.local}{link}" if around.local else "no IPv4 address")
    yield Row("Way out", f"through {around.gateway}" if around.gateway else _no_gateway(evidence))
    tunnel = "a VPN or tunnel takes the ordinary traffic (it has the default route)"
    yield Row("VPN", tunnel if around.default_is_tunnel else "none has the default route")
    yield Row("Clock", _clock(evidence.clock_skew_s))


def _no_gateway(evidence: Evidence) -> str:
    if evidence.around.default_is_tunnel:
        return "only through a tunnel; no home router is known"
    return "without a router" if evidence.around.has_route else "none"


def _clock(skew: float | None) -> str:
    if skew is None:
        return "not compared: no web service told its time under a verified certificate"
    if abs(skew) < 1:
        return "right to the second, by web services"
    return f"{lasting(round(abs(skew)))} {'fast' if skew > 0 else 'slow'}, by web services"


def of_router(evidence: Evidence) -> Iterator[Row]:
    """What answers as a router, over which protocols, and what it forwards to this machine."""
    router = evidence.router
    if router is None:
        yield Row("", "No router was asked.")
        return
    for igd in router.igds:
        yield Row("Believed" if igd.accepted else "Not believed", _device(igd))
    if not router.igds:
        yield Row("UPnP devices", "none answered the search")
    for name, said in (("UPnP", router.upnp), ("NAT-PMP", router.natpmp), ("PCP", router.pcp)):
        yield Row(name, _word(said, evidence))
    yield Row("Ports forwarded here", _mappings(router))
    if router.others:
        yield Row("Forwarded elsewhere", f"ports to other machines: {router.others}")
    if router.firewall6 is not None:
        state = "on" if router.firewall6.enabled else "off"
        holes = "can" if router.firewall6.pinholes_allowed else "cannot"
        yield Row("IPv6 firewall", f"{state}; programs {holes} open ports by themselves")
    elif router.firewall6_note:
        yield Row("IPv6 firewall", f"not known. {sentence(router.firewall6_note)}")


def _device(igd: Igd) -> str:
    title = " ".join(dict.fromkeys(part for part in (igd.vendor, igd.model or igd.name) if part))
    text = f"{title or igd.server or 'an unnamed device'} at {igd.host}"
    if not igd.accepted:
        return f"{text}. {sentence(igd.reason)}"
    facts = [igd.status, f"its outside address is {igd.wan}" if igd.wan else "names no address"]
    if igd.uptime_s is not None:
        facts.append(f"online for {lasting(igd.uptime_s)}")
    return f"{text}: {', '.join(fact for fact in facts if fact)}"


def _word(said: Observation | None, evidence: Evidence) -> str:
    state = state_of(said, evidence)
    if isinstance(said, Seen):
        return f"{state}; names {said.address} ({took(said.elapsed)})"
    return state if said is None else f"{state}. {sentence(said.detail)}"


def _mappings(router: RouterView) -> str:
    note = f" {sentence(router.mappings_note)}" if router.mappings_note else ""
    if router.mappings is None:
        return f"not known.{note}" if note else "not known: the router does not list them"
    if not router.mappings:
        return f"none by UPnP; those made by hand in the router are not listed.{note}".rstrip(".")
    shown = first_of([_mapping(one) for one in router.mappings], _MOST_MAPPINGS)
    return "; ".join(shown) + (f".{note}" if note else "")


def _mapping(one: PortMapping) -> str:
    inside = f" to {one.port} here" if one.port != one.external_port else ""
    comment = f" “{one.description}”" if one.description else ""
    off = "" if one.enabled else " (switched off)"
    return f"{one.protocol.upper()} {one.external_port}{inside}{comment}{off}"
