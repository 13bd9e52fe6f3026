"""Asking a STUN server now and then: what notices a change of which no router tells.

Behind a provider's own NAT (CGNAT) there is no other sign. Each question comes from a new port:
on an old one, the state of a NAT may keep the old address alive (opnsense/core#4652).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from discovery.observation import Address, Family, Method, Seen
from discovery.probe import probe
from discovery.signals.last_words import LastWords
from discovery.signals.poller import Poller
from discovery.signals.source import LookNow, Unavailable
from discovery.signals.view import SignalName

SLOWEST_S: Final = 600.0
"""The longest that the pause grows to while nobody answers."""

_MOST_DOUBLINGS = 12
_MOST_ASKED = 3  # of one poll: that so many servers fail at once means that it is the line
_LEAST, _SPREAD = 0.8, 0.4  # times the period, so that homes that started together drift apart


class StunPoll(Poller):
    """A `Source`: an address that differs from the last, or no answer at all, is a reason to look.

    The servers take turns. One that does not answer is no news, as long as the next one does.
    """

    name: ClassVar[SignalName] = "stun_poll"

    def __init__(
        self,
        look_now: LookNow,
        *,
        methods: Sequence[Method],
        every: float,
        vary: Callable[[], float],
        family: Family = Family.V4,
        limit: float = 3.0,
    ) -> None:
        """Nothing is asked yet.

        `methods` are the servers; `every` is seconds, times 0.8 to 1.2 by `vary`, which returns 0
        to 1 at random. `limit` is for each question, in seconds.
        """
        super().__init__(look_now, every=every)
        self._methods, self._vary = deque(methods), vary
        self._family, self._limit = family, limit
        self._last_words = LastWords()
        self._unanswered = 0  # polls in a row

    async def prove(self) -> None:
        """Get one answer. Raises Unavailable."""
        if not self._methods:
            raise Unavailable("there is no STUN server to ask")
        heard = await self._hear()
        if isinstance(heard, str):
            raise Unavailable(f"no STUN server told from where it sees this home: {heard}")
        self._last_words.hear(*heard)

    async def poll(self) -> None:
        """Ask until somebody answers, and compare."""
        heard = await self._hear()
        if isinstance(heard, str):
            self._unanswered += 1
            if self._unanswered == 1:
                self.look_now("no STUN server answers any more")
            return
        differs = self._last_words.hear(*heard)
        if self._unanswered:
            self._unanswered = 0
            self.look_now("a STUN server answers again")
        elif differs:
            self.look_now("a STUN server sees this home at another address than before")

    def stretch(self, every: float) -> float:
        """Twice as long after each poll that nobody answered, up to ten minutes."""
        doubled: int = 2 ** min(self._unanswered, _MOST_DOUBLINGS)
        return min(doubled, max(1.0, SLOWEST_S / every)) * (_LEAST + _SPREAD * self._vary())

    async def _hear(self) -> tuple[str, Address] | str:
        """Who sees us where; or, of the last that was asked, the sentence that says why not.

        An address that could never be published is an answer too: it may be another tomorrow.
        """
        why = ""
        turn = tuple(self._methods)[:_MOST_ASKED]
        self._methods.rotate(-1)  # by one, whoever answers: a dead server is first in its turn only
        for method in turn:
            said = await probe(method, self._family, limit=self._limit)
            address = said.address if isinstance(said, Seen) else said.reported
            if address is not None:
                return said.witness, address
            why = "" if isinstance(said, Seen) else said.detail
        return why
