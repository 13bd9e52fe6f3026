"""A dyndns2 service in the lab's world, strict as the real ones, that writes into a real BIND.

It knows its one login and its hosts, demands the address in the request (the real ones would take
the caller's), says `nochg` to an update that changes nothing, and notes when each call came.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

import dns.query
import dns.rcode
from aiohttp import web

from tests.lab.places import PRIMARY, ZONE
from tests.lab.records import address_change

ADDRESS, NAME = "185.60.112.10", f"members.{ZONE}"
USER, PASSWORD = "bench-user", "bench-password"  # of nobody
PATH = "/nic/update"

_LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
_ASK_LOGIN = {"WWW-Authenticate": 'Basic realm="bench"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: when it came (monotonic), for whom, with what, and the answer."""

    at: float
    host: str
    address: str
    answer: str


class Provider:
    """Serves HTTP on port 80 until `close`; `calls` are all requests so far."""

    def __init__(self, hosts: Iterable[str], secret: str) -> None:
        self.calls: list[Call] = []
        self._now = dict.fromkeys(hosts, "")
        self._secret = secret
        app = web.Application()
        app.router.add_get(PATH, self._update)
        self._runner = web.AppRunner(app, access_log=None)

    async def serve(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, ADDRESS, 80).start()

    async def close(self) -> None:
        """Listen no longer."""
        await self._runner.cleanup()

    def first(self, host: str, address: str, since: float) -> float | None:
        """When this host was first told this address, of all calls since a moment."""
        told = (call.at for call in self.calls if (call.host, call.address) == (host, address))
        return min((at for at in told if at >= since), default=None)

    async def _update(self, request: web.Request) -> web.Response:
        at = time.monotonic()
        host, address = request.query.get("hostname", ""), request.query.get("myip", "")
        if request.headers.get("Authorization") != _LOGIN:
            answer = "badauth"
        elif not request.headers.get("User-Agent"):
            answer = "badagent"
        elif host not in self._now:
            answer = "nohost"
        elif not _is_ipv4(address):
            answer = "notfqdn"
        elif self._now[host] == address:
            answer = f"nochg {address}"
        else:
            await asyncio.to_thread(self._publish, host, address)
            self._now[host] = address
            answer = f"good {address}"
        self.calls.append(Call(at=at, host=host, address=address, answer=answer))
        if answer == "badauth":
            return web.Response(status=401, text=f"{answer}\n", headers=_ASK_LOGIN)
        return web.Response(text=f"{answer}\n")

    def _publish(self, host: str, address: str) -> None:
        change = address_change(host, (address,), self._secret)
        reply = dns.query.tcp(change, PRIMARY, timeout=5)
        if reply.rcode() != dns.rcode.NOERROR:
            raise OSError(f"BIND answered {dns.rcode.to_text(reply.rcode())} for {host}")


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
