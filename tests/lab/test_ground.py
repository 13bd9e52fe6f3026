"""The lab itself, with standard tools: each server answers from the home, each fault is real."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import get_args

import pytest

from tests.lab.asking import curl, header, igd, natpmp, stun
from tests.lab.lab import Lab
from tests.lab.packet import connections, kinds, updates
from tests.lab.places import (
    CLOUDFLARE_DOH_NAME,
    ECHO_NAMES,
    MOVED,
    POWER_RECORD,
    PRIMARY,
    RECORD,
    RESOLVER,
    SECONDARY,
    STALE,
    STUN,
    STUN_NAMES,
    WAN,
)
from tests.lab.plan import Plan, Upstream
from tests.support.namespaces import Namespace, sweep
from tests.support.tools import need_root

pytestmark = pytest.mark.lab
Arrange = Callable[[Plan], Lab]

REFUSED = "ConnectionRefusedError"
_HERE = Path(__file__).parent


def test_the_router_tells_its_address_by_upnp_and_nat_pmp_and_nothing_leaves_the_home(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan())
    assert (igd(lab), natpmp(lab)) == (repr(WAN), f"0 {WAN}")
    assert lab.home(sys.executable, str(_HERE / "ask_igd.py")).left == ()


@pytest.mark.parametrize(
    ("plan", "upnp", "pmp"),
    [
        pytest.param(Plan(upnp=False), "nothing", f"0 {WAN}", id="UPnP off"),
        pytest.param(Plan(natpmp=False), repr(WAN), REFUSED, id="NAT-PMP off"),
        pytest.param(Plan(upnp=False, natpmp=False), "nothing", REFUSED, id="both off"),
        pytest.param(Plan(upstream="cgnat"), "''", "3 0.0.0.0", id="CGNAT"),
        pytest.param(Plan(upstream="double_nat"), "''", "3 0.0.0.0", id="two routers"),
        pytest.param(
            Plan(upstream="cgnat", igd="fake:plain"), "'100.64.0.5'", REFUSED, id="CGNAT named"
        ),
        pytest.param(
            Plan(upstream="double_nat", igd="fake:plain"), "'10.0.0.5'", REFUSED, id="inner named"
        ),
        pytest.param(Plan(upstream="one_to_one"), "''", "3 0.0.0.0", id="1:1"),
        pytest.param(Plan(upstream="ds_lite"), "''", "3 0.0.0.0", id="DS-Lite"),
        pytest.param(
            Plan(upstream="ds_lite", igd="fake:plain"), "'192.0.0.2'", REFUSED, id="DS-Lite named"
        ),
        pytest.param(Plan(wan_up=False), "''", "3 0.0.0.0", id="line down"),
        pytest.param(Plan(igd="fake:stale"), repr(STALE), REFUSED, id="yesterday's"),
        pytest.param(Plan(two_lines=True), repr(WAN), f"0 {WAN}", id="two lines"),
        pytest.param(Plan(nat="port_set"), repr(WAN), f"0 {WAN}", id="port set"),
        pytest.param(Plan(igd="fake:private"), "'10.0.0.7'", REFUSED, id="private"),
        pytest.param(Plan(igd="fake:zero"), "'0.0.0.0'", REFUSED, id="0.0.0.0"),
        pytest.param(Plan(igd="fake:junk"), "'not-an-address'", REFUSED, id="junk"),
        pytest.param(Plan(igd="fake:media_server"), "''", REFUSED, id="media server"),
    ],
)
def test_a_router_answers_as_planned(arrange: Arrange, plan: Plan, upnp: str, pmp: str) -> None:
    lab = arrange(plan)
    assert (igd(lab), natpmp(lab)) == (upnp, pmp)


@pytest.mark.parametrize("upstream", get_args(Upstream))
def test_the_world_sees_the_public_address_over_stun_and_https(
    arrange: Arrange, upstream: Upstream
) -> None:
    lab = arrange(Plan(upstream=upstream))
    assert [stun(lab, name) for name in STUN_NAMES] == [WAN, WAN]
    assert [stun(lab, name, "tcp") for name in STUN_NAMES] == [WAN, WAN]
    assert [curl(lab, f"https://{name}/") for name in ECHO_NAMES] == [WAN, WAN]
    lab.flip(MOVED)
    assert stun(lab, STUN[0]) == curl(lab, f"https://{ECHO_NAMES[0]}/") == MOVED


def test_blocking_udp_leaves_stun_over_tcp_and_blocking_stun_leaves_https(
    arrange: Arrange,
) -> None:
    lab = arrange(Plan(stun="udp_blocked"))
    assert (stun(lab, STUN[0], "udp"), stun(lab, STUN[0], "tcp")) == ("TimeoutError", WAN)
    lab = arrange(Plan(stun="blocked"))
    assert stun(lab, STUN[0], "tcp") == "TimeoutError"
    assert curl(lab, f"https://{ECHO_NAMES[0]}/") == WAN
    lab = arrange(Plan(http=False))
    assert curl(lab, f"https://{ECHO_NAMES[0]}/") == ""


@pytest.mark.parametrize(("clock_off", "ahead"), [(False, 0), (True, 3600)])
def test_web_services_tell_the_time_and_may_all_be_an_hour_ahead(
    arrange: Arrange, *, clock_off: bool, ahead: int
) -> None:
    lab = arrange(Plan(clock_off=clock_off))
    for url in (f"https://{name}/" for name in (*ECHO_NAMES, CLOUDFLARE_DOH_NAME)):
        told = re.search(r"(?m)^Date: (.*)$", curl(lab, url, "--dump-header", "-"))
        assert told
        difference = parsedate_to_datetime(told[1]).timestamp() - time.time()
        assert difference == pytest.approx(ahead, abs=30)


def test_the_resolver_walks_a_real_delegation_to_both_zones(arrange: Arrange) -> None:
    lab = arrange(Plan())
    assert lab.home("dig", "+short", RECORD).stdout.split() == [STALE]
    assert lab.home("dig", "+short", POWER_RECORD).stdout.split() == [STALE]
    trace = lab.home("dig", f"@{RESOLVER}", "+noall", "+answer", "NS", "example.com").stdout
    assert {line.split()[-1] for line in trace.splitlines()} == {
        "ns1.example.com.",
        "ns2.example.com.",
    }


def test_a_change_at_the_primary_reaches_the_secondary_at_once(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.set_record(WAN)
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}
    lab.set_record()
    assert lab.zone() == {PRIMARY: [], SECONDARY: []}


def test_a_name_server_goes_down_lags_behind_and_comes_back(arrange: Arrange) -> None:
    lab = arrange(Plan(secondary_up=False))
    assert lab.zone() == {PRIMARY: [STALE]}
    lab.set_record(WAN)
    lab.change(secondary_up=True)
    assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}
    lab.change(secondary_lags=True)
    lab.set_record(MOVED)
    assert lab.zone() == {PRIMARY: [MOVED], SECONDARY: [WAN]}
    lab.change(secondary_lags=False)
    assert lab.zone() == {PRIMARY: [MOVED], SECONDARY: [MOVED]}
    lab.change(primary_up=False)
    assert lab.zone() == {SECONDARY: [MOVED]}


def test_intercepted_dns_is_answered_by_another_than_was_asked(arrange: Arrange) -> None:
    lab = arrange(Plan(dns_intercepted=True))
    code, flags = header(lab, f"@{PRIMARY}", "+norecurse", RECORD)
    assert (code, flags & {"ra", "aa"}) == ("NOERROR", {"ra"})


def test_a_pulled_cable_leaves_no_way_out(arrange: Arrange) -> None:
    lab = arrange(Plan())
    lab.cable(plugged=False)
    assert stun(lab, STUN[0]) == "OSError"


def test_the_wire_tap_counts_what_leaves_by_kind(arrange: Arrange) -> None:
    lab = arrange(Plan())
    looked = lab.home("dig", "+short", RECORD)
    assert kinds(looked.left) == {"dns"}
    assert updates(looked.left) == 0
    key = f"hmac-sha256:webform.:{lab.secrets.other_tsig}"
    script = lab.topology.home.command("nsupdate", "-v", "-y", key)
    lab.captured()
    commands = f"server {PRIMARY}\nzone example.com\nupdate add x.example.com 60 A {WAN}\nsend\n"
    subprocess.run(script, input=commands.encode(), check=True)
    assert updates(lab.captured()) == 1
    fetched = lab.home("curl", "-sS", f"https://{ECHO_NAMES[0]}/")
    assert kinds(fetched.left) == {"dns", "http"}
    assert connections(fetched.left, "23.21.10.1") == 1
    asked = lab.home(sys.executable, str(_HERE / "ask_stun.py"), STUN[0], "udp")
    assert kinds(asked.left) == {"stun"}


def test_powerdns_takes_a_change_from_the_home_by_its_api(arrange: Arrange) -> None:
    lab = arrange(Plan())
    record = {"content": WAN, "disabled": False}
    rrset = {"name": "home.example.net.", "type": "A", "ttl": 60, "changetype": "REPLACE"}
    body = json.dumps({"rrsets": [{**rrset, "records": [record]}]})
    key = f"X-API-Key: {lab.secrets.power}"
    url = "http://46.165.10.10:8081/api/v1/servers/localhost/zones/example.net."
    lab.home("curl", "-sSf", "-X", "PATCH", "-H", key, "-d", body, url)
    assert lab.zone(POWER_RECORD) == {"46.165.10.10": [WAN]}


def test_a_killed_run_is_swept_up_by_the_next_one() -> None:
    need_root()
    program = (
        "import os, signal\n"
        "from tests.support.namespaces import Namespace, workshop\n"
        "home = Namespace('home')\n"
        "home.resolver('192.0.2.1')\n"
        "print(home.name, workshop(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(_HERE.parents[1])
    died = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGKILL
    name, folder = died.stdout.split()
    mine = Namespace("kept")
    try:
        assert {name, Path(folder).name} <= set(sweep())
        for place in (Path("/run/netns", name), Path("/etc/netns", name), Path(folder)):
            assert not place.exists()
        assert Path("/run/netns", mine.name).exists(), "a living run's namespace was swept"
    finally:
        mine.close()


def test_an_interrupted_run_leaves_nothing_behind() -> None:
    need_root()
    program = (
        "import signal, time\n"
        # A shell's background job, such as a CI runner's, is started deaf to the keyboard.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.support.namespaces import Namespace\n"
        "print(Namespace('home').name, flush=True)\n"
        "time.sleep(60)\n"
    )
    root = str(_HERE.parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout is not None
        name = run.stdout.readline().strip()
        assert Path("/run/netns", name).exists()
        os.kill(run.pid, signal.SIGINT)
        run.wait(15)
    assert not Path("/run/netns", name).exists()
