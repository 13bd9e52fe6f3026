"""What the NATs on the way do to packets, and who gets in."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import router_igd
from agent.diagnosis.finding import Finding
from agent.diagnosis.menus import place


def of_mapping(evidence: Evidence) -> Iterator[Finding]:
    """Ports that change with every destination break direct connections between peers."""
    if evidence.path.behaviour.mapping in ("adm", "apdm"):
        yield Finding(
            code="symmetric_nat",
            severity="warn",
            fact="Your NAT gives every destination another outside port (symmetric NAT).",
            consequence="Calls, games and file sharing between two homes need a relay; forwarded "
            "ports work as usual.",
            fix="Look in the router for “full cone”, “endpoint independent” or “static port” NAT; "
            "a forwarded port or UPnP helps a single program.",
        )


def of_filtering(evidence: Evidence) -> Iterator[Finding]:
    """A NAT that lets strangers in to every port that this machine uses."""
    behaviour = evidence.path.behaviour
    if behaviour.filtering == "eif" and behaviour.translated:
        yield Finding(
            code="open_nat",
            severity="warn",
            fact="Strangers' packets reach every UDP port that this machine has used (full cone, "
            "or this machine is the router's “DMZ” or “exposed host”).",
            consequence="People can reach you; this machine's own firewall is all that stands "
            "between.",
            fix="If you did not want that, take this machine out of “DMZ” or “exposed host” in "
            "the router.",
        )


def of_hairpin(evidence: Evidence) -> Iterator[Finding]:
    """Works from outside, not from the sofa."""
    hairpin = evidence.path.hairpin
    if hairpin.udp is False and evidence.path.behaviour.translated is not False:
        yield Finding(
            code="no_hairpin",
            severity="info",
            fact="From inside the home your own public address leads nowhere (no hairpin, or "
            "“NAT loopback”).",
            consequence="Your name may work from outside and not from your sofa: test it with a "
            "phone that is not in your Wi-Fi.",
            fix="Use the machine's private address at home, or let your home's DNS answer it.",
        )


def of_ports(evidence: Evidence) -> Iterator[Finding]:
    """The ports that were asked about, and those that could be tried."""
    for reach in evidence.path.reaches:
        port = f"{reach.transport.upper()} {reach.port}"
        if reach.grade == "proved":
            yield Finding(
                code="port_reached",
                severity="info",
                fact=f"{port}: {reach.because}",
                consequence="People can reach you on it.",
                subject=f"{reach.transport}/{reach.port}",
            )
        elif reach.grade == "refuted":
            where = place("forward", router_igd(evidence))
            yield Finding(
                code="port_not_reached",
                severity="error",
                fact=f"{port}: {reach.because}",
                consequence="People cannot reach you on it.",
                fix=f"Forward {port} to this machine ({evidence.around.local}) in the router: "
                f"{where}.",
                subject=f"{reach.transport}/{reach.port}",
            )
        else:
            yield Finding(
                code="port_unproved",
                severity="info",
                fact=f"{port}: {reach.because}",
                confidence="likely" if reach.grade == "likely" else "guess",
                subject=f"{reach.transport}/{reach.port}",
            )


def of_ice(evidence: Evidence) -> Iterator[Finding]:
    """The WebRTC stack saw something else than the STUN part did."""
    if evidence.ice is not None and evidence.ice_differs:
        yield Finding(
            code="ice_differs",
            severity="warn",
            fact=evidence.ice_differs,
            consequence="Browsers and games may use another line or tunnel than the one that is "
            "published.",
            fix="Look for a VPN, or for a second network card with its own way out.",
            confidence="likely",
        )
