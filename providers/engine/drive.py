"""The one driver: runs a provider's generator over a sender, with retries, deadline and redaction.

`trouble` decides what a failed exchange means; this file decides when an errand is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from providers.engine.errors import Confused, excerpt, one_line
from providers.engine.outcome import Cause, Changed, Outcome, Refused, Unchanged, Unconfirmed
from providers.engine.redact import redact, secrets_in
from providers.engine.signing import Signed
from providers.engine.trouble import accepted, trouble
from providers.engine.waits import clock_error, span
from providers.engine.wire import (
    Call,
    DnsReply,
    Fault,
    Held,
    LexiconReply,
    Reading,
    Reply,
    Request,
    Response,
    Steps,
)

T = TypeVar("T")
Wall = Callable[[], datetime]
_MOST_CALLS = 64  # in one errand: a service whose pages never end is left here
_CLOCK_TOLERANCE = 300.0  # seconds: what signing schemes and TSIG allow, RFC 8945 section 5.2.3
_MADE_BY_US = {Cause.NOT_FOUND, Cause.REJECTED, Cause.TRANSIENT}


class Send(Protocol):
    """The one-method port to the outside: HTTP or DNS UPDATE. Never raises for network trouble."""

    async def __call__(self, call: Call, *, limit: float) -> Reply | Fault:
        """Send one call and wait at most `limit` seconds for the reply."""
        ...


async def drive(
    steps: Steps,
    send: Send,
    *,
    limit: float = 30.0,
    title: str = "the provider",
    wall: Wall | None = None,
    pauses: tuple[float, ...] = (0.5, 2.0),
) -> Outcome:
    """Do one errand within `limit` seconds. The generator is always closed, every text redacted.

    `title` names the service in sentences. `wall` tells the time of day: a refusal of credentials
    that a wrong clock may have caused then says so. A call that may be repeated is repeated after
    each of `pauses` (seconds), while there is time, unless the service says to wait longer.
    """
    return await _Errand(send, limit, title, wall, pauses).run(steps)


async def read_back(
    steps: Reading,
    send: Send,
    *,
    limit: float = 30.0,
    title: str = "the provider",
    wall: Wall | None = None,
    pauses: tuple[float, ...] = (0.5, 2.0),
) -> Held | Refused:
    """Do one reading errand; the parameters are those of `drive`."""
    ended = await _Errand(send, limit, title, wall, pauses).run(steps)
    if isinstance(ended, Unconfirmed):  # nothing was to be changed, so nothing is in doubt
        return Refused(cause=Cause.TRANSIENT, text=ended.text)
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _End(Generic[T]):
    """What the generator returned."""

    value: T


@dataclass(slots=True)
class _Errand:
    """One run of one generator, and what must be remembered between its calls."""

    send: Send
    limit: float
    title: str
    wall: Wall | None
    pauses: tuple[float, ...]
    calls: int = 0
    secrets: set[str] = field(default_factory=set)
    last: Reply | None = None
    made: bool = False  # a write was accepted
    signed: bool = False  # the last call was, with the time of day in it
    lost: bool = False  # a write may have been made: its answer never came

    async def run(self, steps: Generator[Call, Reply, T]) -> T | Refused | Unconfirmed:
        deadline = asyncio.get_running_loop().time() + self.limit
        with closing(steps):
            return self._told(await self._walk(steps, deadline))

    async def _walk(
        self, steps: Generator[Call, Reply, T], deadline: float
    ) -> T | Refused | Unconfirmed:
        while True:
            try:
                step = _advance(steps, self.last)
            except Confused as confused:
                return self._confused(f"{self.title} answered {confused}")
            except Exception as error:  # noqa: BLE001  no answer may end in a traceback
                return self._stumbled(error)
            if isinstance(step, _End):
                return step.value
            if self.calls == _MOST_CALLS:
                text = f"{self.title} did not come to an end within {_MOST_CALLS} calls"
                return self._confused(text)
            self.calls += 1
            self.secrets |= secrets_in(step)
            self.signed = isinstance(step, Request) and isinstance(step.auth, Signed)
            reply = await self._exchange(step, deadline)
            if isinstance(reply, Refused | Unconfirmed):
                return reply
            self.made |= accepted(step, reply)
            self.last = reply

    async def _exchange(self, call: Call, deadline: float) -> Reply | Refused | Unconfirmed:
        """One call and its answer, repeated where that is safe and may help."""
        clock = asyncio.get_running_loop().time
        pauses = iter(self.pauses)
        while True:
            left = deadline - clock()
            if left > 0:
                reply = await self.send(call, limit=left)
            else:
                reply = Fault(sent=False, text=f"the {self.limit:g} s for this change are over")
            now = self.wall() if self.wall else None
            bad = trouble(call, reply, title=self.title, now=now)
            if bad is None:
                assert not isinstance(reply, Fault)  # a fault always is trouble
                return reply
            if isinstance(reply, Response):
                self.last = reply
            self.lost |= isinstance(bad.outcome, Unconfirmed)
            told = bad.outcome.wait if isinstance(bad.outcome, Refused) else None
            pause = next(pauses, None)
            if not bad.again or pause is None or (told or 0.0) > pause:
                return bad.outcome
            if clock() + pause >= deadline:
                return bad.outcome
            await asyncio.sleep(pause)

    def _stumbled(self, error: Exception) -> Refused | Unconfirmed:
        """The provider's reading broke: over an answer, or over settings before the first call."""
        kind = type(error).__name__
        if self.last is None:
            text = f"no request to {self.title} can be made from these settings ({kind})"
            return Refused(cause=Cause.REJECTED, text=text)
        return self._confused(
            f"{self.title} answered something that its documentation does not describe: "
            f"{_said(self.last) or 'nothing'} ({kind})"
        )

    def _confused(self, text: str) -> Refused | Unconfirmed:
        if self.made or self.lost:
            return Unconfirmed(text=f"{text}; the change may have been made")
        return Refused(cause=Cause.CONFUSED, text=text)

    def _told(self, ended: T | Refused | Unconfirmed) -> T | Refused | Unconfirmed:
        """The end of the errand as it may be shown and acted on."""
        if isinstance(ended, Refused) and self.lost and ended.cause in _MADE_BY_US:
            # A repeated DELETE finds nothing because the lost one was carried out.
            ended = Unconfirmed(text=f"{ended.text}; an earlier try may have been carried out")
        if isinstance(ended, Refused) and ended.cause is Cause.CREDENTIALS:
            ended = self._doubted(ended)
        if isinstance(ended, Refused | Unconfirmed):
            return replace(ended, text=redact(ended.text, self.secrets))
        if isinstance(ended, Changed | Unchanged):
            return replace(ended, note=redact(ended.note, self.secrets))
        return ended

    def _doubted(self, refused: Refused) -> Refused:
        """The refusal of a key, when the clock here is wrong.

        Where the call was signed, the clock explains it: no lock, for the clock will be set some
        time after a machine without a battery has started.
        """
        if self.wall is None or not isinstance(self.last, Response):
            return refused
        ahead = clock_error(self.last.headers, self.wall())
        if ahead is None or abs(ahead) <= _CLOCK_TOLERANCE:
            return refused
        clock = f"{span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the service's"
        if self.signed:
            text = f"{refused.text}. The clock here is {clock}: set it, for signatures depend on it"
            return Refused(cause=Cause.TRANSIENT, text=text)
        text = f"{refused.text}. The clock here is {clock}: that can be the cause"
        return replace(refused, text=text)


def _advance(steps: Generator[Call, Reply, T], reply: Reply | None) -> Call | _End[T]:
    try:
        return next(steps) if reply is None else steps.send(reply)
    except StopIteration as end:
        return _End(value=end.value)


def _said(reply: Reply) -> str:
    """What a person may see of an answer."""
    match reply:
        case Response(body=body):
            return excerpt(body)
        case DnsReply(rcode=rcode):
            return rcode
        case LexiconReply(text=text):
            return one_line(text)
