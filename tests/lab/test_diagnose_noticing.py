"""`upstun diagnose` says how soon a new address would be noticed, in homes where that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.lab.conftest import Arrange
from tests.lab.lab import Lab
from tests.lab.places import STUN_NAMES
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab

OWN = {"discovery__stun": {"own": [f"stun:{STUN_NAMES[0]}:3478"]}}
SILENT = Plan(igd="none")
SHARED = Plan(upstream="one_to_one")


def only(*signals: str) -> Mapping[str, Any]:
    """A configuration that listens to these alone."""
    return {"discovery": {"signals": list(signals)}}


def diagnosed(lab: Lab, tables: Mapping[str, Any]) -> Any:
    lab.config(**tables)
    return lab.upstun("diagnose", "--json").json


@pytest.mark.parametrize(
    ("plan", "tables", "by", "in_s", "latest_s"),
    [
        pytest.param(Plan(), {}, "gena", 0.035, 5.0, id="a router that says everything"),
        pytest.param(Plan(natpmp=False), {}, "gena", 0.035, 10.0, id="UPnP"),
        pytest.param(Plan(upnp=False), {}, "natpmp_poll", 1.0, 1.0, id="NAT-PMP"),
        pytest.param(
            Plan(), only("natpmp_poll", "stun_poll"), "natpmp_poll", 1.0, 1.0, id="events left out"
        ),
        pytest.param(Plan(), only("stun_poll"), "stun_poll", 30.0, 30.0, id="STUN is left"),
        pytest.param(Plan(), only("natpmp_announce"), None, 360.0, 360.0, id="not proved"),
        pytest.param(SILENT, {}, "stun_poll", 30.0, 30.0, id="a silent router"),
        pytest.param(SILENT, OWN, "stun_poll", 1.2, 1.2, id="a silent router, an own STUN server"),
        pytest.param(SHARED, {}, "stun_poll", 72.0, 72.0, id="behind a second NAT"),
        pytest.param(SHARED, OWN, "stun_poll", 1.2, 1.2, id="behind it, an own STUN server"),
        pytest.param(
            Plan(behind_router=False, igd="none"),
            *({}, "netlink", 0.005, 30.0),
            id="the machine has the address",
        ),
    ],
)
def test_how_soon_and_by_what(
    arrange: Arrange,
    plan: Plan,
    tables: Mapping[str, Any],
    by: str | None,
    in_s: float,
    latest_s: float,
) -> None:
    document = diagnosed(arrange(plan), tables)
    assert document["noticed"]["ipv4"] == {"in_s": in_s, "by": by, "latest_s": latest_s}
    assert document["noticed_in_s"] == in_s
    slow = {one["code"] for one in document["findings"]} & {"slow_to_notice"}
    assert bool(slow) is (by is None)


def test_what_is_left_out_is_not_tried_and_putting_it_back_is_advised(arrange: Arrange) -> None:
    document = diagnosed(arrange(Plan()), only())
    assert all(one["left_out"] and one["works"] is None for one in document["signals"])
    (slow,) = [one for one in document["findings"] if one["code"] == "slow_to_notice"]
    assert slow["fix"].startswith("Put natpmp_poll, upnp_poll, gena and stun_poll back into")


@contextmanager
def firewall(lab: Lab) -> Iterator[None]:
    """The machine lets nobody begin a TCP connection to it."""
    chain = "type filter hook input priority 0; tcp flags & (syn | ack) == syn drop;"
    home = lab.topology.home
    home.run("nft", "-f", "-", text=f"table ip wall {{ chain in {{ {chain} }}; }}\n")
    try:
        yield
    finally:
        home.run("nft", "delete", "table", "ip", "wall")


def test_a_firewall_that_drops_the_routers_events_is_found_out(arrange: Arrange) -> None:
    lab = arrange(Plan(natpmp=False))
    with firewall(lab):
        document = diagnosed(lab, {})
        text = lab.upstun("diagnose").stdout
    gena = next(one for one in document["signals"] if one["name"] == "gena")
    assert (gena["works"], gena["unheard"]) == (False, True)
    assert document["noticed"]["ipv4"] == {"in_s": 5.0, "by": "upnp_poll", "latest_s": 5.0}
    assert "Let the router's events in" in " ".join(text.split())
