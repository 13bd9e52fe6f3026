"""Name servers that are down, late, or spoken for by somebody in between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.lab import Lab
from tests.lab.packet import updates
from tests.lab.places import PRIMARY, SECONDARY, STALE, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]


def test_with_the_secondary_down_the_rest_is_put_right(arrange: Arrange) -> None:
    lab = arrange(Plan(secondary_up=False))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.record["action"], ran.record["outcome"]) == ("push", "changed")
    assert ran.record["servers"] == {"asked": 2, "agreeing": 0}
    assert ran.record["served_by"] == {"asked": 2, "agreeing": 1}
    assert (ran.status, ran.record["verified"]) == (0, True)
    assert lab.zone() == {PRIMARY: [WAN]}


def test_a_secondary_that_lags_leaves_the_update_unverified_and_not_repeated(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(secondary_lags=True))
    lab.config(agent={"settle": "2s"})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["outcome"], ran.record["verified"]) == (1, "changed", False)
    assert ran.record["served_by"] == {"asked": 2, "agreeing": 1}
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [STALE]}
    again = lab.upstun("once", "--json")
    assert (again.status, again.record["action"], again.record["code"]) == (
        1,
        "hold",
        "dns_partial",
    )
    assert updates(again.left) == 0
    lab.change(secondary_lags=False)
    caught_up = lab.upstun("once", "--json")
    assert (caught_up.status, caught_up.record["action"]) == (0, "keep")
    assert updates(caught_up.left) == 0


def test_behind_somebody_who_answers_all_dns_nothing_is_published(arrange: Arrange) -> None:
    lab = arrange(Plan(dns_intercepted=True))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["action"], ran.record["outcome"]) == (7, "hold", None)
    assert ran.record["code"] == "dns_intercepted"
    assert updates(ran.left) == 0
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def test_with_all_name_servers_down_nothing_is_published(arrange: Arrange) -> None:
    lab = arrange(Plan(primary_up=False, secondary_up=False))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["action"], ran.record["live"]) == (7, "hold", None)
    assert updates(ran.left) == 0
