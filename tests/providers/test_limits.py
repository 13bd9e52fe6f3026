"""Pacing, back-off and locks: every row of the tables, on clocks that jump."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.engine.limits import (
    Go,
    Ledger,
    Lock,
    Locked,
    Pace,
    Permit,
    Wait,
    called,
    from_json,
    may_call,
    notice_clock,
    settle,
    to_json,
    unlock,
)
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed

NOW = 1_800_000_000.0
YEAR = 365 * 86400.0
PACE = Pace(every=30.0, burst=3, after_error=60.0, after_confusion=1800.0)


def ask(ledger: Ledger, now: float = NOW, *, name: str = "a", fingerprint: str = "f") -> Permit:
    return may_call(ledger, PACE, now=now, fingerprint=fingerprint, name=name)


def after(
    outcome: Outcome,
    ledger: Ledger | None = None,
    now: float = NOW,
    *,
    name: str = "a",
    fingerprint: str = "f",
    jitter: float = 0.0,
) -> Ledger:
    return settle(
        ledger or Ledger(),
        outcome,
        PACE,
        now=now,
        fingerprint=fingerprint,
        name=name,
        jitter=jitter,
    )


def refused(cause: Cause, wait: float | None = None) -> Refused:
    return Refused(cause=cause, text=f"because of {cause}", wait=wait)


def test_a_new_account_may_call_at_once() -> None:
    assert ask(Ledger()) == Go()


# ---- the bucket ---------------------------------------------------------------------------------


def test_the_bucket_lets_a_burst_through_and_then_one_call_each_period() -> None:
    ledger = Ledger()
    for _ in range(PACE.burst):
        assert ask(ledger) == Go()
        ledger = called(ledger, PACE, now=NOW)
    verdict = ask(ledger)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOW + PACE.every
    assert "3 calls at once" in verdict.why
    assert ask(ledger, NOW + PACE.every - 1) == verdict
    assert ask(ledger, NOW + PACE.every) == Go()


@pytest.mark.parametrize("every", [0.1, 1 / 3, 0.7, 1.1, 7.7, 1e3 / 7])
@pytest.mark.parametrize("burst", [3, 10, 50])
def test_a_spent_bucket_is_spent_however_its_sums_are_rounded(every: float, burst: int) -> None:
    pace = Pace(every=every, burst=burst)
    for second in range(50):
        now, ledger = NOW + second / 7, Ledger()
        for _ in range(burst):
            ledger = called(ledger, pace, now=now)
        assert isinstance(may_call(ledger, pace, now=now, fingerprint="f", name="a"), Wait)


def test_evenly_paced_calls_do_not_refill_a_spent_bucket() -> None:
    ledger, now = Ledger(), NOW
    for _ in range(PACE.burst):
        ledger = called(ledger, PACE, now=now)
    for _ in range(20):
        now += PACE.every
        assert ask(ledger, now) == Go()
        ledger = called(ledger, PACE, now=now)
        assert isinstance(ask(ledger, now), Wait)


def test_a_rested_bucket_is_full_and_no_fuller() -> None:
    ledger = called(Ledger(), PACE, now=NOW - YEAR)
    for _ in range(PACE.burst):
        assert ask(ledger) == Go()
        ledger = called(ledger, PACE, now=NOW)
    assert isinstance(ask(ledger), Wait)


@given(
    every=st.floats(0, 5000),
    burst=st.integers(1, 50),
    rests=st.lists(st.floats(0, 20_000), max_size=120),
)
def test_whoever_waits_as_told_may_call_and_never_exceeds_the_pace(
    every: float, burst: int, rests: list[float]
) -> None:
    pace = Pace(every=every, burst=burst)
    ledger, now, made = Ledger(), NOW, list[float]()
    for rest in rests:
        now += rest
        verdict = may_call(ledger, pace, now=now, fingerprint="f", name="a")
        if isinstance(verdict, Wait):
            assert verdict.until > now
            now = verdict.until
            assert may_call(ledger, pace, now=now, fingerprint="f", name="a") == Go()
        ledger = called(ledger, pace, now=now)
        made.append(now)
    for first, start in enumerate(made):
        for last in range(first, len(made)):
            allowed = burst + (made[last] - start + 1) / every if every else len(made)
            assert last - first + 1 <= allowed + 1e-3


# ---- waits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (refused(Cause.TRANSIENT), 60),
        (refused(Cause.TRANSIENT, 1800.0), 1800),
        (refused(Cause.TRANSIENT, 5.0), 60),
        (refused(Cause.RATE_LIMITED), 60),
        (refused(Cause.RATE_LIMITED, 3600.0), 3600),
        (refused(Cause.RATE_LIMITED, 0.0), 60),
        (refused(Cause.RATE_LIMITED, 86400.0), 86400),
        (refused(Cause.RATE_LIMITED, 10 * YEAR), 7 * 86400),
        (refused(Cause.CONFUSED), 1800),
        (refused(Cause.CONFUSED, 3600.0), 3600),
        (Unconfirmed(text="because"), 60),
    ],
)
def test_trouble_sets_a_wait_that_says_why(outcome: Outcome, seconds: float) -> None:
    ledger = after(outcome)
    verdict = ask(ledger)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOW + seconds
    assert "because" in verdict.why
    assert ask(ledger, NOW + seconds) == Go()


def test_trouble_in_a_row_doubles_the_wait_up_to_six_hours() -> None:
    ledger, now, waits = Ledger(), NOW, []
    for _ in range(30):
        ledger = after(refused(Cause.TRANSIENT), ledger, now)
        waits.append(ledger.not_before - now)
        now = ledger.not_before
    assert waits[:4] == [60, 120, 240, 480]
    assert waits[-1] == 6 * 3600
    assert waits == sorted(waits)


def test_years_of_trouble_are_still_a_wait_of_six_hours() -> None:
    ledger = after(refused(Cause.TRANSIENT), Ledger(failures=100_000))
    assert ledger.not_before == NOW + 6 * 3600


@pytest.mark.parametrize("success", [Changed(), Unchanged()])
def test_success_ends_the_wait_and_the_doubling(success: Outcome) -> None:
    ledger = after(refused(Cause.TRANSIENT), after(refused(Cause.TRANSIENT)))
    ledger = after(success, ledger, NOW + 300)
    assert ask(ledger, NOW + 300) == Go()
    assert after(refused(Cause.TRANSIENT), ledger, NOW + 300).not_before == NOW + 360


def test_jitter_only_ever_makes_a_wait_longer() -> None:
    for jitter in (0.0, 0.5, 1.0):
        length = after(refused(Cause.RATE_LIMITED, 3600.0), jitter=jitter).not_before - NOW
        assert 3600 <= length <= 4320


def test_a_later_small_trouble_does_not_shorten_a_long_wait_that_was_told() -> None:
    told = after(refused(Cause.RATE_LIMITED, 86400.0))
    ledger = after(refused(Cause.TRANSIENT), told, NOW + 5)
    assert (ledger.not_before, ledger.reason) == (told.not_before, told.reason)
    assert ledger.failures == 2


def test_the_first_conflict_is_free_and_a_fight_backs_off() -> None:
    ledger = after(refused(Cause.CONFLICT))
    assert ask(ledger) == Go()
    ledger = after(refused(Cause.CONFLICT), ledger)
    assert isinstance(ask(ledger), Wait)
    assert after(refused(Cause.CONFLICT), ledger, NOW + 1000).not_before > ledger.not_before


@pytest.mark.parametrize("jump", [YEAR, 40 * YEAR])
def test_a_clock_that_jumps_far_ahead_ends_wait_and_pace(jump: float) -> None:
    ledger = after(refused(Cause.RATE_LIMITED, 3600.0))
    for _ in range(PACE.burst):
        ledger = called(ledger, PACE, now=NOW)
    assert ask(ledger, NOW + jump) == Go()


@pytest.mark.parametrize("back", [1.0, 60.0, 3600.0, YEAR, 40 * YEAR])
def test_on_a_clock_that_went_back_the_wait_runs_its_whole_length_once(back: float) -> None:
    """However far: a machine that starts in 1970 must neither call at once nor never again."""
    ledger = after(refused(Cause.RATE_LIMITED, 3600.0))
    for _ in range(PACE.burst):
        ledger = called(ledger, PACE, now=NOW)
    then = NOW - back
    for late in (0.0, 1000.0, 3599.0):
        ledger = notice_clock(ledger, now=then + late)
        verdict = ask(ledger, then + late)
        assert isinstance(verdict, Wait)
        assert verdict.until == (then if then + late < NOW else NOW) + 3600.0
    end = (NOW if back <= 3600.0 else then) + 3600.0  # it may reach the true beginning meanwhile
    assert ask(notice_clock(ledger, now=end), end) == Go()


def test_when_the_clock_is_right_again_so_is_the_wait() -> None:
    """The time comes from the network some seconds after the start."""
    ledger = after(refused(Cause.RATE_LIMITED, 3600.0))
    ledger = notice_clock(ledger, now=60.0)
    verdict = ask(notice_clock(ledger, now=NOW + 120.0), NOW + 120.0)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOW + 3600.0
    ledger = notice_clock(ledger, now=NOW + 120.0)
    assert ask(notice_clock(ledger, now=70.0), 70.0) == Wait(
        until=3670.0, why="because of rate_limited", shut=True
    )


def test_a_clock_that_goes_back_once_more_begins_the_wait_once_more() -> None:
    ledger = after(refused(Cause.RATE_LIMITED, 3600.0))
    for clock in (50_000.0, 60.0):
        ledger = notice_clock(ledger, now=clock)
        assert isinstance(ask(ledger, clock + 3599.0), Wait)
        assert ask(ledger, clock + 3600.0) == Go()


@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_after_a_far_jump_new_waits_and_the_pace_hold_on_the_new_clock(jump: float) -> None:
    ledger = after(refused(Cause.TRANSIENT))
    ledger = after(refused(Cause.TRANSIENT), ledger, NOW + jump)
    assert ledger.not_before == NOW + jump + 120
    assert isinstance(ask(ledger, NOW + jump), Wait)
    for _ in range(PACE.burst):
        ledger = called(ledger, PACE, now=NOW + jump)
    assert isinstance(ask(replace(ledger, not_before=0.0), NOW + jump), Wait)


# ---- locks --------------------------------------------------------------------------------------

ACCOUNT = [Cause.CREDENTIALS, Cause.BLOCKED]
RECORD = [Cause.NOT_FOUND, Cause.REJECTED]


@pytest.mark.parametrize("cause", ACCOUNT + RECORD)
@pytest.mark.parametrize("later", [0.0, YEAR, -YEAR, 40 * YEAR])
def test_no_passing_of_time_lifts_a_lock(cause: Cause, later: float) -> None:
    ledger = after(refused(cause))
    verdict = ask(ledger, NOW + later)
    assert isinstance(verdict, Locked)
    assert verdict.lock.cause is cause
    assert verdict.lock.since == NOW


@pytest.mark.parametrize(
    ("cause", "others"), [(c, True) for c in ACCOUNT] + [(c, False) for c in RECORD]
)
def test_a_lock_holds_the_account_or_one_record(cause: Cause, others: bool) -> None:
    ledger = after(refused(cause))
    assert isinstance(ask(ledger, name="a"), Locked)
    assert isinstance(ask(ledger, name="b"), Locked) is others


@pytest.mark.parametrize("cause", ACCOUNT + RECORD)
def test_another_configuration_lifts_a_lock_and_the_old_one_brings_it_back(cause: Cause) -> None:
    ledger = after(refused(cause))
    assert ask(ledger, fingerprint="g") == Go()
    assert isinstance(ask(ledger, fingerprint="f"), Locked)


def test_a_success_under_another_configuration_forgets_the_old_locks() -> None:
    ledger = after(Changed(), after(refused(Cause.CREDENTIALS)), fingerprint="g")
    assert ledger.locks == ()


def test_a_success_disproves_its_own_lock_and_the_accounts_but_no_other_records() -> None:
    ledger = after(refused(Cause.REJECTED), name="a")
    ledger = after(refused(Cause.REJECTED), ledger, name="b")
    ledger = after(refused(Cause.CREDENTIALS), ledger, name="a")
    ledger = after(Changed(), ledger, name="a")
    assert [lock.name for lock in ledger.locks] == ["b"]


def test_the_same_trouble_twice_is_one_lock() -> None:
    ledger = after(refused(Cause.REJECTED), after(refused(Cause.NOT_FOUND)), NOW + 5)
    assert ledger.locks == (
        Lock(
            cause=Cause.REJECTED,
            text="because of rejected",
            since=NOW + 5,
            fingerprint="f",
            name="a",
        ),
    )


def test_unlock_lifts_locks_and_waits_but_not_the_pace() -> None:
    ledger = after(refused(Cause.CREDENTIALS), after(refused(Cause.RATE_LIMITED, 3600.0)))
    for _ in range(PACE.burst):
        ledger = called(ledger, PACE, now=NOW)
    opened = unlock(ledger)
    assert (opened.locks, opened.not_before, opened.failures) == ((), 0.0, 0)
    assert isinstance(ask(opened), Wait)
    assert ask(opened, NOW + PACE.every) == Go()


def test_every_cause_has_a_consequence_beyond_the_moment() -> None:
    for cause in Cause:
        assert after(refused(cause)) != Ledger(), cause


# ---- the disk -----------------------------------------------------------------------------------


def test_a_ledger_survives_a_restart_word_for_word() -> None:
    ledger = after(refused(Cause.RATE_LIMITED, 3600.0), called(Ledger(), PACE, now=NOW))
    ledger = after(refused(Cause.REJECTED), ledger, name="b")
    ledger = after(refused(Cause.CREDENTIALS), ledger)
    assert from_json(json.loads(json.dumps(to_json(ledger)))) == ledger


@pytest.mark.parametrize(
    "damage",
    [
        {"paid_until": "soon"},
        {"paid_until": float("nan")},
        {"not_before": float("inf")},
        {"set_at": None},
        {"failures": "many"},
        {"failures": float("inf")},
        {"locks": 5},
        {"locks": ["lock"]},
        {"locks": [{"cause": "bad mood", "text": "", "since": 0, "fingerprint": "", "name": ""}]},
        {"locks": [{"cause": "blocked"}]},
    ],
)
def test_what_is_no_ledger_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json({**to_json(Ledger()), **damage})


@pytest.mark.parametrize("missing", sorted(set(to_json(Ledger())) - {"shut"}))
def test_a_ledger_with_a_part_missing_is_refused(missing: str) -> None:
    data = to_json(Ledger())
    del data[missing]
    with pytest.raises(KeyError):
        from_json(data)


# ---- a service that shuts the account ------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "told", "shut"),
    [
        (Cause.RATE_LIMITED, 86400.0, True),
        (Cause.RATE_LIMITED, 3600.0, True),
        (Cause.RATE_LIMITED, 3599.0, False),
        (Cause.RATE_LIMITED, None, False),
        (Cause.TRANSIENT, 86400.0, False),  # its own maintenance
    ],
)
def test_a_long_wait_that_was_told_for_too_many_calls_shuts_the_account_until_then(
    cause: Cause, told: float | None, shut: bool
) -> None:
    pace, refused = Pace(), Refused(cause=cause, text="the day's quota is used up", wait=told)
    how = {"now": 1000.0, "fingerprint": "f", "name": "n"}
    ledger = settle(Ledger(), refused, pace, jitter=0.0, **how)  # type: ignore[arg-type]  # the same words
    permit = may_call(from_json(to_json(ledger)), pace, **how)  # type: ignore[arg-type]
    assert isinstance(permit, Wait)
    assert permit.shut is shut
    done = settle(ledger, Changed(), pace, jitter=0.0, **how)  # type: ignore[arg-type]
    assert not done.shut


def test_a_ledger_of_an_earlier_version_is_read() -> None:
    old = to_json(Ledger(reason="once"))
    del old["shut"]
    assert from_json(old) == Ledger(reason="once")
