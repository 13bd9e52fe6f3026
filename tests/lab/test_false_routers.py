"""Routers that lie about their address, and routers that attack whoever asks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.fake_igd import HUGE
from tests.lab.lab import Lab
from tests.lab.packet import updates
from tests.lab.places import PRIMARY, SECONDARY, STRANGER, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

RIGHT = {PRIMARY: [WAN], SECONDARY: [WAN]}


@pytest.mark.parametrize(
    ("plan", "verdict"),
    [
        pytest.param(Plan(igd="fake:private"), "double_nat", id="private address"),
        pytest.param(Plan(igd="fake:zero"), "stun_agrees", id="0.0.0.0"),
        pytest.param(Plan(igd="fake:junk"), "stun_agrees", id="junk"),
        pytest.param(Plan(igd="fake:media_server"), "stun_agrees", id="media server"),
    ],
)
def test_what_a_lying_router_says_is_never_published(
    arrange: Arrange, plan: Plan, verdict: str
) -> None:
    lab = arrange(plan)
    lab.config()
    ran = lab.upstun("once", "--json")
    assert lab.fake.searched, "the agent never looked for the router"
    assert (ran.status, ran.ipv4["address"], ran.ipv4["verdict"]) == (0, WAN, verdict)
    assert "upnp" not in ran.ipv4["sources"]
    assert lab.zone() == RIGHT
    assert updates(ran.left) == 1


def test_a_router_that_drips_its_description_is_given_up(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="fake:drip"))
    lab.config()
    ran = lab.upstun("once", "--json", timeout=30)
    assert 0 < lab.fake.sent < 30, "one byte a second for seven seconds at most"
    assert (ran.status, ran.ipv4["verdict"]) == (0, "stun_agrees")
    assert lab.zone() == RIGHT


def test_a_description_of_300_megabytes_is_not_swallowed(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="fake:huge"))
    lab.config()
    ran = lab.upstun("once", "--json", timeout=30)
    assert lab.fake.described
    assert lab.fake.sent < HUGE, "the whole description was taken"
    assert (ran.status, ran.ipv4["verdict"]) == (0, "stun_agrees")
    assert lab.zone() == RIGHT


def test_a_control_url_outside_the_home_is_never_visited(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="fake:off_lan"))
    lab.config()
    ran = lab.upstun("once", "--json")
    assert lab.fake.described, "the agent never read the description that misleads"
    assert [packet for packet in ran.left if packet.destination == STRANGER] == []
    assert (ran.status, ran.ipv4["verdict"]) == (0, "stun_agrees")
    assert lab.zone() == RIGHT
