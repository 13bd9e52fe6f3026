"""A home computer, a router that masquerades, and a world with a STUN server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.daemon import Daemon
from tests.support.namespaces import Inside, Namespace, cable
from tests.support.tools import need, need_root

WAN = "81.2.69.142"
SERVER = "141.101.90.1"
DEAD = "141.101.90.2"  # routed, and nobody is there
HOME = "192.168.1.10"
BRIDGE = "172.17.0.1"  # an address whose packets the router does not let out

_SCRIPT = Path(__file__).with_name("ask_here.py")
_ANSWERED = 0x0101  # a Binding success response (RFC 8489 §5)

# What every home router does, and what a router with a "DMZ host" does besides: packets for its
# public address go to that host, and those from inside get a public sender on the way.
_MASQUERADE = """
table ip home {{
  chain forward {{ type filter hook forward priority 0; ip saddr {bridge} drop; }}
  chain prerouting {{ type nat hook prerouting priority -100; {incoming} }}
  chain postrouting {{ type nat hook postrouting priority 100; {back} oifname "wan" masquerade; }}
}}
"""
_INCOMING = f"ip daddr {WAN} udp dport 1024-65535 dnat to {HOME};"
_BACK = f'iifname "lan" oifname "lan" snat to {WAN};'


class SmallHome:
    """lan ── router ── world. With `hairpin` the computer is the router's DMZ host."""

    def __init__(self, folder: Path, *, hairpin: bool) -> None:
        self.computer, self.router, self.world = (Namespace(n) for n in ("home", "router", "world"))
        cable(self.computer, "eth0", self.router, "lan")
        cable(self.router, "wan", self.world, "line")
        self.computer.ip("address", "add", f"{HOME}/24", "dev", "eth0")
        self.computer.ip("route", "add", "default", "via", "192.168.1.1")
        self.router.ip("address", "add", "192.168.1.1/24", "dev", "lan")
        self.router.ip("address", "add", f"{WAN}/24", "dev", "wan")
        self.router.ip("route", "add", "default", "dev", "wan")
        self.world.ip("address", "add", "81.2.69.1/24", "dev", "line")
        self.world.ip("address", "add", f"{SERVER}/32", "dev", "lo")
        self.world.ip("route", "add", "blackhole", f"{DEAD}/32")
        rules = (_INCOMING, _BACK) if hairpin else ("", "")
        text = _MASQUERADE.format(bridge=BRIDGE, incoming=rules[0], back=rules[1])
        self.router.run("nft", "-f", "-", text=text)
        self._coturn(folder)

    def ask(self, **question: Any) -> dict[str, Any]:
        """Run ask_ice on the computer; what it told, and what it left behind."""
        return ask_in(self.computer, **question)

    def close(self) -> None:
        self._daemon.stop()
        for namespace in (self.computer, self.router, self.world):
            namespace.close()

    def _coturn(self, folder: Path) -> None:
        command = self.world.command(
            *("turnserver", "-n", "--stun-only", "--no-cli", "--no-tls", "--no-dtls"),
            *("--log-file", "stdout", "--pidfile", str(folder / "pid")),
            *("--userdb", str(folder / "db"), "--listening-ip", SERVER),
        )
        self._daemon = Daemon("coturn", folder, command)
        self._daemon.start()
        inside = Inside(self.world)
        try:
            self._daemon.ready(partial(inside.make, _answers))
        finally:
            inside.close()


@contextmanager
def small_home(folder: Path, *, hairpin: bool = False) -> Iterator[SmallHome]:
    need_root()
    for tool in ("ip", "nft", "sysctl", "turnserver"):
        need(tool)
    made = SmallHome(folder, hairpin=hairpin)
    try:
        yield made
    finally:
        made.close()


def ask_in(namespace: Namespace, **question: Any) -> dict[str, Any]:
    """Run ask_ice in a namespace; stderr must stay empty, also the one of C libraries."""
    command = namespace.command(
        *(sys.executable, "-W", "always", str(_SCRIPT), json.dumps(question))
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, dict)
    return told


def _answers() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        try:
            client.sendto(b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12), (SERVER, 3478))
            return int.from_bytes(client.recv(2048)[:2]) == _ANSWERED
        except OSError:
            return False
