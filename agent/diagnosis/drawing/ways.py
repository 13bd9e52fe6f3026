"""Which ways of the drawing are open, out and in. Pure.

A way lies between two neighbours on the path. What goes out:

=====================================  ====================================================
this home                              out
=====================================  ====================================================
no way out                             blocked next to this machine; without a router, or
                                       with one, the rest is not known
the line is down, or a login page      blocked on the last way
somebody outside was heard             open; the last way narrow where UDP does not pass
nobody outside was heard               not known
=====================================  ====================================================

What comes in, from the right to the left; behind a way that is blocked nothing comes:

=====================================  ====================================================
verdict                                in
=====================================  ====================================================
a port was proved                      open
a port was refuted                     blocked next to this machine
CGNAT, DS-Lite, NAT64, no line,        blocked on the last way
no way out, login page
direct                                 narrow: this machine's firewall decides
one NAT that is the router's own,      the last way open, the others narrow: the ports that are
1:1 NAT, several lines, VPN            forwarded
two NATs                               narrow on both
shared by ports                        narrow: the ports of the share
anything else                          not known
=====================================  ====================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.facts import outside
from agent.diagnosis.finding import Finding
from discovery.observation import Family

State = Literal["open", "narrow", "blocked", "idle", "unknown"]
"""Idle: nothing comes as far as here, because another way is blocked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One direction of a way. `words` say more than the state where there is more to say."""

    state: State
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Between two neighbours on the path: out to the right, in to the left."""

    out: Lane
    back: Lane


_OPEN = Lane(state="open", words="open")
_LIKELY = Lane(state="open", words="probably open")
_UNKNOWN = Lane(state="unknown", words="not known")
_NOTHING = Lane(state="idle", words="nothing comes")

_NO_LINE = {"wan_down": "line is down", "captive": "only after a login"}
_WALLS = {
    "cgnat": "blocked",
    "cgnat_likely": "very likely blocked",
    "ds_lite": "blocked",
    "nat64": "no IPv4",
    "offline": "blocked",
    **_NO_LINE,
}
_FORWARDED = frozenset({"single_nat", "nat_1to1", "router_only", "multi_wan", "vpn_active"})


def ways(evidence: Evidence, findings: tuple[Finding, ...], count: int) -> tuple[Way, ...]:
    """The ways of a path with `count` of them, from this machine to the internet."""
    codes = frozenset(one.code for one in findings)
    out = tuple(_out(evidence, codes, count))
    back = tuple(_back(evidence, count))[::-1]
    return tuple(Way(out=one, back=other) for one, other in zip(out, back, strict=True))


def _out(evidence: Evidence, codes: frozenset[str], count: int) -> Iterator[Lane]:
    verdict = evidence.verdicts.get(Family.V4)
    code = verdict.code if verdict else None
    heard = bool(outside(evidence))
    for index in range(count):
        last = index == count - 1
        if code == "offline":
            yield _UNKNOWN if index else Lane(state="blocked", words="no connection")
        elif code in _NO_LINE:
            yield Lane(state="blocked", words=_NO_LINE[code]) if last else _OPEN
        elif not heard:
            yield _UNKNOWN
        elif last and "udp_blocked" in codes:
            yield Lane(state="narrow", words="TCP only, no UDP")
        else:
            yield _OPEN


def _back(evidence: Evidence, count: int) -> Iterator[Lane]:
    """From the internet to this machine."""
    verdict = evidence.verdicts.get(Family.V4)
    code = verdict.code if verdict else ""
    proved = [one for one in evidence.path.reaches if one.grade == "proved"]
    refuted = [one for one in evidence.path.reaches if one.grade == "refuted"]
    for index in range(count):
        inmost = index == count - 1
        if proved:
            yield Lane(state="open", words=f"{proved[0].transport.upper()} {proved[0].port} proved")
        elif code in _WALLS:
            yield _NOTHING if index else Lane(state="blocked", words=_WALLS[code])
        elif refuted and inmost:
            port = f"{refuted[0].transport.upper()} {refuted[0].port}"
            yield Lane(state="blocked", words=f"{port} blocked")
        else:
            yield _usual(code, outmost=index == 0 and count > 1)


def _usual(code: str, *, outmost: bool) -> Lane:
    """What comes in by the verdict alone, where nothing was proved."""
    if code in _FORWARDED:
        return _LIKELY if outmost else Lane(state="narrow", words="forwarded ports")
    words = {
        "direct": "as far as the firewall lets",
        "double_nat": "forwarded ports",
        "shared_ipv4": "ports of your share",
    }
    return Lane(state="narrow", words=words[code]) if code in words else _UNKNOWN
