"""The home itself, its machine and its router, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules.router import state_of
from agent.diagnosis.sections.row import Row
from discovery.observation import Observation, Seen
from discovery.router.view import Igd, RouterView

_MOST_MAPPINGS = 12


def of_machine(evidence: Evidence) -> Iterator[Row]:
    """Where this machine stands, and its clock."""
    around = evidence.around
    yield Row(
        "address", f"{around.local or 'none'}" + (f" on {around.device}" * bool(around.device))
    )
    yield Row("way out", f"through {around.gateway}" if around.gateway else _no_gateway(evidence))
    tunnel = (
        "a VPN or tunnel has the default route" if around.default_is_tunnel else "none in the way"
    )
    yield Row("VPN", tunnel)
    skew = evidence.clock_skew_s
    if skew is None:
        yield Row("clock", "not compared: no authenticated web service was heard")
    else:
        yield Row("clock", f"{abs(skew):.0f} s {'fast' if skew > 0 else 'slow'}, by web services")


def _no_gateway(evidence: Evidence) -> str:
    if evidence.around.default_is_tunnel:
        return "only through a tunnel; no home router is known"
    return "without a router" if evidence.around.has_route else "none"


def of_router(evidence: Evidence) -> Iterator[Row]:
    """What answers as a router, over which protocols, and what it forwards to this machine."""
    router = evidence.router
    if router is None:
        yield Row("", "Not asked.")
        return
    for igd in router.igds:
        yield Row("believed" if igd.accepted else "not believed", _device(igd))
    if not router.igds:
        yield Row("UPnP devices", "none answered the search")
    for name, said in (("UPnP", router.upnp), ("NAT-PMP", router.natpmp), ("PCP", router.pcp)):
        yield Row(name, _word(said, evidence))
    yield Row("ports forwarded here", _mappings(router))
    if router.others:
        yield Row("", f"and {router.others} to other machines")
    if router.firewall6 is not None:
        state = "on" if router.firewall6.enabled else "off"
        holes = "can" if router.firewall6.pinholes_allowed else "cannot"
        yield Row("IPv6 firewall", f"{state}; programs {holes} open ports by themselves")


def _device(igd: Igd) -> str:
    title = " ".join(dict.fromkeys(part for part in (igd.vendor, igd.model or igd.name) if part))
    text = f"{title or igd.server or 'unnamed device'} at {igd.host}"
    if not igd.accepted:
        return f"{text}: {igd.reason}"
    facts = [igd.status, f"address {igd.wan}" if igd.wan else "names no address"]
    if igd.uptime_s is not None:
        facts.append(f"up for {_duration(igd.uptime_s)}")
    return f"{text}: {', '.join(fact for fact in facts if fact)}"


def _word(said: Observation | None, evidence: Evidence) -> str:
    state = state_of(said, evidence)
    if isinstance(said, Seen):
        return f"{state}: says {said.address} ({said.elapsed * 1000:.0f} ms)"
    return state if said is None else f"{state}: {said.detail}"


def _mappings(router: RouterView) -> str:
    mappings = router.mappings
    if mappings is None:
        return f"not known: {router.mappings_note or 'the router does not list them'}"
    if not mappings:
        return "none by UPnP (those made by hand in the router are not listed)"
    shown = [
        f"{one.protocol.upper()} {one.external_port}"
        + (f" to {one.port}" if one.port != one.external_port else "")
        + (f" “{one.description}”" if one.description else "")
        for one in mappings[:_MOST_MAPPINGS]
    ]
    more = len(mappings) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _duration(seconds: int) -> str:
    for size, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
