"""The pretend echo page, read by the agent's own method."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from agent.demo.pretend.echo import Echo
from agent.demo.pretend.line import Line
from agent.demo.pretend.web import Asked, web_server
from discovery.echo import EchoMethod
from discovery.observation import Family, Seen

ADDRESS = IPv4Address("81.2.69.160")


def test_the_page_shows_the_lines_address() -> None:
    async def main() -> None:
        echo = Echo(Line(ADDRESS))
        async with web_server(echo.answer) as root:
            seen = await EchoMethod(f"{root}/").observe(Family.V4)
        assert isinstance(seen, Seen), seen
        assert seen.address == ADDRESS
        assert echo.asked == 1

    asyncio.run(main())


def test_nothing_can_be_posted() -> None:
    async def main() -> int:
        page = Echo(Line(ADDRESS)).answer(Asked(method="POST", path="/", headers={}))
        return page.status.value

    assert asyncio.run(main()) == 405
