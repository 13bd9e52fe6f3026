"""Keeps every signal open that is worth having, and knows of each whether it works.

    async with Listening(look_now, surroundings=surroundings, ...) as signals:
        signals["gena"].works

What is worth having changes with the surroundings, with where the router's UPnP service is, and
with what is learnt of the other signals. It is considered anew after every change of this
machine's own network, after a sleep, and whenever `reconsider` is called. Then the router is
another one, or is reached in another way, and what was bound to the old one is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Final, Never, Self

from discovery.interface import Surroundings
from discovery.observation import Method
from discovery.observation import Source as Asked
from discovery.signals.makers import Makers
from discovery.signals.source import LookNow
from discovery.signals.upkeep import Make, Upkeep, end_all
from discovery.signals.view import Signal, SignalName
from discovery.signals.wishes import Case, Wish, spared, wishes

_CLOSING_S: Final = 2.0  # an event subscription is given back within this time, or not at all
_SPACING_S: Final = 0.1  # between two looks at the surroundings in a storm of changes

_OF_THIS_MACHINE: Final[frozenset[SignalName]] = frozenset({"netlink", "clock"})

Aside = Callable[[Callable[[], Surroundings]], Awaitable[Surroundings]]
"""Calls what may take a while without stopping the event loop."""


class Listening(Mapping[SignalName, Signal]):
    """All signals together; as a mapping, what is known of each now. Use it with `async with`.

    A signal that may not be used, or that was not tried yet, is not in the mapping.
    """

    def __init__(
        self,
        look_now: LookNow,
        *,
        allowed: Collection[SignalName],
        sources: Collection[Asked],
        surroundings: Callable[[], Surroundings],
        location: Callable[[], str],
        stun: Sequence[Method],
        own_stun: Sequence[Method],
        told: Callable[[Signal], None],
        vary: Callable[[], float],
        wall: Callable[[], float],
        make: Make | None = None,
        aside: Aside = asyncio.to_thread,
    ) -> None:
        """Nothing is opened yet. No function that is given here may raise.

        `sources` may be asked; `location` is where the router's UPnP description lies, as far as
        it is known. `told` hears of a signal that was proved or lost or cannot be had, and of no
        repeats. `vary` gives numbers from 0 to 1 by chance, `wall` seconds since the epoch.
        """
        self._look_now, self._told, self._aside = look_now, told, aside
        self._allowed, self._sources = frozenset(allowed), frozenset(sources)
        self._surroundings, self._location = surroundings, location
        self._stun, self._own_stun = bool(stun), bool(own_stun)
        self._make = make or Makers(stun=stun, own_stun=own_stun, vary=vary, wall=wall)
        self._known: dict[SignalName, Signal] = {}
        self._last_told: dict[SignalName, Signal] = {}
        self._kept: dict[SignalName, tuple[Upkeep, asyncio.Task[Never]]] = {}
        self._interrupted: set[SignalName] = set()
        self._has_slept = False
        self._doubt = asyncio.Event()
        self._keeper: asyncio.Task[Never] | None = None

    def __getitem__(self, name: SignalName) -> Signal:
        """What is known of it now."""
        return self._known[name]

    def __iter__(self) -> Iterator[SignalName]:
        """The signals of which something is known."""
        return iter(self._known)

    def __len__(self) -> int:
        """How many these are."""
        return len(self._known)

    async def __aenter__(self) -> Self:
        """Begin. Nothing is open yet when this returns: that comes by and by."""
        self._keeper = asyncio.create_task(self._keep())
        self.reconsider()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything, within two seconds or a little more."""
        assert self._keeper is not None
        await end_all([self._keeper, *(task for _, task in self._kept.values())], _CLOSING_S)

    def reconsider(self) -> None:
        """Find out soon whether other sources are worth having: something they depend on changed.

        May be called as often as one likes.
        """
        self._doubt.set()

    async def _keep(self) -> Never:
        while True:
            await self._doubt.wait()
            self._doubt.clear()
            around = await self._aside(self._surroundings)
            await self._follow(around)
            await asyncio.sleep(_SPACING_S)

    async def _follow(self, around: Surroundings) -> None:
        """Close what is not wished for any more, open what is new, and tell the others the pace."""
        case = Case(
            allowed=self._allowed,
            sources=self._sources,
            around=around,
            location=self._location(),
            public_stun=self._stun,
            own_stun=self._own_stun,
            known=self._known,
        )
        wanted, unused = {wish.name: wish for wish in wishes(case)}, spared(case)
        await self._close(self._unwanted(wanted))
        for signal in unused:
            self._learn(signal)
        for wish in wanted.values():
            if wish.name in self._kept:
                self._kept[wish.name][0].pace(wish.every)
            else:
                self._open(wish)

    def _unwanted(self, wanted: Mapping[SignalName, Wish]) -> list[SignalName]:
        """What is open and not wished for, or may have died without a word during a sleep."""
        has_slept, self._has_slept = self._has_slept, False
        return [
            name
            for name, (upkeep, _) in self._kept.items()
            if name not in wanted
            or not upkeep.meets(wanted[name])
            or (has_slept and name not in _OF_THIS_MACHINE)
        ]

    def _open(self, wish: Wish) -> None:
        upkeep = Upkeep(
            wish,
            lambda why: self._hear(wish.name, why),
            self._learn,
            make=self._make,
            again=wish.name in self._interrupted,
        )
        self._kept[wish.name] = upkeep, asyncio.create_task(upkeep.live())

    async def _close(self, names: Collection[SignalName]) -> None:
        await end_all([self._kept[name][1] for name in names], _CLOSING_S)
        for name in names:
            upkeep, _ = self._kept.pop(name)
            if upkeep.was_open:
                self._interrupted.add(name)
            self._known.pop(name, None)  # it was of another router, or of another way to it
            self.reconsider()

    def _hear(self, name: SignalName, why: str) -> None:
        """Pass a reason on; then see what it means for the other signals."""
        self._look_now(why)
        if name == "ssdp":
            self._hint("gena")  # a restart drops every subscription without a word
        elif name == "netlink":
            self._hint("gena")  # so does a pulled cable, if an event was to be sent meanwhile
            self.reconsider()
        elif name == "clock":
            self._has_slept = True
            self.reconsider()

    def _hint(self, name: SignalName) -> None:
        if name in self._kept:
            self._kept[name][0].hint()

    def _learn(self, signal: Signal) -> None:
        before = self._known.get(signal.name)
        self._known[signal.name] = signal
        if before is None or before.works is not signal.works:
            self.reconsider()  # the pace of one signal depends on another
        if is_news(self._last_told.get(signal.name), signal):
            self._last_told[signal.name] = signal
            self._told(signal)


def is_news(last: Signal | None, now: Signal) -> bool:
    """Whether people are to be told what is known of a signal, after what they were told last.

    ====================  ===================================  ========
    last told             now                                  is news
    ====================  ===================================  ========
    nothing               works, or does not                   yes
    works                 does not work                        yes
    does not work         works, perhaps, or not for another   yes
                          reason
    perhaps               works, or does not                   yes
    the same              the same, at whatever pace           no
    nothing, or works     perhaps: it begins, or begins anew   no
    ====================  ===================================  ========
    """
    if now.works is None:
        return last is not None and last.works is False
    if last is None or last.works is not now.works:
        return True
    return now.works is False and last.detail != now.detail
