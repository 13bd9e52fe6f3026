"""The life of one wished-for source: opened, proved, lost, opened again, until it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, Never, Protocol, runtime_checkable

from discovery.signals import sentences
from discovery.signals.source import LookNow, Source, Unavailable
from discovery.signals.view import Signal
from discovery.signals.wishes import Wish

Make = Callable[[Wish, LookNow], Source]
"""Makes the source that is wished for. May raise Unavailable, as opening it may."""

# Pauses between tries double from the first to the longest: a router that restarts is back within
# minutes, and one whose owner switched the service off is asked four times an hour.
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 900.0

_A_WHILE_S: Final = 60.0  # a source that was open for so long did work
_FIRST_EVENT_S: Final = 3.0  # it comes 3 to 20 ms after the grant
_HURRY_S: Final = 1.0  # however many hints are forged, the router is asked once in so long


@runtime_checkable
class _Evented(Protocol):
    """A source whose opening proves nothing until this is set."""

    first_event: asyncio.Event


@runtime_checkable
class _Paced(Protocol):
    """A source that can poll more or less often while it is open."""

    def pace(self, every: float) -> None: ...


@runtime_checkable
class _Hurried(Protocol):
    """A source that can find out at once whether it still works."""

    def hurry(self) -> None: ...


class Upkeep:
    """Keeps one source open. `live` does all the work; the rest may be called at any time."""

    def __init__(
        self,
        wish: Wish,
        look_now: LookNow,
        learn: Callable[[Signal], None],
        *,
        make: Make,
        again: bool,
    ) -> None:
        """Nothing is opened yet.

        `learn` is told what is known, also when it is what was known before. `again` says that the
        signal was listened to earlier: then opening it is a reason to look, as after any loss,
        for nobody knows what happened in between.
        """
        self.wish = wish
        self._look_now, self._learn, self._make = look_now, learn, make
        self.was_open = again
        self._source: Source | None = None  # while it is open
        self._proved = False
        self._hinted = asyncio.Event()

    async def live(self) -> Never:
        """Go on until cancelled. No trouble of a source ends it."""
        loop = asyncio.get_running_loop()
        pause = 0.0
        while True:
            start = loop.time()
            self._learn(await self._one_life())
            lasted = loop.time() - start
            pause = 0.0 if lasted >= _A_WHILE_S else pause
            pause = min(max(_FIRST_PAUSE_S, 2 * pause), _LONGEST_PAUSE_S)
            if await self._hint_within(pause):
                pause = 0.0

    def meets(self, wish: Wish) -> bool:
        """Whether this is the source that is wished for, or becomes it by `pace`."""
        return replace(self.wish, every=wish.every) == wish

    def pace(self, every: float) -> None:
        """Poll so often from now on, in seconds."""
        if every == self.wish.every:
            return
        self.wish = replace(self.wish, every=every)
        if self._source is not None:
            self._set_pace(self._source)
            self._tell()

    def hint(self) -> None:
        """Something else told of a restart: find out soon whether the source still works."""
        self._hinted.set()

    async def _one_life(self) -> Signal:
        """Open the source and wait for its end; what is known then."""
        wish, name = self.wish, self.wish.name
        self._hinted.clear()  # of what came before, opening finds out
        try:
            source = self._make(wish, self._hear)
            async with source:
                self._opened(source, wish)
                return sentences.cannot(name, await self._until_ended(source))
        except Unavailable as refused:
            return sentences.cannot(name, str(refused))
        except asyncio.CancelledError as fault:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return sentences.broken(name, fault)  # it leaked out of the source
        except Exception as fault:  # noqa: BLE001 - whatever one source does, the others go on
            return sentences.broken(name, fault)
        finally:
            self._source = None

    def _opened(self, source: Source, wish: Wish) -> None:
        self._source, self._proved = source, False
        if wish != self.wish:  # which was changed while the source was being opened
            self._set_pace(source)
        self._tell()
        if self.was_open:
            self._look_now(sentences.AGAIN[self.wish.name])
        self.was_open = True

    def _set_pace(self, source: Source) -> None:
        if isinstance(source, _Paced):
            source.pace(self.wish.every)

    async def _until_ended(self, source: Source) -> str:
        async with asyncio.TaskGroup() as beside:
            aides = []
            if isinstance(source, _Evented):
                aides.append(beside.create_task(self._proof(source.first_event)))
            if isinstance(source, _Hurried):
                aides.append(beside.create_task(self._pass_on(source)))
            why = await source.ended()
            for aide in aides:
                aide.cancel()
        return why

    async def _proof(self, first_event: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(_FIRST_EVENT_S):
                await first_event.wait()
        except TimeoutError:
            self._learn(sentences.no_first_event(_FIRST_EVENT_S))
            await first_event.wait()
        self._prove()

    async def _pass_on(self, source: _Hurried) -> None:
        while True:
            await self._hinted.wait()
            self._hinted.clear()
            source.hurry()
            await asyncio.sleep(_HURRY_S)

    def _hear(self, why: str) -> None:
        """Take a reason from the source; by this it is proved, unless it proves itself."""
        self._look_now(why)
        if self._source is not None and not isinstance(self._source, _Evented):
            self._prove()

    def _prove(self) -> None:
        if not self._proved:
            self._proved = True
            self._tell()

    def _tell(self) -> None:
        words = sentences.proved if self._proved else sentences.opened
        self._learn(words(self.wish.name, self.wish.every))

    async def _hint_within(self, pause: float) -> bool:
        """Wait out a pause. A hint cuts it short, and is what is returned, but not at once."""
        self._hinted.clear()
        await asyncio.sleep(min(pause, _HURRY_S))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause - _HURRY_S):
                await self._hinted.wait()
        return self._hinted.is_set()


async def end_all(tasks: Sequence[asyncio.Task[Any]], limit: float) -> None:
    """Cancel tasks and wait for their ends; one that takes over `limit` seconds is cut short."""
    for task in tasks:
        task.cancel()
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=limit)
    finally:  # also when whoever waits is cancelled
        slow = [task for task in tasks if not task.done()]
        for task in slow:
            task.cancel()
        if slow:
            await asyncio.wait(slow)
