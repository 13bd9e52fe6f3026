"""The small pure tables: cadence, exit statuses, errands."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import combinations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.cadence import next_in
from agent.decide.exit_status import HELD_BY, Exit, worst
from agent.decide.jobs import errand, gather, lock_name
from agent.values import Account, Code, Record
from discovery.live_dns.view import RType
from providers.engine.outcome import Unchanged
from providers.engine.spec import Provider
from providers.engine.wire import Job, Steps

CADENCE = [
    ("healthy", Exit.HEALTHY, 0, None, 300.0),
    ("offline at first", Exit.OFFLINE, 0, None, 2.0),
    ("offline for a while", Exit.OFFLINE, 3, None, 16.0),
    ("offline for long", Exit.OFFLINE, 50, None, 60.0),
    ("wrong", Exit.HEALING, 0, None, 30.0),
    ("still wrong", Exit.HEALING, 2, None, 120.0),
    ("wrong for long", Exit.PROVIDER, 90, None, 300.0),
    ("held until a known time", Exit.HEALING, 0, 42.0, 42.51),
    ("held for a moment", Exit.HEALING, 0, 2.0, 2.06),
    ("held for a day", Exit.HEALING, 0, 86400.0, 300.0),
    ("held until a moment ago", Exit.HEALING, 0, -5.0, 0.01),
]


@pytest.mark.parametrize(("name", "status", "streak", "held", "wait"), CADENCE)
def test_when_to_look_again(
    name: str, status: Exit, streak: int, held: float | None, wait: float
) -> None:
    told = next_in(status, poll=300.0, streak=streak, held_for=held, jitter=0.5)
    assert told == pytest.approx(wait)


@given(st.floats(0, 300, exclude_max=True), st.floats(0, 1))
def test_a_known_end_is_never_looked_for_too_early_nor_much_too_late(
    held: float, jitter: float
) -> None:
    wait = next_in(Exit.HEALING, poll=300.0, streak=3, held_for=held, jitter=jitter)
    assert held < wait <= held + 1.01


@given(st.sampled_from(list(Exit)), st.integers(0, 10**6), st.floats(0, 1))
def test_the_next_look_is_never_later_than_the_safety_poll_and_a_fifth(
    status: Exit, streak: int, jitter: float
) -> None:
    assert 0.8 <= next_in(status, poll=300.0, streak=streak, jitter=jitter) <= 360.001


def test_what_may_be_ready_soon_is_looked_for_soon_and_then_ever_more_rarely() -> None:
    waits = [
        next_in(Exit.HEALING, poll=300.0, streak=streak, soon=True) for streak in (0, 1, 2, 50)
    ]
    assert waits == [2.0, 4.0, 8.0, 300.0]


def test_the_order_of_exit_statuses() -> None:
    """When several hold, 6 > 8 > 5 > 3 > 7 > 4 > 1 > 0."""
    order = [6, 8, 5, 3, 7, 4, 1, 0]
    for stronger, weaker in combinations(order, 2):
        assert worst([Exit(weaker), Exit(stronger)]) == stronger
    assert worst([]) is Exit.HEALTHY


def test_every_verdict_that_can_hold_has_an_exit_status() -> None:
    settled = {"direct", "single_nat", "router_only", "double_nat", "nat_1to1", "stun_agrees"}
    settled |= {"shared_ipv4", "v6_direct", "vpn_active"}
    beside = {"http_agrees", "alg", "udp_blocked", "foreign_igd"}
    assert set(get_args(Code)) - settled - beside <= set(HELD_BY)


def _update(job: Job) -> Steps:
    return Unchanged()
    yield


ZONED = Provider(id="z", title="Z", docs="", fields=(), update=_update, batch="zone")
NAMED = Provider(id="n", title="N", docs="", fields=(), update=_update, batch="name")


HOME = IPv4Address("81.2.69.142")


@dataclass(frozen=True)
class Want:
    record: Record
    rtype: RType = "A"
    wanted: IPv4Address | None = HOME
    zone: str = "example.com"
    live: frozenset[IPv4Address] | None = frozenset()


def want(name: str, zone: str = "example.com", rtype: RType = "A") -> Want:
    return Want(Record(name=name, account="home"), zone=zone, rtype=rtype)


def test_a_provider_with_batches_gets_one_errand_for_a_zone() -> None:
    wants = [want("a.example.com"), want("b.example.com"), want("c.example.net", "example.net")]
    assert [len(group) for group in gather(wants, ZONED)] == [2, 1]
    assert [len(group) for group in gather(wants, NAMED)] == [1, 1, 1]


def test_both_families_of_a_name_go_together() -> None:
    wants = [want("a.example.com"), want("a.example.com", rtype="AAAA")]
    assert [len(group) for group in gather(wants, NAMED)] == [2]


def test_names_of_an_unknown_zone_are_not_thrown_together() -> None:
    assert [len(g) for g in gather([want("a.example.com", ""), want("b.net", "")], ZONED)] == [1, 1]


def test_an_errand_carries_what_is_live_for_compare_and_set() -> None:
    account = Account(name="home", provider=ZONED, settings={"key": "value"}, fingerprint="f")
    job = errand([want("a.example.com")], account)
    assert job.zone == "example.com"
    assert job.settings == {"key": "value"}
    assert job.rrsets[0].live == frozenset()
    assert job.rrsets[0].ttl == 60


def test_another_ttl_in_the_configuration_lifts_a_records_lock() -> None:
    short = Record(name="a.example.com", account="home", ttl=60)
    assert lock_name(short) != lock_name(Record(name="a.example.com", account="home", ttl=300))
