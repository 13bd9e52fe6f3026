"""HTTP and SOAP with one machine, where miniupnpc has no way to ask. Capped in every direction.

miniupnpc's Python binding asks the first WAN service of a description only, tells nothing of
IPv6 firewalls, and answers None for a SOAP error whatever its code. What is asked here goes to a
numeric address that the caller has checked, follows no redirect, and reads 256 KiB at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from ipaddress import IPv4Address

from discovery.router.description import Service, element, number

_MOST = 256 << 10
_OK = 200
_FAULT = 500  # what carries a SOAP fault (UPnP Device Architecture 1.1, §3.2.5)


class Refused(ValueError):
    """The service answered with a UPnP error; `code` is its number, 0 where it named none."""

    def __init__(self, code: int) -> None:
        """Keep the number."""
        super().__init__(f"UPnP error {code}")
        self.code = code


async def fetch(url: str, host: str, *, local: IPv4Address | None = None) -> str:
    """The document at `url`, asked from `host`. Raises OSError, and ValueError unless 200.

    `local` is as for `exchange`.
    """
    status, text = await exchange("GET", url, host, local=local)
    if status != _OK:
        raise ValueError("not a 200")
    return text


async def call(
    service: Service,
    host: str,
    action: str,
    arguments: Mapping[str, str] | None = None,
    *,
    local: IPv4Address | None = None,
) -> str:
    """Call one SOAP action of a service on `host`; the answer's body as text.

    Argument values must be plain words: they are not escaped. `local` is as for `exchange`.
    Raises Refused for a UPnP error, ValueError for what is no answer, OSError for trouble on the
    way.
    """
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in (arguments or {}).items())
    body = (
        '<?xml version="1.0"?>\r\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
        f'<u:{action} xmlns:u="{service.kind}">{inside}</u:{action}></s:Body></s:Envelope>'
    )
    soap = f'Content-Type: text/xml; charset="utf-8"\r\nSOAPAction: "{service.kind}#{action}"\r\n'
    status, text = await exchange("POST", service.control_url, host, soap, body, local=local)
    if status == _FAULT:
        raise Refused(number(element(text, "errorCode"), 999) or 0)
    if status != _OK:
        raise ValueError("not a 200")
    return text


async def exchange(
    method: str,
    url: str,
    host: str,
    headers: str = "",
    body: str = "",
    *,
    local: IPv4Address | None = None,
) -> tuple[int, str]:
    """One HTTP exchange: the status and the body, which is at most 256 KiB.

    `local` is our address to ask from; without it, the one that the system chooses.
    HTTP/1.0, because then no router answers in chunks. Raises OSError for trouble on the way, and
    ValueError for a URL or an answer that is none. It has no time limit: that is the caller's.
    """
    authority, _, path = url.partition("://")[2].partition("/")
    port = int(authority.partition(":")[2] or 80)
    request = (
        f"{method} /{path} HTTP/1.0\r\nHost: {authority}\r\n{headers}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    if not request.isascii() or any(c <= " " for c in path + authority) or '"' in path:
        raise ValueError("a URL that does not fit into one request line")
    if port > 0xFFFF:  # noqa: PLR2004 - connect(2) would raise OverflowError
        raise ValueError("a URL with an impossible port")
    source = None if local is None else (str(local), 0)
    reader, writer = await asyncio.open_connection(host, port, limit=_MOST, local_addr=source)
    try:
        writer.write(request.encode("ascii"))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = _status(head)
        length = head.partition("\r\ncontent-length:")[2].partition("\r\n")[0].strip()
        content = await _body(reader, int(length) if length else None)
    except asyncio.LimitOverrunError as overrun:
        raise ValueError("a head without an end") from overrun
    except asyncio.IncompleteReadError as cut:
        raise ValueError("an answer that was cut off") from cut
    finally:
        writer.transport.abort()
    return status, content.decode("utf-8", "replace")


def _status(head: str) -> int:
    words = head.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith("http/") or not words[1].isdecimal():  # noqa: PLR2004 - version, code
        raise ValueError("no HTTP answer")
    return int(words[1])


async def _body(reader: asyncio.StreamReader, length: int | None) -> bytes:
    if length is not None and length <= _MOST:
        return await reader.readexactly(length)
    body = b""
    while part := await reader.read(_MOST):
        body += part
        if len(body) > _MOST:
            raise ValueError("a body larger than any router's")
    return body
