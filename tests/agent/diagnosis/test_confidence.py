"""How sure an address is: every row of the table."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from agent.diagnosis.confidence import confidence
from agent.diagnosis.evidence import Evidence
from agent.values import Code, Disputed, OutOfReach, Settled, Unknown, Verdict
from discovery.observation import Family, Observation
from discovery.path.view import Owner, Ownership, PathView
from tests.support.evidence import cgnat_home, full_home, plain_home
from tests.support.evidence_parts import AROUND, DIRECT6, IPV6, SEEN6, SINGLE_NAT
from tests.support.sightings import OTHER, PUBLIC, ROUTER, STUN, router_says, seen

ONE = (seen(STUN[0], PUBLIC),)
TWO = (*ONE, seen(STUN[1], PUBLIC))
SAME_OPERATOR = (*ONE, replace(seen(STUN[0], PUBLIC), witness="stun2.one.example:3478"))


def home(
    outside: tuple[Observation, ...] = (),
    router: Observation | None = None,
    owner: Owner | None = None,
    code: Code = "single_nat",
) -> Evidence:
    owned = () if owner is None else (Ownership(address=PUBLIC, owner=owner, because=""),)
    return plain_home(
        witnesses=outside if router is None else (router, *outside),
        path=PathView(ownership=owned),
        verdicts={Family.V4: replace(SINGLE_NAT, code=code)},
    )


RIGHT, WRONG = seen(ROUTER, PUBLIC), seen(ROUTER, OTHER)
INNER = router_says("10.0.0.7")
TABLE: list[tuple[Evidence, str]] = [
    (home(TWO, owner="beyond", code="cgnat_likely"), "likely"),
    (home(ONE, owner="beyond", code="cgnat_likely"), "likely"),
    (home(ONE, owner="router"), "proved"),
    (home(owner="machine"), "proved"),
    (home(ONE, RIGHT, owner="beyond"), "guess"),
    (home(TWO, RIGHT, owner="beyond"), "likely"),
    (home(ONE, RIGHT), "proved"),
    (home(ONE, RIGHT, owner="unknown"), "proved"),
    (home(TWO, INNER, code="double_nat"), "proved"),
    (home(ONE, INNER, code="double_nat"), "guess"),
    (home(TWO, INNER, code="stun_agrees"), "likely"),
    (home(TWO, code="double_nat"), "likely"),  # the router was never asked
    (home(TWO, owner="beyond", code="stun_agrees"), "likely"),
    (home(TWO, WRONG), "likely"),
    (home(TWO), "likely"),
    (home(SAME_OPERATOR), "guess"),
    (home(ONE), "guess"),
    (home((), RIGHT), "guess"),
    (home(), "guess"),
]


@pytest.mark.parametrize(("evidence", "sure"), TABLE)
def test_row_of_the_table(evidence: Evidence, sure: str) -> None:
    assert confidence(evidence, Family.V4) == sure


def test_a_machine_that_has_the_address_itself_is_a_witness() -> None:
    direct = plain_home(witnesses=ONE, around=replace(AROUND, local=IPv4Address(str(PUBLIC))))
    assert confidence(direct, Family.V4) == "proved"
    assert confidence(replace(direct, witnesses=()), Family.V4) == "likely"


def test_an_ipv6_address_is_proved_by_the_machine_and_one_outside() -> None:
    six = plain_home(verdicts={Family.V6: DIRECT6}, ipv6=IPV6, witnesses=(SEEN6,))
    assert confidence(six, Family.V6) == "proved"
    assert confidence(replace(six, witnesses=()), Family.V6) == "likely"


@pytest.mark.parametrize(
    "verdict",
    [
        None,
        Unknown(family=Family.V4, code="captive", because=""),
        Disputed(
            family=Family.V4,
            candidates=(PUBLIC, OTHER),
            code="witnesses_disagree",
            sources=(),
            because="",
        ),
    ],
)
def test_where_no_address_is_named_nothing_is_sure(verdict: Verdict | None) -> None:
    verdicts = {} if verdict is None else {Family.V4: verdict}
    assert confidence(plain_home(verdicts=verdicts), Family.V4) is None


def test_the_pretend_homes() -> None:
    homes = (plain_home(), cgnat_home(), full_home())
    assert [confidence(one, Family.V4) for one in homes] == ["proved"] * 3
    assert isinstance(cgnat_home().verdicts[Family.V4], OutOfReach)
    assert isinstance(full_home().verdicts[Family.V6], Settled)
