"""Events in plain words, one sentence each; None for what is only chatter."""

from __future__ import annotations

from agent.events import (
    Answered,
    ConfigRejected,
    ConfigReloaded,
    Event,
    Judged,
    Listened,
    LookedUp,
    NotServed,
    Planned,
    Probed,
    RoundBegan,
    RoundEnded,
    Sent,
    Served,
    Started,
    Stopping,
    Trouble,
)
from agent.values import Hold, Push, Settled
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged, Unconfirmed

_NAMED = 5  # records of one call that are named in its sentence


def sentence(event: Event) -> str | None:
    """Say the event to a person; None when it says nothing by itself."""
    match event:
        case Started() | ConfigReloaded():
            with_it = "started with {}" if isinstance(event, Started) else "{} read again"
            return f"{with_it.format(event.config)}: {_records(event.records)} to keep right"
        case ConfigRejected(problems=problems):
            return "the new configuration is refused, the old one goes on: " + "; ".join(problems)
        case Judged(verdict=verdict, noticed=noticed):
            said = verdict.because + (f" (Noticed because {noticed}.)" if noticed else "")
            return said if isinstance(verdict, Settled) else f"nothing is published: {said}"
        case Planned():
            return _planned(event)
        case Sent(account=account, names=names):
            return f"telling account {account} about {_list(names)}"
        case Answered(account=account, outcome=outcome, took=took):
            return f"account {account} {_outcome(outcome)} ({took * 1000:.0f} ms)"
        case Served(name=name, rtype=rtype, agreement=agreement, took=took):
            return f"{name} {rtype} is served: {agreement.because} ({took * 1000:.0f} ms)"
        case NotServed(name=name, rtype=rtype, agreement=agreement, took=took):
            return f"{name} {rtype} is not served after {took:.0f} s: {agreement.because}"
        case Listened(signal=signal):
            return f"signal {signal.name}: {signal.detail}"
        case Trouble(text=text):
            return text
        case Stopping() | RoundBegan():
            doing = "stopping" if isinstance(event, Stopping) else "looking"
            return f"{doing}: {event.because}"
        case RoundEnded() | Probed() | LookedUp():
            return None


def _planned(event: Planned) -> str | None:
    match event.decision:
        case Push(address=address, because=because):
            return f"{event.name} {event.rtype} must become {address}: {because}"
        case Hold(because=because):
            return f"{event.name} {event.rtype} is left alone: {because}"
        case _:
            return None


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


def _list(names: tuple[str, ...]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _outcome(outcome: Outcome) -> str:
    match outcome:
        case Changed(note=note):
            return f"accepted the change{f': {note}' if note else ''}"
        case Unchanged(note=note):
            return f"had it already{f': {note}' if note else ''}"
        case Refused(text=text):
            return f"refused: {text}"
        case Unconfirmed(text=text):
            return f"may have made the change: {text}"
