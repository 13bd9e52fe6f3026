"""The main job: a stale record, a router that tells its address, one honest update."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.home import installed
from tests.lab.lab import Lab
from tests.lab.packet import kinds, updates
from tests.lab.places import MOVED, PRIMARY, RECORD, SECONDARY, STALE, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

RIGHT = {PRIMARY: [WAN], SECONDARY: [WAN]}


def test_a_stale_record_is_put_right_and_nothing_but_dns_leaves_the_home(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(discovery={"confirm": "never"})
    ran = lab.upstun("once", "--json")
    assert ran.status == 0
    assert ran.json["schema"] == "upstun.once/1"
    assert (ran.json["settled"], ran.json["exit"]) == (True, 0)
    assert (ran.ipv4["address"], ran.ipv4["verdict"], ran.ipv4["sources"]) == (
        WAN,
        "single_nat",
        ["upnp"],
    )
    wanted = {"name": RECORD, "type": "A", "wanted": WAN, "live": [STALE]}
    assert ran.record.items() >= wanted.items()
    assert ran.record["servers"] == {"asked": 2, "agreeing": 0}
    assert (ran.record["action"], ran.record["outcome"], ran.record["verified"]) == (
        "push",
        "changed",
        True,
    )
    assert lab.zone() == RIGHT
    assert kinds(ran.left) == {"dns"}
    assert updates(ran.left) == 1


def test_a_right_record_costs_no_provider_request(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(discovery={"confirm": "never"})
    lab.set_record(WAN)
    for _ in range(2):
        ran = lab.upstun("once", "--json")
        assert (ran.status, ran.record["action"], ran.record["outcome"]) == (0, "keep", None)
        assert updates(ran.left) == 0
        assert not any(packet.opens for packet in ran.left), "a TCP connection left the home"


def test_a_second_run_after_an_update_sends_no_provider_request(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    assert updates(lab.upstun("once", "--json").left) == 1
    again = lab.upstun("once", "--json")
    assert (again.status, again.record["action"]) == (0, "keep")
    assert updates(again.left) == 0
    assert kinds(again.left) == {"dns"}, "a known address needs no witness outside"


def test_a_changed_address_is_confirmed_by_a_witness_outside(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.ipv4["verdict"]) == (0, "single_nat")
    assert ran.ipv4["sources"] == ["upnp", "stun"]
    assert kinds(ran.left) == {"dns", "stun"}
    assert lab.zone() == RIGHT


def test_the_record_follows_the_address(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    assert lab.upstun("once").status == 0
    lab.flip(MOVED)
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["live"], ran.record["wanted"]) == (0, [WAN], MOVED)
    assert lab.zone() == {PRIMARY: [MOVED], SECONDARY: [MOVED]}


def test_a_record_that_somebody_else_edited_is_put_right(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    assert lab.upstun("once").status == 0
    lab.set_record(WAN, "185.199.108.153")
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["live"]) == (0, ["185.199.108.153", WAN])
    assert (ran.record["outcome"], updates(ran.left)) == ("changed", 1)
    assert lab.zone() == RIGHT


def test_a_record_that_is_missing_is_created(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    lab.set_record()
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["live"], ran.record["outcome"]) == (0, [], "changed")
    assert lab.zone() == RIGHT


def test_an_alias_is_left_alone(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(**{"[record]": {"name": "www.example.com"}})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["action"], ran.record["outcome"]) == (3, "hold", None)
    assert updates(ran.left) == 0


def test_a_dry_run_tells_and_sends_nothing(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    ran = lab.upstun("once", "--dry-run", "--json")
    assert (ran.record["action"], ran.record["wanted"], ran.record["outcome"]) == (
        "push",
        WAN,
        None,
    )
    assert updates(ran.left) == 0
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def test_ip_tells_the_address_without_any_configuration(arrange: Arrange) -> None:
    lab = arrange(Plan())
    ran = lab.home(*installed(), "ip", "--json", "--source", "upnp")
    assert (ran.status, ran.ipv4["address"], ran.ipv4["sources"]) == (0, WAN, ["upnp"])
    assert ran.left == ()
