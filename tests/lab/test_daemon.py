"""The agent as a daemon in the home, and commands that are stopped at any moment."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.lab.lab import Lab
from tests.lab.packet import updates
from tests.lab.places import MOVED, PRIMARY, SECONDARY, STALE, WAN
from tests.lab.plan import Plan
from tests.support.daemon import until

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

RIGHT = {PRIMARY: [WAN], SECONDARY: [WAN]}
RIGHT_AGAIN = {PRIMARY: [MOVED], SECONDARY: [MOVED]}


def test_a_running_agent_follows_whatever_happens_and_ends_when_told(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    lab.captured()
    with lab.living("run") as agent:
        agent.await_words("is served")
        assert lab.zone() == RIGHT
        lab.flip(MOVED)
        agent.tell(signal.SIGUSR1)
        agent.await_words("is served", times=2)
        assert lab.zone() == RIGHT_AGAIN
        lab.set_record("185.199.108.153")
        agent.tell(signal.SIGUSR1)
        agent.await_words("is served", times=3)
        assert lab.zone() == RIGHT_AGAIN
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert updates(lab.captured()) == 3, "one change for each thing that happened"


def test_a_running_agent_keeps_its_configuration_when_the_new_one_is_bad(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan())
    lab.config()
    with lab.living("run") as agent:
        agent.await_words("is served")
        lab.config(discovery={"confrim": "never"})
        agent.tell(signal.SIGHUP)
        agent.await_words("confrim")
        lab.flip(MOVED)
        agent.tell(signal.SIGUSR1)
        agent.await_words("is served", times=2)
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert lab.zone() == RIGHT_AGAIN


def test_a_second_agent_on_the_same_state_is_refused(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    with lab.living("run") as agent:
        agent.await_words("is served")
        second = lab.upstun("once")
    assert (second.status, len(second.stderr.splitlines())) == (2, 1)
    assert not any(packet.payload for packet in second.left)


def test_what_a_killed_agent_did_is_known_to_the_next_one(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    with lab.living("run") as agent:
        until(lambda: lab.zone() == RIGHT, "nothing was published")
        agent.tell(signal.SIGKILL)
        assert agent.ended() == -signal.SIGKILL
    again = lab.upstun("once", "--json")
    assert (again.status, again.record["action"], updates(again.left)) == (0, "keep", 0)


def test_an_agent_started_without_a_network_waits_for_it_by_itself(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    lab.cable(plugged=False)
    with lab.living("run") as agent:
        agent.await_words("nothing is published")
        lab.cable(plugged=True)
        agent.await_words("is served")
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert lab.zone() == RIGHT


@pytest.mark.parametrize("instant", [0.02, 0.14, 0.25, 0.4, 0.55, 0.7])
def test_once_is_terminated_at_any_moment_and_the_next_run_ends_settled(
    arrange: Arrange, instant: float
) -> None:
    lab = arrange(Plan())
    lab.config()
    _stopped(lab, signal.SIGTERM, instant)
    after = lab.upstun("once", "--json")
    assert (after.status, after.json["settled"], lab.zone()) == (0, True, RIGHT)


@pytest.mark.parametrize("instant", [0.0, 0.1, 0.2, 0.4])
def test_once_is_interrupted_at_its_work_without_a_traceback(
    arrange: Arrange, instant: float
) -> None:
    # Before the program's first line an interrupt is Python's own to answer, with a traceback.
    lab = arrange(Plan())
    lab.config()
    _stopped(lab, signal.SIGINT, instant, at_work=True)
    assert lab.upstun("once").status == 0
    assert lab.zone() == RIGHT


def test_questions_change_nothing(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.config()
    for question in (["check"], ["history"], ["ip"], ["once", "--dry-run"]):
        asked = lab.upstun(*question)
        assert updates(asked.left) == 0, question
    assert lab.zone() == {PRIMARY: [STALE], SECONDARY: [STALE]}


def _stopped(lab: Lab, number: signal.Signals, instant: float, *, at_work: bool = False) -> None:
    """Run `once`, and send the signal that many seconds after it began, if it still runs then."""
    state = lab.config_path.parent / "state"
    with lab.living("once") as command:
        if at_work:
            until(state.exists, "the command did not begin")
        try:
            command.ended(instant)
        except subprocess.TimeoutExpired:
            command.tell(number)
            command.ended()
