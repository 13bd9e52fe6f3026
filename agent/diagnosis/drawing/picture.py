"""What is on the drawing: stations from this machine to the internet, names and accounts. Pure.

A station is fine, to be looked at, in trouble or not known by the findings that are about it. The
drawing says so in words and by the shape of its frame; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.diagnosis.dns_verdict import dns_verdict
from agent.diagnosis.drawing.tags import TAGS, Place
from agent.diagnosis.drawing.ways import Way, ways
from agent.diagnosis.evidence import AccountExam, Evidence, RecordExam
from agent.diagnosis.facts import (
    address_of,
    candidates,
    listed,
    outside,
    router_igd,
    router_reported,
    settled,
)
from agent.diagnosis.finding import Diagnosis, Finding
from agent.diagnosis.layers import nat_layers
from agent.values import FAMILY_OF, Code
from discovery.observation import Family, Seen

State = Literal["broken", "doubtful", "unknown", "sound"]

_WORDS: dict[State, str] = {
    "broken": "Trouble",
    "doubtful": "Look here",
    "unknown": "Not known",
    "sound": "Fine",
}
_RANK: tuple[State, ...] = ("broken", "doubtful", "unknown", "sound")
_STATES: dict[str, State] = {"error": "broken", "warn": "doubtful", "info": "sound"}

_MOST_RECORDS, _MOST_ACCOUNTS = 3, 2

# Findings on the servers of a zone are about each of its names.
_OF_SERVERS = frozenset(
    {"dns_lame", "dns_silent", "dns_ns_differ", "dns_ttl_high", "dns_bogus", "dns_intercepted"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One box of the drawing: a title, some short lines, how it fares, and why in a few words."""

    id: Place
    title: str
    lines: tuple[str, ...] = ()
    state: State = "sound"
    why: str = ""

    @property
    def word(self) -> str:
        """The state in words, with the reason."""
        return f"{_WORDS[self.state]}: {self.why}" if self.why else _WORDS[self.state]


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
        for left, right, way in zip(self.path, self.path[1:], self.ways, strict=False):
            told.append(f"Out from {_inner(left)} to {_inner(right)}: {way.out.words}.")
            told.append(f"In from {_inner(right)} to {_inner(left)}: {way.back.words}.")
        rest = (*((self.vpn,) if self.vpn else ()), *self.names)
        return " ".join([*told, *(_told(one) for one in rest)])


def picture(evidence: Evidence, diagnosis: Diagnosis) -> Picture:
    """Draw the path of this home over IPv4."""
    bare = tuple(_path(evidence))
    vpn = _vpn(evidence)
    places = frozenset(one.id for one in (*bare, *((vpn,) if vpn else ())))
    path = tuple(_judged(one, diagnosis.findings, places) for one in bare)
    return Picture(
        path=path,
        ways=ways(evidence, diagnosis.findings, len(path) - 1),
        vpn=_judged(vpn, diagnosis.findings, places) if vpn else None,
        names=(*_records(evidence, diagnosis.findings), *_accounts(evidence, diagnosis.findings)),
    )


def _told(station: Station) -> str:
    lines = f" ({'; '.join(station.lines)})" if station.lines else ""
    return f"{station.title}{lines}: {_inner_word(station.word)}."


def _inner(station: Station) -> str:
    return _inner_word(station.title)


def _inner_word(text: str) -> str:
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
    return _with_heaviest(station, about)


def _place(finding: Finding, drawn: frozenset[Place]) -> Place | None:
    tag = TAGS.get(finding.code)
    if tag is None or finding.severity == "info":
        return None
    named: frozenset[Place] = frozenset({"dns", "account"}) if finding.subject else frozenset()
    return next((place for place in tag.places if place in drawn | named), None)


def _with_heaviest(station: Station, about: Iterable[Finding]) -> Station:
    worst = min(about, key=lambda one: _RANK.index(_STATES[one.severity]), default=None)
    if worst is None or worst.severity == "info":
        return station
    return Station(
        id=station.id,
        title=station.title,
        lines=station.lines,
        state=_STATES[worst.severity],
        why=TAGS[worst.code].words if worst.code in TAGS else "",
    )


def _records(evidence: Evidence, findings: Sequence[Finding]) -> Iterator[Station]:
    stations = [_record(exam, evidence, findings) for exam in evidence.records]
    yield from _first(stations, _MOST_RECORDS, "names")


def _record(exam: RecordExam, evidence: Evidence, findings: Sequence[Finding]) -> Station:
    code = dns_verdict(exam, settled(evidence, FAMILY_OF[exam.exam.rtype]))
    subjects = {exam.record.name, exam.exam.view.zone}
    about = [
        one
        for one in findings
        if one.subject in subjects and (one.code == code or one.code in _OF_SERVERS)
    ]
    served = listed(sorted(map(str, exam.agreement.live or ())))
    unsure = code == "dns_unknown"
    station = Station(
        id="dns",
        title=f"{exam.record.name} {exam.exam.rtype}",
        lines=(served or "no address is served",),
        state="unknown" if unsure else "sound",
        why="nothing to compare it with" if unsure else "",
    )
    return _with_heaviest(station, about)


def _accounts(evidence: Evidence, findings: Sequence[Finding]) -> Iterator[Station]:
    stations = [_account(exam, findings) for exam in evidence.accounts]
    yield from _first(stations, _MOST_ACCOUNTS, "accounts")


def _account(exam: AccountExam, findings: Sequence[Finding]) -> Station:
    station = Station(
        id="account",
        title=f"Account {exam.account.name}",
        lines=(exam.account.provider.title,),
        state="unknown" if exam.proof is None else "sound",
        why="no proof without an update" if exam.proof is None else "",
    )
    own = [one for one in findings if one.code in _OF_ACCOUNTS]
    return _with_heaviest(station, [one for one in own if one.subject == exam.account.name])


_OF_ACCOUNTS = frozenset(code for code, tag in TAGS.items() if "account" in tag.places)


def _first(stations: Sequence[Station], most: int, what: str) -> Iterator[Station]:
    """The worst ones, and one station for all others: trouble is never among those."""
    if len(stations) <= most:
        yield from stations
        return
    ranked = sorted(stations, key=lambda one: _RANK.index(one.state))
    shown, rest = ranked[: most - 1], ranked[most - 1 :]
    yield from shown
    poor = [one for one in rest if one.state != "sound"]
    yield Station(
        id=rest[0].id,
        title=f"and {len(rest)} more {what}",
        state=rest[0].state,
        why=f"{len(poor)} of them; see below" if poor else "",
    )
