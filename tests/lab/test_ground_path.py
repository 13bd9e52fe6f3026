"""The lab's routers, proved with standard tools: how they translate, whom they let in."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.lab.asking import (
    curl,
    discovered,
    hairpins,
    hop,
    igd,
    knock,
    natpmp,
    netcheck,
    stun,
    upnpc,
)
from tests.lab.fake_igd import CLAIMED
from tests.lab.lab import Lab
from tests.lab.nat import PORT_SET
from tests.lab.places import (
    ECHO_NAMES,
    LIAR,
    LIE,
    NEIGHBOUR,
    ROUTER,
    SECOND_WAN,
    STUN,
    VPN_EXIT,
    WAN,
)
from tests.lab.plan import EchoLie, Plan, StunLie

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

INDEPENDENT = "Endpoint Independent"
DEPENDENT = "Address and Port Dependent"
BRIDGED = Plan(behind_router=False, igd="none")


@pytest.mark.parametrize(
    ("plan", "mapping"),
    [
        pytest.param(BRIDGED, INDEPENDENT, id="direct"),
        pytest.param(Plan(), INDEPENDENT, id="plain"),
        pytest.param(Plan(nat="symmetric"), DEPENDENT, id="symmetric"),
        pytest.param(Plan(nat="port_set"), INDEPENDENT, id="port set"),
        pytest.param(Plan(nat="dmz"), INDEPENDENT, id="DMZ host"),
        pytest.param(Plan(upstream="cgnat"), INDEPENDENT, id="CGNAT"),
    ],
)
def test_the_two_addresses_of_coturn_tell_how_a_router_maps(
    arrange: Arrange, plan: Plan, mapping: str
) -> None:
    assert discovered(arrange(plan), "-m") == [f"{mapping} Mapping"]


@pytest.mark.parametrize(
    ("plan", "filtering"),
    [
        pytest.param(BRIDGED, INDEPENDENT, id="direct"),
        pytest.param(Plan(), DEPENDENT, id="plain"),
        pytest.param(Plan(nat="dmz"), INDEPENDENT, id="DMZ host"),
    ],
)
def test_the_two_addresses_of_coturn_tell_whom_a_router_lets_in(
    arrange: Arrange, plan: Plan, filtering: str
) -> None:
    assert discovered(arrange(plan), "-f") == [f"{filtering} Filtering"]


@pytest.mark.parametrize(
    ("plan", "arrives"),
    [
        pytest.param(Plan(), False, id="plain"),
        pytest.param(Plan(forwarded=True), True, id="forwarded"),
        pytest.param(Plan(nat="dmz"), True, id="DMZ host"),
        pytest.param(Plan(upstream="one_to_one"), False, id="1:1"),
        pytest.param(Plan(upstream="one_to_one", forwarded=True), True, id="1:1, forwarded"),
        pytest.param(Plan(upstream="double_nat", forwarded=True), False, id="forwarded once"),
        pytest.param(Plan(upstream="cgnat", forwarded=True), False, id="forwarded behind CGNAT"),
        pytest.param(Plan(nat="port_set", forwarded=True), False, id="another customer's port"),
    ],
)
def test_a_stranger_reaches_the_home_where_both_boxes_lead_there(
    arrange: Arrange, plan: Plan, *, arrives: bool
) -> None:
    assert knock(arrange(plan)) is arrives


def test_a_router_has_forgotten_whom_it_let_in_in_the_case_before(arrange: Arrange) -> None:
    assert knock(arrange(Plan(forwarded=True)))
    assert not knock(arrange(Plan())), "the same stranger, from the same port"


def test_a_stranger_reaches_a_machine_that_has_the_public_address(arrange: Arrange) -> None:
    lab = arrange(BRIDGED)
    (link,) = json.loads(lab.home("ip", "-j", "-4", "address", "show", "dev", "eth0").stdout)
    assert [entry["local"] for entry in link["addr_info"]] == [WAN]
    assert knock(lab, at=WAN)


@pytest.mark.parametrize(
    ("plan", "back"),
    [
        pytest.param(Plan(), False, id="plain"),
        pytest.param(Plan(nat="dmz"), True, id="DMZ host"),
    ],
)
def test_a_packet_to_the_home_s_own_address_comes_back_where_the_router_hairpins(
    arrange: Arrange, plan: Plan, *, back: bool
) -> None:
    assert hairpins(arrange(plan)) is back


@pytest.mark.parametrize(
    ("plan", "hops"),
    [
        pytest.param(BRIDGED, ["81.2.69.1", ""], id="direct"),
        pytest.param(Plan(), [ROUTER, "81.2.69.1"], id="one router"),
        pytest.param(Plan(upstream="cgnat"), [ROUTER, "100.64.0.1"], id="CGNAT"),
        pytest.param(Plan(upstream="double_nat"), [ROUTER, "10.0.0.1"], id="two routers"),
        pytest.param(Plan(upstream="one_to_one"), [ROUTER, "10.0.0.1"], id="1:1"),
        pytest.param(Plan(upstream="ds_lite"), [ROUTER, "192.0.0.1"], id="DS-Lite"),
    ],
)
def test_the_first_routers_on_the_way_tell_their_names(
    arrange: Arrange, plan: Plan, hops: list[str]
) -> None:
    lab = arrange(plan)
    assert [hop(lab, distance) for distance in (1, 2)] == hops


def test_a_home_with_a_port_set_gets_no_other_port(arrange: Arrange) -> None:
    lab = arrange(Plan(nat="port_set"))
    seen = [netcheck(lab)["GlobalV4"].rpartition(":")[2] for _ in range(4)]
    assert all(any(first <= int(port) <= last for first, last in PORT_SET) for port in seen)
    assert curl(lab, f"https://{ECHO_NAMES[0]}/") == WAN


def test_two_lines_take_turns_and_the_tap_sees_both(arrange: Arrange) -> None:
    lab = arrange(Plan(two_lines=True))
    assert {stun(lab, STUN[0]) for _ in range(2)} == {WAN, SECOND_WAN}
    assert {curl(lab, f"https://{ECHO_NAMES[0]}/") for _ in range(2)} == {WAN, SECOND_WAN}
    for _ in range(2):
        fetched = lab.home("curl", "-sS", f"https://{ECHO_NAMES[0]}/")
        sources = {packet.source for packet in fetched.left if packet.kind == "http"}
        assert sources == {fetched.stdout.strip()}


def test_a_vpn_takes_all_traffic_but_that_which_is_bound_to_the_cable(arrange: Arrange) -> None:
    lab = arrange(Plan(vpn=True))
    assert (stun(lab, STUN[0]), curl(lab, f"https://{ECHO_NAMES[0]}/")) == (VPN_EXIT, VPN_EXIT)
    assert curl(lab, f"https://{ECHO_NAMES[0]}/", "--interface", "eth0") == WAN
    default = lab.home("ip", "route", "show", "default").stdout
    assert default.split()[:5] == ["default", "via", ROUTER, "dev", "eth0"]
    carried = lab.home("curl", "-sS", f"https://{ECHO_NAMES[0]}/").left
    assert {packet.destination for packet in carried} == {VPN_EXIT}
    assert natpmp(lab) == f"0 {WAN}"
    lab.change(vpn=False)
    assert stun(lab, STUN[0]) == WAN


def test_an_alg_rewrites_what_is_not_hidden_from_it(arrange: Arrange) -> None:
    found = "ALG detected! Mapped and XOR-Mapped differ!"
    for plan, there in ((Plan(alg=True), True), (Plan(), False)):
        told = arrange(plan).home("turnutils_natdiscovery", "-m", STUN[0]).stdout
        assert (found in told) is there


def test_a_line_that_is_down_comes_up_again(arrange: Arrange) -> None:
    lab = arrange(Plan(wan_up=False))
    assert (stun(lab, STUN[0]), upnpc(lab)["igd"]) == ("TimeoutError", "not_connected")
    lab.change(wan_up=True)
    assert (stun(lab, STUN[0]), natpmp(lab)) == (WAN, f"0 {WAN}")


def test_in_a_hotel_every_name_and_page_leads_to_the_login(arrange: Arrange) -> None:
    lab = arrange(Plan(portal=True, igd="none"))
    assert lab.home("dig", "+short", "example.com").stdout.strip() == ROUTER
    asked = lab.home("curl", "-sS", "--max-time", "2", "-L", "http://echo.first.test/")
    assert "<title>Welcome to the hotel</title>" in asked.stdout
    assert asked.left == ()
    secure = lab.home("curl", "-sS", "--max-time", "2", "https://echo.first.test/")
    assert (secure.stdout, "SSL" in secure.stderr) == ("", True), secure.stderr
    assert stun(lab, STUN[0]) == "TimeoutError"


@pytest.mark.parametrize("speaks", [True, False])
def test_a_neighbour_claims_to_be_the_router(arrange: Arrange, *, speaks: bool) -> None:
    lab = arrange(Plan(foreign_igd=True, upnp=speaks, natpmp=speaks))
    told = lab.home("upnpc", "-s").stdout
    assert f"http://{NEIGHBOUR}:5000/rootDesc.xml" in told
    assert (f"http://{ROUTER}:5000/rootDesc.xml" in told) is speaks
    if not speaks:
        assert igd(lab) == repr(CLAIMED)
        assert natpmp(lab) == "ConnectionRefusedError"


@pytest.mark.parametrize(
    ("lie", "said"), [("wrong", LIE), ("private", "10.6.6.6"), ("silent", "TimeoutError")]
)
def test_a_stun_server_lies_as_it_is_told(arrange: Arrange, lie: StunLie, said: str) -> None:
    assert stun(arrange(Plan(stun_lie=lie)), LIAR) == said


@pytest.mark.parametrize(("lie", "said"), [("truth", WAN), ("wrong", LIE), ("private", "10.6.6.6")])
def test_a_web_service_lies_as_it_is_told(arrange: Arrange, lie: EchoLie, said: str) -> None:
    assert curl(arrange(Plan(echo_lie=lie)), f"http://{LIAR}/") == said
