"""A strict Duck DNS: labels of one account, one token, and a verbose answer."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web

from tests.support.provider_fakes.service import FakeService

_PARAMETERS = {"domains", "token", "ip", "ipv6", "verbose"}


class FakeDuckDns(FakeService):
    """`labels` maps each label of the account to its addresses by version."""

    def __init__(self, *labels: str, token: str) -> None:
        super().__init__()
        self.labels: dict[str, dict[int, str]] = {label: {} for label in labels}
        self.token = token

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.expect(request.method == "GET", f"method {request.method}")
        self.expect(request.path == "/update", f"path {request.path}")
        self.expect(len(query) == len(request.query), "a parameter given twice")
        self.expect(not set(query) - _PARAMETERS, f"parameters {sorted(set(query) - _PARAMETERS)}")
        self.expect("Authorization" not in request.headers, "credentials where none belong")
        label = self.labels.get(query.get("domains", ""))
        if label is None or query.get("token") != self.token:
            return web.Response(text="KO")
        said = [query[name] for name in ("ip", "ipv6") if name in query]
        self.expect(bool(said) and all(said), "an empty address: the caller's own would be taken")
        wanted: dict[int, str] = {ip_address(word).version: word for word in said}
        changed = any(label.get(version) != word for version, word in wanted.items())
        label |= wanted
        if query.get("verbose") != "true":
            return web.Response(text="OK")
        verdict = "UPDATED" if changed else "NOCHANGE"
        return web.Response(text=f"OK\n{label.get(4, '')}\n{label.get(6, '')}\n{verdict}")
