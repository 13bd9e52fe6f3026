"""Homes behind a second NAT: a provider's (CGNAT), or a second router of one's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.lab import Lab
from tests.lab.packet import updates
from tests.lab.places import PRIMARY, SECONDARY, STALE, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

# miniupnpd says nothing about a WAN address that is not public; other routers name it.
HELD = [
    pytest.param(Plan(upstream="cgnat"), "cgnat_likely", id="CGNAT, router silent about it"),
    pytest.param(Plan(upstream="cgnat", igd="fake:plain"), "cgnat", id="CGNAT, router names it"),
]


@pytest.mark.parametrize(("plan", "verdict"), HELD)
def test_behind_cgnat_nothing_is_published(arrange: Arrange, plan: Plan, verdict: str) -> None:
    lab = arrange(plan)
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.json["exit"]) == (4, 4)
    assert (ran.ipv4["address"], ran.ipv4["verdict"]) == (WAN, verdict)
    assert (ran.record["action"], ran.record["outcome"]) == ("hold", None)
    assert updates(ran.left) == 0
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


@pytest.mark.parametrize(("plan", "verdict"), HELD)
def test_behind_cgnat_the_outer_address_is_published_when_the_user_wants_it(
    arrange: Arrange, plan: Plan, verdict: str
) -> None:
    lab = arrange(plan)
    lab.config(discovery={"unreachable": "publish"})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"], ran.record["outcome"]) == (0, verdict, "changed")
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}


def test_behind_two_routers_the_outer_address_is_published(arrange: Arrange) -> None:
    lab = arrange(Plan(upstream="double_nat", igd="fake:plain"))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["address"], ran.ipv4["verdict"]) == (0, WAN, "double_nat")
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}


def test_two_routers_whose_inner_one_keeps_silent_cannot_be_told_from_cgnat(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(upstream="double_nat"))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["address"], ran.ipv4["verdict"]) == (4, WAN, "cgnat_likely")
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}
