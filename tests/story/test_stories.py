"""Whole stories of the daemon in simulated time, each with its golden journal.

A journal is everything that a person would have read. When behaviour changes, the change shows in
the journals: run with UPSTUN_GOLDEN=write to write them anew, and review the difference.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.daemon import Daemon
from agent.events import RoundEnded
from agent.values import Record
from discovery.observation import Why
from providers.engine.wire import Fault, Response
from tests.sim.home import FIRST, SECOND, THIRD, SimHome, config, live

GOLDEN = Path(__file__).parent / "golden"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def matches_golden(home: SimHome, name: str) -> None:
    path = GOLDEN / f"{name}.journal"
    told = "\n".join(home.journal) + "\n"
    assert "s3cret" not in told
    if os.environ.get("UPSTUN_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


def right(home: SimHome) -> set[frozenset[str] | None]:
    return {frozenset({str(home.address)})}


def test_the_address_changes_twice() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert home.served == right(home)
        home.address = THIRD
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert [address for _, address in home.provider.calls] == [str(SECOND), str(THIRD)]
    matches_golden(home, "the_address_changes_twice")


def test_the_router_is_silent_for_a_week() -> None:
    """STUN carries the home meanwhile, and the change on day three is published."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.router.says = Why.SILENT
        await asyncio.sleep(3 * DAY)
        home.address = SECOND
        await asyncio.sleep(4 * DAY)
        assert home.served == right(home)
        home.router.says = None
        await asyncio.sleep(HOUR)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, "the_router_is_silent_for_a_week")


def test_thirty_quiet_days_cost_no_provider_call_and_no_question_outside() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(30 * DAY)

    home = live(SimHome(), script)
    assert home.provider.calls == []
    assert home.router.asked > 8000
    assert {witness.asked for witness in (*home.stun, *home.http)} == {0}
    matches_golden(home, "thirty_quiet_days")


def test_too_many_requests_with_retry_after_is_obeyed() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Response(status=429, headers={"retry-after": "1800"})]
        home.already_published(SECOND)
        await asyncio.sleep(2 * HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    first, second = (at for at, _ in home.provider.calls)
    assert second - first >= 1800.0
    matches_golden(home, "too_many_requests")


@pytest.mark.parametrize(("answer", "story"), [("badauth", "badauth"), ("abuse", "abuse")])
def test_a_refused_account_is_never_called_again_by_itself(answer: str, story: str) -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Response(status=200, body=answer.encode())]
        home.already_published(SECOND)
        await asyncio.sleep(30 * DAY)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, story)


def test_a_lock_survives_a_restart_and_ends_with_another_password(tmp_path: Path) -> None:
    async def wait(home: SimHome, daemon: Daemon) -> None:
        home.already_published(SECOND)
        await asyncio.sleep(DAY)

    home = SimHome()
    home.provider.script = [Response(status=401, body=b"badauth")]
    live(home, wait, store=tmp_path / "state.sqlite3")
    assert len(home.provider.calls) == 1
    again = live(SimHome(), wait, store=tmp_path / "state.sqlite3")
    assert again.provider.calls == []
    account = replace(config().accounts["home"], fingerprint="fingerprint-2")
    mended = live(SimHome(accounts={"home": account}), wait, store=tmp_path / "state.sqlite3")
    assert len(mended.provider.calls) == 1


def test_an_answer_lost_after_sending_is_looked_for_in_dns() -> None:
    """The change was made though nobody said so: no second call."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = ["lost"]
        home.already_published(SECOND)
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, "an_answer_lost_after_sending")


def test_a_call_lost_on_its_way_is_made_again() -> None:
    """The change was not made: DNS stays wrong, so it is sent a second time."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Fault(sent=True, text="the connection broke")]
        home.already_published(SECOND)
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 2
    matches_golden(home, "a_call_lost_on_its_way")


def test_somebody_else_edits_the_record() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.publish(frozenset({THIRD}))
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, "somebody_else_edits_the_record")


def test_somebody_adds_a_second_address() -> None:
    """The whole RRset counts: a dead second address sends half of all visitors away."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.publish(frozenset({FIRST, THIRD}))
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    assert len(live(SimHome(), script).provider.calls) == 1


def test_one_of_three_name_servers_lags_for_an_hour() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.servers[2].lag = HOUR
        await asyncio.sleep(HOUR)
        home.address = SECOND
        await asyncio.sleep(3 * HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, "one_of_three_name_servers_lags")


def test_one_of_three_name_servers_is_down() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.servers[1].down = True
        await asyncio.sleep(HOUR)
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1


def test_a_name_that_does_not_exist_yet_is_created() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    assert len(home.provider.calls) == 1
    matches_golden(home, "a_name_that_does_not_exist_yet")


def test_offline_at_boot() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.online, home.router.says = False, Why.NO_ROUTE
        home.already_published(SECOND)
        await asyncio.sleep(10 * MINUTE)
        assert home.provider.calls == []
        home.online, home.router.says = True, None
        await asyncio.sleep(2 * MINUTE)
        assert home.served == right(home)

    home = live(SimHome(), script)
    matches_golden(home, "offline_at_boot")


@pytest.mark.parametrize("years", [1, -1])
def test_the_clock_jumps_by_a_year(years: int) -> None:
    """A wait told by a provider is neither forgotten for ever nor kept for ever."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.wall.jump(timedelta(days=365 * years))
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert home.served == right(home)
        home.provider.script = [Response(status=429, headers={"retry-after": "600"})]
        home.address = THIRD
        await asyncio.sleep(6 * MINUTE)
        home.wall.jump(timedelta(days=-365 * years))
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    matches_golden(home, f"the_clock_jumps_by_a_year_{'forward' if years > 0 else 'back'}")


def test_the_router_reports_a_stale_address_after_a_reconnect() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.address, home.router.says = SECOND, FIRST
        home.publish(frozenset({THIRD}))  # someone looks, so that the round has work to do
        await asyncio.sleep(HOUR)
        home.router.says = None
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    matches_golden(home, "the_router_reports_a_stale_address")


def test_a_lying_router_publishes_nothing() -> None:
    """Two operators outside contradict it: hold."""

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        home.router.says = THIRD
        await asyncio.sleep(DAY)

    home = live(SimHome(), script)
    assert home.provider.calls == []
    matches_golden(home, "a_lying_router")


def test_intercepted_dns_is_answered_by_holding() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(SECOND)
        home.intercepted = True
        await asyncio.sleep(DAY)
        assert home.provider.calls == []
        home.intercepted = False
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script)
    matches_golden(home, "intercepted_dns")


def test_a_bad_configuration_on_reload_keeps_the_old_one() -> None:
    def reload() -> tuple[str, ...]:
        return ('config.toml:3: [agent] pol: unknown key; did you mean "poll"?',)

    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        daemon.reload()
        home.address = SECOND
        await asyncio.sleep(HOUR)
        assert home.served == right(home)

    home = live(SimHome(), script, reload=reload)
    matches_golden(home, "a_bad_configuration_on_reload")


def test_a_nudge_looks_at_once() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)
        home.address = SECOND
        daemon.nudge("the router announced something")
        await asyncio.sleep(2.0)
        assert home.served == right(home)

    live(SimHome(), script)


def test_told_to_stop_in_the_middle_of_a_call_it_stops_at_once_and_remembers(
    tmp_path: Path,
) -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(SECOND)
        while not home.journal or "telling account" not in home.journal[-1]:
            await asyncio.sleep(0.01)

    home = live(SimHome(), script, store=tmp_path / "state.sqlite3")
    assert "stopping" in home.journal[-1]
    assert home.provider.calls == []

    async def later(again: SimHome, daemon: Daemon) -> None:
        again.already_published(SECOND)
        await asyncio.sleep(10 * MINUTE)
        assert again.served == right(again)

    again = live(SimHome(), later, store=tmp_path / "state.sqlite3")
    assert len(again.provider.calls) == 1


def test_the_provider_is_down_for_a_day() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.provider.script = [Response(status=503)] * 1000
        home.already_published(SECOND)
        await asyncio.sleep(DAY)
        assert len(home.provider.calls) <= 30, "a provider in trouble is left in peace"
        home.provider.script = []
        await asyncio.sleep(7 * HOUR)
        assert home.served == right(home)

    live(SimHome(), script)


def test_ten_records_of_one_account_stay_within_its_pace() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)

    records = tuple(Record(name=f"n{number}.example.com", account="home") for number in range(10))
    home = SimHome(records=records)

    async def changed(home: SimHome, daemon: Daemon) -> None:
        await script(home, daemon)
        home.address = SECOND
        await asyncio.sleep(HOUR)

    live(home, changed)
    times = [at for at, _ in home.provider.calls]
    pace = home.config.accounts["home"].provider.pace
    for start in times:
        within = [at for at in times if start <= at < start + pace.every]
        assert len(within) <= pace.burst + 1


def test_the_exit_of_every_round_is_told() -> None:
    async def script(home: SimHome, daemon: Daemon) -> None:
        home.already_published(FIRST)
        await asyncio.sleep(HOUR)

    home = live(SimHome(), script)
    ends = [event for event in home.events if isinstance(event, RoundEnded)]
    assert {(end.exit.value, end.settled) for end in ends} == {(0, True)}
    assert all(240.0 <= (end.next_in or 0) <= 360.0 for end in ends), "300 s, varied by a fifth"
