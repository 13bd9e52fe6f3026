"""A vendor's service on loopback: strict in good weather, all kinds of bad weather on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer

FLOOD = 300 * 1024 * 1024
DATE = "Sun, 01 Mar 2026 03:00:00 GMT"
IN_TWO_MINUTES = "Sun, 01 Mar 2026 03:02:00 GMT"
Mischief = Callable[["FakeService", web.Request], Awaitable[web.StreamResponse]]


class FakeService:
    """One fake vendor. A subclass answers; `violations` collects what no client may send.

    `mischief` names the entry of `MISCHIEFS` that answers instead; empty: good weather.
    """

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.requests: list[str] = []  # method and path of each, without its query
        self.agents: list[str] = []
        self.mischief = ""
        self.poured = 0  # bytes that a flood got rid of
        self.waiting = asyncio.Event()  # set while a hanging answer hangs
        self._end = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._server = TestServer(app, host="127.0.0.1")

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        await self._server.close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    def expect(self, truth: bool, violation: str) -> None:
        """Write down what the vendor's documentation does not allow."""
        if not truth:
            self.violations.append(violation)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        self.agents.append(request.headers.get("User-Agent", ""))
        if self.mischief:
            return await MISCHIEFS[self.mischief](self, request)
        return await self.answer(request)

    async def hang(self) -> None:
        self.waiting.set()
        await self._end.wait()


def _says(
    status: int, text: str = "", content_type: str = "text/plain", **headers: str
) -> Mischief:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def reply(_service: FakeService, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=content_type, headers=named)

    return reply


def _drop(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


async def _cut(_service: FakeService, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"good")
    _drop(request)
    return response


async def _hang(service: FakeService, _request: web.Request) -> web.StreamResponse:
    await service.hang()
    return web.Response()


async def _hang_in_body(service: FakeService, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"good")
    await service.hang()
    return response


async def _silent_close(_service: FakeService, request: web.Request) -> web.StreamResponse:
    _drop(request)
    return web.Response()


async def _lost_reply(service: FakeService, request: web.Request) -> web.StreamResponse:
    await service.answer(request)
    _drop(request)
    return web.Response()


async def _flood(service: FakeService, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    block = b"good " * 13_000
    while service.poured < FLOOD:
        await response.write(block)
        service.poured += len(block)
    return response


async def _not_http(_service: FakeService, request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"220 mail.example.com ESMTP\r\n")
    request.transport.close()
    return web.Response()


async def _redirect(service: FakeService, _request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": service.url("/trap?token=trapped")})


async def _echo_everything(_service: FakeService, request: web.Request) -> web.StreamResponse:
    """Say back everything that the client sent, as debug pages do."""
    heard = [request.raw_path, str(request.url), *map(str, request.headers.items())]
    return web.Response(status=400, text=" ".join(heard) + await request.text())


_PAGE = "<!DOCTYPE html><html><head><title>Log in to the hotel</title></head></html>"
MISCHIEFS: dict[str, Mischief] = {
    "429 in seconds": _says(429, Retry_After="120"),
    "429 until a date": _says(429, Retry_After=IN_TWO_MINUTES, Date=DATE),
    "429 reset in seconds": _says(429, X_RateLimit_Reset="120"),
    "429 reset at unix time": _says(429, RateLimit_Reset="1772334120", Date=DATE),
    "429 structured": _says(429, Ratelimit='"default";r=0;t=120'),
    "429 without a word": _says(429),
    "500": _says(500, "boom"),
    "502": _says(502, _PAGE, "text/html"),
    "503": _says(503, "come back"),
    "503 for an hour": _says(503, Retry_After="3600"),
    "504": _says(504),
    "401": _says(401, "no"),
    "403 long ago": _says(403, "no", Date="Sun, 01 Mar 2020 03:00:00 GMT"),
    "404": _says(404, "no such thing"),
    "html": _says(200, _PAGE, "text/html"),
    "empty": _says(200),
    "nul bytes": _says(200, "\0" * 200_000),
    "cut": _cut,
    "hang": _hang,
    "hang in the body": _hang_in_body,
    "silent close": _silent_close,
    "lost reply": _lost_reply,
    "flood": _flood,
    "not http": _not_http,
    "redirect": _redirect,
    "echo everything": _echo_everything,
}
