"""The real kernel sets the flags, and `ip -6 addr` is the judge of what was read.

Each test has a machine and a router in network namespaces of their own, joined by a cable.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import pytest

from discovery.ipv6 import netlink
from discovery.ipv6.view import Held, Ipv6View
from discovery.observation import Missed, Observation, Seen, Why
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Inside, Namespace, cable
from tests.support.tools import need, need_root

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(sys.platform != "linux", reason="rtnetlink is Linux's"),
]

ROOT = Path(__file__).parents[3]
LASTING, SECOND, ULA = "2a02:8071:1::5", "2a02:8071:2::5", "fd00:1::5"
GATEWAY = "fe80::1"
NO_DAD = "net.ipv6.conf.default.accept_dad=0"  # addresses are usable at once
TEMPORARY = "net.ipv6.conf.default.use_tempaddr=2"


class Home:
    """A machine (`e0`) and a router (`r0`)."""

    def __init__(self, *settings: str) -> None:
        self.machine = Namespace("machine", ipv6=True)
        self.router = Namespace("router", ipv6=True)
        for setting in settings:
            self.machine.run("sysctl", "-qw", setting)
        cable(self.machine, "e0", self.router, "r0")

    def add(self, address: str, *words: str, device: str = "e0") -> None:
        self.machine.ip("-6", "address", "add", address, "dev", device, *words)

    def route(self) -> None:
        self.machine.ip("-6", "route", "add", "default", "via", GATEWAY, "dev", "e0")

    def read(self) -> dict[str, Held]:
        """What the kernel told, by address; link-local ones and loopback left out."""
        inside = Inside(self.machine)
        try:
            found = inside.make(netlink.held)
        finally:
            inside.close()
        assert found is not None
        return {
            str(one.address): one
            for one in found
            if not one.address.is_link_local and not one.address.is_loopback
        }

    def agrees_with_ip(self) -> None:
        """Compare every address, flag and lifetime with what `ip` prints."""
        inside = Inside(self.machine)
        try:
            found = inside.make(netlink.held)
        finally:
            inside.close()
        assert found is not None
        printed: dict[tuple[str, str], dict[str, Any]] = {
            (link["ifname"], address["local"]): address
            for link in json.loads(self.machine.run("ip", "-j", "-6", "addr"))
            if link
            for address in link["addr_info"]
        }
        assert {(one.device, str(one.address)) for one in found} == set(printed)
        for one in found:
            theirs = printed[one.device, str(one.address)]
            assert one.prefix == theirs["prefixlen"]
            assert one.temporary == theirs.get("temporary", False)
            assert one.deprecated == theirs.get("deprecated", False)
            assert one.tentative == theirs.get("tentative", False)
            assert one.duplicated == theirs.get("dadfailed", False)
            assert one.permanent != theirs.get("dynamic", False)
            assert one.stable == any(theirs.get(word) for word in ("mngtmpaddr", "stable-privacy"))
            assert same_time(one.preferred_s, theirs["preferred_life_time"])
            assert same_time(one.valid_s, theirs["valid_life_time"])

    def survey(self, interface: str = "", current: str = "") -> Ipv6View:
        view: Ipv6View = self._ask("survey_ipv6", interface, current)
        return view

    def observe(self) -> Observation:
        observation: Observation = self._ask("observe", "", "")
        return observation

    def _ask(self, what: str, interface: str, current: str) -> Any:
        """Run the real thing as a process of its own: /proc and /sys are told by process."""
        call = {
            "survey_ipv6": "survey_ipv6(interface=sys.argv[1], current=current)",
            "observe": "InterfaceMethod(current=current).observe(Family.V6)",
        }[what]
        program = f"""
import asyncio, pickle, sys
sys.path.insert(0, {str(ROOT)!r})
from ipaddress import IPv6Address
from discovery.ipv6.method import InterfaceMethod
from discovery.ipv6.survey import survey_ipv6
from discovery.observation import Family
current = IPv6Address(sys.argv[2]) if sys.argv[2] else None
async def main():
    return await {call}
print(pickle.dumps(asyncio.run(main())).hex())
"""
        printed = self.machine.run(sys.executable, "-c", program, interface, current)
        return pickle.loads(bytes.fromhex(printed))

    def close(self) -> None:
        self.machine.close()
        self.router.close()


def same_time(ours: int | None, theirs: int) -> bool:
    """Whether two lifetimes are the same; the second passes between two questions."""
    return theirs == 0xFFFFFFFF if ours is None else abs(ours - theirs) <= 2


@contextmanager
def home(*settings: str) -> Iterator[Home]:
    need_root()
    built = Home(*settings)
    try:
        yield built
    finally:
        built.close()


def reasons(view: Ipv6View) -> dict[str, str]:
    return {str(one.held.address): one.reason for one in view.candidates}


def test_an_address_set_by_hand_is_chosen() -> None:
    with home(NO_DAD) as here:
        here.add(f"{LASTING}/64")
        here.route()
        here.agrees_with_ip()
        assert here.read()[LASTING].permanent
        view = here.survey()
        assert view.chosen == IPv6Address(LASTING)
        assert (view.has_route, view.gateway, view.device) == (True, GATEWAY, "e0")
        observed = here.observe()
        assert isinstance(observed, Seen)
        assert observed.address == IPv6Address(LASTING)


def test_the_temporary_address_that_the_kernel_makes_beside_it_is_not_chosen() -> None:
    with home(NO_DAD, TEMPORARY) as here:
        here.add(f"{LASTING}/64", "mngtmpaddr", "valid_lft", "7200", "preferred_lft", "3600")
        here.route()
        until(lambda: len(here.read()) == 2, "the kernel makes no temporary address")
        here.agrees_with_ip()
        temporary = next(one for one in here.read().values() if one.temporary)
        assert here.read()[LASTING].stable
        view = here.survey(current=str(temporary.address))
        assert view.chosen == IPv6Address(LASTING)
        assert "temporary" in reasons(view)[str(temporary.address)]


def test_a_machine_with_nothing_but_a_temporary_address_says_so() -> None:
    with home(NO_DAD, TEMPORARY) as here:
        here.add(f"{LASTING}/64", "mngtmpaddr", "valid_lft", "7200", "preferred_lft", "3600")
        here.route()
        until(lambda: len(here.read()) == 2, "the kernel makes no temporary address")
        here.machine.ip(
            *("-6", "address", "change", f"{LASTING}/64", "dev", "e0", "mngtmpaddr"),
            *("valid_lft", "7200", "preferred_lft", "0"),
        )
        here.agrees_with_ip()
        observed = here.observe()
        assert isinstance(observed, Missed)
        assert observed.why is Why.NO_ADDRESS
        assert "temporary" in observed.detail
        assert "phased out" in observed.detail


def test_a_deprecated_address_gives_way() -> None:
    with home(NO_DAD) as here:
        here.add(f"{LASTING}/64", "preferred_lft", "0")
        here.add(f"{SECOND}/64", "valid_lft", "600", "preferred_lft", "300")
        here.route()
        here.agrees_with_ip()
        assert here.read()[LASTING].deprecated
        view = here.survey(current=LASTING)
        assert view.chosen == IPv6Address(SECOND)
        assert "phased out" in reasons(view)[LASTING]


def test_an_address_still_being_checked_is_not_chosen() -> None:
    with home("net.ipv6.conf.default.dad_transmits=500") as here:
        here.add(f"{LASTING}/64")
        here.route()
        here.agrees_with_ip()
        assert here.read()[LASTING].tentative
        view = here.survey()
        assert view.chosen is None
        assert "tentative" in reasons(view)[LASTING]


def test_an_address_that_another_machine_has_is_not_chosen() -> None:
    with home() as here:
        here.router.ip("-6", "address", "add", f"{LASTING}/64", "dev", "r0", "nodad")
        here.add(f"{LASTING}/64")
        here.route()
        until(lambda: here.read()[LASTING].duplicated, "the kernel sees no duplicate")
        here.agrees_with_ip()
        view = here.survey()
        assert view.chosen is None
        assert "duplicate" in reasons(view)[LASTING]


def test_a_home_with_ula_alone_has_nothing_to_publish() -> None:
    with home(NO_DAD) as here:
        here.add(f"{ULA}/64")
        here.route()
        here.agrees_with_ip()
        view = here.survey()
        assert view.chosen is None
        assert reasons(view)[ULA] == "it is only valid inside the home (ULA)"
        observed = here.observe()
        assert isinstance(observed, Missed)
        assert (observed.why, observed.reported) == (Why.NOT_PUBLIC, IPv6Address(ULA))


def test_of_an_address_with_a_peer_ours_is_read() -> None:
    with home(NO_DAD) as here:
        here.add(LASTING, "peer", "2a02:8071:1::6")
        here.agrees_with_ip()
        assert list(here.read()) == [LASTING]


def test_the_address_of_a_vpn_is_left_alone_even_when_it_has_the_default_route() -> None:
    with home(NO_DAD) as here:
        cable(here.machine, "wg0", here.router, "far")
        here.add(f"{SECOND}/64")
        here.add(f"{LASTING}/64", device="wg0")
        here.machine.ip("-6", "route", "add", "default", "dev", "wg0", "metric", "1")
        assert here.survey().device == ""
        here.route()
        view = here.survey()
        assert (view.chosen, view.device) == (IPv6Address(SECOND), "e0")
        assert "VPN" in reasons(view)[LASTING]
        assert here.survey(interface="wg0").chosen == IPv6Address(LASTING)


def test_ipv6_switched_off_is_told_apart_from_a_network_without_ipv6() -> None:
    with home(NO_DAD) as here:
        without = here.observe()
        here.machine.run("sysctl", "-qw", "net.ipv6.conf.e0.disable_ipv6=1")
        here.agrees_with_ip()
        off_on_the_link = here.observe()
        here.machine.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        off = here.observe()
    told = [one for one in (without, off_on_the_link, off) if isinstance(one, Missed)]
    assert [one.why for one in told] == [Why.NO_ROUTE] * 3
    assert told[0].detail.endswith("no router on this network offers IPv6")
    assert "on any network link" in told[1].detail
    assert told[2].detail == "this machine has IPv6 switched off"


def test_an_address_without_a_way_out_is_not_published() -> None:
    with home(NO_DAD) as here:
        here.add(f"{LASTING}/64")
        view = here.survey()
        assert (view.chosen, view.has_route) == (None, False)
        here.machine.ip("-6", "route", "add", "unreachable", "default")
        assert here.survey().has_route is False


_PREFIX = """  prefix {prefix} {{
    AdvOnLink on; AdvAutonomous on; AdvValidLifetime 7200; AdvPreferredLifetime {preferred};
  }};
"""


def announcing(folder: Path, here: Home, **prefixes: int) -> Daemon:
    """A router that announces prefixes (2a02:8071:<name>::/64) with preferred lifetimes."""
    rows = "".join(
        _PREFIX.format(prefix=f"2a02:8071:{name.strip('p')}::/64", preferred=preferred)
        for name, preferred in prefixes.items()
    )
    config = folder / "radvd.conf"
    config.write_text(
        "interface r0 {\n  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;\n"
        f"{rows}}};\n"
    )
    config.chmod(0o600)
    options = ("-n", "-m", "stderr", "-C", str(config), "-p", str(folder / "radvd.pid"))
    daemon = Daemon("radvd", folder, here.router.command("radvd", *options))
    daemon.start()
    return daemon


def test_a_prefix_that_the_router_replaces_moves_the_choice(tmp_path: Path) -> None:
    """SLAAC with privacy addresses, then graceful renumbering (RFC 4192)."""
    need("radvd")
    with home(NO_DAD, TEMPORARY, "net.ipv6.conf.default.addr_gen_mode=3") as here:
        here.router.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
        radvd = announcing(tmp_path, here, p1=3600)
        try:
            until(lambda: len(here.read()) == 2, "no addresses from the first prefix", alive=radvd)
            here.agrees_with_ip()
            first = here.survey()
            assert first.chosen is not None
            assert str(first.chosen).startswith("2a02:8071:1:")
            chosen = here.read()[str(first.chosen)]
            assert chosen.stable
            assert not chosen.temporary
            assert first.gateway.startswith("fe80::")
            assert [one.kept for one in first.candidates[:2]] == [True, False]

            radvd.stop()
            radvd = announcing(tmp_path, here, p1=0, p2=3600)
            until(lambda: len(here.read()) == 4, "no addresses from the second prefix", alive=radvd)
            here.agrees_with_ip()
            second = here.survey(current=str(first.chosen))
            assert str(second.chosen).startswith("2a02:8071:2:")
            assert "phased out" in reasons(second)[str(first.chosen)]
        finally:
            radvd.stop()
