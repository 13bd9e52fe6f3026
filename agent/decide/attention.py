"""When to look, and how closely, from the signals and from what looks have found. Pure.

A *round* is the whole story. A *glance* is one question to one witness: is the address still the
one that the last round went by? It costs a millisecond at a router with NAT-PMP and asks no DNS.

===============================  ==================================================================
something happens                what follows
===============================  ==================================================================
a signal, in a quiet time        a round in a hurry, at once
a signal, soon after another     glances: at once, then 0.1, 0.2, 0.5, 1, 2, 4 and 10 s after it
a glance that finds news         a round in a hurry, at once
a round in a hurry ends          glances as after a signal, for routers flap: old, none, new
a signal while a round has been  that round begins anew: what it asks may be news already; each
asking for a while               time it is left twice as long
the line is down                 glances every quarter of a second, then every second, for a minute
nothing                          the next round by `agent.decide.cadence`
===============================  ==================================================================

"Soon" is ten seconds; a minute after a signal that led to nothing, so that a chatty neighbour
costs glances alone. Signals in numbers cost no more than a glance each two seconds: the pause
between glances that find nothing doubles from the tenth on, until ten seconds are without a signal.
A signal carries no address, so there is nothing in it to be believed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from agent.decide.exit_status import Exit

AFTER_S = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 10.0)
"""When glances follow a signal, in seconds after it."""

WATCH_S = 10.0
_FRUITLESS_S = 60.0
_CLOSEST_S, _WIDEST_S = 0.1, 2.0
_PATIENCE = 10  # glances in vain before the pauses between them grow

_ASKED_AGAIN = "the next question was answered differently"

_ASKING_S = 0.3  # longer than a router and a STUN server take when all is well

_DOWN_S = 60.0
_DOWN_SOON_S, _DOWN_SOON, _DOWN_LATER = 10.0, 0.25, 1.0
_DOWN_OUTSIDE = 2.0  # where only somebody else's STUN server can be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a glance saw: the words of the witnesses, and whether they fit to the last round's."""

    words: tuple[str, ...] = ()
    news: bool = False

    def __add__(self, other: Glance) -> Glance:
        """Both families in one."""
        return Glance(words=self.words + other.words, news=self.news or other.news)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What the daemon's next step depends on. Times are the event loop's.

    `hurried`, `because` and `noticed` are of the round that is due at `round_at`. `alarmed_at` and
    `reason` are of the latest signal or hurried round; `answered` counts the entries of `AFTER_S`
    that were served since. `in_vain` counts glances since the last quiet time or change, and
    `words` are what the last one heard: a round was made of them already. `down_since` is when the
    line was first found down, and `outside` says that no router can be asked whether it still is.
    Before `glance_first` a signal gets a glance instead of a round. `asking_since` is when the
    round that is under way began to ask; `restarts` counts how often it began anew.
    """

    round_at: float = 0.0
    because: str = "start"
    noticed: bool = False
    hurried: bool = False
    alarmed_at: float = -inf
    reason: str = ""
    answered: int = len(AFTER_S)
    glanced_at: float = -inf
    in_vain: int = 0
    words: tuple[str, ...] = ()
    down_since: float = inf
    outside: bool = False
    glance_first: float = -inf
    asking_since: float = -inf
    restarts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The next step, at a time of the event loop's: a glance, or a round in a hurry or not.

    `noticed` is the signal that led to the round, empty where none did.
    """

    at: float
    because: str
    glance: bool
    hurried: bool = False
    noticed: str = ""


def next_due(state: Attention) -> Due:
    """What is to be done next; a round wins over a glance at the same time."""
    glance_at = min(_after_signal(state), _while_down(state))
    if glance_at < state.round_at:
        return Due(at=glance_at, because=state.reason, glance=True)
    return Due(
        at=state.round_at,
        because=state.because,
        glance=False,
        hurried=state.hurried,
        noticed=state.because if state.noticed else "",
    )


def alarmed(state: Attention, why: str, *, now: float, busy: bool) -> Attention:
    """A signal came. `busy`: a round is under way, which answers for the moment it began in."""
    calm = now - state.alarmed_at >= WATCH_S
    state = replace(
        state, alarmed_at=now, reason=why, answered=0, in_vain=0 if calm else state.in_vain
    )
    if busy or now < state.glance_first:
        return state
    return _hurry(state, now)


def glanced(state: Attention, seen: Glance, *, now: float) -> Attention:
    """A glance ended. A series that fell behind is caught up with: one glance answers them all.

    Words that led to a round already lead to none again: a router may hold another opinion than
    the world for as long as it likes.
    """
    news = seen.news and seen.words != state.words
    passed = sum(1 for after in AFTER_S if state.alarmed_at + after <= now)
    state = replace(
        state,
        glanced_at=now,
        in_vain=state.in_vain + 1,
        words=seen.words,
        answered=max(passed, state.answered),
    )
    if not news:
        return state
    by_signal = bool(state.reason) and now - state.alarmed_at <= 2 * WATCH_S
    return _hurry(state if by_signal else replace(state, reason=_ASKED_AGAIN), now)


def demanded(state: Attention, why: str, *, now: float) -> Attention:
    """A person, or a new configuration, wants a thorough round now."""
    return replace(state, round_at=now, because=why, noticed=False, hurried=False)


def begun(state: Attention, due: Due, *, now: float) -> Attention:
    """A round begins, which is due no more; one in a hurry answers the signal as a glance would."""
    answered = max(state.answered, 1) if due.hurried else state.answered
    return replace(state, round_at=inf, answered=answered, asking_since=now)


def is_stale(state: Attention, *, now: float) -> bool:
    """Whether a signal makes the round under way, which has no answer yet, worth beginning anew."""
    return now - state.asking_since >= _ASKING_S * 2.0 ** min(state.restarts, 16)


def restarted(state: Attention, due: Due, *, now: float) -> Attention:
    """The round under way was given up, to begin anew at once, as thorough as it was."""
    return replace(
        state,
        round_at=now,
        because=state.reason,
        noticed=True,
        hurried=due.hurried,
        restarts=state.restarts + 1,
    )


def ended(
    state: Attention,
    due: Due,
    status: Exit,
    *,
    now: float,
    wait: float,
    held: bool = False,
    fruitful: bool = False,
    outside: bool = False,
) -> Attention:
    """A round ended; the next is due in `wait` seconds, unless one was called for meanwhile.

    `held`: that is when something held may be sent. `fruitful`: a provider was called. `outside`:
    no router can be asked in a hurry.
    """
    down_since = min(state.down_since, now) if status is Exit.OFFLINE else inf
    if state.round_at > now + wait:
        because = "the end of a wait" if held else "safety poll"
        hurried = held or 0.0 <= now - down_since < _DOWN_S
        state = replace(state, round_at=now + wait, because=because, noticed=False, hurried=hurried)
    if due.hurried and state.answered:  # and no signal came meanwhile
        state = replace(state, alarmed_at=now, answered=1, reason=due.noticed or _ASKED_AGAIN)
    return replace(
        state,
        restarts=0,
        outside=outside,
        in_vain=0 if fruitful else state.in_vain,
        down_since=down_since,
        glance_first=now + (_FRUITLESS_S if due.hurried and not fruitful else WATCH_S),
    )


def _hurry(state: Attention, now: float) -> Attention:
    return replace(state, round_at=now, because=state.reason, noticed=True, hurried=True)


def _after_signal(state: Attention) -> float:
    if state.answered >= len(AFTER_S):
        return inf
    doubled = min(max(0, state.in_vain - _PATIENCE), 16)
    pause = min(_CLOSEST_S * 2.0**doubled, _WIDEST_S)
    return max(state.alarmed_at + AFTER_S[state.answered], state.glanced_at + pause)


def _while_down(state: Attention) -> float:
    """The next glance at a line that is down; none after a minute of it."""
    if state.down_since == inf:
        return inf
    last = max(state.glanced_at, state.down_since)
    soon = last - state.down_since < _DOWN_SOON_S
    at = last + (_DOWN_OUTSIDE if state.outside else _DOWN_SOON if soon else _DOWN_LATER)
    return at if at < state.down_since + _DOWN_S else inf
