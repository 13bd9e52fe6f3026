"""A service of somebody's own, told by a webhook: JSON in, a word out."""

from __future__ import annotations

import json
from ipaddress import ip_address

from aiohttp import web

from tests.support.provider_fakes.service import FakeService


class FakeHook(FakeService):
    """`hosts` maps each host to its addresses by version; `heard` is every body, in order."""

    def __init__(self, *hosts: str, key: str) -> None:
        super().__init__()
        self.hosts: dict[str, dict[int, str]] = {host: {} for host in hosts}
        self.key = key
        self.heard: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.expect(request.method == "POST", f"method {request.method}")
        self.expect(request.path == "/hook", f"path {request.path}")
        self.expect(request.content_type == "application/json", f"type {request.content_type}")
        said = json.loads(await request.text())
        self.heard.append(said)
        if said.pop("key") != self.key:
            return web.Response(status=401, text="who are you?")
        host = self.hosts.get(said.pop("host"))
        if host is None:
            return web.Response(status=404, text="no such host")
        wanted = {int(name[-1]): said.pop(name) for name in ("ipv4", "ipv6") if name in said}
        self.expect(not said, f"nobody asked for {sorted(said)}")
        for version, word in wanted.items():
            self.expect(ip_address(word).version == version, f"{word} as ipv{version}")
        same = all(host.get(version) == word for version, word in wanted.items())
        host |= wanted
        return web.Response(text="same as before" if same else "updated")
