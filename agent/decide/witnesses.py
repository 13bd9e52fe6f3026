"""What a run of observations amounts to, before anything is decided from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.values import Code, Confirm, Unreachable
from discovery.address import Scope, scope
from discovery.observation import (
    Address,
    Family,
    Missed,
    Observation,
    Seen,
    Source,
    StunEvidence,
    Why,
)

ROUTER: tuple[Source, ...] = ("upnp", "natpmp")
OUTSIDE: tuple[Source, ...] = ("stun", "http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who can be asked. `name` is unique within `source`."""

    source: Source
    name: str
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything besides the observations that the verdict on one family depends on.

    `order` is whom the user allows to be asked. `known` are the addresses with which every record
    would be left as it is: nothing is sent when one of them is settled on. `local` is this
    machine's address on the link to the gateway. `stranger_reached` is true when an unsolicited
    packet from outside was seen to arrive. With `patient` false nothing is asked a second time
    later; the best word now is given. With `eager` the router and two operators outside are asked
    side by side, because it is likely that the address has changed.
    """

    family: Family
    order: tuple[Source, ...]
    menu: tuple[Witness, ...]
    confirm: Confirm = "change"
    unreachable: Unreachable = "hold"
    prefer_outside: bool = False
    known: frozenset[Address] = frozenset()
    local: Address | None = None
    has_route: bool = True
    stranger_reached: bool = False
    patient: bool = True
    eager: bool = False


Sweep = tuple[Observation, ...]
"""The answers to one question put to several witnesses side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The observations, digested. "Latest" means: of each witness, what it said last."""

    router: Seen | None  # the gateway's public address, where it named one
    router_says: Missed | None  # else its most telling refusal
    outside: tuple[Seen, ...]  # latest sightings by STUN and HTTP witnesses
    misses: tuple[Missed, ...]  # latest misses of everybody
    asked: frozenset[tuple[Source, str]]
    first: tuple[Seen, ...]  # what those asked first said then
    repeats: int  # how often the most questioned witness outside was asked
    router_reads: tuple[Address | None, ...]  # per sweep that asked the router
    caveats: tuple[Code, ...] = field(default=())

    @property
    def tally(self) -> Mapping[Address, frozenset[str]]:
        """Which operators outside name which address, by their latest word."""
        return count(self.outside)


def count(sightings: tuple[Seen, ...]) -> dict[Address, frozenset[str]]:
    """Group sightings by address; several answers of one operator count once."""
    tally: dict[Address, frozenset[str]] = {}
    for seen in sightings:
        tally[seen.address] = tally.get(seen.address, frozenset()) | {seen.operator}
    return tally


def digest(sweeps: tuple[Sweep, ...]) -> Facts:
    """Fold all sweeps into facts."""
    latest: dict[tuple[Source, str], Observation] = {}
    first: dict[tuple[Source, str], Observation] = {}
    times: Counter[tuple[Source, str]] = Counter()
    reads: list[Address | None] = []
    for sweep in sweeps:
        for said in sweep:
            latest[said.source, said.witness] = said
            first.setdefault((said.source, said.witness), said)
            times[said.source, said.witness] += said.source in OUTSIDE
        if any(said.source in ROUTER for said in sweep):
            seen = _seen(sweep, ROUTER)
            reads.append(seen[0].address if seen else None)
    now = tuple(latest.values())
    router = _seen(now, ROUTER)
    misses = tuple(said for said in now if isinstance(said, Missed))
    refusals = sorted((miss for miss in misses if miss.source in ROUTER), key=_telling)
    return Facts(
        router=router[0] if router else None,
        router_says=refusals[0] if refusals else None,
        outside=_seen(now, OUTSIDE),
        misses=misses,
        asked=frozenset(latest),
        first=_seen(tuple(first.values()), OUTSIDE),
        repeats=max(times.values(), default=0),
        router_reads=tuple(reads),
        caveats=_caveats(now, misses),
    )


def _seen(said: tuple[Observation, ...], sources: tuple[Source, ...]) -> tuple[Seen, ...]:
    return tuple(one for one in said if isinstance(one, Seen) and one.source in sources)


_TELLING = (Why.NOT_PUBLIC, Why.DOWN, Why.NO_ADDRESS)


def _telling(miss: Missed) -> int:
    """How much a router's refusal tells about the line; the smaller, the more."""
    return _TELLING.index(miss.why) if miss.why in _TELLING else len(_TELLING)


def tells_about_the_line(miss: Missed | None) -> bool:
    """Whether the router itself spoke about its internet line, though it named no address."""
    return miss is not None and miss.why in _TELLING


def _caveats(now: tuple[Observation, ...], misses: tuple[Missed, ...]) -> tuple[Code, ...]:
    """Rows 19, 20, 23 and the second half of row 3: facts worth telling beside any verdict."""
    caveats: list[Code] = []
    if any(miss.source in OUTSIDE and miss.why is Why.NOT_PUBLIC for miss in misses):
        caveats.append("liar")
    if any(isinstance(said.evidence, StunEvidence) and said.evidence.rewritten for said in now):
        caveats.append("alg")
    if any(miss.why is Why.FOREIGN for miss in misses):
        caveats.append("foreign_igd")
    stun = [said for said in now if said.source == "stun"]
    heard_elsewhere = any(isinstance(said, Seen) and said.source == "http" for said in now)
    if stun and heard_elsewhere and not any(isinstance(said, Seen) for said in stun):
        caveats.append("udp_blocked")
    return tuple(caveats)


def unasked(facts: Facts, case: Case, source: Source) -> tuple[Witness, ...]:
    """Witnesses of one kind that may be asked and were not yet, one for each operator first."""
    if source not in case.order:
        return ()
    rest = [
        witness
        for witness in case.menu
        if witness.source == source and (witness.source, witness.name) not in facts.asked
    ]
    heard = {seen.operator for seen in facts.outside if seen.source == source}
    heard |= {miss.operator for miss in facts.misses if miss.source == source}
    fresh: list[Witness] = []
    for witness in rest:
        if witness.operator not in heard:
            heard.add(witness.operator)
            fresh.append(witness)
    return (*fresh, *(witness for witness in rest if witness not in fresh))


def reported_scope(miss: Missed | None) -> Scope | None:
    """What kind of address the router named when it named one that cannot be published."""
    if miss is None or miss.reported is None or miss.why is not Why.NOT_PUBLIC:
        return None
    return scope(miss.reported)
