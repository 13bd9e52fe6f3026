"""As much of an HTTP/1.1 server as a home router has: one request, one answer, close."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from agent.demo.pretend.doors import HOST, tcp_door

_LONGEST_BODY = 64 * 1024  # octets; a SOAP question has less than one thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer."""

    status: HTTPStatus = HTTPStatus.OK
    kind: str = 'text/xml; charset="utf-8"'
    text: str = ""


@asynccontextmanager
async def web_server(answer: Callable[[Asked], Page]) -> AsyncIterator[str]:
    """Answer each request with what `answer` makes of it; yield the root URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            page = answer(await _read(reader))
        except (ValueError, asyncio.LimitOverrunError):
            page = Page(status=HTTPStatus.BAD_REQUEST)
        writer.write(_octets(page))
        await writer.drain()

    async with tcp_door(talk) as port:
        yield f"http://{HOST}:{port}"


async def _read(reader: asyncio.StreamReader) -> Asked:
    """Read one request. Raises ValueError for what is none, EOFError for half of one."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, path, _version = first.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _colon, value in (line.partition(":") for line in lines)
    }
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= _LONGEST_BODY:
        raise ValueError("no honest question is that long")
    body = await reader.readexactly(length)
    return Asked(method=method, path=path, headers=headers, body=body)


def _octets(page: Page) -> bytes:
    body = page.text.encode()
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Content-Type: {page.kind}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Server: pretend/1 UPnP/1.0 upstun-demo/1\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
