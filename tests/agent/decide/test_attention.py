"""When the daemon looks, and how closely: the table of `agent.decide.attention`, and its bounds."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.attention import (
    AFTER_S,
    WATCH_S,
    Attention,
    Due,
    Glance,
    alarmed,
    begun,
    demanded,
    ended,
    glanced,
    is_stale,
    next_due,
    restarted,
)
from agent.decide.exit_status import Exit

POLL = 300.0
SAME = Glance(words=("81.2.69.142",))
OTHER = Glance(words=("81.2.69.160",), news=True)
GONE = Glance(words=("down",), news=True)


def quiet(now: float = 1000.0) -> Attention:
    """A home of which nothing was heard for long; the next round is due in a poll."""
    return Attention(round_at=now + POLL, because="safety poll")


def after_round(
    state: Attention, now: float, *, status: Exit = Exit.HEALTHY, fruitful: bool = False
) -> Attention:
    """The round that is due, made in no time."""
    due = next_due(state)
    state = begun(state, due, now=now)
    return ended(state, due, status, now=now, wait=POLL, fruitful=fruitful)


def watch(state: Attention, until: float, seen: Glance = SAME) -> tuple[Attention, list[Due]]:
    """Do every glance that is due before that time; stop at a round."""
    steps: list[Due] = []
    while (due := next_due(state)).glance and due.at < until:
        steps.append(due)
        state = glanced(state, seen, now=due.at)
    return state, steps


# ---- the table -----------------------------------------------------------------------------------


def test_the_first_signal_in_a_quiet_time_starts_a_round_at_once() -> None:
    state = alarmed(quiet(), "the router sent an event", now=1000.0, busy=False)
    due = next_due(state)
    assert (due.at, due.glance, due.hurried) == (1000.0, False, True)
    assert due.because == "the router sent an event"


def test_a_signal_soon_after_a_round_gets_a_glance_at_once() -> None:
    state = after_round(alarmed(quiet(), "one", now=1000.0, busy=False), 1000.0, fruitful=True)
    state, _ = watch(state, 1003.0)
    due = next_due(alarmed(state, "another", now=1003.0, busy=False))
    assert (due.at, due.glance) == (1003.0, True)


def test_after_a_round_in_a_hurry_glances_follow_ever_more_rarely() -> None:
    state = after_round(alarmed(quiet(), "one", now=1000.0, busy=False), 1000.0, fruitful=True)
    state, steps = watch(state, inf)
    assert [due.at - 1000.0 for due in steps] == pytest.approx(list(AFTER_S[1:]))
    assert next_due(state).at == 1000.0 + POLL, "and then it is quiet again"


def test_a_signal_during_a_round_is_looked_into_as_soon_as_there_is_an_answer_to_compare() -> None:
    state = alarmed(quiet(), "one", now=1000.0, busy=False)
    due = next_due(state)
    state = begun(state, due, now=1000.0)
    state = alarmed(state, "two", now=1000.05, busy=True)
    glance = next_due(state)
    assert (glance.glance, glance.at) == (True, 1000.05)


def test_news_in_a_glance_start_a_round_at_once() -> None:
    state = after_round(alarmed(quiet(), "one", now=1000.0, busy=False), 1000.0, fruitful=True)
    state = glanced(state, OTHER, now=1000.1)
    due = next_due(state)
    assert (due.at, due.glance, due.hurried) == (1000.1, False, True)


def test_the_same_news_do_not_start_another_round() -> None:
    """A router that for ever names another address than the world sees must not keep us busy."""
    state = after_round(alarmed(quiet(), "one", now=1000.0, busy=False), 1000.0)
    state = after_round(glanced(state, OTHER, now=1000.1), 1000.2)
    state, steps = watch(state, 1100.0, OTHER)
    assert steps
    assert not next_due(state).hurried


def test_news_that_went_and_came_again_start_another_round() -> None:
    state = after_round(alarmed(quiet(), "one", now=1000.0, busy=False), 1000.0)
    state = after_round(glanced(state, OTHER, now=1000.1), 1000.2)
    state = glanced(state, replace(GONE, news=False), now=1000.3)
    assert next_due(glanced(state, OTHER, now=1000.5)).hurried


def test_a_signal_that_led_to_nothing_makes_the_next_ones_cheap_for_a_minute() -> None:
    state = after_round(alarmed(quiet(), "chatter", now=1000.0, busy=False), 1000.0)
    state, _ = watch(state, inf)
    assert next_due(alarmed(state, "chatter", now=1055.0, busy=False)).glance
    assert not next_due(alarmed(state, "chatter", now=1061.0, busy=False)).glance


def test_a_person_gets_a_thorough_round_at_once() -> None:
    due = next_due(demanded(quiet(), "SIGUSR1", now=1000.0))
    assert (due.at, due.glance, due.hurried, due.because) == (1000.0, False, False, "SIGUSR1")


def test_what_was_demanded_during_a_round_comes_right_after_it() -> None:
    due = next_due(quiet())
    state = begun(quiet(), due, now=1000.0)
    state = demanded(state, "SIGUSR1", now=1000.2)
    state = ended(state, due, Exit.HEALTHY, now=1000.5, wait=POLL)
    assert next_due(state).because == "SIGUSR1"


# ---- a line that is down -------------------------------------------------------------------------


def test_a_line_that_is_down_is_glanced_at_for_a_minute_and_then_left_to_the_rounds() -> None:
    due = next_due(quiet())
    state = begun(quiet(), due, now=0.0)
    state = ended(state, due, Exit.OFFLINE, now=0.0, wait=POLL)
    state, steps = watch(state, inf, replace(GONE, news=False))
    times = [due.at for due in steps]
    assert times[:4] == [0.25, 0.5, 0.75, 1.0]
    assert 55.0 < times[-1] < 60.0
    assert len(times) < 100


def test_somebody_elses_server_is_asked_rarely_while_the_line_is_down() -> None:
    due = next_due(quiet())
    state = begun(quiet(), due, now=0.0)
    state = ended(state, due, Exit.OFFLINE, now=0.0, wait=POLL, outside=True)
    _, steps = watch(state, inf, Glance(words=("silent",)))
    assert [due.at for due in steps[:3]] == [2.0, 4.0, 6.0]


def test_a_line_that_came_back_is_watched_no_more() -> None:
    due = next_due(quiet())
    state = ended(begun(quiet(), due, now=0.0), due, Exit.OFFLINE, now=0.0, wait=2.0)
    state = ended(begun(state, due, now=2.0), due, Exit.HEALTHY, now=2.0, wait=POLL)
    assert next_due(state) == Due(at=2.0 + POLL, because="safety poll", glance=False)


# ---- a round that begins anew --------------------------------------------------------------------


def test_a_round_that_has_been_asking_for_a_while_begins_anew_and_each_time_later() -> None:
    due = next_due(quiet())
    state = begun(quiet(), due, now=1000.0)
    assert not is_stale(state, now=1000.2)
    assert is_stale(state, now=1000.31)
    again = restarted(alarmed(state, "one", now=1000.3, busy=True), due, now=1000.3)
    assert next_due(again).hurried is due.hurried, "as thorough as it was"
    state = begun(again, next_due(again), now=1000.3)
    assert not is_stale(state, now=1000.8)
    assert is_stale(state, now=1000.92)


# ---- bounds --------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.0005, 0.5), min_size=50, max_size=400))
def test_a_flood_of_signals_costs_few_looks(gaps: list[float]) -> None:
    """However many signals come and whatever their rhythm, glances are few and rounds are rare."""
    state, now, glances, rounds = quiet(), 1000.0, 0, 0
    for gap in gaps:
        now += gap
        while (due := next_due(state)).at <= now:
            if due.glance:
                glances += 1
                state = glanced(state, SAME, now=now)
            else:
                rounds += 1
                state = after_round(state, now)
        state = alarmed(state, "forged", now=now, busy=False)
    span = now - 1000.0
    assert rounds <= 1 + span / 60.0
    assert glances <= 20 + span


@given(
    st.lists(
        st.tuples(st.floats(0.0, 30.0), st.sampled_from(["signal", "same", "other", "offline"])),
        max_size=60,
    )
)
def test_a_round_is_always_due_some_time(steps: list[tuple[float, str]]) -> None:
    state, now = quiet(0.0), 0.0
    for gap, what in steps:
        now += gap
        if what == "signal":
            state = alarmed(state, what, now=now, busy=False)
        elif what == "offline":
            due = next_due(state)
            state = ended(begun(state, due, now=now), due, Exit.OFFLINE, now=now, wait=2.0)
        else:
            state = glanced(state, SAME if what == "same" else OTHER, now=now)
    _, glances = watch(state, inf)
    assert len(glances) < 120
    assert state.round_at < inf
    assert AFTER_S[-1] == WATCH_S


# ---- what is told of it --------------------------------------------------------------------------


def test_a_round_tells_of_the_signal_that_led_to_it_and_of_no_other() -> None:
    state = alarmed(quiet(), "the router sent an event", now=1000.0, busy=False)
    assert next_due(state).noticed == "the router sent an event"
    state = after_round(state, 1000.0, fruitful=True)
    assert next_due(glanced(state, OTHER, now=1000.1)).noticed == "the router sent an event"
    state, _ = watch(state, inf)
    assert next_due(state).noticed == "", "a safety poll is no signal"
    assert next_due(demanded(state, "SIGUSR1", now=1050.0)).noticed == ""


def test_a_line_that_came_back_by_itself_was_noticed_by_asking() -> None:
    state = Attention(round_at=0.0, reason="something long ago", alarmed_at=-3600.0)
    due = next_due(state)
    state = ended(begun(state, due, now=0.0), due, Exit.OFFLINE, now=0.0, wait=2.0)
    told = next_due(glanced(state, OTHER, now=0.25)).noticed
    assert told == "the next question was answered differently"


def test_the_end_of_a_wait_is_no_signal() -> None:
    due = next_due(quiet())
    state = begun(quiet(), due, now=0.0)
    state = ended(state, due, Exit.HEALING, now=0.0, wait=3.0, held=True)
    held = next_due(state)
    assert (held.because, held.hurried, held.noticed) == ("the end of a wait", True, "")
    state = ended(begun(state, held, now=3.0), held, Exit.HEALTHY, now=3.0, wait=POLL)
    assert "wait" not in next_due(glanced(state, OTHER, now=3.1)).noticed
