"""What takes a while to find out: kept for its time, and found out anew before that is over.

A fact has two halves. In the first it is simply used. In the second it is used too, and whoever
uses it makes it be found out anew in the background; so nobody who asks often enough ever waits.
Only what nobody has asked for since its first half ends, and has to be found out while they wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from discovery.live_dns.renewals import Renewals

_PAUSE = 30.0  # seconds between two attempts to renew a fact

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[V_co]):
    """A value that is due for renewal at `renew` and ends at `expires`, both of the loop's time."""

    value: V_co
    renew: float
    expires: float


Find = Callable[[], Coroutine[Any, Any, Fact[V]]]


def lasting(value: V, seconds: float, *, renew: float | None = None) -> Fact[V]:
    """A fact for `seconds` from now, to be renewed after half of them or after `renew` seconds."""
    now = asyncio.get_running_loop().time()
    due = seconds / 2 if renew is None else renew
    return Fact(value=value, renew=now + due, expires=now + seconds)


class Kept(Generic[K, V]):
    """Facts by key. Several who want one at a time find it out once, and fail together too."""

    def __init__(self, renewals: Renewals) -> None:
        """`renewals` do what nobody waits for."""
        self._renewals = renewals
        self._facts: dict[K, Fact[V]] = {}
        self._under_way: dict[K, asyncio.Future[Fact[V]]] = {}

    def peek(self, key: K) -> Fact[V] | None:
        """The fact, where it is known and has not ended."""
        fact = self._facts.get(key)
        return fact if fact is not None and fact.expires > _now() else None

    def sure(self, key: K) -> bool:
        """Whether the fact is known and in its first half."""
        fact = self._facts.get(key)
        return fact is not None and not _due(fact)

    async def get(self, key: K, find: Find[V]) -> Fact[V]:
        """The fact, renewed in the background where that is due; found out where it is unknown."""
        fact = self.peek(key)
        if fact is None:
            return await self._find_out(key, find)
        self.renew_when_due(key, find)
        return fact

    async def young(self, key: K, find: Find[V]) -> Fact[V]:
        """The fact in its first half, for what is built upon it; found out where it is older."""
        fact = self._facts.get(key)
        return await self._find_out(key, find) if fact is None or _due(fact) else fact

    def renew_when_due(self, key: K, find: Find[V]) -> None:
        """Have it found out anew in the background, if its second half has come."""
        fact = self._facts.get(key)
        if fact is not None and _due(fact):
            # Should this attempt fail, the next one waits a little.
            self._facts[key] = replace(fact, renew=_now() + _PAUSE)
            self._renewals.start((self, key), lambda: self._find_out(key, find))

    def put(self, key: K, fact: Fact[V]) -> None:
        """Know it from elsewhere."""
        self._facts[key] = fact

    def drop(self, key: K) -> None:
        """Know nothing of it any more."""
        self._facts.pop(key, None)

    def forget(self, doubted: Callable[[V], bool]) -> None:
        """Know nothing of the values any more that are doubted."""
        self._facts = {k: fact for k, fact in self._facts.items() if not doubted(fact.value)}

    async def _find_out(self, key: K, find: Find[V]) -> Fact[V]:
        while (others := self._under_way.get(key)) is not None:
            await asyncio.wait([others])
            if not others.cancelled():
                return others.result()
        result = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            fact = self._facts[key] = await find()
        except Exception as trouble:
            result.set_exception(trouble)
            result.exception()  # seen: perhaps nobody else waits for it
            raise
        else:
            result.set_result(fact)
            return fact
        finally:
            if not result.done():
                result.cancel()  # who waits finds it out in this one's place
            del self._under_way[key]


def _due(fact: Fact[Any]) -> bool:
    return min(fact.renew, fact.expires) <= _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
