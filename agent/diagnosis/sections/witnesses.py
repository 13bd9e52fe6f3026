"""The witnesses outside, and this machine's IPv6 addresses, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.decide.witnesses import OUTSIDE
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.sections.row import Row
from discovery.observation import Observation, Seen


def of_witnesses(evidence: Evidence) -> Iterator[Row]:
    """Everybody outside who was asked, and the answer or the reason for none."""
    asked = [said for said in evidence.witnesses if said.source in OUTSIDE]
    for said in asked:
        yield Row("", _answer(said))
    for said in evidence.through_vpn:
        yield Row("", f"through the VPN: {_answer(said)}")
    if not asked:
        yield Row("", "Nobody was asked.")


def _answer(said: Observation) -> str:
    if isinstance(said, Seen):
        return f"{said.witness}: {said.address} ({said.elapsed * 1000:.0f} ms)"
    return f"{said.witness}: none. {said.detail}"


def of_ipv6(evidence: Evidence) -> Iterator[Row]:
    """Every address with the judgement on it."""
    view = evidence.ipv6
    if view.note:
        yield Row("", view.note)
    for one in view.candidates:
        word = "kept" if one.kept else "not fit"
        chosen = ", chosen" if one.held.address == view.chosen else ""
        yield Row(f"{word}{chosen}", f"{one.held.address} on {one.held.device}: {one.reason}")
    if not view.candidates and not view.note:
        yield Row("", "This machine has no IPv6 address.")
    yield Row(
        "default route",
        f"through {view.gateway}" if view.gateway else "yes" if view.has_route else "none",
    )
    if view.nat64:
        yield Row("NAT64", f"this network translates to IPv4 by {view.nat64}")
