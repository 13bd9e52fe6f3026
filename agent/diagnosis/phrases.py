"""Small parts of speech that every form of a report shares. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil

from agent.diagnosis.evidence import Noticing
from agent.diagnosis.facts import listed
from discovery.observation import (
    DohEvidence,
    Observation,
    PmpEvidence,
    Seen,
    StunEvidence,
)
from discovery.signals.view import SignalName

_ENDS = (".", "!", "?", "…", ".”")
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*[,;:]?")
_SECOND_MS = 1000
_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"))


_BY: Mapping[SignalName | None, str] = {
    "netlink": "by watching this machine's own network",
    "gena": "by UPnP events of the router",
    "natpmp_poll": "by asking the router (NAT-PMP)",
    "upnp_poll": "by asking the router (UPnP)",
    "stun_poll": "by asking a server outside (STUN)",
    None: "by looking now and then",
}


def sentence(text: str) -> str:
    """A clause as a sentence: a capital letter in front and a dot behind.

    A name in front ("eth0", "stun.example.net:3478") keeps its spelling.
    """
    text = text.strip()
    if not text:
        return ""
    head = text.split(maxsplit=1)[0]
    if _PLAIN_WORD.fullmatch(head) and head.islower():
        text = text[0].upper() + text[1:]
    return text if text.endswith(_ENDS) else f"{text}."


def clause(text: str) -> str:
    """A sentence as a part of another: without its dot."""
    return text.strip().removesuffix(".")


def took(seconds: float) -> str:
    """How long an answer took: "18 ms"."""
    milliseconds = round(seconds * _SECOND_MS)
    return f"{milliseconds} ms" if milliseconds else "under 1 ms"


def lasting(seconds: float) -> str:
    """A time that people plan by, in the unit that they would choose: "5 ms", "90 s", "24 hours".

    Exact below two minutes; above, whole units, the rest cut off.
    """
    if seconds < 1:
        return f"{seconds * _SECOND_MS:.0f} ms"
    for size, name in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {name}"
    return f"{seconds:g} s"


def within(seconds: float) -> str:
    """A bound, as `lasting` tells a time; rounded up, for one that is rounded down is none."""
    size = next((size for size, _ in _UNITS if seconds >= 2 * size), None)
    return f"within {lasting(seconds if size is None else ceil(seconds / size) * size)}"


def noticed(noticing: Noticing) -> str:
    """How soon a new address is noticed, and by what: "within 1 s, by asking the router"."""
    text = f"{within(noticing.seconds)}, {_BY[noticing.by]}"
    if noticing.by == "gena":
        text += f"; if an event gets lost, {within(noticing.latest_s)}"
    return text


def first_of(items: Sequence[str], most: int) -> tuple[str, ...]:
    """The first items, and how many more there are."""
    if len(items) <= most:
        return tuple(items)
    return (*items[:most], f"and {len(items) - most} more")


def speaker(said: Observation) -> str:
    """Who spoke, and in which protocol: "router PCP", "cloudflare.com STUN".

    One operator may be heard by several protocols; by the protocol the reader can tell them apart.
    """
    told = said.evidence
    match said.source:
        case "upnp":
            return "router UPnP"
        case "natpmp":
            by_pcp = isinstance(told, PmpEvidence) and told.protocol == "pcp"
            return f"router {'PCP' if by_pcp or '(PCP)' in said.witness else 'NAT-PMP'}"
        case "stun":
            by_tcp = isinstance(told, StunEvidence) and told.transport == "tcp"
            return f"{said.operator} STUN{' over TCP' * by_tcp}"
        case "http" if isinstance(told, DohEvidence) or said.witness.endswith("(DoH)"):
            return f"{said.operator} DoH"
        case "http":
            return f"{said.operator} {'HTTP' if said.witness.startswith('http://') else 'HTTPS'}"
        case _:
            return "this machine"


def who_says(said: Iterable[Observation]) -> Iterator[str]:
    """Who names an address, and how fast: a line for each family in which somebody does."""
    said = tuple(said)
    heard = [one for one in said if isinstance(one, Seen)]
    if not heard:
        asked = f"Nobody: {len(said)} were asked, none named an address."
        yield asked if said else "Nobody was asked."
    for family in sorted({one.family for one in heard}):
        parts = [f"{speaker(one)} {took(one.elapsed)}" for one in heard if one.family is family]
        silent = sum(not isinstance(one, Seen) and one.family is family for one in said)
        parts += [f"{silent} named none"] * bool(silent)
        yield f"IPv{family:d}: {' · '.join(parts)}"


def named(items: Iterable[object], nothing: str) -> str:
    """Items as a sentence has them, or the word for none."""
    return listed(items) or nothing
