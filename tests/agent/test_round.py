"""One round: what DNS says just before a call counts, and what was cut short is looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.events import NotServed, Planned, Sent
from agent.once import run_once
from agent.report import Report
from agent.round import run_round
from agent.store import Store
from agent.values import Keep, Push
from discovery.observation import Family, Observation, Why
from providers.engine.outcome import Unconfirmed
from providers.engine.wire import Fault
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, SimWitness
from tests.sim.service import SimService, employ
from tests.support.simloop import run_simulated


class SlowToTell(SimWitness):
    """A router that names a stale address for half a minute; whoever waits learns the true one."""

    async def observe(self, family: Family) -> Observation:
        self.says = SECOND if asyncio.get_running_loop().time() < 25.0 else None
        return await super().observe(family)


def slow_home() -> SimHome:
    home = SimHome()
    home.already_published(THIRD)
    home.router = SlowToTell(home, "upnp", "the router", "router")
    return home


def after(seconds: float, change: Callable[[SimHome], None], home: SimHome) -> Report:
    """One round; in the midst of it something changes."""

    async def main() -> Report:
        round_ = asyncio.create_task(
            run_round(home.world(Store(None, home.journal.append)), home.config)
        )
        await asyncio.sleep(seconds)
        change(home)
        return await round_

    return run_simulated(main())


def test_dns_that_became_right_while_a_stale_router_was_asked_again_is_noticed() -> None:
    home = slow_home()
    report = after(10.0, lambda home: home.publish(frozenset({FIRST})), home)
    assert home.provider.calls == []
    assert (report.exit, report.rows[0].action) == (0, "keep")
    decisions = [event.decision for event in home.events if isinstance(event, Planned)]
    assert [type(one) for one in decisions] == [Push, Keep]


def test_dns_that_is_intercepted_meanwhile_holds_the_call_back() -> None:
    home = slow_home()

    def intercept(home: SimHome) -> None:
        home.intercepted = True

    report = after(10.0, intercept, home)
    assert home.provider.calls == []
    assert report.rows[0].as_json()["code"] == "dns_intercepted"


def test_what_dns_shows_now_is_what_the_primary_must_hold() -> None:
    """The prerequisite of a compare-and-set is the last look, not the first."""
    home = slow_home()
    service = SimService(home)
    employ(home, home=service)
    after(10.0, lambda home: home.publish(frozenset({SECOND})), home)
    assert [job.rrsets[0].live for job in service.jobs] == [frozenset({SECOND})]


def test_a_quick_round_looks_at_dns_once_before_its_call() -> None:
    home = SimHome()
    home.already_published(SECOND)
    looks = 0
    look = home.look

    async def counted(name: str, rtype: str) -> object:
        nonlocal looks
        looks += not any(isinstance(event, Sent) for event in home.events)
        return await look(name, "A")

    home.look = counted  # type: ignore[method-assign,assignment]
    after(0.0, lambda _: None, home)
    assert looks == 1


@pytest.mark.parametrize(("lag", "calls"), [(0.2, 1), (4.0, 1), (30.0, 2)])
def test_killed_after_the_call_was_made_the_next_round_looks_for_it_first(
    lag: float, calls: int
) -> None:
    """It looks for five seconds; a slower server costs the one call more that is allowed."""

    async def main() -> None:
        home, store = SimHome(), Store(None, lambda _: None)
        home.already_published(SECOND)
        for server in home.servers:
            server.lag = lag
        service = SimService(home, took=1.0)
        employ(home, home=service)
        world = home.world(store)
        round_ = asyncio.create_task(run_round(world, home.config))
        while not service.jobs:
            await asyncio.sleep(0.01)
        round_.cancel()  # before the answer is heard
        await asyncio.wait((round_,))
        report = await run_round(world, home.config)
        assert report.exit == 0
        assert len(service.jobs) == calls

    run_simulated(main())


def test_a_proxied_record_is_not_waited_for_in_dns() -> None:
    """DNS never shows it: the wait could only end in a false alarm."""
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, mind=lambda _: Unconfirmed(text="lost"), publishes=False)
    settings = employ(home, home=service)
    home.config = replace(settings, records=(replace(settings.records[0], verify="api"),))
    report = after(0.0, lambda _: None, home)
    assert report.exit == 1
    assert not any(isinstance(event, NotServed) for event in home.events)


def test_both_families_are_judged_and_ipv6_is_said_to_be_unsupported() -> None:
    home = SimHome()
    home.already_published(FIRST)
    (record,) = home.config.records
    home.config = replace(home.config, records=(replace(record, ipv6=True, ttl=None),))
    report = after(0.0, lambda _: None, home)
    assert [(row.rtype, row.action, int(row.exit)) for row in report.rows] == [
        ("A", "keep", 0),
        ("AAAA", "hold", 3),
    ]
    assert (report.exit, report.settled) == (3, True)
    assert report.rows[1].reason == "This system does not tell which of its IPv6 addresses last."
    assert report.as_json()["addresses"]["ipv6"]["verdict"] == "unsupported"


def test_without_records_the_address_alone_is_told() -> None:
    home = SimHome(records=())
    report = after(0.0, lambda _: None, home)
    assert report.as_json()["addresses"]["ipv4"]["address"] == str(FIRST)
    assert (report.exit, report.settled, report.rows) == (0, True, ())


def test_one_name_may_have_its_families_at_two_accounts() -> None:
    home = SimHome()
    home.already_published(SECOND)
    one, two = SimService(home), SimService(home)
    settings = employ(home, "home.example.com", "home.example.com", one=one, two=two)
    four, six = settings.records
    records = (four, replace(six, ipv4=False, ipv6=True))
    home.config = replace(settings, records=records)
    report = after(0.0, lambda _: None, home)
    assert [(row.record.account, row.rtype) for row in report.rows] == [
        ("one", "A"),
        ("two", "AAAA"),
    ]
    assert (len(one.jobs), len(two.jobs)) == (1, 0)


def test_a_router_that_is_believed_unasked_is_the_users_choice() -> None:
    """`confirm = "never"` leaves nobody to contradict a lying router."""
    home = SimHome()
    home.config = replace(home.config, discovery=replace(home.config.discovery, confirm="never"))
    home.already_published(FIRST)
    home.router.says = THIRD
    after(0.0, lambda _: None, home)
    assert [address for _, address in home.provider.calls] == [str(THIRD)]
    assert {witness.asked for witness in (*home.stun, *home.http)} == {0}


def test_an_answer_that_was_lost_and_is_served_is_an_update() -> None:
    home = SimHome()
    home.already_published(SECOND)
    home.provider.script = ["lost"]
    report = after(0.0, lambda _: None, home)
    entry = report.as_json()["records"][0]
    assert (entry["outcome"], entry["verified"], report.exit) == ("unconfirmed", True, 0)
    assert entry["reason"] == "updated; 3 of 3 name servers serve it"


def test_once_after_once_with_a_call_in_doubt_sends_it_one_time_more() -> None:
    """cron runs `once` every minute: what the last run sent is remembered as sent."""

    async def main() -> None:
        home, store = SimHome(), Store(None, lambda _: None)
        home.already_published(SECOND)
        home.provider.script = [Fault(sent=True, text="the connection broke")]
        world = home.world(store)
        ends = []
        for _ in range(5):
            ends.append(int((await run_round(world, home.config)).exit))
            await asyncio.sleep(60.0)
        assert ends == [1, 0, 0, 0, 0]
        assert len(home.provider.calls) == 2

    run_simulated(main())


def test_a_silent_home_is_left_alone() -> None:
    """Promise 3: unknown is not absent."""
    home = SimHome()
    home.already_published(SECOND)
    for witness in (home.router, *home.stun, *home.http):
        witness.says = Why.SILENT
    report = after(0.0, lambda _: None, home)
    assert home.provider.calls == []
    assert (report.exit, report.settled) == (6, False)


def test_once_follows_a_change_that_comes_right_after_another() -> None:
    """The calm between two addresses is for a daemon on a flapping line."""
    home = SimHome()
    home.already_published(FIRST)

    async def main() -> None:
        world = home.world(Store(None, home.journal.append))
        for address in (SECOND, THIRD):
            home.address = address
            assert (await run_once(world, home.config)).settled

    run_simulated(main())
    assert [address for _, address in home.provider.calls] == [str(SECOND), str(THIRD)]
