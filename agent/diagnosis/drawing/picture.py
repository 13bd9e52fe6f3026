"""What is on the drawing: stations from this machine to the internet, names and accounts. Pure.

A station is fine, to be looked at, in trouble or not known by the findings that are about it. The
drawing says so in words and by the shape of its frame; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from agent.diagnosis.breaking import Mask
from agent.diagnosis.drawing.names import accounts, records
from agent.diagnosis.drawing.station import Station, with_heaviest
from agent.diagnosis.drawing.tags import TAGS, Place
from agent.diagnosis.drawing.ways import Way, ways
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import (
    address_of,
    candidates,
    listed,
    outside,
    router_igd,
    router_reported,
)
from agent.diagnosis.finding import Diagnosis, Finding
from agent.diagnosis.layers import nat_layers
from agent.values import Code
from discovery.observation import Family, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The path from left to right, its ways, the VPN beside it, and what hangs below its end."""

    path: tuple[Station, ...]
    ways: tuple[Way, ...]
    vpn: Station | None
    names: tuple[Station, ...]

    @property
    def summary(self) -> str:
        """The whole drawing in sentences, for those who cannot see it."""
        told = [_told(one) for one in self.path]
        for (left, right), way in zip(pairwise(self.path), self.ways, strict=True):
            near, far = _within(left.title), _within(right.title)
            told.append(f"Out from {near} to {far}: {way.out.words}.")
            told.append(f"In from {far} to {near}: {way.back.words}.")
        rest = (*((self.vpn,) if self.vpn else ()), *self.names)
        return " ".join([*told, *(_told(one) for one in rest)])


def picture(evidence: Evidence, diagnosis: Diagnosis, mask: Mask = str) -> Picture:
    """Draw the path of this home over IPv4. `mask` is given every text before it is broken."""
    bare = tuple(_path(evidence))
    vpn = _vpn(evidence)
    places = frozenset(one.id for one in (*bare, *((vpn,) if vpn else ())))
    path = [_judged(one, diagnosis.findings, places) for one in bare]
    names = [*records(evidence, diagnosis.findings), *accounts(evidence, diagnosis.findings)]
    return Picture(
        path=tuple(_masked(one, mask) for one in path),
        ways=ways(evidence, diagnosis.findings, len(path) - 1),
        vpn=_masked(_judged(vpn, diagnosis.findings, places), mask) if vpn else None,
        names=tuple(_masked(one, mask) for one in names),
    )


def _masked(station: Station, mask: Mask) -> Station:
    return replace(station, title=mask(station.title), lines=tuple(map(mask, station.lines)))


def _told(station: Station) -> str:
    lines = f" ({'; '.join(station.lines)})" if station.lines else ""
    return f"{station.title}{lines}: {_within(station.word)}."


def _within(text: str) -> str:
    """A title within a sentence: "Your router" is "your router" there; a name stays a name."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _path(evidence: Evidence) -> Iterator[Station]:
    around = evidence.around
    own = [str(around.local or "no IPv4 address")]
    own += [str(evidence.ipv6.chosen)] if evidence.ipv6.chosen else []
    yield Station(id="machine", title="This machine", lines=tuple(own))
    if around.gateway is not None:
        igd = router_igd(evidence)
        name = (igd.model or igd.name) if igd else ""
        says = router_reported(evidence)
        wan = f"says it has {says}" if says else "names no outside address"
        lines = tuple(line for line in (name, str(around.gateway), wan) if line)
        yield Station(id="router", title="Your router", lines=lines)
    yield from _between(evidence)
    yield _internet(evidence)


_BETWEEN: dict[Code, tuple[str, str]] = {
    "cgnat": ("The provider's NAT", "between your router and the internet"),
    "cgnat_likely": ("The provider's NAT", "between your router and the internet"),
    "ds_lite": ("The provider's NAT", "IPv4 in a tunnel through IPv6"),
    "nat64": ("A translator (NAT64)", "from IPv6 to IPv4"),
    "captive": ("A login page", "instead of the internet"),
    "double_nat": ("A second router", "yours, or the provider's NAT"),
}
_NOWHERE: frozenset[Code] = frozenset({"offline", "wan_down", "no_address"})


def _between(evidence: Evidence) -> Iterator[Station]:
    """Whatever stands between the home's router and the internet, where that is known."""
    verdict = evidence.verdicts.get(Family.V4)
    code, layers = (verdict.code if verdict else None), nat_layers(evidence)
    if code in _BETWEEN:
        title, what = _BETWEEN[code]
        hops = [hop for hop in evidence.path.trail.hops if hop.distance > 1]
        near = (f"next router: {hops[0].address}",) if hops and code != "captive" else ()
        yield Station(id="provider", title=title, lines=(what, *near))
    elif layers is not None and layers > 1:
        yield Station(id="provider", title="A second NAT", lines=("yours, or the provider's",))
    elif layers is None and evidence.around.gateway is not None and code not in _NOWHERE:
        yield Station(
            id="provider",
            title="Another NAT?",
            lines=("the provider's, or a second router",),
            state="unknown",
            why="cannot be told from here",
        )


def _internet(evidence: Evidence) -> Station:
    address = address_of(evidence, Family.V4)
    heard = outside(evidence)
    named = dict.fromkeys((address,) if address else candidates(evidence.verdicts.get(Family.V4)))
    count = len({one.operator for one in heard})
    who = f"{count} witness{'' if count == 1 else 'es'} outside"
    seen = f"sees you as {listed(named, 'or')}" if heard and named else ""
    return Station(
        id="internet",
        title="The internet",
        lines=tuple(line for line in (seen, who if heard else "") if line),
        state="sound" if heard else "unknown",
        why="" if heard else "nobody there was heard",
    )


def _vpn(evidence: Evidence) -> Station | None:
    """The way of ordinary traffic, where it is another than the one to the router."""
    if not evidence.around.default_is_tunnel:
        return None
    seen = dict.fromkeys(one.address for one in evidence.through_vpn if isinstance(one, Seen))
    lines = (f"there you are {listed(seen, 'or')}",) if seen else ()
    return Station(id="vpn", title="VPN or tunnel", lines=("ordinary traffic", *lines))


def _judged(station: Station, findings: Sequence[Finding], drawn: frozenset[Place]) -> Station:
    """The station with the state of the heaviest finding that belongs here.

    A finding on DNS that has no subject is about no name, but about the way to all of them.
    """
    about = [one for one in findings if _place(one, drawn) == station.id]
    return with_heaviest(station, about)


def _place(finding: Finding, drawn: frozenset[Place]) -> Place | None:
    tag = TAGS.get(finding.code)
    if tag is None or finding.severity == "info":
        return None
    named: frozenset[Place] = frozenset({"dns", "account"}) if finding.subject else frozenset()
    return next((place for place in tag.places if place in drawn | named), None)
