"""Standard tools, asked in the home and read: what the ground is proved with."""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path
from typing import Any

from tests.lab.lab import Lab
from tests.lab.places import FORWARDED, HOME, ROUTER, STRANGER, STUN, WAN
from tests.support.namespaces import Inside, Namespace

_HERE = Path(__file__).parent
_SHORT = 0.4  # seconds in which a packet that is let through has long arrived
_ASK_NATPMP = f"""
import socket
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(2)
client.connect(("{ROUTER}", 5351))
try:
    client.send(bytes(2))
    reply = client.recv(64)
    print(int.from_bytes(reply[2:4]), socket.inet_ntoa(reply[8:12]))
except OSError as error:
    print(type(error).__name__)
client.close()
"""


def ask(lab: Lab, script: str, *arguments: str) -> str:
    """What one of the scripts beside this file prints."""
    return lab.home(sys.executable, str(_HERE / script), *arguments).stdout.strip()


def stun(lab: Lab, server: str, transport: str = "udp") -> str:
    """The address that a STUN server sees, or the name of the error."""
    return ask(lab, "ask_stun.py", server, transport)


def igd(lab: Lab) -> str:
    """The address that the first gateway device to answer claims to have."""
    return ask(lab, "ask_igd.py")


def natpmp(lab: Lab) -> str:
    """NAT-PMP's result code and address, or the name of the error."""
    return lab.home(sys.executable, "-c", _ASK_NATPMP).stdout.strip()


def netcheck(lab: Lab) -> dict[str, Any]:
    """What `tailscale netcheck` would say."""
    report: dict[str, Any] = json.loads(ask(lab, "like_netcheck.py"))
    return report


def upnpc(lab: Lab) -> dict[str, str]:
    """What `upnpc -s` says, reduced."""
    report: dict[str, str] = json.loads(ask(lab, "like_upnpc.py"))
    return report


def curl(lab: Lab, url: str, *options: str) -> str:
    """The body, stripped; empty where there was none."""
    return lab.home("curl", "-sS", "--max-time", "1", *options, url).stdout.strip()


def dig(lab: Lab, *words: str) -> list[str]:
    """The values of an answer, sorted."""
    return sorted(lab.home("dig", "+short", *words).stdout.split())


def header(lab: Lab, *words: str) -> tuple[str, set[str]]:
    """The response code and the flags of an answer."""
    told = lab.home("dig", *words).stdout
    code, flags = re.search(r"status: (\w+)", told), re.search(r";; flags: ([a-z ]+);", told)
    assert code, told
    assert flags, told
    return code[1], set(flags[1].split())


def discovered(lab: Lab, *what: str) -> list[str]:
    """What coturn's `turnutils_natdiscovery` concludes (RFC 5780): `-m` mapping, `-f` filtering."""
    told = lab.home("turnutils_natdiscovery", *what, STUN[0]).stdout
    return re.findall(r"^NAT with (.*)!$", told, re.MULTILINE)


def hop(lab: Lab, distance: int) -> str:
    """Who says that a packet may travel no further; empty where nobody does."""
    told = lab.home("ping", "-n", "-c1", "-w1", "-t", str(distance), STRANGER).stdout
    found = re.search(r"From (\S+) .*Time to live exceeded", told)
    return found[1] if found else ""


def knock(lab: Lab, *, to: str = WAN, at: str = HOME, by: str = STRANGER) -> bool:
    """Whether a stranger's datagram to the home's public address arrives there."""
    world, home = lab.topology.world, lab.topology.home
    return _arrives(world, home, (by, FORWARDED), (to, FORWARDED), (at, FORWARDED))


def hairpins(lab: Lab) -> bool:
    """Whether the home's own datagram to the public address comes back to it.

    The receiver sends one first: most routers know a way back in only for who has gone out.
    """
    home = lab.topology.home
    return _arrives(home, home, (HOME, 0), (WAN, FORWARDED), (HOME, FORWARDED), opens=True)


def _arrives(
    sender: Namespace,
    receiver: Namespace,
    source: tuple[str, int],
    target: tuple[str, int],
    bound: tuple[str, int],
    *,
    opens: bool = False,
) -> bool:
    there, here = Inside(sender), Inside(receiver)
    client, server = there.make(lambda: _socket(source)), here.make(lambda: _socket(bound))
    try:
        if opens:
            server.sendto(b"open", (STUN[0], 3478))
        client.sendto(b"knock", target)
        return server.recv(64) == b"knock"
    except TimeoutError:
        return False
    finally:
        client.close()
        server.close()
        there.close()
        here.close()


def _socket(bound: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in bound[0] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.settimeout(_SHORT)
    made.bind(bound)
    return made
