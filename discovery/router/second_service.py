"""Asking the WAN service of a router that miniupnpc cannot be told to ask.

Many DSL routers describe a WANIPConnection and a WANPPPConnection, and only one of them is in use
(openhab1-addons#5296). With a given description, miniupnpc's Python binding takes the first and
has no way to the second. So where the first one has no public address, the second is asked here:
a capped GET and two capped POSTs, to the same machine only.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from discovery.router.upnp_process import Report
from discovery.router.upnp_worker import leads_to

_MOST = 256 << 10
_KINDS = ("WANIPConnection:", "WANPPPConnection:")
_URN = "urn:schemas-upnp-org:service:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A WAN connection service of a description, with its control URL made absolute."""

    kind: str
    control_url: str


def wan_services(description: str, location: str) -> list[Service]:
    """The WAN connection services in the order of the description. Pure.

    Cut by hand, in one pass: routers' XML is often broken, and a document with entities or a
    hundred thousand open tags shall cost nothing.
    """
    base = element(description, "URLBase") or location
    scheme, _, rest = base.partition("://")
    origin = f"{scheme}://{rest.partition('/')[0]}"
    found = []
    for block in description.split("<service>")[1:]:
        kind = element(block, "serviceType")
        control = element(block, "controlURL")
        if control and kind.startswith(tuple(_URN + name for name in _KINDS)):
            absolute = control if "://" in control else f"{origin}/{control.lstrip('/')}"
            found.append(Service(kind=kind, control_url=absolute))
    return found


def element(text: str, name: str) -> str:
    """The text of the first such element, without a prefix of its name; empty if there is none."""
    _, _, rest = text.partition(f"<{name}>")
    inside, end, _ = rest.partition(f"</{name}>")
    return inside.strip() if end and "<" not in inside else ""


async def ask_second(location: str, host: str, *, asked: str, limit: float) -> Report | None:
    """Ask the WAN service whose control URL is not `asked`; None when there is none or it fails.

    The report is of the same form as the worker's. At most `limit` seconds.
    """
    with suppress(OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(limit):
            description = await _exchange("GET", location, host)
            for service in wan_services(description, location):
                if service.control_url != asked and leads_to(service.control_url, host):
                    return await _ask(service, host)
    return None


async def _ask(service: Service, host: str) -> Report:
    address = await _action(service, host, "GetExternalIPAddress")
    status = await _action(service, host, "GetStatusInfo")
    uptime = element(status, "NewUptime")
    return {
        "control_url": service.control_url,
        "address": element(address, "NewExternalIPAddress"),
        "status": element(status, "NewConnectionStatus"),
        "last_error": element(status, "NewLastConnectionError"),
        "uptime": int(uptime) if uptime.isdecimal() and uptime.isascii() else None,
    }


async def _action(service: Service, host: str, action: str) -> str:
    """Call one SOAP action without arguments; the answer's body as text."""
    body = (
        '<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
        f'<u:{action} xmlns:u="{service.kind}"></u:{action}></s:Body></s:Envelope>'
    )
    soap = f'Content-Type: text/xml; charset="utf-8"\r\nSOAPAction: "{service.kind}#{action}"\r\n'
    return await _exchange("POST", service.control_url, host, soap, body)


async def _exchange(method: str, url: str, host: str, headers: str = "", body: str = "") -> str:
    """One HTTP exchange. Raises ValueError for anything but a 200 of at most 256 KiB.

    HTTP/1.0, because then no router answers in chunks.
    """
    authority, _, path = url.partition("://")[2].partition("/")
    port = authority.partition(":")[2]
    request = (
        f"{method} /{path} HTTP/1.0\r\nHost: {authority}\r\n{headers}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    if not request.isascii() or " " in path or "\r" in path or "\n" in path:
        raise ValueError("a URL that does not fit into one request line")
    reader, writer = await asyncio.open_connection(host, int(port or 80), limit=_MOST)
    try:
        writer.write(request.encode("ascii"))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if head.split()[1:2] != ["200"]:
            raise ValueError("not a 200")
        length = head.partition("\r\ncontent-length:")[2].partition("\r\n")[0].strip()
        return (await _body(reader, int(length) if length else None)).decode("utf-8", "replace")
    except asyncio.LimitOverrunError as overrun:
        raise ValueError("a head without an end") from overrun
    finally:
        writer.transport.abort()


async def _body(reader: asyncio.StreamReader, length: int | None) -> bytes:
    if length is not None and length <= _MOST:
        return await reader.readexactly(length)
    body = b""
    while part := await reader.read(_MOST):
        body += part
        if len(body) > _MOST:
            raise ValueError("a body larger than any router's")
    return body
