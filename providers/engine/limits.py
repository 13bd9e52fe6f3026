"""Never get an account banned: pacing, back-off and locks as one pure state machine.

A `Ledger` is all that must be remembered about one account. It is a plain value, kept on disk by
the agent and asked before every call, so that a restart loop cannot hammer an account. Times are
wall-clock seconds since the epoch, because they must survive a restart. While the clock stands
before the beginning of a wait (a machine without a battery, before it has heard the time), the wait
runs its whole length from when that was noticed; when the clock is right again, so is the wait.
The pace cannot be timed on such a clock and counts as rested; locks and the count of failures stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed

_ACCOUNT_LOCKS = {Cause.CREDENTIALS, Cause.BLOCKED}
_RECORD_LOCKS = {Cause.NOT_FOUND, Cause.REJECTED}
_LONGEST_BACKOFF = 6 * 3600.0
SHUT_S = 3600.0
"""A service that was called too often and says to wait this long has shut the account."""

_LONGEST_TOLD_WAIT = 7 * 86400.0  # deSEC may say a day; nobody honest says a month
_CLOCK_GRAIN = 1e-3  # seconds; far above the rounding of a float that counts from the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a service may be called: a bucket of `burst` calls, one more each `every` seconds.

    `after_error` is the first back-off in seconds after trouble; it doubles up to six hours.
    `after_confusion` is the same after an answer that nobody documented.
    """

    every: float = 30.0
    burst: int = 5
    after_error: float = 30.0
    after_confusion: float = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A stop that no passing of time lifts: only another `fingerprint`, or a person.

    `name` is the record that is locked; empty: the whole account.
    """

    cause: Cause
    text: str
    since: float
    fingerprint: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What one account's past allows. A new account has the empty ledger."""

    paid_until: float = 0.0  # when the bucket is full again, if nothing more is called
    not_before: float = 0.0
    set_at: float = 0.0  # when `not_before` was set: tells a clock that jumped back
    behind_since: float = 0.0  # on such a clock: when it was noticed; else 0
    reason: str = ""  # why `not_before` was set, for people
    shut: bool = False  # the service itself told that wait, and a long one
    failures: int = 0  # in a row
    locks: tuple[Lock, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """The call may be made now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The call may be made at `until` (wall seconds), not sooner.

    `shut` says that the service has shut the account until then: see `SHUT_S`.
    """

    until: float
    why: str
    shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The call must not be made until the configuration changes or the user unlocks."""

    lock: Lock


Permit = Go | Wait | Locked


def may_call(ledger: Ledger, pace: Pace, *, now: float, fingerprint: str, name: str) -> Permit:
    """Whether a call for record `name` may be made at wall time `now`.

    ==============================  =======================================
    the ledger holds                the answer
    ==============================  =======================================
    a lock with this fingerprint    Locked, for the account or this name
    a wait that is still running    Wait until it ends
    an empty bucket                 Wait until it holds one call again
    anything else                   Go
    ==============================  =======================================

    `fingerprint` stands for the account's settings. `name` is the record's key: what it contains
    besides the name (its TTL, say) is what a person may change to lift the record's lock.
    """
    for lock in ledger.locks:
        if lock.fingerprint == fingerprint and lock.name in ("", name):
            return Locked(lock=lock)
    end = _end(ledger, now)
    if now < end:
        return Wait(until=end, why=ledger.reason, shut=ledger.shut)
    until = _bucket(ledger, pace, now) - (pace.burst - 1) * pace.every
    if until > now:
        return Wait(
            until=until, why=f"paced: {pace.burst} calls at once, then one each {pace.every:g} s"
        )
    return Go()


def notice_clock(ledger: Ledger, *, now: float) -> Ledger:
    """Note, before every other question, since when the clock stands before the wait's beginning.

    Without that note a wait would begin anew at every look, and last for ever.
    """
    if now >= ledger.set_at:
        return replace(ledger, behind_since=0.0)
    if ledger.behind_since and now >= ledger.behind_since:
        return ledger
    return replace(ledger, behind_since=now)


def _end(ledger: Ledger, now: float) -> float:
    """When the ledger's wait is over, on whatever clock there is."""
    if now >= ledger.set_at:
        return ledger.not_before
    return (ledger.behind_since or now) + ledger.not_before - ledger.set_at


def _bucket(ledger: Ledger, pace: Pace, now: float) -> float:
    """When the bucket is full again: never sooner than now, never later than if it were empty."""
    jumped_back = ledger.paid_until > now + pace.burst * pace.every + _CLOCK_GRAIN
    return now if jumped_back else max(now, ledger.paid_until)


def called(ledger: Ledger, pace: Pace, *, now: float) -> Ledger:
    """Write down that a call is about to be made; before it is sent, so that no crash forgets."""
    return replace(ledger, paid_until=_bucket(ledger, pace, now) + pace.every)


def settle(
    ledger: Ledger,
    outcome: Outcome,
    pace: Pace,
    *,
    now: float,
    fingerprint: str,
    name: str,
    jitter: float,
) -> Ledger:
    """Fold the outcome of a call into the ledger. `jitter` is a random number from 0 to 1.

    Success clears the wait, and every lock that the success disproves or that another
    configuration left behind; see `Cause` for what each refusal does. The first conflict in a row
    costs nothing, for looking again is its cure; the next ones back off, or two agents that fight
    over a record would call for ever.
    """
    match outcome:
        case Changed() | Unchanged():
            kept = tuple(
                lock
                for lock in ledger.locks
                if lock.fingerprint == fingerprint and lock.name not in ("", name)
            )
            return Ledger(paid_until=ledger.paid_until, locks=kept)
        case Unconfirmed(text=text):
            return _back_off(ledger, pace.after_error, text, now=now, jitter=jitter)
        case Refused(cause=Cause.CONFLICT) if ledger.failures == 0:
            return replace(ledger, failures=1)
        case Refused(cause=cause, text=text) if cause in _ACCOUNT_LOCKS | _RECORD_LOCKS:
            scope = "" if cause in _ACCOUNT_LOCKS else name
            lock = Lock(cause=cause, text=text, since=now, fingerprint=fingerprint, name=scope)
            others = tuple(
                old for old in ledger.locks if old.fingerprint == fingerprint and old.name != scope
            )
            return replace(ledger, locks=(*others, lock), failures=0)
        case Refused(cause=cause, text=text, wait=told):
            first = pace.after_confusion if cause is Cause.CONFUSED else pace.after_error
            least = min(told or 0.0, _LONGEST_TOLD_WAIT)
            shut = cause is Cause.RATE_LIMITED and least >= SHUT_S
            return _back_off(ledger, first, text, now=now, jitter=jitter, least=least, shut=shut)


def _back_off(
    ledger: Ledger,
    first: float,
    text: str,
    *,
    now: float,
    jitter: float,
    least: float = 0.0,
    shut: bool = False,
) -> Ledger:
    grown = min(first * 2.0 ** min(ledger.failures, 20), _LONGEST_BACKOFF)
    until = now + max(grown, least) * (1.0 + 0.2 * jitter)  # only ever later than told
    failures = ledger.failures + 1
    if _end(ledger, now) > until:
        return replace(ledger, failures=failures)  # a longer wait that was told before still holds
    return replace(
        ledger,
        failures=failures,
        not_before=until,
        set_at=now,
        behind_since=0.0,
        reason=text,
        shut=shut,
    )


def unlock(ledger: Ledger) -> Ledger:
    """Lift every lock and wait: the user's own word. The pace is kept."""
    return Ledger(paid_until=ledger.paid_until)


def to_json(ledger: Ledger) -> dict[str, Any]:
    """Turn a ledger into what `from_json` reads back."""
    return {
        "paid_until": ledger.paid_until,
        "not_before": ledger.not_before,
        "set_at": ledger.set_at,
        "behind_since": ledger.behind_since,
        "reason": ledger.reason,
        "shut": ledger.shut,
        "failures": ledger.failures,
        "locks": [
            {
                "cause": lock.cause.value,
                "text": lock.text,
                "since": lock.since,
                "fingerprint": lock.fingerprint,
                "name": lock.name,
            }
            for lock in ledger.locks
        ],
    }


def from_json(data: dict[str, Any]) -> Ledger:
    """Read a ledger back. Raises KeyError, TypeError or ValueError when it is not one."""
    return Ledger(
        paid_until=_number(data["paid_until"]),
        not_before=_number(data["not_before"]),
        set_at=_number(data["set_at"]),
        behind_since=_number(data["behind_since"]),
        reason=str(data["reason"]),
        shut=data.get("shut") is True,  # absent in files of earlier versions
        failures=int(_number(data["failures"])),
        locks=tuple(
            Lock(
                cause=Cause(lock["cause"]),
                text=str(lock["text"]),
                since=_number(lock["since"]),
                fingerprint=str(lock["fingerprint"]),
                name=str(lock["name"]),
            )
            for lock in data["locks"]
        ),
    )


def _number(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{value} is no number that can be reckoned with")
    return number
