"""How providers are called: batches, locks, proxied records, conflicts, faults of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from ipaddress import IPv4Address, ip_network

import pytest

from agent.daemon import Daemon
from agent.once import run_once
from agent.report import Report
from agent.store import Store
from discovery.live_dns.view import DnsView
from providers.engine import limits
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged
from providers.engine.wire import Call, Fault, Job, Reply
from tests.sim.home import FIRST, NAME, SECOND, THIRD, SimHome, live
from tests.sim.service import SimService, employ
from tests.support.simloop import run_simulated

A, B, C = "a.example.com", "b.example.com", "c.example.com"
HOUR, DAY = 3600.0, 86400.0


def refused(cause: Cause) -> Refused:
    return Refused(cause=cause, text=f"Sim says {cause}")


def refuses(name: str, cause: Cause) -> Callable[[Job], Outcome]:
    """Refuses whatever has this name in it."""

    def mind(job: Job) -> Outcome:
        guilty = any(rrset.name == name for rrset in job.rrsets)
        return refused(cause) if guilty else Changed()

    return mind


def runs(home: SimHome, *between: Callable[[Store], object], strict: bool = True) -> list[Report]:
    """`once`, and once more after each of `between`, with one memory."""

    async def main() -> list[Report]:
        reports = []
        with closing(Store(None, lambda _: None)) as store:
            for prepare in (lambda _: None, *between):
                prepare(store)
                world = replace(home.world(store), strict=strict)
                reports.append(await run_once(world, home.config))
        return reports

    return run_simulated(main())


def once(home: SimHome, *, strict: bool = True) -> Report:
    (report,) = runs(home, strict=strict)
    return report


def results(report: Report) -> dict[str, tuple[str, bool, int]]:
    """Action, verified and exit of every record."""
    return {row.record.name: (row.action, row.verified, int(row.exit)) for row in report.rows}


# ---- batches and locks -------------------------------------------------------------------------


@pytest.mark.parametrize("guilty", [A, B, C])
@pytest.mark.parametrize("cause", [Cause.NOT_FOUND, Cause.REJECTED])
def test_one_bad_record_of_a_batch_is_found_and_locked_and_holds_up_no_other(
    guilty: str, cause: Cause
) -> None:
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, mind=refuses(guilty, cause), batch="zone")
    employ(home, A, B, C, home=service)
    first, second = map(results, runs(home, lambda _: None))
    in_halves = [(A, B, C), (A,), (B, C)]
    assert service.names == in_halves + ([] if guilty == A else [(B,), (C,)])
    assert first.pop(guilty) == ("push", False, 3)
    assert set(first.values()) == {("push", True, 0)}
    assert second.pop(guilty) == ("hold", False, 3), "the account is in order"
    assert set(second.values()) == {("keep", True, 0)}


def remembered(store: Store, name: str) -> str | None:
    publication = store.publication(name, "A")
    return None if publication is None else publication.state


def test_what_was_refused_by_itself_was_not_sent() -> None:
    home = SimHome()
    home.already_published(SECOND)
    employ(home, A, B, home=SimService(home, mind=refuses(B, Cause.REJECTED), batch="zone"))

    def look(store: Store) -> None:
        assert (remembered(store, A), remembered(store, B)) == ("served", None)

    runs(home, look)


def test_what_was_refused_with_others_may_have_been_sent_all_the_same() -> None:
    """The service may have made half of the change; its next answer says nothing of that."""
    home = SimHome()
    home.already_published(SECOND)

    def mind(job: Job) -> Outcome:
        return refused(Cause.REJECTED if len(job.rrsets) > 1 else Cause.TRANSIENT)

    employ(home, A, B, home=SimService(home, mind=mind, batch="zone"))

    def look(store: Store) -> None:
        assert (remembered(store, A), remembered(store, B)) == ("sending", "sending")

    runs(home, look)


def test_after_a_wrong_key_the_other_records_are_locked_not_paced() -> None:
    """All is settled then: whoever waits waits for the user."""
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, mind=lambda _: refused(Cause.CREDENTIALS))
    employ(home, A, B, home=service)
    report = once(home)
    assert len(service.jobs) == 1
    assert [row.as_json()["code"] for row in report.rows] == [None, "locked"]
    assert (report.exit, report.settled) == (8, True)


def test_what_the_pace_does_not_allow_is_held_and_says_until_when() -> None:
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home)
    employ(home, *(f"n{n}.example.com" for n in range(7)), home=service)
    report = once(home)
    assert len(service.jobs) == 5
    assert [row.as_json()["code"] for row in report.rows] == [None] * 5 + ["paced"] * 2
    assert (report.exit, report.settled) == (1, False)
    assert report.until is not None


def test_unlock_during_a_call_is_not_forgotten() -> None:
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, mind=refuses(A, Cause.REJECTED))
    employ(home, A, home=service)

    def unlocked_meanwhile(store: Store) -> None:
        assert store.ledger("home").locks

        def mind(job: Job) -> Outcome:
            store.save_ledger("home", limits.unlock(store.ledger("home")))
            return Changed()

        service.mind = mind
        employ(home, B, home=service)

    def none_left(store: Store) -> None:
        assert store.ledger("home").locks == ()

    runs(home, unlocked_meanwhile, none_left)


# ---- records that DNS cannot show ----------------------------------------------------------------


def proxied(home: SimHome, *names: str, service: SimService) -> None:
    """The records stand behind the provider's own addresses."""
    home.already_published(IPv4Address("104.16.1.1"))
    service.publishes, service.readable = False, True
    settings = employ(home, *names, home=service)
    provider = replace(service.provider, fronts=(ip_network("104.16.0.0/13"),), batch="zone")
    account = replace(settings.accounts["home"], provider=provider)
    home.config = replace(settings, accounts={"home": account})


def test_each_proxied_record_is_asked_about_by_itself() -> None:
    """The API's word on the first says nothing about the second."""
    home = SimHome()
    service = SimService(home, holds={A: frozenset({FIRST}), B: frozenset({SECOND})})
    proxied(home, A, B, service=service)
    report = once(home)
    assert service.reads == [A, B]
    assert service.names == [(B,)]
    assert results(report) == {A: ("keep", True, 0), B: ("push", True, 0)}


def test_a_proxied_record_is_asked_about_four_times_a_day_and_sent_once() -> None:
    home = SimHome()
    service = SimService(home)
    proxied(home, A, service=service)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(DAY)
        assert (len(service.reads), len(service.jobs)) == (4, 1)
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert service.holds[A] == frozenset({SECOND})

    live(home, script)


def test_an_api_that_refused_half_way_is_asked_again_when_the_address_comes_back() -> None:
    """It may hold the new address: that it confirmed the old one this morning counts no more."""
    home = SimHome()
    service = SimService(home, holds={A: frozenset({FIRST})})
    proxied(home, A, service=service)

    def half_way(job: Job) -> Outcome:
        service.holds[A] = frozenset({SECOND})
        return refused(Cause.TRANSIENT)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(HOUR)
        home.address, service.mind = SECOND, half_way
        await asyncio.sleep(301.0)
        home.address, service.mind = FIRST, lambda _: Changed()
        await asyncio.sleep(HOUR)
        assert service.holds[A] == frozenset({FIRST})

    live(home, script)


def test_where_the_api_cannot_be_read_the_provider_is_told_only_of_changes() -> None:
    home = SimHome()
    service = SimService(home, publishes=False)
    settings = employ(home, home=service)
    home.config = replace(settings, records=(replace(settings.records[0], verify="api"),))

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(2 * DAY)
        assert len(service.jobs) == 1
        home.address = SECOND
        await asyncio.sleep(2 * DAY)
        assert len(service.jobs) == 2

    live(home, script)


# ---- what a service does not do ------------------------------------------------------------------


def test_a_service_that_never_publishes_is_told_ever_less_often() -> None:
    """dyndns2 services count updates that change nothing, and block who sends many."""
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, publishes=False, mind=lambda _: Unchanged())
    employ(home, home=service)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(DAY)
        first_day = len(service.jobs)
        assert first_day <= 9
        await asyncio.sleep(5 * DAY)
        assert len(service.jobs) <= first_day + 6

    live(home, script)


def test_a_new_address_is_sent_at_once_all_the_same() -> None:
    home = SimHome()
    home.already_published(THIRD)
    service = SimService(home, publishes=False, mind=lambda _: Unchanged())
    employ(home, home=service)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(DAY)
        calls = len(service.jobs)
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert len(service.jobs) > calls

    live(home, script)


def test_a_secondary_that_hangs_does_not_keep_the_home_wrong() -> None:
    """It shows the old address, the home comes back to that, and everyone else shows another."""
    home = SimHome()
    home.already_published(FIRST)

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.servers[2].lag = 1000 * DAY
        home.address = SECOND
        await asyncio.sleep(HOUR)
        home.address = FIRST
        await asyncio.sleep(HOUR)
        assert home.served == {frozenset({str(FIRST)})}
        await asyncio.sleep(DAY)

    live(home, script)
    assert [address for _, address in home.provider.calls] == [str(SECOND), str(FIRST)]


def test_a_slow_service_is_not_told_old_news() -> None:
    """Each call takes most of its half minute, and the address changes before the last."""
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, took=25.0)
    names = [f"n{n}.example.com" for n in range(5)]
    employ(home, *names, home=service)

    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(40.0)
        home.address = THIRD
        told = len(service.jobs)
        await asyncio.sleep(HOUR)
        late = {rrset.values for job in service.jobs[told:] for rrset in job.rrsets}
        assert late == {frozenset({THIRD})}
        assert set(service.holds.values()) == {frozenset({THIRD})}

    live(home, script)


def test_once_goes_on_with_a_slow_service_and_looks_again_first() -> None:
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home, took=20.0)
    employ(home, A, B, C, home=service)
    report = once(home)
    assert service.names == [(A,), (B,), (C,)]
    assert (report.exit, report.settled) == (0, True)


# ---- compare-and-set -----------------------------------------------------------------------------


def test_a_conflict_is_followed_by_a_call_that_insists_on_nothing() -> None:
    """The servers that are seen need not show what a hidden primary holds."""
    home = SimHome()
    home.already_published(SECOND)

    def mind(job: Job) -> Outcome:
        stands = job.rrsets[0].live is None or job.rrsets[0].live == frozenset({THIRD})
        return Changed() if stands else refused(Cause.CONFLICT)

    service = SimService(home, mind=mind)
    employ(home, home=service)
    report = once(home)
    assert [job.rrsets[0].live for job in service.jobs] == [frozenset({SECOND}), None]
    assert (report.exit, report.settled) == (0, True)


@pytest.mark.parametrize("other", [None, THIRD], ids=["one denies it", "one shows another"])
def test_where_servers_disagree_nothing_is_insisted_on(other: IPv4Address | None) -> None:
    home = SimHome()
    home.already_published(SECOND)
    home.servers[0].past[NAME] = [(0.0, None if other is None else frozenset({other}))]
    service = SimService(home)
    employ(home, home=service)
    report = once(home)
    assert [job.rrsets[0].live for job in service.jobs] == [None]
    assert report.exit == 0


def test_a_known_absence_is_insisted_on() -> None:
    home = SimHome()
    service = SimService(home)
    employ(home, home=service)
    once(home)
    assert [job.rrsets[0].live for job in service.jobs] == [frozenset()]


# ---- faults of our own ---------------------------------------------------------------------------


class Broken(SimService):
    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        raise LookupError("s3cret")


def test_a_fault_inside_one_accounts_call_cuts_short_no_other() -> None:
    home = SimHome()
    home.already_published(SECOND)
    broken, good = Broken(home), SimService(home, took=5.0)
    employ(home, A, B, broken=broken, good=good)
    broken.publishes = False
    bad, fine = once(home, strict=False).rows
    assert fine.verified
    assert not bad.verified
    assert "LookupError" in bad.reason
    assert "s3cret" not in bad.reason


def test_a_fault_inside_one_look_up_holds_up_that_record_alone() -> None:
    home = SimHome()
    home.already_published(SECOND)
    service = SimService(home)
    employ(home, A, B, home=service)
    look = home.look

    async def broken(name: str, rtype: str) -> DnsView:
        if name == A:
            raise LookupError("s3cret")
        return await look(name, "A")

    home.look = broken  # type: ignore[method-assign]
    report = once(home, strict=False)
    assert results(report) == {A: ("hold", False, 7), B: ("push", True, 0)}
    assert "LookupError" in report.rows[0].reason
    assert "s3cret" not in report.rows[0].reason


def test_a_look_up_that_hangs_is_unknown_after_a_minute() -> None:
    home = SimHome()
    service = SimService(home)
    employ(home, home=service)

    async def hangs(name: str, rtype: str) -> DnsView:
        await asyncio.sleep(DAY)
        raise AssertionError

    home.look = hangs  # type: ignore[method-assign]
    (row,) = once(home).rows
    assert (row.action, row.as_json()["code"]) == ("hold", "dns_unknown")
    assert service.jobs == []
