"""A VPN: a TUN link named wg0 in the home, carried over UDP to a server in the world.

The link is of the kind that WireGuard's is, and its packets really leave through the router, so
what an agent sees of it is what it sees of a full-tunnel VPN: half of all addresses twice over
the default route, which stays (as `wg-quick` and OpenVPN's `redirect-gateway def1` leave it).
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from pathlib import Path

from tests.lab.places import TUNNEL, VPN_EXIT
from tests.support.namespaces import Inside, Namespace
from tests.support.tools import absent

_DEVICE = Path("/dev/net/tun")
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_PORT = 51820
_MTU = 1400


class Tunnel:
    """Both ends; `arrange` puts it up and takes it down."""

    def __init__(self, home: Namespace, server: Namespace) -> None:
        self._home, self._server = home, server
        self._at_home, self._at_server = Inside(home), Inside(server)
        self._ends: list[_End] = []

    def arrange(self, *, up: bool) -> None:
        """Make it as wanted; an end that is there already stays."""
        if up and not self._ends:
            self._open()
        elif not up:
            self._take_down()

    def close(self) -> None:
        """Take it down, and leave the namespaces."""
        self._take_down()
        self._at_home.close()
        self._at_server.close()

    def _open(self) -> None:
        if not _DEVICE.exists():
            absent(f"needs {_DEVICE}, to make a tunnel")
        client = self._at_home.make(lambda: _End("wg0"))
        self._ends.append(client)
        server = self._at_server.make(lambda: _End("tun0"))
        self._ends.append(server)
        client.peer = (VPN_EXIT, _PORT)
        server.carrier.bind((VPN_EXIT, _PORT))
        link = (f"mtu {_MTU} up", *TUNNEL)
        self._home.batch(
            f"link set wg0 {link[0]}",
            f"address add {link[1]}/32 dev wg0",
            "route add 0.0.0.0/1 dev wg0",
            "route add 128.0.0.0/1 dev wg0",
        )
        self._server.batch(
            f"link set tun0 {link[0]}",
            f"address add {link[2]}/32 dev tun0",
            f"route add {link[1]}/32 dev tun0",
        )
        self._at_home.call(client.start())
        self._at_server.call(server.start())

    def _take_down(self) -> None:
        for end, inside in zip(self._ends, (self._at_home, self._at_server), strict=False):
            inside.call(end.stop())
        self._ends.clear()


class _End:
    """One end: what the link sends goes out over UDP to `peer`, and back. Made in its namespace."""

    def __init__(self, name: str) -> None:
        import fcntl  # here, because the lab's tests are collected on Windows too, to be skipped

        self.peer: tuple[str, int] | None = None  # the server learns it from what arrives
        self.carrier = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.carrier.setblocking(False)
        self._link = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK)
        request = struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI)
        fcntl.ioctl(self._link, _TUNSETIFF, request)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._link, self._outward)
        loop.add_reader(self.carrier, self._inward)

    async def stop(self) -> None:
        """The link is gone with its descriptor, and with it every route through it."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._link)
        loop.remove_reader(self.carrier)
        self.carrier.close()
        os.close(self._link)

    def _outward(self) -> None:
        packet = os.read(self._link, 65535)
        if self.peer is not None:
            try:
                self.carrier.sendto(packet, self.peer)
            except OSError:
                return  # the carrier's way is down: a tunnel loses what it cannot carry

    def _inward(self) -> None:
        try:
            packet, self.peer = self.carrier.recvfrom(65535)
            os.write(self._link, packet)
        except OSError:
            return  # an ICMP error about an earlier packet, or no IP packet
