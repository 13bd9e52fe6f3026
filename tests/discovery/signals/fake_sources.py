"""Sources that do what a test wants, in place of sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, ClassVar, Self

from discovery.signals.source import End, LookNow, Source
from discovery.signals.view import SignalName
from discovery.signals.wishes import Wish

POLLS: tuple[SignalName, ...] = ("natpmp_poll", "upnp_poll", "stun_poll")

Mood = Callable[[], Awaitable[None]]
"""How an opening goes: raises, hangs, or just returns."""


async def willing() -> None:
    """Open at once."""


class FakeSource:
    """A source that opens as `mood` says, and ends when told. `trouble` is raised at its end."""

    name: ClassVar[Any]  # set for each object: here one class stands for all

    def __init__(self, wish: Wish, look_now: LookNow, mood: Mood, log: list[str]) -> None:
        self.wish, self.look = wish, look_now
        vars(self)["name"] = wish.name
        self._mood, self._log, self._end = mood, log, End()
        self.trouble: BaseException | None = None
        self.closing: Mood = willing
        self.is_open = False

    async def __aenter__(self) -> Self:
        self._log.append(f"try {self.name}")
        await self._mood()
        self._log.append(f"open {self.name}")
        self.is_open = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.closing()
        finally:
            self._log.append(f"close {self.name}")
            self.is_open = False

    async def ended(self) -> str:
        why = await self._end.wait()
        if self.trouble is not None:
            raise self.trouble
        return why

    def end(self, why: str = "it ended") -> None:
        self._end.tell(why)

    def fail(self, trouble: BaseException) -> None:
        self.trouble = trouble
        self._end.tell("")


class FakePoll(FakeSource):
    """One whose pace can be changed."""

    def __init__(self, wish: Wish, look_now: LookNow, mood: Mood, log: list[str]) -> None:
        super().__init__(wish, look_now, mood, log)
        self.paces = [wish.every]

    def pace(self, every: float) -> None:
        self.paces.append(every)


class FakeGena(FakeSource):
    """One that only its first event proves; `hurried` are the times of hints."""

    def __init__(self, wish: Wish, look_now: LookNow, mood: Mood, log: list[str]) -> None:
        super().__init__(wish, look_now, mood, log)
        self.first_event = asyncio.Event()
        self.hurried: list[float] = []

    def hurry(self) -> None:
        self.hurried.append(asyncio.get_running_loop().time())


class Fakes:
    """The factory. `made` are the latest of each kind, `moods` how the next ones will open."""

    def __init__(self) -> None:
        self.made: dict[SignalName, FakeSource] = {}
        self.moods: dict[SignalName, Mood] = {}
        self.log: list[str] = []

    def __call__(self, wish: Wish, look_now: LookNow) -> Source:
        kinds = {"gena": FakeGena, **dict.fromkeys(POLLS, FakePoll)}
        kind = kinds.get(wish.name, FakeSource)
        mood = self.moods.get(wish.name, willing)
        made = self.made[wish.name] = kind(wish, look_now, mood, self.log)
        return made

    def __getitem__(self, name: SignalName) -> FakeSource:
        return self.made[name]

    @property
    def gena(self) -> FakeGena:
        found = self.made["gena"]
        assert isinstance(found, FakeGena)
        return found

    def poll(self, name: SignalName) -> FakePoll:
        found = self.made[name]
        assert isinstance(found, FakePoll)
        return found

    @property
    def open(self) -> set[SignalName]:
        return {name for name, source in self.made.items() if source.is_open}

    def count(self, what: str) -> int:
        return self.log.count(what)
