"""Everything that stands around the agent in the demo, opened and closed as one."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address

from agent.demo.pretend.dns import NameServer
from agent.demo.pretend.doors import HOST, udp_door
from agent.demo.pretend.echo import Echo
from agent.demo.pretend.igd import DESCRIPTION, Router
from agent.demo.pretend.line import Line
from agent.demo.pretend.stun import StunServer
from agent.demo.pretend.web import web_server
from agent.demo.pretend.zone import new_zone

ZONE = "example.com"
KEY_NAME = "home."
LAG = 0.15  # seconds until the secondary has copied the zone: a brisk provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where everything listens, and the servers themselves for those who want to look inside.

    `stun` lists two servers, one as 127.0.0.1 and one as localhost: they stand for two operators.
    `authority` lists the primary, then the secondary.
    """

    line: Line
    router: Router
    location: str
    stun: tuple[str, str]
    echo_url: str
    authority: tuple[str, str]
    primary: NameServer
    key_secret: str


@asynccontextmanager
async def open_home(
    address: IPv4Address, *, entropy: Callable[[int], bytes] = os.urandom
) -> AsyncIterator[Home]:
    """Connect the home with `address`. Raises OSError where loopback itself cannot be used.

    `entropy` yields the random octets of the key that only this home's provider knows.
    """
    secret = base64.b64encode(entropy(32)).decode("ascii")
    line = Line(address)
    router, echo = Router(line), Echo(line)
    zone = new_zone(ZONE, {f"ns1.{ZONE}": HOST, f"ns2.{ZONE}": HOST})
    primary = NameServer(zone, {KEY_NAME: secret})
    secondary = NameServer(zone)
    secondary.follow(primary, lag=LAG)
    async with AsyncExitStack() as doors:
        enter = doors.enter_async_context
        stun = [await enter(udp_door(StunServer(line).hear)) for _ in range(2)]
        yield Home(
            line=line,
            router=router,
            location=await enter(web_server(router.answer)) + DESCRIPTION,
            stun=(f"stun:{HOST}:{stun[0]}", f"stun:localhost:{stun[1]}"),
            echo_url=await enter(web_server(echo.answer)) + "/",
            authority=(
                "{}:{}".format(*await enter(primary.open())),
                "{}:{}".format(*await enter(secondary.open())),
            ),
            primary=primary,
            key_secret=secret,
        )
