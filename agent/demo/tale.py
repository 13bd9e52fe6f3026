"""What happens in the demo, as frozen values in the order of happening, and what it amounts to.

Durations are seconds after the line came back with the address in question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any

from discovery.observation import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """The line is up with `address`, `at` seconds into the demo; `before` is None at first."""

    at: float
    before: IPv4Address | None
    address: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """The agent has settled on the new address, by the word of `sources`."""

    after: float
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The provider has confirmed the change."""

    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The agent has seen the new address at `agreeing` of `asked` name servers."""

    after: float
    agreeing: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The story itself has asked every name server; `answers` has one address set for each."""

    wanted: IPv4Address
    answers: tuple[frozenset[str], ...]

    @property
    def right(self) -> bool:
        """Whether each of them serves the wanted address and no other."""
        return set(self.answers) == {frozenset({str(self.wanted)})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The agent has looked once more, found everything right and left the provider alone."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalled:
    """Nothing more came for `waited` seconds. `last_word` is the agent's last; it may be empty."""

    waited: float
    last_word: str


Happening = LineUp | Noticed | Published | Served | Checked | Quiet | Stalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One address and what became of it. What is None did not happen; the first has no `before`."""

    before: IPv4Address | None
    address: IPv4Address
    noticed: float | None = None
    published: float | None = None
    served: float | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """The whole of it. `planned` counts the addresses that were to be shown.

    `calls` is how often the provider was called, as the provider counts them, and `rounds` how
    often the agent looked. `fault` is a sentence when the home could not be set up at all.
    """

    happenings: tuple[Happening, ...]
    planned: int
    calls: int = 0
    rounds: int = 0
    fault: str = ""


def flips(happenings: Iterable[Happening]) -> tuple[Flip, ...]:
    """Sum up what happened by address, the first one included."""
    told: list[Flip] = []
    for happening in happenings:
        match happening:
            case LineUp(before=before, address=address):
                told.append(Flip(before=before, address=address))
            case Noticed(after=after):
                told[-1] = replace(told[-1], noticed=after)
            case Published(after=after):
                told[-1] = replace(told[-1], published=after)
            case Served(after=after):
                told[-1] = replace(told[-1], served=after)
            case Checked(right=right):
                told[-1] = replace(told[-1], verified=right)
            case Quiet() | Stalled():
                pass
    return tuple(told)


def problem(tale: Tale) -> str:
    """Why the demo failed, as one sentence; empty when every address came through."""
    if tale.fault:
        return tale.fault
    told = flips(tale.happenings)
    for flip in told:
        if flip.noticed is None:
            what = "was not noticed"
        elif flip.published is None:
            what = "was noticed but not published"
        elif flip.served is None:
            what = "was published but is not served by every name server"
        elif not flip.verified:
            what = "is not what every name server answers when asked directly"
        else:
            continue
        return f"{flip.address} {what}{_circumstances(tale.happenings)}."
    if len(told) < tale.planned:
        return f"only {len(told)} of {tale.planned} addresses were shown."
    if not any(isinstance(one, Quiet) for one in tale.happenings):
        return f"all went well, but no further look came{_circumstances(tale.happenings)}."
    if tale.calls != tale.planned:
        return f"the provider was called {tale.calls} times where {tale.planned} are enough."
    return ""


def to_json(tale: Tale) -> dict[str, Any]:
    """The document of `upstun demo --json`. Times are whole milliseconds, null where unknown."""
    return {
        "schema": "upstun.demo/1",
        "flips": [
            {
                "from": str(flip.before),
                "to": str(flip.address),
                "noticed_ms": _ms(flip.noticed),
                "published_ms": _ms(flip.published),
                "served_ms": _ms(flip.served),
                "verified": flip.verified,
            }
            for flip in flips(tale.happenings)
            if flip.before is not None
        ],
        "provider_calls": tale.calls,
        "rounds": tale.rounds,
        "problem": problem(tale) or None,
    }


def _circumstances(happenings: Iterable[Happening]) -> str:
    stalled = next((one for one in happenings if isinstance(one, Stalled)), None)
    if stalled is None:
        return ""
    said = f"; upstun's last word was: {stalled.last_word.rstrip('.')}" if stalled.last_word else ""
    return f" within {stalled.waited:g} s{said}"


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
