"""The real stack, a real STUN server, and routers that lead packets back or do not.

Everything runs in network namespaces, as it does at home: in a process of its own, whose stderr
must stay empty and which must not keep a task, a thread or a socket.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.discovery.webrtc.small_home import (
    BRIDGE,
    DEAD,
    HOME,
    SERVER,
    WAN,
    SmallHome,
    ask_in,
    small_home,
)
from tests.support.namespaces import Namespace, cable
from tests.support.tools import need, need_root

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]
TIDY = {"tasks": 0, "sockets": 0, "aside": 0, "complaints": []}
URL = f"stun:{SERVER}:3478"

# A server that answers ends a gather at once, so patience costs nothing there.
DEAF = {"gathering": 0.3}
NO_WAY_BACK = {"gathering": 3, "checking": 0.3}
PATIENT = {"gathering": 3, "checking": 8, "opening": 8}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHome]:
    """A home whose router masquerades and does no more."""
    with small_home(tmp_path_factory.mktemp("plain")) as made:
        yield made


@pytest.fixture(scope="module")
def dmz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHome]:
    """A home whose router leads what comes for the public address to the computer."""
    with small_home(tmp_path_factory.mktemp("dmz"), hairpin=True) as made:
        yield made


def tidy(told: dict[str, Any]) -> Any:
    """What was said, once it is sure that nothing was left behind."""
    view = told.pop("view")
    assert told == TIDY
    return view


def test_behind_a_plain_router_the_peers_do_not_meet(plain: SmallHome) -> None:
    view = tidy(plain.ask(servers=[URL], limit=20, timing=NO_WAY_BACK))
    assert view == {
        "available": True,
        "server": f"{SERVER}:3478",
        "host": [HOME],
        "srflx": [[WAN, HOME]],
        "data_channel": False,
        "note": "Nothing that was sent to the public address came back into the home; a router "
        "that leads such packets back without changing their sender looks the same from one "
        "machine.",
    }


def test_behind_a_router_that_leads_packets_back_they_say_hello(dmz: SmallHome) -> None:
    view = tidy(dmz.ask(servers=[SERVER], limit=20, timing=PATIENT, cold=True))
    assert view["srflx"] == [[WAN, HOME]]
    assert (view["data_channel"], view["note"]) == (True, "")


def test_a_bridge_that_leads_nowhere_does_not_use_up_the_time(dmz: SmallHome) -> None:
    """aioice alone would wait five seconds for it, in each of two rounds."""
    cable(dmz.computer, "docker0", dmz.world, "nowhere")
    try:
        dmz.computer.ip("address", "add", f"{BRIDGE}/16", "dev", "docker0")
        view = tidy(dmz.ask(servers=[SERVER], limit=9, timing={"checking": 3, "opening": 3}))
    finally:
        dmz.computer.ip("link", "delete", "docker0")
    assert sorted(view["host"]) == sorted([HOME, BRIDGE])
    assert (view["srflx"], view["data_channel"]) == ([[WAN, HOME]], True)


def test_a_dead_server_is_told_as_silent_well_within_the_limit(plain: SmallHome) -> None:
    view = tidy(plain.ask(servers=[DEAD], limit=4.5, timing=DEAF))
    assert (view["host"], view["srflx"], view["data_channel"]) == ([HOME], [], None)
    assert view["note"].startswith(f"{DEAD}:3478 did not answer the WebRTC stack")


def test_a_machine_that_has_the_public_address_itself_proves_nothing(plain: SmallHome) -> None:
    view = tidy(ask_in(plain.world, servers=[SERVER], limit=20, timing=NO_WAY_BACK))
    assert view["data_channel"] is None
    assert "this machine's own" in view["note"]


def test_the_end_of_the_time_keeps_what_was_learned(plain: SmallHome) -> None:
    """The checks would take longer than everything may take."""
    view = tidy(plain.ask(bare=URL, limit=2, timing={"checking": 30}))
    assert (view["srflx"], view["data_channel"]) == ([[WAN, HOME]], None)
    assert "time was up" in view["note"]


def test_without_any_network_there_is_nothing_to_try() -> None:
    need_root()
    need("sysctl")
    alone = Namespace("alone")
    try:
        by_address = tidy(ask_in(alone, servers=[SERVER], timing=DEAF))
        by_name = tidy(ask_in(alone, servers=["stun:stun.invalid"], timing=DEAF))
    finally:
        alone.close()
    assert by_address["note"].startswith("This machine has no IPv4 address")
    assert by_name["note"].startswith("WebRTC had no STUN server to ask: stun.invalid:3478")
    for view in (by_address, by_name):
        assert (view["available"], view["srflx"], view["data_channel"]) == (True, [], None)


@pytest.mark.parametrize(
    ("server", "moment"),
    [
        (SERVER, "at once"),
        (SERVER, "the thread runs"),
        (SERVER, "both peers have gathered"),
        (DEAD, "the thread runs"),
        (DEAD, "sockets are open"),
    ],
)
def test_cancelled_at_any_moment_it_leaves_nothing_behind(
    plain: SmallHome, server: str, moment: str
) -> None:
    endless = {"gathering": 30, "checking": 30}
    cold = moment == "at once"
    told = plain.ask(servers=[server], limit=30, cancel_when=moment, timing=endless, cold=cold)
    assert tidy(told) is None


@pytest.mark.parametrize(("home", "timing"), [("plain", NO_WAY_BACK), ("dmz", PATIENT)])
def test_the_stack_closes_what_it_opened_by_itself(
    home: str, timing: dict[str, float], request: pytest.FixtureRequest
) -> None:
    """Without the loop of its own that would clean up behind it."""
    there: SmallHome = request.getfixturevalue(home)
    view = tidy(there.ask(bare=URL, limit=20, timing=timing))
    assert view["data_channel"] is (home == "dmz")


def test_a_warning_of_the_libraries_does_not_reach_stderr() -> None:
    """Python prints warnings that no handler takes, and aiortc warns with tracebacks."""
    code = (
        "import logging, discovery.webrtc.peers\n"
        "for name in ('aiortc.rtcdtlstransport', 'aioice.ice'):\n"
        "    logging.getLogger(name).warning('Traceback')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
