"""When the router is silent the outside is asked; when UDP is blocked, over TCP and HTTPS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.echo import login_page
from tests.lab.lab import Lab
from tests.lab.packet import kinds, updates
from tests.lab.places import LIAR_NAME, PRIMARY, SECONDARY, STALE, STUN, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]


@pytest.mark.parametrize(
    ("plan", "verdict", "first_source"),
    [
        pytest.param(Plan(upnp=False), "single_nat", "natpmp", id="UPnP off"),
        pytest.param(Plan(igd="none"), "stun_agrees", "stun", id="UPnP and NAT-PMP off"),
        pytest.param(
            Plan(igd="none", stun="udp_blocked"),
            "stun_agrees",
            "stun",
            id="and UDP blocked",
        ),
        pytest.param(
            Plan(igd="none", stun="blocked"), "http_agrees", "http", id="and STUN blocked"
        ),
        pytest.param(Plan(stun="blocked"), "single_nat", "upnp", id="STUN blocked"),
    ],
)
def test_the_record_is_put_right_by_whoever_can_still_speak(
    arrange: Arrange, plan: Plan, verdict: str, first_source: str
) -> None:
    lab = arrange(plan)
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["address"], ran.ipv4["verdict"]) == (0, WAN, verdict)
    assert ran.ipv4["sources"][0] == first_source
    assert (ran.record["outcome"], ran.record["verified"]) == ("changed", True)
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}
    assert updates(ran.left) == 1


def test_stun_over_tcp_is_what_remains_of_stun_when_udp_is_blocked(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none", stun="udp_blocked"))
    lab.config(discovery={"ipv4": ["stun"]})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["sources"]) == (0, ["stun"])
    stun = [packet for packet in ran.left if packet.kind == "stun"]
    assert {packet.protocol for packet in stun} == {6}
    assert {packet.destination for packet in stun} == set(STUN)


def test_a_word_left_out_is_never_asked(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none"))
    lab.config(discovery={"ipv4": ["upnp", "natpmp", "http"]})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"]) == (0, "http_agrees")
    assert kinds(ran.left) == {"dns", "http"}


def test_one_witness_alone_cannot_move_a_record(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none", stun="blocked"))
    lab.config(discovery__http={"urls": ["https://echo.first.test/"]})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"], ran.record["action"]) == (1, "one_witness", "hold")
    assert updates(ran.left) == 0
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def test_two_echo_services_that_disagree_publish_nothing(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none", stun="blocked"))
    lab.liar.answer = lambda asker: "66.66.66.66"
    urls = ["https://echo.first.test/", f"https://{LIAR_NAME}/"]
    lab.config(discovery__http={"urls": urls})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"]) == (5, "witnesses_disagree")
    assert updates(ran.left) == 0
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def test_an_echo_service_that_lies_is_outvoted_by_two_honest_ones(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none", stun="blocked"))
    lab.liar.answer = lambda asker: "66.66.66.66"
    urls = [f"https://{name}/" for name in (LIAR_NAME, "echo.first.test", "echo.second.test")]
    lab.config(discovery__http={"urls": urls})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["address"]) == (0, WAN)
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}


def test_a_login_page_is_no_address(arrange: Arrange) -> None:
    lab = arrange(Plan(igd="none", stun="blocked"))
    lab.echo.answer = login_page
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"], ran.record["action"]) == (6, "captive", "hold")
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def test_a_pulled_cable_means_offline(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    lab.cable(plugged=False)
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["action"], ran.record["live"]) == (6, "hold", None)
    lab.cable(plugged=True)
    assert lab.upstun("once").status == 0
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}
