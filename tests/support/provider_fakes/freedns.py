"""A strict FreeDNS: two tokens, for the A and for the AAAA record of one name.

Its answers are those that IPFire's ddns, ddns-updater and ddclient look for.
"""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web

from tests.support.provider_fakes.service import FakeService

UNKNOWN = "ERROR: Unable to locate this record"


class FakeFreeDns(FakeService):
    """`hosts` maps each host to its addresses by version; the tokens are those of `bound`."""

    def __init__(self, bound: str = "", *, token: str, token6: str) -> None:
        super().__init__()
        self.bound = bound
        self.hosts: dict[str, dict[int, str]] = {bound: {}} if bound else {}
        self.tokens = {f"/u/{token}/": 4, f"/u/{token6}/": 6}
        self.names = {"ip", "address"}  # of the address, as this client is set up

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.expect(request.method == "GET", f"method {request.method}")
        self.expect(len(query) == len(request.query), "a parameter given twice")
        self.expect(set(query) == self.names, f"parameters {sorted(query)}")
        self.expect("Authorization" not in request.headers, "credentials where none belong")
        version = self.tokens.get(request.path)
        if version is None or not self.bound:
            return web.Response(text=UNKNOWN)
        (word,) = set(query.values())
        if ip_address(word).version != version:
            return web.Response(text=f"ERROR: {word} is an invalid IP address.")
        host = self.hosts[self.bound]
        before, host[version] = host.get(version, "NULL"), word
        if before == word:
            return web.Response(text=f"ERROR: Address {word} has not changed.\n")
        return web.Response(text=f"Updated {self.bound} from {before} to {word}\n")
