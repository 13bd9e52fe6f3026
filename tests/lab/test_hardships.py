"""What happens to lines, routers and cables, and what a hostile neighbour says of them.

Each ends right. BIND's own log tells that nothing wrong was written on the way, and nothing twice.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lab.fair import APART_S, faults
from tests.lab.forger import Forger
from tests.lab.lab import Lab
from tests.lab.packet import Packet, kinds, updates
from tests.lab.places import (
    MOVED,
    NEIGHBOUR,
    PRIMARY,
    RESOLVER,
    ROUTER,
    SECONDARY,
    STUN,
    STUN_NAMES,
    WAN,
)
from tests.lab.plan import Plan
from tests.lab.resident import Resident, resident

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

SETTLED_S = 12.0  # after this the agent has looked for the last time after a change
RIGHT = {PRIMARY: [WAN], SECONDARY: [WAN]}
RIGHT_AGAIN = {PRIMARY: [MOVED], SECONDARY: [MOVED]}


def written(lab: Lab) -> list[str]:
    """The addresses that were written, in order; none of them wrong."""
    assert faults(lab.writes(), lab.held) == []
    return [value for write in lab.writes() for value in write.values]


def served(home: Resident) -> set[str]:
    """Every address that any name server showed at any time."""
    return {value for seen in home.served.history for value in seen.values}


# ---- the router ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.5, 5.0])
def test_a_rebooted_router_with_another_address(arrange: Arrange, seconds: float) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        back = lab.reboot_router(seconds, address=MOVED)
        home.serves(MOVED, since=back)
        home.ends()
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}


def test_a_rebooted_router_with_the_same_address(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        lab.reboot_router(5.0)
        lab.rest(SETTLED_S)
        assert lab.writes() == ()
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        home.ends()
    assert written(lab) == [MOVED]


@pytest.mark.parametrize(
    ("plan", "signals"),
    [
        pytest.param(Plan(), [], id="all it has"),
        pytest.param(Plan(natpmp=False), ["gena", "ssdp"], id="UPnP and its restarts alone"),
        pytest.param(Plan(natpmp=False), ["gena", "upnp_poll"], id="UPnP asked alone"),
        pytest.param(Plan(upnp=False), ["natpmp_announce"], id="NAT-PMP's announcements alone"),
    ],
)
def test_a_restarted_service_and_then_a_flip(
    arrange: Arrange, plan: Plan, signals: list[str]
) -> None:
    """The restart makes the router forget who subscribed to its events, without a word to them."""
    lab = arrange(Plan(record="right", upnp=plan.upnp, natpmp=plan.natpmp))
    tables: dict[str, Mapping[str, Any]] = {"discovery": {"signals": signals}} if signals else {}
    with resident(lab, **tables) as home:
        home.listens(*signals)
        lab.restart_router_service()
        lab.rest(SETTLED_S)
        assert lab.writes() == ()
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        home.ends()
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}


# ---- the line -----------------------------------------------------------------------------------


def test_the_old_address_again_after_a_gap_is_nothing_to_write(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        lab.flip(WAN, gap=4.0)
        lab.rest(SETTLED_S)
        assert written(lab) == []
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        home.ends()
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}


@pytest.mark.parametrize("gap", [0.05, 4.0])
def test_another_address_after_a_gap_is_written_once(arrange: Arrange, gap: float) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        back = lab.flip(MOVED, gap=gap)
        home.serves(MOVED, since=back)
        lab.rest(SETTLED_S)
        home.ends()
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}


STUN_ALONE = {"discovery__stun": {"own": [f"stun:{STUN_NAMES[0]}:3478"]}}


@pytest.mark.parametrize(
    ("plan", "tables"),
    [
        pytest.param(Plan(record="right"), {}, id="a router that says everything"),
        pytest.param(Plan(record="right", natpmp=False), {}, id="UPnP alone"),
        pytest.param(Plan(record="right", upnp=False), {}, id="NAT-PMP alone"),
        pytest.param(Plan(record="right", igd="none"), STUN_ALONE, id="STUN alone"),
    ],
)
def test_ten_flips_in_ten_seconds_are_two_writes(
    arrange: Arrange, plan: Plan, tables: Mapping[str, Mapping[str, Any]]
) -> None:
    """The first, for nobody can know what follows; and the last, once ten seconds are over."""
    lab = arrange(plan)
    flaps = [f"81.2.69.{150 + number}" for number in range(10)]
    with resident(lab, **tables) as home:
        home.listens()
        moved = time.monotonic()
        for address in flaps:
            lab.rest(moved + 1.0 - time.monotonic())
            moved = lab.flip(address)
        home.serves(flaps[-1], since=moved)
        lab.rest(SETTLED_S)
        home.ends()
    assert written(lab) in ([flaps[0], flaps[-1]], [flaps[1], flaps[-1]])
    assert lab.zone() == {PRIMARY: [flaps[-1]], SECONDARY: [flaps[-1]]}


def test_an_address_that_comes_back_within_ten_seconds_ends_right(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        again = lab.flip(WAN)
        home.serves(WAN, since=again)
        home.ends()
    assert written(lab) == [MOVED, WAN]
    first, second = lab.writes()
    assert second.at - first.at < 2 * APART_S


# ---- the home's own cable -----------------------------------------------------------------------


def test_a_cable_pulled_for_some_seconds(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        lab.cable(plugged=False)
        lab.rest(4.0)
        lab.cable(plugged=True)
        lab.rest(SETTLED_S)
        assert (lab.writes(), lab.zone()) == ((), RIGHT)
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        home.ends()
    assert written(lab) == [MOVED]


def test_a_flip_while_the_cable_is_pulled_is_noticed_when_it_is_plugged_in(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home:
        home.listens("gena", "natpmp_poll")
        lab.cable(plugged=False)
        lab.rest(2.0)
        lab.flip(MOVED)
        lab.rest(2.0)
        lab.cable(plugged=True)
        home.serves(MOVED)
        home.ends()
    assert (written(lab), lab.zone()) == ([MOVED], RIGHT_AGAIN)


# ---- a quiet home -------------------------------------------------------------------------------


def state(lab: Lab) -> dict[Path, tuple[int, int, int]]:
    """What would tell of a write: when each file of the memory was written, and how long it is."""
    files = (lab.config_path.parent / "state").glob("state.sqlite3*")
    told = ((file, file.stat()) for file in files)
    return {file: (stat.st_ino, stat.st_mtime_ns, stat.st_size) for file, stat in told}


def asked(packets: tuple[Packet, ...]) -> Counter[str]:
    return Counter(packet.destination for packet in packets)


def test_a_quiet_home_asks_its_router_and_hardly_anybody_else(arrange: Arrange) -> None:
    lab = arrange(Plan())
    with resident(lab) as home:
        home.serves(WAN)
        home.listens("gena", "natpmp_poll")
        # The router's first regular notice, half a minute after its start, proves one signal more.
        lab.rest(30.0)
        home.agent.await_words("signal ssdp")
        lab.rest(SETTLED_S)
        before, looks, said = state(lab), len(home.agent.looks), home.agent.said
        lab.captured()
        lab.rest(30.0)
        left = lab.captured()
        assert state(lab) == before
        assert (len(home.agent.looks), home.agent.said) == (looks, said)
        home.ends()
    assert kinds(left) <= {"stun", "dns"}
    assert sum(packet.kind == "stun" for packet in left) <= 1
    assert asked(left).keys() <= {*STUN, RESOLVER}, "nothing but a STUN server, and its name"
    assert updates(left) == 0
    assert written(lab) == [WAN]


# ---- a hostile neighbour ------------------------------------------------------------------------

FLOOD_S = 20.0


@pytest.mark.parametrize(
    ("sender", "looks"),
    [
        pytest.param(ROUTER, 3, id="in the router's name"),
        # The router's own regular notices begin half a minute after its start.
        pytest.param(NEIGHBOUR, 1, id="in its own"),
    ],
)
def test_forged_announcements_change_nothing_and_cost_little(
    arrange: Arrange, sender: str, looks: int
) -> None:
    """Ten thousand of them in twenty seconds. Most looks are glances at the router alone."""
    lab = arrange(Plan(record="right"))
    with resident(lab) as home, Forger(lab.topology.neighbour) as forger:
        home.listens("gena", "natpmp_poll")
        lab.rest(SETTLED_S)
        before = len(home.agent.looks)
        lab.captured()
        assert forger.flood(FLOOD_S, sender) > 5_000
        left = lab.captured()
        assert len(home.agent.looks) - before <= looks, home.agent.said
        assert (lab.writes(), lab.zone()) == ((), RIGHT)
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        home.ends()
    assert updates(left) == 0
    assert "http" not in kinds(left)
    assert len(left) <= 40, asked(left)
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}


def test_a_flip_in_the_middle_of_a_flood_is_followed(arrange: Arrange) -> None:
    lab = arrange(Plan(record="right"))
    with resident(lab) as home, Forger(lab.topology.neighbour) as forger:
        home.listens("gena", "natpmp_poll")
        forger.flood(5.0)
        moved = lab.flip(MOVED)
        forger.flood(5.0)
        home.serves(MOVED, since=moved)
        home.ends()
    assert written(lab) == [MOVED]
    assert served(home) == {WAN, MOVED}
