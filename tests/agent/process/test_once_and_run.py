"""The real command as a process, in the pretend home: real sockets, real state, real signals."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from agent.demo.ask import addresses_at
from tests.support.pretend import RECORD, Pretend, environment, pretend_home

FIRST, SECOND = "81.2.69.142", "81.2.69.160"


@pytest.fixture
def pretend(tmp_path: Path) -> Iterator[Pretend]:
    with pretend_home(tmp_path) as home:
        home.write()
        yield home


def until(process: subprocess.Popen[str], words: str) -> str:
    """Read the daemon's log up to a line with these words."""
    assert process.stderr is not None
    seen = ""
    for line in process.stderr:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"the log ended without {words!r}:\n{seen}")


# ---- once ----------------------------------------------------------------------------------------


def test_once_creates_changes_and_then_leaves_the_provider_alone(pretend: Pretend) -> None:
    created = pretend.run("once", "--json")
    assert (created.status, created.json["settled"], created.json["exit"]) == (0, True, 0)
    assert created.json["addresses"]["ipv4"]["address"] == FIRST
    assert created.json["addresses"]["ipv4"]["verdict"] == "single_nat"
    assert created.json["addresses"]["ipv4"]["sources"] == ["upnp", "stun"]
    (record,) = created.json["records"]
    assert record["name"] == RECORD
    assert record["type"] == "A"
    assert (record["wanted"], record["live"]) == (FIRST, [])
    assert (record["action"], record["outcome"], record["verified"]) == ("push", "changed", True)
    assert record["servers"] == {"asked": 2, "agreeing": 0}

    pretend.flip(SECOND)
    changed = pretend.run("once", "--json").json["records"][0]
    assert (changed["wanted"], changed["live"]) == (SECOND, [FIRST])

    quiet = pretend.run("once", "--json")
    (record,) = quiet.json["records"]
    assert (record["action"], record["outcome"], record["verified"]) == ("keep", None, True)
    assert quiet.json["addresses"]["ipv4"]["sources"] == ["upnp"], "nobody outside is asked"
    assert quiet.stderr == ""
    assert pretend.updates == 2


def test_a_dry_run_decides_and_sends_nothing(pretend: Pretend) -> None:
    ran = pretend.run("once", "--dry-run", "--json")
    (record,) = ran.json["records"]
    assert (record["action"], record["outcome"], record["verified"]) == ("push", None, False)
    assert ran.json["dry_run"] is True
    assert pretend.updates == 0
    assert "would be updated" in pretend.run("once", "--dry-run").stdout


def test_a_wrong_key_is_tried_once_and_again_only_after_a_change_or_unlock(
    pretend: Pretend,
) -> None:
    pretend.write(secret="d3JvbmctYnV0LXdlbGwtZm9ybWVkLWtleS0wMDAwMDA=")
    refused = pretend.run("once", "--json")
    assert refused.status == refused.json["exit"] == 8
    assert refused.json["records"][0]["outcome"] == "refused"
    assert pretend.updates == 1

    again = pretend.run("once", "--json")
    assert (again.status, again.json["records"][0]["code"]) == (8, "locked")
    assert "upstun unlock home" in again.json["records"][0]["reason"]
    assert pretend.updates == 1, "no attempt is made while the key is the same"

    assert pretend.run("unlock", "home").status == 0
    assert pretend.run("once").status == 8
    assert pretend.updates == 2, "unlock allows one more attempt"

    pretend.write()
    assert pretend.run("once").status == 0
    assert pretend.updates == 3, "another key lifts the lock by itself"


def test_history_tells_what_was_done(pretend: Pretend) -> None:
    pretend.run("once")
    told = pretend.run("history")
    assert told.status == 0
    assert f"{RECORD} A is served: 2 of 2 name servers serve it" in told.stdout
    events = pretend.run("history", RECORD, "--json").json["events"]
    assert [event["type"] for event in events] == ["Planned", "Served"]


def test_killed_at_two_hundred_instants_the_next_round_always_settles(pretend: Pretend) -> None:
    """Promise 6. At most the needed provider call, and one more where its answer was lost."""
    chance = random.Random(20261122)
    flips = cycle((FIRST, SECOND))
    cut_short = 0
    for _ in range(200):
        pretend.flip(address := next(flips))
        before = pretend.updates
        process = pretend.start("once")
        try:
            process.wait(chance.uniform(0.0, 0.9))
        except subprocess.TimeoutExpired:
            cut_short += 1
        process.kill()
        process.communicate()
        ran = pretend.run("once", "--json")
        assert (ran.status, ran.json["settled"]) == (0, True), ran
        assert ran.json["records"][0]["wanted"] == address
        assert 1 <= pretend.updates - before <= 2
    assert cut_short > 100, "the instants must fall into the rounds"


def test_two_agents_on_one_state_directory_the_second_is_refused(pretend: Pretend) -> None:
    daemon = pretend.start("run")
    try:
        until(daemon, "is served")
        second = pretend.run("once")
        assert second.status == 2
        assert f"another upstun (process {daemon.pid})" in second.stderr
        assert second.stdout == ""
    finally:
        daemon.kill()
        daemon.communicate()


def test_a_damaged_state_file_is_set_aside_and_the_round_succeeds(pretend: Pretend) -> None:
    state = pretend.folder / "state"
    state.mkdir()
    (state / "state.sqlite3").write_bytes(os.urandom(9000))
    ran = pretend.run("once")
    assert ran.status == 0
    assert "state.sqlite3.damaged-1" in ran.stderr


# ---- run -----------------------------------------------------------------------------------------

needs_signals = pytest.mark.skipif(os.name != "posix", reason="needs the signals of POSIX")


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_the_daemon_publishes_and_stops_when_told(pretend: Pretend, number: signal.Signals) -> None:
    daemon = pretend.start("run")
    until(daemon, "is served")
    daemon.send_signal(number)
    _, rest = daemon.communicate(timeout=10)
    assert daemon.returncode == 0
    assert "stopping" in rest
    assert "Traceback" not in rest


@needs_signals
def test_a_bad_file_on_reload_keeps_the_old_configuration(pretend: Pretend) -> None:
    daemon = pretend.start("run")
    try:
        until(daemon, "is served")
        pretend.config.write_text("[agent]\npol = 5\n")
        daemon.send_signal(signal.SIGHUP)
        refused = until(daemon, "refused, the old one goes on")
        assert 'did you mean "poll"?' in refused
        pretend.flip(SECOND)
        daemon.send_signal(signal.SIGUSR1)
        until(daemon, "is served")
        pretend.write(log="json")
        daemon.send_signal(signal.SIGHUP)
        until(daemon, "read again: 1 record")
    finally:
        daemon.kill()
        daemon.communicate()


@needs_signals
def test_a_nudge_by_signal_looks_at_once(pretend: Pretend) -> None:
    daemon = pretend.start("run")
    try:
        until(daemon, "is served")
        pretend.flip(SECOND)
        daemon.send_signal(signal.SIGUSR1)
        assert SECOND in until(daemon, "is served")
    finally:
        daemon.kill()
        daemon.communicate()


def test_a_hung_name_look_up_does_not_hold_the_process() -> None:
    """The system's resolver can hang for half a minute in a thread that nothing can interrupt."""
    script = """
import asyncio, time
from agent import lifetime

async def main():
    try:
        async with asyncio.timeout(0.05):
            await asyncio.to_thread(time.sleep, 600)
    except TimeoutError:
        print("went on")

lifetime.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


def test_the_pretend_servers_agree_with_what_the_command_said(pretend: Pretend) -> None:
    import asyncio

    pretend.run("once")
    for endpoint in pretend.home.authority:
        assert asyncio.run(addresses_at(endpoint, RECORD)) == {FIRST}
