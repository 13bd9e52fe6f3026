"""Accounts: a provider that is down, a key that is wrong, and a provider with an HTTP API."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.lab.lab import Lab
from tests.lab.packet import connections, kinds, updates
from tests.lab.places import POWER, POWER_RECORD, PRIMARY, RECORD, SECONDARY, STALE, WAN
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

RIGHT = {PRIMARY: [WAN], SECONDARY: [WAN]}
WRONG = {PRIMARY: [STALE], SECONDARY: [STALE]}
WRONG_KEY = {"key_secret": base64.b64encode(bytes(32)).decode()}
POWER_ACCOUNT = {
    "provider": "powerdns",
    "server": None,
    "key_name": None,
    "key_secret": None,
    "endpoint": f"http://{POWER}:8081",
    "allow_http": True,
}


def test_a_provider_that_is_down_costs_nothing_but_time(arrange: Arrange) -> None:
    lab = arrange(Plan(updates=False))
    lab.config()
    down = lab.upstun("once", "--json")
    assert (down.status, down.record["action"]) == (1, "push")
    assert (down.record["outcome"], down.record["verified"]) == ("refused", False)
    assert lab.zone() == WRONG
    lab.change(updates=True)
    lab.upstun("unlock", "home")  # does away with the pause that a refusal brings
    up = lab.upstun("once", "--json")
    assert (up.status, up.record["outcome"]) == (0, "changed")
    assert lab.zone() == RIGHT


def test_a_primary_that_is_gone_is_waited_for(arrange: Arrange) -> None:
    lab = arrange(Plan(primary_up=False))
    lab.config()
    down = lab.upstun("once", "--json")
    assert (down.status, down.record["outcome"]) == (1, "refused")
    lab.change(primary_up=True)
    lab.upstun("unlock", "home")
    assert lab.upstun("once").status == 0
    assert lab.zone() == RIGHT


def test_a_wrong_key_locks_the_account_until_the_key_changes(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(account__home=WRONG_KEY)
    first = lab.upstun("once", "--json")
    assert (first.status, first.record["outcome"]) == (8, "refused")
    assert updates(first.left) == 1
    for _ in range(2):
        again = lab.upstun("once", "--json")
        assert (again.status, again.record["action"], again.record["outcome"]) == (8, "hold", None)
        assert updates(again.left) == 0
        assert connections(again.left, PRIMARY) == 0
    assert lab.zone() == WRONG
    lab.config()
    mended = lab.upstun("once", "--json")
    assert (mended.status, mended.record["outcome"]) == (0, "changed")
    assert lab.zone() == RIGHT


def test_a_locked_account_is_tried_once_more_after_unlock(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config(account__home=WRONG_KEY)
    assert lab.upstun("once").status == 8
    assert updates(lab.upstun("once").left) == 0
    told = lab.upstun("unlock", "home")
    assert (told.status, "home is unlocked" in told.stdout) == (0, True)
    again = lab.upstun("once")
    assert (again.status, updates(again.left)) == (8, 1)
    assert updates(lab.upstun("once").left) == 0


def test_a_record_that_the_key_may_not_change_is_the_users_to_mend(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.set_record(STALE, name="other.example.com")
    lab.config(**{"[record]": {"name": "other.example.com"}})
    ran = lab.upstun("once", "--json")
    assert (ran.status in {3, 8}, ran.record["outcome"]) == (True, "refused")
    assert updates(lab.upstun("once", "--json").left) == 0
    assert lab.zone("other.example.com") == WRONG


def test_powerdns_is_told_by_its_http_api(arrange: Arrange) -> None:
    lab = arrange(Plan())
    account = {**POWER_ACCOUNT, "api_key": lab.secrets.power}
    lab.config(account__home=account, **{"[record]": {"name": POWER_RECORD}})
    ran = lab.upstun("once", "--json")
    assert (ran.status, ran.record["outcome"], ran.record["verified"]) == (0, "changed", True)
    assert lab.zone(POWER_RECORD) == {POWER: [WAN]}
    assert connections(ran.left, POWER) >= 1
    again = lab.upstun("once", "--json")
    assert (again.status, again.record["action"]) == (0, "keep")
    assert kinds(again.left) == {"dns"}


def test_a_wrong_api_key_locks_the_account(arrange: Arrange) -> None:
    lab = arrange(Plan())
    account = {**POWER_ACCOUNT, "api_key": "not-the-key"}
    lab.config(account__home=account, **{"[record]": {"name": POWER_RECORD}})
    first = lab.upstun("once", "--json")
    assert (first.status, first.record["outcome"]) == (8, "refused")
    again = lab.upstun("once", "--json")
    assert (again.status, again.record["action"]) == (8, "hold")
    assert connections(again.left, POWER) == 0
    assert lab.zone(POWER_RECORD) == {POWER: [STALE]}


def test_two_accounts_are_kept_in_one_run(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    config = lab.config_path.read_text()
    lab.config_path.write_text(
        config
        + f'[account.power]\nprovider = "powerdns"\nendpoint = "http://{POWER}:8081"\n'
        + f'allow_http = true\napi_key = "{lab.secrets.power}"\n'
        + f'[[record]]\nname = "{POWER_RECORD}"\naccount = "power"\n'
    )
    ran = lab.upstun("once", "--json")
    assert ran.status == 0
    assert {entry["name"] for entry in ran.json["records"]} == {RECORD, POWER_RECORD}
    assert lab.zone() == RIGHT
    assert lab.zone(POWER_RECORD) == {POWER: [WAN]}
