"""Watches the agent's events for what the story is about, and hands it on in order."""

from __future__ import annotations

import asyncio

from agent.demo.tale import Happening, Noticed, Published, Quiet, Served
from agent.events import Answered, Event, Judged, NotServed, Planned, RoundBegan, Trouble
from agent.events import Served as SeenServed
from agent.values import Hold, Keep, Settled
from discovery.observation import Address
from providers.engine.outcome import Changed, Refused, Unconfirmed


class Onlooker:
    """A listener of the agent's events. `rounds` counts how often the agent has looked."""

    def __init__(self) -> None:
        """Look on; nothing is handed on before `expect`."""
        self.rounds = 0
        self.last_word = ""
        self._seen: asyncio.Queue[Happening] = asyncio.Queue()
        self._address: Address | None = None
        self._since = 0.0
        self._noticed = False
        self._idle = False

    def expect(self, address: Address, since: float) -> None:
        """Watch for this address, which the line has had since that moment of the loop's clock."""
        self._seen = asyncio.Queue()
        self._address, self._since, self._noticed = address, since, False
        self.last_word = ""

    def expect_quiet(self, since: float) -> None:
        """Watch for a look that finds nothing to do. Its time is counted from `since`."""
        self._since, self._idle = since, True

    async def next(self) -> Happening:
        """Wait for the next thing that was expected."""
        return await self._seen.get()

    def __call__(self, event: Event) -> None:
        """Take one event."""
        after = asyncio.get_running_loop().time() - self._since
        match event:
            case RoundBegan():
                self.rounds += 1
            case Judged(verdict=Settled(address=address, sources=sources)):
                if address == self._address and not self._noticed:
                    self._noticed = True
                    self._seen.put_nowait(Noticed(after=after, sources=sources))
            case Answered(outcome=Changed()) if self._noticed:
                self._seen.put_nowait(Published(after=after))
            case SeenServed(agreement=now) if self._noticed:
                self._seen.put_nowait(Served(after=after, agreeing=now.agreeing, asked=now.asked))
            case Planned(decision=Keep()) if self._idle:
                self._idle = False
                self._seen.put_nowait(Quiet(at=after))
            case _:
                self.last_word = _complaint(event) or self.last_word


def _complaint(event: Event) -> str:
    """What an event says about why things do not go on; empty when it says nothing of the kind."""
    match event:
        case Judged(verdict=verdict):
            return verdict.because
        case Planned(decision=Hold(because=because)):
            return because
        case Answered(outcome=Refused(text=text) | Unconfirmed(text=text)):
            return text
        case NotServed(agreement=agreement):
            return agreement.because
        case Trouble(text=text):
            return text
        case _:
            return ""
