"""A home in network namespaces: a computer, a neighbour and a router with miniupnpd on one LAN."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from discovery.interface import Surroundings
from tests.support.daemon import Daemon
from tests.support.namespaces import Inside, Namespace, cable
from tests.support.tools import need, need_root

COMPUTER, ROUTER, NEIGHBOUR = "192.168.1.10", "192.168.1.1", "192.168.1.66"
LOCATION = f"http://{ROUTER}:5000/rootDesc.xml"
AROUND = Surroundings(
    local=IPv4Address(COMPUTER),
    gateway=IPv4Address(ROUTER),
    device="eth0",
    network=IPv4Network("192.168.1.0/24"),
    has_route=True,
)
FIRST, SECOND = "81.2.69.142", "81.2.69.160"

# What miniupnpd expects to find (its own nft_init.sh makes the same).
_CHAINS = """
table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
"""


class Neighbourhood:
    """Everything that it made is gone after `close`. `home` is an event loop in the computer."""

    def __init__(self, folder: Path) -> None:
        need_root()
        for tool in ("ip", "nft", "miniupnpd", "sysctl"):
            need(tool)
        roles = ("home", "router", "isp", "neighbour")
        self.computer, self.router, self._isp, self.neighbour = map(Namespace, roles)
        self.router.ip("link", "add", "lan", "type", "bridge")
        for place, port, address in (
            (self.computer, "lan1", COMPUTER),
            (self.neighbour, "lan2", NEIGHBOUR),
        ):
            cable(place, "eth0", self.router, port)
            self.router.ip("link", "set", port, "master", "lan")
            place.ip("address", "add", f"{address}/24", "dev", "eth0")
            place.ip("route", "add", "default", "via", ROUTER)
        self.router.ip("address", "add", f"{ROUTER}/24", "dev", "lan")
        self.router.ip("link", "set", "lan", "up")
        cable(self.router, "wan", self._isp, "line")
        self.wan = FIRST
        self.router.ip("address", "add", f"{FIRST}/24", "dev", "wan")
        self.router.run("nft", "-f", "-", text=_CHAINS)
        config = folder / "miniupnpd.conf"
        config.write_text(
            "ext_ifname=wan\nlistening_ip=lan\nhttp_port=5000\nenable_natpmp=yes\nenable_upnp=yes\n"
            "ipv6_disable=yes\nuuid=6d696e69-7570-4e70-8d64-000000000001\n"
            "allow 1024-65535 192.168.1.0/24 1024-65535\n"
        )
        command = ("miniupnpd", "-d", "-f", str(config), "-P", str(folder / "pid"))
        self.daemon = Daemon("miniupnpd", folder, self.router.command(*command))
        self._inside = {place.name: Inside(place) for place in (self.computer, self.neighbour)}
        self.home = self._inside[self.computer.name]
        self.start()

    def start(self) -> None:
        """Start the router's service and wait until it answers."""
        self.daemon.start()
        self.daemon.ready(self._answers)

    def end(self) -> None:
        """Let the router's service end in good order; `stop` of the daemon is a power cut."""
        process = self.daemon._process
        assert process is not None
        process.terminate()
        process.wait(timeout=10)

    def flip(self) -> None:
        """Give the router another public address."""
        new = SECOND if self.wan == FIRST else FIRST
        self.router.ip("address", "del", f"{self.wan}/24", "dev", "wan")
        self.router.ip("address", "add", f"{new}/24", "dev", "wan")
        self.wan = new

    def forge(self, send: Callable[[], None]) -> None:
        """Do something on the neighbour's machine."""
        self._inside[self.neighbour.name].make(send)

    def close(self) -> None:
        self.daemon.stop()
        for inside in self._inside.values():
            inside.close()
        for place in (self.computer, self.router, self._isp, self.neighbour):
            place.close()

    def _answers(self) -> bool:
        def ask() -> bool:
            try:
                with (
                    socket.create_connection((ROUTER, 5000), timeout=0.5),
                    socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pmp,
                ):
                    pmp.settimeout(0.5)
                    pmp.connect((ROUTER, 5351))
                    pmp.send(b"\0\0")
                    return len(pmp.recv(100)) == 12
            except OSError:
                return False

        return self.home.make(ask)


def multicast(group: str, port: int, data: bytes, source: str) -> None:
    """Send to a group from one's own address on the LAN."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        own = socket.inet_aton(source)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
        sock.bind((source, 0))
        sock.sendto(data, (group, port))
