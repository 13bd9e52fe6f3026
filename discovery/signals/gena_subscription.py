"""The life of one event subscription: asked for, proved by an event, renewed, lost, regained.

A router that restarts forgets its subscribers without a word, and so does miniupnpd after one
delivery that failed. So a subscription is believed no longer than half its time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from discovery.egress import reason
from discovery.signals.gena_description import EventService
from discovery.signals.gena_listener import Receive
from discovery.signals.gena_messages import (
    Event,
    Grant,
    Refusal,
    missed_between,
    read_grant,
    renew,
    subscribe,
    unsubscribe,
)
from discovery.signals.heads import Head
from discovery.signals.source import LookNow, Unavailable

Ask = Callable[[int, bytes], Awaitable[Head]]
"""Send a request to a port of the router; raises OSError, ValueError, EOFError."""

# Seconds before each new try to regain a lost subscription: a router may take two minutes to start
# (home-assistant/core#123406). After that its events are somewhere else, or nowhere.
_REGAIN_AFTER_S = (0, 1, 2, 4, 8, 15, 30, 60, 60)
_UNSUBSCRIBE_S = 1.0


class Door(Protocol):
    """Where events come in."""

    def expect(self, receive: Receive) -> str:
        """Make up a URL whose events go to `receive`."""
        ...

    def forget(self, url: str) -> None:
        """Let it lead nowhere."""
        ...


class Subscription:
    """One subscription at one service of the router.

    `first_event` is set by the first event. Where that is the state at the time of the subscription
    (SEQ 0), it is no reason to look. Every later event is one; so is the state at the time of a
    subscription that replaces a lost one: nobody knows what happened in between.
    """

    def __init__(
        self,
        look_now: LookNow,
        service: EventService,
        *,
        host: str,
        ask: Ask,
        door: Door,
        lease_s: int,
        limit: float,
        first_event: asyncio.Event,
    ) -> None:
        """Nothing is asked yet. `host` is the router; `limit` is for each request, in seconds."""
        self._look_now, self._service, self._ask, self._door = look_now, service, ask, door
        self._host = host if service.port == 80 else f"{host}:{service.port}"  # noqa: PLR2004 - HTTP
        self._lease_s, self._limit = lease_s, limit
        self._first_event = first_event
        self._url = ""
        self._grant: Grant | None = None
        self._early: Event | None = None  # one that overtook the answer to SUBSCRIBE
        self._is_new = True  # nothing was heard and nothing was lost yet
        self._seq: int | None = None
        self._hurry = asyncio.Event()

    async def begin(self) -> None:
        """Subscribe. Raises Unavailable when the router refuses or does not answer."""
        self._drop()
        self._url = self._door.expect(self._receive)
        callback = subscribe(self._service.path, self._host, self._url, self._lease_s)
        answer = await self._asked(callback)
        if isinstance(answer, Refusal):
            self._drop()
            raise Unavailable(f"the router sends no events: it {answer.words}")
        self._grant = answer
        if self._early is not None and self._early.sid == answer.sid:
            self._happened(self._early)

    async def live(self) -> str:
        """Keep it up until it cannot be regained; the sentence says why."""
        while self._grant is not None:
            await self._unless_hurried(self._grant.lease_s / 2)
            if await self._renewed(self._grant):
                continue
            self._is_new = False
            self._look_now("the router lost our event subscription, as after a restart")
            lost = await self._regain()
            if lost:
                return lost
        return "the event subscription was given back"

    def hurry(self) -> None:
        """Renew now, or try now to regain what is lost: something else told of a restart."""
        self._hurry.set()

    async def end(self) -> None:
        """Give it back, as far as the router listens; a second at most."""
        grant = self._grant
        self._drop()
        if grant is not None:
            with suppress(OSError, ValueError, EOFError, TimeoutError):
                async with asyncio.timeout(min(self._limit, _UNSUBSCRIBE_S)):
                    await self._ask(
                        self._service.port,
                        unsubscribe(self._service.path, self._host, grant.sid),
                    )

    async def _unless_hurried(self, pause: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._hurry.wait()
        self._hurry.clear()

    def _drop(self) -> None:
        """From now on, nothing of the subscription so far is listened to."""
        if self._url:
            self._door.forget(self._url)
        self._url, self._grant, self._early, self._seq = "", None, None, None

    async def _renewed(self, grant: Grant) -> bool:
        request = renew(self._service.path, self._host, grant.sid, self._lease_s)
        answer = await self._asked(request)
        # A router that names the subscription anew sends events under a name that we would refuse.
        if isinstance(answer, Grant) and answer.sid == grant.sid:
            self._grant = answer
            return True
        return False

    async def _regain(self) -> str:
        """Subscribe again, with pauses; empty when it worked, else why it did not."""
        why = ""
        for pause in _REGAIN_AFTER_S:
            await self._unless_hurried(pause)
            try:
                await self.begin()
            except Unavailable as refused:
                why = str(refused)
            else:
                return ""
        return why

    async def _asked(self, request: bytes) -> Grant | Refusal:
        try:
            async with asyncio.timeout(self._limit):
                return read_grant(await self._ask(self._service.port, request))
        except TimeoutError:
            return Refusal(words=f"did not answer within {self._limit:g} s")
        except OSError as error:
            return Refusal(words=f"cannot be reached ({reason(error)})")
        except (ValueError, EOFError):
            return Refusal(words="answered something that is no HTTP")

    def _receive(self, event: Event) -> bool:
        if self._grant is None:
            self._early = event
            return True
        if event.sid != self._grant.sid:
            return False
        self._happened(event)
        return True

    def _happened(self, event: Event) -> None:
        gap = missed_between(self._seq, event.seq)
        is_state = self._is_new and not event.seq
        self._seq, self._is_new = event.seq, False
        self._first_event.set()
        if gap:
            self._look_now("the router sent an event, and one before it was lost")
        elif not is_state:
            self._look_now("the router sent an event")
