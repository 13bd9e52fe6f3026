"""Each wish gets its source, and none is loaded before it is wished for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from discovery.interface import Surroundings
from discovery.observation import Family, Observation, Seen, Source
from discovery.signals.makers import Makers
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from discovery.signals.wishes import Case, Wish, wishes
from tests.discovery.signals.listening import Heard

LOCATION = "http://192.168.1.1:5000/rootDesc.xml"
AROUND = Surroundings(local=IPv4Address("192.168.1.10"), gateway=IPv4Address("192.168.1.1"))


class Server:
    """A STUN server that counts who asks."""

    source: Source = "stun"
    operator = "somebody"

    def __init__(self, witness: str) -> None:
        self.witness, self.asked = witness, 0

    async def observe(self, family: Family) -> Observation:
        self.asked += 1
        return Seen(
            source="stun",
            witness=self.witness,
            operator=self.operator,
            family=family,
            address=IPv4Address("81.2.69.142"),
        )


def makers(public: Server, own: Server) -> Makers:
    return Makers(stun=[public], own_stun=[own], vary=lambda: 0.5, wall=lambda: 0.0)


def every_wish() -> dict[SignalName, Wish]:
    mute = Signal(name="natpmp_poll", works=False, expected_ms=None, detail="as a test says")
    case = Case(
        allowed=EVERY_SIGNAL,
        sources=("upnp", "natpmp", "stun"),
        around=AROUND,
        location=LOCATION,
        public_stun=True,
        known={"natpmp_poll": mute},
    )
    return {wish.name: wish for wish in wishes(case)}


@pytest.mark.parametrize("name", EVERY_SIGNAL)
def test_every_wish_gets_the_source_of_its_name(name: SignalName) -> None:
    make = makers(Server("public"), Server("own"))
    assert make(every_wish()[name], Heard()).name == name


@pytest.mark.parametrize("own", [True, False])
def test_servers_of_ones_own_are_asked_in_place_of_the_public_ones(own: bool) -> None:
    public, mine = Server("public"), Server("own")

    async def main() -> None:
        async with makers(public, mine)(Wish(name="stun_poll", own=own, every=60.0), Heard()):
            pass

    asyncio.run(main())
    assert (public.asked, mine.asked) == ((0, 1) if own else (1, 0))


def test_no_source_is_loaded_before_it_is_wished_for() -> None:
    code = "import sys, discovery.signals.listening\nprint(*sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if name.startswith("discovery.")}
    sources = ("gena", "ssdp_notify", "announcements", "links", "clock", "poller", "natpmp_poll")
    assert "discovery.signals.upkeep" in loaded
    assert not loaded & {f"discovery.signals.{name}" for name in sources}
    assert not any(name.startswith("discovery.router") for name in loaded)
