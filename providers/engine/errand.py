"""Ending an errand from deep inside it, so that a provider's story stays a straight line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from functools import wraps
from typing import TypeVar

from providers.engine.outcome import Cause, Refused
from providers.engine.wire import Call, Job, Reply

T = TypeVar("T")
Asking = Generator[Call, Reply, T]
"""A part of an errand: yields calls, receives replies, returns what it found out."""


class Stop(Exception):
    """The errand ends here with this refusal."""

    def __init__(self, refused: Refused) -> None:
        """Carry the refusal to the end of the errand."""
        super().__init__(refused.text)
        self.refused = refused

    @classmethod
    def because(cls, cause: Cause, text: str) -> Stop:
        """The end with a refusal that is one's own."""
        return cls(Refused(cause=cause, text=text))


def errand(steps: Callable[[Job], Asking[T]]) -> Callable[[Job], Asking[T | Refused]]:
    """Let a provider's generator, and every part of it, end by raising `Stop`."""

    @wraps(steps)
    def run(job: Job) -> Asking[T | Refused]:
        try:
            return (yield from steps(job))
        except Stop as stop:
            return stop.refused

    return run


def as_it_is(job: Job) -> Asking[Job]:
    """The beginning of an errand for which nothing has to be asked first."""
    yield from ()
    return job


def alias(title: str, names: Collection[str]) -> Refused:
    """The refusal for names where an alias stands, beside which nothing may (RFC 1034 §3.6.2)."""
    said = f"{title} holds an alias (CNAME) at {', '.join(sorted(names))}; delete it there first"
    return Refused(cause=Cause.REJECTED, text=said)
