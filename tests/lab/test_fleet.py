"""One agent, six services of five kinds, five new addresses; and one of the services is down."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests.lab.fleet import KNOT_RECORD, SERVED_BY, TOLD_RECORDS, Fleet
from tests.lab.home import Living
from tests.lab.lab import Lab
from tests.lab.plan import Plan

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

FLIPS = tuple(f"81.2.69.{host}" for host in (151, 152, 153, 154, 155))
APART = 12.0  # seconds; the same record is not told another address within ten
SOON = 8.0  # seconds within which all others have the new address, long before a call's time is up
CATCH_UP = 120.0  # a dyndns2 service is left alone for a minute after it failed


def wait_for(
    fleet: Fleet, agent: Living, names: Collection[str], address: str, limit: float
) -> None:
    deadline = time.monotonic() + limit
    while wrong := {name: fleet.held(name) for name in names if fleet.held(name) != [address]}:
        assert time.monotonic() < deadline, f"{wrong} instead of {address}:\n{agent.said}"
        time.sleep(0.1)


def down_for_two_flips(
    arrange: Arrange,
    room: Path,
    name: str,
    switch: Callable[[Fleet, bool], None],
) -> Fleet:
    """Flip five times; during the second and third one service is down. Everybody is right then."""
    lab = arrange(Plan(record="right"))
    lab.config(agent={"log": "json"})
    others = [other for other in SERVED_BY if other != name]
    with Fleet(lab, room) as fleet:
        lab.config_path.write_text(fleet.config())
        with lab.living("run") as agent:
            wait_for(fleet, agent, SERVED_BY, lab.topology.outer, 30.0)
            lab.rest(APART)
            for number, address in enumerate(FLIPS, 1):
                if number == 2:
                    switch(fleet, False)
                if number == 4:
                    switch(fleet, True)
                moved = lab.flip(address)
                wait_for(fleet, agent, others, address, SOON)
                lab.rest(max(0.0, moved + APART - time.monotonic()))
            wait_for(fleet, agent, SERVED_BY, FLIPS[-1], CATCH_UP)
        return fleet


def test_a_service_that_takes_requests_and_never_answers(arrange: Arrange, tmp_path: Path) -> None:
    def switch(fleet: Fleet, up: bool) -> None:
        fleet.tellers[1].deaf = not up

    fleet = down_for_two_flips(arrange, tmp_path / "fleet", TOLD_RECORDS[1], switch)
    assert fleet.tellers[0].heard[-5:] == list(FLIPS)
    assert fleet.tellers[1].heard[-1] == FLIPS[-1]
    assert len(fleet.tellers[1].heard) < len(fleet.tellers[0].heard), "old news is not told later"


def test_a_name_server_that_is_gone(arrange: Arrange, tmp_path: Path) -> None:
    def switch(fleet: Fleet, up: bool) -> None:
        if up:
            fleet.start_knot()
        else:
            fleet.knot.stop()

    down_for_two_flips(arrange, tmp_path / "fleet", KNOT_RECORD, switch)
