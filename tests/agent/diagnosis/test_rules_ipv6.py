"""IPv6: what the verdict means, and a router's word on its firewall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.rules import ipv6
from agent.values import Code, Disputed, Verdict
from discovery.observation import Family
from discovery.router.view import Firewall6, RouterView
from tests.support.evidence import plain_home, record
from tests.support.evidence_parts import DIRECT6, GATEWAY, IGD, IPV6, SEEN6, STABLE6
from tests.support.rule_table import Row, Rule, Told, check, judged, settled, unknown
from tests.support.views import serves

TRANSLATED = Disputed(
    family=Family.V6,
    candidates=(STABLE6,),
    code="v6_nat66_or_vpn",
    sources=("stun",),
    because="The world sees another.",
)


def none(code: Code) -> Evidence:
    return judged(plain_home(), unknown(code, Family.V6))


def firewall(enabled: bool | None, *verdicts: Any) -> Evidence:
    """A router that says so of its IPv6 firewall; None: it says nothing."""
    said = None if enabled is None else Firewall6(enabled=enabled, pinholes_allowed=True)
    view = RouterView(
        gateway=str(GATEWAY), igds=(replace(IGD, model="FRITZ!Box 7590"),), firewall6=said
    )
    return judged(plain_home(router=view, ipv6=IPV6, witnesses=(SEEN6,)), *verdicts)


LEASED = replace(DIRECT6, network=None)


def neighbour(*verdicts: Verdict, host: bool | str = "::1234") -> Evidence:
    """A home with a record that may be another machine's."""
    exam = record(serves(str(STABLE6)), name="nas.example.com", rtype="AAAA")
    exam = replace(exam, record=replace(exam.record, ipv6=host))
    return judged(plain_home(records=(exam,)), *verdicts)


def named(code: str, told: Told | None, home: Evidence) -> tuple[Rule, Row]:
    return ipv6.of_verdict6, Row(code, home, code, told)


RULES: list[tuple[Rule, Row]] = [
    named("v6_direct", Told("info", subject="IPv6"), judged(plain_home(), DIRECT6)),
    named("v6_direct", None, judged(plain_home(), settled())),
    named("v6_nat66_or_vpn", Told("warn", 0, "likely", "IPv6"), judged(plain_home(), TRANSLATED)),
    named("v6_none", Told("warn", 0, "likely", "IPv6"), none("v6_none")),
    named("v6_waiting", Told("info", 0, "likely", "IPv6"), none("v6_waiting")),
    named("v6_absent", Told("info", 0, "likely", "IPv6"), none("v6_absent")),
    named("v6_unconfirmed", Told("info", 0, "likely", "IPv6"), none("v6_unconfirmed")),
    named("unsupported", Told("info", 0, "likely", "IPv6"), none("unsupported")),
    *(
        (ipv6.of_prefix6, row)
        for row in (
            Row(
                "the prefix is not known",
                neighbour(LEASED),
                "v6_no_prefix",
                Told("warn", subject="nas.example.com"),
            ),
            Row("it is known", neighbour(DIRECT6), "v6_no_prefix", None),
            Row("there is no IPv6", neighbour(unknown("v6_none", Family.V6)), "v6_no_prefix", None),
            Row("this machine's own record", neighbour(LEASED, host=True), "v6_no_prefix", None),
            Row("IPv6 was not judged", neighbour(), "v6_no_prefix", None),
        )
    ),
    *(
        (ipv6.of_firewall6, row)
        for row in (
            Row(
                "it is on", firewall(True, DIRECT6), "v6_firewall_closed", Told("warn", 0, "likely")
            ),
            Row("it is off", firewall(False, DIRECT6), "v6_firewall_closed", None),
            Row("the router does not say", firewall(None, DIRECT6), "v6_firewall_closed", None),
            Row("no router was asked", plain_home(router=None), "v6_firewall_closed", None),
            Row(
                "there is no address to reach",
                firewall(True, unknown("v6_none", Family.V6)),
                "v6_firewall_closed",
                None,
            ),
            Row("IPv6 was not judged", firewall(True), "v6_firewall_closed", None),
        )
    ),
]


@pytest.mark.parametrize(
    ("rule", "row"),
    RULES,
    ids=[f"{row.title}: {'told' if row.told else 'silent'}" for _, row in RULES],
)
def test_row(rule: Rule, row: Row) -> None:
    check(rule, row)


def test_every_situation_of_ipv6_has_a_row_and_a_meaning() -> None:
    of_ipv6 = {code for code in get_args(Code) if code.startswith("v6_")} | {"unsupported"}
    of_ipv6 -= {"v6_no_prefix"}  # of a record, and told by a rule of its own
    assert {row.code for rule, row in RULES if rule is ipv6.of_verdict6 and row.told} == of_ipv6
    assert set(ipv6._CONSEQUENCES) == of_ipv6


def test_no_way_in_by_ipv6_says_nothing_of_ipv4() -> None:
    """Behind CGNAT nobody comes in by IPv4 either."""
    for code in ("v6_none", "v6_absent"):
        (finding,) = ipv6.of_verdict6(none(code))
        assert "IPv4" not in f"{finding.consequence} {finding.fix}"


def test_the_firewall_is_found_by_the_name_of_the_router() -> None:
    (finding,) = ipv6.of_firewall6(firewall(True, DIRECT6))
    assert "Internet > Permit Access > Port Sharing." in finding.fix
