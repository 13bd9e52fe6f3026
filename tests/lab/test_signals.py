"""A new address is noticed by itself, by every signal alone, in every kind of home."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.lab.fair import faults
from tests.lab.home import Living
from tests.lab.lab import Lab
from tests.lab.places import MOVED, PRIMARY, RECORD, SECONDARY, STUN_NAMES, WAN
from tests.lab.plan import Plan
from tests.support.daemon import until

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

OWN_SERVER = {"own": [f"stun:{STUN_NAMES[0]}:3478"]}
SILENT = {
    "refuses": Plan(igd="none"),
    "drops": Plan(igd="none", stealth=True),
}


def listens(agent: Living, *names: str) -> None:
    """Wait until the agent has said of these signals that they are used."""

    def used() -> set[str]:
        told = (event["signal"] for event in agent.events if event["type"] == "Listened")
        return {one["name"] for one in told if one["works"] is not False}

    until(lambda: set(names) <= used(), lambda: f"of {names} only {used()}:\n{agent.said}")


def follows(
    lab: Lab, *signals: str, stun: Mapping[str, Any] | None = None, because: str = ""
) -> None:
    """Flip the line once all is quiet: both servers must follow, for the reason that is named."""
    only = {"signals": list(signals)} if signals else {}
    lab.config(agent={"log": "json"}, discovery=only, discovery__stun=stun or {})
    with lab.watch_served() as served, lab.living("run") as agent:
        served.moment(WAN)
        listens(agent, *signals)
        looks = len(agent.looks)
        moved = lab.flip(MOVED)
        served.moment(MOVED, since=moved)
        agent.await_words(f'"{MOVED}"')
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert because in agent.looks[looks], agent.looks
    assert faults(lab.writes(), lab.held) == []
    assert [one.values for one in lab.writes()] == [(WAN,), (MOVED,)]
    assert {one.values for one in served.history[2:]} == {(WAN,), (MOVED,)}
    assert lab.zone() == {PRIMARY: [MOVED], SECONDARY: [MOVED]}


def test_a_home_whose_router_says_everything(arrange: Arrange) -> None:
    follows(arrange(Plan()), because="the router")


def test_upnp_events_alone(arrange: Arrange) -> None:
    follows(arrange(Plan(natpmp=False)), "gena", because="the router sent an event")


def test_upnp_events_alone_where_the_router_could_say_more(arrange: Arrange) -> None:
    follows(arrange(Plan()), "gena", because="the router sent an event")


@pytest.mark.parametrize("plan", [Plan(), Plan(upnp=False)], ids=["with UPnP", "without"])
def test_announcements_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange(plan), "natpmp_announce", because="the router announced")


@pytest.mark.parametrize("plan", [Plan(), Plan(upnp=False)], ids=["with UPnP", "without"])
def test_asking_by_nat_pmp_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange(plan), "natpmp_poll", because="(NAT-PMP)")


def test_asking_by_upnp_alone(arrange: Arrange) -> None:
    follows(arrange(Plan(natpmp=False)), "upnp_poll", because="(UPnP)")


@pytest.mark.parametrize("plan", SILENT.values(), ids=SILENT)
def test_a_stun_server_of_one_s_own_alone(arrange: Arrange, plan: Plan) -> None:
    follows(arrange(plan), "stun_poll", stun=OWN_SERVER, because="a STUN server sees")


@pytest.mark.parametrize("plan", SILENT.values(), ids=SILENT)
def test_everything_where_only_a_stun_server_of_one_s_own_tells(
    arrange: Arrange, plan: Plan
) -> None:
    follows(arrange(plan), stun=OWN_SERVER, because="a STUN server sees")


def test_behind_a_second_nat_a_stun_server_of_one_s_own_tells(arrange: Arrange) -> None:
    plan = Plan(upstream="one_to_one")
    follows(arrange(plan), stun=OWN_SERVER, because="a STUN server sees")


def test_a_machine_that_has_the_public_address_itself(arrange: Arrange) -> None:
    plan = Plan(behind_router=False, igd="none")
    follows(arrange(plan), "netlink", because="of this machine")


def test_without_any_signal_nothing_is_noticed_until_somebody_asks(arrange: Arrange) -> None:
    """What the cases above would look like if nothing were heard."""
    lab = arrange(Plan())
    lab.config(agent={"log": "json"}, discovery={"signals": []})
    with lab.watch_served() as served, lab.living("run") as agent:
        served.moment(WAN)
        moved = lab.flip(MOVED)
        with pytest.raises(AssertionError, match="not all serve"):
            served.moment(MOVED, since=moved, patience=3.0)
        agent.tell(signal.SIGUSR1)
        served.moment(MOVED, since=moved)
        agent.tell(signal.SIGTERM)
        assert agent.ended() == 0
    assert [write.name for write in lab.writes()] == [RECORD, RECORD]
