"""Routers that lie, and routers that attack: SSDP, description and SOAP in the router's place.

Served on the router's LAN address, where the agent looks for the real one, or on a neighbour's,
which has no say. Field cases: a WAN address that is private (Sagemcom, miniupnp#732), 0.0.0.0
while reconnecting, yesterday's address, text that is no address, a media server that answers the
search for a gateway; and what an attacker in the LAN can do: an endless description, a slow one,
a control URL that points out of the LAN.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from tests.lab.places import ROUTER, STALE, STRANGER

PORT = 5000
HUGE = 300 << 20
CLAIMED = "81.2.69.66"  # what attackers and strangers say the address is
_WAN_IP = "urn:schemas-upnp-org:service:WANIPConnection:1"
_TARGETS = (
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    _WAN_IP,
    "upnp:rootdevice",
    "ssdp:all",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """How a false router behaves. `reports` is the WAN address that it claims to have."""

    reports: str = ""
    status: str = "Connected"
    device: Literal["gateway", "media_server"] = "gateway"
    description: Literal["honest", "drip", "huge"] = "honest"
    control: str = "/control"


CHARACTERS: Mapping[str, Character] = {
    "stale": Character(reports=STALE),
    "private": Character(reports="10.0.0.7"),
    "zero": Character(reports="0.0.0.0"),
    "junk": Character(reports="not-an-address"),
    "media_server": Character(device="media_server"),
    "drip": Character(description="drip", reports=CLAIMED),
    "huge": Character(description="huge", reports=CLAIMED),
    "off_lan": Character(control=f"http://{STRANGER}/control", reports=CLAIMED),
}


class FakeRouter:
    """One false router; `described` and `controlled` count what was asked of it."""

    def __init__(self, character: Character, address: str = ROUTER) -> None:
        self.character = character
        self._address = address
        self.searched = 0
        self.described = 0
        self.controlled = 0
        self.sent = 0  # bytes of description, to see how much an agent swallows
        self._closing: list[asyncio.BaseTransport | asyncio.Server] = []
        self._visits: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Listen for searches and requests, until `close`."""
        loop = asyncio.get_running_loop()
        search = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        search.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        search.bind(("", 1900))
        membership = socket.inet_aton("239.255.255.250") + socket.inet_aton(self._address)
        search.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        transport, _ = await loop.create_datagram_endpoint(lambda: _Search(self), sock=search)
        server = await asyncio.start_server(self._visit, self._address, PORT)
        self._closing = [transport, server]

    async def close(self) -> None:
        for part in self._closing:
            part.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def answers_search(self, target: str) -> bytes | None:
        """The reply to an M-SEARCH, or None where a device of this kind keeps silent."""
        self.searched += 1
        if target not in _TARGETS:
            return None
        # The media server claims to be whatever is looked for, as one in the field did.
        named = _TARGETS[0] if target == "ssdp:all" else target
        return (
            "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\n"
            f"ST: {named}\r\nUSN: uuid:lab-fake::{named}\r\n"
            f"SERVER: Lab/1 UPnP/1.0 Fake/1\r\n"
            f"LOCATION: http://{self._address}:{PORT}/rootDesc.xml\r\n\r\n"
        ).encode()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"POST"):
                self.controlled += 1
                await reader.readexactly(_content_length(head))  # unread, it would mean a reset
                await self._reply(writer, self._soap(head).encode())
            else:
                self.described += 1
                await self._describe(writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()  # the visitor left, or the case is over
        finally:
            self._visits.discard(task)

    async def _describe(self, writer: asyncio.StreamWriter) -> None:
        text = self._description().encode()
        if self.character.description == "honest":
            await self._reply(writer, text)
        elif self.character.description == "drip":
            await self._drip(writer, text)
        else:
            await self._flood(writer)

    async def _reply(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(_head(len(body)) + body)
        await writer.drain()

    async def _drip(self, writer: asyncio.StreamWriter, text: bytes) -> None:
        writer.write(_head(len(text)))
        for byte in text:
            writer.write(bytes((byte,)))
            await writer.drain()
            self.sent += 1
            await asyncio.sleep(1)

    async def _flood(self, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(HUGE))
        chunk = b"<!-- filler -->\n" * 4096
        while self.sent < HUGE:
            writer.write(chunk)
            await writer.drain()
            self.sent += len(chunk)

    def _soap(self, head: bytes) -> str:
        if b"#GetExternalIPAddress" in head:
            reported = f"<NewExternalIPAddress>{self.character.reports}</NewExternalIPAddress>"
            return _envelope("GetExternalIPAddress", reported)
        return _envelope(
            "GetStatusInfo",
            f"<NewConnectionStatus>{self.character.status}</NewConnectionStatus>"
            "<NewLastConnectionError>ERROR_NONE</NewLastConnectionError><NewUptime>77</NewUptime>",
        )

    def _description(self) -> str:
        if self.character.device == "media_server":
            return _device(
                "MediaServer", _service("urn:schemas-upnp-org:service:ContentDirectory:1", "/cd")
            )
        connection = _device("WANConnectionDevice", _service(_WAN_IP, self.character.control))
        wan = _device(
            "WANDevice",
            _service("urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", "/common"),
            connection,
        )
        return _device("InternetGatewayDevice", "", wan)


class _Search(asyncio.DatagramProtocol):
    def __init__(self, router: FakeRouter) -> None:
        self._router = router
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        headers = data.decode("latin-1").splitlines()
        if not headers or not headers[0].startswith("M-SEARCH"):
            return
        target = next((h[3:].strip() for h in headers if h.upper().startswith("ST:")), "")
        reply = self._router.answers_search(target)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, address)


def _content_length(head: bytes) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0


def _head(length: int) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % length
    )


def _envelope(action: str, inner: str) -> str:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
        f'<u:{action}Response xmlns:u="{_WAN_IP}">{inner}</u:{action}Response>'
        "</s:Body></s:Envelope>"
    )


def _device(kind: str, services: str, children: str = "") -> str:
    body = (
        f"<device><deviceType>urn:schemas-upnp-org:device:{kind}:1</deviceType>"
        f"<friendlyName>Fake {kind}</friendlyName><manufacturer>Lab</manufacturer>"
        f"<UDN>uuid:lab-fake-{kind}</UDN>"
        f"<serviceList>{services}</serviceList><deviceList>{children}</deviceList></device>"
    )
    if kind in {"InternetGatewayDevice", "MediaServer"}:
        root = '<root xmlns="urn:schemas-upnp-org:device-1-0">'
        version = "<specVersion><major>1</major><minor>0</minor></specVersion>"
        return f'<?xml version="1.0"?>{root}{version}{body}</root>'
    return body


def _service(kind: str, control: str) -> str:
    return (
        f"<service><serviceType>{kind}</serviceType><serviceId>urn:upnp-org:serviceId:1</serviceId>"
        f"<SCPDURL>/scpd.xml</SCPDURL><controlURL>{control}</controlURL>"
        "<eventSubURL>/events</eventSubURL></service>"
    )
