"""What a router tells and what becomes of the line, proved with standard tools."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.lab.asking import curl, igd, natpmp, stun
from tests.lab.ear import Ear
from tests.lab.forger import Forger
from tests.lab.lab import Lab
from tests.lab.places import (
    ECHO_NAMES,
    LIE,
    MOVED,
    PRIMARY,
    RECORD,
    ROUTER,
    SECONDARY,
    STALE,
    STUN,
    WAN,
)
from tests.lab.plan import Plan
from tests.lab.writes import read_writes
from tests.support.daemon import until

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

REFUSED, UNANSWERED = "ConnectionRefusedError", "TimeoutError"
UPNP_ALONE, NATPMP_ALONE = Plan(natpmp=False), Plan(upnp=False)


def wan_addresses(lab: Lab) -> list[str]:
    told = lab.topology.router.run("ip", "-j", "-4", "address", "show", "dev", "wan")
    return [entry["local"] for link in json.loads(told) for entry in link["addr_info"]]


def home_link(lab: Lab) -> str:
    return lab.topology.home.run("ip", "-o", "link", "show", "dev", "eth0")


# ---- the line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(), id="plain"),
        pytest.param(Plan(behind_router=False, igd="none"), id="no router"),
        pytest.param(Plan(upstream="cgnat"), id="CGNAT"),
        pytest.param(Plan(nat="dmz"), id="DMZ"),
    ],
)
def test_after_a_flip_the_world_sees_the_new_address_and_never_the_old_one(
    arrange: Arrange, plan: Plan
) -> None:
    lab = arrange(plan)
    for address in (MOVED, WAN, MOVED):
        before = time.monotonic()
        assert before <= lab.flip(address) <= time.monotonic()
        assert stun(lab, STUN[0]) == address
        assert curl(lab, f"https://{ECHO_NAMES[0]}/") == address


def test_a_flip_leaves_nothing_of_the_old_address_and_starts_no_program(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.flip(MOVED)
    assert wan_addresses(lab) == [MOVED]
    provider = lab.topology.isp.run("ip", "-4", "route", "show", "dev", "home")
    assert provider.split() == [MOVED, "scope", "link"]


@pytest.mark.parametrize(
    "plan", [Plan(), Plan(behind_router=False, igd="none"), Plan(upstream="cgnat")]
)
def test_a_lost_line_leads_nowhere_until_it_is_back(arrange: Arrange, plan: Plan) -> None:
    lab = arrange(plan)
    lab.wan(up=False)
    assert stun(lab, STUN[0]) != WAN
    lab.wan(up=True, address=MOVED)
    assert stun(lab, STUN[0]) == MOVED
    lab.wan(up=False)
    lab.wan(up=True)
    assert stun(lab, STUN[0]) == MOVED


def test_a_router_knows_that_its_line_is_lost_and_what_it_has_afterwards(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.wan(up=False)
    assert (igd(lab), natpmp(lab)) == ("''", "3 0.0.0.0")
    lab.wan(up=True)
    assert (igd(lab), natpmp(lab)) == (repr(WAN), f"0 {WAN}")


def test_a_flip_with_a_gap_may_bring_the_old_address_back(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with Ear(lab.topology.home) as ear:
        started = time.monotonic()
        assert lab.flip(WAN, gap=0.2) - started >= 0.2
        until(lambda: WAN in ear.announced(), lambda: f"{ear.announced()}")
    assert (wan_addresses(lab), stun(lab, STUN[0])) == ([WAN], WAN)


def test_a_line_over_both_protocols_comes_back_with_both(arrange: Arrange) -> None:
    lab = arrange(Plan(ipv6="stable"))
    lab.flip(MOVED, gap=0.2)
    assert curl(lab, f"https://{ECHO_NAMES[0]}/", "-4") == MOVED
    assert curl(lab, f"https://{ECHO_NAMES[0]}/", "-6") in {
        entry["local"] for entry in lab.addresses6()
    }


def test_a_flip_while_the_home_s_cable_is_pulled_does_not_plug_it_in(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.cable(plugged=False)
    lab.flip(MOVED)
    assert stun(lab, STUN[0]) == "OSError"
    lab.cable(plugged=True)
    assert stun(lab, STUN[0]) == MOVED


def test_a_flip_behind_a_second_nat_is_nothing_to_the_router(arrange: Arrange) -> None:
    lab = arrange(Plan(upstream="one_to_one"))
    with Ear(lab.topology.home) as ear:
        ear.subscribe()
        until(lambda: len(ear.events) == 1, lambda: f"{ear.events}")
        lab.flip(MOVED)
        assert stun(lab, STUN[0]) == MOVED
        assert (ear.announced(), len(ear.events)) == ([], 1)


# ---- what the router tells ----------------------------------------------------------------------


def test_a_flip_is_announced_by_nat_pmp_and_pcp(arrange: Arrange) -> None:
    lab = arrange(NATPMP_ALONE)
    with Ear(lab.topology.home) as ear:
        lab.flip(MOVED)
        until(lambda: {MOVED, "PCP"} <= set(ear.announced()), lambda: f"{ear.heard}")
    assert igd(lab) == "nothing"


def test_a_flip_is_an_event_where_the_router_speaks_upnp_alone(arrange: Arrange) -> None:
    lab = arrange(UPNP_ALONE)
    with Ear(lab.topology.home) as ear:
        ear.subscribe()
        until(lambda: WAN in "".join(ear.events), lambda: f"{ear.events}")
        lab.flip(MOVED)
        until(lambda: len(ear.events) >= 2, lambda: f"{ear.events}")
        assert ear.announced() == []
    assert (igd(lab), natpmp(lab)) == (repr(MOVED), REFUSED)


@pytest.mark.parametrize(
    ("plan", "pmp"),
    [
        pytest.param(Plan(igd="none"), REFUSED, id="refuses"),
        pytest.param(Plan(igd="none", stealth=True), UNANSWERED, id="drops"),
        pytest.param(Plan(stealth=True), UNANSWERED, id="drops what it has"),
    ],
)
def test_of_a_silent_router_only_the_world_tells_the_address(
    arrange: Arrange, plan: Plan, pmp: str
) -> None:
    lab = arrange(plan)
    assert (igd(lab), natpmp(lab)) == ("nothing", pmp)
    lab.flip(MOVED)
    assert stun(lab, STUN[0]) == MOVED


def test_a_restart_is_announced_and_forgets_who_subscribed(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with Ear(lab.topology.home) as ear:
        sid = ear.subscribe()
        assert ear.renew(sid) == "200"
        lab.restart_router_service()
        until(lambda: bool(ear.notices("ssdp:alive")), lambda: f"{ear.heard}")
        assert "PCP" in ear.announced()
        # As it starts, miniupnpd says byebye too, for one before it that had no time to.
        assert min(ear.notices("ssdp:byebye")) < max(ear.notices("ssdp:alive"))
        assert ear.renew(sid) == "412"
        events = len(ear.events)
        lab.flip(MOVED)
        until(lambda: MOVED in ear.announced(), lambda: f"{ear.heard}")
        assert len(ear.events) == events
    assert igd(lab) == repr(MOVED)


def test_a_reboot_takes_the_link_and_every_memory_and_may_bring_another_address(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan())
    with ThreadPoolExecutor() as beside:
        went_dark = partial(until, lambda: "NO-CARRIER" in home_link(lab), "the link stays up")
        seen = beside.submit(went_dark)
        lab.reboot_router(0.5, address=MOVED)
        seen.result()
    # The kernel looks at returning links once a second; until then the home sends nothing.
    until(lambda: igd(lab) == repr(MOVED), "the router does not answer")
    assert (natpmp(lab), stun(lab, STUN[0])) == (f"0 {MOVED}", MOVED)
    lab.reboot_router(0.1)
    until(lambda: stun(lab, STUN[0]) == MOVED, "the line is not back")


# ---- a device that lies -------------------------------------------------------------------------


def test_a_forger_s_words_arrive_in_the_router_s_name(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with Ear(lab.topology.home) as ear, Forger(lab.topology.neighbour) as forger:
        sent = forger.flood(0.1)
        until(lambda: len(ear.heard) >= sent, lambda: f"{len(ear.heard)} of {sent}")
        assert {one.sender for one in ear.heard} == {ROUTER}
        assert {LIE, "PCP"} == set(ear.announced())
        assert ear.notices("ssdp:alive")
        assert ear.notices("ssdp:byebye")


# ---- what the name servers do -------------------------------------------------------------------


def nsupdate(lab: Lab, *commands: str) -> None:
    key = f"hmac-sha256:home.:{lab.secrets.tsig}"
    text = "\n".join((f"server {PRIMARY}", "zone example.com", *commands, "send\n"))
    argv = lab.topology.home.command("nsupdate", "-v", "-y", key)
    subprocess.run(argv, input=text, text=True, check=True)


def test_every_write_of_the_home_is_told_with_its_time_and_values(arrange: Arrange) -> None:
    lab = arrange(Plan())
    assert lab.writes() == ()
    before = time.monotonic()
    nsupdate(lab, f"update delete {RECORD} A", f"update add {RECORD} 60 A {WAN}")
    between = time.monotonic()
    nsupdate(lab, f"update add {RECORD} 60 A {MOVED}", f"update add {RECORD} 60 AAAA 2a01::1")
    nsupdate(lab, f"update delete {RECORD} A {WAN}")
    lab.set_record(STALE)  # by somebody else
    told = lab.writes()
    assert [write[1:] for write in told] == [
        (RECORD, "A", (WAN,)),
        (RECORD, "A", (MOVED,)),
        (RECORD, "AAAA", ("2a01::1",)),
        (RECORD, "A", ()),
    ]
    slack = 0.01  # BIND looks at a clock that moves on every four milliseconds
    assert before - slack <= told[0].at <= between + slack
    assert between - slack <= told[1].at <= told[3].at <= time.monotonic() + slack
    lab = arrange(Plan())
    assert lab.writes() == ()


def test_an_update_whose_condition_does_not_hold_is_no_write(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with pytest.raises(subprocess.CalledProcessError):
        nsupdate(lab, f"prereq nxrrset {RECORD} A", f"update add {RECORD} 60 A {WAN}")
    assert lab.writes() == ()


def test_bind_saying_something_new_is_not_passed_over() -> None:
    line = (
        "22-Nov-2026 22:38:31.580 client @0x7f 81.2.69.142#331/key home: updating zone "
        "'example.com/IN': turning 'home.example.com' upside down\n"
    )
    with pytest.raises(AssertionError, match="upside down"):
        read_writes(line)


def test_the_moment_is_known_when_both_servers_serve_an_address(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with lab.watch_served() as served:
        served.moment(STALE)
        before = time.monotonic()
        lab.set_record(WAN)
        lab.set_record(MOVED)
        first, second = served.moment(WAN, since=before), served.moment(MOVED, since=before)
        assert before < first < second < time.monotonic()
        assert served.moment(MOVED, since=second + 0.001) == second + 0.001
        with pytest.raises(AssertionError, match="not all serve"):
            served.moment(STALE, since=second, patience=0.05)
        lab.change(secondary_lags=True)
        lab.set_record(WAN)
        with pytest.raises(AssertionError, match="not all serve"):
            served.moment(WAN, since=second, patience=0.05)
    seen = [(one.server, *one.values) for one in served.history]
    assert [one for one in seen if one[0] == PRIMARY] == [
        (PRIMARY, address) for address in (STALE, WAN, MOVED, WAN)
    ]
    assert [one for one in seen if one[0] == SECONDARY] == [
        (SECONDARY, address) for address in (STALE, WAN, MOVED)
    ]


def test_a_server_that_stops_answering_is_waited_for(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with lab.watch_served() as served:
        began = served.moment(STALE)
        lab.change(secondary_up=False)
        lab.change(secondary_up=True)
        lab.set_record(WAN)
        assert served.moment(WAN, since=began) > began
