"""What the NATs on the way do to packets, and who gets in."""

from __future__ import annotations

from collections.abc import Iterator

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import outside, router_igd
from agent.diagnosis.finding import Finding
from agent.diagnosis.menus import place
from agent.diagnosis.phrases import sentence
from agent.values import OutOfReach, Settled
from discovery.observation import Family
from discovery.path.view import Reach


def of_mapping(evidence: Evidence) -> Iterator[Finding]:
    """Ports that change with every destination break direct connections between peers."""
    if evidence.path.behaviour.mapping not in ("adm", "apdm"):
        return
    yield Finding(
        code="symmetric_nat",
        severity="warn",
        # Lines that take turns look the same to a test that asks two servers in turn.
        fact="Your packets leave by another line for every destination, as with a symmetric NAT."
        if evidence.path.scatter.lines
        else "Your NAT gives every destination another outside port (symmetric NAT).",
        consequence="Calls, games and file sharing between two homes need a relay; forwarded "
        "ports work as usual.",
        fix="Look in the router for “full cone”, “endpoint independent” or “static port” NAT; "
        "a forwarded port or UPnP helps a single program.",
    )


def of_filtering(evidence: Evidence) -> Iterator[Finding]:
    """A NAT that lets strangers in to every port that this machine uses."""
    if not _open(evidence):
        return
    yield Finding(
        code="open_nat",
        severity="warn",
        fact="Strangers' packets reach every UDP port that this machine has used (full cone, "
        "or this machine is the router's “DMZ” or “exposed host”).",
        consequence="This machine's own firewall is all that stands between.",
        fix="If you did not want that, take this machine out of “DMZ” or “exposed host” in "
        "the router.",
    )


def of_hairpin(evidence: Evidence) -> Iterator[Finding]:
    """Works from outside, not from the sofa.

    Not said where nobody can come in by the address anyway, nor where it is not sure which address
    that is: with a STUN server that lies, or lines that take turns, the packets of the test went to
    somebody else. Nor where a connection to a forwarded port did come back.
    """
    hairpin, verdict = evidence.path.hairpin, evidence.verdicts.get(Family.V4)
    if hairpin.udp is not False or evidence.path.behaviour.translated is False:
        return
    seen = {one.address for one in outside(evidence) if one.source == "stun"}
    seen |= set(evidence.path.scatter.addresses)
    undisputed = isinstance(verdict, Settled) and seen <= {verdict.address}
    if not undisputed or any(accepted for _, accepted in hairpin.tcp):
        return
    yield Finding(
        code="no_hairpin",
        severity="info",
        fact="Packets from inside the home to your own public address do not come back (no "
        "hairpin).",
        consequence="Your name may work from outside and not from your sofa: test it with a "
        "phone that is not in your Wi-Fi. Many routers make an exception for ports that they "
        "forward.",
        fix="Use the machine's private address at home, or let your home's DNS answer it; or look "
        "in the router for “NAT loopback”.",
    )


def of_ports(evidence: Evidence) -> Iterator[Finding]:
    """The ports that were asked about, and those that could be tried."""
    for reach in evidence.path.reaches:
        port = f"{reach.transport.upper()} {reach.port}"
        if reach.grade == "proved":
            yield Finding(
                code="port_reached",
                severity="info",
                fact=sentence(f"{port}: {reach.because}"),
                consequence="People can reach you on it while a program keeps sending from it."
                if _open(evidence)
                else "People can reach you on it.",
                subject=f"{reach.transport}/{reach.port}",
            )
        elif reach.grade == "refuted":
            yield Finding(
                code="port_not_reached",
                severity="error",
                fact=sentence(f"{port}: {reach.because}"),
                consequence="People cannot reach you on it.",
                fix=_let_in(evidence, reach),
                subject=f"{reach.transport}/{reach.port}",
            )
        else:
            yield Finding(
                code="port_unproved",
                severity="info",
                fact=sentence(f"{port}: {reach.because}"),
                confidence="likely" if reach.grade == "likely" else "guess",
                subject=f"{reach.transport}/{reach.port}",
            )


def of_ice(evidence: Evidence) -> Iterator[Finding]:
    """The WebRTC stack saw something else than the STUN part did."""
    if evidence.ice is not None and evidence.ice_differs:
        yield Finding(
            code="ice_differs",
            severity="warn",
            fact=sentence(evidence.ice_differs),
            consequence="Browsers and games may use another line or tunnel than the one that is "
            "published.",
            fix="Look for a VPN, or for a second network card with its own way out.",
            confidence="likely",
        )


def _open(evidence: Evidence) -> bool:
    """Whether the NATs let everybody in to a port that has just sent something."""
    behaviour = evidence.path.behaviour
    return behaviour.filtering == "eif" and behaviour.translated is True


def _let_in(evidence: Evidence, reach: Reach) -> str:
    """What would let strangers in to a port, as far as it is in the user's hands."""
    if isinstance(evidence.verdicts.get(Family.V4), OutOfReach):
        return ""  # forwarding in one's own router is not enough, and the verdict says what is
    port = f"{reach.transport.upper()} {reach.port}"
    if evidence.path.behaviour.translated is False:
        return f"Open {port} in this machine's own firewall."
    machine = f"this machine ({evidence.around.local})" if evidence.around.local else "this machine"
    where = place("forward", router_igd(evidence))
    return f"Forward {port} to {machine} in the router: {where}."
