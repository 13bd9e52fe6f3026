"""What is advised to be told sooner: only what would be of use in this home."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

import pytest

from agent.diagnosis.evidence import Evidence
from agent.diagnosis.judge import judge
from agent.diagnosis.sooner import router_could_tell, sooner
from agent.values import Config, Discovery
from discovery.observation import Observation, Why
from discovery.path.view import Ownership, PathView
from discovery.router.view import RouterView
from discovery.signals.view import EVERY_SIGNAL, SignalName
from tests.support.evidence import plain_home
from tests.support.evidence_parts import AROUND, GATEWAY, IGD
from tests.support.sightings import PMP, PUBLIC, ROUTER, STUN, missed
from tests.support.signals import NAT_PMP, STUN_WORDS, UPNP, tried, without

FIREWALL = "Let the router's events in: the firewall of this machine"
SWITCH_ON = "Switch UPnP or NAT-PMP on in the router."
ASK = "Let the router be asked: put upnp and natpmp into ipv4 under [discovery]."
NAT_PMP_TOO = "If the router has NAT-PMP, switch that on"
OWN = "If you have a STUN server of your own"
INNER = missed(ROUTER, Why.NOT_PUBLIC, "100.72.13.9")
REFUSES = missed(ROUTER, Why.NO_ADDRESS)
BEYOND = (Ownership(address=PUBLIC, owner="beyond", because="It is further away."),)


def home(
    upnp: Observation | None = missed(ROUTER),  # noqa: B008 - a frozen value
    natpmp: Observation | None = missed(PMP),  # noqa: B008 - a frozen value
    *,
    outside: tuple[Observation, ...] = STUN_WORDS,
    allowed: Collection[SignalName] = EVERY_SIGNAL,
    events: bool = True,
    path: PathView | None = None,
    gateway: bool = True,
) -> Evidence:
    view = RouterView(
        gateway=str(GATEWAY), igds=(IGD,) if upnp == UPNP else (), upnp=upnp, natpmp=natpmp
    )
    said = tuple(one for one in (upnp, natpmp, *outside) if one is not None)
    made = plain_home(
        around=AROUND if gateway else replace(AROUND, gateway=None),
        witnesses=said,
        verdicts={},
        router=view,
        signals=tried(view, outside, events=events, allowed=allowed),
        path=path or PathView(),
    )
    settings = Discovery(signals=tuple(allowed), stun_servers=("stun:stun.one.example:3478",))
    return judge(made, Config(source="upstun.toml", discovery=settings))


class Row(NamedTuple):
    title: str
    home: Evidence
    advice: str


ROWS = [
    Row("events come", home(UPNP), ""),
    Row("NAT-PMP is asked each second", home(natpmp=NAT_PMP), ""),
    Row("nothing gets out", home(outside=(missed(STUN[0], Why.NO_ROUTE),)), ""),
    Row("nothing was tried", replace(home(), signals=()), ""),
    Row("events are dropped", home(UPNP, events=False), FIREWALL),
    Row("events are dropped, and NAT-PMP is asked", home(UPNP, NAT_PMP, events=False), ""),
    Row(
        "events are left out",
        home(UPNP, allowed=without("gena")),
        "Put gena back into signals under [discovery].",
    ),
    Row(
        "nothing is listened to, and the router is silent",
        home(allowed=()),
        "Put stun_poll, natpmp_poll, upnp_poll and gena back into signals under [discovery].",
    ),
    Row(
        "nothing is listened to, and the router has an inner address",
        home(INNER, allowed=()),
        "Put stun_poll back into signals under [discovery].",
    ),
    Row("the router is silent", home(), SWITCH_ON),
    Row("the router has another protocol left out", home(natpmp=None), SWITCH_ON),
    Row("nobody asks the router", home(None, None), ASK),
    Row("no router is there", home(gateway=False), OWN),
    Row("UPnP is all there is", home(UPNP, events=False, allowed=without("gena")), "Put gena"),
    Row("CGNAT", home(INNER), OWN),
    Row("CGNAT, and the router refuses to say", home(REFUSES), OWN),
    Row("a second NAT behind a silent router", home(path=PathView(ownership=BEYOND)), OWN),
    Row("CGNAT, and STUN is silent", home(INNER, outside=()), ""),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_advice(row: Row) -> None:
    told = sooner(row.home)
    assert told.startswith(row.advice)
    assert bool(told) is bool(row.advice)


def test_a_router_that_has_upnp_without_events_may_have_nat_pmp() -> None:
    made = home(UPNP)
    refused = (replace(one, works=False) if one.name == "gena" else one for one in made.signals)
    again = judge(replace(made, signals=tuple(refused)), Config(source="upstun.toml"))
    assert sooner(again).startswith(NAT_PMP_TOO)


@pytest.mark.parametrize(
    ("evidence", "could"),
    [
        (home(), True),
        (home(UPNP), False),
        (home(missed(ROUTER, Why.DOWN)), False),
        (home(INNER), False),
        (home(path=PathView(ownership=BEYOND)), False),
        (home(gateway=False), False),
        (plain_home(witnesses=(), router=None, verdicts={}), True),
    ],
)
def test_a_router_that_has_told_nothing_could_tell(evidence: Evidence, could: bool) -> None:
    assert router_could_tell(evidence) is could
