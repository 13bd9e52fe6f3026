"""Which ways are open, row by row of both tables."""

from __future__ import annotations

from typing import get_args

import pytest

from agent.diagnosis.conclude import conclude
from agent.diagnosis.drawing.ways import Lane, ways
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.finding import Finding
from agent.values import Code, Settled, Unknown
from discovery.observation import Family
from discovery.path.view import PathView, Reach
from tests.support.evidence import plain_home
from tests.support.sightings import PUBLIC
from tests.support.troubled_homes import HOMES

UDP = Finding(code="udp_blocked", severity="warn", fact="x")
PROVED = Reach(transport="udp", port=51820, grade="proved", because="")
REFUTED = Reach(transport="udp", port=51820, grade="refuted", because="")


def home(code: Code, *reaches: Reach, heard: bool = True) -> Evidence:
    verdict = Settled(family=Family.V4, address=PUBLIC, code=code, sources=("stun",), because="x")
    base = plain_home(verdicts={Family.V4: verdict}, path=PathView(reaches=reaches))
    return base if heard else plain_home(verdicts=base.verdicts, path=base.path, witnesses=())


def told(lanes: list[Lane]) -> list[str]:
    return [f"{lane.state}: {lane.words}" for lane in lanes]


def out(evidence: Evidence, *findings: Finding, count: int = 2) -> list[str]:
    return told([way.out for way in ways(evidence, findings, count)])


def back(evidence: Evidence, count: int = 2) -> list[str]:
    """From this machine outwards, as they are drawn."""
    return told([way.back for way in ways(evidence, (), count)])


@pytest.mark.parametrize(
    ("evidence", "findings", "lanes"),
    [
        (home("offline", heard=False), (), ["blocked: no connection", "unknown: not known"]),
        (home("wan_down", heard=False), (), ["open: open", "blocked: line is down"]),
        (home("captive", heard=False), (), ["open: open", "blocked: only after a login"]),
        (home("single_nat"), (), ["open: open", "open: open"]),
        (home("cgnat"), (), ["open: open", "open: open"]),
        (home("single_nat"), (UDP,), ["open: open", "narrow: TCP only, no UDP"]),
        (home("no_address", heard=False), (), ["unknown: not known", "unknown: not known"]),
    ],
)
def test_what_goes_out(evidence: Evidence, findings: tuple[Finding, ...], lanes: list[str]) -> None:
    assert out(evidence, *findings) == lanes


@pytest.mark.parametrize(
    ("evidence", "lanes"),
    [
        (home("single_nat", PROVED), ["open: UDP 51820 proved"] * 2),
        (home("cgnat", PROVED), ["open: UDP 51820 proved"] * 2),
        (home("single_nat", REFUTED), ["blocked: UDP 51820 blocked", "open: probably open"]),
        (home("cgnat"), ["idle: nothing comes", "blocked: blocked"]),
        (home("cgnat", REFUTED), ["idle: nothing comes", "blocked: blocked"]),
        (home("cgnat_likely"), ["idle: nothing comes", "blocked: very likely blocked"]),
        (home("ds_lite"), ["idle: nothing comes", "blocked: blocked"]),
        (home("nat64"), ["idle: nothing comes", "blocked: no IPv4"]),
        (home("offline"), ["idle: nothing comes", "blocked: blocked"]),
        (home("wan_down"), ["idle: nothing comes", "blocked: line is down"]),
        (home("captive"), ["idle: nothing comes", "blocked: only after a login"]),
        (home("direct"), ["narrow: as far as the firewall lets"] * 2),
        (home("single_nat"), ["narrow: forwarded ports", "open: probably open"]),
        (home("nat_1to1"), ["narrow: forwarded ports", "open: probably open"]),
        (home("multi_wan"), ["narrow: forwarded ports", "open: probably open"]),
        (home("vpn_active"), ["narrow: forwarded ports", "open: probably open"]),
        (home("double_nat"), ["narrow: forwarded ports"] * 2),
        (home("shared_ipv4"), ["narrow: ports of your share"] * 2),
        (home("stun_agrees"), ["unknown: not known"] * 2),
        (home("witnesses_disagree"), ["unknown: not known"] * 2),
    ],
)
def test_what_comes_in(evidence: Evidence, lanes: list[str]) -> None:
    assert back(evidence) == lanes


def test_on_a_single_way_it_is_the_ports_that_decide() -> None:
    assert back(home("single_nat"), count=1) == ["narrow: forwarded ports"]


def test_without_a_verdict_nothing_is_known() -> None:
    nothing = plain_home(verdicts={}, witnesses=())
    assert out(nothing) == back(nothing) == ["unknown: not known"] * 2
    assert ways(nothing, (), 0) == ()


@pytest.mark.parametrize("code", get_args(Code))
def test_no_verdict_claims_an_open_way_in_that_nobody_proved(code: Code) -> None:
    unknown = Unknown(family=Family.V4, code=code, because="x")
    for evidence in (home(code), plain_home(verdicts={Family.V4: unknown})):
        assert "open: open" not in back(evidence, 3)


@pytest.mark.parametrize("name", HOMES)
def test_behind_a_blocked_way_nothing_comes(name: str) -> None:
    evidence = HOMES[name]()
    lanes = [way.back for way in ways(evidence, conclude(evidence).findings, 3)]
    blocked = [i for i, lane in enumerate(lanes) if lane.state == "blocked"]
    for lane in lanes[: max(blocked, default=0)]:
        assert lane.state == "idle"
