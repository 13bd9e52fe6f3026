"""From what was measured to verdicts: the same judgement as a round's, then a closer look. Pure."""

from __future__ import annotations

from dataclasses import replace

from agent.decide.agreement import compare
from agent.decide.questions import Look
from agent.decide.situation import Depth, deepen
from agent.decide.verdict import next_step
from agent.decide.verdict6 import judge_ipv6
from agent.decide.witnesses import Case, Witness
from agent.diagnosis.evidence import Evidence, RecordExam
from agent.diagnosis.facts import (
    address_of,
    beyond,
    outside,
    owner_of,
    router_address,
    router_reported,
    sightings,
    tunnelled,
    wanted_by,
)
from agent.diagnosis.noticing import noticing
from agent.values import Config, Verdict
from discovery.address import scope
from discovery.observation import Family, Missed, Seen, Why


def judge(evidence: Evidence, config: Config) -> Evidence:
    """The evidence with verdicts on both families, and what follows from them.

    Each record is compared with its address, and it is known how soon a new one is noticed.
    """
    first = _verdict(evidence, config)
    verdicts = {Family.V4: first, Family.V6: _verdict6(evidence)}
    evidence = replace(evidence, verdicts=verdicts)
    verdicts = {**verdicts, Family.V4: deepen(first, _depth(evidence))}
    evidence = replace(evidence, verdicts=verdicts)
    compared = tuple(_compared(evidence, exam, config) for exam in evidence.records)
    return replace(
        evidence,
        records=compared,
        ice_differs=_ice_differs(evidence),
        noticing=noticing(evidence, config),
    )


def _verdict(evidence: Evidence, config: Config) -> Verdict:
    """What a round would conclude from the same words, without the patience to ask again."""
    allowed = config.discovery.ipv4
    sweep = tuple(
        one for one in evidence.witnesses if one.family is Family.V4 and one.source in allowed
    )
    case = Case(
        family=Family.V4,
        order=allowed,
        menu=tuple(
            Witness(source=one.source, name=one.witness, operator=one.operator) for one in sweep
        ),
        confirm="always",
        unreachable=config.discovery.unreachable,
        prefer_outside=config.discovery.prefer_outside,
        local=evidence.around.local,
        has_route=evidence.around.has_route,
        stranger_reached=_stranger_reached(evidence),
        patient=False,
    )
    step = next_step((sweep,), case)
    # Everybody on the menu was asked, and nobody is asked again: there is nothing to look at.
    assert not isinstance(step, Look)
    return step


def _stranger_reached(evidence: Evidence) -> bool:
    """Whether a stranger's packet came in that must have been let in on purpose (row 12).

    Many a provider's NAT lets everybody in to a port that has just sent something (RFC 6888 REQ-7
    wants it so); a packet that came that way says nothing of an address of one's own.
    """
    selective = evidence.path.behaviour.filtering in ("adf", "apdf")
    return selective and any(one.grade == "proved" for one in evidence.path.reaches)


def _verdict6(evidence: Evidence) -> Verdict:
    said = tuple(one for one in evidence.witnesses if one.family is Family.V6)
    return judge_ipv6(evidence.ipv6, said)


def _depth(evidence: Evidence) -> Depth:
    router, reported = router_address(evidence), router_reported(evidence)
    address = address_of(evidence, Family.V4)
    owner = owner_of(evidence, address)
    return Depth(
        router=router,
        router_scope=None if router or reported is None else scope(reported),
        scattered=evidence.path.scatter.lines,
        login_page=_login_page(evidence),
        shared_ports=evidence.path.scatter.shared_ports is True,
        tunnelled=tunnelled(evidence),
        owner=owner.owner if owner else "unknown",
        beyond=beyond(evidence),
        nat64=bool(evidence.ipv6.nat64),
        ipv6=bool(outside(evidence, Family.V6)),
    )


def _login_page(evidence: Evidence) -> bool:
    """Whether names are bent and secure web pages show somebody else's certificate (row 22)."""
    bent = evidence.port53 is not None and evidence.port53.intercepted
    pages = [one for one in evidence.witnesses if one.source == "http"]
    foreign = any(isinstance(one, Missed) and one.why is Why.SPOOFED for one in pages)
    return bent and foreign and not any(isinstance(one, Seen) for one in pages)


def _ice_differs(evidence: Evidence) -> str:
    """What the WebRTC stack saw otherwise, unless that is known already.

    It goes the way of ordinary traffic: it is seen as the other end of a VPN that has the default
    route, or as one of the lines that take turns, and no trouble beside these.
    """
    through_vpn = (one.address for one in sightings(evidence.through_vpn))
    known = {*through_vpn, *evidence.path.scatter.lines}
    candidates = evidence.ice.candidates if evidence.ice else ()
    seen = {one.address for one in candidates if one.kind == "srflx"}
    return "" if seen and seen <= known else evidence.ice_differs


def _compared(evidence: Evidence, exam: RecordExam, config: Config) -> RecordExam:
    right = wanted_by(evidence, exam)
    account = config.accounts.get(exam.record.account)
    agreement = compare(
        exam.exam.view,
        None if right is None else frozenset({right}),
        account.provider.fronts if account else (),
    )
    return replace(exam, agreement=agreement)
