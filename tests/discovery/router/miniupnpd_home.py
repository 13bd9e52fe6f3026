"""A home with a real miniupnpd as its router, in network namespaces."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Self

from tests.support.daemon import Daemon
from tests.support.namespaces import Namespace, cable
from tests.support.tools import need

WAN = "81.2.69.142"
ROOT = Path(__file__).parents[3]

# What miniupnpd expects to find (its own nft_init.sh makes the same).
CHAINS = """
table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
"""


def miniupnpd(router: Namespace, folder: Path, *, upnp: str = "yes", natpmp: str = "yes") -> Daemon:
    """Start miniupnpd between the router's `lan` and `wan`, and wait until it listens."""
    for tool in ("nft", "miniupnpd"):
        need(tool)
    router.run("nft", "-f", "-", text=CHAINS)
    config = folder / f"{router.name}.conf"
    config.write_text(
        "ext_ifname=wan\nlistening_ip=lan\nhttp_port=5000\n"
        f"enable_natpmp={natpmp}\nenable_upnp={upnp}\n"
        "ipv6_disable=yes\nuuid=6d696e69-7570-4e70-8d64-000000000001\n"
        "allow 1024-65535 192.168.1.0/24 1024-65535\n"
    )
    pid = str(folder / f"{router.name}.pid")
    command = router.command("miniupnpd", "-d", "-f", str(config), "-P", pid)
    daemon = Daemon(router.name, folder, command)
    daemon.start()
    daemon.ready(lambda: "listening" in daemon.log.lower())
    return daemon


class Home:
    """A home computer, a router with miniupnpd, and a cable to a provider who does nothing."""

    def __init__(self, folder: Path, *, upnp: str = "yes", natpmp: str = "yes") -> None:
        self._folder = folder
        self.computer, self.router, self.isp = (Namespace(n) for n in ("home", "router", "isp"))
        self._more: list[tuple[Namespace, Daemon]] = []
        self._ports = 0
        self.router.ip("link", "add", "lan", "type", "bridge", "mcast_snooping", "0")
        self.router.ip("link", "set", "lan", "up")
        self._plug(self.computer, "192.168.1.10/24")
        cable(self.router, "wan", self.isp, "line")
        self.computer.ip("route", "add", "default", "via", "192.168.1.1", "metric", "100")
        self.router.ip("address", "add", "192.168.1.1/24", "dev", "lan")
        self.wan(WAN)
        self.daemon = miniupnpd(self.router, folder, upnp=upnp, natpmp=natpmp)

    def _plug(self, machine: Namespace, address: str, device: str = "eth0") -> None:
        """Join a machine to the home's network, which the router switches."""
        self._ports += 1
        port = f"port{self._ports}"
        cable(machine, device, self.router, port)
        self.router.ip("link", "set", port, "master", "lan")
        machine.ip("address", "add", address, "dev", device)

    def second_router(self, address: str) -> None:
        """Add another router to the home's network, with a line and a miniupnpd of its own."""
        other = Namespace("attic")
        cable(other, "wan", self.isp, "second")
        other.ip("address", "add", "89.160.20.112/24", "dev", "wan")
        self._plug(other, f"{address}/24", "lan")
        self._more.append((other, miniupnpd(other, self._folder)))

    def wan(self, address: str) -> None:
        """Give the router this WAN address; the empty one takes it away."""
        self.router.ip("address", "flush", "dev", "wan")
        if address:
            self.router.ip("address", "add", f"{address}/24", "dev", "wan")
            self.router.ip("route", "replace", "default", "dev", "wan")

    def drop(self, rule: str) -> None:
        """Let the router be deaf to some packets."""
        chain = "type filter hook input priority -10;"
        text = f"table inet deaf {{ chain input {{ {chain} {rule} drop; }}; }}\n"
        self.router.run("nft", "-f", "-", text=text)

    def has_no_mapping(self) -> bool:
        return "dnat" not in self.router.run("nft", "list", "table", "inet", "filter")

    def inside(self, script: str) -> dict[str, Any]:
        """Run a Python script on the computer; the JSON object that it prints."""
        head = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        told = json.loads(self.computer.run(sys.executable, "-c", head + script, timeout=30))
        assert isinstance(told, dict)
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()
        for namespace, daemon in self._more:
            daemon.stop()
            namespace.close()
        for namespace in (self.computer, self.router, self.isp):
            namespace.close()
