"""The machine itself: its clock, its tunnels, how soon it notices, and what was not measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.diagnosis.evidence import Evidence, Noticing
from agent.diagnosis.rules import machine
from discovery.observation import EchoEvidence, Family, Observation
from discovery.signals import sentences
from tests.support.evidence import plain_home, record
from tests.support.evidence_parts import AROUND
from tests.support.rule_table import Row, Rule, Told, check, judged, settled, unknown
from tests.support.sightings import HTTP, OTHER, PUBLIC, STUN, seen

TUNNEL = replace(AROUND, default_is_tunnel=True)
LONE_TUNNEL = replace(TUNNEL, gateway=None)
THROUGH = (seen(STUN[0], OTHER),)
LED_HOME = (seen(STUN[0], PUBLIC),)


def dated(number: int, date: float | None = 1.0) -> Observation:
    """A web service that told the time over TLS."""
    told = EchoEvidence(url=HTTP[number].name, status=200, authenticated=True, date=date)
    return replace(seen(HTTP[number], PUBLIC), evidence=told)


def clock(skew: float | None, *words: Observation) -> Evidence:
    return plain_home(clock_skew_s=skew, witnesses=words or (dated(0), dated(1)))


def vpn(**changes: Any) -> Evidence:
    code = changes.pop("code", "single_nat")
    return judged(plain_home(**changes), settled(code))


def noticed(ipv4: float, *, ipv6: float = 0.005, **changes: Any) -> Evidence:
    """A home in which an agent notices so soon."""
    return plain_home(
        **{"configured": True, **changes},
        noticing={
            Family.V4: Noticing(by=None, seconds=ipv4, latest_s=ipv4),
            Family.V6: Noticing(by=None, seconds=ipv6, latest_s=ipv6),
        },
    )


RULES: list[tuple[Rule, Row]] = [
    *(
        (machine.of_clock, row)
        for row in (
            Row("nobody told the time", clock(None), "clock_wrong", None),
            Row("right", clock(0.4), "clock_wrong", None),
            Row("as far off as signatures allow", clock(300.0), "clock_wrong", None),
            Row(
                "somebody else answered too, who tells no time",
                clock(301.0, dated(0), seen(STUN[0], PUBLIC)),
                "clock_wrong",
                Told("error", 0, "likely"),
            ),
            Row("fast", clock(301.0), "clock_wrong", Told("error")),
            Row("slow", clock(-301.0), "clock_wrong", Told("error")),
            Row(
                "one service alone, which may be wrong itself",
                clock(301.0, dated(0)),
                "clock_wrong",
                Told("error", 0, "likely"),
            ),
            Row(
                "a second one that told no time",
                clock(301.0, dated(0), dated(1, None)),
                "clock_wrong",
                Told("error", 0, "likely"),
            ),
        )
    ),
    *(
        (machine.of_vpn, row)
        for row in (
            Row("none", vpn(), "vpn_active", None),
            Row("one", vpn(around=TUNNEL, through_vpn=THROUGH), "vpn_active", Told("warn")),
            Row("one through which nobody answers", vpn(around=TUNNEL), "vpn_active", Told("warn")),
            Row(
                "the verdict says so already",
                vpn(around=TUNNEL, through_vpn=THROUGH, code="vpn_active"),
                "vpn_active",
                None,
            ),
            Row(
                "one that comes out at home",
                vpn(around=TUNNEL, through_vpn=LED_HOME),
                "vpn_active",
                None,
            ),
            Row(
                "one that comes out at home and elsewhere",
                vpn(around=TUNNEL, through_vpn=(*LED_HOME, *THROUGH)),
                "vpn_active",
                Told("warn"),
            ),
            Row(
                "no way past it: what it shows proves nothing",
                vpn(around=LONE_TUNNEL, through_vpn=LED_HOME),
                "vpn_active",
                Told("warn"),
            ),
            Row(
                "nobody was judged",
                plain_home(around=TUNNEL, verdicts={}),
                "vpn_active",
                Told("warn"),
            ),
            Row(
                "no address at all",
                judged(plain_home(around=TUNNEL), unknown()),
                "vpn_active",
                Told("warn"),
            ),
        )
    ),
    *(
        (machine.of_noticing, row)
        for row in (
            Row("nothing is configured", noticed(360.0, configured=False), "slow_to_notice", None),
            Row("five minutes", noticed(360.0), "slow_to_notice", Told("info")),
            Row("a STUN server is asked each minute", noticed(72.0), "slow_to_notice", None),
            Row("a little more", noticed(72.1), "slow_to_notice", Told("info")),
            Row("no signal was tried", noticed(360.0, signals=()), "slow_to_notice", None),
            Row(
                "IPv6 is slow, and no name is about it",
                noticed(1.0, ipv6=360.0, records=(record(),)),
                "slow_to_notice",
                None,
            ),
            Row(
                "IPv6 is slow, and a name is about it",
                noticed(1.0, ipv6=360.0, records=(record(), record(rtype="AAAA"))),
                "slow_to_notice",
                Told("info"),
            ),
        )
    ),
    *(
        (machine.of_gaps, row)
        for row in (
            Row("no gap", plain_home(), "not_measured", None),
            Row(
                "a gap",
                plain_home(unmeasured={"the path": "It did not end."}),
                "not_measured",
                Told("info", subject="the path"),
            ),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"), RULES, ids=[f"{rule.__name__}: {row.title}" for rule, row in RULES]
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        (301.0, "5 minutes fast"),
        (-3599.0, "59 minutes slow"),
        (3 * 3600.0, "3 hours fast"),
        (-9 * 86400.0, "9 days slow"),
    ],
)
def test_a_clock_is_told_in_units_that_people_use(skew: float, words: str) -> None:
    (finding,) = machine.of_clock(clock(skew))
    assert finding.fact == f"This machine's clock is {words}."


def test_how_soon_a_change_is_noticed_is_told_of_an_agent_that_runs() -> None:
    facts = [
        finding.fact
        for seconds in (359.0, 360.0, 361.0)
        for finding in machine.of_noticing(noticed(seconds))
    ]
    begin = "“upstun run” notices a new address within"
    end = "minutes: nothing that was tried here tells of it sooner."
    assert facts == [f"{begin} {minutes} {end}" for minutes in (6, 6, 7)]


@pytest.mark.parametrize(
    ("evidence", "fix"),
    [
        (
            noticed(360.0),
            'Set a shorter poll, for example poll = "1m" under [agent].',
        ),
        (
            noticed(360.0, signals=(sentences.left_out("gena"),)),
            "Put gena back into signals under [discovery]. "
            'Or set a shorter poll, for example poll = "1m" under [agent].',
        ),
    ],
)
def test_what_helps_is_told_before_what_only_asks_more_often(evidence: Evidence, fix: str) -> None:
    assert [finding.fix for finding in machine.of_noticing(evidence)] == [fix]


def test_behind_a_lone_tunnel_nobody_was_asked_past_it() -> None:
    (past,) = machine.of_vpn(vpn(around=TUNNEL))
    (lone,) = machine.of_vpn(vpn(around=LONE_TUNNEL))
    assert "was asked for past it" in past.consequence
    assert "no way past it" in lone.consequence
    assert "PPPoE" in lone.consequence
    assert "keep the service out of the VPN" in past.fix
    assert "reach its router beside it" in lone.fix
