"""A home behind one or two real NATs, and a real STUN server with two addresses behind them.

    home eth0 ── lan router wan ── home isp world ── isp world
    mate eth0 ── den router

`mate` is another machine at home. Every router forwards and counts hops as Linux does; what it
translates is an nftables ruleset of the case. Everything is inside namespaces, so public addresses
may be used: no packet ever leaves them. `direct` is a thread on the provider's router, which has a
public address itself.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from tests.support.daemon import Daemon
from tests.support.namespaces import Inside, Namespace, cable, sweep, workshop
from tests.support.tools import need, need_root

T = TypeVar("T")

HOME, ROUTER = "192.168.1.10", "192.168.1.1"
MATE, DEN = "192.168.2.20", "192.168.2.1"
WAN = "81.2.69.142"
PROVIDER = "81.2.69.1"
STALE = "81.2.69.141"  # what the router had before; now nobody at home has it
STUN, STUN_OTHER = "141.101.90.1", "212.227.67.33"
LIARS = ("185.49.140.10", "194.0.28.10")  # for servers that a test brings along
_UPLINK, _WORLD = "62.10.0.1", "62.10.0.2"

Access = Literal["plain", "cgnat", "double"]
_WANS: dict[Access, tuple[str, str]] = {
    "plain": (WAN, PROVIDER),
    "cgnat": ("100.64.0.5", "100.64.0.1"),
    "double": ("10.0.0.5", "10.0.0.1"),
}
MASQUERADE = 'oifname "wan" masquerade'


class NatHome:
    """The namespaces and coturn; gone when the `with` block ends."""

    def __init__(self) -> None:
        need_root()
        for tool in ("ip", "nft", "sysctl", "turnserver"):
            need(tool)
        sweep()
        with contextlib.ExitStack() as stack:
            self.home, self.mate, self.router, self.isp, self.world = (
                self._space(stack, role) for role in ("home", "mate", "router", "isp", "world")
            )
            self._wire()
            self.inside, self.direct, self.outside = (
                Inside(space) for space in (self.home, self.isp, self.world)
            )
            for room in (self.inside, self.direct, self.outside):
                stack.callback(room.close)
            self._serve(stack)
            self.arrange()
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def arrange(
        self,
        access: Access = "plain",
        *,
        postrouting: tuple[str, ...] = (MASQUERADE,),
        prerouting: tuple[str, ...] = (),
        forward: tuple[str, ...] = (),
        incoming: tuple[str, ...] = (),
        outgoing: tuple[str, ...] = (),
    ) -> None:
        """Give the home this access, and its router these rules and no others."""
        inner, gateway = _WANS[access]
        for space, device in ((self.router, "wan"), (self.isp, "home")):
            space.ip("address", "flush", "dev", device)
        self.router.ip("address", "add", f"{inner}/24", "dev", "wan")
        self.router.ip("route", "replace", "default", "via", gateway)
        self.isp.ip("address", "add", f"{gateway}/24", "dev", "home")
        self.isp.ip("address", "flush", "dev", "lo", "scope", "global")
        if access != "plain":
            self.isp.ip("address", "add", f"{WAN}/32", "dev", "lo")
        translated = () if access == "plain" else (f'oifname "world" snat to {WAN}',)
        self._rules(self.isp, postrouting=translated)
        self._rules(
            self.router,
            postrouting=postrouting,
            prerouting=prerouting,
            forward=forward,
            input=incoming,
            output=outgoing,
        )

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the machine at home."""
        return self.inside.call(coroutine, timeout=30)

    def _space(self, stack: contextlib.ExitStack, role: str) -> Namespace:
        space = Namespace(role)
        stack.callback(space.close)
        # Tests follow each other faster than a router may complain (icmp(7)).
        space.run("sysctl", "-qw", "net.ipv4.icmp_ratemask=0")
        return space

    def _wire(self) -> None:
        cable(self.home, "eth0", self.router, "lan")
        cable(self.mate, "eth0", self.router, "den")
        cable(self.router, "wan", self.isp, "home")
        cable(self.isp, "world", self.world, "isp")
        for machine, address, gateway, port in (
            (self.home, HOME, ROUTER, "lan"),
            (self.mate, MATE, DEN, "den"),
        ):
            self.router.ip("address", "add", f"{gateway}/24", "dev", port)
            machine.ip("address", "add", f"{address}/24", "dev", "eth0")
            machine.ip("route", "add", "default", "via", gateway)
        self.isp.ip("address", "add", f"{_UPLINK}/30", "dev", "world")
        self.isp.ip("route", "add", "default", "via", _WORLD)
        self.world.ip("address", "add", f"{_WORLD}/30", "dev", "isp")
        self.world.ip("route", "add", "default", "via", _UPLINK)
        for address in (STUN, STUN_OTHER, *LIARS):
            self.world.ip("address", "add", f"{address}/32", "dev", "lo")

    def _serve(self, stack: contextlib.ExitStack) -> None:
        folder = workshop()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        command = self.world.command(
            *("turnserver", "-n", "--stun-only", "--no-cli", "--no-tls", "--no-dtls"),
            *("--listening-ip", STUN, "--listening-ip", STUN_OTHER, "--log-file", "stdout"),
            *("--pidfile", str(folder / "pid"), "--userdb", str(folder / "db")),
        )
        server = Daemon("coturn", folder, command)
        stack.callback(server.stop)
        server.start()
        server.ready(lambda: self.outside.make(_stun_answers))

    @staticmethod
    def _rules(space: Namespace, **rules: tuple[str, ...]) -> None:
        hooks = {
            "prerouting": "type nat hook prerouting priority -100",
            "postrouting": "type nat hook postrouting priority 100",
            "forward": "type filter hook forward priority 0",
            "input": "type filter hook input priority 0",
            "output": "type filter hook output priority 0",
        }
        chains = "".join(
            f" chain {name} {{\n  {hooks[name]};\n" + "".join(f"  {one}\n" for one in some) + " }\n"
            for name, some in rules.items()
        )
        space.run("nft", "-f", "-", text=f"flush ruleset\ntable ip home {{\n{chains}}}\n")


def _stun_answers() -> bool:
    transaction = os.urandom(12)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        probe.sendto(struct.pack("!HHI", 0x0001, 0, 0x2112A442) + transaction, (STUN, 3478))
        try:
            return probe.recv(2048)[8:20] == transaction
        except OSError:
            return False
