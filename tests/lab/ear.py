"""What reaches the home unasked: the router's multicasts, and events that were subscribed to."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from tests.lab.places import HOME, ROUTER
from tests.support.namespaces import Inside, Namespace

ANNOUNCEMENTS = ("224.0.0.1", 5350)  # RFC 6886 §3.2.1, RFC 6887 §14.1
SSDP = ("239.255.255.250", 1900)
EVENTS = f"http://{ROUTER}:5000/evt/IPConn"  # where miniupnpd lets its events be subscribed to
_CALLBACK_PORT = 5999


class Heard(NamedTuple):
    """One datagram: who sent it to which of the two groups, and what it says."""

    sender: str
    port: int
    data: bytes


class Ear:
    """Listens in the home while its `with` block lasts."""

    def __init__(self, home: Namespace) -> None:
        self.heard: list[Heard] = []
        self.events: list[str] = []  # whole requests, head and body
        self._home, self._inside = home, Inside(home)
        self._groups: list[asyncio.DatagramTransport] = []

    def announced(self) -> list[str]:
        """The addresses that NAT-PMP announced, and "PCP" for each that has none in it."""
        told = [one.data for one in self.heard if one.port == ANNOUNCEMENTS[1]]
        return ["PCP" if data[0] else socket.inet_ntoa(data[8:12]) for data in told]

    def notices(self, kind: str) -> set[str]:
        """The BOOTIDs of the SSDP notices of a kind, such as `ssdp:alive`."""
        told = [one.data.decode() for one in self.heard if one.port == SSDP[1]]
        found = (re.search(r"(?m)^BOOTID.UPNP.ORG: *(\d+)", text) for text in told if kind in text)
        return {one[1] for one in found if one}

    def subscribe(self) -> str:
        """Subscribe to miniupnpd's events with curl; the subscription's name."""
        callback = f"CALLBACK: <http://{HOME}:{_CALLBACK_PORT}/>"
        return _header("SID", self._curl(callback, "NT: upnp:event", "TIMEOUT: Second-300"))

    def renew(self, sid: str) -> str:
        """Renew with curl; the status."""
        return self._curl(f"SID: {sid}", "TIMEOUT: Second-300").split()[1]

    def __enter__(self) -> Self:
        self._inside.call(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inside.call(self._stop())
        self._inside.close()

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        for group, port in (ANNOUNCEMENTS, SSDP):
            made = await loop.create_datagram_endpoint(
                partial(_Group, self, port), sock=_member(group, port)
            )
            self._groups.append(made[0])
        self._door = await asyncio.start_server(self._event, HOME, _CALLBACK_PORT)

    async def _stop(self) -> None:
        for group in self._groups:
            group.close()
        self._door.close()
        await self._door.wait_closed()

    async def _event(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.readexactly(int(_header("Content-Length", head)))
        self.events.append(head + body.decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    def _curl(self, *headers: str) -> str:
        words = [word for header in headers for word in ("-H", header)]
        return self._home.run("curl", "-sS", "-i", "-X", "SUBSCRIBE", *words, EVENTS)


class _Group(asyncio.DatagramProtocol):
    def __init__(self, ear: Ear, port: int) -> None:
        self._ear, self._port = ear, port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._ear.heard.append(Heard(addr[0], self._port, data))


def _member(group: str, port: int) -> socket.socket:
    member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    member.setblocking(False)
    member.bind((group, port))
    request = struct.pack("=4s4s", socket.inet_aton(group), socket.inet_aton(HOME))
    member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    return member


def _header(name: str, text: str) -> str:
    found = re.search(rf"(?mi)^{name}: *(.*?)\r?$", text)
    assert found, text
    return found[1]
