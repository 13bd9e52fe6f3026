"""A new address is noticed by itself, by every signal alone, in every kind of home."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.lab.fair import faults
from tests.lab.lab import Lab
from tests.lab.places import MOVED, STUN_NAMES, WAN
from tests.lab.plan import Plan
from tests.lab.resident import resident

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

OWN_SERVER = {"own": [f"stun:{STUN_NAMES[0]}:3478"]}
SILENT = {
    "refuses": Plan(igd="none"),
    "drops": Plan(igd="none", stealth=True),
}


def follows(
    arrange: Arrange,
    plan: Plan,
    *signals: str,
    because: str,
    **tables: Mapping[str, Any],
) -> None:
    """Flip the line once all is quiet: both servers must follow, for the reason that is named."""
    lab = arrange(replace(plan, record="right"))
    if signals:
        tables["discovery"] = {"signals": list(signals)}
    with resident(lab, **tables) as home:
        home.listens(*signals)
        moved = lab.flip(MOVED)
        home.serves(MOVED, since=moved)
        assert any(because in why for why in home.agent.looks), home.agent.said
        home.ends()
    assert faults(lab.writes(), lab.held) == []
    assert [one.values for one in lab.writes()] == [(MOVED,)]
    assert {one.values for one in home.served.history} == {(WAN,), (MOVED,)}


def test_a_home_whose_router_says_everything(arrange: Arrange) -> None:
    follows(arrange, Plan(), because="the router")


def test_upnp_events_alone(arrange: Arrange) -> None:
    follows(arrange, Plan(natpmp=False), "gena", because="the router sent an event")


def test_upnp_events_alone_where_the_router_could_say_more(arrange: Arrange) -> None:
    follows(arrange, Plan(), "gena", because="the router sent an event")


@pytest.mark.parametrize("plan", [Plan(), Plan(upnp=False)], ids=["with UPnP", "without"])
def test_announcements_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange, plan, "natpmp_announce", because="the router announced")


@pytest.mark.parametrize("plan", [Plan(), Plan(upnp=False)], ids=["with UPnP", "without"])
def test_asking_by_nat_pmp_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange, plan, "natpmp_poll", because="(NAT-PMP)")


def test_asking_by_upnp_alone(arrange: Arrange) -> None:
    follows(arrange, Plan(natpmp=False), "upnp_poll", because="(UPnP)")


@pytest.mark.parametrize("plan", SILENT.values(), ids=SILENT)
def test_a_stun_server_of_one_s_own_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange, plan, "stun_poll", discovery__stun=OWN_SERVER, because="a STUN server sees")


@pytest.mark.parametrize("plan", SILENT.values(), ids=SILENT)
def test_everything_where_only_a_stun_server_of_one_s_own_tells(
    arrange: Arrange, plan: Plan
) -> None:
    follows(arrange, plan, discovery__stun=OWN_SERVER, because="a STUN server sees")


def test_behind_a_second_nat_a_stun_server_of_one_s_own_tells(arrange: Arrange) -> None:
    follows(
        arrange,
        Plan(upstream="one_to_one"),
        because="a STUN server sees",
        discovery={"unreachable": "publish"},
        discovery__stun=OWN_SERVER,
    )


def test_a_machine_that_has_the_public_address_itself(arrange: Arrange) -> None:
    plan = Plan(behind_router=False, igd="none")
    follows(arrange, plan, "netlink", because="of this machine")


def test_without_any_signal_nothing_is_noticed_until_somebody_asks(arrange: Arrange) -> None:
    """What the cases above would look like if nothing were heard."""
    lab = arrange(Plan(record="right"))
    with resident(lab, discovery={"signals": []}) as home:
        home.listens()
        moved = lab.flip(MOVED)
        with pytest.raises(AssertionError, match="not all serve"):
            home.serves(MOVED, since=moved, patience=3.0)
        home.agent.tell(signal.SIGUSR1)
        home.serves(MOVED, since=moved)
        home.ends()
    assert [write.values for write in lab.writes()] == [(MOVED,)]
