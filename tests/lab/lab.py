"""A home, its router and an Internet, to run the installed command in.

    with Lab() as lab:
        lab.arrange(Plan(upnp=False, natpmp=False), tmp_path)
        lab.config(discovery={"confirm": "always"})
        ran = lab.upstun("once", "--json")
        assert ran.status == 0
        assert lab.zone() == {PRIMARY: [WAN], SECONDARY: [WAN]}

The servers are started once. `arrange` gives a case its router and its faults, puts the zones
back to the stale address, and takes well under a second.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.lab.echo import Echo, truth
from tests.lab.fake_igd import FakeRouter
from tests.lab.flows import Flows
from tests.lab.gateway import Gateway
from tests.lab.home import Living, Ran, Secrets, config_text, environment, installed
from tests.lab.ipv6 import SecondProtocol
from tests.lab.line import Line
from tests.lab.packet import Packet
from tests.lab.places import POWER, RECORD, STALE, WAN, ZONE
from tests.lab.plan import Plan
from tests.lab.served import Served
from tests.lab.topology import Topology
from tests.lab.tunnel import Tunnel
from tests.lab.wire import Wire
from tests.lab.world import World
from tests.lab.writes import Write
from tests.support.calm import assert_calm
from tests.support.namespaces import sweep, workshop
from tests.support.tools import need, need_root

TOOLS = (
    *("ip", "nft", "sysctl", "named", "rndc", "dig", "turnserver", "pdns_server", "miniupnpd"),
    *("curl", "radvd"),
)


class Lab:
    """The whole world of a case. Everything it made is gone when the `with` block ends."""

    def __init__(self) -> None:
        need_root()
        for tool in TOOLS:
            need(tool)
        sweep()
        self.secrets = Secrets.make()
        self.plan = Plan()
        self._room = Path()
        self._cable_in = True
        self._held: list[tuple[float, str]] = []
        with contextlib.ExitStack() as stack:
            folder = workshop()
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            self.topology = Topology()
            stack.callback(self.topology.close)
            self.topology.arrange(self.plan)
            self._flows = Flows(self.topology.router, self.topology.isp)
            stack.callback(self._flows.close)
            self._ipv6 = SecondProtocol(self.topology, folder)
            stack.callback(self._ipv6.close)
            self._line = Line(self.topology)
            stack.callback(self._line.close)
            self._tunnel = Tunnel(self.topology.home, self.topology.vpn)
            stack.callback(self._tunnel.close)
            self._gateway = Gateway(self.topology.router, self.topology.neighbour, folder)
            stack.callback(self._gateway.close)
            self._world = World(self.topology.world, folder, self.secrets)
            stack.callback(self._world.close)
            self._wire = Wire(self.topology.router, self.topology.home)
            stack.callback(self._wire.close)
            self._world.start()
            self._stack = stack.pop_all()

    # ---- arranging a case -----------------------------------------------------------------

    def arrange(self, plan: Plan, room: Path) -> None:
        """Set the plan's stage; `room` is an empty folder for the case's files."""
        self._room = room
        self._gateway.stop()
        self._cable_in = True
        self.echo.answer = self.liar.answer = truth
        self.topology.outer = WAN
        # A secondary that lags has the record as it was, and a router whose line is down had one.
        self.change(**asdict(Plan()))
        if plan.secondary_lags:
            self._world.write_zone(Plan())
        self._world.set_power_record(STALE)
        self.change(**asdict(replace(plan, wan_up=True, primary_up=True)))
        self._world.write_zone(plan)
        self._flows.forget()
        self._gateway.start(plan)
        self.change(**asdict(plan))
        self._world.forget()
        self._world.begin()
        self._held = [(time.monotonic(), self.topology.outer if plan.wan_up else "")]

    def change(self, **differences: Any) -> None:
        """Change the world in the middle of a case; the names are those of `Plan`.

        What the router itself speaks (`igd`, `upnp`, `natpmp`) needs `arrange`.
        """
        before, self.plan = self.plan, replace(self.plan, **differences)
        self.topology.arrange(self.plan, self.topology.outer)
        self._world.arrange(before, self.plan)
        self._ipv6.arrange(self.plan)
        self._tunnel.arrange(up=self.plan.vpn)

    def flip(self, address: str, *, gap: float = 0.0) -> float:
        """Give the home another public address, or the same one after `gap` seconds without any.

        Gives the moment (monotonic) just before the kernel was handed it.
        """
        if gap:
            self.wan(up=False)
            time.sleep(gap)
            return self.wan(up=True, address=address)
        moment = self._line.flip(self.plan, address)
        if self.plan.upstream != "direct":  # the provider's NAT would go on with the old one
            self._flows.forget()
        self._held.append((moment, address))
        self._gateway.readdressed(self.plan)
        return moment

    def wan(self, *, up: bool, address: str | None = None) -> float:
        """Lose the line with its address, or have it back, with another address where one is named.

        Gives the moment (monotonic) just before the kernel was handed the address, or lost it.
        """
        moment = time.monotonic()
        self.plan = replace(self.plan, wan_up=up)
        if up:
            moment = self._line.up(self.plan, address or self.topology.outer)
        else:
            self._line.down(self.plan)
        self._held.append((moment, self.topology.outer if up else ""))
        self._gateway.readdressed(self.plan)
        self._ipv6.line(up=up)
        return moment

    def rest(self, seconds: float) -> None:
        """Let nothing happen for so long, as homes do for most of the time."""
        time.sleep(seconds)

    def restart_router_service(self) -> None:
        """End miniupnpd, which it announces, and start it again: another BOOTID, no subscribers."""
        self._gateway.restart(self.plan)

    def reboot_router(self, seconds: float, *, address: str | None = None) -> float:
        """Switch the router off and, after so many seconds, on: its cables, service and memory.

        Not to be called in a thread that ends, for the service would end with it. Gives the moment
        (monotonic) just before the kernel was handed the address afterwards.
        """
        self._gateway.power(self.plan, on=False)
        self._line.power(on=False)
        self.wan(up=False)
        self._flows.forget()
        time.sleep(seconds)
        self._line.power(on=True)
        self._gateway.power(self.plan, on=True)
        return self.wan(up=True, address=address)

    def renumber6(self) -> None:
        """Give the home another IPv6 prefix; the router phases the old one out."""
        self._ipv6.renumber()

    def cable(self, *, plugged: bool) -> None:
        """Pull the home's network cable, or plug it in."""
        self._cable_in = plugged
        self.topology.link(up=plugged)

    def set_record(self, *addresses: str, name: str = RECORD) -> None:
        """Edit the zone as somebody else with a key would, and wait until all servers show it."""
        self._world.set_record(name, addresses, self.plan)

    # ---- looking at it --------------------------------------------------------------------

    @property
    def echo(self) -> Echo:
        """The honest echo services; a case may change what they answer."""
        return self._world.echo

    @property
    def liar(self) -> Echo:
        """The other echo service."""
        return self._world.liar

    @property
    def fake(self) -> FakeRouter:
        """The false router of a plan that has one."""
        assert self._gateway.fake is not None, "the plan has no false router"
        return self._gateway.fake

    @property
    def held(self) -> tuple[tuple[float, str], ...]:
        """From when on (monotonic) the home had which public address; "" for none."""
        return tuple(self._held)

    def zone(self, name: str = RECORD) -> dict[str, list[str]]:
        """What each running authoritative server answers for `name`: its A records, sorted."""
        servers = self._world.zone_servers() if name.endswith(ZONE) else [POWER]
        return {server: self._world.ask(server, name) for server in servers}

    def writes(self) -> tuple[Write, ...]:
        """What the primary accepted from the home since `arrange`, in order, by BIND's own log."""
        return self._world.writes()

    def watch_served(self, name: str = RECORD, rtype: str = "A") -> Served:
        """Ask the running authoritative servers for an RRset all the time, within a `with` block.

        with lab.watch_served() as served:
            moved = lab.flip(MOVED)
            took = served.moment(MOVED, since=moved) - moved
        """
        return self._world.watch(name, rtype)

    def addresses6(self) -> list[dict[str, Any]]:
        """The home's global IPv6 addresses with their flags, as `ip -j address` tells them."""
        return self._ipv6.addresses()

    def captured(self) -> tuple[Packet, ...]:
        """Every packet that has left the home since the last look."""
        return self._wire.take(fence=self._cable_in and self.plan.wan_up)

    # ---- the home -------------------------------------------------------------------------

    def home(self, *argv: str, env: Mapping[str, str] | None = None, timeout: float = 90) -> Ran:
        """Run a command in the home to its end; fails on a traceback or a secret in its output."""
        self.captured()
        done = subprocess.run(
            self.topology.home.command(*argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=self._room,
            env={**self.environment, **(env or {})},
        )
        assert_calm(done.stdout, done.stderr, secrets=self.secrets.every())
        return Ran(done.returncode, done.stdout, done.stderr, self.captured())

    def upstun(self, *arguments: str, timeout: float = 90) -> Ran:
        """Run the installed command in the home with the case's configuration."""
        config = ("--config", str(self.config_path))
        return self.home(*installed(), *config, *arguments, timeout=timeout)

    @contextlib.contextmanager
    def living(self, *arguments: str) -> Iterator[Living]:
        """Start the installed command in the home, and end it with the block at the latest."""
        config = ("--config", str(self.config_path))
        argv = self.topology.home.command(*installed(), *config, *arguments)
        living = Living(argv, self._room, self.environment, self.secrets)
        try:
            yield living
        finally:
            living.kill()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command in the home."""
        return environment(self._room, self._world.ca_file)

    @property
    def config_path(self) -> Path:
        """The case's configuration file."""
        return self._room / "config.toml"

    def config(self, **tables: Mapping[str, Any]) -> None:
        """Write the case's config.toml: the plain home, with `tables` laid over it.

        A table is named with `__` for the dot (`discovery__stun`); None takes a key out.
        """
        named = {name.replace("__", "."): keys for name, keys in tables.items()}
        self.config_path.write_text(config_text(self._room, self.secrets, named))
        self.config_path.chmod(0o600)

    # ---- the end --------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take everything down."""
        self._stack.close()
