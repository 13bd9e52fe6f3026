"""What a tool such as `tailscale netcheck` would print here, as JSON: run inside the home.

An honest stand-in, to compare with: the same questions, asked in the same manner (one UDP socket,
two STUN servers, one look for each port mapping protocol, one page that should be empty), under
the names of tailscale's JSON. Plain sockets; it knows nothing of this project.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from tests.lab.places import ECHO_NAMES, STUN_NAMES

_COOKIE = 0x2112A442
_TRIES, _WAIT = 4, 0.5
_SEARCH = (
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    b'MAN: "ssdp:discover"\r\nMX: 1\r\n'
    b"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
)


def report() -> dict[str, Any]:
    """Everything, under tailscale's names; None is "could not be told"."""
    router = gateway()
    with ThreadPoolExecutor() as side_by_side:
        four = side_by_side.submit(stun, socket.AF_INET)
        six = side_by_side.submit(stun, socket.AF_INET6)
        ports = [side_by_side.submit(look, router) for look in (upnp, natpmp, pcp)]
        portal = side_by_side.submit(captive)
    seen4, seen6 = four.result(), six.result()
    found = dict(zip(("UPnP", "PMP", "PCP"), (port.result() for port in ports), strict=True))
    return {
        "UDP": bool(seen4 or seen6),
        "IPv4": bool(seen4),
        "GlobalV4": seen4[0] if seen4 else "",
        "IPv6": bool(seen6),
        "GlobalV6": seen6[0] if seen6 else "",
        "OSHasIPv6": has_ipv6(),
        "MappingVariesByDestIP": len(set(seen4)) > 1 if len(seen4) > 1 else None,
        **found,
        "CaptivePortal": portal.result(),
    }


def stun(family: socket.AddressFamily) -> list[str]:
    """As what each server saw one and the same socket: "address:port", for those that answered."""
    with ThreadPoolExecutor() as side_by_side:
        servers = side_by_side.map(lambda name: resolved(name, family), STUN_NAMES)
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        return [seen for server in servers if server and (seen := mapped(client, server))]


def resolved(name: str, family: socket.AddressFamily) -> Any:
    """A STUN server's address for a socket, or None."""
    try:
        return socket.getaddrinfo(name, 3478, family, socket.SOCK_DGRAM)[0][4]
    except OSError:
        return None


def mapped(client: socket.socket, server: Any) -> str:
    """XOR-MAPPED-ADDRESS of one Binding exchange (RFC 8489 §14.2); empty without an answer."""
    request = struct.pack("!HHI", 1, 0, _COOKIE) + os.urandom(12)
    client.settimeout(_WAIT)
    for _ in range(_TRIES):
        try:
            client.sendto(request, server)
            reply, sender = client.recvfrom(2048)
        except OSError:
            continue
        if reply[4:20] == request[4:20] and sender[0] == server[0]:
            return xor_mapped(reply)
    return ""


def xor_mapped(reply: bytes) -> str:
    at = 20
    while at + 4 <= len(reply):
        kind, length = struct.unpack_from("!HH", reply, at)
        value = reply[at + 4 : at + 4 + length]
        if kind == 0x0020:
            port = int.from_bytes(value[2:4]) ^ _COOKIE >> 16
            clear = bytes(a ^ b for a, b in zip(value[4:], reply[4:20], strict=False))
            address = ip_address(clear)
            shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
            return f"{shown}:{port}"
        at += 4 + length + -length % 4
    return ""


def gateway() -> str:
    """The gateway of the default route, whatever lies over that route."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        _, destination, via, flags, *_ = line.split()
        if destination == "00000000" and int(flags, 16) & 2:
            return socket.inet_ntoa(struct.pack("<I", int(via, 16)))
    return ""


def upnp(router: str) -> bool:
    """Whether a gateway device answers the search, sent to the router and to everybody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(_WAIT)
        try:
            for host in (router, "239.255.255.250"):
                client.sendto(_SEARCH, (host, 1900))
            return b"\nlocation:" in client.recv(2048).lower()
        except OSError:
            return False


def natpmp(router: str) -> bool:
    """Whether the router answers the question for its address, whatever it says (RFC 6886)."""
    return len(ask(router, 5351, b"\0\0")) == 12


def pcp(router: str) -> bool:
    """Whether the router answers an ANNOUNCE (RFC 6887 §14.1)."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((router, 5351))
            local = socket.inet_aton(probe.getsockname()[0])
    except OSError:
        return False
    request = struct.pack("!BBHI", 2, 0, 0, 0) + bytes(10) + b"\xff\xff" + local
    return ask(router, 5351, request)[:2] == b"\x02\x80"


def ask(host: str, port: int, request: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(_WAIT)
        try:
            client.connect((host, port))
            client.send(request)
            return client.recv(2048)
        except OSError:
            return b""


def has_ipv6() -> bool:
    """Whether the system speaks IPv6 at all, be it with itself."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def captive() -> bool | None:
    """Whether a page that has no content has some."""
    web = http.client.HTTPConnection(ECHO_NAMES[0], timeout=1)
    try:
        web.request("GET", "/generate_204")
        return web.getresponse().status != 204
    except (OSError, http.client.HTTPException):
        return None
    finally:
        web.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(report()))
