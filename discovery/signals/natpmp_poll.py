"""Asking the router by NAT-PMP each second or so: 2 bytes out, 12 bytes back, on the home's link.

It notices what no announcement told, at the latest one period after the change: multicast gets
lost in Wi-Fi, and many routers announce nothing.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address
from types import TracebackType
from typing import ClassVar, Self

from discovery.egress import reason
from discovery.router import pmp_codec
from discovery.router.gateway_line import PORT
from discovery.signals import poller
from discovery.signals.epoch import natpmp_lost
from discovery.signals.natpmp_line import PATIENCE_S, Answer, NatPmpLine, Outcome
from discovery.signals.poller import GIVE_UP_S, Absence, Mute
from discovery.signals.source import End, LookNow, Unavailable
from discovery.signals.view import SignalName

_TRIES = 3
_SILENT_S = 300.0  # a router that starts anew, and dials in, may need two minutes
_PROVES = frozenset({pmp_codec.SUCCESS, pmp_codec.NETWORK_FAILURE})  # the latter: no line just now


def news(last: Outcome | None, now: Outcome) -> str | None:
    """What a poll tells that the one before did not: as `poller.news`, or a clock that went back.

    Such a clock alone is news because a router that restarts forgets its mappings, and miniupnpd
    begins to count anew with each new address.
    """
    if isinstance(last, Answer) and isinstance(now, Answer) and last.told == now.told:
        lost = natpmp_lost(last.epoch, now.epoch)
        return "the router began anew, as after a restart (NAT-PMP)" if lost else None
    return poller.news(_told(last), _told(now), "NAT-PMP")


def _told(outcome: Outcome | None) -> object:
    return outcome.told if isinstance(outcome, Answer) else outcome


class NatPmpPoll:
    """A `Source`: an answer that differs from the last, or is missing, is a reason to look.

    A router that is mute is asked on, once in each period instead of three times, so that its
    return is noticed. This source ends with one that has refused for a minute, or said nothing for
    five: other ways of asking are worth a try then.
    """

    name: ClassVar[SignalName] = "natpmp_poll"

    def __init__(
        self, look_now: LookNow, *, router: IPv4Address, every: float, port: int = PORT
    ) -> None:
        """Nothing is opened yet. `every` is seconds from question to question."""
        self._look_now, self._router, self._port = look_now, router, port
        self._every = every
        self._line = NatPmpLine(self._settle, self._fail)
        self._next: asyncio.TimerHandle | None = None
        self._asked_at = 0.0
        self._last: Outcome | None = None
        self._refusal = Absence()  # a router that restarts refuses for seconds only
        self._silence = Absence(_SILENT_S)
        self._first, self._end = asyncio.Event(), End()

    async def __aenter__(self) -> Self:
        """Ask for the first time. Raises Unavailable, after 0.75 s of silence at the latest."""
        try:
            await self._line.open(self._router, self._port)
        except OSError as error:
            raise Unavailable(f"the router cannot be asked by NAT-PMP ({reason(error)})") from error
        try:
            self._ask()
            await self._first.wait()
            await self._prove()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop asking; the socket is closed when this returns."""
        await self._close()

    async def ended(self) -> str:
        """Wait until the socket fails, or the router has been away for too long."""
        return await self._end.wait()

    def pace(self, every: float) -> None:
        """Ask every so many seconds from now on, counted from the last question."""
        self._every = every
        if self._next is not None:
            self._rest()

    async def _prove(self) -> None:
        """Raise Unavailable where the first outcome does not promise that a later one tells."""
        if self._last is None:
            raise Unavailable(await self._end.wait())
        if self._last is Mute.SILENT:
            raise Unavailable(f"the router did not answer NAT-PMP within {_TRIES * PATIENCE_S:g} s")
        if self._last is Mute.CLOSED:
            raise Unavailable("the router refuses NAT-PMP: it has none, or it is switched off")
        result = self._last.told[0]
        if result not in _PROVES:
            what = pmp_codec.RESULTS.get(result, f"with the error code {result}")
            raise Unavailable(f"the router answered {what}")

    def _ask(self) -> None:
        self._asked_at, self._next = asyncio.get_running_loop().time(), None
        self._line.ask(1 if isinstance(self._last, Mute) else _TRIES)

    def _settle(self, now: Outcome) -> None:
        """End a poll: compare, and say so where there is news."""
        last, self._last = self._last, now
        self._first.set()
        self._rest()
        if self._refusal.is_for_good(away=now is Mute.CLOSED):
            self._fail(f"it has refused for {GIVE_UP_S:g} s")
        if self._silence.is_for_good(away=isinstance(now, Mute)):
            self._fail(f"it has not answered for {_SILENT_S:g} s")
        why = news(last, now)
        if why is not None:
            self._look_now(why)

    def _rest(self) -> None:
        """Set the time of the next poll; one that has passed is now."""
        self._stop()
        when = self._asked_at + self._every
        self._next = asyncio.get_running_loop().call_at(when, self._ask)

    def _stop(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _fail(self, why: str) -> None:
        self._stop()
        self._end.tell(f"the router cannot be asked by NAT-PMP any more ({why})")
        self._first.set()

    async def _close(self) -> None:
        self._stop()
        await self._line.close()
