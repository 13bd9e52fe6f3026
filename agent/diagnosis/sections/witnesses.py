"""The witnesses outside, and this machine's IPv6 addresses, in rows."""

from __future__ import annotations

from collections.abc import Iterator

from agent.decide.witnesses import OUTSIDE
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.phrases import sentence, speaker, took
from agent.diagnosis.sections.row import Row
from discovery.ipv6.view import Candidate, Ipv6View
from discovery.observation import Observation, Seen

_MOST_ADDRESSES = 8


def of_witnesses(evidence: Evidence) -> Iterator[Row]:
    """Everybody outside who was asked, and the answer or the reason for none."""
    asked = [said for said in evidence.witnesses if said.source in OUTSIDE]
    for said in asked:
        yield Row(speaker(said), _answer(said))
    if evidence.through_vpn:
        yield Row("Through the VPN", "the same question, sent as ordinary traffic goes")
        for said in evidence.through_vpn:
            yield Row(speaker(said), _answer(said), under=True)
    if not asked:
        yield Row("", "Nobody outside was asked.")


def _answer(said: Observation) -> str:
    if isinstance(said, Seen):
        return f"{said.address}, {took(said.elapsed)}, by {said.witness}"
    return f"no address. {sentence(said.detail)}"


def of_ipv6(evidence: Evidence) -> Iterator[Row]:
    """Every address that could be meant for the internet, with the judgement on it."""
    view = evidence.ipv6
    if view.note:
        yield Row("", sentence(view.note))
    candidates = [one for one in view.candidates if _beyond_the_link(one)]
    for one in candidates[:_MOST_ADDRESSES]:
        word = "Fit" if one.kept else "Not fit"
        chosen = ", chosen" if one.held.address == view.chosen else ""
        yield Row(f"{word}{chosen}", f"{one.held.address} on {one.held.device}: {one.reason}")
    if more := len(candidates[_MOST_ADDRESSES:]):
        yield Row("", f"and {more} more")
    if not candidates and not view.note:
        yield Row("", "This machine has no IPv6 address that leads beyond its own link.")
    yield Row("Default route", _route(view))
    if view.nat64:
        yield Row("NAT64", f"this network translates to IPv4 by {view.nat64}")


def _beyond_the_link(one: Candidate) -> bool:
    """Every machine has ::1 and fe80:: addresses: they tell nothing."""
    return not (one.held.address.is_loopback or one.held.address.is_link_local)


def _route(view: Ipv6View) -> str:
    if view.gateway:
        return f"through {view.gateway}"
    return "yes" if view.has_route else "none"
