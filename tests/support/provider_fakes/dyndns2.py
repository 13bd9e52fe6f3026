"""A strict dyndns2 service: it knows its hosts, and remembers what it was told."""

from __future__ import annotations

import base64
from ipaddress import ip_address

from aiohttp import web

from tests.support.provider_fakes.service import FakeService

_PARAMETERS = {"hostname", "myip", "myipv6", "system", "wildcard", "mx", "backmx"}


class FakeDyndns2(FakeService):
    """`hosts` maps each host to its addresses by version. `logins` are (user, password).

    An update that changes nothing is counted in `nochg`: this family bans for those. With `clears`
    it empties a family that is not mentioned, as deSEC does (desec.readthedocs.io, "IP update").
    """

    def __init__(self, *hosts: str, logins: set[tuple[str, str]]) -> None:
        super().__init__()
        self.hosts: dict[str, dict[int, str]] = {host: {} for host in hosts}
        self.logins = logins
        self.queries: list[dict[str, str]] = []
        self.nochg = 0
        self.clears = False
        self.says = ""  # a word to answer to every valid login

    async def answer(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.queries.append(query)
        self.expect(request.method == "GET", f"method {request.method}")
        self.expect(request.path == "/nic/update", f"path {request.path}")
        self.expect(len(query) == len(request.query), "a parameter given twice")
        self.expect(not set(query) - _PARAMETERS, f"parameters {sorted(set(query) - _PARAMETERS)}")
        self.expect("/" in request.headers.get("User-Agent", ""), "a User-Agent without version")
        if not self._knows(request.headers.get("Authorization", "")):
            return web.Response(status=401, text="badauth")
        if self.says:
            return web.Response(text=self.says)
        host = self.hosts.get(query.get("hostname", ""))
        if host is None:
            return web.Response(text="nohost")
        said = [*query.get("myip", "").split(","), query.get("myipv6", "")]
        wanted: dict[int, str] = {
            ip_address(word).version: word for word in said if word not in ("", "no", "preserve")
        }
        if self.clears and "preserve" not in said:
            for version in set(host) - set(wanted):
                del host[version]
        self.expect(bool(wanted), "no address at all: the caller's own would be taken")
        if all(host.get(version) == word for version, word in wanted.items()):
            self.nochg += 1
            return web.Response(text=f"nochg {','.join(wanted.values())}\r\n")
        host |= wanted
        return web.Response(text=f"good {','.join(wanted.values())}\r\n")

    def _knows(self, authorization: str) -> bool:
        scheme, _, pair = authorization.partition(" ")
        if scheme != "Basic":
            return False
        user, _, password = base64.b64decode(pair).decode().partition(":")
        return (user, password) in self.logins
