"""Part "flips": how soon upstun has a new address served, by each way of being told of it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench import programs
from tests.bench.household import Household
from tests.bench.tap import Sent
from tests.lab.places import RECORD, STUN_NAMES, WAN
from tests.lab.plan import Plan

APART = (10.5, 14.0)  # seconds from one address being served to the next flip, at random
_PATIENCE = 60.0  # seconds after which a flip counts as missed
_AT_START = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of being told: what the router speaks, and which signals upstun may use."""

    title: str
    plan: Plan
    discovery: Mapping[str, Any] = field(default_factory=dict)
    stun: Mapping[str, Any] = field(default_factory=dict)


def _alone(signal: str) -> dict[str, Any]:
    return {"signals": [signal]}


WAYS = (
    Way(title="a router that speaks; every signal", plan=Plan()),
    Way(title="UPnP events (GENA) alone", plan=Plan(natpmp=False), discovery=_alone("gena")),
    Way(
        title="NAT-PMP announcements alone",
        plan=Plan(upnp=False),
        discovery=_alone("natpmp_announce"),
    ),
    Way(
        title="NAT-PMP asked now and then, alone",
        plan=Plan(upnp=False),
        discovery=_alone("natpmp_poll"),
    ),
    Way(
        title="STUN alone, with a server of one's own; the router says nothing",
        plan=Plan(igd="none"),
        discovery={**_alone("stun_poll"), "ipv4": ["stun"]},
        stun={"own": [f"stun:{STUN_NAMES[0]}:3478"]},
    ),
)


def measure(household: Household, flips: int) -> list[dict[str, Any]]:
    """A row for each way: seconds from the flip to the provider call, and to both servers."""
    return [_row(household, way, flips) for way in WAYS]


def _row(household: Household, way: Way, flips: int) -> dict[str, Any]:
    lab, home = household.lab, household.home
    household.arrange(way.plan)
    tables = {"discovery": dict(way.discovery), "discovery.stun": dict(way.stun)}
    program = programs.upstun(home.room, lab.secrets, tables)
    rows = []
    with home.running(program.daemon), household.watch(RECORD) as watch:
        watch.expect(WAN)
        if not watch.wait(_AT_START):
            raise RuntimeError(f"{way.title}: nothing was published at the start:\n{home.log}")
        for address in fresh_addresses(flips):
            time.sleep(random.uniform(*APART))
            home.tap.take()
            watch.expect(address)
            moment = lab.flip(address)
            watch.wait(_PATIENCE)
            served = watch.everywhere().get(RECORD)
            call = first_update(home.tap.take(), moment)
            rows.append(since(moment, call=call, served=served))
    return {"way": way.title, "flips": rows}


def fresh_addresses(count: int) -> Iterator[str]:
    """Addresses of the provider's, none of which the home has had."""
    return (f"81.2.69.{160 + number % 90}" for number in range(count))


def first_update(sent: list[Sent], moment: float) -> float | None:
    """When the first request with opcode UPDATE left."""
    return next((at for at, one in sent if at >= moment and one.is_dns_update), None)


def since(moment: float, **times: float | None) -> dict[str, float | None]:
    """Each time in seconds since the moment; None for what did not happen."""
    return {what: None if at is None else round(at - moment, 4) for what, at in times.items()}
